// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Two samples: see twosample.h. The exact distribution of the rank sum counts, for every number of
 * values and every sum of doubled midranks (whole numbers also with ties), the ways to reach it;
 * the interval of the shift takes its place among the sorted differences from the distribution
 * without ties.
 */
#include "stats/twosample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double twosample_median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return !n ? NAN : n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* ---- ranks ---- */

struct ranked {
	double value;
	bool first; /* of the first sample */
};

static int by_rank(const void *a, const void *b)
{
	return by_value(&((const struct ranked *)a)->value, &((const struct ranked *)b)->value);
}

/* Doubled midranks of all values, sorted; the first sample's sum; sum over ties of t^3 - t. */
struct ranks {
	size_t n;
	size_t *doubled;
	size_t sum;
	double ties;
};

static void ranks_init(struct ranks *r, const double *a, size_t na, const double *b, size_t nb)
{
	size_t n = na + nb;
	struct ranked *v = mem_realloc(NULL, n, sizeof(*v));

	*r = (struct ranks){.n = n, .doubled = mem_realloc(NULL, n, sizeof(size_t))};
	for (size_t i = 0; i < n; i++)
		v[i] = (struct ranked){i < na ? a[i] : b[i - na], i < na};
	qsort(v, n, sizeof(*v), by_rank);
	for (size_t i = 0, j; i < n; i = j) {
		double t;

		for (j = i; j < n && v[j].value == v[i].value; j++)
			r->doubled[j] = 0;
		t = (double)(j - i);
		r->ties += t * t * t - t;
		for (size_t k = i; k < j; k++) {
			r->doubled[k] = i + j + 1; /* 2 * ((i + 1) + j) / 2 */
			r->sum += v[k].first ? r->doubled[k] : 0;
		}
	}
	free(v);
}

/* Ways to choose k of the n ranks with each sum; *size sums. */
static double *count_sums(const size_t *doubled, size_t n, size_t k, size_t *size)
{
	size_t total = 0, width;
	double *ways;

	for (size_t i = 0; i < n; i++)
		total += doubled[i];
	width = total + 1;
	ways = mem_zalloc((k + 1) * width * sizeof(*ways));
	ways[0] = 1;
	for (size_t i = 0; i < n; i++)
		for (size_t c = (i + 1 < k ? i + 1 : k); c > 0; c--)
			for (size_t s = doubled[i]; s < width; s++)
				ways[c * width + s] += ways[(c - 1) * width + s - doubled[i]];
	memmove(ways, ways + k * width, width * sizeof(*ways));
	*size = width;
	return ways;
}

static struct twosample_test exact_test(const struct ranks *r, size_t k)
{
	struct twosample_test t = {.exact = true};
	size_t size;
	double *ways = count_sums(r->doubled, r->n, k, &size), all = 0, most = 0, extreme = 0;
	/* The mean of the doubled rank sum is k (n + 1), also with ties. */
	double mean = (double)(k * (r->n + 1)), off = fabs((double)r->sum - mean);

	for (size_t s = 0; s < size; s++) {
		all += ways[s];
		if (ways[s] > 0)
			most = fmax(most, fabs((double)s - mean));
	}
	for (size_t s = 0; s < size; s++) {
		double d = fabs((double)s - mean);

		t.p += d >= off ? ways[s] / all : 0;
		extreme += d >= most ? ways[s] / all : 0;
	}
	t.p_min = extreme;
	free(ways);
	return t;
}

static double two_sided(double z)
{
	return fmin(1, erfc(z / M_SQRT2));
}

/* The z beyond which lie p of a normal distribution, on both sides together. */
static double normal_point(double p)
{
	double low = 0, high = 40;

	while (high - low > 1e-9) {
		double z = (low + high) / 2;

		*(two_sided(z) > p ? &low : &high) = z;
	}
	return (low + high) / 2;
}

static struct twosample_test normal_test(const struct ranks *r, size_t na, size_t nb)
{
	double n = (double)r->n, product = (double)na * (double)nb;
	double sd = sqrt(product / 12 * (n + 1 - r->ties / n / (n - 1)));
	double off = fabs((double)r->sum / 2 - (double)na * (n + 1) / 2);
	struct twosample_test t = {.p = 1, .p_min = 1};

	if (sd > 0) {
		t.p = two_sided(fmax(0, off - .5) / sd);
		t.p_min = two_sided((product / 2 - .5) / sd);
	}
	return t;
}

struct twosample_test twosample_mann_whitney(const double *a, size_t na, const double *b, size_t nb)
{
	struct twosample_test t = {.p = 1, .p_min = 1, .exact = true};
	struct ranks r;

