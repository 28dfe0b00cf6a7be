// SPDX-License-Identifier: GPL-3.0-or-later
/* The report on one run: see page-run.h. What went wrong comes first, what surrounded it last. */
#include "report/page-run.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "compare/rundiff.h"
#include "report/style.h"
#include "text/record.h"
#include "text/shell.h"

#define SUITES 20 /* bars of suites */

const struct variable *page_run_variable(const struct run_record *r, const char *name)
{
	for (size_t i = 0; i < r->nvariables; i++)
		if (str_eq(r->variables[i].name, str_of(name)))
			return &r->variables[i];
	return NULL;
}

static struct str text_of(const struct run_record *r, const char *name)
{
	const struct variable *v = page_run_variable(r, name);

	return v && v->value.kind == VALUE_TEXT ? v->value.text : STR("");
}

/* -1: it is not known. */
static double number_of(const struct run_record *r, const char *name)
{
	const struct variable *v = page_run_variable(r, name);
	double n = v ? value_number(v->value) : NAN;

	return isnan(n) ? -1 : n;
}

void page_run_name(struct page *p, struct page_line *l, const struct run_record *r)
{
	page_add(p, l, PAGE_CODE, r->id);
	if (r->name.n) {
		page_add(p, l, PAGE_PLAIN, STR(" ("));
		page_add(p, l, PAGE_STRONG, r->name);
		page_add(p, l, PAGE_PLAIN, STR(")"));
	}
}

bool page_run_end(struct page *p, struct page_line *l, const struct run_record *r)
{
	struct str end = text_of(r, "run.end");
	double code = number_of(r, "run.exit"), sig = number_of(r, "run.signal");
	enum page_mark mark = code == 0 ? PAGE_PLAIN : PAGE_BAD;

	if (r->state == RUN_INTERRUPTED) {
		page_add(p, l, PAGE_BAD, STR("was not recorded to its end"));
	} else if (str_eq(end, STR("signal"))) {
		page_addf(p, l, PAGE_BAD, "was killed by signal %.0f", sig);
	} else if (str_eq(end, STR("time limit")) || str_eq(end, STR("memory limit"))) {
		page_addf(p, l, PAGE_BAD, "was ended by inquest at its " STR_FMT, STR_ARG(end));
	} else if (end.n && !str_eq(end, STR("exited"))) {
		page_addf(p, l, PAGE_BAD, "ended: " STR_FMT, STR_ARG(end));
	} else if (code >= 0) {
		page_add(p, l, PAGE_PLAIN, STR("ended with "));
		page_addf(p, l, mark, "exit status %.0f", code);
	} else {
		return false;
	}
	if (number_of(r, "run.oom_kills") > 0)
		page_addf(p, l, PAGE_BAD,
			  ", while the kernel killed %.0f of its processes for want of memory",
			  number_of(r, "run.oom_kills"));
	return true;
}

/* ---- the lead ---- */

static size_t failed_tests(const struct run_record *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->ntests; i++)
		n += page_went_wrong(&r->tests[i]);
	return n;
}

static void add_verdict(struct page *p, struct page_line *l, enum run_verdict v)
{
	page_add(p, l,
		 v == RUN_BAD    ? PAGE_BAD
		 : v == RUN_GOOD ? PAGE_GOOD
				 : PAGE_STRONG,
		 run_verdict_name(v));
}

