// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The report on a comparison of runs: see page-runs.h. What weakens every claim (the order of the
 * runs, other denominators) is said before any.
 */
#include "report/page-runs.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "report/style.h"
#include "text/record.h"

#define SIDE_IDS      20 /* ids of a side that are named */
#define DENOMINATORS  5
#define EVIDENCE_ROWS 20 /* of a table, whose values are quoted */
#define EVIDENCE_RUNS 20 /* of a side */

static const struct {
	const char *name;
	enum page_mark mark;
} verdicts[] = {
	[RUNDIFF_WORSE] = {"worse", PAGE_BAD},
	[RUNDIFF_BETTER] = {"better", PAGE_GOOD},
	[RUNDIFF_DIFFERS] = {"differs", PAGE_WARN},
	[RUNDIFF_UNDECIDED] = {"not enough runs", PAGE_FAINT},
	[RUNDIFF_EQUIVALENT] = {"equivalent", PAGE_PLAIN},
	[RUNDIFF_SAME] = {"same", PAGE_FAINT},
};

static const char *const titles[] = {
	[RUNDIFF_TEST] = "Tests that changed",
	[RUNDIFF_METRIC] = "Metrics",
	[RUNDIFF_NUMBER] = "Other numbers",
	[RUNDIFF_SETTING] = "Settings",
	[RUNDIFF_CODE] = "Code",
	[RUNDIFF_VERSION] = "Versions",
	[RUNDIFF_ENVIRONMENT] = "Environment",
	[RUNDIFF_LOG] = "Counts in logs",
};

/* ---- cells ---- */

static void add_range(struct page *p, struct page_line *l, const struct rundiff_row *r,
		      const struct rundiff_values *v)
{
	page_quantity(p, l, PAGE_PLAIN, v->median, r->unit);
	if (!(v->low < v->high))
		return;
	page_add(p, l, PAGE_FAINT, STR(" ("));
	page_quantity(p, l, PAGE_FAINT, v->low, r->unit);
	page_add(p, l, PAGE_FAINT, STR(" to "));
	page_quantity(p, l, PAGE_FAINT, v->high, r->unit);
	page_add(p, l, PAGE_FAINT, STR(")"));
}

static void side_cell(struct page *p, const struct rundiff_row *r, int side)
{
	const struct rundiff_values *v = &r->side[side];
	struct page_line *l = page_cell(p);

	if (!v->n && !v->skipped) {
		page_add(p, l, PAGE_FAINT, STR("none"));
	} else if (r->section == RUNDIFF_TEST) {
		page_addf(p, l, v->failed ? PAGE_BAD : PAGE_PLAIN, "%zu of %zu passed", v->passed,
			  v->n);
		if (v->skipped)
			page_addf(p, l, PAGE_FAINT, ", %zu skipped", v->skipped);
	} else if (r->number && (v->distinct > 1 || r->unit.n)) {
		add_range(p, l, r, v);
	} else {
		page_add(p, l, PAGE_PLAIN, v->common);
		if (v->ncommon < v->n)
			page_addf(p, l, PAGE_FAINT, " (%zu of %zu)", v->ncommon, v->n);
	}
}

static void add_number(struct buf *b, const struct rundiff_row *r, double v)
{
	if (!isfinite(v))
		buf_add_str(b, v < 0 ? STR("-inf") : STR("inf"));
	else if (r->log)
		buf_printf(b, "%.3gx", v);
	else
		buf_printf(b, "%+.4g", v);
}

/* "1.81x [1.72, 1.9]" */
static void add_effect(struct buf *b, const struct rundiff_row *r)
{
	if (!r->number || isnan(r->effect))
		return;
	add_number(b, r, r->effect);
	if (!isfinite(r->low) || !isfinite(r->high))
		return;
	BUF_LIT(b, " [");
	add_number(b, r, r->low);
	BUF_LIT(b, ", ");
	add_number(b, r, r->high);
	BUF_LIT(b, "]");
}

/* Right behind the name: on a narrow page it is what must be seen. */
static void verdict_cell(struct page *p, const struct rundiff_row *r, double alpha)
{
	struct page_line *l = page_cell(p);

	/* Of a number that is no metric it is worth seeing, but proves nothing. */
	if (r->verdict == RUNDIFF_DIFFERS && r->number && !(r->p_adjusted <= alpha)) {
		page_add(p, l, PAGE_FAINT, STR("no overlap, too few runs to be sure"));
		return;
	}
	page_addf(p, l, verdicts[r->verdict].mark, "%s", verdicts[r->verdict].name);
	if (r->verdict == RUNDIFF_UNDECIDED && isfinite(r->detectable)) {
		CLEANUP_BUF struct buf b = {0};

		add_number(&b, r, r->detectable);
		page_addf(p, l, PAGE_FAINT, "; %s could be told", buf_cstr(&b));
	}
}

