// SPDX-License-Identifier: GPL-3.0-or-later
/* The report on a case: see page-case.h. Prose stands as people wrote it. */
#include "report/page-case.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "report/page-run.h"
#include "text/record.h"
#include "text/shell.h"

#define BARS 20

static const struct variable *outcome_of(const struct run_record *r, struct str name)
{
	for (size_t i = 0; i < r->nvariables; i++)
		if (str_eq(r->variables[i].name, name))
			return &r->variables[i];
	return NULL;
}

/* ---- tables of the document ---- */

/* As it stands there; evidence at the first cell of each row. */
static void add_table(struct page *p, const struct casedoc_table *t,
		      const struct page_evidence *const *quotes)
{
	struct page_column *columns = mem_zalloc((t->ncolumns + 1) * sizeof(*columns));

	for (size_t i = 0; i < t->ncolumns; i++)
		columns[i].name = t->columns[i].p;
	page_table(p, columns, t->ncolumns);
	free(columns);
	for (size_t i = 0; i < t->nrows && i < PAGE_ROWS; i++)
		for (size_t k = 0; k < t->ncolumns; k++) {
			struct page_line *l = page_cell(p);

			page_add(p, l, PAGE_PLAIN, t->rows[i][k]);
			if (!k && quotes && quotes[i])
				page_cite(p, l, page_evidence(p, quotes[i]));
		}
}

static void table_section(struct page *p, const struct page_case *in, const char *heading,
			  const struct casedoc_table *t, const struct page_evidence *const *quotes)
{
	CLEANUP_BUF struct buf command = {0};
	struct arena a;
	struct str prose;

	arena_init(&a);
	prose = casedoc_prose(in->doc, heading, &a);
	if (t->nrows || prose.n)
		page_heading(p, 2, str_of(heading));
	if (t->nrows)
		add_table(p, t, quotes);
	BUF_LIT(&command, "inquest status -v --case ");
	shell_add_word(&command, str_of(in->path));
	page_more(p, t->nrows > PAGE_ROWS ? t->nrows - PAGE_ROWS : 0, buf_str(&command));
	if (prose.n)
		page_prose(p, prose);
	arena_release(&a);
}

/* ---- the beginning ---- */

static void lead(struct page *p, const struct page_case *in)
{
	const struct case_summary *s = in->summary;
	const struct case_hypothesis *h = s->hypotheses;
	struct page_line *l = &p->lead;
	bool closed = str_eq(s->status, STR("closed"));

	page_add(p, l, closed ? PAGE_GOOD : PAGE_WARN, closed ? STR("Closed") : STR("Open"));
	page_add(p, l, PAGE_PLAIN, STR(": "));
	page_counted(p, l, s->symptoms.nrows, "symptom");
	page_add(p, l, PAGE_PLAIN, STR(", "));
	page_counted(p, l, s->nbad, "bad run");
	page_add(p, l, PAGE_PLAIN, STR(" and "));
	page_counted(p, l, s->ngood, "good one");
	page_add(p, l, PAGE_PLAIN, STR(". "));
	if (s->nhypotheses) {
		page_addf(p, l, PAGE_PLAIN, "%zu hypothes%s", s->nhypotheses,
			  s->nhypotheses == 1 ? "is" : "es");
		page_add(p, l, PAGE_PLAIN,
			 s->nhypotheses > 1 ? STR("; the most probable is ") : STR(": "));
		page_addf(p, l, PAGE_STRONG, STR_FMT " " STR_FMT, STR_ARG(h->id),
			  STR_ARG(h->title));
		if (h->posterior.n)
			page_addf(p, l, PAGE_PLAIN, ", with " STR_FMT " after the experiments",
				  STR_ARG(h->posterior));
		else if (h->prior.n)
			page_addf(p, l, PAGE_PLAIN, ", with " STR_FMT " before any experiment",
				  STR_ARG(h->prior));
		page_add(p, l, PAGE_PLAIN, STR(". "));
	}
	if (!closed && s->nunknown)
		page_addf(p, l, PAGE_PLAIN, "Not known yet: %s. ", s->unknown[0]);
}

/* Text between the title and the first section below it. */
static struct str opening(const struct casedoc *d, struct arena *a)
{
	struct casedoc_section *s;
	size_t n = casedoc_sections(d, a, &s);
	struct str body, out, line;

	if (!n || s[0].level != 1)
		return STR("");
	body = s[0].body;
	out = (struct str){body.p, 0};
	for (uint64_t no = s[0].line + 1; n == 1 || no < s[1].line; no++) {
		if (!str_next(&body, '\n', &line))
			break;
		out.n = (size_t)(line.p + line.n - out.p);
	}
	return str_trim(out);
}

