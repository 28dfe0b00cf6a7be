// SPDX-License-Identifier: GPL-3.0-or-later
/* The home page of a case on one screen, and as JSON (docs/formats.md): see case-status.h. */
#include "report/case-status.h"
#include "report/json-object.h"

#include <stdlib.h>

#include "base/hash.h"
#include "report/style.h"

#define SCREEN_ROWS 5  /* of each table, without -v */
#define KIND_WIDTH  14 /* columns of a narrow cell */
#define PLACE_WIDTH 30

struct screen {
	const struct case_report *r;
	struct buf *out;
};

static void heading(struct screen *s, const char *text, size_t n)
{
	buf_add_char(s->out, '\n');
	style_add(s->out, s->r->color, STYLE_BOLD, str_of(text));
	if (n)
		buf_printf(s->out, "  %zu", n);
	buf_add_char(s->out, '\n');
}

/* Text of the document, cut and filled up to so many columns; line breaks as blanks. */
static size_t cell(struct screen *s, enum style style, struct str text, size_t width, bool pad)
{
	CLEANUP_BUF struct buf flat = {0}, b = {0};
	size_t n;

	for (size_t i = 0; i < text.n; i++)
		buf_add_char(&flat, text.p[i] == '\n' ? ' ' : text.p[i]);
	n = style_add_foreign(&b, buf_str(&flat), width);
	if (n)
		style_add(s->out, s->r->color, style, buf_str(&b));
	if (pad)
		style_pad(s->out, width > n ? width - n : 0);
	return n;
}

static size_t rest_of_line(const struct screen *s, size_t used)
{
	return s->r->width > used + 20 ? s->r->width - used : 20;
}

static size_t shown(const struct screen *s, size_t n)
{
	return s->r->verbose || n < SCREEN_ROWS ? n : SCREEN_ROWS;
}

static void and_more(struct screen *s, size_t n, size_t shown)
{
	if (n > shown)
		buf_printf(s->out, "  and %zu more (-v shows all)\n", n - shown);
}

/* Columns that the longest of these cells takes, most at most. */
static size_t widest(const struct casedoc_table *t, const char *column, size_t n, size_t most)
{
	size_t width = 0;

	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf b = {0};
		size_t w = style_add_foreign(&b, casedoc_cell(t, i, column), most);

		if (w > width)
			width = w;
	}
	return width;
}

struct column {
	const char *name;
	enum style style;
	size_t most; /* columns; 0: what is left */
};

static void rows(struct screen *s, const char *title, const struct casedoc_table *t,
		 const struct column *columns, size_t ncolumns, const size_t *order, size_t total)
{
	size_t n = shown(s, total), widths[8] = {0}, used = 2;

	if (!total)
		return;
	heading(s, title, total);
	for (size_t k = 0; k < ncolumns; k++) {
		widths[k] =
			columns[k].most ? widest(t, columns[k].name, t->nrows, columns[k].most) : 0;
		used += widths[k] ? widths[k] + 2 : 0;
	}
	for (size_t i = 0; i < n; i++) {
		BUF_LIT(s->out, "  ");
		for (size_t k = 0; k < ncolumns; k++) {
			struct str text = casedoc_cell(t, order ? order[i] : i, columns[k].name);

			if (columns[k].most && !widths[k])
				continue;
			cell(s, columns[k].style, text,
			     columns[k].most ? widths[k] : rest_of_line(s, used), k + 1 < ncolumns);
			if (k + 1 < ncolumns)
				BUF_LIT(s->out, "  ");
		}
		buf_add_char(s->out, '\n');
	}
	and_more(s, total, n);
}

