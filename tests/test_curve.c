// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "compare/curve.h"

#define SEEDS 8
#define STEPS 600

static uint64_t state;

static double uniform(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double)(state >> 11) + .5) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

struct runs {
	double x[SEEDS + 1][STEPS], y[SEEDS + 1][STEPS];
	struct curve c[SEEDS + 1]; /* the last one is the bad one */
};

/* Losses that fall, each with noise of its own. */
static void make_runs(struct runs *r, uint64_t seed)
{
	state = seed;
	for (size_t i = 0; i <= SEEDS; i++) {
		for (size_t t = 0; t < STEPS; t++) {
			r->x[i][t] = 10 * (double)t;
			r->y[i][t] = (.2 + 2 / (1 + (double)t / 20)) * exp(.1 * normal());
		}
		r->c[i] = (struct curve){STR("run"), r->x[i], r->y[i], STEPS};
	}
}

static void test_nothing(void **unused)
{
	struct runs *r = mem_alloc(sizeof(*r));

	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct curvediff d;

		make_runs(r, seed);
		curvediff_run(&d, r->c, SEEDS, &r->c[SEEDS]);
		assert_int_equal(d.verdict, CURVE_WITHIN);
		assert_false(d.departure.found);
		assert_true(d.log);
		assert_int_equal(d.n, STEPS);
		assert_true(d.unequal.found);
		assert_true(d.unequal.step == 0 && isnan(d.unequal.last));
		curvediff_release(&d);
	}
	free(r);
}

/* From step 3000 on, for good or for a while, up or down: found, and its place is in the interval.
 */
static void test_departure(void **unused)
{
	static const struct {
		double factor;
		size_t to;
		bool lasts;
	} cases[] = {{1.1, STEPS, true}, {.9, STEPS, true}, {1.3, 400, false}, {.5, 350, false}};
	struct runs *r = mem_alloc(sizeof(*r));

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct curvediff d;

		make_runs(r, 40 + i);
		for (size_t t = 300; t < cases[i].to; t++)
			r->y[SEEDS][t] *= cases[i].factor;
		curvediff_run(&d, r->c, SEEDS, &r->c[SEEDS]);
		assert_int_equal(d.verdict, CURVE_DEPARTS);
		assert_int_equal(d.departure.direction, cases[i].factor > 1 ? 1 : -1);
		assert_int_equal(d.departure.lasts, cases[i].lasts);
		assert_true(fabs(d.departure.step - 3000) <= 100);
		assert_true(d.departure.low <= d.departure.step &&
			    d.departure.step <= d.departure.high);
		assert_true(fabs(d.departure.effect / cases[i].factor - 1) < .05);
		curvediff_release(&d);
	}
	free(r);
}

/* What comes at once, grows, or dies away: found, and in most cases its true beginning lies in the
 * interval. */
static void test_beginning(void **unused)
{
	static const struct {
		double by, over; /* logarithm of the factor in the end, and the steps until then */
		bool dies;
		unsigned least; /* of 20 intervals that must hold the beginning */
	} cases[] = {{.05, 0, false, 17},  {.1, 0, false, 18},  {.2, 0, false, 18},
		     {.2, 100, false, 16}, {.15, 60, true, 17}, {-.15, 60, true, 17}};
	struct runs *r = mem_alloc(sizeof(*r));

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned holds = 0;

		for (uint64_t seed = 0; seed < 20; seed++) {
			struct curvediff d;

			make_runs(r, 100 + 20 * i + seed);
			for (size_t t = 200; t < STEPS; t++) {
				double s = (double)(t - 200), over = cases[i].over, share = 1;

				if (cases[i].dies)
					share = exp(-s / over);
				else if (s < over)
					share = s / over;
				r->y[SEEDS][t] *= exp(cases[i].by * share);
			}
			curvediff_run(&d, r->c, SEEDS, &r->c[SEEDS]);
			assert_int_equal(d.verdict, CURVE_DEPARTS);
			assert_true(d.departure.low <= d.departure.step &&
				    d.departure.step <= d.departure.high);
			holds += d.departure.low <= 2000 && 2000 <= d.departure.high;
			curvediff_release(&d);
		}
		assert_in_range(holds, cases[i].least, 20);
	}
	free(r);
}

