// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Changing what stands below the front matter: see casedoc.h. Every change is a few splices into
 * the bytes, then a new document made of them; it takes the old one's place only if what was
 * written reads back, so that code or a comment that nobody ended cannot swallow it.
 */
#include "case/casedoc-priv.h"

#include <stdlib.h>

#define MAX_SPLICES 260 /* header, delimiter row and the cells of a row */

/* The order of sections in a new document; a missing one is made at its place. */
static const char *const sections[] = {"Symptoms", "Timeline", "Hypotheses", "Experiments",
				       "Conclusion"};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t casedoc_back_over_blanks(struct str text, size_t at, size_t floor)
{
	size_t end = at;

	while (end > floor && blank(text.p[end - 1]))
		end--;
	if (end == floor)
		return floor;
	end += str_find_char((struct str){text.p + end, at - end}, '\n');
	return end < at ? end + 1 : at;
}

void casedoc_lay_out(const struct casedoc *d, size_t at, struct str lines, struct buf *b)
{
	struct str text = casedoc_text(d), eol = str_of(casedoc_eol_at(d, at));

	if (at && text.p[at - 1] != '\n')
		buf_add_str(b, eol);
	buf_add_str(b, eol);
	buf_add_str(b, lines);
	if (at < text.n && text.p[at] != '\n' && text.p[at] != '\r')
		buf_add_str(b, eol);
}

/* Where a section goes: index of the block before which it stands, and its level. */
static size_t place_of_section(const struct casedoc *d, struct str name)
{
	size_t known = 0;

	while (known < ARRAY_SIZE(sections) && !str_eq_nocase(name, str_of(sections[known])))
		known++;
	for (size_t i = 0; i < d->blocks.n; i++) {
		const struct block *k = &d->blocks.v[i];

		for (size_t j = known + 1; k->kind == BLOCK_HEADING && j < ARRAY_SIZE(sections);
		     j++)
			if (k->level == 2 && str_eq_nocase(k->text, str_of(sections[j])))
				return i;
	}
	return d->blocks.n;
}

/* Make the section, and those it stands in. */
static int make_section(struct casedoc **d, struct str path, struct err *err)
{
	size_t slash = str_find_char(path, '/'), parent = NONE, before, at, i;
	CLEANUP_BUF struct buf heading = {0}, b = {0};
	struct casedoc *fresh;
	struct str name = path;
	unsigned level = 2;
	int rc;

	if (slash < path.n) {
		parent = casedoc_find(*d, str_head(path, slash));
		if (parent == NONE) {
			rc = make_section(d, str_head(path, slash), err);
			if (rc)
				return rc;
			parent = casedoc_find(*d, str_head(path, slash));
		}
		name = str_from(path, slash + 1);
		level = (*d)->blocks.v[parent].level + 1;
	}
	before =
		slash < path.n ? casedoc_section_end(*d, parent, true) : place_of_section(*d, name);
	at = casedoc_back_over_blanks(casedoc_text(*d), casedoc_block_start(*d, before),
				      (*d)->front.body);
	for (i = 0; i < level; i++)
		buf_add_char(&heading, '#');
	buf_add_char(&heading, ' ');
	buf_add_str(&heading, name);
	buf_add_str(&heading, str_of(casedoc_eol_at(*d, at)));
	casedoc_lay_out(*d, at, buf_str(&heading), &b);
	rc = casedoc_spliced(*d, &(struct splice){at, at, buf_str(&b)}, 1, &fresh, err);
	if (rc)
		return rc;
	if (casedoc_find(fresh, path) == NONE) {
		casedoc_free(fresh);
		return err_set(
			err, ERR_INPUT,
			"%llu:1: cannot add the section '" STR_FMT "': what stands above has no "
			"end (code, a comment), or its name is no heading",
			(unsigned long long)casedoc_line_at(casedoc_text(*d), at, &(uint64_t){0}),
			STR_ARG(path));
	}
	casedoc_free(*d);
	*d = fresh;
	return 0;
}

static void add_cell(struct buf *b, struct str cell)
{
	buf_add_char(b, ' ');
	cell_escape(b, cell);
	BUF_LIT(b, " |");
}

