// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Simulated work: see casework.h. A row's cell may change only between two pipes of its line; a new
 * row, key or item may only insert; so the bytes that differ are found by the longest common
 * beginning and end of the text before and after, and looked at.
 */
#include "casework.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "case/casedoc.h"

#define MAX_ROWS 400

struct rng {
	uint64_t s;
};

static uint64_t next(struct rng *r)
{
	r->s ^= r->s << 13;
	r->s ^= r->s >> 7;
	r->s ^= r->s << 17;
	return r->s;
}

static size_t below(struct rng *r, size_t n)
{
	return (size_t)(next(r) >> 11) % n;
}

#define PICK(r, table) ((table)[below((r), ARRAY_SIZE(table))])

/* The document, and what must stand in its Symptoms. */
struct work {
	struct rng rng;
	struct casedoc *d;
	const char *eol;
	struct {
		char id[16];
		char what[200];
	} rows[MAX_ROWS];
	size_t nrows;
	uint64_t serial;
	struct casework_result *r;
};

static bool fault(struct work *w, const char *what)
{
	if (!w->r->fault[0])
		snprintf(w->r->fault, sizeof(w->r->fault), "FAULT at edit %llu: %s",
			 (unsigned long long)(w->r->program + w->r->person), what);
	return false;
}

/* Words that tables and Markdown stumble on. */
static const char *const words[] = {
	"pool exhausted",
	"a|b",
	"C:\\dir\\",
	"`code|span`",
	"__init__",
	"<module>",
	"*",
	"x\\|y",
	"\xc3\xa9\xe2\x86\x92",
	"tab\there",
	"&lt;",
	"[a](b)",
	"line\nbreak",
	"~~gone~~",
	"$x$",
	"#",
	"--- | ---",
	"\\",
	"<!-- no",
	"```",
};

static struct str random_text(struct work *w, char *p, size_t size)
{
	size_t n = 0, k = 1 + below(&w->rng, 4);

	for (size_t i = 0; i < k; i++)
		n += (size_t)snprintf(p + n, size - n, "%s%s", i ? " " : "", PICK(&w->rng, words));
	n += (size_t)snprintf(p + n, size - n, " %llu", (unsigned long long)++w->serial);
	return (struct str){p, n};
}

/* What differs: bytes a...a_end of the old text, a...b_end of the new one. */
static void difference(struct str old, struct str new, size_t *a, size_t *a_end, size_t *b_end)
{
	size_t n = 0, m = 0;

	while (n < old.n && n < new.n &&old.p[n] == new.p[n])
		n++;
	while (m < old.n - n && m < new.n - n &&old.p[old.n - 1 - m] == new.p[new.n - 1 - m])
		m++;
	*a = n;
	*a_end = old.n - m;
	*b_end = new.n - m;
}

/* No pipe that splits and no line break in these bytes? */
static bool inside_cell(struct str s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (s.p[i] == '\n' || (s.p[i] == '|' && (!i || s.p[i - 1] != '\\')))
			return false;
	return true;
}

static size_t lines_in(struct str s)
{
	return str_count_char(s, '\n');
}

enum change { CHANGE_NONE, CHANGE_CELL, CHANGE_INSERT, CHANGE_LINE };

/* Compare the text before with the one now. */
static bool check_change(struct work *w, struct str old, enum change how, const char *what)
{
	struct str now = casedoc_text(w->d);
	size_t a, a_end, b_end;

	difference(old, now, &a, &a_end, &b_end);
	switch (how) {
	case CHANGE_NONE: return (a == a_end && a == b_end) || fault(w, what);
	case CHANGE_CELL:
		return (inside_cell(old, a, a_end) && inside_cell(now, a, b_end)) || fault(w, what);
	case CHANGE_INSERT: return a == a_end || fault(w, what);
	case CHANGE_LINE:
		return (lines_in((struct str){old.p + a, a_end - a}) == 0 &&
			lines_in((struct str){now.p + a, b_end - a}) <= 1) ||
		       fault(w, what);
	}
	return false;
}

/* The program's edits */

static bool put_new(struct work *w, struct err *err)
{
	static const char *const columns[] = {"id", "kind", "what"};
	struct arena a;
	char text[200];
	struct str cells[3];
	int rc;

	arena_init(&a);
	cells[0] = casedoc_next_id(w->d, "Symptoms", 'S', &a);
	cells[1] = STR("exception");
	cells[2] = random_text(w, text, sizeof(text));
	rc = casedoc_put_row(w->d, "Symptoms", columns, cells, 3, err);
	if (!rc && w->nrows < MAX_ROWS) {
		snprintf(w->rows[w->nrows].id, 16, STR_FMT, STR_ARG(cells[0]));
		snprintf(w->rows[w->nrows++].what, 200, STR_FMT, STR_ARG(cells[2]));
	}
	arena_release(&a);
	return rc == 0;
}

