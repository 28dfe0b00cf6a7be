// SPDX-License-Identifier: GPL-3.0-or-later
/* The report on one run, and what all reports share: cut tables, thinned charts, quantities. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "page-dump.h"
#include "report/page-run.h"

#define VAR(n, v)                                         \
	{                                                 \
		.name = STR(n), .value = v, .spread = NAN \
	}

static void render(const struct page_run *in, struct buf *b)
{
	struct page p;

	page_init(&p, STR("T"), STR("inquest report r-1"));
	page_run(&p, in);
	dump_page(b, &p);
	page_release(&p);
}

static void test_whole(void **state)
{
	struct variable v[] = {
		VAR("run.exit", value_int(3)),
		VAR("run.end", value_text(STR("exited"))),
		{.name = STR("run.wall"),
		 .value = value_real(.0125),
		 .unit = STR("s"),
		 .better = BETTER_LOWER,
		 .spread = NAN},
		{.name = STR("loss"),
		 .value = value_real(.5),
		 .better = BETTER_LOWER,
		 .n = 20,
		 .spread = .125},
		{.name = STR("rss.peak"),
		 .value = value_int(9797632),
		 .unit = STR("bytes"),
		 .spread = NAN},
		VAR("git.commit", value_text(STR("0123456789abcdef"))),
		VAR("git.dirty", value_int(1)),
		VAR("arg.lr", value_real(.2)),
		VAR("tool.cc", value_text(STR("12.2"))),
		VAR("env.LANG", value_text(STR("C"))),
		VAR("log.1.count", value_int(7)),
	};
	double x[] = {1, 2, 3, 4}, y[] = {8, 4, NAN, 2};
	struct series s = {.name = STR("loss"), .axis = STR("step"), .n = 4, .x = x, .y = y};
	struct test_result t[] = {{.suite = STR("s"), .name = STR("fine"), .seconds = NAN},
				  {.suite = STR("s"),
				   .name = STR("broken"),
				   .status = TEST_FAILED,
				   .seconds = .25,
				   .message = STR("expected 1"),
				   .detail = STR("at a.c:7\nat b.c:9")}};
	struct run_evidence e = {STR("cafe"), STR("app.log"), STR("log")};
	struct run_record r = {.id = STR("r-1"),
			       .name = STR("first"),
			       .verdict = RUN_BAD,
			       .started_ns = INT64_C(1795399265250000000),
			       .command = STR("make check"),
			       .variables = v,
			       .nvariables = ARRAY_SIZE(v),
			       .series = &s,
			       .nseries = 1,
			       .tests = t,
			       .ntests = 2,
			       .evidence = &e,
			       .nevidence = 1};
	const struct str lines[] = {STR("before"), STR("ERROR pool exhausted"), STR("after")};
	const struct page_evidence quote = {.source = STR("run r-1, app.log"),
					    .hash = STR("cafe"),
					    .line = 11,
					    .lines = lines,
					    .nlines = 3,
					    .at = 1,
					    .reproduce = STR("sed -n 11,13p f")};
	const struct page_symptom symptom = {.kind = STR("error"),
					     .what = STR("pool exhausted"),
					     .seen = STR("12:00"),
					     .count = 3,
					     .quote = &quote};
	const struct page_run in = {.run = &r,
				    .symptoms = &symptom,
				    .nsymptoms = 1,
				    .logs = 1,
				    .away = 2,
				    .command = "inquest runs show r-1",
				    .command_json = "inquest runs show --json r-1"};
	CLEANUP_BUF struct buf b = {0};

	render(&in, &b);
	assert_string_equal(
		buf_cstr(&b),
		"# T\n"
		"Run `r-1` (*first*) counts as !bad!. It ended with !exit status 3! after 12.5 ms. "
		"!1 of 2 tests failed!. Its logs show 1 symptom; the clearest: !pool "
		"exhausted![1].\n"
		"## The run\n"
		"run | `r-1` (*first*)\n"
		"verdict | !bad!\n"
		"command | `make check`\n"
		"started | 2026-11-23T02:01:05.250Z\n"
		"took | 12.5 ms\n"
		"peak memory | 9.798 MB\n"
		"commit | `0123456789abcdef`~ with uncommitted changes~\n"
		"## Symptoms\n"
		"symptom | kind | first seen | count\n"
		"!pool exhausted![1] | error | `12:00` | 3\n"
		"2 logs~ of the run could not be read: not kept on this machine~.\n"
		"## Tests\n"
		"2 tests, 1 passed, !1 failed!.\n"
		"test | state | seconds | message\n"
		"`s.broken`[2] | !failed! | 0.25 | expected 1\n"
		"## Metrics\n"
		"variable | value | samples | deviation | better\n"
		"`run.wall` | *12.5 ms* |  |  | lower\n"
		"`loss` | *0.5* | 20 | 0.125 | lower\n"
		"## Along the run\n"
		"chart loss (step, )\n"
		"  loss: 4 points 1,8 2,4 3,nan 4,2\n"
		"~1 of 4 values are no finite number~ and are not drawn.\n"
		"## Other measurements\n"
		"variable | value | samples | deviation | better\n"
		"`run.exit` | *3* |  |  | \n"
		"`run.end` | *exited* |  |  | \n"
		"`rss.peak` | *9.798 MB* |  |  | \n"
		"## Settings\n"
		"variable | value\n"
		"`arg.lr` | 0.2\n"
		"## Code\n"
		"variable | value\n"
		"`git.commit` | 0123456789abcdef\n"
		"`git.dirty` | 1\n"
		"## Versions\n"
		"variable | value\n"
		"`tool.cc` | 12.2\n"
		"## Environment\n"
		"variable | value\n"
		"`env.LANG` | C\n"
		"## Counts in logs\n"
		"variable | value\n"
		"`log.1.count` | 7\n"
		"## What is kept of it\n"
		"evidence | kind | SHA-256\n"
		"`app.log` | log | `cafe`\n"
		"## How to have it again\n"
		"$ git checkout 0123456789abcdef\ninquest run -- make check\n"
		"~The run was made with changes that are in no commit.~\n"
		"All that is recorded of it:\n"
		"$ inquest runs show r-1\n"
		"[1] run r-1, app.log cafe\n"
		" 11: before\n"
		">12: ERROR pool exhausted\n"
		" 13: after\n"
		"  $ sed -n 11,13p f\n"
		"[2] r-1, test s.broken\n"
		">1: expected 1\n"
		" 2: at a.c:7\n"
		" 3: at b.c:9\n"
		"  $ inquest runs show r-1\n"
		"made by: inquest report r-1\n");
}

static void test_ends(void **state)
{
	static const struct {
		const char *end;
		int exit, sig, oom;
		enum run_state state;
		const char *want;
	} cases[] = {
		{"exited", 0, 0, 0, RUN_COMPLETE, "It ended with exit status 0. "},
		{"signal", 137, 9, 0, RUN_COMPLETE, "It !was killed by signal 9!. "},
		{"signal", 137, 9, 2, RUN_COMPLETE,
		 "It !was killed by signal 9!!, while the kernel killed 2 of its processes for "
		 "want "
		 "of memory!. "},
		{"time limit", 143, 15, 0, RUN_COMPLETE,
		 "It !was ended by inquest at its time limit!"},
		{"memory limit", 137, 9, 0, RUN_COMPLETE,
		 "It !was ended by inquest at its memory limit!"},
		{"interrupted", 130, 2, 0, RUN_COMPLETE, "It !ended: interrupted!"},
		{"exited", 0, 0, 0, RUN_INTERRUPTED, "It !was not recorded to its end!"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct variable v[] = {
			VAR("run.end", value_text(str_of(cases[i].end))),
			VAR("run.exit", value_int(cases[i].exit)),
			VAR("run.signal", value_int(cases[i].sig)),
			VAR("run.oom_kills", value_int(cases[i].oom)),
		};
		struct run_record r = {.id = STR("r-1"),
				       .state = cases[i].state,
				       .variables = v,
				       .nvariables = ARRAY_SIZE(v)};
		const struct page_run in = {.run = &r, .command = "show", .command_json = "json"};
		CLEANUP_BUF struct buf b = {0};

		render(&in, &b);
		assert_has(&b, cases[i].want);
	}
}

/* Nothing is known of it but that it was. */
static void test_empty(void **state)
{
	const struct run_record r = {.id = STR("r-1")};
	const struct page_run in = {.run = &r, .command = "show", .command_json = "json"};
	CLEANUP_BUF struct buf b = {0};

	render(&in, &b);
	assert_string_equal(buf_cstr(&b), "# T\n"
					  "Run `r-1`: nobody has said whether it is good or bad. \n"
					  "## The run\n"
					  "run | `r-1`\n"
					  "verdict | *unknown*\n"
					  "## How to have it again\n"
					  "Its command was not recorded.\n"
					  "All that is recorded of it:\n"
					  "$ show\n"
					  "made by: inquest report r-1\n");
}