/* Symptoms of one kind together, kinds in the order of their first one: a counting sort. */
static size_t *group_by_kind(const struct casedoc_table *t)
{
	size_t *order = mem_alloc((t->nrows + 1) * sizeof(*order));
	size_t *at = mem_zalloc((t->nrows + 2) * sizeof(*at));
	uint32_t *kind = mem_alloc((t->nrows + 1) * sizeof(*kind));
	struct intern kinds;

	intern_init(&kinds);
	for (size_t i = 0; i < t->nrows; i++) {
		kind[i] = intern_add(&kinds, casedoc_cell(t, i, "kind"));
		at[kind[i] + 1]++;
	}
	for (size_t k = 1; k <= kinds.n; k++)
		at[k] += at[k - 1];
	for (size_t i = 0; i < t->nrows; i++)
		order[at[kind[i]]++] = i;
	intern_release(&kinds);
	free(kind);
	free(at);
	return order;
}

static void symptoms(struct screen *s)
{
	static const struct column columns[] = {{"id", STYLE_PLAIN, 8},
						{"kind", STYLE_DIM, KIND_WIDTH},
						{"what", STYLE_BAD, 0},
						{"where", STYLE_PLACE, PLACE_WIDTH}};
	const struct casedoc_table *t = &s->r->summary->symptoms;
	CLEANUP_FREE size_t *order = group_by_kind(t);

	rows(s, "Symptoms", t, columns, ARRAY_SIZE(columns), order, t->nrows);
}

static void timeline(struct screen *s)
{
	static const struct column columns[] = {{"no", STYLE_PLAIN, 8},
						{"when", STYLE_PLAIN, 29},
						{"event", STYLE_PLAIN, 0},
						{"where", STYLE_PLACE, PLACE_WIDTH}};
	const struct casedoc_table *t = &s->r->summary->timeline;

	rows(s, "Timeline", t, columns, ARRAY_SIZE(columns), NULL, t->nrows);
}

static void experiments(struct screen *s)
{
	static const struct column columns[] = {
		{"id", STYLE_PLAIN, 8}, {"experiment", STYLE_PLAIN, 0}, {"cost", STYLE_DIM, 10}};
	const struct case_summary *c = s->r->summary;
	CLEANUP_FREE size_t *order = mem_alloc((c->experiments.nrows + 1) * sizeof(*order));
	size_t n = 0;

	for (size_t i = 0; i < c->experiments.nrows; i++)
		if (case_experiment_open(c, i))
			order[n++] = i;
	rows(s, "Open experiments", &c->experiments, columns, ARRAY_SIZE(columns), order, n);
}

static void hypotheses(struct screen *s)
{
	const struct case_summary *c = s->r->summary;
	size_t n = shown(s, c->nhypotheses);

	if (!c->nhypotheses)
		return;
	heading(s, "Hypotheses", c->nhypotheses);
	for (size_t i = 0; i < n; i++) {
		const struct case_hypothesis *h = &c->hypotheses[i];

		BUF_LIT(s->out, "  ");
		cell(s, STYLE_PLAIN, h->id, 4, true);
		BUF_LIT(s->out, "  prior ");
		cell(s, STYLE_PLAIN, h->prior.n ? h->prior : STR("-"), 6, true);
		BUF_LIT(s->out, " posterior ");
		cell(s, STYLE_BOLD, h->posterior.n ? h->posterior : STR("-"), 6, true);
		BUF_LIT(s->out, "  ");
		cell(s, STYLE_PLAIN, h->title, rest_of_line(s, 70), false);
		if (h->predictions)
			buf_printf(s->out, "  (%llu of %llu predictions tested)",
				   (unsigned long long)h->tested,
				   (unsigned long long)h->predictions);
		buf_add_char(s->out, '\n');
	}
	and_more(s, c->nhypotheses, n);
}

