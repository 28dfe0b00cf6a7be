// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Series as values: see series.h. The median slope is found without making all n (n - 1) / 2 of
 * them: of a slope m it can be counted by a merge sort how many are at most m (pairs that stand in
 * reverse order by y - m x), and the slope with a given rank is searched for among all doubles by
 * halving, which takes 64 counts whatever the data.
 */
#include "stats/series.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define EXACT       9007199254740992.0 /* 2^53 */
#define WINDOW      20                 /* points before a blow-up, at most and at least */
#define WINDOW_MIN  5
#define BLOWUP_MIN  3 /* points of it */
#define BLOWUP_MADS (10 * 1.4826)

const struct series_function series_functions[SERIES_REDUCTIONS] = {
	[SERIES_FIRST] = {"first", false, SERIES_UNIT_Y, true},
	[SERIES_LAST] = {"last", false, SERIES_UNIT_Y, true},
	[SERIES_MIN] = {"min", false, SERIES_UNIT_Y, true},
	[SERIES_MAX] = {"max", false, SERIES_UNIT_Y, true},
	[SERIES_BEST] = {"best", false, SERIES_UNIT_Y, true},
	[SERIES_BEST_AT] = {"best_at", false, SERIES_UNIT_X, false},
	[SERIES_MEAN] = {"mean", false, SERIES_UNIT_Y, true},
	[SERIES_AREA] = {"area", false, SERIES_UNIT_YX, true},
	[SERIES_SLOPE] = {"slope", false, SERIES_UNIT_Y_X, true},
	[SERIES_TIME_TO] = {"time_to", true, SERIES_UNIT_X, false},
	[SERIES_FIRST_NAN] = {"first_nan", false, SERIES_UNIT_X, false},
	[SERIES_DIVERGED] = {"diverged", false, SERIES_UNIT_X, false},
	[SERIES_N] = {"n", false, SERIES_UNIT_NONE, false},
};

static struct value number(double v)
{
	return v == trunc(v) && fabs(v) < EXACT ? value_int((int64_t)v) : value_real(v);
}

static struct value finite_number(double v)
{
	return isfinite(v) ? number(v) : (struct value){0};
}

/* ---- the finite points, in the order of x ---- */

struct point {
	double x, y;
	size_t no;
};

static int by_x(const void *pa, const void *pb)
{
	const struct point *a = pa, *b = pb;

	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return a->no < b->no ? -1 : a->no > b->no;
}

/* The caller frees them. */
static struct point *points_of(const struct series *s, size_t *n)
{
	struct point *p = mem_alloc((s->n + 1) * sizeof(*p));

	*n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (isfinite(s->x[i]) && isfinite(s->y[i]))
			p[(*n)++] = (struct point){s->x[i], s->y[i], i};
	qsort(p, *n, sizeof(*p), by_x);
	return p;
}

static struct value mean(const struct point *p, size_t n)
{
	long double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i].y;
	return n ? finite_number((double)(sum / n)) : (struct value){0};
}

static struct value area(const struct point *p, size_t n)
{
	long double sum = 0;

	for (size_t i = 1; i < n; i++)
		sum += ((long double)p[i].x - p[i - 1].x) * (p[i].y / 2 + p[i - 1].y / 2);
	return n > 1 ? finite_number((double)sum) : (struct value){0};
}

/* way: 1 the greatest, -1 the least. */
static const struct point *extreme(const struct point *p, size_t n, int way)
{
	const struct point *best = n ? p : NULL;

	for (size_t i = 1; i < n; i++)
		if (way > 0 ? p[i].y > best->y : p[i].y < best->y)
			best = p + i;
	return best;
}

static struct value time_to(const struct point *p, size_t n, enum better better, double goal)
{
	bool up = better ? better == BETTER_HIGHER : n && p[0].y < goal;

	for (size_t i = 0; i < n; i++)
		if (up ? p[i].y >= goal : p[i].y <= goal)
			return number(p[i].x);
	return (struct value){0};
}

static int by_value(const void *pa, const void *pb)
{
	const double *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : v[n / 2 - 1] / 2 + v[n / 2] / 2;
}

/* ---- slope ---- */

struct slopes {
	struct point *p; /* by x, then y */
	double *z, *room;
	double x, y; /* medians: seen from there, what is far off does not blur the rest */
	size_t n;
};