static void test_many(void **state)
{
	size_t n = 10000, points = 1000000;
	struct variable *v = mem_zalloc(n * sizeof(*v));
	struct test_result *t = mem_zalloc(n * sizeof(*t));
	double *x = mem_alloc(points * sizeof(*x)), *y = mem_alloc(points * sizeof(*y));
	struct series s = {.name = STR("rss"), .axis = STR("s"), .n = points, .x = x, .y = y};
	struct run_record r = {.id = STR("r-1"),
			       .variables = v,
			       .nvariables = n,
			       .tests = t,
			       .ntests = n,
			       .series = &s,
			       .nseries = 1};
	const struct page_run in = {.run = &r, .command = "show", .command_json = "json"};
	CLEANUP_BUF struct buf b = {0};
	struct arena a;
	struct page p;
	const struct page_chart *c = NULL;

	arena_init(&a);
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct variable)VAR("", value_int((int64_t)i));
		v[i].name = str_of(arena_printf(&a, "arg.%zu", i));
		t[i] = (struct test_result){.suite = i % 3 ? STR("most") : STR("some"),
					    .name = v[i].name,
					    .status = TEST_FAILED,
					    .seconds = NAN,
					    .message = STR("no")};
	}
	for (size_t i = 0; i < points; i++) {
		x[i] = (double)i;
		y[i] = i == 777777 ? 1e6 : 1;
	}
	page_init(&p, STR("T"), STR(""));
	page_run(&p, &in);
	for (const struct page_block *k = p.first; k; k = k->next)
		c = k->chart ? k->chart : c;
	assert_non_null(c);
	assert_in_range(c->lines[0].n, 1000, PAGE_POINTS);
	assert_true(c->log);
	dump_page(&b, &p);
	assert_has(&b, "9,900 more rows are left out here; all of them:\n$ show\n");
	assert_has(&b, "1,000,000 points");
	assert_has(&b, "bars Failed tests by suite (tests)\n  6666 most\n  3334 some\n");
	assert_lacks(&b, "arg.100`");
	for (size_t i = 0, found = 0; i <= c->lines[0].n; i++) {
		assert_true(i < c->lines[0].n || found);
		found = found || (i < c->lines[0].n && c->lines[0].y[i] == 1e6);
	}
	page_release(&p);
	arena_release(&a);
	free(v);
	free(t);
	free(x);
	free(y);
}

