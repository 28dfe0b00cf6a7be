// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>

#include "stats/twosample.h"

static uint64_t state = 7;

static double uniform(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double)(state >> 11) + .5) / 9007199254740992.0;
}

/* The doubled midrank of v among x[n]. */
static double doubled_rank(const double *x, size_t n, double v)
{
	double below = 0, same = 0;

	for (size_t i = 0; i < n; i++) {
		below += x[i] < v;
		same += x[i] == v;
	}
	return 2 * below + same + 1;
}

/* All ways to deal n values into a first sample of k, by brute force. */
static void brute(const double *x, size_t n, size_t k, double *p, double *p_min)
{
	double mean = (double)(k * (n + 1)), all = 0, off = 0, most = 0, at_least = 0, extreme = 0;

	for (size_t i = 0; i < k; i++)
		off += doubled_rank(x, n, x[i]);
	off = fabs(off - mean);
	for (int pass = 0; pass < 2; pass++)
		for (size_t set = 0; set < (size_t)1 << n; set++) {
			double sum = 0;

			if ((size_t)__builtin_popcountl(set) != k)
				continue;
			for (size_t i = 0; i < n; i++)
				sum += set >> i & 1 ? doubled_rank(x, n, x[i]) : 0;
			sum = fabs(sum - mean);
			most = fmax(most, sum);
			all += pass;
			at_least += pass && sum >= off;
			extreme += pass && sum >= most;
		}
	*p = at_least / all;
	*p_min = extreme / all;
}

static void exact(void **unused)
{
	for (int round = 0; round < 60; round++) {
		size_t n = 2 + (size_t)(uniform() * 10),
		       k = 1 + (size_t)(uniform() * (double)(n - 1));
		double x[12], p, p_min;
		struct twosample_test t;

		for (size_t i = 0; i < n; i++) /* many ties in every other round */
			x[i] = round % 2 ? floor(uniform() * 4) : uniform();
		brute(x, n, k, &p, &p_min);
		t = twosample_mann_whitney(x, k, x + k, n - k);
		assert_true(t.exact);
		assert_true(fabs(t.p - p) < 1e-12);
		assert_true(fabs(t.p_min - p_min) < 1e-12);
	}
}

static void many(void **unused)
{
	double a[100], b[100];
	struct twosample_test near, far;

	for (size_t i = 0; i < 100; i++) {
		a[i] = uniform();
		b[i] = uniform();
	}
	near = twosample_mann_whitney(a, 100, b, 100);
	assert_false(near.exact);
	assert_true(near.p > .01);
	/* The approximation is close to what is exact just below the limit. */
	near = twosample_mann_whitney(a, 30, b, 30);
	far = twosample_mann_whitney(a, 31, b, 31);
	assert_true(near.exact && !far.exact && fabs(far.p - near.p) < .2);
	for (size_t i = 0; i < 100; i++)
		b[i] += .5;
	far = twosample_mann_whitney(a, 100, b, 100);
	assert_true(far.p < 1e-10 && far.p_min <= far.p);
	near = twosample_mann_whitney(a, 0, b, 3);
	assert_true(near.p == 1 && near.p_min == 1);
	for (size_t i = 0; i < 100; i++)
		a[i] = b[i] = 1;
	assert_true(twosample_mann_whitney(a, 100, b, 100).p == 1);
}

/* Just inside the interval's ends the test does not reject, just outside it does. */
static void interval(void **unused)
{
	for (int round = 0; round < 20; round++) {
		double a[9], b[9], moved[9];
		size_t na = 5 + (size_t)(uniform() * 4), nb = 5 + (size_t)(uniform() * 4);
		struct twosample_shift s;

		for (size_t i = 0; i < 9; i++) {
			a[i] = uniform();
			b[i] = 3 + uniform();
		}
		s = twosample_shift(a, na, b, nb, .95);
		assert_true(s.low < s.shift && s.shift < s.high);
		for (int side = 0; side < 2; side++)
			for (int in = 0; in < 2; in++) {
				double by = (side ? s.high : s.low) + (side == in ? -1e-9 : 1e-9);
				struct twosample_test t;

				for (size_t i = 0; i < nb; i++)
					moved[i] = b[i] - by;
				t = twosample_mann_whitney(a, na, moved, nb);
				assert_int_equal(t.p > .05, in);
			}
	}
}

static void too_few(void **unused)
{
	const double a[] = {1, 2, 3}, b[] = {101, 102, 103};
	struct twosample_shift s = twosample_shift(a, 3, b, 3, .95);

	assert_true(s.shift == 100);
	assert_true(isinf(s.low) && isinf(s.high));
	assert_true(isinf(twosample_detectable(a, 3, b, 3, .05)));
	s = twosample_shift(a, 3, b, 3, .9);
	assert_true(s.low == 98 && s.high == 102);
	s = twosample_shift(a, 0, b, 3, .95);
	assert_true(isnan(s.shift));
}

/* What is called detectable is found in about four of five cases. */
static void detectable(void **unused)
{
	size_t found = 0;

	for (int round = 0; round < 400; round++) {
		double a[12], b[12], by;

		for (size_t i = 0; i < 12; i++) {
			a[i] = sqrt(-2 * log(uniform())) * cos(6.283185307 * uniform());
			b[i] = sqrt(-2 * log(uniform())) * cos(6.283185307 * uniform());
		}
		/* 1: the true deviation, so that the round's own estimate does not matter */
		by = (1.96 + .8416) * sqrt(2. / 12 * M_PI / 3);
		for (size_t i = 0; i < 12; i++)
			b[i] += by;
		found += twosample_mann_whitney(a, 12, b, 12).p <= .05;
		by = twosample_detectable(a, 12, b, 12, .05) / by;
		assert_true(by > .2 && by < 4);
	}
	assert_in_range(found, 270, 350);
}

static void holm(void **unused)
{
	double p[] = {.01, .04, NAN, .03, .5};
	const double want[] = {.04, .09, NAN, .09, .5};

	twosample_holm(p, 5);
	for (size_t i = 0; i < 5; i++)
		assert_true(isnan(want[i]) ? isnan(p[i]) : fabs(p[i] - want[i]) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact),   cmocka_unit_test(many),       cmocka_unit_test(interval),
		cmocka_unit_test(too_few), cmocka_unit_test(detectable), cmocka_unit_test(holm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