static void metric_cells(struct page *p, const struct rundiff_row *r,
			 const struct rundiff_report *rep)
{
	CLEANUP_BUF struct buf b = {0};

	add_effect(&b, r);
	page_cell_text(p, PAGE_STRONG, buf_str(&b));
	page_cellf(p, PAGE_PLAIN, "%zu, %zu", r->side[0].n, r->side[1].n);
	if (r->verdict == RUNDIFF_UNDECIDED && r->p_min > rep->opts->alpha)
		page_cellf(p, PAGE_PLAIN, "%.2g at best", r->p_min);
	else if (isnan(r->p_adjusted))
		page_cell(p);
	else
		page_cellf(p, PAGE_PLAIN, "%.2g", r->p_adjusted);
}

/* ---- evidence: the values behind a row ---- */

static const struct variable *variable_of(const struct rundiff_run *r, struct str name)
{
	for (size_t i = 0; i < r->nvariables; i++)
		if (str_eq(r->variables[i].name, name))
			return &r->variables[i];
	return NULL;
}

/* The test of that name, as rundiff_run() calls it: "SUITE.NAME". */
static const struct test_result *test_of(const struct rundiff_run *r, struct str name)
{
	for (size_t i = 0; i < r->ntests; i++) {
		const struct test_result *t = &r->tests[i];
		size_t n = t->suite.n ? t->suite.n + 1 : 0;

		if (name.n == n + t->name.n && str_starts(name, t->suite) &&
		    str_eq(str_from(name, n), t->name))
			return t;
	}
	return NULL;
}

/* "bad   r-4f1c  0.0021", or what a failed test said; nothing if the run does not have it. */
static void value_line(struct buf *b, const struct rundiff_row *r, int side,
		       const struct rundiff_run *run)
{
	const struct variable *v = variable_of(run, r->name);
	const struct test_result *t = r->section == RUNDIFF_TEST ? test_of(run, r->name) : NULL;

	if (!(r->section == RUNDIFF_TEST ? t != NULL : v != NULL))
		return;
	buf_printf(b, "%s  " STR_FMT "  ", side ? "bad " : "good", STR_ARG(run->id));
	if (!t) {
		run_value(v->value, b);
		buf_printf(b, "%s" STR_FMT "\n", v->unit.n ? " " : "", STR_ARG(v->unit));
	} else {
		buf_printf(b, "%s%s" STR_FMT "\n", page_went_wrong(t) ? "failed" : "passed",
			   t->message.n ? ": " : "", STR_ARG(t->message));
	}
}

static size_t row_evidence(struct page *p, const struct page_runs *in, const struct rundiff_row *r)
{
	CLEANUP_BUF struct buf b = {0}, source = {0};
	struct page_evidence e = {.reproduce = str_of(in->verbose)};
	size_t more, n;
	struct arena a;

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < in->report->side[side].n && i < EVIDENCE_RUNS; i++)
			value_line(&b, r, side, &in->report->side[side].runs[i]);
	buf_add_str(&source, r->name);
	BUF_LIT(&source, " in the records of the runs");
	arena_init(&a);
	e.source = buf_str(&source);
	e.lines = page_lines(&a, buf_str(&b), 2 * EVIDENCE_RUNS, &e.nlines, &more);
	e.at = e.nlines;
	n = page_evidence(p, &e);
	arena_release(&a);
	return n;
}

/* Is it a claim that the values must show? */
static bool is_claim(const struct rundiff_row *r)
{
	return (r->section == RUNDIFF_METRIC || r->section == RUNDIFF_TEST) &&
	       (r->verdict == RUNDIFF_WORSE || r->verdict == RUNDIFF_BETTER);
}

/* ---- tables of what differs ---- */

static bool is_shown(const struct rundiff_row *r)
{
	return r->verdict == RUNDIFF_WORSE || r->verdict == RUNDIFF_BETTER ||
	       r->verdict == RUNDIFF_DIFFERS || (r->verdict == RUNDIFF_UNDECIDED && r->clean) ||
	       (r->section == RUNDIFF_METRIC && r->verdict != RUNDIFF_SAME);
}