static int by_x_y(const void *pa, const void *pb)
{
	const struct point *a = pa, *b = pb;

	if (a->x != b->x)
		return a->x < b->x ? -1 : 1;
	return (a->y > b->y) - (a->y < b->y);
}

/* Sort z; how many pairs i < j had z[j] <= z[i]. */
static uint64_t sort_counting(double *z, double *room, size_t n)
{
	size_t half = n / 2, i = 0, k = half, to = 0;
	uint64_t count;

	if (n < 2)
		return 0;
	count = sort_counting(z, room, half) + sort_counting(z + half, room, n - half);
	while (i < half && k < n) { /* without a branch that cannot be foreseen */
		bool right = z[k] <= z[i];

		room[to++] = right ? z[k] : z[i];
		count += right ? half - i : 0;
		k += right;
		i += !right;
	}
	memcpy(room + to, z + i, (half - i) * sizeof(*z));
	memcpy(z, room, (to + half - i) * sizeof(*z)); /* the rest of the right half is in place */
	return count;
}

/* How many slopes are at most m. Pairs with equal x, which have none, count if their z are equal.
 */
static uint64_t count_slopes(const struct slopes *s, double m)
{
	uint64_t equal = 0, same = 0;

	for (size_t i = 0; i < s->n; i++) {
		s->z[i] = (s->p[i].y - s->y) - m * (s->p[i].x - s->x);
		same = i && s->p[i].x == s->p[i - 1].x && s->z[i] == s->z[i - 1] ? same + 1 : 0;
		equal += same;
	}
	return sort_counting(s->z, s->room, s->n) - equal;
}

/* Doubles in their order, as whole numbers, and back. */
static int64_t order_of(double v)
{
	int64_t i;

	memcpy(&i, &v, sizeof(i));
	return i < 0 ? INT64_MIN - i : i;
}

static double of_order(int64_t i)
{
	double v;

	i = i < 0 ? INT64_MIN - i : i;
	memcpy(&v, &i, sizeof(v));
	return v;
}

/* The least slope that at least rank slopes do not exceed; all lie from lo to hi. */
static double slope_of_rank(const struct slopes *s, uint64_t rank, double lo, double hi)
{
	int64_t a = order_of(lo), b = order_of(hi);

	while (a < b) {
		int64_t middle = a + (int64_t)(((uint64_t)b - (uint64_t)a) / 2);

		if (count_slopes(s, of_order(middle)) >= rank)
			b = middle;
		else
			a = middle + 1;
	}
	return of_order(a);
}

/* Sort, and count the pairs that have a slope; *steepest is no less than any, but for its sign. */
static uint64_t prepare_slopes(struct slopes *s, double *steepest)
{
	uint64_t pairs = (uint64_t)s->n * (s->n - (s->n > 0)) / 2;
	size_t same_x = 0;
	double least_dx = INFINITY, low = INFINITY, high = -INFINITY;

	qsort(s->p, s->n, sizeof(*s->p), by_x_y);
	for (size_t i = 0; i < s->n; i++) {
		bool x = i && s->p[i].x == s->p[i - 1].x;

		same_x = x ? same_x + 1 : 0;
		pairs -= same_x;
		if (i && !x && s->p[i].x - s->p[i - 1].x < least_dx)
			least_dx = s->p[i].x - s->p[i - 1].x;
		low = fmin(low, s->p[i].y);
		high = fmax(high, s->p[i].y);
	}
	*steepest = (high - low) / least_dx;
	return pairs;
}

static struct value slope(struct point *p, size_t n)
{
	struct slopes s = {.p = p, .n = n};
	double steepest, lower, upper = 0;
	uint64_t pairs = prepare_slopes(&s, &steepest);

	if (!pairs || !isfinite(steepest * (p[n - 1].x - p[0].x)))
		return (struct value){0}; /* no slope, or beyond what can be computed */
	s.z = mem_alloc(n * sizeof(*s.z));
	s.room = mem_alloc(n * sizeof(*s.room));
	for (size_t i = 0; i < n; i++)
		s.z[i] = p[i].y;
	s.x = p[n / 2].x;
	s.y = median(s.z, n);
	lower = slope_of_rank(&s, (pairs + 1) / 2, -steepest, steepest);
	upper = pairs % 2 ? lower : slope_of_rank(&s, pairs / 2 + 1, lower, steepest);
	free(s.z);
	free(s.room);
	return number(lower / 2 + upper / 2);
}