static bool put_old(struct work *w, struct err *err)
{
	static const char *const columns[] = {"id", "what"};
	size_t i = below(&w->rng, w->nrows);
	struct str cells[2];
	char text[200];

	cells[0] = str_of(w->rows[i].id);
	cells[1] = random_text(w, text, sizeof(text));
	if (casedoc_put_row(w->d, "Symptoms", columns, cells, 2, err))
		return false;
	snprintf(w->rows[i].what, 200, STR_FMT, STR_ARG(cells[1]));
	return true;
}

static bool add_run(struct work *w, struct err *err)
{
	char id[32];

	snprintf(id, sizeof(id), "r-%06llx", (unsigned long long)(next(&w->rng) & 0xffffff));
	return casedoc_add_to_list(w->d, below(&w->rng, 2) ? "good" : "bad", str_of(id), err) == 0;
}

static bool set_outcome(struct work *w, struct err *err)
{
	char text[200];
	struct str v = random_text(w, text, sizeof(text));

	return casedoc_set(w->d, "outcome", v, err) == 0 &&
	       (str_eq(casedoc_get(w->d, "outcome"), v) || fault(w, "outcome reads back wrong"));
}

static bool add_experiment(struct work *w, struct err *err)
{
	static const char *const columns[] = {"id", "experiment", "H1"};
	struct arena a;
	struct str cells[3];
	int rc;

	arena_init(&a);
	cells[0] = casedoc_next_id(w->d, "Experiments", 'E', &a);
	cells[1] = STR("repeat -n 20");
	cells[2] = STR("");
	rc = casedoc_put_row(w->d, "Experiments", columns, cells, 3, err);
	arena_release(&a);
	return rc == 0;
}

static void program_edits(struct work *w)
{
	static const struct {
		bool (*edit)(struct work *w, struct err *err);
		enum change how;
		const char *what;
	} kinds[] = {
		{put_new, CHANGE_INSERT, "a new row did more than insert"},
		{put_old, CHANGE_CELL, "a cell's change left its cell"},
		{put_old, CHANGE_CELL, "a cell's change left its cell"},
		{add_run, CHANGE_LINE, "an item's addition changed more than a line"},
		{set_outcome, CHANGE_LINE, "a key's change changed more than its line"},
		{add_experiment, CHANGE_INSERT, "a new row did more than insert"},
	};
	CLEANUP_BUF struct buf old = {0};
	size_t k = below(&w->rng, ARRAY_SIZE(kinds));
	struct err err;

	if (kinds[k].edit == put_old && !w->nrows)
		k = 0;
	buf_add_str(&old, casedoc_text(w->d));
	w->r->program++;
	if (kinds[k].edit(w, &err)) {
		check_change(w, buf_str(&old), kinds[k].how, kinds[k].what);
	} else {
		w->r->refused++;
		check_change(w, buf_str(&old), CHANGE_NONE, "a refused edit changed something");
		fault(w, err.msg); /* nothing here is to be refused */
	}
}

/* The person's edits: on the text, then it is read again. */

static const char *const paragraphs[] = {
	"Free text, *kept* as written.\n",
	"| a table | of people |\n|:--|--:|\n| x | y |\nlazy end\n",
	"```\n## Symptoms\n\n| id | what |\n|---|---|\n| S1 | in code |\n```\n",
	"~~~~ sh\n```\n~~~\n| id |\n~~~~\n",
	"- a list\n\n  ```\n  ## Timeline\n  ```\n\n  | id | x |\n  |---|---|\n  | S1 | nested |\n",
	"> quoted\nlazy\n\n> ## Symptoms\n",
	"<!-- | id |\n|---|\n| S1 | -->\n",
	"<details>\n\n| id | n |\n|---|---|\n| S1 | 2 |\n\n</details>\n",
	"    indented | code\n    --- | ---\n",
	"1. one\n2. two\n   - three\n",
	"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \xf0\x9f\x94\xa5\n",
	"Setext\n------\n",
	"\n\n\n",
	"\\| no table\n",
	"trailing blanks   \nand a\ttab\n",
};

static void add_with_eol(struct buf *b, const char *text, const char *eol)
{
	for (; *text; text++) {
		if (*text == '\n')
			buf_add_str(b, str_of(eol));
		else
			buf_add_char(b, *text);
	}
}