/* A table with its header and one row, at the end of what stands under heading i. */
static void make_table(const struct casedoc *d, size_t i, const char *const *columns,
		       const struct str *cells, size_t n, struct buf *with, size_t *at)
{
	size_t end = casedoc_block_start(d, casedoc_section_end(d, i, false));
	CLEANUP_BUF struct buf b = {0};
	const char *eol;

	*at = casedoc_back_over_blanks(casedoc_text(d), end, d->blocks.v[i].end);
	eol = casedoc_eol_at(d, *at);
	BUF_LIT(&b, "|");
	for (size_t k = 0; k < n; k++)
		add_cell(&b, str_of(columns[k]));
	buf_printf(&b, "%s|", eol);
	for (size_t k = 0; k < n; k++)
		BUF_LIT(&b, " --- |");
	buf_printf(&b, "%s", eol);
	BUF_LIT(&b, "|");
	for (size_t k = 0; k < n; k++)
		add_cell(&b, cells[k]);
	buf_printf(&b, "%s", eol);
	casedoc_lay_out(d, *at, buf_str(&b), with);
}

/* An edit of a table: its splices in order, and the bytes they take theirs from. */
struct edit {
	const struct casedoc *d;
	const struct block *table;
	struct str columns[MAX_COLUMNS];
	size_t ncolumns;
	size_t *map; /* of the given columns to those of the table */
	struct splice splices[MAX_SPLICES];
	struct buf with[MAX_SPLICES];
	size_t n;
};

static struct buf *add_splice(struct edit *e, size_t start, size_t end)
{
	e->splices[e->n] = (struct splice){start, end, {NULL, 0}};
	e->with[e->n] = (struct buf){0};
	return &e->with[e->n++];
}

static size_t offset(const struct edit *e, const char *p)
{
	return (size_t)(p - e->d->text.p);
}

/* Does the row end in a pipe that closes its last cell? */
static bool closed(struct str row)
{
	return row.n > 1 && row.p[row.n - 1] == '|' && row.p[row.n - 2] != '\\';
}

/* Where cells are added to a line, and the pipe that may be missing there. */
static struct buf *extend_line(struct edit *e, struct str line)
{
	struct str s = scan_chomp(line);
	struct buf *b;

	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	b = add_splice(e, offset(e, s.p + s.n), offset(e, s.p + s.n));
	if (!closed(s))
		BUF_LIT(b, " |");
	return b;
}

/* Find the columns; new ones go behind those of the header. */
static int map_columns(struct edit *e, const char *const *columns, size_t n, struct err *err)
{
	struct str rest = {e->d->text.p + e->table->start, e->table->end - e->table->start};
	struct str header, delimiters;
	struct buf *names = NULL, *marks = NULL;

	scan_line(&rest, &header);
	scan_line(&rest, &delimiters);
	e->ncolumns = casedoc_columns(e->d, e->table, e->columns);
	for (size_t i = 0; i < n; i++) {
		e->map[i] = casedoc_column(e->columns, e->ncolumns, str_of(columns[i]));
		if (e->map[i] != NONE)
			continue;
		if (e->ncolumns == MAX_COLUMNS)
			return err_set(err, ERR_LIMIT, "%llu:1: a table of more than %d columns",
				       (unsigned long long)e->table->line, MAX_COLUMNS);
		if (!names) {
			names = extend_line(e, header);
			marks = extend_line(e, delimiters);
		}
		add_cell(names, str_of(columns[i]));
		BUF_LIT(marks, " --- |");
		e->columns[e->ncolumns] = str_of(columns[i]);
		e->map[i] = e->ncolumns++;
	}
	return 0;
}

/* The row with that id in the column; line 0: there is none. */
static int find_row(const struct casedoc *d, const struct block *table, size_t column,
		    struct str id, struct str *row, uint64_t *line, struct err *err)
{
	struct str rest = {d->text.p + table->rows, table->end - table->rows}, at, *cells;
	uint64_t no = table->line + 2;
	struct arena a;
	int rc = 0;

