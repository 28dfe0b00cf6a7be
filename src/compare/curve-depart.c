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
 * CURVE_SCORE is the 98 % point for curves of white noise, of AR(.7) and of t(5), 3 to 12 good ones
 * and 50 to 1,500 steps; bench/curves.py measures it.
 */
#include "compare/curve-priv.h"

#include <stdlib.h>

#define CURVE_SCORE 6.0
#define CURVE_CLIP  4.0
#define BACK_SCORE  3.0 /* normal score of a stretch before the found one that belongs to it */
#define BACK_MIN    ((size_t)5)
#define MODEL_DOF   20.0 /* weight of the variance by length against that at these steps */
#define MAX_SCALES  40

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

		out[t] = (sum[b] - sum[a]) / (double)(b - a);
	}
	free(sum);
}

static double clip(double v)
{
	return isnan(v) ? CURVE_CLIP : fmin(fmax(v, -CURVE_CLIP), CURVE_CLIP);
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
		double s;

		spread[t] = sqrt(spread[t]);
		/* Good curves that are all the same leave rounding only. */
		s = fmax(spread[t], 1e-9 * fabs(mean[t]) + 1e-300);
		b->sum[t + 1] = b->sum[t] + clip((al->bad[t] - mean[t]) / s / sqrt(1 + 1 / k));
		for (size_t i = 0; i < al->k; i++)
			b->good[i][t + 1] =
				b->good[i][t] + (al->good[i][t] - mean[t]) / s / sqrt(1 - 1 / k);
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
	dof = fmin(fmax(blocks, k - 1), 60);
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

/* The steps about start whose likelihood is not below the best one's by a factor of e^2, given the
 * mean after it. */
static void find_interval(const struct band *b, size_t start, size_t end, size_t *low, size_t *high)
{
	size_t n = end - start < 2 * b->min ? end - start : 2 * b->min;
	double mu = (b->sum[start + n] - b->sum[start]) / (double)n, f = inflation(b, b->min);
	double gain = 0;

	*low = *high = start;
	for (size_t t = start; t-- > 0 && gain > -8;) {
		gain += mu * ((b->sum[t + 1] - b->sum[t]) - mu / 2) / (f * f);
		if (gain > -2)
			*low = t;
	}
	gain = 0;
	for (size_t t = start; t + 1 < end && gain > -8; t++) {
		gain -= mu * ((b->sum[t + 1] - b->sum[t]) - mu / 2) / (f * f);
		if (gain > -2)
			*high = t + 1;
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
	size_t start = s->from, end = extend(b, start + s->n, sign, false), low, high;

	if (goes_on(b, start, end, sign))
		end = b->m;
	find_interval(b, start, end, &low, &high);
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
