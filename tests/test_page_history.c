// SPDX-License-Identifier: GPL-3.0-or-later
/* The report on a metric's history: what is said of changes, of none, and of too few values. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "page-dump.h"
#include "report/page-history.h"

#define N 60

/* A deterministic wobble between -1 and 1. */
static double wobble(size_t i)
{
	return (double)((i * 7919 + 13) % 101) / 50 - 1;
}

struct sample {
	struct history h;
	struct changepoints found;
	double value[N], reference[N], step[N];
	struct str run[N], commit[N], label[N];
};

/* A level of 100 with noise of 1 %, times factor from index `at` on. */
static void sample_init(struct sample *s, size_t n, size_t at, double factor)
{
	*s = (struct sample){.h = {.metric = STR("bench.time"),
				   .better = BETTER_LOWER,
				   .source = STR("the stored runs"),
				   .n = n}};
	arena_init(&s->h.arena);
	s->h.value = s->value;
	for (size_t i = 0; i < n; i++) {
		s->value[i] = (i < at ? 100 : 100 * factor) * (1 + .01 * wobble(i));
		s->reference[i] = 50 * (1 + .002 * wobble(3 * i));
		s->step[i] = (double)(10 * i);
		s->run[i] = str_of(arena_printf(&s->h.arena, "r-%zu", i));
		s->commit[i] = str_of(arena_printf(&s->h.arena, "%040zx", i));
		s->label[i] = str_of(arena_printf(&s->h.arena, "v%zu", i));
	}
}

static void sample_find(struct sample *s, enum changepoint_mode mode)
{
	const struct changepoint_options o = {.mode = mode, .min_effect = .005, .min_sd = 1};

	assert_int_equal(changepoint_find(s->h.value, s->h.reference, s->h.n, &o, &s->h.arena,
					  &s->found, NULL),
			 0);
}

static void render(struct sample *s, struct page_history *in, struct buf *b)
{
	struct page p;

	in->history = &s->h;
	in->found = &s->found;
	in->command = "inquest history bench.time";
	in->command_json = "inquest history --json bench.time";
	page_init(&p, STR("T"), STR("made"));
	page_history(&p, in);
	dump_page(b, &p);
	page_release(&p);
	arena_release(&s->h.arena);
}

static void test_runs(void **state)
{
	struct sample s;
	const struct run_record last = {.id = STR("r-39"), .command = STR("make bench")};
	struct history_covariate compiler = {STR("compiler"), STR("gcc-12"), STR("")};
	struct history_covariates covariates = {&compiler, 1};
	struct page_history in = {.covariates = &covariates, .restore = &last};
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, N, 40, 1.2);
	s.h.run = s.run;
	s.h.commit = s.commit;
	s.h.by_commit = true;
	sample_find(&s, CHANGEPOINT_AUTO);
	assert_int_equal(s.found.n, 1);
	in.worst = s.found.changes;
	render(&s, &in, &b);
	assert_has(&b, "# T\n`bench.time` along 60 runs changed 1 time. It changed by !+");
	assert_has(&b, ", commits `000000000000..000000000000`.");
	assert_has(&b, "chart bench.time (runs in the order of commits, )\n  value: 60 points\n"
		       "  median of a level: 5 points 0,");
	assert_has(&b, "  at 40 (");
	assert_has(&b, " | `compiler`: gcc-12 -> (none)\n");
	assert_has(&b, "The last run before it: `r-39`, ");
	assert_has(&b, "\ninquest run -- make bench\n");
	assert_has(&b, "metric | `bench.time`, lower is better\n");
	assert_has(&b, "order | of the commits\n");
	assert_has(&b, "$ inquest history bench.time\n");
}

static void test_reference(void **state)
{
	struct sample s;
	struct page_history in = {0};
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, N, 40, 1);
	for (size_t i = 30; i < N; i++) { /* the machine alone */
		s.value[i] *= 1.5;
		s.reference[i] *= 1.5;
	}
	s.h.reference = s.reference;
	s.h.reference_name = STR("bench.ref");
	sample_find(&s, CHANGEPOINT_AUTO);
	render(&s, &in, &b);
	assert_has(&b,
		   "no change that stands out of its noise. By the reference, the machine itself "
		   "changed 1 time.");
	assert_has(&b, "chart bench.time, divided by bench.ref (runs, ) points\n");
	assert_has(&b, "### The machine, by the reference\n- +50.");
	assert_has(&b, "reference | `bench.ref`\n");
	assert_lacks(&b, "median of a level");
}

static void test_file(void **state)
{
	struct sample s;
	struct page_history in = {0};
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, N, 20, .5);
	s.h.step = s.step;
	s.h.label = s.label;
	s.h.better = BETTER_UNKNOWN;
	s.value[5] = NAN;
	s.value[6] = INFINITY;
	sample_find(&s, CHANGEPOINT_LEVEL);
	assert_int_equal(s.found.n, 1);
	in.worst = s.found.changes;
	render(&s, &in, &b);
	assert_has(&b, "along 58 values changed 1 time. It changed by ~-");
	assert_has(&b,
		   ", after `v19`, up to `v20`.~ 2 values are no finite number and are left out.~");
	assert_has(&b, "  at 200 (200 - 200): -50.0 %\n");
	assert_lacks(&b, "what else changed there\n");
	assert_lacks(&b, "How to have the old performance again");
}

static void test_trend(void **state)
{
	struct sample s;
	struct page_history in = {0};
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, N, N, 1);
	for (size_t i = 30; i < N; i++)
		s.value[i] *= pow(1.03, (double)(i - 30));
	sample_find(&s, CHANGEPOINT_TREND);
	render(&s, &in, &b);
	assert_int_equal(s.found.model, CHANGEPOINT_TREND);
	assert_has(&b, "The last one: ");
	assert_lacks(&b, "median of a level");
}

static void test_little(void **state)
{
	static const struct {
		size_t n;
		const char *want;
	} cases[] = {
		{0, "along 0 values~: not enough to tell whether it changed; 14 are the"},
		{1, "along 1 value~: not enough"},
		{13, "along 13 values~: not enough"},
		{14, "along 14 values: no change"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sample s;
		struct page_history in = {0};
		CLEANUP_BUF struct buf b = {0};

		sample_init(&s, cases[i].n, N, 1);
		sample_find(&s, CHANGEPOINT_AUTO);
		render(&s, &in, &b);
		assert_has(&b, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),   cmocka_unit_test(test_reference),
		cmocka_unit_test(test_file),   cmocka_unit_test(test_trend),
		cmocka_unit_test(test_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
