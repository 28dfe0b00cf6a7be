// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The exact distribution of the rank sum is counted by dynamic programming: with doubled mid-ranks,
 * which are whole, ways[k][s] is the share of the subsets of k of the values seen so far that sum
 * to s. Shares rather than counts, so that nothing overflows.
 */
#include "stats/twosample.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/order.h"

#define PAIRS   ((size_t)1 << 22) /* differences that are all looked at */
#define ALPHA   .05
#define POWER_Z .8416212335729143 /* the normal deviate of 4 in 5 */
#define ALPHA_Z 1.959963984540054

/* Of subsets of n of the N = n + m values: dist[s] is the probability of the (doubled) rank sum s.
 */
struct distribution {
	double *p;
	size_t sums; /* one more than the largest */
	double mean;
};

static void distribution_init(struct distribution *d, const size_t *rank, size_t n, size_t total)
{
	size_t sums = 1, seen = 0;
	double *ways;

	for (size_t i = 0; i < total; i++)
		sums += rank[i];
	ways = mem_zalloc((n + 1) * sums * sizeof(*ways));
	ways[0] = 1;
	/* Of the subsets of k of i + 1 values, k / (i + 1) hold the last one. */
	for (size_t i = 0; i < total; i++) {
		seen += rank[i];
		for (size_t k = i + 1 < n ? i + 1 : n; k; k--) {
			double *with = ways + k * sums, share = (double)k / (double)(i + 1);
			const double *without = with - sums;

			for (size_t s = seen + 1; s-- > 0;)
				with[s] = (1 - share) * with[s] +
					  (s >= rank[i] ? share * without[s - rank[i]] : 0);
		}
	}
	*d = (struct distribution){mem_alloc(sums * sizeof(*d->p)), sums,
				   (double)n * (double)(sums - 1) / (double)total};
	memcpy(d->p, ways + n * sums, sums * sizeof(*d->p));
	free(ways);
}

/* The probability of a distance from the mean of at least that of sum; half a rank is the least
 * difference there is, so that rounding does not matter. */
static double beyond(const struct distribution *d, double distance)
{
	double p = 0;

	for (size_t s = 0; s < d->sums; s++)
		if (fabs((double)s - d->mean) >= distance - .25)
			p += d->p[s];
	return fmin(p, 1);
}

static double farthest(const struct distribution *d)
{
	double most = 0;

	for (size_t s = 0; s < d->sums; s++)
		if (d->p[s] > 0)
			most = fmax(most, fabs((double)s - d->mean));
	return most;
}

/* The smallest k for which P(U <= k) is above alpha / 2: so many differences are cut off either
 * end. Without ties U is the rank sum less its least. */
static size_t cut(size_t n, size_t m, double alpha)
{
	size_t total = n + m, *rank, least = n * (n + 1), k = 0;
	struct distribution d;
	double sum = 0;

	if (total > TWOSAMPLE_EXACT) {
		double z = alpha < .07 ? ALPHA_Z : 1.6448536269514722;
		double at = (double)n * (double)m / 2 -
			    z * sqrt((double)n * (double)m * (double)(total + 1) / 12);

		return at > 0 ? (size_t)at : 0;
	}
	rank = mem_alloc(total * sizeof(*rank));
	for (size_t i = 0; i < total; i++)
		rank[i] = 2 * (i + 1);
	distribution_init(&d, rank, n, total);
	while (k <= n * m / 2 && sum + d.p[least + 2 * k] <= alpha / 2)
		sum += d.p[least + 2 * k++];
	free(rank);
	free(d.p);
	return k;
}

/* ---- the test ---- */

static void test_exact(const double *rank, size_t n, size_t total, struct twosample *out)
{
	size_t *doubled = mem_alloc(total * sizeof(*doubled)), sum = 0;
	struct distribution d;

	for (size_t i = 0; i < total; i++) {
		doubled[i] = (size_t)(2 * rank[i] + (double)total + 1.5);
		sum += i < n ? doubled[i] : 0;
	}
	distribution_init(&d, doubled, n, total);
	out->exact = true;
	out->p = beyond(&d, fabs((double)sum - d.mean));
	out->least_p = beyond(&d, farthest(&d));
	free(d.p);
	free(doubled);
}

static double two_sided(double distance, double variance)
{
	distance = fmax(distance - .5, 0);
	return variance > 0 ? erfc(distance / sqrt(2 * variance)) : 1;
}

static void test_normal(const double *rank, size_t n, size_t total, struct twosample *out)
{
	double sum = 0, squares = 0, m = (double)(total - n), variance;

	for (size_t i = 0; i < total; i++) {
		sum += i < n ? rank[i] : 0;
		squares += rank[i] * rank[i];
	}
	variance = (double)n * m / (double)total * squares / (double)(total - 1);
	out->exact = false;
	out->p = two_sided(fabs(sum), variance);
	out->least_p = two_sided((double)n * m / 2, variance);
}

/* ---- the size ---- */

static double as_result(double difference, bool ratios)
{
	return ratios ? exp(difference) : difference;
}

/* differences: all of them; their order changes. */
static void interval(double *difference, size_t n, size_t m, double alpha, bool ratios, double *low,
		     double *high)
{
	size_t k = cut(n, m, alpha), pairs = n * m;

	*low = ratios ? 0 : -INFINITY;
	*high = INFINITY;
	if (!k)
		return;
	*low = as_result(order_select(difference, pairs, k - 1), ratios);
	*high = as_result(order_select(difference, pairs, pairs - k), ratios);
}