static void question(struct page *p, const struct page_case *in)
{
	const struct case_summary *s = in->summary;
	struct page_line *l;
	struct str prose;
	struct arena a;

	page_heading(p, 2, STR("The question"));
	page_add(p, page_fact(p, STR("case")), PAGE_CODE, str_of(in->path));
	page_add(p, page_fact(p, STR("state")), PAGE_PLAIN, s->status);
	l = page_fact(p, STR("outcome"));
	if (s->outcome.n)
		page_add(p, l, PAGE_CODE, s->outcome);
	else
		page_add(p, l, PAGE_WARN, STR("not named: which variable tells good from bad?"));
	if (in->nproblems) {
		l = page_text(p);
		page_counted(p, l, in->nproblems, "problem");
		page_add(p, l, PAGE_WARN,
			 STR(" in the document: inquest status --check lists them."));
	}
	arena_init(&a);
	prose = opening(in->doc, &a);
	if (prose.n)
		page_prose(p, prose);
	arena_release(&a);
}

static void unknown(struct page *p, const struct page_case *in)
{
	const struct case_summary *s = in->summary;

	if (s->nunknown) {
		page_heading(p, 2, STR("What is not known"));
		for (size_t i = 0; i < s->nunknown; i++)
			page_add(p, page_item(p), PAGE_PLAIN, str_of(s->unknown[i]));
	}
	if (!in->store)
		page_add(p, page_text(p), PAGE_WARN,
			 STR("There are no records of runs here: this page holds what the document "
			     "says, and no comparison of runs, curves or logs."));
}

/* In how many runs each symptom was seen. */
static void pareto(struct page *p, const struct casedoc_table *t)
{
	struct page_bar *bars = mem_zalloc((t->nrows + 1) * sizeof(*bars));
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < t->nrows; i++) {
		struct str runs = casedoc_cell(t, i, "runs"), id;

		while (str_next(&runs, ',', &id))
			bars[i].value += str_trim(id).n != 0;
		bars[i].name = str_of(
			arena_printf(&a, STR_FMT " " STR_FMT, STR_ARG(casedoc_cell(t, i, "id")),
				     STR_ARG(str_head(casedoc_cell(t, i, "what"), 60))));
	}
	if (t->nrows > 1)
		page_bars(p, &(struct page_bars){.title = "Symptoms by the runs that show them",
						 .unit = "runs",
						 .bars = bars,
						 .n = t->nrows < BARS ? t->nrows : BARS});
	arena_release(&a);
	free(bars);
}

void page_case_begin(struct page *p, const struct page_case *in)
{
	const struct case_summary *s = in->summary;

	lead(p, in);
	question(p, in);
	unknown(p, in);
	table_section(p, in, "Symptoms", &s->symptoms, in->symptom_quotes);
	pareto(p, &s->symptoms);
	table_section(p, in, "Timeline", &s->timeline, in->timeline_quotes);
}

/* ---- its runs ---- */

static void run_row(struct page *p, const struct page_case *in, const struct page_case_run *r,
		    size_t columns)
{
	CLEANUP_BUF struct buf started = {0};
	const struct variable *v;
	struct page_line *l;

	page_cell_text(p, PAGE_CODE, r->id);
	if (!r->run) {
		page_cell_text(p, PAGE_WARN, STR("not recorded here"));
		for (size_t i = 2; i < columns; i++)
			page_cell(p);
		return;
	}
	page_cell_text(p,
		       r->run->verdict == RUN_BAD    ? PAGE_BAD
		       : r->run->verdict == RUN_GOOD ? PAGE_GOOD
						     : PAGE_FAINT,
		       run_verdict_name(r->run->verdict));
	page_cell_text(p, PAGE_PLAIN, r->run->name);
	run_started(r->run->started_ns, &started);
	page_cell_text(p, PAGE_PLAIN, buf_str(&started));
	page_run_end(p, page_cell(p), r->run);
	if (columns < 6)
		return;
	l = page_cell(p);
	v = outcome_of(r->run, in->summary->outcome);
	if (v)
		page_value(p, l, PAGE_STRONG, v);
}

void page_case_runs(struct page *p, const struct page_case *in)
{
	struct page_column columns[] = {{"run", false},     {"verdict", false}, {"name", false},
					{"started", false}, {"end", false},     {"outcome", true}};
	size_t n = in->summary->outcome.n ? 6 : 5;
	struct arena a;

	if (!in->nruns)
		return;
	arena_init(&a);
	if (n == 6)
		columns[5].name = arena_str(&a, in->summary->outcome).p;
	page_heading(p, 2, STR("Runs"));
	page_table(p, columns, n);
	arena_release(&a);
	for (size_t i = 0; i < in->nruns && i < PAGE_ROWS; i++)
		run_row(p, in, &in->runs[i], n);
	page_more(p, in->nruns > PAGE_ROWS ? in->nruns - PAGE_ROWS : 0, STR("inquest runs"));
}

/* ---- hypotheses ---- */

