// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Reading the case document: see casedoc.h.
 *
 * Invariants: text is what the index (front, blocks) was made from; the index holds offsets, never
 * copies, so that an edit is a splice and a new index (a pass over the bytes, some 10 ms for 10
 * MB).
 */
#include "case/casedoc-priv.h"

#include <stdlib.h>

#define MAX_CELLS ((size_t)4 << 20) /* of a table that is read */

/* Text */

uint64_t casedoc_line_at(struct str text, size_t at, uint64_t *column)
{
	struct str before = str_head(text, at);
	const char *nl = before.n ? memrchr(before.p, '\n', before.n) : NULL;

	*column = nl ? (uint64_t)(before.p + before.n - nl) : before.n + 1;
	return str_count_char(before, '\n') + 1;
}

static int bad_at(struct err *err, struct str text, size_t at, const char *what)
{
	uint64_t column, line = casedoc_line_at(text, at, &column);

	return err_set(err, ERR_INPUT, "%llu:%llu: %s", (unsigned long long)line,
		       (unsigned long long)column, what);
}

static size_t bare_cr(struct str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t n = str_find_char(str_from(text, i), '\r');

		i += n;
		if (i < text.n && (i + 1 == text.n || text.p[i + 1] != '\n'))
			return i;
		i++;
	}
	return text.n;
}

/* What no case may hold, because it cannot be edited safely. */
static int refuse(struct str text, struct err *err)
{
	size_t at;

	if (text.n > CASEDOC_MAX)
		return err_set(err, ERR_LIMIT, "longer than %zu MB", CASEDOC_MAX >> 20);
	at = str_find_char(text, 0);
	if (at < text.n)
		return bad_at(err, text, at, "a NUL byte: this is no text");
	at = conflict_find(text, 0);
	if (at < text.n)
		return bad_at(
			err, text, at,
			"a mark of an unfinished merge; inquest status --settle keeps the rows "
			"that both sides added, or keep what is right by hand and delete the "
			"lines with <<<<<<<, ======= and >>>>>>>");
	at = bare_cr(text);
	if (at < text.n)
		return bad_at(err, text, at, "a carriage return that is no part of a line break");
	return 0;
}

static int check_version(const struct front *f, struct err *err)
{
	const struct front_key *k = front_find(f, STR("inquest"));
	uint64_t v;

	if (!k)
		return err_set(err, ERR_INPUT,
			       "1:1: no key \"inquest: %d\" in the front matter: this is no case",
			       CASEDOC_VERSION);
	if (k->kind != FRONT_SCALAR || k->nitems != 1 || !str_u64(k->items[0].text, &v) || !v)
		return err_set(err, ERR_INPUT, "%llu:1: the key inquest says no version",
			       (unsigned long long)k->line);
	if (v > CASEDOC_VERSION)
		return err_set(err, ERR_INPUT,
			       "%llu:1: form %llu of the document is newer than this program, "
			       "which knows form %d",
			       (unsigned long long)k->line, (unsigned long long)v, CASEDOC_VERSION);
	return 0;
}

/* "[a, b]" for each key that is a list. */
static void join_lists(struct casedoc *d)
{
	d->lists = arena_zalloc(&d->arena, (d->front.n + 1) * sizeof(*d->lists));
	for (size_t i = 0; i < d->front.n; i++) {
		const struct front_key *k = &d->front.keys[i];
		CLEANUP_BUF struct buf b = {0};

		if (k->kind != FRONT_FLOW && k->kind != FRONT_BLOCK)
			continue;
		BUF_LIT(&b, "[");
		for (size_t j = 0; j < k->nitems; j++) {
			if (j)
				BUF_LIT(&b, ", ");
			front_add_scalar(&b, k->items[j].text, true);
		}
		BUF_LIT(&b, "]");
		d->lists[i] = arena_str(&d->arena, buf_str(&b));
	}
}

/* Make the index of d->text; on failure d is freed. */
static int make_index(struct casedoc *d, struct casedoc **out, struct err *err)
{
	struct str text = buf_str(&d->text);
	size_t nl = str_find_char(text, '\n');
	int rc;

	d->eol = nl && nl < text.n && text.p[nl - 1] == '\r' ? "\r\n" : "\n";
	rc = refuse(text, err);
	if (!rc)
		rc = front_parse(&d->front, text, &d->arena, err);
	if (!rc)
		rc = check_version(&d->front, err);
	if (rc) {
		casedoc_free(d);
		return rc;
	}
	scan_blocks(text, d->front.body, d->front.body_line, &d->blocks);
	join_lists(d);
	*out = d;
	return 0;
}

