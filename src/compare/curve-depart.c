// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The first departure of a curve from a band. Every step's distance from the mean of the good
 * curves is divided by their standard deviation there (smoothed along the steps, because a dozen
 * values give a poor one). The mean of such distances over a stretch of w steps then has a variance
 * of 1/w, times what the good curves' own stretches of that length show beyond it (they drift), or
 * what they show at just these steps. It is turned into a normal score by Student's t, as few good
 * curves tell little about a variance, and the stretch with the greatest z^2/2 - log(m/w) is the
 * finding if that is over CURVE_SCORE: the penalty lets one threshold serve all lengths (Walther
 * 2010, Annals of Statistics 38), or the first of such if there are several. Single steps are cut
 * at CURVE_CLIP deviations: a departure lasts.
 *
 * Where it begins is asked of its likelihood alone: a departure may come at once and stay, die
 * away, or grow, over any number of steps. The likeliest beginning of any such shape is the step
 * that is told, those not much less likely under any shape are its interval, from as far before the
 * stretch as it is long.
 *
 * CURVE_SCORE is the 98 % point for curves of white noise, of AR(.7) and of t(5), of seeds that
 * differ by an offset or drift, 3 to 12 good ones and 50 to 1,500 steps. docs/benchmarks.md
 * compares what else was tried; bench/curves.py measures it.
 */
#include "compare/curve-priv.h"

#include <stdlib.h>

#define CURVE_SCORE 6.0
#define CURVE_CLIP  4.0
#define BACK_SCORE  3.0 /* normal score of a stretch before the found one that belongs to it */
#define BACK_MIN    ((size_t)5)
#define MODEL_DOF   20.0 /* weight of the variance by length against that at these steps */
#define MAX_SCALES  40
#define SURE_DOF    5.0 /* what is known of variances before they are measured */
#define PARTS       8
#define SHAPE_COST  2.0 /* in log-likelihood: what all but the simplest shape must gain */
#define LIKELY      3.0 /* the log-likelihoods of an interval's steps are no further apart */
#define GRID        ((size_t)4096) /* steps of a stretch that are looked at as its beginning */

/* Standardised distances as running sums: sum[t] is that of the steps before t. */
struct band {
	size_t k, m, min;             /* min: the shortest stretch */
	double *sum;                  /* of the bad curve */
	double **good;                /* of the good ones */
	double inflation[MAX_SCALES]; /* of the standard deviation of means over 1, 2, 4, ... steps
				       */
	size_t nscales;
};

struct stretch {
	size_t from, n;
	double z, score;
};

/* Variance over the good curves at each step, smoothed over steps of half the width h. */
static void smooth_variance(const struct aligned *al, const double *mean, size_t h, double *out)
{
	double *sum = mem_realloc(NULL, al->m + 1, sizeof(*sum));

	sum[0] = 0;
	for (size_t t = 0; t < al->m; t++) {
		double v = 0;

		for (size_t i = 0; i < al->k; i++)
			v += (al->good[i][t] - mean[t]) * (al->good[i][t] - mean[t]);
		sum[t + 1] = sum[t] + v / (double)(al->k - 1);
	}
	for (size_t t = 0; t < al->m; t++) {
		size_t a = t > h ? t - h : 0, b = t + h + 1 < al->m ? t + h + 1 : al->m;

		/* Values near the greatest double have no variance that one could hold. */
		out[t] = isfinite(sum[b]) ? (sum[b] - sum[a]) / (double)(b - a) : INFINITY;
	}
	free(sum);
}

/* From the mean in deviations; none where the good curves differ without measure. */
static double distance(double value, double mean, double deviation)
{
	double v = (value - mean) / deviation;

	return isnan(v) ? 0 : v;
}