static void begin(struct page *p, enum rundiff_section section)
{
	static const struct page_column
		numbers[] = {{"variable", false}, {"verdict", false},      {"good", false},
			     {"bad", false},      {"effect [95 %]", true}, {"runs", true},
			     {"p", true}},
		plain[] = {{"variable", false}, {"good", false}, {"bad", false}},
		tests[] = {{"test", false}, {"verdict", false}, {"good", false}, {"bad", false}};
	bool number = section == RUNDIFF_METRIC || section == RUNDIFF_NUMBER;

	page_heading(p, 2, str_of(titles[section]));
	if (section == RUNDIFF_TEST)
		page_table(p, tests, ARRAY_SIZE(tests));
	else
		page_table(p, number ? numbers : plain, number ? ARRAY_SIZE(numbers) : 3);
}

static void section_rows(struct page *p, const struct page_runs *in, enum rundiff_section section)
{
	const struct rundiff *d = in->report->diff;
	bool number = section == RUNDIFF_METRIC || section == RUNDIFF_NUMBER;
	struct page_line *l;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct rundiff_row *r = &d->rows[i];

		if (r->section != section || !is_shown(r) || n++ >= PAGE_ROWS)
			continue;
		if (n == 1)
			begin(p, section);
		l = page_cell(p);
		page_add(p, l, PAGE_CODE, r->name);
		if (is_claim(r) && n <= EVIDENCE_ROWS)
			page_cite(p, l, row_evidence(p, in, r));
		if (section == RUNDIFF_TEST || number)
			verdict_cell(p, r, in->report->opts->alpha);
		side_cell(p, r, 0);
		side_cell(p, r, 1);
		if (number)
			metric_cells(p, r, in->report);
	}
	page_more(p, n > PAGE_ROWS ? n - PAGE_ROWS : 0, str_of(in->verbose));
}

static int by_failed(const void *pa, const void *pb)
{
	const struct page_bar *a = pa, *b = pb;

	return a->value != b->value ? (a->value > b->value ? -1 : 1) : str_cmp(a->name, b->name);
}

/* In how many bad runs each test failed that does not fail in good ones. */
static void broken_tests(struct page *p, const struct page_runs *in)
{
	const struct rundiff *d = in->report->diff;
	struct page_bar *bars = mem_alloc((d->n + 1) * sizeof(*bars));
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct rundiff_row *r = &d->rows[i];

		if (r->section == RUNDIFF_TEST && r->side[1].failed && !r->side[0].failed)
			bars[n++] = (struct page_bar){.name = r->name,
						      .value = (double)r->side[1].failed};
	}
	if (n > 2 && in->report->side[1].n > 1) {
		qsort(bars, n, sizeof(*bars), by_failed);
		page_bars(p, &(struct page_bars){.title = "Bad runs in which a test failed",
						 .unit = "runs",
						 .bars = bars,
						 .n = n < 20 ? n : 20});
	}
	free(bars);
}

void page_runs_rows(struct page *p, const struct page_runs *in)
{
	for (int s = 0; s < RUNDIFF_SECTIONS; s++) {
		if (s == RUNDIFF_LOG) /* with the logs themselves */
			continue;
		section_rows(p, in, (enum rundiff_section)s);
		if (s == RUNDIFF_TEST)
			broken_tests(p, in);
	}
}

/* ---- warnings, and the lead ---- */

static void add_samples(struct page *p, struct page_line *l, const struct rundiff_values *v)
{
	CLEANUP_BUF struct buf b = {0};

	style_count(&b, v->least);
	if (v->least < v->most) {
		BUF_LIT(&b, " to ");
		style_count(&b, v->most);
	}
	page_add(p, l, PAGE_STRONG, buf_str(&b));
}

/* What is measured over something else is not the same quantity. */
static void denominators(struct page *p, const struct rundiff *d)
{
	struct page_line *l;
	size_t n = 0;

	if (d->tests[0] && d->tests[1] && d->tests[0] != d->tests[1]) {
		l = page_item(p);
		page_add(p, l, PAGE_WARN, STR("Another denominator: "));
		page_addf(p, l, PAGE_PLAIN, "%zu tests ran in good runs, %zu in bad ones.",
			  d->tests[0], d->tests[1]);
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct rundiff_row *r = &d->rows[i];

		if (!r->samples || r->verdict == RUNDIFF_SAME || n++ >= DENOMINATORS)
			continue;
		l = page_item(p);
		page_add(p, l, PAGE_WARN, STR("Another denominator: "));
		page_add(p, l, PAGE_CODE, r->name);
		page_add(p, l, PAGE_PLAIN, STR(" stands for "));
		add_samples(p, l, &r->side[0]);
		page_add(p, l, PAGE_PLAIN, STR(" samples in good runs, "));
		add_samples(p, l, &r->side[1]);
		page_add(p, l, PAGE_PLAIN, STR(" in bad ones."));
	}
	if (n > DENOMINATORS)
		page_addf(p, page_item(p), PAGE_WARN, "and so do %zu variables more",
			  n - DENOMINATORS);
}

