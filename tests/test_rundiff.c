// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>

#include "compare/rundiff.h"

#define RUNS 6

static const struct rundiff_opts opts = {.alpha = .05, .equivalence = .05};

struct runs {
	struct variable v[2 * RUNS][8];
	struct test_result t[2 * RUNS][2];
	struct rundiff_run r[2 * RUNS];
	struct rundiff_side side[2];
};

static void set(struct runs *r, size_t run, const char *name, struct value v, enum better better)
{
	struct rundiff_run *to = &r->r[run];

	r->v[run][to->nvariables++] =
		(struct variable){.name = str_of(name), .value = v, .better = better, .n = 1};
	to->variables = r->v[run];
}

static void test(struct runs *r, size_t run, const char *name, enum test_status status)
{
	struct rundiff_run *to = &r->r[run];

	r->t[run][to->ntests++] = (struct test_result){.name = str_of(name), .status = status};
	to->tests = r->t[run];
}

/* n good runs and as many others, started in turn. */
static void make(struct runs *r, size_t n)
{
	*r = (struct runs){.side = {{r->r, n}, {r->r + RUNS, n}}};
	for (size_t i = 0; i < 2 * RUNS; i++)
		r->r[i].started_ns = 1 + (int64_t)(2 * (i % RUNS) + i / RUNS);
}

static const struct rundiff_row *row(const struct rundiff *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq(d->rows[i].name, str_of(name)))
			return &d->rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

static void metrics(void **unused)
{
	struct runs r;
	struct rundiff d;

	make(&r, RUNS);
	for (size_t i = 0; i < 2 * RUNS; i++) {
		bool bad = i >= RUNS;
		double jitter = 1 + .001 * (double)(i * 7 % 5);

		set(&r, i, "time", value_real((bad ? 2 : 1) * jitter), BETTER_LOWER);
		set(&r, i, "rate", value_real((bad ? 2 : 1) * jitter), BETTER_HIGHER);
		set(&r, i, "size", value_real((bad ? 1.01 : 1) * jitter), BETTER_LOWER);
		set(&r, i, "loss", value_real((double)(i * 5 % 7) - 3), BETTER_LOWER);
		set(&r, i, "fixed", value_int(4), BETTER_LOWER);
	}
	rundiff_run(&d, r.side, &opts);
	assert_int_equal(row(&d, "time")->verdict, RUNDIFF_WORSE);
	assert_true(fabs(row(&d, "time")->effect - 2) < .01 && row(&d, "time")->log);
	assert_true(row(&d, "time")->low > 1.9 && row(&d, "time")->high < 2.1);
	assert_int_equal(row(&d, "rate")->verdict, RUNDIFF_BETTER);
	assert_int_equal(row(&d, "size")->verdict, RUNDIFF_EQUIVALENT);
	assert_int_equal(row(&d, "loss")->verdict, RUNDIFF_UNDECIDED);
	assert_false(row(&d, "loss")->log);
	assert_int_equal(row(&d, "fixed")->verdict, RUNDIFF_SAME);
	/* Four of the five are tested: Holm. */
	assert_true(fabs(row(&d, "time")->p - 2. / 924) < 1e-9);
	assert_true(row(&d, "time")->p_adjusted >= 2 * row(&d, "time")->p);
	assert_false(d.order_confounded);
	assert_int_equal(d.count[RUNDIFF_METRIC][RUNDIFF_WORSE], 1);
	rundiff_release(&d);
}

static void few_runs(void **unused)
{
	struct runs r;
	struct rundiff d;

	for (size_t n = 1; n <= 3; n++) {
		make(&r, n);
		for (size_t i = 0; i < 2 * RUNS; i++)
			set(&r, i, "time", value_real(i < RUNS ? 1 : 9), BETTER_LOWER);
		rundiff_run(&d, r.side, &opts);
		assert_int_equal(row(&d, "time")->verdict, RUNDIFF_UNDECIDED);
		assert_true(row(&d, "time")->clean && row(&d, "time")->p_min > .05);
		assert_true(isinf(row(&d, "time")->detectable));
		rundiff_release(&d);
	}
}