static void lead(struct page *p, const struct page_run *in)
{
	const struct run_record *r = in->run;
	struct page_line *l = &p->lead;
	const struct variable *wall = page_run_variable(r, "run.wall");
	size_t wrong = failed_tests(r);

	page_add(p, l, PAGE_PLAIN, STR("Run "));
	page_run_name(p, l, r);
	if (r->verdict == RUN_UNKNOWN) {
		page_add(p, l, PAGE_PLAIN, STR(": nobody has said whether it is good or bad"));
	} else {
		page_add(p, l, PAGE_PLAIN, STR(" counts as "));
		add_verdict(p, l, r->verdict);
	}
	page_add(p, l, PAGE_PLAIN, STR(". "));
	if (page_run_variable(r, "run.end") || page_run_variable(r, "run.exit") ||
	    r->state == RUN_INTERRUPTED) {
		page_add(p, l, PAGE_PLAIN, STR("It "));
		page_run_end(p, l, r);
		if (wall) {
			page_add(p, l, PAGE_PLAIN, STR(" after "));
			page_value(p, l, PAGE_PLAIN, wall);
		}
		page_add(p, l, PAGE_PLAIN, STR(". "));
	}
	if (r->ntests) {
		page_addf(p, l, wrong ? PAGE_BAD : PAGE_PLAIN, "%zu of %zu test%s failed", wrong,
			  r->ntests, r->ntests == 1 ? "" : "s");
		page_add(p, l, PAGE_PLAIN, STR(". "));
	}
	if (in->nsymptoms) {
		page_add(p, l, PAGE_PLAIN, STR("Its logs show "));
		page_counted(p, l, in->nsymptoms, "symptom");
		page_add(p, l, PAGE_PLAIN, STR("; the clearest: "));
		page_add(p, l, PAGE_BAD, in->symptoms[0].what);
		if (in->symptoms[0].quote)
			page_cite(p, l, page_evidence(p, in->symptoms[0].quote));
		page_add(p, l, PAGE_PLAIN, STR("."));
	} else if (in->logs) {
		page_add(p, l, PAGE_PLAIN, STR("Its logs state no failure."));
	}
}

/* ---- facts ---- */

static struct page_line *fact_of(struct page *p, const struct run_record *r, const char *name,
				 const char *variable)
{
	const struct variable *v = page_run_variable(r, variable);
	struct page_line *l = NULL;

	if (v) {
		l = page_fact(p, str_of(name));
		page_value(p, l, v->value.kind == VALUE_TEXT ? PAGE_CODE : PAGE_PLAIN, v);
	}
	return l;
}

static void facts(struct page *p, const struct run_record *r)
{
	CLEANUP_BUF struct buf started = {0};
	struct page_line *l;

	page_heading(p, 2, STR("The run"));
	l = page_fact(p, STR("run"));
	page_run_name(p, l, r);
	l = page_fact(p, STR("verdict"));
	add_verdict(p, l, r->verdict);
	if (r->state != RUN_COMPLETE)
		page_addf(p, l, PAGE_WARN, ", " STR_FMT, STR_ARG(run_state_name(r->state)));
	if (r->command.n)
		page_add(p, page_fact(p, STR("command")), PAGE_CODE, r->command);
	run_started(r->started_ns, &started);
	if (started.n)
		page_add(p, page_fact(p, STR("started")), PAGE_PLAIN, buf_str(&started));
	fact_of(p, r, "took", "run.wall");
	fact_of(p, r, "peak memory", "rss.peak");
	l = fact_of(p, r, "commit", "git.commit");
	if (l && number_of(r, "git.dirty") > 0)
		page_add(p, l, PAGE_WARN, STR(" with uncommitted changes"));
	fact_of(p, r, "branch", "git.branch");
	fact_of(p, r, "host", "host.name");
	fact_of(p, r, "system", "os.name");
}

/* ---- what went wrong ---- */

static void symptoms(struct page *p, const struct page_run *in)
{
	struct page_line *l;

	if (!in->nsymptoms && !in->away)
		return;
	page_heading(p, 2, STR("Symptoms"));
	if (in->nsymptoms)
		page_symptoms(p, in->symptoms, in->nsymptoms, str_of(in->command));
	if (in->away) {
		l = page_text(p);
		page_counted(p, l, in->away, "log");
		page_add(p, l, PAGE_WARN,
			 STR(" of the run could not be read: not kept on this machine"));
		page_add(p, l, PAGE_PLAIN, STR("."));
	}
}

static int by_suite(const void *a, const void *b)
{
	return str_cmp((*(const struct test_result *const *)a)->suite,
		       (*(const struct test_result *const *)b)->suite);
}

static int by_count(const void *pa, const void *pb)
{
	const struct page_bar *a = pa, *b = pb;

	return a->value != b->value ? (a->value > b->value ? -1 : 1) : str_cmp(a->name, b->name);
}