static struct casedoc *empty(void)
{
	struct casedoc *d = mem_zalloc(sizeof(*d));

	arena_init(&d->arena);
	return d;
}

int casedoc_parse(struct casedoc **out, struct str text, struct err *err)
{
	struct casedoc *d = empty();

	buf_add_str(&d->text, text);
	return make_index(d, out, err);
}

static void release(struct casedoc *d)
{
	buf_release(&d->text);
	front_release(&d->front);
	free(d->blocks.v);
	arena_release(&d->arena);
}

void casedoc_free(struct casedoc *d)
{
	if (!d)
		return;
	release(d);
	free(d);
}

struct str casedoc_text(const struct casedoc *d)
{
	return buf_str(&d->text);
}

int casedoc_spliced(const struct casedoc *d, const struct splice *s, size_t n,
		    struct casedoc **fresh, struct err *err)
{
	struct casedoc *f = empty();
	struct str text = casedoc_text(d);
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		buf_add(&f->text, text.p + at, s[i].start - at);
		buf_add_str(&f->text, s[i].with);
		at = s[i].end;
	}
	buf_add_str(&f->text, str_from(text, at));
	return make_index(f, fresh, err);
}

void casedoc_become(struct casedoc *d, struct casedoc *fresh)
{
	release(d);
	*d = *fresh;
	free(fresh);
}

const char *casedoc_eol_at(const struct casedoc *d, size_t at)
{
	struct str text = casedoc_text(d);

	if (at && text.p[at - 1] == '\n')
		return at > 1 && text.p[at - 2] == '\r' ? "\r\n" : "\n";
	return d->eol;
}

/* Front matter */

static const struct front_key *key_of(const struct casedoc *d, const char *key)
{
	return front_find(&d->front, str_of(key));
}

struct str casedoc_get(const struct casedoc *d, const char *key)
{
	const struct front_key *k = key_of(d, key);

	if (!k)
		return STR("");
	if (k->kind == FRONT_SCALAR)
		return k->nitems ? k->items[0].text : STR("");
	return d->lists[k - d->front.keys];
}

uint64_t casedoc_key_line(const struct casedoc *d, const char *key)
{
	const struct front_key *k = key_of(d, key);

	return k ? k->line : 0;
}

size_t casedoc_get_list(const struct casedoc *d, const char *key, struct arena *a,
			struct str **items)
{
	const struct front_key *k = key_of(d, key);
	size_t n = k ? k->nitems : 0;

	*items = arena_alloc(a, n * sizeof(**items));
	for (size_t i = 0; i < n; i++)
		(*items)[i] = arena_str(a, k->items[i].text);
	return n;
}

/* Sections */

