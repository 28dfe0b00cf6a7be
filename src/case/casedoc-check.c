// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What is wrong with a document as a case: see casedoc_check(). Each rule looks at one kind of
 * thing and says what to do about it; text of people is never judged.
 */
#include "case/casedoc-priv.h"

#include <stdlib.h>

#include "base/hash.h"
#include "text/utf8.h"

#define MAX_PROBLEMS 1000

struct checking {
	const struct casedoc *d;
	struct arena *a;
	struct casedoc_problem *v;
	size_t n, cap;
};

static void add(struct checking *c, uint64_t line, uint64_t column, const char *text)
{
	if (c->n < MAX_PROBLEMS)
		array_push(c->v, c->n, c->cap) =
			(struct casedoc_problem){line, column, str_of(text)};
}

/* A text from the document, cut to what a message can hold. */
static const char *cut(struct checking *c, struct str s)
{
	return arena_printf(c->a, STR_FMT "%s", STR_ARG(str_head(s, 60)), s.n > 60 ? "..." : "");
}

/* Front matter */

enum key_form { KEY_TEXT, KEY_LIST };

static const struct {
	const char *name;
	enum key_form form;
} keys[] = {
	{"inquest", KEY_TEXT}, {"title", KEY_TEXT},  {"status", KEY_TEXT},
	{"outcome", KEY_TEXT}, {"good", KEY_LIST},   {"bad", KEY_LIST},
	{"test", KEY_TEXT},    {"closed", KEY_TEXT}, {"evidence", KEY_LIST},
};

static void check_form(struct checking *c, const struct front_key *k, enum key_form form)
{
	const char *name = cut(c, k->name);

	if (k->kind == FRONT_OTHER)
		add(c, k->line, 1,
		    arena_printf(c->a, "the value of '%s' is %s, which is not understood", name,
				 k->why));
	else if (form == KEY_LIST && k->kind == FRONT_SCALAR && k->nitems)
		add(c, k->line, 1, arena_printf(c->a, "'%s' is a list: write [a, b]", name));
	else if (form == KEY_TEXT && k->kind != FRONT_SCALAR)
		add(c, k->line, 1, arena_printf(c->a, "'%s' is one text, not a list", name));
}

static void check_keys(struct checking *c)
{
	const struct front *f = &c->d->front;

	for (size_t i = 0; i < f->nproblems; i++)
		add(c, f->problems[i].line, f->problems[i].column, f->problems[i].text);
	for (size_t i = 0; i < f->n; i++) {
		const struct front_key *k = &f->keys[i], *first = front_find(f, k->name);

		if (first != k)
			add(c, k->line, 1,
			    arena_printf(c->a,
					 "the key '%s' stands here again, first in line %llu; "
					 "delete one of them",
					 cut(c, k->name), (unsigned long long)first->line));
		for (size_t j = 0; j < ARRAY_SIZE(keys); j++)
			if (str_eq(k->name, str_of(keys[j].name)))
				check_form(c, k, keys[j].form);
	}
}

static void check_status(struct checking *c)
{
	struct str status = casedoc_get(c->d, "status");
	uint64_t line = casedoc_key_line(c->d, "status");

	if (!casedoc_get(c->d, "title").n)
		add(c, casedoc_key_line(c->d, "title") ? casedoc_key_line(c->d, "title") : 1, 1,
		    "no title");
	if (!line)
		add(c, 1, 1, "no key status: open or closed");
	else if (!str_eq(status, STR("open")) && !str_eq(status, STR("closed")))
		add(c, line, 1,
		    arena_printf(c->a, "status is open or closed, not '%s'", cut(c, status)));
}

/* A run is good or bad, not both, and named once. */
static void check_runs(struct checking *c)
{
	const struct front_key *lists[] = {front_find(&c->d->front, STR("good")),
					   front_find(&c->d->front, STR("bad"))};
	struct intern seen;
	size_t ngood = 0;

	intern_init(&seen);
	for (int bad = 0; bad < 2; bad++) {
		for (size_t i = 0; lists[bad] && i < lists[bad]->nitems; i++) {
			const struct front_item *it = &lists[bad]->items[i];
			uint32_t id;

			if (!intern_find(&seen, it->text, &id))
				intern_add(&seen, it->text);
			else
				add(c, it->line, 1,
				    arena_printf(c->a, "run '%s' is named %s", cut(c, it->text),
						 bad && id < ngood ? "as good and as bad"
								   : "twice"));
		}
		ngood = bad ? ngood : seen.n;
	}
	intern_release(&seen);
}

/* Tables */

/* A table's rows as they stand there. */
struct rows {
	struct str columns[MAX_COLUMNS];
	size_t ncolumns;
	struct str rest; /* lines that are left */
	struct str line;
	uint64_t no;
	struct str cells[MAX_COLUMNS];
	size_t ncells;
};

static void rows_begin(struct rows *r, const struct casedoc *d, const struct block *b)
{
	r->ncolumns = casedoc_columns(d, b, r->columns);
	r->rest = (struct str){d->text.p + b->rows, b->end - b->rows};
	r->no = b->line + 1;
}

