// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Changes of level. Three steps:
 *
 * 1. Candidates: the best split of each seeded interval by ranks of the whole series, from prefix
 *    sums, so that an interval costs its length. Accepted in the order of how far they are above
 *    the threshold; an accepted one rules out the intervals that it lies in.
 * 2. In turn until nothing changes: segments between changes are split where ranks of their own say
 *    so; every change is placed anew between its neighbours; those that fail there are dropped.
 * 3. Changes that are too small are dropped, the smallest of neighbours first.
 *
 * An interval of length L of a series of n has the advantage 2 log(n / L) less than the whole: what
 * n / L independent maxima cost in the square of a normal deviate.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/changepoint-priv.h"

#define ROUNDS     30
#define MEMO       4096 /* segments whose test is remembered; a power of 2 */
#define CONFIDENCE 1.96 /* of intervals: 95 % */
#define CUT        3.0  /* robust standard deviations that a value costs at most */
/* A place is plausible if the bounded loss is no more than this above the least, in variances. */
#define PLAUSIBLE  8.0

struct work {
	const double *y;
	size_t n;
	double threshold;
	struct changepoint_room *room;
	struct split memo[MEMO];
};

static void prefix_sums(const double *x, size_t n, struct changepoint_room *r)
{
	r->sum[0] = r->square[0] = r->product[0] = 0;
	for (size_t i = 0; i < n; i++) {
		r->sum[i + 1] = r->sum[i] + x[i];
		r->square[i + 1] = r->square[i] + x[i] * x[i];
		r->product[i + 1] = r->product[i] + (i ? x[i] * x[i - 1] : 0);
	}
}

/* The largest |z| of all splits of [a, b) in the prefix sums, and where; 0 if it is constant. */
static double scan(const struct changepoint_room *r, size_t a, size_t b, size_t *at)
{
	double n = (double)(b - a), base = r->sum[a], mean = (r->sum[b] - base) / n, most = 0;
	double variance = (r->square[b] - r->square[a] - n * mean * mean) / (n - 1);

	if (!(variance > 0))
		return 0;
	for (size_t k = a + CHANGEPOINT_SEGMENT; k <= b - CHANGEPOINT_SEGMENT; k++) {
		double i = (double)(k - a), s = r->sum[k] - base - i * mean;
		double square = s * s / (i * (n - i));

		if (square > most) {
			most = square;
			*at = k;
		}
	}
	return sqrt(most * n / variance);
}

/* Of [a, b) about its mean: the sum of squares is added to *squares, that of products of
 * neighbours is returned. */
static double covariance(const struct changepoint_room *r, size_t a, size_t b, double *squares)
{
	double n = (double)(b - a), sum = r->sum[b] - r->sum[a], mean = sum / n;
	double first = r->sum[a + 1] - r->sum[a], last = r->sum[b] - r->sum[b - 1];

	*squares += r->square[b] - r->square[a] - n * mean * mean;
	return r->product[b] - r->product[a + 1] - mean * (2 * sum - first - last) +
	       (n - 1) * mean * mean;
}

/* Correlation of ranks -> that of normal values with those ranks. */
static double from_ranks(double covariances, double squares)
{
	return squares > 0 ? 2 * sin(M_PI / 6 * covariances / squares) : 0;
}

static double deflation(double phi)
{
	return phi <= 0 ? 1 : sqrt((1 - fmin(phi, .99)) / (1 + fmin(phi, .99)));
}

/*
 * An interval cut at a split, and either side once more where it is best split. Its autocorrelation
 * is that within the parts: other changes than the one in question would pass for it otherwise.
 */
struct parts {
	size_t end[5]; /* of the parts; end[0]: where the first begins */
	size_t n;
};

static void parts_init(struct parts *p, const struct changepoint_room *r, size_t a, size_t at,
		       size_t b)
{
	size_t inner;

	*p = (struct parts){.end = {a}};
	if (at - a >= 2 * CHANGEPOINT_SEGMENT && scan(r, a, at, &inner) > 0)
		p->end[++p->n] = inner;
	p->end[++p->n] = at;
	if (b - at >= 2 * CHANGEPOINT_SEGMENT && scan(r, at, b, &inner) > 0)
		p->end[++p->n] = inner;
	p->end[++p->n] = b;
}