/* Every so many-th value in order, so that at most so many are left. */
static double *thinned(const double *x, size_t *n, size_t most)
{
	struct order_item *items = mem_alloc(2 * *n * sizeof(*items));
	double *out = mem_alloc(*n * sizeof(*out));
	size_t k = *n < most ? *n : most;

	for (size_t i = 0; i < *n; i++)
		items[i] = (struct order_item){x[i], i};
	order_sort(items, *n, items + *n);
	for (size_t i = 0; i < k; i++)
		out[i] = items[(2 * i + 1) * *n / (2 * k)].value;
	free(items);
	*n = k;
	return out;
}

/* With too many pairs the differences of quantiles stand for them: the places of the interval's
 * ends among them are known from all. */
static void size(const double *x, size_t n, const double *y, size_t m, bool ratios,
		 struct twosample *out)
{
	size_t kx = n, ky = m, most = n * m > PAIRS ? 2048 : SIZE_MAX, pairs;
	double *a = thinned(x, &kx, most), *b = thinned(y, &ky, most), *d;

	pairs = kx * ky;
	d = mem_alloc(pairs * sizeof(*d));
	for (size_t i = 0; i < kx; i++)
		for (size_t j = 0; j < ky; j++)
			d[i * ky + j] = b[j] - a[i];
	out->size = as_result(order_median(d, pairs), ratios);
	if (pairs == n * m) {
		interval(d, n, m, ALPHA, ratios, &out->low, &out->high);
		interval(d, n, m, 2 * ALPHA, ratios, &out->inner_low, &out->inner_high);
	} else {
		double scale = (double)pairs / ((double)n * (double)m);
		size_t k = (size_t)((double)cut(n, m, ALPHA) * scale);
		size_t inner = (size_t)((double)cut(n, m, 2 * ALPHA) * scale);

		out->low = as_result(order_select(d, pairs, k), ratios);
		out->high = as_result(order_select(d, pairs, pairs - 1 - k), ratios);
		out->inner_low = as_result(order_select(d, pairs, inner), ratios);
		out->inner_high = as_result(order_select(d, pairs, pairs - 1 - inner), ratios);
	}
	free(a);
	free(b);
	free(d);
}

/* The normal deviate below which a share p lies, by bisection. */
static double deviate(double p)
{
	double low = -40, high = 40;

	for (int i = 0; i < 80; i++) {
		double z = (low + high) / 2;

		if (erfc(-z / M_SQRT2) / 2 < p)
			low = z;
		else
			high = z;
	}
	return low;
}

/* Noether: so many values tell P(y > x) = p from 1/2; the shift of normal values that gives it. */
static double detectable(const double *x, size_t n, const double *y, size_t m,
			 const struct twosample *t)
{
	double total = (double)(n + m), c = (double)n / total;
	double p = .5 + (ALPHA_Z + POWER_Z) / sqrt(12 * c * (1 - c) * total), sd;
	double *room = mem_alloc((n + m) * sizeof(*room));
	double mx = order_median_of(x, n, room), my = order_median_of(y, m, room);

	for (size_t i = 0; i < n + m; i++)
		room[i] = i < n ? fabs(x[i] - mx) : fabs(y[i - n] - my);
	sd = ORDER_MAD_SD * order_median(room, n + m);
	free(room);
	/* Two medians were taken from the same values. */
	sd *= sqrt(total / fmax(total - 2, 1));
	return t->least_p > ALPHA || p >= 1 ? INFINITY : M_SQRT2 * sd * deviate(p);
}

static int take(const double *x, size_t n, bool ratios, double *out, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(x[i]) || (ratios && !(x[i] > 0)))
			return err_set(err, ERR_INPUT, "%g is no value to compare%s", x[i],
				       ratios ? " by ratio" : "");
		out[i] = ratios ? log(x[i]) : x[i];
	}
	return 0;
}

int twosample_compare(const double *x, size_t n, const double *y, size_t m, bool ratios,
		      struct twosample *out, struct err *err)
{
	size_t total = n + m;
	struct order_item *items;
	struct twosample t;
	double *pooled;
	int rc;

	if (!n || !m)
		return err_set(err, ERR_UNDECIDED, "one of the samples is empty");
	if (n > TWOSAMPLE_MOST || m > TWOSAMPLE_MOST)
		return err_set(err, ERR_LIMIT, "a sample of more than %zu values", TWOSAMPLE_MOST);
	pooled = mem_alloc(2 * total * sizeof(*pooled));
	rc = take(x, n, ratios, pooled, err);
	if (!rc)
		rc = take(y, m, ratios, pooled + n, err);
	if (!rc) {
		items = mem_alloc(2 * total * sizeof(*items));
		order_ranks(pooled, total, pooled + total, items);
		free(items);
		if (total <= TWOSAMPLE_EXACT)
			test_exact(pooled + total, n, total, &t);
		else
			test_normal(pooled + total, n, total, &t);
		size(pooled, n, pooled + n, m, ratios, &t);
		t.detectable = as_result(detectable(pooled, n, pooled + n, m, &t), ratios);
		*out = t;
	}
	free(pooled);
	return rc;
}

bool twosample_equivalent(const struct twosample *t, bool ratios, double bound)
{
	if (ratios)
		return t->inner_low > 1 / (1 + bound) && t->inner_high < 1 + bound;
	return t->inner_low > -bound && t->inner_high < bound;
}

void twosample_holm(double *p, size_t n)
{
	struct order_item *items = mem_alloc((2 * n + 1) * sizeof(*items));
	double most = 0;
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(p[i]))
			items[k++] = (struct order_item){p[i], i};
	order_sort(items, k, items + k);
	for (size_t i = 0; i < k; i++) {
		most = fmax(most, fmin(1, items[i].value * (double)(k - i)));
		p[items[i].index] = most;
	}
	free(items);
}