static int by_value(const void *pa, const void *pb)
{
	const struct page_bar *a = pa, *b = pb;

	return a->value != b->value ? (a->value > b->value ? -1 : 1) : str_cmp(a->name, b->name);
}

static void add_bars(struct page *p, const struct case_summary *s, bool posterior)
{
	struct page_bar *bars = mem_zalloc((s->nhypotheses + 1) * sizeof(*bars));
	struct arena a;
	size_t n = 0;

	arena_init(&a);
	for (size_t i = 0; i < s->nhypotheses; i++) {
		const struct case_hypothesis *h = &s->hypotheses[i];
		double v;

		if (!str_double(posterior ? h->posterior : h->prior, &v) || !(v >= 0 && v <= 1))
			continue;
		bars[n++] = (struct page_bar){
			.name = str_of(arena_printf(&a, STR_FMT " " STR_FMT, STR_ARG(h->id),
						    STR_ARG(str_head(h->title, 60)))),
			.value = v};
	}
	if (n) {
		qsort(bars, n, sizeof(*bars), by_value);
		page_bars(p, &(struct page_bars){
				     .title = posterior ? "Probability after the experiments"
							: "Probability before any experiment",
				     .unit = "",
				     .bars = bars,
				     .n = n < BARS ? n : BARS});
	}
	arena_release(&a);
	free(bars);
}

static void hypothesis(struct page *p, const struct case_hypothesis *h,
		       const struct page_case_diagram *d)
{
	CLEANUP_BUF struct buf title = {0};

	buf_printf(&title, STR_FMT "%s" STR_FMT, STR_ARG(h->id), h->id.n ? " " : "",
		   STR_ARG(h->title));
	page_heading(p, 3, buf_str(&title));
	if (h->prior.n)
		page_add(p, page_fact(p, STR("before")), PAGE_PLAIN, h->prior);
	if (h->posterior.n)
		page_add(p, page_fact(p, STR("after")), PAGE_STRONG, h->posterior);
	if (h->prose.n)
		page_prose(p, h->prose);
	if (h->diagram.p) {
		page_diagram(p, &(struct page_diagram){.title = buf_str(&title),
						       .source = h->diagram,
						       .svg = d->svg});
		if (d->problem)
			page_addf(p, page_text(p), PAGE_WARN, "Not drawn: %s.", d->problem);
	}
	if (h->table.nrows)
		add_table(p, &h->table, NULL);
}

/* ---- the end ---- */

static void conclusion(struct page *p, const struct case_summary *s)
{
	struct page_line *l;

	if (!s->conclusion.n && !s->nevidence && !s->test.n)
		return;
	page_heading(p, 2, STR("Conclusion"));
	if (s->conclusion.n)
		page_prose(p, s->conclusion);
	if (s->nevidence) {
		l = page_fact(p, STR("shown by"));
		for (size_t i = 0; i < s->nevidence; i++)
			page_addf(p, l, PAGE_CODE, "%s" STR_FMT, i ? " " : "",
				  STR_ARG(s->evidence[i]));
	}
	if (s->test.n)
		page_add(p, page_fact(p, STR("regression test")), PAGE_CODE, s->test);
	if (s->closed.n)
		page_add(p, page_fact(p, STR("closed")), PAGE_PLAIN, s->closed);
}

/* Sections that are people's own, as they stand. */
static void others(struct page *p, const struct casedoc *d)
{
	static const struct str ours[] = {STR("symptoms"), STR("timeline"), STR("hypotheses"),
					  STR("experiments"), STR("conclusion")};
	struct casedoc_section *s;
	struct arena a;
	size_t n;

	arena_init(&a);
	n = casedoc_sections(d, &a, &s);
	for (size_t i = 0; i < n; i++) {
		bool is_ours = s[i].level != 2;

		for (size_t k = 0; k < ARRAY_SIZE(ours); k++)
			is_ours = is_ours || str_eq_nocase(s[i].heading, ours[k]);
		if (is_ours || !str_trim(s[i].body).n)
			continue;
		page_heading(p, 2, s[i].heading);
		page_prose(p, str_trim(s[i].body));
	}
	arena_release(&a);
}

static void next(struct page *p, const struct case_summary *s)
{
	if (!s->next_command)
		return;
	page_heading(p, 2, STR("What to do next"));
	page_add(p, page_text(p), PAGE_PLAIN, str_of(s->next_why));
	page_command(p, str_of(s->next_command));
}

void page_case_end(struct page *p, const struct page_case *in)
{
	const struct case_summary *s = in->summary;

	if (s->nhypotheses) {
		page_heading(p, 2, STR("Hypotheses"));
		add_bars(p, s, false);
		add_bars(p, s, true);
		for (size_t i = 0; i < s->nhypotheses; i++)
			hypothesis(p, &s->hypotheses[i], &in->diagrams[i]);
	}
	table_section(p, in, "Experiments", &s->experiments, NULL);
	others(p, in->doc);
	conclusion(p, s);
	next(p, s);
}