void page_runs_warnings(struct page *p, const struct page_runs *in)
{
	const struct rundiff *d = in->report->diff;
	struct page_line *l;

	if (d->denominators)
		denominators(p, d);
	if (d->order_confounded) {
		l = page_text(p);
		page_add(p, l, PAGE_WARN, STR("Order confounded: "));
		page_add(
			p, l, PAGE_PLAIN,
			STR("all runs of one side came before those of the other, so that whatever "
			    "changed on the machine meanwhile looks like a difference. Run them in "
			    "turn."));
	}
	if (in->sides)
		page_add(p, page_text(p), PAGE_PLAIN, str_of(in->sides));
}

/* The metric that is surely worse, and most so; NULL. */
static const struct rundiff_row *worst_metric(const struct rundiff *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->rows[i].section == RUNDIFF_METRIC && d->rows[i].verdict == RUNDIFF_WORSE)
			return &d->rows[i];
	return NULL;
}

static void lead_metrics(struct page *p, struct page_line *l, const struct page_runs *in)
{
	const struct rundiff_report *rep = in->report;
	const size_t *c = rep->diff->count[RUNDIFF_METRIC];
	const struct rundiff_row *r = worst_metric(rep->diff);
	CLEANUP_BUF struct buf b = {0};
	size_t all = 0;

	for (int v = 0; v <= RUNDIFF_SAME; v++)
		all += c[v];
	if (!all)
		return;
	page_add(p, l, PAGE_PLAIN, STR("Of the metrics, "));
	page_addf(p, l, c[RUNDIFF_WORSE] ? PAGE_BAD : PAGE_PLAIN, "%zu %s worse", c[RUNDIFF_WORSE],
		  c[RUNDIFF_WORSE] == 1 ? "is" : "are");
	page_addf(p, l, PAGE_PLAIN, ", %zu better, %zu equivalent within %.3g %%",
		  c[RUNDIFF_BETTER], c[RUNDIFF_EQUIVALENT], rep->opts->equivalence * 100);
	if (c[RUNDIFF_UNDECIDED])
		page_addf(p, l, PAGE_PLAIN, ", and of %zu nothing can be said with so few runs",
			  c[RUNDIFF_UNDECIDED]);
	page_add(p, l, PAGE_PLAIN, STR(". "));
	if (!r)
		return;
	page_add(p, l, PAGE_CODE, r->name);
	page_cite(p, l, row_evidence(p, in, r));
	page_add(p, l, PAGE_PLAIN, r->log ? STR(" is ") : STR(" differs by "));
	add_effect(&b, r);
	page_add(p, l, PAGE_BAD, buf_str(&b));
	page_addf(p, l, PAGE_PLAIN, " %s the good runs (%zu good, %zu bad; p = %.2g). ",
		  r->log ? "that of" : "from", r->side[0].n, r->side[1].n, r->p_adjusted);
}

static bool tells(const struct curve_metric *m)
{
	return m->diff.verdict == CURVE_DEPARTS || m->diff.verdict == CURVE_PARTS;
}

static void lead_curves(struct page *p, struct page_line *l, const struct rundiff_report *rep)
{
	for (size_t i = 0; i < rep->ncurves; i++) {
		CLEANUP_BUF struct buf b = {0};

		if (!tells(&rep->curves[i]))
			continue;
		page_add(p, l, PAGE_CODE, rep->curves[i].name);
		page_add(p, l, PAGE_PLAIN, STR(" of "));
		page_add(p, l, PAGE_CODE, rep->curves[i].bad->name);
		curve_report_sentence(&rep->curves[i], &b);
		page_addf(p, l, PAGE_PLAIN, " " STR_FMT ". ", STR_ARG(buf_str(&b)));
		return;
	}
}

static struct page_logs logs_of(const struct page_runs *in)
{
	return (struct page_logs){.report = in->report->logs->report,
				  .all = in->report->logs->all,
				  .hash = in->hash,
				  .arg = in->arg};
}