static void test_quantities(void **state)
{
	static const struct {
		double v;
		const char *unit, *want;
	} cases[] = {
		{0, "s", "0 s"},
		{1.5, "s", "1.5 s"},
		{1234567, "", "1.235e+06"},
		{.0136, "s", "13.6 ms"},
		{-2e-6, "s", "-2 us"},
		{5e-10, "s", "5e-10 s"},
		{999, "bytes", "999 bytes"},
		{2.5e9, "bytes", "2.5 GB"},
		{123456, "1/s", "123456 1/s"},
		{NAN, "s", "nan s"},
		{-INFINITY, "", "-inf"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct page p;

		page_init(&p, STR(""), STR(""));
		page_quantity(&p, &p.lead, PAGE_PLAIN, cases[i].v, str_of(cases[i].unit));
		assert_string_equal(p.lead.first->text.p, cases[i].want);
		page_release(&p);
	}
}

/* Curves that cannot be drawn, and one that was started again. */
static void test_series(void **state)
{
	double x[] = {1, 2, 3, 2, 3}, y[] = {1, NAN, INFINITY, NAN, NAN}, z[] = {5, 4, 3, 4, 2};
	const struct series none = {.name = STR("a"), .axis = STR("step"), .n = 5, .x = x, .y = y},
			    falls = {.name = STR("b"), .axis = STR("step"), .n = 5, .x = x, .y = z},
			    empty = {.name = STR("c")};
	struct page p;

	page_init(&p, STR(""), STR(""));
	assert_false(page_series(&p, &none));
	assert_false(page_series(&p, &empty));
	assert_null(p.first);
	assert_true(page_series(&p, &falls));
	assert_true(p.first->chart->points);
	page_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),      cmocka_unit_test(test_ends),
		cmocka_unit_test(test_empty),      cmocka_unit_test(test_many),
		cmocka_unit_test(test_quantities), cmocka_unit_test(test_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