/* ---- divergence ---- */

/* Is the best from point i on worse than at least half of the window before, each by its own size?
 * If not, bound() is not passed; this tells it sooner. */
static bool is_far(const double *y, size_t i, double best, double share)
{
	size_t n = i < WINDOW ? i : WINDOW, far = 0;

	for (size_t k = i - n; k < i; k++)
		far += best > y[k] + share * fabs(y[k]);
	return far >= n / 2;
}

/* What is worse than usual at point i, of which at least WINDOW_MIN came before: greater is worse.
 */
static double bound(const double *y, size_t i, double share)
{
	double w[WINDOW], m, mad;
	size_t n = i < WINDOW ? i : WINDOW;

	memcpy(w, y + i - n, n * sizeof(*w));
	m = median(w, n);
	for (size_t k = 0; k < n; k++)
		w[k] = fabs(w[k] - m);
	mad = median(w, n);
	return m + fmax(BLOWUP_MADS * mad, share * fabs(m));
}

/*
 * The first of n values, which are turned so that greater is worse, at which a blow-up begins; end
 * if none does before the first end values, which are finite.
 */
static size_t blowup(const double *y, size_t n, size_t end, double share)
{
	double *rest = mem_alloc((n + 1) * sizeof(*rest));
	size_t found = end;

	rest[n] = INFINITY;
	for (size_t i = n; i-- > 0;)
		rest[i] = fmin(y[i], rest[i + 1]); /* the best that is still to come */
	for (size_t i = 0; i < end && i + BLOWUP_MIN <= n && found == end; i++) {
		if (i >= WINDOW_MIN && is_far(y, i, rest[i], share) && rest[i] > bound(y, i, share))
			found = i;
	}
	free(rest);
	return found;
}

static struct value diverged(const struct series *s)
{
	double *y = mem_alloc((s->n + 1) * sizeof(*y));
	bool higher = s->better == BETTER_HIGHER;
	size_t at = s->n;

	for (size_t i = s->n; i-- > 0;) {
		y[i] = !isfinite(s->y[i]) ? INFINITY : higher ? -s->y[i] : s->y[i];
		at = isfinite(s->y[i]) ? at : i;
	}
	if (s->better != BETTER_UNKNOWN)
		at = blowup(y, s->n, at, higher ? 0.5 : 1);
	free(y);
	return at < s->n ? number(s->x[at]) : (struct value){0};
}

static struct value first_nan(const struct series *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (isnan(s->y[i]))
			return number(s->x[i]);
	return (struct value){0};
}

/* ---- all of them ---- */

static struct value of_points(const struct series *s, struct point *p, size_t n,
			      enum series_reduction what, double parameter)
{
	bool up = what == SERIES_MAX || (what != SERIES_MIN && s->better == BETTER_HIGHER);
	const struct point *best = extreme(p, n, up ? 1 : -1);

	switch (what) {
	case SERIES_MEAN: return mean(p, n);
	case SERIES_AREA: return area(p, n);
	case SERIES_SLOPE: return slope(p, n);
	case SERIES_TIME_TO: return time_to(p, n, s->better, parameter);
	case SERIES_MIN:
	case SERIES_MAX: return best ? number(best->y) : (struct value){0};
	default: break;
	}
	if (!best || s->better == BETTER_UNKNOWN)
		return (struct value){0};
	return number(what == SERIES_BEST ? best->y : best->x);
}

struct value series_reduce(const struct series *s, enum series_reduction what, double parameter)
{
	struct point *p;
	struct value v;
	size_t n;

	switch (what) {
	case SERIES_FIRST: return s->n ? number(s->y[0]) : (struct value){0};
	case SERIES_LAST: return s->n ? number(s->y[s->n - 1]) : (struct value){0};
	case SERIES_N: return value_int((int64_t)s->n);
	case SERIES_FIRST_NAN: return first_nan(s);
	case SERIES_DIVERGED: return diverged(s);
	default: break;
	}
	p = points_of(s, &n);
	v = of_points(s, p, n, what, parameter);
	free(p);
	return v;
}
