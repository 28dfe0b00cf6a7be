// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>

#include "stats/growth.h"

#define MB 1e6
#define N  200

/* A small generator, so that every run sees the same noise. */
static double noise(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return (double)(*seed >> 16 & 0x7fff) / 32768 - .5;
}

static double leak(double x, unsigned *s)
{
	return 50 * MB + 3 * MB * x + MB * noise(s);
}

static double leak_below_a_saw(double x, unsigned *s)
{
	return 50 * MB + 3 * MB * x + 40 * MB * (x - floor(x)) + MB * noise(s);
}

static double saw(double x, unsigned *s)
{
	return 50 * MB + 80 * MB * (x - floor(x)) + MB * noise(s);
}

static double step(double x, unsigned *s)
{
	return (x < 12 ? 50 : 150) * MB + MB * noise(s);
}

static double flat(double x, unsigned *s)
{
	(void)x;
	return 80 * MB + MB * noise(s);
}

static double only_at_first(double x, unsigned *s)
{
	return (x < 3 ? 30 * x : 90) * MB + MB * noise(s);
}

static double wanders(double x, unsigned *s)
{
	return 80 * MB + 40 * MB * sin(x / 2) + MB * noise(s);
}

static double two_steps(double x, unsigned *s)
{
	return (x < 8 ? 50 : x < 14 ? 100 : 160) * MB + MB * noise(s);
}

/* What interpreters do before they exit. */
static double gives_back(double x, unsigned *s)
{
	return x > 19.5 ? 20 * MB : flat(x, s);
}

static double leak_that_gives_back(double x, unsigned *s)
{
	return x > 19.5 ? 20 * MB : leak(x, s);
}

/* Filled within half a second. */
static double slow_step(double x, unsigned *s)
{
	double part = x < 11 ? 0 : x < 11.5 ? (x - 11) * 2 : 1;

	return 100 * MB + part * 200 * MB + flat(x, s) * 1e-6;
}

/* The last that it did before it was killed. */
static double jumps_at_last(double x, unsigned *s)
{
	return x > 19.5 ? 900 * MB : flat(x, s);
}

static const struct {
	double (*at)(double x, unsigned *s);
	enum growth_kind kind;
} table[] = {
	{leak, GROWTH_LEAK},         {leak_below_a_saw, GROWTH_LEAK},
	{saw, GROWTH_SAW},           {step, GROWTH_STEP},
	{flat, GROWTH_FLAT},         {only_at_first, GROWTH_FLAT},
	{gives_back, GROWTH_FLAT},   {leak_that_gives_back, GROWTH_LEAK},
	{slow_step, GROWTH_STEP},    {jumps_at_last, GROWTH_STEP},
	{wanders, GROWTH_UNDECIDED}, {two_steps, GROWTH_UNDECIDED},
};

static void make(size_t i, double *x, double *y, size_t n)
{
	unsigned seed = 7;

	for (size_t k = 0; k < n; k++) {
		x[k] = 20. * (double)k / (double)n;
		y[k] = table[i].at(x[k], &seed);
	}
}

static void kinds(void **state)
{
	double x[N], y[N];
	struct growth g;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		make(i, x, y, N);
		growth_find(x, y, N, 4 * MB, &g);
		if (g.kind != table[i].kind)
			fail_msg("series %zu: %s, not %s", i, growth_word(g.kind),
				 growth_word(table[i].kind));
	}
}

static void rates(void **state)
{
	double x[N], y[N];
	struct growth g;

	for (size_t i = 0; i < 2; i++) {
		make(i, x, y, N);
		growth_find(x, y, N, 4 * MB, &g);
		assert_true(fabs(g.rate - 3 * MB) < .2 * MB);
	}
	make(0, x, y, N);
	growth_find(x, y, N, 4 * MB, &g);
	assert_true(fabs(growth_until(&g, g.level + 300 * MB) - 100) < 10);
	assert_true(isnan(growth_until(&g, g.level - 1)));
	make(3, x, y, N); /* step */
	growth_find(x, y, N, 4 * MB, &g);
	assert_true(fabs(g.at - 12) < .2);
	assert_true(isnan(growth_until(&g, 1e12)));
}

static void too_short(void **state)
{
	double x[N], y[N];
	struct growth g;

	make(0, x, y, N);
	growth_find(x, y, GROWTH_LEAST - 1, 4 * MB, &g);
	assert_int_equal(g.kind, GROWTH_UNDECIDED);
	growth_find(x, y, 0, 4 * MB, &g);
	assert_int_equal(g.kind, GROWTH_UNDECIDED);
	y[N / 2] = (double)NAN;
	growth_find(x, y, N, 4 * MB, &g);
	assert_int_equal(g.kind, GROWTH_UNDECIDED);
	for (size_t i = 0; i < N; i++) /* all at one moment */
		x[i] = 1;
	growth_find(x, y, N, 4 * MB, &g);
	assert_int_equal(g.kind, GROWTH_UNDECIDED);
}

static void workers(void **state)
{
	assert_int_equal(growth_workers(1000, 300), 3);
	assert_int_equal(growth_workers(1000, 1001), 0);
	assert_int_equal(growth_workers(1000, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(rates),
		cmocka_unit_test(too_short),
		cmocka_unit_test(workers),
	};

	return cmocka_run_group_tests_name("growth", tests, NULL, NULL);
}