static double parts_autocorrelation(const struct parts *p, const struct changepoint_room *r)
{
	double squares = 0, products = 0;

	for (size_t i = 0; i < p->n; i++)
		products += covariance(r, p->end[i], p->end[i + 1], &squares);
	return from_ranks(products, squares);
}

/* A statistic of an interval as if it were of the whole. */
static double advantaged(double z, size_t n, size_t length)
{
	double square = z * z - 2 * log((double)n / (double)length);

	return square > 0 ? sqrt(square) : 0;
}

static double excess(const struct work *w, double z, size_t length)
{
	return advantaged(z, w->n, length) - w->threshold;
}

/* ---- 1. candidates ---- */

struct candidates {
	struct work *work;
	struct split *items;
	size_t n, cap;
};

/* Calls interval() for lengths 8, 16, ... n, each half over the one before. */
static void seeded_intervals(size_t n, void (*interval)(void *arg, size_t a, size_t b), void *arg)
{
	for (size_t length = 2 * CHANGEPOINT_SEGMENT; length < n; length *= 2) {
		size_t count = 2 * ((n + length - 1) / length) - 1;

		for (size_t i = 0; i < count; i++) {
			size_t a = (n - length) * i / (count - 1);

			interval(arg, a, a + length);
		}
	}
	interval(arg, 0, n);
}

static void consider(void *arg, size_t a, size_t b)
{
	struct candidates *c = arg;
	struct work *w = c->work;
	struct split s = {.begin = a, .end = b};
	struct parts p;

	s.z = scan(w->room, a, b, &s.at);
	if (excess(w, s.z, b - a) < 0)
		return;
	parts_init(&p, w->room, a, s.at, b);
	s.z *= deflation(parts_autocorrelation(&p, w->room));
	s.excess = excess(w, s.z, b - a);
	if (s.excess >= 0)
		array_push(c->items, c->n, c->cap) = s;
}

struct maximum {
	const struct changepoint_room *room;
	size_t n;
	double value;
};

static void take_maximum(void *arg, size_t a, size_t b)
{
	struct maximum *m = arg;
	size_t at;

	m->value = fmax(m->value, advantaged(scan(m->room, a, b, &at), m->n, b - a));
}

double changepoint_maximum(const double *x, size_t n, struct changepoint_room *room)
{
	struct maximum m = {room, n, 0};

	prefix_sums(x, n, room);
	seeded_intervals(n, take_maximum, &m);
	return m.value;
}

static int clearest_first(const void *x, const void *y)
{
	const struct split *a = x, *b = y;

	if (a->excess != b->excess)
		return a->excess > b->excess ? -1 : 1;
	return a->at != b->at ? (a->at > b->at ? 1 : -1)
			      : (a->begin > b->begin) - (a->begin < b->begin);
}

/* How many splits are before or at this place. */
static size_t count_up_to(const struct splits *s, size_t at)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t k = (low + high) / 2;

		if (s->at[k] <= at)
			low = k + 1;
		else
			high = k;
	}
	return low;
}

static void insert(struct splits *s, size_t at)
{
	size_t k = count_up_to(s, at);

	(void)array_push(s->at, s->n, s->cap);
	memmove(s->at + k + 1, s->at + k, (s->n - 1 - k) * sizeof(*s->at));
	s->at[k] = at;
}

static void accept_candidates(struct work *w, struct splits *out)
{
	struct candidates c = {.work = w};

	order_ranks(w->y, w->n, w->room->rank, w->room->items);
	prefix_sums(w->room->rank, w->n, w->room);
	seeded_intervals(w->n, consider, &c);
	if (c.n)
		qsort(c.items, c.n, sizeof(*c.items), clearest_first);
	for (size_t i = 0; i < c.n && out->n < CHANGEPOINT_MOST; i++)
		if (count_up_to(out, c.items[i].begin) == count_up_to(out, c.items[i].end - 1))
			insert(out, c.items[i].at);
	free(c.items);
}

