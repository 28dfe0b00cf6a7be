// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The report on a comparison of runs: verdicts with their numbers, what weakens them before them,
 * curves, logs with quoted lines, code; long tables are cut, hostile lines are shown as text.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "page-dump.h"
#include "report/page-runs.h"

#define RUNS 12

struct sample {
	struct arena arena;
	struct rundiff_run runs[2][RUNS];
	struct rundiff_side side[2];
	struct rundiff diff;
	struct rundiff_opts opts;
	struct rundiff_report report;
	struct page_runs in;
};

/* Runs of both sides in turn, with room for variables. */
static void sample_init(struct sample *s, size_t good, size_t bad)
{
	const size_t n[2] = {good, bad};

	*s = (struct sample){
		.opts = {.alpha = .05, .equivalence = .05},
		.in = {.compare = "inquest diff a b", .verbose = "inquest diff -v a b"}};
	arena_init(&s->arena);
	for (int side = 0; side < 2; side++) {
		s->side[side] = (struct rundiff_side){s->runs[side], n[side]};
		for (size_t i = 0; i < n[side]; i++)
			s->runs[side][i] = (struct rundiff_run){
				.id = str_of(arena_printf(&s->arena, "r-%d%zu", side, i)),
				.started_ns = (int64_t)(1 + 2 * i + (size_t)side)};
	}
}

static struct variable *add(struct sample *s, int side, size_t run, size_t n)
{
	struct variable *v = arena_zalloc(&s->arena, n * sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i].spread = NAN;
	s->runs[side][run].variables = v;
	s->runs[side][run].nvariables = n;
	return v;
}

static void compare(struct sample *s)
{
	rundiff_run(&s->diff, s->side, &s->opts);
	s->report.diff = &s->diff;
	s->report.side = s->side;
	s->report.opts = &s->opts;
	s->in.report = &s->report;
}

static void render(struct sample *s, struct buf *b)
{
	struct page p;

	page_init(&p, STR("T"), STR("made"));
	page_runs(&p, &s->in);
	dump_page(b, &p);
	page_release(&p);
	rundiff_release(&s->diff);
	arena_release(&s->arena);
}

/* p99 doubles, a setting differs, a test breaks. */
static void worse(struct sample *s)
{
	sample_init(s, 8, 8);
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < 8; i++) {
			struct variable *v = add(s, side, i, 3);
			struct test_result *t = arena_zalloc(&s->arena, sizeof(*t));

			v[0].name = STR("p99");
			v[0].unit = STR("s");
			v[0].better = BETTER_LOWER;
			v[0].value = value_real((side ? 2e-3 : 1e-3) * (1 + .01 * (double)i));
			v[1].name = STR("arg.pool");
			v[1].value = value_int(side ? 4 : 8);
			v[2].name = STR("env.LANG");
			v[2].value = value_text(STR("C"));
			*t = (struct test_result){.suite = STR("s"),
						  .name = STR("holds"),
						  .message = side ? STR("no") : STR(""),
						  .seconds = NAN,
						  .status = side ? TEST_FAILED : TEST_PASSED};
			s->runs[side][i].tests = t;
			s->runs[side][i].ntests = 1;
		}
	compare(s);
}

static void test_worse(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	worse(&s);
	s.in.sides = "As recorded.";
	render(&s, &b);
	assert_has(&b,
		   "# T\n8 good runs against 8 bad ones. !1 test fails! that did not before. Of "
		   "the metrics, !1 is worse!, 0 better, 0 equivalent within 5 %. `p99`[1] is !2x "
		   "[");
	assert_has(&b, "x]! that of the good runs (8 good, 8 bad; p = 0.000");
	assert_has(&b, "As recorded.\n## What was compared\n"
		       "good | `r-00`, `r-01`, `r-02`, `r-03`, `r-04`, `r-05`, `r-06`, `r-07`\n");
	assert_has(&b, "## Tests that changed\ntest | verdict | good | bad\n"
		       "`s.holds`[2] | !worse! | 8 of 8 passed | !0 of 8 passed!\n");
	assert_has(&b, "`p99`[1] | !worse! | 1.035 ms (1 ms to 1.07 ms) | 2.07 ms (2 ms to 2.14 "
		       "ms) | *2x [");
	assert_has(&b, " | 8, 8 | ");
	assert_has(&b, "## Settings\nvariable | good | bad\n`arg.pool` | 8 | 4\n");
	assert_lacks(&b, "env.LANG");
	assert_lacks(&b, "confounded");
	assert_has(&b, "$ inquest diff a b\n");
	assert_has(&b,
		   "[1] p99 in the records of the runs\n 1: good  r-00  0.001 s\n 2: good  r-01  ");
	assert_has(&b, "\n 16: bad   r-17  0.00214");
	assert_has(&b, "  $ inquest diff -v a b\n");
	assert_has(&b, "\n 9: bad   r-10  failed: no\n");
}