/* Where a person may write: before a heading, or at the end. */
static size_t place(struct work *w)
{
	struct casedoc_section *s;
	struct arena a;
	size_t n, at = casedoc_text(w->d).n;

	arena_init(&a);
	n = casedoc_sections(w->d, &a, &s);
	n = below(&w->rng, n + 1);
	if (n && s[n - 1].level < 3) {
		at = (size_t)(s[n - 1].heading.p - casedoc_text(w->d).p);
		while (at && casedoc_text(w->d).p[at - 1] != '\n')
			at--;
	}
	arena_release(&a);
	return at;
}

static void person_edits(struct work *w)
{
	CLEANUP_BUF struct buf b = {0};
	struct str text = casedoc_text(w->d);
	size_t at = place(w), comment;
	struct casedoc *fresh;
	struct err err;

	w->r->person++;
	if (below(&w->rng, 8) == 0) { /* in the front matter */
		comment = str_find(text, STR("status:"));
		buf_add_str(&b, str_head(text, comment));
		add_with_eol(&b, PICK(&w->rng, ((const char *const[]){"# a comment\n", "\n"})),
			     w->eol);
		buf_printf(&b, "x-%llu: {a: [b]}%s", (unsigned long long)++w->serial, w->eol);
		buf_add_str(&b, str_from(text, comment));
	} else {
		buf_add_str(&b, str_head(text, at));
		add_with_eol(&b, "\n", w->eol);
		add_with_eol(&b, PICK(&w->rng, paragraphs), w->eol);
		if (at < text.n || below(&w->rng, 2))
			add_with_eol(&b, "\n", w->eol);
		buf_add_str(&b, str_from(text, at));
		if (at == text.n && b.n && b.p[b.n - 1] == '\n' && below(&w->rng, 3) == 0)
			b.n -= b.n > 1 && b.p[b.n - 2] == '\r' ? 2 : 1;
	}
	if (casedoc_parse(&fresh, buf_str(&b), &err)) {
		fault(w, err.msg);
		return;
	}
	casedoc_free(w->d);
	w->d = fresh;
}

/* Cells as they come back: blanks at the ends gone, tabs blanks. */
static bool same_cell(struct str got, const char *given)
{
	struct str want = str_trim(str_of(given));

	if (got.n != want.n)
		return false;
	for (size_t i = 0; i < got.n; i++)
		if (got.p[i] != (want.p[i] == '\t' ? ' ' : want.p[i]))
			return false;
	return true;
}

static void check_rows(struct work *w)
{
	struct casedoc_table t;
	struct arena a;
	struct err err;

	arena_init(&a);
	if (casedoc_table(w->d, "Symptoms", &a, &t, &err))
		fault(w, err.msg);
	else if (t.nrows != w->nrows)
		fault(w, "rows are missing or too many");
	for (size_t i = 0; !w->r->fault[0] && i < t.nrows; i++)
		if (!str_eq(casedoc_cell(&t, i, "id"), str_of(w->rows[i].id)) ||
		    !same_cell(casedoc_cell(&t, i, "what"), w->rows[i].what))
			fault(w, "a row reads back wrong");
	arena_release(&a);
}

/* A new document, with one or the other line break. */
static void begin(struct work *w, bool crlf)
{
	static const char *const columns[] = {"id", "prediction"};
	const struct str cells[] = {STR("P1"), STR("wait does not depend on commit")};
	CLEANUP_BUF struct buf b = {0}, text = {0};
	struct casedoc *d;
	struct err err;

	casedoc_free(w->d);
	w->d = NULL;
	w->nrows = 0;
	w->eol = crlf ? "\r\n" : "\n";
	if (casedoc_new(&d, STR("Checkout: p99 | doubled #"), &err))
		abort();
	buf_add_str(&b, casedoc_text(d));
	buf_add_char(&b, 0);
	casedoc_free(d);
	add_with_eol(&text, b.p, w->eol);
	if (casedoc_parse(&w->d, buf_str(&text), &err) ||
	    casedoc_put_row(w->d, "Hypotheses/H1 The pool is exhausted", columns, cells, 2, &err) ||
	    casedoc_set_field(w->d, "Hypotheses/H1", "prior", STR("0.30"), &err) ||
	    !add_experiment(w, &err)) /* the first one also adds the column H1 */
		abort();
}

void casework_edits(uint64_t n, uint64_t seed, struct casework_result *r)
{
	struct work *w = mem_zalloc(sizeof(*w));

	w->rng.s = seed * 2654435769u + 88172645463325252u;
	w->r = r;
	for (uint64_t i = 0; i < n && !r->fault[0]; i++) {
		if (i % 300 == 0)
			begin(w, i / 300 % 2);
		if (i % 2)
			person_edits(w);
		else
			program_edits(w);
		if (i % 50 == 49)
			check_rows(w);
	}
	casedoc_free(w->d);
	free(w);
}

/* Merges */