/* Three good runs are enough for what is small but lasts. */
static void test_three(void **unused)
{
	struct runs *r = mem_alloc(sizeof(*r));
	struct curvediff d;
	unsigned found = 0;

	for (uint64_t seed = 300; seed < 320; seed++) {
		make_runs(r, seed);
		for (size_t t = 200; t < STEPS; t++)
			r->y[SEEDS][t] *= 1.045;
		curvediff_run(&d, r->c, 3, &r->c[SEEDS]);
		found += d.departure.found;
		curvediff_release(&d);
	}
	assert_in_range(found, 12, 20);
	free(r);
}

/* Few points, none that is a number, and values whose sums and squares are none. */
static void test_hostile(void **unused)
{
	enum { FEW = 50 };
	static const double huge[] = {1e308, -1e308, 5e-324, 1};
	static double x[FEW], same[FEW], nan[FEW], endless[FEW], wild[4][FEW];
	struct curve good[3], bad = {STR("b"), x, same, FEW};
	struct curvediff d;

	for (size_t t = 0; t < FEW; t++) {
		x[t] = (double)t;
		same[t] = 3;
		nan[t] = NAN;
		endless[t] = t % 2 ? INFINITY : -INFINITY;
		for (size_t i = 0; i < 4; i++)
			wild[i][t] = huge[(t * t + i * 7 + t / 3) % 4];
	}
	for (size_t i = 0; i < 3; i++)
		good[i] = (struct curve){STR("g"), x, wild[i], FEW};
	curvediff_run(&d, good, 3, &bad);
	assert_int_equal(d.verdict, CURVE_WITHIN);
	curvediff_release(&d);
	for (size_t i = 0; i < 2; i++) {
		bad.y = i ? endless : nan;
		curvediff_run(&d, good, 3, &bad);
		assert_int_equal(d.verdict, CURVE_DEPARTS);
		assert_true(d.departure.step == 0 && isnan(d.departure.effect));
		curvediff_release(&d);
	}
	for (size_t n = 1; n < 4; n++) {
		for (size_t i = 0; i < 3; i++)
			good[i] = (struct curve){STR("g"), x, same, n};
		bad = (struct curve){STR("b"), x, wild[0], n};
		curvediff_run(&d, good, 3, &bad);
		assert_int_equal(d.n, n);
		curvediff_release(&d);
	}
}

static void test_no_number(void **unused)
{
	struct runs *r = mem_alloc(sizeof(*r));
	struct curvediff d;

	make_runs(r, 9);
	for (size_t t = 450; t < STEPS; t++)
		r->y[SEEDS][t] = t % 2 ? NAN : INFINITY;
	curvediff_run(&d, r->c, SEEDS, &r->c[SEEDS]);
	assert_int_equal(d.verdict, CURVE_DEPARTS);
	assert_true(d.departure.step == 4500 && d.departure.lasts);
	assert_true(d.bad.has_nonfinite && d.bad.nonfinite == 4500);
	curvediff_release(&d);
	free(r);
}

