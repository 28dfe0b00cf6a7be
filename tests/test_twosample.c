// SPDX-License-Identifier: GPL-3.0-or-later
/* Against counting all ways of dealing the values to the two samples. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/twosample.h"

struct random {
	uint64_t state;
};

static double uniform(struct random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return ((double)((z ^ z >> 31) >> 11) + .5) / 9007199254740992.0;
}

static double normal(struct random *r)
{
	double u = uniform(r), v = uniform(r);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static struct twosample compare(const double *x, size_t n, const double *y, size_t m, bool ratios)
{
	struct twosample t;
	struct err err = {""};

	if (twosample_compare(x, n, y, m, ratios, &t, &err))
		fail_msg("%s", err.msg);
	return t;
}

/* Twice the number of pairs in which the second sample's is greater, equal ones counting half, for
 * the first sample's members in the bits of set. */
static int wins(const double *pooled, size_t total, unsigned set)
{
	int twice = 0;

	for (size_t i = 0; i < total; i++)
		for (size_t j = 0; j < total; j++)
			if ((set >> i & 1) && !(set >> j & 1))
				twice += (pooled[j] > pooled[i]) + (pooled[j] >= pooled[i]);
	return twice;
}

static void brute(const double *pooled, size_t n, size_t total, double *p, double *least)
{
	int middle = (int)(n * (total - n)),
	    here = abs(wins(pooled, total, (1u << n) - 1) - middle);
	int most = 0;
	double all = 0, far = 0, farthest = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (unsigned set = 0; set < 1u << total; set++) {
			int d;

			if ((size_t)__builtin_popcount(set) != n)
				continue;
			d = abs(wins(pooled, total, set) - middle);
			if (pass == 0) {
				most = d > most ? d : most;
				all++;
				far += d >= here;
			} else {
				farthest += d == most;
			}
		}
	}
	*p = far / all;
	*least = farthest / all;
}

static void probabilities(void **state)
{
	struct random r = {3};

	for (int k = 0; k < 400; k++) {
		size_t n = 1 + (size_t)(5 * uniform(&r)), m = 1 + (size_t)(5 * uniform(&r));
		double x[10], p, least;
		struct twosample t;

		for (size_t i = 0; i < n + m; i++)
			x[i] = k % 3 == 0 ? uniform(&r) : floor((k % 3 * 3) * uniform(&r));
		brute(x, n, n + m, &p, &least);
		t = compare(x, n, x + n, m, false);
		assert_true(t.exact);
		if (fabs(t.p - p) > 1e-12 || fabs(t.least_p - least) > 1e-12)
			fail_msg("case %d: p %g, not %g; least %g, not %g", k, t.p, p, t.least_p,
				 least);
	}
}

/* Seven and eight on either side, all apart: two of the ways are as extreme. */
static void least(void **state)
{
	double x[] = {1, 2, 3, 4, 5, 6, 7}, y[] = {11, 12, 13, 14, 15, 16, 17, 18};
	struct twosample t = compare(x, 7, y, 8, true);

	assert_true(fabs(t.p - 2 / 6435.0) < 1e-15);
	assert_true(t.p == t.least_p);
	t = compare(x, 3, y, 3, true);
	assert_true(fabs(t.least_p - .1) < 1e-15);
	assert_true(isinf(t.detectable)); /* nothing is, with three and three */
	assert_true(t.low == 0 && isinf(t.high));
	assert_true(t.inner_low > 1 && isfinite(t.inner_high));
	t = compare(x, 3, y, 3, false);
	assert_true(isinf(t.low) && t.low < 0);
}

/* The interval is what the test does not reject: all shifts are tried. */
static void intervals(void **state)
{
	static const size_t sizes[][2] = {{4, 4}, {5, 4}, {6, 5}, {10, 10}, {3, 12}};
	struct random r = {8};

	for (size_t k = 0; k < 5 * ARRAY_SIZE(sizes); k++) {
		size_t n = sizes[k % 5][0], m = sizes[k % 5][1];
		double x[12], y[12], moved[12];
		struct twosample t;

		for (size_t i = 0; i < 12; i++) {
			x[i] = normal(&r);
			y[i] = 1 + normal(&r);
		}
		t = compare(x, n, y, m, false);
		assert_true(t.low <= t.inner_low && t.inner_low <= t.size);
		assert_true(t.size <= t.inner_high && t.inner_high <= t.high);
		for (double shift = -6; shift < 8; shift += .01) {
			double p;

			for (size_t i = 0; i < n; i++)
				moved[i] = x[i] + shift;
			p = compare(moved, n, y, m, false).p;
			if (fabs(shift - t.low) > 1e-9 && fabs(shift - t.high) > 1e-9)
				assert_int_equal(p > .05, t.low < shift && shift < t.high);
			if (fabs(shift - t.inner_low) > 1e-9 && fabs(shift - t.inner_high) > 1e-9)
				assert_int_equal(p > .1,
						 t.inner_low < shift && shift < t.inner_high);
		}
	}
}

/* The median of all differences, counted. */
static void sizes(void **state)
{
	double x[] = {10, 11, 13}, y[] = {20, 21, 25, 30};

	double d[12], lower = 0, upper = 0;
	size_t k = 0;
	struct twosample t = compare(x, 3, y, 4, false);

	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 4; j++)
			d[k++] = y[j] - x[i];
	for (size_t i = 0; i < 12; i++) {
		size_t below = 0, equal = 0;

		for (size_t j = 0; j < 12; j++) {
			below += d[j] < d[i];
			equal += d[j] == d[i];
		}
		lower = below <= 5 && 5 < below + equal ? d[i] : lower;
		upper = below <= 6 && 6 < below + equal ? d[i] : upper;
	}
	assert_true(t.size == (lower + upper) / 2);
	t = compare(x, 3, y, 4, true);
	assert_true(t.size > 1.5 && t.size < 2.5);
}