static void head(struct screen *s)
{
	const struct case_summary *c = s->r->summary;
	bool closed = str_eq(c->status, STR("closed"));

	cell(s, STYLE_BOLD, c->title.n ? c->title : STR("(no title)"), rest_of_line(s, 0), false);
	buf_add_char(s->out, '\n');
	cell(s, STYLE_PLACE, str_of(s->r->path), 0, false);
	BUF_LIT(s->out, "  ");
	cell(s, closed ? STYLE_GOOD : STYLE_WARN, c->status.n ? c->status : STR("no status"), 20,
	     false);
	if (c->closed.n) {
		BUF_LIT(s->out, " since ");
		cell(s, STYLE_PLAIN, c->closed, 20, false);
	}
	BUF_LIT(s->out, "\noutcome ");
	cell(s, STYLE_PLAIN, c->outcome.n ? c->outcome : STR("not named"), 60, false);
	buf_printf(s->out, "; %zu bad %s, %zu good\n", c->nbad, c->nbad == 1 ? "run" : "runs",
		   c->ngood);
	if (closed) {
		BUF_LIT(s->out, "test    ");
		cell(s, STYLE_PLACE, c->test.n ? c->test : STR("none"), rest_of_line(s, 8), false);
		buf_add_char(s->out, '\n');
	}
}

void case_report_text(const struct case_report *r, struct buf *out)
{
	struct screen s = {r, out};
	const struct case_summary *c = r->summary;

	head(&s);
	if (r->nproblems) {
		heading(&s, "Wrong in the document", r->nproblems);
		for (size_t i = 0; i < shown(&s, r->nproblems); i++) {
			buf_printf(out, "  line %llu: ", (unsigned long long)r->problems[i].line);
			cell(&s, STYLE_BAD, r->problems[i].text, rest_of_line(&s, 14), false);
			buf_add_char(out, '\n');
		}
		and_more(&s, r->nproblems, shown(&s, r->nproblems));
	}
	symptoms(&s);
	timeline(&s);
	hypotheses(&s);
	experiments(&s);
	if (c->conclusion.n) {
		heading(&s, "Conclusion", 0);
		BUF_LIT(out, "  ");
		cell(&s, STYLE_PLAIN, c->conclusion, r->verbose ? 0 : rest_of_line(&s, 2), false);
		buf_add_char(out, '\n');
	}
	if (c->nunknown && !str_eq(c->status, STR("closed"))) {
		heading(&s, "Not known", 0);
		for (size_t i = 0; i < c->nunknown; i++)
			buf_printf(out, "  %s\n", c->unknown[i]);
	}
	if (r->compare) {
		BUF_LIT(out, "\nA good run beside a bad one\n  ");
		cell(&s, STYLE_PLAIN, str_of(r->compare), 0, false);
		buf_add_char(out, '\n');
	}
	if (!c->next_command)
		return;
	BUF_LIT(out, "\nNext: ");
	cell(&s, STYLE_PLAIN, str_of(c->next_why), rest_of_line(&s, 6), false);
	BUF_LIT(out, "\n  ");
	cell(&s, STYLE_BOLD, str_of(c->next_command), 0, false);
	buf_add_char(out, '\n');
}

void case_report_problems(const struct case_report *r, struct buf *out)
{
	struct screen s = {r, out};

	for (size_t i = 0; i < r->nproblems; i++) {
		cell(&s, STYLE_PLACE, str_of(r->path), 0, false);
		buf_printf(out, ":%llu:%llu: ", (unsigned long long)r->problems[i].line,
			   (unsigned long long)r->problems[i].column);
		cell(&s, STYLE_PLAIN, r->problems[i].text, 0, false);
		buf_add_char(out, '\n');
	}
}

/* JSON */

/* A probability as a number; null if it is none. */
static void real(struct buf *b, const char *name, struct str s)
{
	double v;

	object_key(b, name);
	json_add_real(b, str_double(s, &v) ? v : NAN);
}

static void strings(struct buf *b, const char *name, const struct str *s, size_t n)
{
	object_key(b, name);
	json_add_strings(b, s, n);
}

/* Rows of a table with these columns, named name or as, and their lines. */
static void table(struct buf *b, const char *name, const struct casedoc_table *t,
		  const char *const (*columns)[2])
{
	object_key(b, name);
	buf_add_char(b, '[');
	for (size_t i = 0; i < t->nrows; i++) {
		BUF_LIT(b, "{");
		for (size_t k = 0; columns[k][0]; k++)
			object_text_or_null(b, columns[k][1] ? columns[k][1] : columns[k][0],
					    casedoc_cell(t, i, columns[k][0]));
		object_count(b, "line", t->lines[i]);
		buf_printf(b, "}%s", i + 1 < t->nrows ? "," : "");
	}
	buf_add_char(b, ']');
}

