// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What an unfinished merge left: see casedoc_settle().
 *
 * Git marks a conflict by lines <<<<<<<, (|||||||, the base,) =======, >>>>>>>. Two branches that
 * each add rows at the end of one table conflict so, by git's nature: both put lines at one place.
 * Both sides are kept if they consist of rows, or of list items, and no row looks like one that
 * both changed: same id and most other cells equal. Everything else is for people.
 */
#include "case/casedoc-priv.h"

#include <stdlib.h>

#include "base/hash.h"

#define MARK      7                 /* characters of a mark */
#define MAX_SIDES ((size_t)1 << 16) /* bytes of a conflict */

#define MAX_CONFLICTS 1000

/* Is the line a mark of this character: seven of it, then a blank or the end? */
static bool is_mark(struct str line, char c)
{
	line = scan_chomp(line);
	if (line.n < MARK || (line.n > MARK && line.p[MARK] != ' '))
		return false;
	for (size_t i = 0; i < MARK; i++)
		if (line.p[i] != c)
			return false;
	return true;
}

/* The first line that is a mark of this text's character. */
static size_t find_mark(struct str text, size_t from, struct str mark)
{
	for (size_t at = from; at < text.n; at++) {
		struct str line = str_from(text, at += str_find(str_from(text, at), mark));

		line.n = str_find_char(line, '\n');
		if (at < text.n && (!at || text.p[at - 1] == '\n') && is_mark(line, mark.p[0]))
			return at;
	}
	return text.n;
}

size_t conflict_find(struct str text, size_t from)
{
	size_t a = find_mark(text, from, STR("<<<<<<<")), b = find_mark(text, from, STR(">>>>>>>"));

	return a < b ? a : b;
}

struct conflict {
	struct str ours, base, theirs;
	size_t start, end; /* with its marks */
};

/* The conflict whose first mark stands at start; false if its marks are not complete. */
static bool read_conflict(struct str text, size_t start, struct conflict *c)
{
	struct str rest = str_from(text, start), line, *side = &c->ours;

	*c = (struct conflict){.start = start};
	if (!scan_line(&rest, &line) || !is_mark(line, '<'))
		return false;
	*side = str_head(rest, 0);
	while (scan_line(&rest, &line)) {
		if (is_mark(line, '<'))
			return false;
		if (is_mark(line, '>')) {
			c->end = (size_t)(rest.p - text.p);
			return side == &c->theirs;
		}
		if (side == &c->ours && is_mark(line, '|'))
			*(side = &c->base) = str_head(rest, 0);
		else if (side != &c->theirs && is_mark(line, '='))
			*(side = &c->theirs) = str_head(rest, 0);
		else
			side->n += line.n;
	}
	return false;
}

static bool is_row(struct str line)
{
	return line.n && line.p[0] == '|';
}

static bool is_item(struct str line)
{
	struct str s = line;

	while (s.n && s.p[0] == ' ')
		s = str_from(s, 1);
	return s.n > 1 && s.p[0] == '-' && s.p[1] == ' ';
}

static bool all_lines(struct str side, bool (*is)(struct str line))
{
	struct str line;

	while (scan_line(&side, &line))
		if (!is(line))
			return false;
	return true;
}

/* Two rows with one id: one row, changed in two ways? Then most of the other cells are the same. */
static bool same_row(struct str a, struct str b)
{
	struct str x[MAX_COLUMNS], y[MAX_COLUMNS];
	size_t nx = scan_cells(a, x, MAX_COLUMNS), ny = scan_cells(b, y, MAX_COLUMNS);
	size_t same = 0, other = 0;

	if (!nx || !ny || !str_eq(str_trim(x[0]), str_trim(y[0])))
		return false;
	for (size_t i = 1; i < nx && i < ny && i < MAX_COLUMNS; i++) {
		struct str p = str_trim(x[i]), q = str_trim(y[i]);

		if (!p.n && !q.n)
			continue;
		if (str_eq(p, q))
			same++;
		else
			other++;
	}
	return other && same > other;
}

static bool has_line(struct str side, struct str line)
{
	struct str other;

	while (scan_line(&side, &other))
		if (str_eq(scan_chomp(other), scan_chomp(line)))
			return true;
	return false;
}

static bool changed_twice(struct str ours, struct str theirs)
{
	struct str line, other, rest;

	while (scan_line(&theirs, &line))
		for (rest = ours; scan_line(&rest, &other);)
			if (same_row(line, other))
				return true;
	return false;
}

/* NULL: both sides can be kept. Else why not. */
static const char *not_additions(const struct conflict *c)
{
	bool rows = all_lines(c->ours, is_row) && all_lines(c->theirs, is_row);
	bool items = all_lines(c->ours, is_item) && all_lines(c->theirs, is_item);

	if (c->ours.n + c->theirs.n > MAX_SIDES)
		return "is too long";
	if (c->base.n)
		return "changes or deletes lines that were there before";
	if (!rows && !items)
		return "is not only of rows of a table or items of a list";
	if (rows && !c->base.p && changed_twice(c->ours, c->theirs))
		return "changes one row in two ways";
	return NULL;
}

static uint64_t line_of(struct str text, size_t at)
{
	uint64_t column;

	return casedoc_line_at(text, at, &column);
}