/* ---- 2. between neighbours ---- */

static double split_medians(const double *y, size_t n, size_t at, double *room, double *after)
{
	*after = order_median_of(y + at, n - at, room);
	return order_median_of(y, at, room);
}

/* Robust standard deviation about the two medians. */
static double split_noise(const double *y, size_t n, size_t at, double before, double after,
			  double *room)
{
	for (size_t i = 0; i < n; i++)
		room[i] = fabs(y[i] - (i < at ? before : after));
	return ORDER_MAD_SD * order_median(room, n);
}

/* Autocorrelation of y[0...n-1] about the medians of its parts; by the sums of its ranks in r,
 * which are lost. */
static double split_autocorrelation(const double *y, size_t n, size_t at,
				    struct changepoint_room *r)
{
	double squares = 0, products = 0;
	struct parts p;

	parts_init(&p, r, 0, at, n);
	for (size_t k = 0; k < p.n; k++) {
		size_t a = p.end[k], b = p.end[k + 1];
		double median = order_median_of(y + a, b - a, r->sum);

		for (size_t i = a; i < b; i++)
			r->values[i] = y[i] - median;
	}
	order_ranks(r->values, n, r->rank, r->items);
	for (size_t i = 0; i < n; i++) {
		squares += r->rank[i] * r->rank[i];
		products += i ? r->rank[i] * r->rank[i - 1] : 0;
	}
	return from_ranks(products, squares);
}

/* Where the bounded loss about the two medians is least; the split itself if there is no noise. */
static size_t place(const double *y, size_t n, size_t at, double *room)
{
	double after, before = split_medians(y, n, at, room, &after), loss = 0, least = INFINITY;
	double sd = split_noise(y, n, at, before, after, room), cut = CUT * CUT * sd * sd;
	size_t best = at;

	for (size_t i = 0; i <= n - CHANGEPOINT_SEGMENT && cut > 0; i++) {
		double b = y[i] - before, a = y[i] - after;

		if (i >= CHANGEPOINT_SEGMENT && loss < least - 1e-12 * cut) {
			least = loss;
			best = i;
		}
		loss += fmin(b * b, cut) - fmin(a * a, cut);
	}
	return best;
}

/* The best split of [a, b) by its own ranks. */
static struct split test_segment(struct work *w, size_t a, size_t b)
{
	struct split *memo = &w->memo[(a * 31 + b) * 0x9E3779B97F4A7C15u >> 52 & (MEMO - 1)];
	struct split s = {.begin = a, .end = b, .excess = -INFINITY};
	size_t n = b - a;

	if (n < 2 * CHANGEPOINT_SEGMENT)
		return s;
	if (memo->begin == a && memo->end == b)
		return *memo;
	order_ranks(w->y + a, n, w->room->rank, w->room->items);
	prefix_sums(w->room->rank, n, w->room);
	s.z = scan(w->room, 0, n, &s.at);
	if (s.z > 0) {
		s.excess = excess(w, s.z, n);
		if (s.excess >= 0) {
			s.phi = split_autocorrelation(w->y + a, n, s.at, w->room);
			s.z *= deflation(s.phi);
			s.excess = excess(w, s.z, n);
		}
		s.at = a + place(w->y + a, n, s.at, w->room->values);
	}
	*memo = s;
	return s;
}

static bool add_splits(struct work *w, struct splits *s)
{
	struct splits old = *s;
	bool any = false;

	*s = (struct splits){0};
	for (size_t i = 0; i <= old.n; i++) {
		size_t b = i < old.n ? old.at[i] : w->n;
		struct split t = {.excess = -1};

		if (old.n + (s->n - i) < CHANGEPOINT_MOST)
			t = test_segment(w, splits_before(&old, i), b);
		if (t.excess >= 0) {
			array_push(s->at, s->n, s->cap) = t.at;
			any = true;
		}
		if (i < old.n)
			array_push(s->at, s->n, s->cap) = b;
	}
	free(old.at);
	return any;
}

