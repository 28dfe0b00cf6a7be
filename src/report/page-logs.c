// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison of logs on a page: see page-logs.h. Lines pass the filter of secrets once more. */
#include "report/page-logs.h"

#include <stdlib.h>

#include "base/buf.h"
#include "report/style.h"
#include "text/secret.h"

#define BEFORE   2 /* lines quoted before a place, and behind it */
#define AFTER    5
#define FINDINGS 30
#define CHAINS   3
#define STEPS    8
#define BARS     12
#define WIDTH    200 /* columns of a line where it is not quoted in full */

static const struct logdiff_log *log_of(const struct page_logs *in, const struct evidence *e)
{
	return &in->report->in->side[e->side].logs[e->file];
}

/* One line, safe to show, in the arena. */
static struct str line_at(const struct page_logs *in, const struct evidence *e, uint64_t no,
			  struct arena *a)
{
	CLEANUP_BUF struct buf b = {0};
	const struct logdiff_input *i = in->report->in;
	struct logdiff_line line = {0};

	i->line(i->arg, e->side, e->file, no, a, &line);
	secret_redact(&b, line.raw);
	return arena_str(a, buf_str(&b));
}

/* The lines around a place; of a digest the one that it cites. */
static size_t quote(struct page *p, const struct page_logs *in, const struct evidence *e)
{
	const struct logdiff_log *log = log_of(in, e);
	uint64_t from = log->sparse ? e->line : e->line > BEFORE ? e->line - BEFORE : 1;
	uint64_t to = e->line + (e->nlines > AFTER ? AFTER : e->nlines) + BEFORE;
	struct page_evidence q = {.source = log->name, .line = from, .at = e->line - from};
	struct str lines[BEFORE + AFTER + BEFORE + 1];
	struct arena a;
	size_t n;

	to = log->sparse ? e->line + 1 : to <= log->n ? to : log->n + 1;
	arena_init(&a);
	for (uint64_t no = from; no < to; no++)
		lines[q.nlines++] = line_at(in, e, no, &a);
	q.lines = lines;
	q.hash = in->hash ? in->hash(in->arg, log->name) : STR("");
	q.reproduce = str_of(in->all);
	n = page_evidence(p, &q);
	arena_release(&a);
	return n;
}

static void add_place(struct page *p, struct page_line *l, const struct page_logs *in,
		      const struct evidence *e)
{
	page_addf(p, l, PAGE_CODE, STR_FMT ":%llu", STR_ARG(log_of(in, e)->name),
		  (unsigned long long)e->line);
}

static void add_text(struct page *p, struct page_line *l, enum page_mark mark,
		     const struct page_logs *in, const struct evidence *e)
{
	CLEANUP_BUF struct buf b = {0};
	struct arena a;

	arena_init(&a);
	style_add_foreign(&b, line_at(in, e, e->line, &a), WIDTH);
	page_add(p, l, mark, str_trim(buf_str(&b)));
	arena_release(&a);
}

/* ---- the first divergence ---- */

static const struct evidence *first_place(const struct logdiff_divergence *f)
{
	return f->next[1].nlines ? &f->next[1] : f->has_common ? &f->common[1] : &f->next[0];
}

bool page_logs_lead(struct page *p, struct page_line *l, const struct page_logs *in)
{
	const struct logdiff_divergence *f = &in->report->diff->first;
	const struct evidence *e = first_place(f);

	if (!f->found || !e->nlines)
		return false;
	page_add(p, l, PAGE_PLAIN, STR("The logs first part at "));
	add_place(p, l, in, e);
	page_cite(p, l, quote(p, in, e));
	page_add(p, l, PAGE_PLAIN, STR("."));
	return true;
}

static void add_lines(struct buf *b, const struct page_logs *in, const struct evidence *e,
		      const char *sign)
{
	struct arena a;

	arena_init(&a);
	for (uint64_t i = 0; i < e->nlines && i < AFTER; i++) {
		buf_printf(b, "%s%6llu  ", sign, (unsigned long long)(e->line + i));
		style_add_foreign(b, line_at(in, e, e->line + i, &a), WIDTH);
		buf_add_char(b, '\n');
	}
	arena_release(&a);
}

static void first_divergence(struct page *p, const struct page_logs *in)
{
	const struct logdiff_divergence *f = &in->report->diff->first;
	CLEANUP_BUF struct buf b = {0};
	struct page_line *l;

	if (!f->found)
		return;
	page_heading(p, 3, STR("First divergence"));
	l = page_text(p);
	if (f->has_common) {
		page_add(p, l, PAGE_PLAIN, STR("Both do the same up to "));
		add_place(p, l, in, &f->common[1]);
	} else {
		page_add(p, l, PAGE_PLAIN, STR("They differ from the beginning on"));
	}
	for (int side = 0; side < 2; side++) {
		page_addf(p, l, PAGE_PLAIN, "; the %s one %s", side ? "bad" : "good",
			  f->next[side].nlines ? "goes on at " : "ends there");
		if (!f->next[side].nlines)
			continue;
		add_place(p, l, in, &f->next[side]);
		page_cite(p, l, quote(p, in, &f->next[side]));
	}
	page_add(p, l, PAGE_PLAIN, STR("."));
	if (f->has_common)
		add_lines(&b, in, &f->common[1], "  ");
	add_lines(&b, in, &f->next[0], "- ");
	add_lines(&b, in, &f->next[1], "+ ");
	page_verbatim(p, buf_str(&b));
}

/* ---- findings ---- */