bool casedoc_is_id(struct str s)
{
	size_t i = 0, digits;

	while (i < s.n && (s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z')
		i++;
	digits = i;
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return digits && i > digits && i == s.n;
}

struct str casedoc_heading_id(struct str heading)
{
	struct str word = heading;

	word.n = str_find_char(word, ' ');
	while (word.n && strchr(":.-", word.p[word.n - 1]))
		word.n--;
	return casedoc_is_id(word) ? word : str_head(word, 0);
}

size_t casedoc_section_end(const struct casedoc *d, size_t i, bool whole)
{
	unsigned level = d->blocks.v[i].level;

	for (i++; i < d->blocks.n; i++)
		if (d->blocks.v[i].kind == BLOCK_HEADING &&
		    (!whole || d->blocks.v[i].level <= level))
			break;
	return i;
}

size_t casedoc_block_start(const struct casedoc *d, size_t i)
{
	return i < d->blocks.n ? d->blocks.v[i].start : d->text.n;
}

static bool heading_is(struct str heading, struct str part)
{
	return str_eq_nocase(heading, part) ||
	       (casedoc_is_id(part) && str_eq(casedoc_heading_id(heading), part));
}

/* The heading among blocks from...end that is path, or its first part with the rest below it. */
static size_t find_in(const struct casedoc *d, struct str path, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++) {
		const struct block *b = &d->blocks.v[i];
		size_t slash, found;

		if (b->kind != BLOCK_HEADING)
			continue;
		if (heading_is(b->text, path))
			return i;
		for (slash = 0; slash < path.n; slash++) {
			if (path.p[slash] != '/' || !heading_is(b->text, str_head(path, slash)))
				continue;
			found = find_in(d, str_from(path, slash + 1), i + 1,
					casedoc_section_end(d, i, true));
			if (found != NONE)
				return found;
		}
	}
	return NONE;
}

size_t casedoc_find(const struct casedoc *d, struct str path)
{
	return find_in(d, path, 0, d->blocks.n);
}

static void fill_section(const struct casedoc *d, size_t i, struct casedoc_section *s)
{
	const struct block *b = &d->blocks.v[i];
	size_t end = casedoc_block_start(d, casedoc_section_end(d, i, true));

	*s = (struct casedoc_section){
		.heading = b->text,
		.level = b->level,
		.body = {d->text.p + b->end, end - b->end},
		.line = b->line,
	};
}

size_t casedoc_sections(const struct casedoc *d, struct arena *a, struct casedoc_section **s)
{
	size_t n = 0;

	*s = arena_alloc(a, d->blocks.n * sizeof(**s));
	for (size_t i = 0; i < d->blocks.n; i++)
		if (d->blocks.v[i].kind == BLOCK_HEADING)
			fill_section(d, i, &(*s)[n++]);
	return n;
}

bool casedoc_section(const struct casedoc *d, const char *heading, struct casedoc_section *s)
{
	size_t i = casedoc_find(d, str_of(heading));

	if (i != NONE)
		fill_section(d, i, s);
	return i != NONE;
}

struct str casedoc_prose(const struct casedoc *d, const char *heading, struct arena *a)
{
	CLEANUP_BUF struct buf b = {0};
	size_t i = casedoc_find(d, str_of(heading)), end, at;

	if (i == NONE)
		return STR("");
	end = casedoc_section_end(d, i, true);
	at = d->blocks.v[i].end;
	for (i++; i < end; i++) {
		const struct block *k = &d->blocks.v[i];

		if (k->kind == BLOCK_HEADING || k->kind == BLOCK_STRAY)
			continue;
		buf_add(&b, d->text.p + at, k->start - at);
		at = k->end;
	}
	buf_add(&b, d->text.p + at, casedoc_block_start(d, end) - at);
	return arena_str(a, str_trim(buf_str(&b)));
}

/* Tables */

size_t casedoc_columns(const struct casedoc *d, const struct block *b, struct str *columns)
{
	struct str rest = {d->text.p + b->start, b->rows - b->start}, line;
	size_t n;

	if (!scan_line(&rest, &line))
		return 0;
	n = scan_cells(line, columns, MAX_COLUMNS);
	return n < MAX_COLUMNS ? n : MAX_COLUMNS;
}

size_t casedoc_column(const struct str *columns, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_trim(columns[i]), name))
			return i;
	return NONE;
}

size_t casedoc_find_table(const struct casedoc *d, size_t section, const char *key)
{
	size_t end = casedoc_section_end(d, section, false), first = NONE;
	struct str columns[MAX_COLUMNS];

	for (size_t i = section + 1; i < end; i++) {
		size_t n;

		if (d->blocks.v[i].kind != BLOCK_TABLE)
			continue;
		n = casedoc_columns(d, &d->blocks.v[i], columns);
		if (key ? casedoc_column(columns, n, str_of(key)) != NONE
			: casedoc_column(columns, n, STR("id")) != NONE ||
				    casedoc_column(columns, n, STR("no")) != NONE)
			return i;
		if (first == NONE)
			first = i;
	}
	return key ? NONE : first;
}

static int read_rows(const struct casedoc *d, const struct block *b, struct arena *a,
		     struct casedoc_table *t, struct err *err)
{
	struct str rest = {d->text.p + b->rows, b->end - b->rows}, line, cells[MAX_COLUMNS];
	size_t max = str_count_char(rest, '\n') + 1;

	if (max * t->ncolumns > MAX_CELLS)
		return err_set(err, ERR_LIMIT, "%llu:1: a table of more than %zu cells",
			       (unsigned long long)b->line, MAX_CELLS);
	t->rows = arena_alloc(a, max * sizeof(*t->rows));
	t->lines = arena_alloc(a, max * sizeof(*t->lines));
	for (t->nrows = 0; scan_line(&rest, &line); t->nrows++) {
		struct str *row = arena_zalloc(a, t->ncolumns * sizeof(*row));
		size_t n = scan_cells(line, cells, t->ncolumns);

		for (size_t i = 0; i < t->ncolumns; i++)
			row[i] = i < n ? arena_str(a, cell_unescape(cells[i], a)) : STR("");
		t->rows[t->nrows] = row;
		t->lines[t->nrows] = b->line + 2 + t->nrows;
	}
	return 0;
}