	arena_init(&a);
	cells = arena_alloc(&a, (column + 1) * sizeof(*cells));
	*line = 0;
	for (; !rc && scan_line(&rest, &at); no++) {
		if (scan_cells(at, cells, column + 1) <= column ||
		    !str_eq(cell_unescape(cells[column], &a), id))
			continue;
		if (*line)
			rc = err_set(err, ERR_INPUT,
				     "%llu:1: '" STR_FMT "' stands here again, first in line %llu; "
				     "inquest status --settle gives it the next free number",
				     (unsigned long long)no, STR_ARG(str_head(id, 60)),
				     (unsigned long long)*line);
		else
			*row = at;
		*line = *line ? *line : no;
	}
	arena_release(&a);
	return rc;
}

/* Change one cell; the blanks around what stood there stay. */
static void replace_cell(struct edit *e, struct str cell, struct str text)
{
	CLEANUP_BUF struct buf b = {0};
	struct str old = str_trim(cell);
	bool tight = old.n && old.p + old.n == cell.p + cell.n; /* no blank before the pipe */
	struct buf *with;

	cell_escape(&b, text);
	if (str_eq(old, buf_str(&b)))
		return;
	if (!old.n) {
		with = add_splice(e, offset(e, cell.p), offset(e, cell.p + cell.n));
		BUF_LIT(with, " ");
	} else {
		with = add_splice(e, offset(e, old.p), offset(e, old.p + old.n));
	}
	buf_add_str(with, buf_str(&b));
	if (!old.n || (tight && b.n && b.p[b.n - 1] == '\\'))
		BUF_LIT(with, " ");
}

/* Cells of a row by column of the table; a cell that is not given has no bytes at all. */
static void edit_row(struct edit *e, struct str row, const struct str *by_column)
{
	struct str cells[MAX_COLUMNS];
	size_t have = scan_cells(row, cells, MAX_COLUMNS), want = 0;
	struct buf *b;

	for (size_t i = 0; i < e->ncolumns; i++) {
		if (i < have && by_column[i].p)
			replace_cell(e, cells[i], by_column[i]);
		if (by_column[i].p && by_column[i].n)
			want = i + 1;
	}
	if (want <= have)
		return;
	b = extend_line(e, row);
	for (size_t i = have; i < want; i++)
		add_cell(b, by_column[i]);
}

static void new_row(struct edit *e, const struct str *by_column)
{
	size_t at = e->table->end;
	struct str text = casedoc_text(e->d), eol = str_of(casedoc_eol_at(e->d, at));
	struct buf *b = add_splice(e, at, at);
	bool open = text.p[at - 1] != '\n';

	if (open)
		buf_add_str(b, eol);
	BUF_LIT(b, "|");
	for (size_t i = 0; i < e->ncolumns; i++)
		add_cell(b, by_column[i]);
	if (!open)
		buf_add_str(b, eol);
}

/* What a cell holds of a text: its blanks, line breaks and control bytes are not all kept. */
static struct str as_cell(struct str text, struct arena *a)
{
	CLEANUP_BUF struct buf b = {0};

	cell_escape(&b, text);
	return arena_str(a, cell_unescape(buf_str(&b), a));
}

/* Put the splices of a row together. */
static int plan_row(struct edit *e, const char *const *columns, const struct str *cells, size_t n,
		    struct err *err)
{
	struct str by_column[MAX_COLUMNS] = {{0}}, row;
	struct arena a;
	uint64_t line;
	int rc = map_columns(e, columns, n, err);

	arena_init(&a);
	if (!rc)
		rc = find_row(e->d, e->table, e->map[0], as_cell(cells[0], &a), &row, &line, err);
	arena_release(&a);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		by_column[e->map[i]] = cells[i].p ? cells[i] : STR("");
	if (line)
		edit_row(e, row, by_column);
	else
		new_row(e, by_column);
	return 0;
}

