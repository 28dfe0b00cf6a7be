// SPDX-License-Identifier: GPL-3.0-or-later
/* Growth of a run: what its output counts, and processes that are alike. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "cli/run-growth.h"

#define MB 1e6
#define N  100

/* Steps of 2 MB at ten a second; in the text '#' stands for their number. */
static void feed(struct run_growth *g, const char *with, int from, int to, int modulo)
{
	size_t at = strcspn(with, "#");

	for (int i = from; i < to; i++) {
		char text[128];
		struct exec_sample s = {.at_ns = i * INT64_C(100000000),
					.rss = (uint64_t)(50 * MB + i * 2 * MB),
					.pss = EXEC_UNKNOWN,
					.alike = 1};

		snprintf(text, sizeof(text), "%.*s%d%s", (int)at, with, modulo ? i % modulo : i,
			 with + at + 1);
		s.alike_rss = s.rss;
		run_growth_sample(g, &s, str_of(text), STR(""));
	}
}

static void counters(void **state)
{
	static const struct {
		const char *text, *pattern, *step;
		int modulo;
	} cases[] = {
		{"step 3#: loss 0.1\n", NULL, NULL, 10}, /* 30 ... 39, again and again */
		{"Step #: loss 0.1\n", NULL, "step", 0},
		{"x\nepoch=# loss=0.5\n", NULL, "epoch", 0},
		{"{\"iteration\": #}\n", NULL, "iteration", 0},
		{"Epoch 1 [batch #/900]\n", NULL, "batch", 0},
		{"batch #/25\n", NULL, "batch", 25}, /* begins anew with each epoch */
		{" 12%|==  | #/900 [00:01<00:05]\r", NULL, "iteration", 0},
		{"(#) done\n", NULL, NULL, 0},
		{"(#) done\n", "\\((?<iter>\\d+)\\)", "iter", 0},
		{"(#) done\n", "\\((?<loss>\\d+)\\)", NULL, 0},
		{"nothing #\n", NULL, NULL, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct run_growth g;
		struct run_grown r;

		run_growth_init(&g);
		if (cases[i].pattern)
			run_growth_pattern(&g, cases[i].pattern);
		feed(&g, cases[i].text, 0, N, cases[i].modulo);
		run_growth_find(&g, (uint64_t)(250 * MB), (uint64_t)(1000 * MB), &r);
		assert_int_equal(r.growth.kind, GROWTH_LEAK);
		assert_true(fabs(r.growth.rate - 20 * MB) < .5 * MB);
		if (!cases[i].step && r.step)
			fail_msg("case %zu: counts by %s", i, r.step);
		if (cases[i].step) {
			assert_non_null(r.step);
			assert_string_equal(r.step, cases[i].step);
			assert_true(fabs(r.per_step - 2 * MB) < .2 * MB);
		} else {
			assert_true(isnan(r.per_step));
		}
		run_growth_release(&g);
	}
}

static void long_runs_are_thinned(void **state)
{
	struct run_growth g;
	struct run_grown r;

	run_growth_init(&g);
	feed(&g, "step #\n", 0, 20000, 0);
	run_growth_find(&g, 1, 0, &r);
	assert_int_equal(r.growth.kind, GROWTH_LEAK);
	assert_true(fabs(r.per_step - 2 * MB) < .1 * MB);
	assert_true(g.by_time.n <= 4096 && g.by_time.n >= 2048);
	run_growth_release(&g);
}

static void pool(struct run_growth *g, uint64_t pss)
{
	for (int i = 0; i < 30; i++) {
		struct exec_sample s = {.at_ns = i * INT64_C(100000000),
					.rss = (uint64_t)(520 * MB),
					.pss = pss,
					.alike = 4,
					.alike_rss = (uint64_t)(480 * MB)};

		run_growth_sample(g, &s, STR(""), STR(""));
	}
}

static void workers(void **state)
{
	static const struct {
		uint64_t pss, each, fit;
	} cases[] = {
		{EXEC_UNKNOWN, 120000000, 8}, /* (1000 - 40) / 120 */
		{260000000, 60000000, 16},    /* half of it is shared */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct run_growth g;
		struct run_grown r;

		run_growth_init(&g);
		pool(&g, cases[i].pss);
		run_growth_find(&g, (uint64_t)(520 * MB), (uint64_t)(1000 * MB), &r);
		assert_int_equal(r.growth.kind, GROWTH_FLAT);
		assert_int_equal(r.alike, 4);
		assert_int_equal(r.each, cases[i].each);
		assert_int_equal(r.rest, 40000000);
		assert_int_equal(r.fit, cases[i].fit);
		run_growth_find(&g, (uint64_t)(520 * MB), (uint64_t)(30 * MB), &r);
		assert_int_equal(r.fit, 0);
		run_growth_release(&g);
	}
}

static void nothing(void **state)
{
	struct run_growth g;
	struct run_grown r;

	run_growth_init(&g);
	run_growth_find(&g, 0, 1000, &r);
	assert_int_equal(r.growth.kind, GROWTH_UNDECIDED);
	assert_null(r.step);
	assert_int_equal(r.fit, 0);
	run_growth_find(&g, 100, 1000, &r); /* without samples: by what the kernel said of it */
	assert_int_equal(r.fit, 10);
	run_growth_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters),
		cmocka_unit_test(long_runs_are_thinned),
		cmocka_unit_test(workers),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