/* One run a side: nothing can be said, and that is said. */
static void test_few(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, 1, 1);
	for (int side = 0; side < 2; side++) {
		struct variable *v = add(&s, side, 0, 1);

		v[0].name = STR("loss");
		v[0].better = BETTER_LOWER;
		v[0].value = value_real(side ? 5 : 1);
	}
	compare(&s);
	render(&s, &b);
	assert_has(&b, "1 good run against 1 bad one. Of the metrics, 0 are worse, 0 better, 0 "
		       "equivalent within 5 %, and of 1 nothing can be said with so few runs.");
	assert_has(&b, "`loss` | not enough runs | 1 | 5 | *5x* | 1, 1 | 1 at best");
	assert_lacks(&b, "!");
}

static void test_weakened(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, 3, 3);
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < 3; i++) {
			struct variable *v = add(&s, side, i, 1);

			s.runs[side][i].started_ns = side ? 100 : 1;
			v[0].name = STR("accuracy");
			v[0].better = BETTER_HIGHER;
			v[0].value = value_real(side ? .8 : .9);
			v[0].n = side ? 50 : 1000;
		}
	compare(&s);
	render(&s, &b);
	assert_has(&b, "# T\n~Another denominator (see below). ~~Order confounded (see below). ~3 "
		       "good runs");
	assert_has(&b,
		   "- ~Another denominator: ~`accuracy` stands for *1,000* samples in good runs, "
		   "*50* in bad ones.\n~Order confounded: ~all runs");
}

static void test_nothing_common(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, 1, 1);
	add(&s, 0, 0, 1)[0] = (struct variable){.name = STR("a"), .value = value_int(1)};
	add(&s, 1, 0, 1)[0] = (struct variable){.name = STR("b"), .value = value_int(1)};
	compare(&s);
	render(&s, &b);
	assert_has(&b, "no variable and no test in common");
}

static void test_many(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf b = {0};
	size_t n = 10000;

	sample_init(&s, 1, 1);
	for (int side = 0; side < 2; side++) {
		struct variable *v = add(&s, side, 0, n);

		for (size_t i = 0; i < n; i++) {
			v[i].name = str_of(arena_printf(&s.arena, "arg.%05zu", i));
			v[i].value = value_int((int64_t)i + side);
		}
	}
	compare(&s);
	render(&s, &b);
	assert_has(&b, "9,900 more rows are left out here; all of them:\n$ inquest diff -v a b\n");
	assert_in_range(b.n, 1000, 10000);
}

/* ---- curves ---- */

#define STEPS 200

static void test_curves(void **state)
{
	static double x[STEPS], y[6][STEPS];
	struct curve good[4], bad[2];
	struct curve_metric m[2];
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	for (size_t k = 0; k < 6; k++)
		for (size_t i = 0; i < STEPS; i++) {
			double noise = (double)((i * 7919 + k * 104729) % 101) / 5000;

			x[i] = (double)i;
			y[k][i] = (1 + noise) * exp(-(double)i / 100) * (k > 3 && i > 120 ? 2 : 1);
		}
	for (size_t k = 0; k < 4; k++)
		good[k] = (struct curve){str_of("g"), x, y[k], STEPS};
	for (size_t k = 0; k < 2; k++) {
		bad[k] = (struct curve){k ? STR("r-b2") : STR("r-b1"), x, y[4 + k], STEPS};
		m[k] = (struct curve_metric){.name = STR("loss"),
					     .axis = STR("step"),
					     .good = good,
					     .ngood = 4,
					     .bad = &bad[k]};
		curvediff_run(&m[k].diff, good, 4, &bad[k]);
	}
	sample_init(&s, 1, 1);
	compare(&s);
	s.report.curves = m;
	s.report.ncurves = 2;
	render(&s, &b);
	assert_has(&b, "`loss` of `r-b1` leaves the band of the 4 good runs, upwards, at step 12");
	assert_has(&b, "## Curves\n- `loss` of `r-b1` leaves");
	assert_has(&b, "\n- `loss` of `r-b2` leaves");
	assert_has(&b, "(4 good, 1 bad; 200 common steps).");
	assert_has(&b, "chart loss (step, )\n");
	assert_has(&b, "): leaves the band\nchart loss of r-b1: distance from the good ones (step, "
		       "deviations between the good ones)\n");
	for (size_t k = 0; k < 2; k++)
		curvediff_release(&m[k].diff);
}