/* Is the row there, with these cells? */
static bool reads_back(const struct casedoc *d, const char *heading, const char *const *columns,
		       const struct str *cells, size_t n, struct arena *a)
{
	size_t section = casedoc_find(d, str_of(heading)), table, have, nnames;
	struct str got[MAX_COLUMNS], names[MAX_COLUMNS], row;
	uint64_t line = 0;

	table = section == NONE ? NONE : casedoc_find_table(d, section, columns[0]);
	if (table == NONE)
		return false;
	nnames = casedoc_columns(d, &d->blocks.v[table], names);
	if (find_row(d, &d->blocks.v[table], casedoc_column(names, nnames, str_of(columns[0])),
		     as_cell(cells[0], a), &row, &line, NULL) ||
	    !line)
		return false;
	have = scan_cells(row, got, MAX_COLUMNS);
	for (size_t i = 0; i < n; i++) {
		size_t column = casedoc_column(names, nnames, str_of(columns[i]));
		struct str is = column < have ? cell_unescape(got[column], a) : STR("");

		if (column == NONE || !str_eq(as_cell(cells[i], a), is))
			return false;
	}
	return true;
}

static int splice_row(const struct casedoc *d, size_t section, const char *const *columns,
		      const struct str *cells, size_t n, struct casedoc **fresh, struct err *err)
{
	size_t table = casedoc_find_table(d, section, columns[0]), at;
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_FREE struct edit *e = NULL;
	int rc;

	if (table == NONE) {
		make_table(d, section, columns, cells, n, &b, &at);
		return casedoc_spliced(d, &(struct splice){at, at, buf_str(&b)}, 1, fresh, err);
	}
	e = mem_zalloc(sizeof(*e));
	e->d = d;
	e->table = &d->blocks.v[table];
	e->map = mem_alloc(n * sizeof(*e->map));
	rc = plan_row(e, columns, cells, n, err);
	for (size_t i = 0; i < e->n; i++)
		e->splices[i].with = buf_str(&e->with[i]);
	if (!rc)
		rc = casedoc_spliced(d, e->splices, e->n, fresh, err);
	for (size_t i = 0; i < e->n; i++)
		buf_release(&e->with[i]);
	free(e->map);
	return rc;
}

int casedoc_add_section(struct casedoc *d, const char *heading, struct err *err)
{
	struct casedoc *fresh;
	int rc;

	if (casedoc_find(d, str_of(heading)) != NONE)
		return 0;
	rc = casedoc_parse(&fresh, casedoc_text(d), err);
	if (rc)
		return rc;
	rc = make_section(&fresh, str_of(heading), err);
	if (rc)
		casedoc_free(fresh);
	else
		casedoc_become(d, fresh);
	return rc;
}

static int put_row(const struct casedoc *d, const char *heading, const char *const *columns,
		   const struct str *cells, size_t n, struct casedoc **out, struct err *err)
{
	size_t section = casedoc_find(d, str_of(heading));
	struct casedoc *fresh;
	struct arena a;
	bool good;
	int rc = splice_row(d, section, columns, cells, n, &fresh, err);

	if (rc)
		return rc;
	arena_init(&a);
	good = reads_back(fresh, heading, columns, cells, n, &a);
	arena_release(&a);
	if (good) {
		*out = fresh;
		return 0;
	}
	casedoc_free(fresh);
	return err_set(err, ERR_INPUT,
		       "%llu:1: cannot write a row under '%s': what stands above its place has no "
		       "end (code, a comment), or the id is no plain word",
		       (unsigned long long)d->blocks.v[section].line, heading);
}

int casedoc_put_row(struct casedoc *d, const char *heading, const char *const *columns,
		    const struct str *cells, size_t n, struct err *err)
{
	struct casedoc *with_section, *fresh = NULL;
	int rc;

	if (!n || n > MAX_COLUMNS || !str_trim(cells[0]).n)
		return err_set(err, ERR_USAGE, "a row needs an id");
	if (casedoc_find(d, str_of(heading)) != NONE) {
		rc = put_row(d, heading, columns, cells, n, &fresh, err);
	} else {
		rc = casedoc_parse(&with_section, casedoc_text(d), err);
		if (rc)
			return rc;
		rc = casedoc_add_section(with_section, heading, err);
		if (!rc)
			rc = put_row(with_section, heading, columns, cells, n, &fresh, err);
		casedoc_free(with_section);
	}
	if (!rc)
		casedoc_become(d, fresh);
	return rc;
}
