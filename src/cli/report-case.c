// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest report of a case: its document, its runs compared, and the history of its outcome where
 * the store has enough of it. What cannot be had is said on the page; only a document that cannot
 * be read is an error.
 */
#include <stdlib.h>
#include <unistd.h>

#include "causal/dag.h"
#include "cli/casefile.h"
#include "cli/report.h"
#include "exec/program.h"
#include "report/diagram.h"
#include "report/page-case.h"

#define MAX_RUNS     1000 /* of a case that are looked up */
#define HISTORY_RUNS 14   /* runs from which on a history can tell */

extern char **environ;

struct building {
	struct report *r;
	struct page *p;
	struct casefile file;
	struct case_summary summary;
	struct page_case in;
	struct page_case_run *runs;
	struct option_list good, bad; /* that are recorded */
};

/* ---- runs ---- */

static bool is_listed(const struct building *b, struct str id)
{
	for (size_t i = 0; i < b->in.nruns; i++)
		if (str_eq(b->runs[i].id, id))
			return true;
	return false;
}

static const struct run_record *add_run(struct building *b, struct str id)
{
	struct run_record *run = arena_alloc(&b->r->arena, sizeof(*run));

	id = str_trim(id);
	if (!id.n || b->in.nruns == MAX_RUNS || is_listed(b, id))
		return NULL;
	if (!b->r->records.store ||
	    derived_get(&b->r->records.derived, b->r->records.store, id, &b->r->arena, run, NULL))
		run = NULL;
	b->runs[b->in.nruns++] = (struct page_case_run){id, run};
	return run;
}

static void add_side(struct building *b, const struct str *ids, size_t n, struct option_list *side)
{
	for (size_t i = 0; i < n; i++) {
		const struct run_record *run = add_run(b, ids[i]);

		if (run)
			array_push(side->items, side->n, side->cap) = run->id.p;
	}
}

/* Those that count as good and bad, and those of the experiments. */
static void find_runs(struct building *b)
{
	const struct case_summary *s = &b->summary;

	b->runs = arena_alloc(&b->r->arena, MAX_RUNS * sizeof(*b->runs));
	b->in.runs = b->runs;
	add_side(b, s->good, s->ngood, &b->good);
	add_side(b, s->bad, s->nbad, &b->bad);
	for (size_t i = 0; i < s->experiments.nrows; i++) {
		struct str cell = casedoc_cell(&s->experiments, i, "run"), id;

		while (str_next(&cell, ',', &id))
			add_run(b, id);
	}
}

/* ---- quoted lines ---- */

/* The lines that the rows of a table name, in the logs of its runs. */
static const struct page_evidence **quotes(struct building *b, const struct casedoc_table *t)
{
	const struct page_evidence **out =
		arena_zalloc(&b->r->arena, (t->nrows + 1) * sizeof(*out));

	for (size_t i = 0; i < t->nrows && i < PAGE_ROWS; i++)
		for (size_t k = b->in.nruns; k-- > 0 && !out[i];)
			if (b->runs[k].run)
				out[i] = report_quote(b->r, b->runs[k].run,
						      casedoc_cell(t, i, "where"));
	return out;
}

/* ---- diagrams ---- */

static void draw(struct building *b, const struct case_hypothesis *h, struct page_case_diagram *d)
{
	const char *path = program_env(environ, "PATH");
	struct buf svg = {0};
	struct err err = {""};
	struct dag g;
	int rc = dag_parse(&g, h->diagram, h->diagram_line, &err);

	if (rc) {
		rc = casefile_error(b->file.path, rc, &err);
	} else {
		rc = diagram_svg(&g, path ? path : "", b->r->cli->tmpdir, &svg, &err);
		dag_release(&g);
	}
	if (rc == -ERR_NOTFOUND)
		d->problem = "Graphviz's program dot, which places the nodes, is not installed";
	else if (rc)
		d->problem = arena_str(&b->r->arena, str_of(err.msg)).p;
	d->svg = arena_str(&b->r->arena, buf_str(&svg));
	buf_release(&svg);
}

static void draw_all(struct building *b)
{
	const struct case_summary *s = &b->summary;
	struct page_case_diagram *d = arena_zalloc(&b->r->arena, (s->nhypotheses + 1) * sizeof(*d));

	for (size_t i = 0; i < s->nhypotheses; i++)
		if (s->hypotheses[i].diagram.p)
			draw(b, &s->hypotheses[i], &d[i]);
	b->in.diagrams = d;
}

/* ---- between the halves ---- */

static void add_comparison(void *arg, struct page_runs *in)
{
	struct building *b = arg;

	page_runs_lead(b->p, &b->p->lead, in);
	page_runs_warnings(b->p, in);
	page_runs_logs(b->p, in);
	page_case_runs(b->p, &b->in);
	page_runs_rows(b->p, in);
	page_runs_curves(b->p, in);
	page_runs_code(b->p, in);
}

static void compare(struct building *b)
{
	const struct report_compare c = {
		.good = &b->good, .bad = &b->bad, .fill = add_comparison, .arg = b};
	struct err err = {""};

	if (b->good.n && b->bad.n && !report_compare(b->r, &c, &err))
		return;
	if (err.msg[0])
		page_addf(b->p, page_text(b->p), PAGE_WARN, "The runs were not compared: %s.",
			  err.msg);
	page_case_runs(b->p, &b->in);
}

/* Of the outcome, if enough runs have it. */
static void add_history(struct building *b)
{
	struct str metric = b->r->v->metric ? str_of(b->r->v->metric) : b->summary.outcome;
	struct report_history h;
	struct err err;

	if (!b->r->records.store || !metric.n)
		return;
	if (!report_read_history(b->r, metric, &h, &err) && h.found.used >= HISTORY_RUNS) {
		page_heading(b->p, 2,
			     str_of(arena_printf(&b->r->arena, STR_FMT " along all recorded runs",
						 STR_ARG(metric))));
		page_history_lead(b->p, page_text(b->p), &h.page);
		page_history_body(b->p, &h.page);
		page_command(b->p, str_of(h.page.command));
	}
	report_history_release(&h);
}

int report_case(struct report *r, const char *given, struct page *p, struct err *err)
{
	struct building b = {.r = r, .p = p};
	struct casedoc_problem *problems;
	int rc = casefile_open(&b.file, given, false, err);

	if (rc)
		return rc;
	b.in.nproblems = casedoc_check(b.file.doc, &r->arena, &problems);
	case_summary(b.file.doc, str_of(b.file.path), b.file.named, b.in.nproblems, &r->arena,
		     &b.summary);
	b.in.doc = b.file.doc;
	b.in.summary = &b.summary;
	b.in.path = b.file.path;
	b.in.store = r->records.store != NULL;
	find_runs(&b);
	b.in.symptom_quotes = quotes(&b, &b.summary.symptoms);
	b.in.timeline_quotes = quotes(&b, &b.summary.timeline);
	draw_all(&b);
	page_init(p,
		  report_title(r, b.summary.title.n ? arena_str(&r->arena, b.summary.title).p
						    : "A case without title"),
		  str_of(r->made_by));
	page_case_begin(p, &b.in);
	compare(&b);
	add_history(&b);
	page_case_end(p, &b.in);
	options_list_release(&b.good);
	options_list_release(&b.bad);
	casefile_release(&b.file);
	return 0;
}
