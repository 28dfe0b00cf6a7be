// SPDX-License-Identifier: GPL-3.0-or-later
/* The report on a case: what the document says, with and without records of its runs. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "page-dump.h"
#include "report/page-case.h"

static const char document[] =
	"---\ninquest: 1\ntitle: Checkout is slow\nstatus: open\noutcome: latency.p99\n"
	"good: [r-1]\nbad: [r-2, r-3]\n---\n"
	"# Checkout is slow\n\nIt was *fast* on Monday.\n\nAnd now?\n\n"
	"## Symptoms\n\n"
	"| id | kind | what | first seen | where | runs |\n"
	"| --- | --- | --- | --- | --- | --- |\n"
	"| S1 | exception | TimeoutError: pool exhausted | 12:03 | app.log:12 | r-2 |\n"
	"| S2 | failed test | holds | | junit.xml:7 | r-2, r-3 |\n\n"
	"Seen twice.\n\n"
	"## Timeline\n\n| no | when | event | where |\n| --- | --- | --- | --- |\n"
	"| 1 | 12:00 | deploy | deploy.log:3 |\n\n"
	"## Hypotheses\n\n"
	"### H1 The pool is too small\n\nprior: 0.30\nposterior: 0.71\n\nOnly under **load**.\n\n"
	"```dagitty\ndag { load -> wait }\n```\n\n"
	"| id | prediction | tested by | result |\n| --- | --- | --- | --- |\n"
	"| P1 | a larger pool mends it | E1 | holds |\n\n"
	"### H2 The disk\n\nprior: 0.70\nposterior: 0.29\n\n~~~ DAGitty\ndag { a\n"
	"~~~\n\n"
	"## Experiments\n\n| id | experiment | cost | H1 | outcome | run |\n"
	"| --- | --- | --- | --- | --- | --- |\n"
	"| E1 | pool of 8 | 5m | 0.9 | yes | r-4 |\n\n"
	"## Who knows\n\n* Eve\n\n"
	"## Conclusion\n\nThe pool.\n";

struct sample {
	struct arena arena;
	struct casedoc *doc;
	struct case_summary summary;
	struct page_case in;
};

static void sample_init(struct sample *s, const char *text)
{
	struct casedoc_problem *problems;
	struct err err = {""};

	*s = (struct sample){.in = {.path = "rca/x.md"}};
	arena_init(&s->arena);
	if (casedoc_parse(&s->doc, str_of(text), &err))
		fail_msg("%s", err.msg);
	s->in.nproblems = casedoc_check(s->doc, &s->arena, &problems);
	case_summary(s->doc, STR("rca/x.md"), false, s->in.nproblems, &s->arena, &s->summary);
	s->in.doc = s->doc;
	s->in.summary = &s->summary;
}

static void render(struct sample *s, struct buf *b)
{
	struct page p;

	page_init(&p, s->summary.title, STR("made"));
	page_case_begin(&p, &s->in);
	page_case_runs(&p, &s->in);
	page_case_end(&p, &s->in);
	dump_page(b, &p);
	page_release(&p);
	casedoc_free(s->doc);
	arena_release(&s->arena);
}

static void test_whole(void **state)
{
	struct sample s;
	struct variable p99 = {.name = STR("latency.p99"),
			       .value = value_real(.25),
			       .unit = STR("s"),
			       .spread = NAN};
	struct run_record run = {.id = STR("r-2"),
				 .name = STR("tuesday"),
				 .verdict = RUN_BAD,
				 .variables = &p99,
				 .nvariables = 1};
	const struct page_case_run runs[] = {{STR("r-1"), NULL}, {STR("r-2"), &run}};
	const struct str line = STR("TimeoutError: pool exhausted");
	const struct page_evidence quote = {
		.source = STR("run r-2, app.log"), .line = 12, .lines = &line, .nlines = 1};
	const struct page_evidence *symptoms[] = {&quote, NULL}, *timeline[] = {NULL};
	const struct page_case_diagram diagrams[] = {{STR("<svg></svg>"), NULL},
						     {STR(""), "7:3: '}' is missing"}};
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, document);
	s.in.symptom_quotes = symptoms;
	s.in.timeline_quotes = timeline;
	s.in.diagrams = diagrams;
	s.in.runs = runs;
	s.in.nruns = 2;
	s.in.store = true;
	render(&s, &b);
	assert_string_equal(
		buf_cstr(&b),
		"# Checkout is slow\n"
		"~Open~: 2 symptoms, 2 bad runs and 1 good one. 2 hypotheses; the most probable is "
		"*H1 The pool is too small*, with 0.71 after the experiments. \n"
		"## The question\n"
		"case | `rca/x.md`\n"
		"state | open\n"
		"outcome | `latency.p99`\n"
		"<<\nIt was *fast* on Monday.\n\nAnd now?\n>>\n"
		"## Symptoms\n"
		"id | kind | what | first seen | where | runs\n"
		"S1[1] | exception | TimeoutError: pool exhausted | 12:03 | app.log:12 | r-2\n"
		"S2 | failed test | holds |  | junit.xml:7 | r-2, r-3\n"
		"<<\nSeen twice.\n>>\n"
		"bars Symptoms by the runs that show them (runs)\n"
		"  1 S1 TimeoutError: pool exhausted\n"
		"  2 S2 holds\n"
		"## Timeline\n"
		"no | when | event | where\n"
		"1 | 12:00 | deploy | deploy.log:3\n"
		"## Runs\n"
		"run | verdict | name | started | end | latency.p99\n"
		"`r-1` | ~not recorded here~ |  |  |  | \n"
		"`r-2` | !bad! | tuesday |  |  | *250 ms*\n"
		"## Hypotheses\n"
		"bars Probability before any experiment ()\n"
		"  0.7 H2 The disk\n"
		"  0.3 H1 The pool is too small\n"
		"bars Probability after the experiments ()\n"
		"  0.71 H1 The pool is too small\n"
		"  0.29 H2 The disk\n"
		"### H1 The pool is too small\n"
		"before | 0.30\n"
		"after | *0.71*\n"
		"<<\nOnly under **load**.\n>>\n"
		"diagram H1 The pool is too small (drawn)\n"
		"dag { load -> wait }\n\n"
		"id | prediction | tested by | result\n"
		"P1 | a larger pool mends it | E1 | holds\n"
		"### H2 The disk\n"
		"before | 0.70\n"
		"after | *0.29*\n"
		"diagram H2 The disk\n"
		"dag { a\n\n"
		"~Not drawn: 7:3: '}' is missing.~\n"
		"## Experiments\n"
		"id | experiment | cost | H1 | outcome | run\n"
		"E1 | pool of 8 | 5m | 0.9 | yes | r-4\n"
		"## Who knows\n"
		"<<\n* Eve\n>>\n"
		"## Conclusion\n"
		"<<\nThe pool.\n>>\n"
		"## What to do next\n"
		"draw the conclusion, or write down the next experiment\n"
		"$ inquest close\n"
		"[1] run r-2, app.log\n"
		">12: TimeoutError: pool exhausted\n"
		"made by: made\n");
}

static void test_empty(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, "---\ninquest: 1\ntitle: Nothing yet\nstatus: open\n---\n");
	render(&s, &b);
	assert_has(&b,
		   "# Nothing yet\n~Open~: 0 symptoms, 0 bad runs and 0 good ones. Not known yet: "
		   "the outcome");
	assert_has(&b, "There are no records of runs here");
	assert_has(&b, "## What is not known\n- the outcome: ");
	assert_lacks(&b, "## Symptoms");
	assert_lacks(&b, "## Hypotheses");
}

static void test_closed(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf b = {0};

	sample_init(&s, "---\ninquest: 1\ntitle: Done\nstatus: closed\noutcome: x\nevidence: [S1]\n"
			"test: tests/pool.sh\nclosed: 2026-11-26\n---\n# Done\n\n## Symptoms\n\n"
			"| id |\n| --- |\n| S1 |\n| S1 |\n\n## Conclusion\n\nIt was the pool.\n");
	render(&s, &b);
	assert_has(&b, "+Closed+: ");
	assert_has(&b, "1 problem~ in the document: inquest status --check lists them.~");
	assert_has(&b, "## Conclusion\n<<\nIt was the pool.\n>>\nshown by | `S1`\n"
		       "regression test | `tests/pool.sh`\nclosed | 2026-11-26\n");
}

/* A case with more rows than a page shows. */
static void test_many(void **state)
{
	struct sample s;
	CLEANUP_BUF struct buf text = {0}, b = {0};

	BUF_LIT(&text,
		"---\ninquest: 1\ntitle: T\nstatus: open\n---\n## Symptoms\n\n| id |\n| --- |\n");
	for (int i = 1; i <= 250; i++)
		buf_printf(&text, "| S%d |\n", i);
	sample_init(&s, buf_cstr(&text));
	render(&s, &b);
	assert_has(&b, "S100\n150 more rows are left out here; all of them:\n$ inquest status -v "
		       "--case rca/x.md\n");
	assert_lacks(&b, "\nS101");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
