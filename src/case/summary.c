// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The home page of a case: see summary.h. The next thing to do is the first step of an
 * investigation that has not been taken: a table of conditions in their order.
 */
#include "case/summary.h"

#include <stdlib.h>

#include "case/casedoc-priv.h"
#include "text/shell.h"

static void read_table(const struct casedoc *d, const char *heading, struct arena *a,
		       struct casedoc_table *t)
{
	if (casedoc_table(d, heading, a, t, NULL))
		*t = (struct casedoc_table){0};
}

bool case_experiment_open(const struct case_summary *s, size_t row)
{
	return casedoc_cell(&s->experiments, row, "outcome").n == 0;
}

static int by_rank(const void *pa, const void *pb)
{
	const struct case_hypothesis *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* What stands in a fence, if it is of this language. */
static bool fence_text(const struct casedoc *d, const struct block *b, struct str language,
		       struct str *text)
{
	struct str rest = {d->text.p + b->start, b->end - b->start}, line, info;

	if (!scan_line(&rest, &line))
		return false;
	info = str_trim(line);
	while (info.n && (info.p[0] == '`' || info.p[0] == '~'))
		info = str_from(info, 1);
	if (!str_eq_nocase(str_trim(info), language))
		return false;
	*text = rest;
	if (!b->open) { /* without the line that closes it */
		size_t n = str_trim(rest).n ? rest.n : 0;

		while (n && (rest.p[n - 1] == '\n' || rest.p[n - 1] == '\r'))
			n--;
		while (n && rest.p[n - 1] != '\n')
			n--;
		*text = str_head(rest, n);
	}
	return true;
}

static void read_diagram(const struct casedoc *d, size_t i, struct case_hypothesis *h)
{
	size_t end = casedoc_section_end(d, i, true);

	for (i++; i < end; i++)
		if (d->blocks.v[i].kind == BLOCK_FENCE &&
		    fence_text(d, &d->blocks.v[i], STR("dagitty"), &h->diagram)) {
			h->diagram_line = d->blocks.v[i].line + 1;
			return;
		}
}

/* What people wrote of it: text without tables, fences and the fields. */
static struct str prose_of(const struct casedoc *d, struct str heading, struct arena *a)
{
	CLEANUP_BUF struct buf path = {0}, b = {0};
	struct str rest, line;

	BUF_LIT(&path, "Hypotheses/");
	buf_add_str(&path, heading);
	rest = casedoc_prose(d, buf_cstr(&path), a);
	while (scan_line(&rest, &line))
		if (!str_starts(line, STR("prior:")) && !str_starts(line, STR("posterior:")))
			buf_add_str(&b, line);
	return arena_str(a, str_trim(buf_str(&b)));
}

static void read_hypothesis(const struct casedoc *d, size_t i, struct arena *a,
			    struct case_hypothesis *h)
{
	struct str heading = d->blocks.v[i].text, id = casedoc_heading_id(heading);
	size_t table = casedoc_find_table(d, i, "id");

	*h = (struct case_hypothesis){
		.id = id,
		.title = str_trim(str_from(heading, id.n ? str_find_char(heading, ' ') : 0)),
		.prior = casedoc_field_of(d, i, "prior"),
		.posterior = casedoc_field_of(d, i, "posterior"),
		.line = d->blocks.v[i].line,
	};
	if (!str_double(h->posterior.n ? h->posterior : h->prior, &h->rank))
		h->rank = 0;
	h->prose = prose_of(d, id.n ? id : heading, a);
	read_diagram(d, i, h);
	if (table == NONE || casedoc_read_table(d, table, a, &h->table, NULL))
		return;
	h->predictions = h->table.nrows;
	for (size_t k = 0; k < h->table.nrows; k++)
		h->tested += casedoc_cell(&h->table, k, "result").n != 0;
}

static void read_hypotheses(const struct casedoc *d, struct arena *a, struct case_summary *s)
{
	size_t section = casedoc_find(d, STR("Hypotheses")), end;

	if (section == NONE)
		return;
	end = casedoc_section_end(d, section, true);
	s->hypotheses = arena_alloc(a, (end - section) * sizeof(*s->hypotheses));
	for (size_t i = section + 1; i < end; i++)
		if (d->blocks.v[i].kind == BLOCK_HEADING &&
		    d->blocks.v[i].level == d->blocks.v[section].level + 1)
			read_hypothesis(d, i, a, &s->hypotheses[s->nhypotheses++]);
	qsort(s->hypotheses, s->nhypotheses, sizeof(*s->hypotheses), by_rank);
}

static void find_unknown(struct case_summary *s, struct arena *a)
{
	const struct {
		bool missing;
		const char *what;
	} all[] = {
		{!s->outcome.n, "the outcome: which variable tells good from bad"},
		{!s->symptoms.nrows, "the symptoms: what is wrong, exactly"},
		{!s->nbad, "a bad run: none is recorded that shows it"},
		{!s->ngood, "a good run: there is nothing to compare with"},
		{!s->nhypotheses, "what could explain it: no hypothesis yet"},
		{s->nhypotheses == 1,
		 "what else could explain it: one hypothesis alone proves nothing"},
		{s->nhypotheses && !s->experiments.nrows,
		 "what would tell the hypotheses apart: no experiment"},
	};

	s->unknown = arena_alloc(a, sizeof(all) / sizeof(all[0]) * sizeof(*s->unknown));
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].missing)
			s->unknown[s->nunknown++] = all[i].what;
}