/* The same seed: one good curve is enough, and in a band it says where the departure cannot be. */
static void test_twin(void **unused)
{
	struct runs *r = mem_alloc(sizeof(*r));
	struct curvediff d;

	make_runs(r, 5);
	memcpy(r->y[0], r->y[SEEDS], sizeof(r->y[0]));
	curvediff_run(&d, r->c, 1, &r->c[SEEDS]);
	assert_int_equal(d.verdict, CURVE_EQUAL);
	curvediff_release(&d);
	for (size_t t = 301; t < STEPS; t++)
		r->y[SEEDS][t] *= 1.2;
	curvediff_run(&d, r->c, 1, &r->c[SEEDS]);
	assert_int_equal(d.verdict, CURVE_PARTS);
	assert_true(d.unequal.step == 3010 && d.unequal.last == 3000 && d.unequal.same == 301);
	assert_true(d.departure.found && d.departure.low == 3010 && d.departure.high == 3010);
	assert_true(fabs(d.departure.effect - 1.2) < 1e-9);
	curvediff_release(&d);
	curvediff_run(&d, r->c, SEEDS, &r->c[SEEDS]);
	assert_int_equal(d.verdict, CURVE_DEPARTS);
	assert_int_equal(d.unequal.with, 0);
	assert_true(d.departure.step >= 3010);
	curvediff_release(&d);
	curvediff_run(&d, r->c + 1, 2, &r->c[SEEDS]);
	assert_int_equal(d.verdict, CURVE_UNKNOWN);
	assert_false(d.departure.found);
	curvediff_release(&d);
	free(r);
}

/* Good curves that are all the same leave no room. */
static void test_deterministic(void **unused)
{
	struct runs *r = mem_alloc(sizeof(*r));
	struct curvediff d;

	make_runs(r, 6);
	for (size_t i = 1; i <= SEEDS; i++)
		memcpy(r->y[i], r->y[0], sizeof(r->y[0]));
	for (size_t t = 200; t < STEPS; t++)
		r->y[SEEDS][t] *= 1.00001;
	curvediff_run(&d, r->c, SEEDS, &r->c[SEEDS]);
	assert_int_equal(d.verdict, CURVE_DEPARTS);
	assert_true(d.departure.step == 2000);
	curvediff_release(&d);
	free(r);
}

static void test_alignment(void **unused)
{
	static const double x[] = {0, 1, 2, 3, 2, 3, 4, 5}, y[] = {9, 8, 7, 99, 7, 6, 5, -4};
	static const double gx[] = {0, 1, 2, 3, 4, 5}, gy[] = {9, 8, 7, 6, 5, -4};
	static const double hx[] = {0, 2.5, 5}, hy[] = {9, 6.5, 4};
	static const double far[] = {100, 101};
	const struct curve bad = {STR("b"), x, y, 8}, good = {STR("g"), gx, gy, 6},
			   half = {STR("h"), hx, hy, 3}, away = {STR("a"), far, gy, 2},
			   none = {STR("n"), NULL, NULL, 0};
	struct curvediff d;

	curvediff_run(&d, &good, 1, &bad);
	assert_int_equal(d.verdict, CURVE_EQUAL);
	assert_int_equal(d.bad.nrestarts, 1);
	assert_true(d.bad.restarts[0].from == 3 && d.bad.restarts[0].to == 2);
	assert_int_equal(d.bad.repeated, 2);
	assert_int_equal(d.n, 6);
	assert_false(d.log); /* a value below 0 */
	curvediff_release(&d);
	curvediff_run(&d, &half, 1, &bad);
	assert_true(d.interpolated && d.n == 6);
	assert_true(d.median[1] == 8 && d.median[4] == 5);
	curvediff_release(&d);
	curvediff_run(&d, &away, 1, &bad);
	assert_int_equal(d.verdict, CURVE_UNKNOWN);
	assert_int_equal(d.n, 0);
	curvediff_release(&d);
	curvediff_run(&d, &none, 1, &bad);
	assert_int_equal(d.verdict, CURVE_UNKNOWN);
	curvediff_release(&d);
	curvediff_run(&d, &good, 1, &none);
	assert_int_equal(d.verdict, CURVE_UNKNOWN);
	curvediff_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),       cmocka_unit_test(test_departure),
		cmocka_unit_test(test_no_number),     cmocka_unit_test(test_twin),
		cmocka_unit_test(test_deterministic), cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_beginning),     cmocka_unit_test(test_three),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