void page_runs_lead(struct page *p, struct page_line *l, const struct page_runs *in)
{
	const struct rundiff_report *rep = in->report;
	const size_t *t = rep->diff->count[RUNDIFF_TEST];

	if (rep->diff->denominators)
		page_add(p, l, PAGE_WARN, STR("Another denominator (see below). "));
	if (rep->diff->order_confounded)
		page_add(p, l, PAGE_WARN, STR("Order confounded (see below). "));
	page_counted(p, l, rep->side[0].n, "good run");
	page_add(p, l, PAGE_PLAIN, STR(" against "));
	page_addf(p, l, PAGE_PLAIN, "%zu bad one%s", rep->side[1].n,
		  rep->side[1].n == 1 ? "" : "s");
	page_add(p, l, PAGE_PLAIN, STR(". "));
	if (rep->diff->n && !rep->diff->common)
		page_add(p, l, PAGE_WARN,
			 STR("They have no variable and no test in common: nothing of them can be "
			     "compared. "));
	if (t[RUNDIFF_WORSE]) {
		page_addf(p, l, PAGE_BAD, "%zu test%s fail%s", t[RUNDIFF_WORSE],
			  t[RUNDIFF_WORSE] == 1 ? "" : "s", t[RUNDIFF_WORSE] == 1 ? "s" : "");
		page_add(p, l, PAGE_PLAIN, STR(" that did not before. "));
	}
	lead_metrics(p, l, in);
	lead_curves(p, l, rep);
	if (rep->logs && rep->logs->errors) {
		bool one = rep->logs->errors == 1;

		page_addf(p, l, PAGE_BAD, "%zu message%s of failure", rep->logs->errors,
			  one ? "" : "s");
		page_addf(p, l, PAGE_PLAIN, " stand%s in bad logs and in no good one. ",
			  one ? "s" : "");
	}
	if (rep->logs && rep->logs->report) {
		struct page_logs logs = logs_of(in);

		page_logs_lead(p, l, &logs);
	}
}

static void side_fact(struct page *p, const char *name, const struct rundiff_side *s)
{
	struct page_line *l = page_fact(p, str_of(name));

	for (size_t i = 0; i < s->n && i < SIDE_IDS; i++) {
		page_add(p, l, PAGE_PLAIN, i ? STR(", ") : STR(""));
		page_add(p, l, PAGE_CODE, s->runs[i].id);
	}
	if (s->n > SIDE_IDS)
		page_addf(p, l, PAGE_PLAIN, " and %zu more", s->n - SIDE_IDS);
}

/* ---- logs ---- */

static void left_out(struct page *p, const struct rundiff_logs *l, enum rundiff_logs_state state,
		     const char *why)
{
	size_t n = 0;
	struct page_line *line;

	for (size_t i = 0; i < l->n; i++)
		n += l->runs[i].state == state;
	if (!n)
		return;
	line = page_item(p);
	page_counted(p, line, n, "run");
	page_addf(p, line, PAGE_PLAIN, " %s", why);
}

static void logs_read(struct page *p, const struct page_runs *in)
{
	const struct rundiff_logs *l = in->report->logs;
	struct page_logs logs;
	size_t recorded = 0;

	for (size_t i = 0; l && i < l->n; i++)
		recorded += l->runs[i].state != RUNDIFF_LOGS_NONE;
	if (!recorded)
		return;
	page_heading(p, 2, STR("What their logs say"));
	left_out(p, l, RUNDIFF_LOGS_NONE, "without a log");
	left_out(p, l, RUNDIFF_LOGS_AWAY, "with logs that are not on this machine");
	left_out(p, l, RUNDIFF_LOGS_CAPPED, "whose logs were not read, to be quick");
	if (!l->report)
		return;
	logs = logs_of(in);
	page_logs(p, &logs);
}

void page_runs_logs(struct page *p, const struct page_runs *in)
{
	logs_read(p, in);
	section_rows(p, in, RUNDIFF_LOG);
}

void page_runs(struct page *p, const struct page_runs *in)
{
	page_runs_lead(p, &p->lead, in);
	page_runs_warnings(p, in);
	page_heading(p, 2, STR("What was compared"));
	side_fact(p, "good", &in->report->side[0]);
	side_fact(p, "bad", &in->report->side[1]);
	page_runs_rows(p, in);
	page_runs_curves(p, in);
	page_runs_logs(p, in);
	page_runs_code(p, in);
	page_heading(p, 2, STR("How to see it again"));
	page_command(p, str_of(in->compare));
}