/* In which suites tests failed, if there are several. */
static void failures_by_suite(struct page *p, const struct run_record *r, size_t wrong)
{
	const struct test_result **t = mem_alloc((wrong + 1) * sizeof(*t));
	struct page_bar *bars = mem_zalloc((wrong + 1) * sizeof(*bars));
	size_t n = 0, k = 0;

	for (size_t i = 0; i < r->ntests; i++)
		if (page_went_wrong(&r->tests[i]))
			t[k++] = &r->tests[i];
	qsort(t, k, sizeof(*t), by_suite);
	for (size_t i = 0; i < k; i++) {
		if (!i || !str_eq(t[i]->suite, t[i - 1]->suite))
			bars[n++].name = t[i]->suite.n ? t[i]->suite : STR("(no suite)");
		bars[n - 1].value++;
	}
	qsort(bars, n, sizeof(*bars), by_count);
	if (n > 1 && wrong > 3)
		page_bars(p, &(struct page_bars){.title = "Failed tests by suite",
						 .unit = "tests",
						 .bars = bars,
						 .n = n < SUITES ? n : SUITES});
	free(t);
	free(bars);
}

static void tests(struct page *p, const struct page_run *in)
{
	static const char *const names[] = {"passed", "failed", "error", "skipped"};
	const struct run_record *r = in->run;
	size_t count[4] = {0}, wrong = failed_tests(r);
	struct page_line *l;

	if (!r->ntests)
		return;
	page_heading(p, 2, STR("Tests"));
	for (size_t i = 0; i < r->ntests; i++)
		count[(unsigned)r->tests[i].status < 4 ? r->tests[i].status : TEST_SKIPPED]++;
	l = page_text(p);
	page_counted(p, l, r->ntests, "test");
	for (size_t i = 0; i < 4; i++)
		if (count[i]) {
			page_add(p, l, PAGE_PLAIN, STR(", "));
			page_addf(p, l, i == TEST_FAILED || i == TEST_ERROR ? PAGE_BAD : PAGE_PLAIN,
				  "%zu %s", count[i], names[i]);
		}
	page_add(p, l, PAGE_PLAIN, STR("."));
	if (!wrong)
		return;
	page_failed_tests(p, r->tests, r->ntests, r->id, str_of(in->command));
	failures_by_suite(p, r, wrong);
}

/* ---- variables ---- */

static void add_numbers(struct page *p, const struct variable *v)
{
	struct page_line *l;

	page_value(p, page_cell(p), PAGE_STRONG, v);
	l = page_cell(p);
	if (v->n > 1)
		page_addf(p, l, PAGE_PLAIN, "%llu", (unsigned long long)v->n);
	l = page_cell(p);
	if (!isnan(v->spread))
		page_quantity(p, l, PAGE_PLAIN, v->spread, v->unit);
	page_cell_text(p, PAGE_FAINT,
		       v->better == BETTER_LOWER    ? STR("lower")
		       : v->better == BETTER_HIGHER ? STR("higher")
						    : STR(""));
}

/* Calls of series (derived variables) are no names of people. */
static void section(struct page *p, const struct page_run *in, enum rundiff_section which,
		    const char *title)
{
	static const struct page_column with_numbers[] = {{"variable", false},
							  {"value", true},
							  {"samples", true},
							  {"deviation", true},
							  {"better", false}};
	static const struct page_column plain[] = {{"variable", false}, {"value", false}};
	bool numbers = which == RUNDIFF_METRIC || which == RUNDIFF_NUMBER;
	size_t n = 0;

	for (size_t i = 0; i < in->run->nvariables; i++) {
		const struct variable *v = &in->run->variables[i];

		if (rundiff_section_of(v) != which || n++ >= PAGE_ROWS)
			continue;
		if (n == 1) {
			page_heading(p, 2, str_of(title));
			page_table(p, numbers ? with_numbers : plain, numbers ? 5 : 2);
		}
		page_cell_text(p, PAGE_CODE, v->name);
		if (numbers)
			add_numbers(p, v);
		else
			page_value(p, page_cell(p), PAGE_PLAIN, v);
	}
	page_more(p, n > PAGE_ROWS ? n - PAGE_ROWS : 0, str_of(in->command));
}