static void standardise(struct band *b, const struct aligned *al, double *spread)
{
	size_t m = al->m, h = m >= 100 ? (m / 50 > 15 ? m / 50 : 15) : (m / 20 > 2 ? m / 20 : 2);
	double k = (double)al->k, *mean = mem_zalloc(m * sizeof(*mean));

	for (size_t i = 0; i < al->k; i++)
		for (size_t t = 0; t < m; t++)
			mean[t] += al->good[i][t] / k;
	smooth_variance(al, mean, h, spread);
	for (size_t t = 0; t < m; t++) {
		double s, v;

		spread[t] = sqrt(spread[t]);
		/* Good curves that are all the same leave rounding only. */
		s = fmax(spread[t], 1e-9 * fabs(mean[t]) + 1e-300);
		/* What is no finite number departs, in one direction whatever its sign: infinities
		 * of both must not cancel out. */
		v = isfinite(al->bad[t]) ? distance(al->bad[t], mean[t], s * sqrt(1 + 1 / k))
					 : CURVE_CLIP;
		b->sum[t + 1] = b->sum[t] + fmin(fmax(v, -CURVE_CLIP), CURVE_CLIP);
		for (size_t i = 0; i < al->k; i++)
			b->good[i][t + 1] = b->good[i][t] +
					    distance(al->good[i][t], mean[t], s * sqrt(1 - 1 / k));
	}
	free(mean);
}

/* Mean square of all means over w steps of the good curves. */
static double square_of_means(const struct band *b, size_t w)
{
	double sum = 0;

	for (size_t i = 0; i < b->k; i++)
		for (size_t t = w; t <= b->m; t++) {
			double v = (b->good[i][t] - b->good[i][t - w]) / (double)w;

			sum += v * v;
		}
	return sum / (double)b->k / (double)(b->m - w + 1);
}

/* Longer stretches never vary less than shorter ones are seen to. */
static void measure_inflation(struct band *b)
{
	double last = 1;

	for (size_t w = 1; b->nscales < MAX_SCALES && (w == 1 || w <= b->m / 4); w *= 2) {
		last = fmax(last, sqrt(square_of_means(b, w) * (double)w));
		b->inflation[b->nscales++] = last;
	}
}

static double inflation(const struct band *b, size_t w)
{
	double at = log2((double)w), low = floor(at);
	size_t i = (size_t)low;

	if (i + 1 >= b->nscales)
		return b->inflation[b->nscales - 1];
	return b->inflation[i] + (at - low) * (b->inflation[i + 1] - b->inflation[i]);
}

/* Student's t as a normal score (Wallace 1959, Annals of Mathematical Statistics 30). */
static double normal_score(double t, double dof)
{
	double z = sqrt(dof * log1p(t * t / dof)) * (8 * dof + 1) / (8 * dof + 3);

	return t < 0 ? -z : z;
}

/* The score of the w steps before t. */
static double score_at(const struct band *b, size_t t, size_t w, double model)
{
	double k = (double)b->k, n = (double)w, observed = 0, weight, dof;
	double blocks = (k - 1) * (double)b->m / n, mean = (b->sum[t] - b->sum[t - w]) / n;

	for (size_t i = 0; i < b->k; i++) {
		double v = (b->good[i][t] - b->good[i][t - w]) / n;

		observed += v * v / k;
	}
	weight = fmin(blocks, MODEL_DOF);
	observed = (weight * model + (k - 1) * observed) / (weight + k - 1);
	dof = fmin(fmax(blocks, k - 1), 60) + SURE_DOF;
	return normal_score(mean / sqrt(fmax(model, observed)), dof);
}

static size_t next_width(size_t w, size_t m)
{
	size_t next = w + w / 10 > w ? w + w / 10 : w + 1;

	return w < m && next > m ? m : next;
}

/* The stretch before end that tells most, by its score and by its plain size. */
static void scan(const struct band *b, size_t end, struct stretch *best, struct stretch *plain)
{
	*best = *plain = (struct stretch){.score = -INFINITY};
	for (size_t w = b->min; w <= end; w = next_width(w, end)) {
		double f = inflation(b, w), penalty = log((double)b->m / (double)w);

		for (size_t t = w; t <= end; t++) {
			double raw = (b->sum[t] - b->sum[t - w]) / sqrt((double)w) / f, z;

			if (raw * raw > plain->score)
				*plain = (struct stretch){t - w, w, raw, raw * raw};
			/* The score is never above what the raw value would have. */
			if (raw * raw / 2 - penalty <= best->score)
				continue;
			z = score_at(b, t, w, f * f / (double)w);
			if (z * z / 2 - penalty > best->score)
				*best = (struct stretch){t - w, w, z, z * z / 2 - penalty};
		}
	}
}