/* Long samples: the approximations meet the exact values where both can be had. */
static void large(void **state)
{
	static double x[40000], y[40000];
	struct random r = {9};
	struct twosample t, u;

	for (size_t i = 0; i < 40000; i++) {
		x[i] = exp(.1 * normal(&r));
		y[i] = 1.05 * exp(.1 * normal(&r));
	}
	t = compare(x, 50, y, 50, true);
	u = compare(x, 51, y, 50, true);
	assert_true(t.exact && !u.exact);
	assert_true(u.p < 3 * t.p + .02 && t.p < 3 * u.p + .02);
	assert_true(fabs(t.low - u.low) < .02 && fabs(t.high - u.high) < .02);
	t = compare(x, 2000, y, 2000, true); /* all pairs */
	u = compare(x, 40000, y, 40000, true);
	assert_true(t.low < 1.05 && 1.05 < t.high && t.high - t.low < .02);
	assert_true(u.low < 1.05 && 1.05 < u.high && u.high - u.low < .004);
	assert_true(fabs(u.size - 1.05) < .002);
	assert_true(u.p < 1e-10);
	assert_true(u.detectable > 1 && u.detectable < t.detectable && t.detectable < 1.02);
	for (size_t i = 0; i < 200; i++)
		x[i] = y[i] = 1;
	t = compare(x, 200, y, 200, true);
	assert_true(t.p == 1 && t.size == 1 && t.low == 1 && t.high == 1);
	assert_true(t.least_p == 1);
}

/* What is called detectable is detected about four times in five. */
static void power(void **state)
{
	struct random r = {10};
	double shift = 0, found = 0;

	for (int k = 0; k < 600; k++) {
		double x[15], y[15];

		for (size_t i = 0; i < 15; i++) {
			x[i] = normal(&r);
			y[i] = normal(&r) + (k < 200 ? 0 : shift);
		}
		if (k < 200)
			shift += compare(x, 15, y, 15, false).detectable / 200;
		else
			found += compare(x, 15, y, 15, false).p <= .05;
	}
	assert_true(found / 400 > .7 && found / 400 < .9);
}

static void equivalence(void **state)
{
	struct random r = {11};
	double x[20], y[20];
	struct twosample t;

	for (size_t i = 0; i < 20; i++) {
		x[i] = exp(.01 * normal(&r));
		y[i] = exp(.01 * normal(&r));
	}
	t = compare(x, 20, y, 20, true);
	assert_true(twosample_equivalent(&t, true, .02));
	assert_false(twosample_equivalent(&t, true, .002));
	t = compare(x, 20, y, 20, false);
	assert_true(twosample_equivalent(&t, false, .02));
	assert_false(twosample_equivalent(&t, false, .002));
	t = compare(x, 2, y, 2, true); /* too few to claim anything */
	assert_false(twosample_equivalent(&t, true, 1000));
}

/* Adjusted by the definition: the largest of (number of p's not below) * p over those not above. */
static void holm(void **state)
{
	struct random r = {12};

	for (int k = 0; k < 200; k++) {
		size_t n = (size_t)(8 * uniform(&r));
		double p[8], q[8];

		for (size_t i = 0; i < n; i++)
			q[i] = p[i] = k % 4 == 0 && i == 2 ? NAN
				      : k % 2              ? uniform(&r) / 8
							   : floor(5 * uniform(&r)) / 10;
		twosample_holm(q, n);
		for (size_t i = 0; i < n; i++) {
			double want = 0;

			if (isnan(p[i])) {
				assert_true(isnan(q[i]));
				continue;
			}
			for (size_t j = 0; j < n; j++) {
				double left = 0;

				for (size_t l = 0; l < n; l++)
					left += p[l] >= p[j];
				if (p[j] <= p[i])
					want = fmax(want, fmin(1, left * p[j]));
			}
			assert_true(fabs(q[i] - want) < 1e-12);
		}
	}
}

static void errors(void **state)
{
	double x[] = {1, 2, 3}, zero[] = {1, 0, 2}, odd[] = {1, NAN, 2};
	struct twosample t = {.p = 42};
	struct err err = {""};

	assert_int_equal(twosample_compare(x, 0, x, 3, true, &t, &err), -ERR_UNDECIDED);
	assert_int_equal(twosample_compare(x, 3, x, 0, true, &t, &err), -ERR_UNDECIDED);
	assert_string_equal(err.msg, "one of the samples is empty");
	assert_int_equal(twosample_compare(x, 3, zero, 3, true, &t, &err), -ERR_INPUT);
	assert_string_equal(err.msg, "0 is no value to compare by ratio");
	assert_int_equal(twosample_compare(odd, 3, x, 3, false, &t, &err), -ERR_INPUT);
	assert_int_equal(twosample_compare(x, TWOSAMPLE_MOST + 1, x, 3, false, &t, &err),
			 -ERR_LIMIT);
	assert_true(t.p == 42); /* untouched */
	assert_int_equal(twosample_compare(x, 3, zero, 3, false, &t, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probabilities), cmocka_unit_test(least),
		cmocka_unit_test(intervals),     cmocka_unit_test(sizes),
		cmocka_unit_test(large),         cmocka_unit_test(power),
		cmocka_unit_test(equivalence),   cmocka_unit_test(holm),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests_name("twosample", tests, NULL, NULL);
}