static bool rows_next(struct rows *r)
{
	if (!scan_line(&r->rest, &r->line))
		return false;
	r->no++;
	r->ncells = scan_cells(r->line, r->cells, MAX_COLUMNS);
	return true;
}

static uint64_t column_of(const struct rows *r, struct str cell)
{
	return (uint64_t)(str_trim(cell).p - r->line.p) + 1;
}

static bool probability(struct str s)
{
	double v;

	return str_double(s, &v) && v >= 0 && v <= 1;
}

static bool outcome_form(struct str s)
{
	size_t slash = str_find_char(s, '/');
	uint64_t k, n;

	if (!s.n || str_eq_nocase(s, STR("yes")) || str_eq_nocase(s, STR("no")))
		return true;
	return str_u64(str_trim(str_head(s, slash)), &k) &&
	       str_u64(str_trim(str_from(s, slash + 1)), &n) && k <= n && n;
}

/* Ids of a table, and that no row has more cells than it has columns. */
static void check_rows(struct checking *c, const struct block *b, const char *key)
{
	struct rows *r = mem_alloc(sizeof(*r));
	struct intern seen;
	size_t at, nlines = 0, cap = 0;
	uint64_t *lines = NULL;

	rows_begin(r, c->d, b);
	at = casedoc_column(r->columns, r->ncolumns, str_of(key));
	intern_init(&seen);
	while (at != NONE && rows_next(r)) {
		struct str id = at < r->ncells ? cell_unescape(r->cells[at], c->a) : STR("");
		uint32_t first;

		if (r->ncells > r->ncolumns && r->ncolumns < MAX_COLUMNS)
			add(c, r->no, column_of(r, r->cells[r->ncolumns]),
			    "more cells than the table has columns: a | in a cell is written \\|");
		if (!id.n) {
			add(c, r->no, 1, arena_printf(c->a, "a row without %s", key));
		} else if (intern_find(&seen, id, &first)) {
			add(c, r->no, column_of(r, r->cells[at]),
			    arena_printf(c->a,
					 "'%s' stands here again, first in line %llu; inquest "
					 "status --settle gives it the next free number",
					 cut(c, id),
					 (unsigned long long)(first < nlines ? lines[first] : 0)));
		} else {
			intern_add(&seen, id);
			array_push(lines, nlines, cap) = r->no;
		}
	}
	intern_release(&seen);
	free(lines);
	free(r);
}

/* Likelihoods under H1, H2, ... and outcomes. */
static void check_experiments(struct checking *c, const struct block *b)
{
	struct rows *r = mem_alloc(sizeof(*r));
	size_t outcome;

	rows_begin(r, c->d, b);
	outcome = casedoc_column(r->columns, r->ncolumns, STR("outcome"));
	for (size_t i = 0; i < r->ncolumns; i++) {
		struct str h = str_trim(r->columns[i]);
		CLEANUP_BUF struct buf path = {0};

		buf_printf(&path, "Hypotheses/" STR_FMT, STR_ARG(str_head(h, 60)));
		if (casedoc_is_id(h) && h.p[0] == 'H' && casedoc_find(c->d, buf_str(&path)) == NONE)
			add(c, b->line, (uint64_t)(h.p - (c->d->text.p + b->start)) + 1,
			    arena_printf(c->a, "there is no hypothesis %s", cut(c, h)));
	}
	while (rows_next(r)) {
		for (size_t i = 0; i < r->ncolumns && i < r->ncells; i++) {
			struct str h = str_trim(r->columns[i]), cell = str_trim(r->cells[i]);

			if (casedoc_is_id(h) && h.p[0] == 'H' && cell.n && !probability(cell))
				add(c, r->no, column_of(r, cell),
				    arena_printf(c->a, "'%s' is no probability from 0 to 1",
						 cut(c, cell)));
			if (i == outcome && !outcome_form(cell))
				add(c, r->no, column_of(r, cell),
				    arena_printf(c->a,
						 "the outcome '%s' is none of yes, no, a count "
						 "such as 3/20",
						 cut(c, cell)));
		}
	}
	free(r);
}

static void check_tables(struct checking *c)
{
	static const struct {
		const char *heading, *key;
	} owned[] = {{"Symptoms", "id"}, {"Timeline", "no"}, {"Experiments", "id"}};

	for (size_t i = 0; i < ARRAY_SIZE(owned); i++) {
		size_t s = casedoc_find(c->d, str_of(owned[i].heading)), t;

		t = s == NONE ? NONE : casedoc_find_table(c->d, s, owned[i].key);
		if (t == NONE)
			continue;
		check_rows(c, &c->d->blocks.v[t], owned[i].key);
		if (strcmp(owned[i].heading, "Experiments") == 0)
			check_experiments(c, &c->d->blocks.v[t]);
	}
}

/* Structure */