/* The document at a line, in the editor. */
static const char *edit_line(uint64_t line, struct str path, struct arena *a)
{
	CLEANUP_BUF struct buf b = {0};

	buf_printf(&b, "${EDITOR:-vi} +%llu ", (unsigned long long)line);
	shell_add_word(&b, path);
	return arena_str(a, buf_str(&b)).p;
}

/* At a section or, where there is none of that name, a key; else at its beginning. */
static const char *edit_at(const struct casedoc *d, const char *name, struct str path,
			   struct arena *a)
{
	struct casedoc_section s;
	uint64_t line = casedoc_section(d, name, &s) ? s.line : casedoc_key_line(d, name);

	return edit_line(line ? line : 1, path, a);
}

static const char *command(const char *verb, struct str path, bool named, const char *rest,
			   struct arena *a)
{
	CLEANUP_BUF struct buf b = {0};

	buf_printf(&b, "inquest %s", verb);
	if (named) {
		BUF_LIT(&b, " --case ");
		shell_add_word(&b, path);
	}
	buf_printf(&b, "%s", rest);
	return arena_str(a, buf_str(&b)).p;
}

static size_t first_open(const struct case_summary *s)
{
	size_t i = 0;

	while (i < s->experiments.nrows && !case_experiment_open(s, i))
		i++;
	return i;
}

/* What to do with an experiment that is open. */
static const char *do_experiment(const struct case_summary *s, size_t i, struct arena *a)
{
	return arena_printf(a, "do experiment " STR_FMT ", and write down its outcome: " STR_FMT,
			    STR_ARG(casedoc_cell(&s->experiments, i, "id")),
			    STR_ARG(casedoc_cell(&s->experiments, i, "experiment")));
}

static void find_next(const struct casedoc *d, struct str path, bool named, size_t nproblems,
		      struct arena *a, struct case_summary *s)
{
	size_t open = first_open(s), n = s->experiments.nrows;
	const struct {
		bool applies;
		const char *why, *command;
	} steps[] = {
		{nproblems, "mend the document", command("status", path, named, " --check", a)},
		{str_eq(s->status, STR("closed")), NULL, NULL},
		{!s->symptoms.nrows && !s->nbad, "add the logs, reports and outputs of what failed",
		 command("add", path, named, " FILE...", a)},
		{!s->nbad, "record a run that shows it",
		 command("run", path, named, " --as bad -- COMMAND", a)},
		{!s->ngood, "record a run that works, to compare with",
		 command("run", path, named, " --as good -- COMMAND", a)},
		{!s->outcome.n, "name the outcome: the variable that tells good from bad",
		 edit_at(d, "outcome", path, a)},
		{!s->nhypotheses, "write down what could explain it, two or three hypotheses",
		 edit_at(d, "Hypotheses", path, a)},
		{open < n, open < n ? do_experiment(s, open, a) : NULL,
		 open < n ? edit_line(s->experiments.lines[open], path, a) : NULL},
		{!n, "write down an experiment that tells them apart",
		 edit_at(d, "Experiments", path, a)},
		{true, "draw the conclusion, or write down the next experiment",
		 command("close", path, named, "", a)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!steps[i].applies)
			continue;
		s->next_why = steps[i].why;
		s->next_command = steps[i].command;
		return;
	}
}

void case_summary(const struct casedoc *d, struct str path, bool named, size_t nproblems,
		  struct arena *a, struct case_summary *s)
{
	*s = (struct case_summary){
		.title = casedoc_get(d, "title"),
		.status = casedoc_get(d, "status"),
		.outcome = casedoc_get(d, "outcome"),
		.test = casedoc_get(d, "test"),
		.closed = casedoc_get(d, "closed"),
		.conclusion = casedoc_prose(d, "Conclusion", a),
	};
	s->ngood = casedoc_get_list(d, "good", a, &s->good);
	s->nbad = casedoc_get_list(d, "bad", a, &s->bad);
	s->nevidence = casedoc_get_list(d, "evidence", a, &s->evidence);
	read_table(d, "Symptoms", a, &s->symptoms);
	read_table(d, "Timeline", a, &s->timeline);
	read_table(d, "Experiments", a, &s->experiments);
	read_hypotheses(d, a, s);
	find_unknown(s, a);
	find_next(d, path, named, nproblems, a, s);
}