/* From the edge at of a stretch on over further ones that are clearly off too: to its left or
 * right. */
static size_t extend(const struct band *b, size_t at, double sign, bool left)
{
	double f = inflation(b, b->min), best;
	size_t room = left ? at : b->m - at, by;

	do {
		by = 0;
		best = BACK_SCORE;
		for (size_t w = BACK_MIN; w <= room; w++) {
			double sum =
				left ? b->sum[at] - b->sum[at - w] : b->sum[at + w] - b->sum[at];
			double z = sign * sum / sqrt((double)w) / f;

			if (z >= best) {
				best = z;
				by = w;
			}
		}
		at = left ? at - by : at + by;
		room -= by;
	} while (by);
	return at;
}

/* Where the stretch that ends at end begins: the start that makes it largest, or further back. */
static size_t find_start(const struct band *b, size_t end, double sign)
{
	double best = -INFINITY;
	size_t start = 0;

	for (size_t t = 0; t + (b->min + 1) / 2 <= end; t++) {
		double z = sign * (b->sum[end] - b->sum[t]) / sqrt((double)(end - t));

		if (z > best) {
			best = z;
			start = t;
		}
	}
	return extend(b, start, sign, true);
}

/* How a departure may begin: levels of eight equal parts, and what comes then. */
static const struct shape {
	double level[PARTS], then, cost;
} shapes[] = {
	{{1, 1, 1, 1, 1, 1, 1, 1}, 0, 0},                                 /* at once */
	{{.83, .57, .39, .27, .18, .13, .09, .06}, 0, SHAPE_COST},        /* and dies away */
	{{.06, .19, .31, .44, .56, .69, .81, .94}, 1, SHAPE_COST},        /* it grows */
	{{.004, .035, .098, .191, .316, .473, .66, .879}, 1, SHAPE_COST}, /* ever faster */
};

/* What is known of the departure that begins somewhere. */
struct beginning {
	const struct band *b;
	size_t end;
	double sign, variance;
};

/* What a departure of this shape gains in log-likelihood that begins at t and takes n steps. */
static double shape_gain(const struct beginning *g, const struct shape *s, size_t t, size_t n)
{
	const double *total = g->b->sum;
	double sum = s->then * (total[g->end] - total[t + n]);
	double norm = s->then * s->then * (double)(g->end - t - n);

	for (size_t i = 0, from = t; i < PARTS; i++) {
		size_t to = t + n * (i + 1) / PARTS;

		sum += s->level[i] * (total[to] - total[from]);
		norm += s->level[i] * s->level[i] * (double)(to - from);
		from = to;
	}
	if (g->sign * sum <= 0)
		return 0;
	return fmax(sum * sum / norm / g->variance / 2 - s->cost, 0);
}

/* The same of the likeliest shape and length. */
static double gain_at(const struct beginning *g, size_t t)
{
	size_t room = g->end - t, n = (g->b->min + 1) / 2;
	double best = 0;

	while (n <= room) {
		for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
			best = fmax(best, shape_gain(g, &shapes[i], t, n));
		n = n < room && n + n / 2 + 1 > room ? room : n + n / 2 + 1;
	}
	return best;
}

/* The steps from..to, by at a time: the likeliest in *at, its gain in *best, if that is more than
 * *best was. */
static void find_likeliest(const struct beginning *g, size_t from, size_t to, size_t by,
			   double *best, size_t *at)
{
	for (size_t t = from; t <= to; t += by) {
		double gain = gain_at(g, t);

		if (gain > *best) {
			*best = gain;
			*at = t;
		}
	}
}

/* The beginning of the stretch s at which it is likeliest, and the first and the last one at which
 * it is not much less likely. In long stretches only a grid of steps is looked at, and what lies
 * about the beginning. */