static void write_file(const char *dir, const char *name, struct str text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f || fwrite(text.p, 1, text.n, f) != text.n || fclose(f))
		abort();
}

/* Additions of one branch; what they are is appended to added, one a line. */
static void branch_off(struct work *w, struct str base, const char *dir, const char *name,
		       struct buf *added)
{
	static const struct {
		const char *heading, *columns[3];
		char letter;
	} tables[] = {{"Symptoms", {"id", "what", "kind"}, 'S'},
		      {"Timeline", {"no", "event", "when"}, 0},
		      {"Experiments", {"id", "experiment", "cost"}, 'E'}};
	struct arena a;
	struct err err;

	arena_init(&a);
	casedoc_free(w->d);
	if (casedoc_parse(&w->d, base, &err))
		abort();
	for (size_t n = 1 + below(&w->rng, 3); n; n--) {
		size_t k = below(&w->rng, 5);
		char word[40];

		snprintf(word, sizeof(word), "r-%06llx", (unsigned long long)(next(&w->rng) >> 40));
		buf_printf(added, "%s\n", word);
		if (k < 3) {
			struct str cells[3] = {
				casedoc_next_id(w->d, tables[k].heading, tables[k].letter, &a),
				str_of(word), STR("same")};

			if (casedoc_put_row(w->d, tables[k].heading, tables[k].columns, cells, 3,
					    &err))
				fault(w, err.msg);
		} else if (casedoc_add_to_list(w->d, k == 3 ? "good" : "bad", str_of(word), &err)) {
			fault(w, err.msg);
		}
	}
	write_file(dir, name, casedoc_text(w->d));
	arena_release(&a);
}

/* Does the text parse, hold all that was added, and check clean but for ids that stand twice? */
static bool holds(struct work *w, struct str text, struct str added, bool twice)
{
	struct casedoc_problem *p;
	struct casedoc *d;
	struct str line;
	struct arena a;
	struct err err;
	size_t n;

	if (casedoc_parse(&d, text, &err))
		return fault(w, err.msg);
	while (str_next(&added, '\n', &line))
		if (!str_contains(text, line))
			fault(w, "an addition is lost");
	arena_init(&a);
	n = casedoc_check(d, &a, &p);
	for (size_t i = 0; i < n; i++)
		if (!twice || !str_contains(p[i].text, STR("again")))
			fault(w, arena_str(&a, p[i].text).p);
	arena_release(&a);
	casedoc_free(d);
	return !w->r->fault[0];
}

static void merge_one(struct work *w, const char *dir, struct str added)
{
	char command[2048], path[512];
	CLEANUP_BUF struct buf settled = {0}, notes = {0};
	CLEANUP_FREE char *data = NULL;
	struct casedoc *d = NULL;
	struct str text;
	struct err err;
	size_t n;
	int status;

	snprintf(command, sizeof(command),
		 "cd '%s' && git merge-file -q -p ours base theirs >merged 2>/dev/null", dir);
	status = system(command);
	snprintf(path, sizeof(path), "%s/merged", dir);
	if (file_read_small(path, 1 << 24, &data, &n, &err))
		abort();
	text = (struct str){data, n};
	if (status == 0) {
		w->r->clean++;
		if (!holds(w, text, added, true))
			return;
	} else if (casedoc_parse(&d, text, &err) == 0) {
		casedoc_free(d);
		fault(w, "a conflict is not noticed");
		return;
	} else if (!strstr(err.msg, ":1: a mark of an unfinished merge")) {
		fault(w, err.msg);
		return;
	}
	if (casedoc_settle(text, &settled, &notes, &err)) {
		w->r->reported++;
		if (status == 0 || !strstr(err.msg, ":1: "))
			fault(w, err.msg);
		return;
	}
	w->r->settled += status != 0;
	holds(w, buf_str(&settled), added, false);
}

void casework_merges(uint64_t n, uint64_t seed, const char *dir, struct casework_result *r)
{
	struct work *w = mem_zalloc(sizeof(*w));

	w->rng.s = seed * 2654435769u + 88172645463325252u;
	w->r = r;
	for (uint64_t i = 0; i < n && !r->fault[0]; i++) {
		CLEANUP_BUF struct buf base = {0}, added = {0};

		begin(w, i % 2);
		for (size_t k = below(&w->rng, 20); k; k--)
			program_edits(w);
		buf_add_str(&base, casedoc_text(w->d));
		write_file(dir, "base", buf_str(&base));
		branch_off(w, buf_str(&base), dir, "ours", &added);
		branch_off(w, buf_str(&base), dir, "theirs", &added);
		merge_one(w, dir, buf_str(&added));
	}
	casedoc_free(w->d);
	free(w);
}