static bool place_splits(struct work *w, struct splits *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		struct split t = test_segment(w, splits_before(s, i), splits_after(s, i, w->n));

		if (t.z > 0 && t.at != s->at[i]) {
			s->at[i] = t.at;
			any = true;
		}
	}
	return any;
}

/* Drop those whose measure is below 0, of neighbours only the least: the other may gain by it. */
static bool drop_below(struct splits *s, const double *measure)
{
	size_t k = 0, n = s->n;

	for (size_t i = 0; i < n; i++) {
		bool least = (!i || measure[i] < measure[i - 1]) &&
			     (i + 1 == n || measure[i] <= measure[i + 1]);

		if (!(measure[i] < 0 && least))
			s->at[k++] = s->at[i];
	}
	s->n = k;
	return k < n;
}

static void refine(struct work *w, struct splits *s)
{
	for (int round = 0; round < ROUNDS; round++) {
		double *measure;
		bool any;

		/* Later rounds only drop, so that it ends. */
		if (round < ROUNDS / 2 && add_splits(w, s))
			continue;
		any = round < ROUNDS / 2 && place_splits(w, s);
		measure = mem_alloc((s->n + 1) * sizeof(*measure));
		for (size_t i = 0; i < s->n; i++)
			measure[i] = test_segment(w, splits_before(s, i), splits_after(s, i, w->n))
					     .excess;
		any |= drop_below(s, measure);
		free(measure);
		if (!any)
			break;
	}
}

/* ---- 3. size ---- */

/* The normal deviate that is exceeded with this probability (below .5). */
static double deviate(double p)
{
	double low = 0, high = 38;

	for (int i = 0; i < 60; i++) {
		double z = (low + high) / 2;

		if (erfc(z / M_SQRT2) / 2 > p)
			low = z;
		else
			high = z;
	}
	return low;
}

/*
 * Standard error of a median from the order statistics about sqrt(n) places from it, whose distance
 * the binomial distribution tells (Price & Bonett, "Distribution-free confidence intervals for
 * difference and ratio of medians", J. Stat. Comput. Simul. 72, 2002). Changes the order of x.
 */
static double median_error(double *x, size_t n)
{
	double c = fmax(1, floor((double)(n + 1) / 2 - sqrt((double)n)));
	double outside = 0, term = pow(.5, (double)n), below, above;

	for (size_t i = 0; i < (size_t)c && n < 1000; i++) {
		outside += term;
		term *= (double)(n - i) / (double)(i + 1);
	}
	below = order_select(x, n, (size_t)c - 1);
	above = order_select(x, n, n - (size_t)c);
	return (above - below) / (2 * (n < 1000 ? deviate(outside) : 2));
}

/* A change and the levels on its sides. */
struct sides {
	struct split split;
	double before, after; /* medians */
	double sd;            /* of what they leave */
	double spread;        /* of after - before: half of its interval */
};

static void sides_init(struct sides *s, struct work *w, const struct splits *splits, size_t i)
{
	size_t a = splits_before(splits, i), b = splits_after(splits, i, w->n), at = splits->at[i];
	double error[2], *room = w->room->values;

	s->split = test_segment(w, a, b);
	s->split.at = at;
	s->before = split_medians(w->y + a, b - a, at - a, room, &s->after);
	s->sd = split_noise(w->y + a, b - a, at - a, s->before, s->after, room);
	for (int side = 0; side < 2; side++) {
		size_t from = side ? at : a, m = side ? b - at : at - a;

		memcpy(room, w->y + from, m * sizeof(*room));
		error[side] = median_error(room, m);
	}
	s->spread = CONFIDENCE * hypot(error[0], error[1]) / deflation(s->split.phi);
}

/* How much of a change there is beyond what must be; below 0: too little. What its interval does
 * not tell from nothing is no change. */
static double beyond(const struct sides *s, const struct changepoint_options *o, bool logs)
{
	double size = fabs(s->after - s->before), least = logs ? log1p(o->min_effect) : 0;

	if (s->split.excess < 0 || !(size > 0))
		return -1;
	return size - fmax(fmax(least, o->min_sd * s->sd), s->spread);
}