static void json_hypotheses(struct buf *b, const struct case_summary *c)
{
	object_key(b, "hypotheses");
	buf_add_char(b, '[');
	for (size_t i = 0; i < c->nhypotheses; i++) {
		const struct case_hypothesis *h = &c->hypotheses[i];

		BUF_LIT(b, "{");
		object_text_or_null(b, "id", h->id);
		object_text_or_null(b, "title", h->title);
		real(b, "prior", h->prior);
		real(b, "posterior", h->posterior);
		object_count(b, "predictions", h->predictions);
		object_count(b, "tested", h->tested);
		object_count(b, "line", h->line);
		buf_printf(b, "}%s", i + 1 < c->nhypotheses ? "," : "");
	}
	buf_add_char(b, ']');
}

static void json_problems(struct buf *b, const struct case_report *r)
{
	object_key(b, "problems");
	buf_add_char(b, '[');
	for (size_t i = 0; i < r->nproblems; i++) {
		BUF_LIT(b, "{");
		object_count(b, "line", r->problems[i].line);
		object_count(b, "column", r->problems[i].column);
		object_text_or_null(b, "text", r->problems[i].text);
		buf_printf(b, "}%s", i + 1 < r->nproblems ? "," : "");
	}
	buf_add_char(b, ']');
}

void case_report_json(const struct case_report *r, struct buf *b)
{
	static const char *const symptom_columns[][2] = {
		{"id"}, {"kind"}, {"what"}, {"first seen", "first_seen"}, {"where"}, {"runs"}, {0}};
	static const char *const timeline_columns[][2] = {
		{"no"}, {"when"}, {"event"}, {"where"}, {0}};
	static const char *const experiment_columns[][2] = {{"id"},      {"experiment"}, {"cost"},
							    {"outcome"}, {"run"},        {0}};
	const struct case_summary *c = r->summary;

	BUF_LIT(b, "{");
	object_text_or_null(b, "schema", STR("inquest.status/1"));
	object_text_or_null(b, "case", str_of(r->path));
	object_text_or_null(b, "title", c->title);
	object_text_or_null(b, "status", c->status);
	object_text_or_null(b, "outcome", c->outcome);
	strings(b, "good", c->good, c->ngood);
	strings(b, "bad", c->bad, c->nbad);
	table(b, "symptoms", &c->symptoms, symptom_columns);
	table(b, "timeline", &c->timeline, timeline_columns);
	json_hypotheses(b, c);
	table(b, "experiments", &c->experiments, experiment_columns);
	object_text_or_null(b, "conclusion", c->conclusion);
	strings(b, "evidence", c->evidence, c->nevidence);
	object_text_or_null(b, "test", c->test);
	object_text_or_null(b, "closed", c->closed);
	object_key(b, "unknown");
	buf_add_char(b, '[');
	for (size_t i = 0; i < c->nunknown; i++) {
		if (i)
			buf_add_char(b, ',');
		json_add_string(b, str_of(c->unknown[i]));
	}
	buf_add_char(b, ']');
	object_key(b, "next");
	if (c->next_command) {
		BUF_LIT(b, "{");
		object_text_or_null(b, "why", str_of(c->next_why));
		object_text_or_null(b, "command", str_of(c->next_command));
		buf_add_char(b, '}');
	} else {
		BUF_LIT(b, "null");
	}
	object_text_or_null(b, "compare", str_of(r->compare ? r->compare : ""));
	json_problems(b, r);
	buf_add_char(b, '}');
}

void case_report_error(const char *path, const char *why, struct buf *b)
{
	BUF_LIT(b, "{");
	object_text_or_null(b, "case", str_of(path));
	object_text_or_null(b, "error", str_of(why));
	buf_add_char(b, '}');
}