/* ---- logs ---- */

static const char *const lines[2][6] = {{"start", "pool of 8", "step 1", "step 2", "done", "bye"},
					{"start", "pool of 4", "step 1",
					 "<script>alert(1)</script> password=hunter2hunter2",
					 "ERROR \033[31mexhausted", "bye"}};

static void line(void *arg, uint32_t side, uint32_t log, uint64_t no, struct arena *a,
		 struct logdiff_line *out)
{
	assert_in_range(no, 1, 6);
	*out = (struct logdiff_line){.raw = str_of(lines[side][no - 1]),
				     .message = str_of(lines[side][no - 1])};
}

static struct str hash(void *arg, struct str log)
{
	return str_eq(log, STR("r-10:app.log")) ? STR("cafe") : STR("");
}

static void test_logs(void **state)
{
	const struct logdiff_log logs[2] = {{.name = STR("r-00:app.log"), .n = 6},
					    {.name = STR("r-10:app.log"), .n = 6}};
	const struct logdiff_input input = {
		.side = {{.logs = &logs[0], .n = 1}, {.logs = &logs[1], .n = 1}}, .line = line};
	struct logdiff_finding findings[] = {
		{.rank = 1,
		 .kind = FINDING_VALUE,
		 .good_count = 1,
		 .bad_count = 1,
		 .where = {1, 0, 2, 1},
		 .note = STR("8 -> 4")},
		{.rank = 2,
		 .kind = FINDING_NEW,
		 .symptom = SYMPTOM_FAILURE,
		 .bad_count = 1,
		 .where = {1, 0, 5, 1},
		 .trigger = 1},
		{.rank = 3,
		 .kind = FINDING_NEW,
		 .symptom = SYMPTOM_CAUSE,
		 .bad_count = 9,
		 .where = {1, 0, 4, 1}},
		{.rank = 4, .kind = FINDING_MISSING, .good_count = 1, .where = {0, 0, 5, 1}},
		{.rank = 5,
		 .kind = FINDING_NEW,
		 .symptom = SYMPTOM_FAILURE,
		 .bad_count = 2,
		 .where = {1, 0, 6, 1}}};
	struct logdiff_step step = {.rank = 1, .where = {1, 0, 2, 1}, .shared = STR("pool")};
	struct logdiff_chain chain = {2, &step, 1};
	const struct logdiff diff = {.first = {.found = true,
					       .has_common = true,
					       .common = {{0, 0, 1, 1}, {1, 0, 1, 1}},
					       .next = {{0, 0, 2, 2}, {1, 0, 2, 1}}},
				     .findings = findings,
				     .nfindings = 5,
				     .chains = &chain,
				     .nchains = 1};
	const struct diff_report report = {.diff = &diff, .in = &input};
	const struct rundiff_log_run runs[] = {{.id = STR("r-00"), .state = RUNDIFF_LOGS_READ},
					       {.id = STR("r-01"), .state = RUNDIFF_LOGS_AWAY}};
	const struct rundiff_logs rep = {runs, 2, &report, 2, "inquest diff --logs a b"};
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, 1, 1);
	compare(&s);
	s.report.logs = &rep;
	s.in.hash = hash;
	render(&s, &b);
	assert_has(&b,
		   "!2 messages of failure! stand in bad logs and in no good one. The logs first "
		   "part at `r-10:app.log:2`[1].\n");
	assert_has(&b, "- 1 run with logs that are not on this machine\n");
	assert_has(&b,
		   "### First divergence\nBoth do the same up to `r-10:app.log:1`; the good one "
		   "goes on at `r-00:app.log:2`[2]; the bad one goes on at `r-10:app.log:2`[1].\n"
		   "<<\n       1  start\n-      2  pool of 8\n-      3  step 1\n+      2  pool of "
		   "4\n\n>>\n");
	assert_has(&b, "1 | value | pool of 4[1] | 8 -> 4 | 1 | 1 | \n"
		       "2 | new | !ERROR exhausted![3] |  | 0 | 1 | follows from 1\n");
	assert_has(&b, "bars Failures that only bad logs state (lines)\n  9 <script>");
	assert_has(&b,
		   "### Back from the symptom\n- `r-10:app.log:2` pool of 4 (both name `pool`)[1]"
		   "\n- `r-10:app.log:5` !ERROR exhausted![3]\n");
	assert_has(&b, "[1] r-10:app.log cafe\n 1: start\n>2: pool of 4\n 3: step 1\n"
		       " 4: <script>alert(1)</script> password=[redacted password]\n  $ inquest "
		       "diff --logs "
		       "a b\n");
	assert_has(&b, "  $ inquest diff --logs a b\n");
	assert_lacks(&b, "hunter2");
	assert_lacks(&b, "\033");
}