static void charts(struct page *p, const struct page_run *in)
{
	const struct run_record *r = in->run;
	size_t drawn = 0;
	struct page_line *l;

	if (!r->nseries)
		return;
	page_heading(p, 2, STR("Along the run"));
	/* What is counted in steps first: that is what somebody wanted to see. */
	for (int seconds = 0; seconds < 2; seconds++)
		for (size_t i = 0; i < r->nseries && drawn < PAGE_CHARTS; i++)
			if (str_eq(r->series[i].axis, STR("s")) == (seconds == 1))
				drawn += page_series(p, &r->series[i]);
	if (drawn == r->nseries)
		return;
	l = page_text(p);
	page_counted(p, l, r->nseries - drawn, "more curve");
	page_addf(p, l, PAGE_PLAIN,
		  " that never change, of fewer than two numbers, or beyond the first %d, %s not "
		  "drawn; their values:",
		  PAGE_CHARTS, r->nseries - drawn == 1 ? "is" : "are");
	page_command(p, str_of(in->command_json));
}

/* ---- evidence, and once more ---- */

static void kept(struct page *p, const struct page_run *in)
{
	static const struct page_column columns[] = {
		{"evidence", false}, {"kind", false}, {"SHA-256", false}};
	const struct run_record *r = in->run;

	if (!r->nevidence)
		return;
	page_heading(p, 2, STR("What is kept of it"));
	page_table(p, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < r->nevidence && i < PAGE_ROWS; i++) {
		page_cell_text(p, PAGE_CODE, r->evidence[i].name);
		page_cell_text(p, PAGE_PLAIN, r->evidence[i].kind);
		page_cell_text(p, PAGE_CODE, r->evidence[i].hash);
	}
	page_more(p, r->nevidence > PAGE_ROWS ? r->nevidence - PAGE_ROWS : 0, str_of(in->command));
}

static bool is_commit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return s.n >= 7;
}

static void again(struct page *p, const struct page_run *in)
{
	CLEANUP_BUF struct buf b = {0};
	struct str commit = text_of(in->run, "git.commit");
	struct page_line *l;

	page_heading(p, 2, STR("How to have it again"));
	if (!in->run->command.n) {
		page_add(p, page_text(p), PAGE_PLAIN, STR("Its command was not recorded."));
	} else {
		if (is_commit(commit)) {
			BUF_LIT(&b, "git checkout ");
			shell_add_word(&b, commit);
			buf_add_char(&b, '\n');
		}
		BUF_LIT(&b, "inquest run -- ");
		buf_add_str(&b, in->run->command);
		page_command(p, buf_str(&b));
		if (number_of(in->run, "git.dirty") > 0)
			page_add(p, page_text(p), PAGE_WARN,
				 STR("The run was made with changes that are in no commit."));
	}
	l = page_text(p);
	page_add(p, l, PAGE_PLAIN, STR("All that is recorded of it:"));
	page_command(p, str_of(in->command));
}

void page_run(struct page *p, const struct page_run *in)
{
	static const struct {
		enum rundiff_section which;
		const char *title;
	} below[] = {{RUNDIFF_NUMBER, "Other measurements"},
		     {RUNDIFF_SETTING, "Settings"},
		     {RUNDIFF_CODE, "Code"},
		     {RUNDIFF_VERSION, "Versions"},
		     {RUNDIFF_ENVIRONMENT, "Environment"},
		     {RUNDIFF_LOG, "Counts in logs"}};

	lead(p, in);
	facts(p, in->run);
	symptoms(p, in);
	tests(p, in);
	section(p, in, RUNDIFF_METRIC, "Metrics");
	charts(p, in);
	for (size_t i = 0; i < ARRAY_SIZE(below); i++)
		section(p, in, below[i].which, below[i].title);
	kept(p, in);
	again(p, in);
}