	if (!na || !nb)
		return t;
	ranks_init(&r, a, na, b, nb);
	t = r.n <= TWOSAMPLE_EXACT ? exact_test(&r, na) : normal_test(&r, na, nb);
	free(r.doubled);
	return t;
}

/* ---- shift ---- */

/* How many of the na nb sorted differences to leave out at each side for the level. -1: the
 * interval is the whole line. */
static long left_out(size_t na, size_t nb, double level)
{
	size_t n = na + nb, size, k = 0, *doubled;
	double tail = (1 - level) / 2, sum = 0, all = 0, *ways;

	if (n > TWOSAMPLE_EXACT) {
		double product = (double)na * (double)nb;
		double sd = sqrt(product * (double)(n + 1) / 12);

		return (long)floor(product / 2 - normal_point(1 - level) * sd);
	}
	doubled = mem_realloc(NULL, n, sizeof(*doubled));
	for (size_t i = 0; i < n; i++)
		doubled[i] = 2 * (i + 1);
	ways = count_sums(doubled, n, na, &size);
	for (size_t s = 0; s < size; s++)
		all += ways[s];
	/* The smallest sum is na (na + 1), doubled; U is (sum - that) / 2. */
	for (size_t u = 0; u <= na * nb; u++, k++) {
		sum += ways[na * (na + 1) + 2 * u] / all;
		if (sum > tail * (1 + 1e-9)) /* rounding must not cost a value */
			break;
	}
	free(doubled);
	free(ways);
	return (long)k - 1;
}

/* v[n] as at most TWOSAMPLE_THIN quantiles, sorted. */
static double *thinned(const double *v, size_t *n)
{
	double *out = mem_realloc(NULL, *n ? *n : 1, sizeof(*out));
	size_t k = *n < TWOSAMPLE_THIN ? *n : TWOSAMPLE_THIN;

	if (*n)
		memcpy(out, v, *n * sizeof(*out));
	qsort(out, *n, sizeof(*out), by_value);
	for (size_t i = 0; i < k; i++)
		out[i] = out[(2 * i + 1) * *n / (2 * k)];
	*n = k;
	return out;
}

struct twosample_shift twosample_shift(const double *a, size_t na, const double *b, size_t nb,
				       double level)
{
	struct twosample_shift out = {.shift = NAN, .low = -INFINITY, .high = INFINITY};
	double scale = (double)(na * nb), *x, *y, *d;
	size_t n;
	long k;

	if (!na || !nb)
		return out;
	k = left_out(na, nb, level);
	x = thinned(a, &na);
	y = thinned(b, &nb);
	n = na * nb;
	d = mem_realloc(NULL, n, sizeof(*d));
	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			d[i * nb + j] = y[j] - x[i];
	out.shift = twosample_median(d, n);
	k = k < 0 ? k : (long)((double)k * ((double)n / scale));
	if (k >= 0 && 2 * (size_t)k < n) {
		out.low = d[k];
		out.high = d[n - 1 - (size_t)k];
	}
	free(x);
	free(y);
	free(d);
	return out;
}

/* Standard deviation by the median distance from the median; by all values if that is 0. */
static double deviation(const double *v, size_t n)
{
	double *d = mem_realloc(NULL, n, sizeof(*d)), centre, sum = 0;

	memcpy(d, v, n * sizeof(*d));
	centre = twosample_median(d, n);
	for (size_t i = 0; i < n; i++) {
		d[i] = fabs(v[i] - centre);
		sum += d[i] * d[i];
	}
	centre = 1.4826 * twosample_median(d, n);
	free(d);
	return centre > 0 || n < 2 ? centre : sqrt(sum / (double)(n - 1));
}

double twosample_detectable(const double *a, size_t na, const double *b, size_t nb, double alpha)
{
	double x = (double)na, y = (double)nb, z, sd;

	if (!na || !nb || left_out(na, nb, 1 - alpha) < 0)
		return INFINITY;
	z = normal_point(alpha);
	sd = sqrt((x * pow(deviation(a, na), 2) + y * pow(deviation(b, nb), 2)) / (x + y));
	/* .8416: the 80 % point; 3/pi: the test's efficiency under the normal distribution. */
	return (z + .8416) * sd * sqrt((1 / x + 1 / y) * M_PI / 3);
}

/* ---- many tests ---- */

static int by_p(const void *a, const void *b)
{
	return by_value(*(const double *const *)a, *(const double *const *)b);
}

void twosample_holm(double *p, size_t n)
{
	double **order = mem_realloc(NULL, n ? n : 1, sizeof(*order)), last = 0;
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(p[i]))
			order[m++] = &p[i];
	qsort(order, m, sizeof(*order), by_p);
	for (size_t i = 0; i < m; i++)
		last = *order[i] = fmin(1, fmax(last, *order[i] * (double)(m - i)));
	free(order);
}