static void finding(struct page *p, const struct page_logs *in, const struct logdiff_finding *f)
{
	struct page_line *l = page_cell(p);

	page_addf(p, l, PAGE_PLAIN, "%u", f->rank);
	page_cell_text(p, PAGE_PLAIN, str_of(diff_kind_name(f->kind)));
	l = page_cell(p);
	if (f->where.nlines) {
		add_text(p, l, f->symptom >= SYMPTOM_VERDICT ? PAGE_BAD : PAGE_PLAIN, in,
			 &f->where);
		page_cite(p, l, quote(p, in, &f->where));
	}
	page_cell_text(p, PAGE_PLAIN, f->note);
	page_cellf(p, PAGE_PLAIN, "%llu", (unsigned long long)f->good_count);
	page_cellf(p, PAGE_PLAIN, "%llu", (unsigned long long)f->bad_count);
	l = page_cell(p);
	if (f->trigger)
		page_addf(p, l, PAGE_FAINT, "follows from %u", f->trigger);
}

static void findings(struct page *p, const struct page_logs *in)
{
	static const struct page_column columns[] = {
		{"no", true},   {"kind", false}, {"line", false}, {"what changed", false},
		{"good", true}, {"bad", true},   {"", false}};
	const struct logdiff *d = in->report->diff;

	if (!d->nfindings)
		return;
	page_heading(p, 3, STR("What differs in the logs"));
	page_table(p, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < d->nfindings && i < FINDINGS; i++)
		finding(p, in, &d->findings[i]);
	page_more(p, d->nfindings > FINDINGS ? d->nfindings - FINDINGS : 0, str_of(in->all));
}

static int by_count(const void *pa, const void *pb)
{
	const struct page_bar *a = pa, *b = pb;

	return a->value != b->value ? (a->value > b->value ? -1 : 1) : str_cmp(a->name, b->name);
}

/* How often the bad logs say each failure that no good log says. */
static void failures(struct page *p, const struct page_logs *in)
{
	const struct logdiff *d = in->report->diff;
	struct page_bar *bars = mem_alloc((d->nfindings + 1) * sizeof(*bars));
	struct arena a;
	size_t n = 0;

	arena_init(&a);
	for (size_t i = 0; i < d->nfindings; i++) {
		const struct logdiff_finding *f = &d->findings[i];
		CLEANUP_BUF struct buf b = {0};

		if (f->kind != FINDING_NEW || f->symptom < SYMPTOM_VERDICT || !f->where.nlines)
			continue;
		style_add_foreign(&b, str_trim(line_at(in, &f->where, f->where.line, &a)), 60);
		bars[n++] = (struct page_bar){.name = arena_str(&a, buf_str(&b)),
					      .value = (double)f->bad_count,
					      .evidence = quote(p, in, &f->where)};
	}
	if (n > 2) {
		qsort(bars, n, sizeof(*bars), by_count);
		page_bars(p, &(struct page_bars){.title = "Failures that only bad logs state",
						 .unit = "lines",
						 .bars = bars,
						 .n = n < BARS ? n : BARS});
	}
	arena_release(&a);
	free(bars);
}

static void add_step(struct page *p, const struct page_logs *in, const struct evidence *e,
		     enum page_mark mark, struct str shared)
{
	struct page_line *l = page_item(p);

	add_place(p, l, in, e);
	page_add(p, l, PAGE_PLAIN, STR(" "));
	add_text(p, l, mark, in, e);
	if (shared.n) {
		page_add(p, l, PAGE_FAINT, STR(" (both name "));
		page_add(p, l, PAGE_CODE, shared);
		page_add(p, l, PAGE_FAINT, STR(")"));
	}
	page_cite(p, l, quote(p, in, e));
}

static const struct logdiff_finding *finding_of(const struct logdiff *d, uint32_t rank)
{
	for (size_t i = 0; i < d->nfindings; i++)
		if (d->findings[i].rank == rank)
			return &d->findings[i];
	return NULL;
}

/* The deviations before a symptom that have to do with it, and the symptom. */
static void chains(struct page *p, const struct page_logs *in)
{
	const struct logdiff *d = in->report->diff;

	for (size_t i = 0; i < d->nchains && i < CHAINS; i++) {
		const struct logdiff_chain *c = &d->chains[i];
		const struct logdiff_finding *f = finding_of(d, c->rank);
		size_t from = c->n > STEPS ? c->n - STEPS : 0;

		page_heading(p, 3,
			     str_of(i ? "Back from another symptom" : "Back from the symptom"));
		for (size_t k = from; k < c->n; k++)
			add_step(p, in, &c->steps[k].where, PAGE_PLAIN, c->steps[k].shared);
		if (f && f->where.nlines)
			add_step(p, in, &f->where, PAGE_BAD, STR(""));
	}
}

void page_logs(struct page *p, const struct page_logs *in)
{
	const struct logdiff *d = in->report->diff;
	struct page_line *l;

	if (!d->nfindings && !d->first.found) {
		l = page_text(p);
		page_add(p, l, PAGE_PLAIN,
			 STR("Nothing differs beyond what varies from run to run."));
		return;
	}
	if (d->partial)
		page_add(p, page_text(p), PAGE_WARN,
			 STR("A log is so long that most of its values and times were not "
			     "compared."));
	first_divergence(p, in);
	findings(p, in);
	failures(p, in);
	chains(p, in);
	page_add(p, page_text(p), PAGE_PLAIN, STR("The same, line by line:"));
	page_command(p, str_of(in->all));
}