int casedoc_read_table(const struct casedoc *d, size_t block, struct arena *a,
		       struct casedoc_table *out, struct err *err)
{
	const struct block *b = &d->blocks.v[block];
	struct str columns[MAX_COLUMNS];
	struct casedoc_table t = {.line = b->line};
	int rc;

	t.ncolumns = casedoc_columns(d, b, columns);
	t.columns = arena_alloc(a, t.ncolumns * sizeof(*t.columns));
	for (size_t i = 0; i < t.ncolumns; i++)
		t.columns[i] = arena_str(a, cell_unescape(columns[i], a));
	rc = read_rows(d, b, a, &t, err);
	if (!rc)
		*out = t;
	return rc;
}

int casedoc_table(const struct casedoc *d, const char *heading, struct arena *a,
		  struct casedoc_table *t, struct err *err)
{
	size_t i = casedoc_find(d, str_of(heading)), table;

	if (i == NONE)
		return err_set(err, ERR_NOTFOUND, "no section '%s'", heading);
	table = casedoc_find_table(d, i, NULL);
	if (table == NONE)
		return err_set(err, ERR_NOTFOUND, "%llu:1: no table in section '%s'",
			       (unsigned long long)d->blocks.v[i].line, heading);
	return casedoc_read_table(d, table, a, t, err);
}

struct str casedoc_cell(const struct casedoc_table *t, size_t row, const char *column)
{
	size_t i = casedoc_column(t->columns, t->ncolumns, str_of(column));

	return i == NONE ? STR("") : t->rows[row][i];
}

struct str casedoc_next_id(const struct casedoc *d, const char *heading, char letter,
			   struct arena *a)
{
	struct casedoc_table t = {.nrows = 0};
	uint64_t most = 0;

	if (casedoc_table(d, heading, a, &t, NULL))
		t.nrows = 0;
	for (size_t i = 0; i < t.nrows; i++) {
		struct str id = casedoc_cell(&t, i, letter ? "id" : "no");
		uint64_t v;

		if (letter && (!id.n || id.p[0] != letter))
			continue;
		if (str_u64(str_from(id, letter != 0), &v) && v > most && v < UINT32_MAX)
			most = v;
	}
	return str_of(letter ? arena_printf(a, "%c%llu", letter, (unsigned long long)most + 1)
			     : arena_printf(a, "%llu", (unsigned long long)most + 1));
}

/* Is id among the words of a cell, which commas or blanks part? */
static bool has_word(struct str cell, struct str id)
{
	for (size_t at = 0; at < cell.n;) {
		size_t n = 0;

		while (at + n < cell.n && !strchr(", \n", cell.p[at + n]))
			n++;
		if (str_eq((struct str){cell.p + at, n}, id))
			return true;
		at += n + 1;
	}
	return false;
}

/* A row of that id, or one that names the run. */
static bool table_has_id(const struct casedoc *d, const struct block *b, struct str id,
			 struct arena *a)
{
	struct str rest = {d->text.p + b->rows, b->end - b->rows}, columns[MAX_COLUMNS];
	struct str cells[MAX_COLUMNS], line;
	size_t ncolumns = casedoc_columns(d, b, columns);

	while (scan_line(&rest, &line)) {
		size_t n = scan_cells(line, cells, MAX_COLUMNS);

		for (size_t i = 0; i < n && i < ncolumns; i++) {
			struct str name = str_trim(columns[i]), cell = cell_unescape(cells[i], a);
			bool runs = str_eq(name, STR("runs")) || str_eq(name, STR("run"));

			if ((!i && str_eq(cell, id)) || (runs && has_word(cell, id)))
				return true;
		}
	}
	return false;
}

static bool list_has(const struct casedoc *d, const char *key, struct str id)
{
	const struct front_key *k = key_of(d, key);

	for (size_t i = 0; k && i < k->nitems; i++)
		if (str_eq(k->items[i].text, id))
			return true;
	return false;
}

bool casedoc_has_id(const struct casedoc *d, struct str id)
{
	bool found = list_has(d, "good", id) || list_has(d, "bad", id);
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; id.n && !found && i < d->blocks.n; i++) {
		const struct block *b = &d->blocks.v[i];

		if (b->kind == BLOCK_HEADING)
			found = str_eq(casedoc_heading_id(b->text), id);
		else if (b->kind == BLOCK_TABLE)
			found = table_has_id(d, b, id, &a);
	}
	arena_release(&a);
	return found;
}
