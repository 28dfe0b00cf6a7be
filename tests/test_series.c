// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "stats/series.h"
#include "store/store.h"

#define MOST 40
#define END  (-12345.0) /* of the points of a case */

static void shows(const struct series *s, enum series_reduction what, double parameter,
		  const char *want, const char *name)
{
	CLEANUP_BUF struct buf b = {0};

	run_value(series_reduce(s, what, parameter), &b);
	if (!str_eq(buf_str(&b), str_of(want)))
		fail_msg("%s %s: %s, not %s", name, series_functions[what].name, buf_cstr(&b),
			 want);
}

static void small(void **state)
{
	static const struct {
		const char *name;
		double x[MOST], y[MOST];
		enum better better;
		/* by enum series_reduction; "": no value */
		const char *want[SERIES_REDUCTIONS];
	} cases[] = {
		{"none",
		 {END},
		 {0},
		 BETTER_LOWER,
		 {"", "", "", "", "", "", "", "", "", "", "", "", "0"}},
		{"one",
		 {3, END},
		 {0.25},
		 BETTER_LOWER,
		 {"0.25", "0.25", "0.25", "0.25", "0.25", "3", "0.25", "", "", "3", "", "", "1"}},
		{"falls",
		 {0, 1, 2, 4, END},
		 {4, 2, 1, 1},
		 BETTER_LOWER,
		 {"4", "1", "1", "4", "1", "2", "2", "6.5", "-0.875", "2", "", "", "4"}},
		{"rises, higher is better",
		 {0, 1, 2, END},
		 {0, 1, 3},
		 BETTER_HIGHER,
		 {"0", "3", "0", "3", "3", "2", "1.3333333333333333", "2.5", "1.5", "1", "", "",
		  "3"}},
		{"direction unknown: reached from above",
		 {0, 1, 2, END},
		 {4, 1.5, 0.5},
		 BETTER_UNKNOWN,
		 {"4", "0.5", "0.5", "4", "", "", "2", "3.75", "-1.75", "2", "", "", "3"}},
		{"x falls: everything but first and last in the order of x",
		 {2, 1, 0, END},
		 {1, 2, 4},
		 BETTER_LOWER,
		 {"1", "4", "1", "4", "1", "2", "2.3333333333333335", "4.5", "-1.5", "2", "", "",
		  "3"}},
		{"not finite",
		 {0, 1, 2, 3, END},
		 {4, NAN, 2, INFINITY},
		 BETTER_LOWER,
		 {"4", "inf", "2", "4", "2", "2", "3", "6", "-1", "", "1", "1", "4"}},
		{"all NaN",
		 {0, 1, END},
		 {NAN, NAN},
		 BETTER_LOWER,
		 {"nan", "nan", "", "", "", "", "", "", "", "", "0", "0", "2"}},
		{"one x",
		 {5, 5, END},
		 {1, 3},
		 BETTER_LOWER,
		 {"1", "3", "1", "3", "1", "5", "2", "0", "", "5", "", "", "2"}},
		{"beyond doubles",
		 {0, 1e-300, END},
		 {-1e308, 1e308},
		 BETTER_LOWER,
		 {"-1e+308", "1e+308", "-1e+308", "1e+308", "-1e+308", "0", "0", "0", "", "0", "",
		  "", "2"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double x[MOST], y[MOST];
		struct series s = {.x = x, .y = y, .better = cases[i].better};

		while (cases[i].x[s.n] != END)
			s.n++;
		memcpy(x, cases[i].x, sizeof(x));
		memcpy(y, cases[i].y, sizeof(y));
		for (unsigned what = 0; what < SERIES_REDUCTIONS; what++)
			shows(&s, what, 1, cases[i].want[what], cases[i].name);
	}
}

/* The slope by its definition. */
static int by_value(const void *pa, const void *pb)
{
	const double *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static double slope_of_all_pairs(const struct series *s)
{
	double *all = mem_alloc(s->n * s->n * sizeof(*all)), median;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = i + 1; k < s->n; k++)
			if (s->x[i] != s->x[k])
				all[n++] = (s->y[k] - s->y[i]) / (s->x[k] - s->x[i]);
	qsort(all, n, sizeof(*all), by_value);
	median = n % 2 ? all[n / 2] : all[n / 2 - 1] / 2 + all[n / 2] / 2;
	free(all);
	return median;
}

static void slopes(void **state)
{
	double x[60], y[60];
	struct series s = {.x = x, .y = y};

	srand48(7);
	for (int round = 0; round < 200; round++) {
		double got, want;

		s.n = 2 + (size_t)(lrand48() % 59);
		for (size_t i = 0; i < s.n; i++) {
			/* ties in both, and outliers */
			x[i] = (double)(lrand48() % 30) + (round % 2 ? 1.7e9 : 0);
			y[i] = 3 * x[i] + (double)(lrand48() % 8);
			if (lrand48() % 6 == 0)
				y[i] = 1e6 * drand48();
		}
		x[1] = x[0] + 1;
		got = value_number(series_reduce(&s, SERIES_SLOPE, 0));
		want = slope_of_all_pairs(&s);
		/* the outliers are 5e9 off: their last digit is 1e-6 */
		if (!(fabs(got - want) <= 1e-6 * fmax(1, fabs(want))))
			fail_msg("round %d: %.17g, not %.17g", round, got, want);
	}
	for (size_t i = 0; i < 60; i++) { /* exact where the points are */
		x[i] = (double)i;
		y[i] = i % 4 ? 0.25 * (double)i : 1e9;
	}
	s.n = 60;
	assert_true(value_number(series_reduce(&s, SERIES_SLOPE, 0)) == 0.25);
}

static void divergence(void **state)
{
	static const struct {
		const char *name;
		double y[MOST];
		enum better better;
		const char *want;
	} cases[] = {
		{"blows up for good", {3, 2, 1.5, 1.2, 1.1, 1, 1, 6, 7, 9, END}, BETTER_LOWER, "7"},
		{"a spike is made up for",
		 {3, 2, 1.5, 1.2, 1.1, 1, 60, 60, 60, 1, END},
		 BETTER_LOWER,
		 ""},
		{"too short to tell", {3, 2, 1.5, 1.2, 1.1, 1, 60, 60, END}, BETTER_LOWER, ""},
		{"and then NaN: from the blow-up on",
		 {3, 2, 1.5, 1.2, 1.1, 1, 60, 900, NAN, END},
		 BETTER_LOWER,
		 "6"},
		{"NaN among what is worse",
		 {3, 2, 1.5, 1.2, 1.1, 1, 60, NAN, 900, END},
		 BETTER_LOWER,
		 "6"},
		{"NaN, and well again",
		 {3, 2, 1.5, 1.2, 1.1, 1, NAN, 1, 1, 1, END},
		 BETTER_LOWER,
		 "6"},
		{"creeps up",
		 {3, 2, 1.5, 1.2, 1.1, 1, 1.2, 1.4, 1.6, 1.8, 1.9, END},
		 BETTER_LOWER,
		 ""},
		{"accuracy is lost",
		 {.1, .5, .8, .85, .9, .9, .9, .1, .1, .1, END},
		 BETTER_HIGHER,
		 "7"},
		{"accuracy sinks a little",
		 {.1, .5, .8, .85, .9, .9, .9, .7, .7, .7, END},
		 BETTER_HIGHER,
		 ""},
		{"noise: within ten deviations",
		 {1, 9, 2, 8, 1, 9, 3, 20, 22, 24, END},
		 BETTER_LOWER,
		 ""},
		{"which way is better is not known",
		 {3, 2, 1.5, 1.2, 1.1, 1, 1, 60, 70, 90, END},
		 BETTER_UNKNOWN,
		 ""},
		{"not known, but infinite", {3, 2, -INFINITY, END}, BETTER_UNKNOWN, "2"},
		{"below zero", {-1, -4, -5, -5, -5, -5, -5, 2, 3, 4, END}, BETTER_LOWER, "7"},
		{"four points before are too few", {1, 1, 1, 1, 60, 60, 60, END}, BETTER_LOWER, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double x[MOST], y[MOST];
		struct series s = {.x = x, .y = y, .better = cases[i].better};

		memcpy(y, cases[i].y, sizeof(y));
		for (; y[s.n] != END; s.n++)
			x[s.n] = (double)s.n;
		shows(&s, SERIES_DIVERGED, 0, cases[i].want, cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small),
		cmocka_unit_test(slopes),
		cmocka_unit_test(divergence),
	};

	return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