static void find_beginning(const struct band *b, const struct stretch *s, size_t *start,
			   size_t *low, size_t *high)
{
	double f = inflation(b, b->min), best = -1;
	struct beginning g = {b, s->from + s->n, s->z < 0 ? -1 : 1, f * f};
	size_t first = s->from > s->n ? s->from - s->n : 0, last = g.end - (b->min + 1) / 2;
	size_t by = (last - first) / GRID + 1, near, to;

	*start = first;
	find_likeliest(&g, first, last, by, &best, start);
	near = *start - first > by ? *start - by : first;
	to = last - *start > by ? *start + by : last;
	if (by > 1)
		find_likeliest(&g, near, to, 1, &best, start);
	*low = *high = *start;
	for (size_t t = near; t < *low; t++)
		if (gain_at(&g, t) >= best - LIKELY)
			*low = t;
	for (size_t t = to; t > *high; t--)
		if (gain_at(&g, t) >= best - LIKELY)
			*high = t;
	for (size_t t = first; t <= last; t += by) {
		if ((t >= *low && t <= *high) || gain_at(&g, t) < best - LIKELY)
			continue;
		*low = t < *low ? t : *low;
		*high = t > *high ? t : *high;
	}
}

/* Is what comes after the stretch more like it than like the band? */
static bool goes_on(const struct band *b, size_t start, size_t end, double sign)
{
	double in = (b->sum[end] - b->sum[start]) / (double)(end - start), after;

	if (end + b->min > b->m)
		return true;
	after = (b->sum[b->m] - b->sum[end]) / (double)(b->m - end);
	return sign * after > sign * in / 2;
}

/* The strongest departure before limit; false if there is none. */
static bool find(const struct band *b, size_t limit, size_t *start, struct stretch *s)
{
	struct stretch best, plain;
	size_t end;

	scan(b, limit, &best, &plain);
	if (!(best.score > CURVE_SCORE))
		return false;
	/* The score hardly grows beyond what few good curves can show: size tells where. */
	*s = best.z * plain.z > 0 &&
			     plain.score / 2 - log((double)b->m / (double)plain.n) > CURVE_SCORE
		     ? plain
		     : best;
	s->z = best.z;
	end = s->from + s->n;
	*start = find_start(b, end, s->z < 0 ? -1 : 1);
	s->n = end - *start;
	s->from = *start;
	return true;
}

static void describe(const struct band *b, const struct aligned *al, const struct stretch *s,
		     struct curve_departure *out)
{
	double sign = s->z < 0 ? -1 : 1, sum = 0, n = 0;
	size_t start, end = extend(b, s->from + s->n, sign, false), low, high;

	if (goes_on(b, s->from, end, sign))
		end = b->m;
	find_beginning(b, &(struct stretch){.from = s->from, .n = end - s->from, .z = s->z}, &start,
		       &low, &high);
	for (size_t t = start; t < end; t++) {
		if (!isfinite(al->bad[t]))
			continue;
		for (size_t i = 0; i < al->k; i++)
			sum += (al->bad[t] - al->good[i][t]) / (double)al->k;
		n++;
	}
	*out = (struct curve_departure){.found = true,
					.step = al->step[start],
					.low = al->step[low],
					.high = al->step[high],
					.until = al->step[end - 1],
					.lasts = end == al->m,
					.direction = s->z < 0 ? -1 : 1,
					.effect = sum / n,
					.z = s->z};
}

void curve_depart(const struct aligned *al, double *spread, struct curve_departure *out)
{
	size_t m = al->m, min = m / 50 < 3 ? 3 : m / 50 > 30 ? 30 : m / 50;
	struct band b = {.k = al->k, .m = m, .min = min < m ? min : m};
	struct stretch s, first = {0};
	size_t start;

	*out = (struct curve_departure){.step = NAN, .low = NAN, .high = NAN, .until = NAN};
	if (!m)
		return;
	b.sum = mem_zalloc((m + 1) * sizeof(*b.sum));
	b.good = mem_zalloc(al->k * sizeof(*b.good));
	for (size_t i = 0; i < al->k; i++)
		b.good[i] = mem_zalloc((m + 1) * sizeof(**b.good));
	standardise(&b, al, spread);
	measure_inflation(&b);
	/* The strongest one first, then whether there is one before it. */
	for (size_t limit = m; limit >= b.min && find(&b, limit, &start, &s); limit = start)
		first = s;
	if (first.n)
		describe(&b, al, &first, out);
	for (size_t i = 0; i < al->k; i++)
		free(b.good[i]);
	free(b.good);
	free(b.sum);
}