/* sides: of those that stay, in the end. */
static void drop_small(struct work *w, struct splits *s, const struct changepoint_options *o,
		       bool logs, struct sides *sides)
{
	double *measure = mem_alloc((s->n + 1) * sizeof(*measure));

	do {
		for (size_t i = 0; i < s->n; i++) {
			sides_init(&sides[i], w, s, i);
			measure[i] = beyond(&sides[i], o, logs);
		}
	} while (drop_below(s, measure));
	free(measure);
}

/* The places where the bounded loss is hardly more than the least. */
static void plausible(const double *y, size_t n, const struct sides *s, double *loss,
		      struct change *c)
{
	double cut = CUT * CUT * s->sd * s->sd, sum = 0, least = INFINITY, spread;

	for (size_t i = 0; i < n; i++) {
		double b = y[i] - s->before, a = y[i] - s->after;

		loss[i] = sum;
		if (i >= CHANGEPOINT_SEGMENT && i <= n - CHANGEPOINT_SEGMENT)
			least = fmin(least, sum);
		sum += fmin(b * b, cut) - fmin(a * a, cut);
	}
	spread = PLAUSIBLE * s->sd * s->sd / (deflation(s->split.phi) * deflation(s->split.phi));
	c->from = c->to = s->split.at - s->split.begin;
	for (size_t i = CHANGEPOINT_SEGMENT; i <= n - CHANGEPOINT_SEGMENT; i++) {
		if (s->sd > 0 && loss[i] <= least + spread) {
			c->from = i < c->from ? i : c->from;
			c->to = i > c->to ? i : c->to;
		}
	}
}

static void describe(const struct work *w, const struct sides *s, struct change *c)
{
	size_t a = s->split.begin, b = s->split.end;

	*c = (struct change){.index = s->split.at,
			     .begin = a,
			     .end = b,
			     .before = s->before,
			     .after = s->after,
			     .low = s->after - s->before - s->spread,
			     .high = s->after - s->before + s->spread,
			     .slope_before = NAN,
			     .slope_after = NAN,
			     .score = s->split.z};
	plausible(w->y + a, b - a, s, w->room->values, c);
	c->from += a;
	c->to += a;
}

struct change *changepoint_level(const double *y, size_t n, const struct changepoint_options *o,
				 bool logs, struct changepoint_room *room, struct splits *out,
				 struct arena *a)
{
	struct work *w = mem_zalloc(sizeof(*w));
	struct change *changes;
	struct sides *sides;

	w->y = y;
	w->n = n;
	w->threshold = changepoint_threshold(n);
	w->room = room;
	accept_candidates(w, out);
	refine(w, out);
	sides = mem_alloc((out->n + 1) * sizeof(*sides));
	drop_small(w, out, o, logs, sides);
	changes = arena_alloc(a, (out->n + 1) * sizeof(*changes));
	for (size_t i = 0; i < out->n; i++)
		describe(w, &sides[i], &changes[i]);
	free(sides);
	free(w);
	return changes;
}

double changepoint_autocorrelation(const double *y, size_t n, const struct splits *s,
				   struct changepoint_room *room)
{
	double squares = 0, products = 0, phi;

	order_ranks(y, n, room->rank, room->items);
	prefix_sums(room->rank, n, room);
	for (size_t i = 0; i <= s->n; i++)
		products +=
			covariance(room, splits_before(s, i), i < s->n ? s->at[i] : n, &squares);
	phi = from_ranks(products, squares);
	/* Kendall's bias, of each level: its mean was taken from the same values. */
	return fmin(phi + (1 + 4 * phi) * (double)(s->n + 1) / (double)n, 1);
}

double changepoint_noise(const double *y, size_t n, const struct splits *s,
			 struct changepoint_room *room)
{
	double *deviation = room->rank;

	for (size_t i = 0; i <= s->n; i++) {
		size_t a = splits_before(s, i), b = i < s->n ? s->at[i] : n;
		double median = order_median_of(y + a, b - a, room->values);

		for (size_t k = a; k < b; k++)
			deviation[k] = fabs(y[k] - median);
	}
	return ORDER_MAD_SD * order_median(deviation, n);
}