static void check_blocks(struct checking *c)
{
	static const char *const once[] = {"Symptoms", "Timeline", "Hypotheses", "Experiments",
					   "Conclusion"};
	uint64_t seen[ARRAY_SIZE(once)] = {0};

	for (size_t i = 0; i < c->d->blocks.n; i++) {
		const struct block *b = &c->d->blocks.v[i];

		if (b->open)
			add(c, b->line, 1,
			    b->kind == BLOCK_FENCE
				    ? "code without an end: everything below belongs to it"
				    : "a comment without an end: everything below belongs to it");
		if (b->kind == BLOCK_STRAY)
			add(c, b->line, 1,
			    "a row outside of a table: a table begins with a header and a row "
			    "| --- | of as many cells");
		for (size_t k = 0; b->kind == BLOCK_HEADING && k < ARRAY_SIZE(once); k++) {
			if (!str_eq_nocase(b->text, str_of(once[k])))
				continue;
			if (seen[k])
				add(c, b->line, 1,
				    arena_printf(c->a,
						 "the section %s stands here again, first in line "
						 "%llu; move what is here there",
						 once[k], (unsigned long long)seen[k]));
			else
				seen[k] = b->line;
		}
	}
}

static void check_hypothesis(struct checking *c, size_t i)
{
	static const char *const fields[] = {"prior", "posterior"};
	const struct block *b = &c->d->blocks.v[i];
	size_t table = casedoc_find_table(c->d, i, "id");

	for (size_t k = 0; k < ARRAY_SIZE(fields); k++) {
		struct str v = casedoc_field_of(c->d, i, fields[k]);
		uint64_t column, line;

		if (!v.n || probability(v))
			continue;
		line = casedoc_line_at(casedoc_text(c->d), (size_t)(v.p - c->d->text.p), &column);
		add(c, line, column,
		    arena_printf(c->a, "the %s '%s' is no probability from 0 to 1", fields[k],
				 cut(c, v)));
	}
	if (table != NONE)
		check_rows(c, &c->d->blocks.v[table], "id");
	if (casedoc_heading_id(b->text).n == 0)
		return;
	for (size_t j = casedoc_find(c->d, STR("Hypotheses")) + 1; j < i; j++) {
		const struct block *other = &c->d->blocks.v[j];

		if (other->kind == BLOCK_HEADING && other->level == b->level &&
		    str_eq(casedoc_heading_id(other->text), casedoc_heading_id(b->text))) {
			add(c, b->line, 1,
			    arena_printf(
				    c->a,
				    "hypothesis %s stands here again, first in line %llu; give "
				    "one of them another number, also where it is named",
				    cut(c, casedoc_heading_id(b->text)),
				    (unsigned long long)other->line));
			break;
		}
	}
}

static void check_hypotheses(struct checking *c)
{
	size_t h = casedoc_find(c->d, STR("Hypotheses")), end, n = 0;

	if (h == NONE)
		return;
	end = casedoc_section_end(c->d, h, true);
	for (size_t i = h + 1; i < end && n < MAX_PROBLEMS; i++)
		if (c->d->blocks.v[i].kind == BLOCK_HEADING &&
		    c->d->blocks.v[i].level == c->d->blocks.v[h].level + 1) {
			check_hypothesis(c, i);
			n++;
		}
}

static void check_utf8(struct checking *c)
{
	struct str text = casedoc_text(c->d);
	size_t at = 0;

	if (utf8_valid(text))
		return;
	while (at < text.n) {
		uint32_t code;
		size_t n = utf8_decode(str_from(text, at), &code);
		uint64_t line, column;

		if (n == 1 && code == UTF8_REPLACEMENT) {
			line = casedoc_line_at(text, at, &column);
			add(c, line, column, "bytes that are no UTF-8 (more may follow)");
			return;
		}
		at += n;
	}
}

/* A closed case has what casedoc_missing() asks for. */
static void check_closed(struct checking *c)
{
	uint64_t line = casedoc_key_line(c->d, "status");

	if (!str_eq(casedoc_get(c->d, "status"), STR("closed")))
		return;
	if (!casedoc_prose(c->d, "Conclusion", c->a).n)
		add(c, line, 1, "closed without a conclusion");
	if (str_trim(casedoc_get(c->d, "evidence")).n < 3)
		add(c, line, 1, "closed without evidence");
	if (!casedoc_get(c->d, "test").n)
		add(c, line, 1, "closed without a regression test");
}

static int by_place(const void *pa, const void *pb)
{
	const struct casedoc_problem *a = pa, *b = pb;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

size_t casedoc_check(const struct casedoc *d, struct arena *a, struct casedoc_problem **p)
{
	struct checking c = {.d = d, .a = a};

	check_keys(&c);
	check_status(&c);
	check_runs(&c);
	check_blocks(&c);
	check_tables(&c);
	check_hypotheses(&c);
	check_closed(&c);
	check_utf8(&c);
	if (c.n)
		qsort(c.v, c.n, sizeof(*c.v), by_place);
	*p = arena_alloc(a, c.n * sizeof(**p));
	if (c.n)
		memcpy(*p, c.v, c.n * sizeof(**p));
	free(c.v);
	return c.n;
}