static void settings(void **unused)
{
	struct runs r;
	struct rundiff d;

	make(&r, 2);
	for (size_t i = 0; i < 2 * RUNS; i++) {
		set(&r, i, "env.LANG", value_text(i < RUNS ? STR("C") : STR("de_DE")), 0);
		set(&r, i, "env.TERM", value_text(STR("xterm")), 0);
		set(&r, i, "threads", value_int(i < RUNS ? 4 : 8), 0);
		set(&r, i, "load.1m", value_real(i % 2 ? 1 : 2), 0);
		if (i >= RUNS)
			set(&r, i, "git.diff", value_text(STR("abc")), 0);
	}
	r.r[RUNS].started_ns = r.r[RUNS + 1].started_ns = 1000;
	rundiff_run(&d, r.side, &opts);
	assert_int_equal(row(&d, "env.LANG")->verdict, RUNDIFF_DIFFERS);
	assert_int_equal(row(&d, "env.LANG")->section, RUNDIFF_ENVIRONMENT);
	assert_str(row(&d, "env.LANG")->side[1].common, "de_DE");
	assert_int_equal(row(&d, "env.TERM")->verdict, RUNDIFF_SAME);
	assert_int_equal(row(&d, "threads")->section, RUNDIFF_SETTING);
	assert_int_equal(row(&d, "threads")->verdict, RUNDIFF_DIFFERS);
	assert_int_equal(row(&d, "load.1m")->verdict, RUNDIFF_UNDECIDED);
	assert_int_equal(row(&d, "git.diff")->section, RUNDIFF_CODE);
	assert_int_equal(row(&d, "git.diff")->verdict, RUNDIFF_DIFFERS);
	assert_true(d.order_confounded);
	rundiff_release(&d);
}

static void tests_of_runs(void **unused)
{
	struct runs r;
	struct rundiff d;

	make(&r, 2);
	for (size_t i = 0; i < 2 * RUNS; i++) {
		test(&r, i, "broke", i < RUNS ? TEST_PASSED : TEST_FAILED);
		test(&r, i, "flaky", i % 2 ? TEST_PASSED : TEST_FAILED);
	}
	rundiff_run(&d, r.side, &opts);
	assert_int_equal(row(&d, "broke")->verdict, RUNDIFF_WORSE);
	assert_int_equal(row(&d, "broke")->side[1].failed, 2);
	assert_int_equal(row(&d, "flaky")->verdict, RUNDIFF_UNDECIDED);
	assert_int_equal(d.rows[0].section, RUNDIFF_TEST);
	rundiff_release(&d);
	for (size_t i = RUNS; i < 2 * RUNS; i++)
		r.r[i].ntests = 0;
	rundiff_run(&d, r.side, &opts);
	assert_int_equal(row(&d, "broke")->verdict, RUNDIFF_DIFFERS); /* it was not run */
	rundiff_release(&d);
}

static void denominators(void **unused)
{
	struct runs r;
	struct rundiff d;

	make(&r, 2);
	for (size_t i = 0; i < 2 * RUNS; i++) {
		set(&r, i, "accuracy", value_real(i < RUNS ? .9 : .8), BETTER_HIGHER);
		r.v[i][0].n = i < RUNS ? 1000 : 900;
	}
	rundiff_run(&d, r.side, &opts);
	assert_true(d.denominators && row(&d, "accuracy")->samples);
	assert_int_equal(row(&d, "accuracy")->side[0].least, 1000);
	assert_int_equal(row(&d, "accuracy")->side[1].most, 900);
	rundiff_release(&d);
	r.v[0][0].n = 800; /* the numbers overlap: they vary by themselves */
	rundiff_run(&d, r.side, &opts);
	assert_false(d.denominators || row(&d, "accuracy")->samples);
	rundiff_release(&d);
}

/* Fewer tests than before; none in common. */
static void denominators_of_tests(void **unused)
{
	struct runs r;
	struct rundiff d;

	make(&r, 2);
	for (size_t i = 0; i < 2 * RUNS; i++) {
		test(&r, i, "parse", TEST_PASSED);
		if (i < RUNS)
			test(&r, i, "print", TEST_PASSED);
	}
	rundiff_run(&d, r.side, &opts);
	assert_true(d.denominators);
	assert_int_equal(d.tests[0], 2);
	assert_int_equal(d.tests[1], 1);
	assert_int_equal(d.common, 1);
	rundiff_release(&d);
	for (size_t i = 0; i < RUNS; i++)
		r.t[RUNS + i][0].name = STR("another");
	rundiff_run(&d, r.side, &opts);
	assert_int_equal(d.common, 0);
	rundiff_release(&d);
}

static void nothing(void **unused)
{
	struct rundiff_side side[2] = {{0}};
	struct rundiff d;

	rundiff_run(&d, side, &opts);
	assert_int_equal(d.n, 0);
	rundiff_release(&d);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(metrics),      cmocka_unit_test(few_runs),
		cmocka_unit_test(settings),     cmocka_unit_test(tests_of_runs),
		cmocka_unit_test(denominators), cmocka_unit_test(denominators_of_tests),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