/* Both sides without the marks; lines that both have once. */
static void keep_both(const struct conflict *c, struct buf *out)
{
	struct str rest = c->theirs, line;

	buf_add_str(out, c->ours);
	while (scan_line(&rest, &line))
		if (!has_line(c->ours, line))
			buf_add_str(out, line);
}

static int settle_conflicts(struct str text, struct buf *out, struct buf *notes, struct err *err)
{
	size_t at = 0;

	for (unsigned n = 0;; n++) {
		size_t next = conflict_find(text, at);
		struct conflict c;
		const char *why;
		uint64_t line;

		buf_add(out, text.p + at, next - at);
		if (next == text.n)
			return 0;
		if (n == MAX_CONFLICTS)
			return err_set(err, ERR_LIMIT, "more than %d conflicts", MAX_CONFLICTS);
		line = line_of(text, next);
		if (!read_conflict(text, next, &c))
			return err_set(
				err, ERR_INPUT,
				"%llu:1: a mark of a merge without the others that belong to "
				"it",
				(unsigned long long)line);
		why = not_additions(&c);
		if (why)
			return err_set(err, ERR_INPUT,
				       "%llu:1: this conflict %s; keep what is right by hand and "
				       "delete the lines with <<<<<<<, ======= and >>>>>>>",
				       (unsigned long long)line, why);
		keep_both(&c, out);
		buf_printf(notes, "kept what both sides added at line %llu\n",
			   (unsigned long long)line);
		at = c.end;
	}
}

/* Ids of a table that stand twice: the later ones get numbers that are free. */
struct renumbering {
	struct intern seen;
	uint64_t most; /* number of the table's ids so far */
	struct splice *splices;
	size_t n, cap;
};

/* The number of an id behind its letters. */
static bool number_of(struct str id, struct str *letters, uint64_t *number)
{
	size_t n = 0;

	while (n < id.n && !(id.p[n] >= '0' && id.p[n] <= '9'))
		n++;
	*letters = str_head(id, n);
	return n <= 8 && str_u64(str_from(id, n), number) && *number < UINT32_MAX;
}

static void renumber_row(struct renumbering *r, const struct casedoc *d, struct str cell,
			 uint64_t line, struct arena *a, struct buf *notes)
{
	struct str id = str_trim(cell), letters;
	uint64_t number;
	uint32_t seen;
	char *fresh;

	if (!intern_find(&r->seen, id, &seen)) {
		intern_add(&r->seen, id);
		return;
	}
	if (!number_of(id, &letters, &number))
		return;
	fresh = arena_printf(a, STR_FMT "%llu", STR_ARG(letters), (unsigned long long)++r->most);
	array_push(r->splices, r->n, r->cap) = (struct splice){
		.start = (size_t)(id.p - d->text.p),
		.end = (size_t)(id.p + id.n - d->text.p),
		.with = str_of(fresh),
	};
	buf_printf(notes,
		   "the second " STR_FMT
		   " (line %llu) is now %s; whatever names it still says " STR_FMT "\n",
		   STR_ARG(id), (unsigned long long)line, fresh, STR_ARG(id));
}

static int renumber(struct casedoc *d, const char *heading, const char *key, struct buf *notes,
		    struct err *err)
{
	size_t section = casedoc_find(d, str_of(heading)), table, column;
	struct renumbering r = {.most = 0};
	struct str columns[MAX_COLUMNS], *cells = columns, rest, line;
	const struct block *b;
	struct casedoc *fresh;
	struct arena a;
	int rc = 0;

	table = section == NONE ? NONE : casedoc_find_table(d, section, key);
	if (table == NONE)
		return 0;
	b = &d->blocks.v[table];
	column = casedoc_column(columns, casedoc_columns(d, b, columns), str_of(key));
	arena_init(&a);
	intern_init(&r.seen);
	for (int pass = 0; pass < 2; pass++) {
		uint64_t no = b->line + 2;

		rest = (struct str){d->text.p + b->rows, b->end - b->rows};
		for (; scan_line(&rest, &line); no++) {
			struct str letters;
			uint64_t number;

			if (scan_cells(line, cells, MAX_COLUMNS) <= column ||
			    !str_trim(cells[column]).n)
				continue;
			if (pass)
				renumber_row(&r, d, cells[column], no, &a, notes);
			else if (number_of(str_trim(cells[column]), &letters, &number) &&
				 number > r.most)
				r.most = number;
		}
	}
	if (r.n)
		rc = casedoc_spliced(d, r.splices, r.n, &fresh, err);
	if (r.n && !rc)
		casedoc_become(d, fresh);
	free(r.splices);
	intern_release(&r.seen);
	arena_release(&a);
	return rc;
}

int casedoc_settle(struct str text, struct buf *out, struct buf *notes, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct casedoc *d;
	int rc = settle_conflicts(text, &b, notes, err);

	if (!rc)
		rc = casedoc_parse(&d, buf_str(&b), err);
	if (rc)
		return rc;
	rc = renumber(d, "Symptoms", "id", notes, err);
	if (!rc)
		rc = renumber(d, "Timeline", "no", notes, err);
	if (!rc)
		rc = renumber(d, "Experiments", "id", notes, err);
	if (!rc)
		buf_add_str(out, casedoc_text(d));
	casedoc_free(d);
	return rc;
}