static void test_no_logs(void **state)
{
	const struct logdiff diff = {.nfindings = 0};
	const struct logdiff_input input = {.line = line};
	const struct diff_report report = {.diff = &diff, .in = &input};
	const struct rundiff_log_run run = {.id = STR("r-00"), .state = RUNDIFF_LOGS_READ};
	const struct rundiff_logs same = {&run, 1, &report, 0, "all"},
				  none = {&run, 1, NULL, 0, ""};
	struct sample s;
	CLEANUP_BUF struct buf b = {0}, c = {0};

	sample_init(&s, 1, 1);
	compare(&s);
	s.report.logs = &same;
	render(&s, &b);
	assert_has(&b, "Nothing differs beyond what varies from run to run.\n");
	sample_init(&s, 1, 1);
	compare(&s);
	s.report.logs = &none;
	render(&s, &c);
	assert_lacks(&c, "First divergence");
}

/* ---- code ---- */

static void test_code(void **state)
{
	const struct code_commit commit = {STR("99aa"), STR("Make the pool smaller"), 1795399265};
	const struct code_file file = {STR("src/pool.c"), 3, 1, false};
	struct code_range range = {.relation = CODE_FORWARD,
				   .only_bad = 25,
				   .commits = &commit,
				   .ncommits = 1,
				   .has_files = true,
				   .files = &file,
				   .nfiles = 1,
				   .changed = 1,
				   .added = 3,
				   .removed = 1};
	struct rundiff_code code = {.good = STR("0123456789abcdef"),
				    .bad = STR("fedcba9876543210"),
				    .commits = {2, 1},
				    .range = &range,
				    .dirty = {0, 1}};
	const struct rundiff_code hostile = {.good = STR("; rm -rf ~"),
					     .bad = STR("x"),
					     .range = &range,
					     .problem = "there is no git"};
	struct sample s;
	CLEANUP_BUF struct buf b = {0}, c = {0};

	sample_init(&s, 1, 1);
	compare(&s);
	s.report.code = &code;
	render(&s, &b);
	assert_has(&b, "## The code between them\nGood runs are of `0123456789ab` (and 1 other "
		       "commits), bad ones of `fedcba987654`: 25 commits only the bad side has, 0 "
		       "only the good. 1 files differ, 3 lines added, 1 removed.\n");
	assert_has(&b, "`99aa` | 2026-11-23 | Make the pool smaller\n5 more rows");
	assert_has(&b, "`src/pool.c` | 3 | 1\n");
	assert_has(&b, "~1 of the bad runs had changes that are in no commit.~\n");
	assert_has(&b, "$ git log --oneline 0123456789ab..fedcba987654\n"
		       "git diff --stat 0123456789ab fedcba987654\n");
	sample_init(&s, 1, 1);
	compare(&s);
	s.report.code = &hostile;
	render(&s, &c);
	assert_has(&c, "~Not compared: there is no git.~\n");
	assert_lacks(&c, "rm -rf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worse),    cmocka_unit_test(test_few),
		cmocka_unit_test(test_weakened), cmocka_unit_test(test_nothing_common),
		cmocka_unit_test(test_many),     cmocka_unit_test(test_curves),
		cmocka_unit_test(test_logs),     cmocka_unit_test(test_no_logs),
		cmocka_unit_test(test_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
