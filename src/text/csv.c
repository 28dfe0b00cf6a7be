// SPDX-License-Identifier: GPL-3.0-or-later
/* CSV: see csv.h. */
#include "text/csv.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/escape.h"
#include "text/json.h"
#include "text/utf8.h"

/* In quotes, which are doubled; nothing else changes. */
static void add_quoted(struct buf *b, struct str s)
{
	buf_reserve(b, 2 * s.n + 2);
	buf_add_char(b, '"');
	while (s.n) {
		size_t n = str_find_char(s, '"');

		buf_add(b, s.p, n);
		if (n < s.n)
			BUF_LIT(b, "\"\"");
		s = str_from(s, n + 1);
	}
	buf_add_char(b, '"');
}

/* Valid UTF-8 without NUL bytes? */
static bool is_clean(struct str s)
{
	return s.n == 0 || (utf8_valid(s) && !memchr(s.p, 0, s.n));
}

static void add_cleaned(struct buf *b, struct str s)
{
	struct buf clean = {0};

	for (size_t i = 0; i < s.n;) {
		uint32_t c;

		i += utf8_decode(str_from(s, i), &c);
		utf8_encode(&clean, c ? c : UTF8_REPLACEMENT);
	}
	csv_add_cell(b, buf_str(&clean));
	buf_release(&clean);
}

/* A cell with bytes that may need something. */
static void add_special(struct buf *b, struct str s)
{
	unsigned found = escape_copy(b, s, ',');
	bool quote = found & (ESCAPE_QUOTE | ESCAPE_OTHER);

	if (found & ESCAPE_ODD) {
		if (!is_clean(s)) {
			add_cleaned(b, s);
			return;
		}
		quote = quote || str_find_char(s, '\n') < s.n || str_find_char(s, '\r') < s.n;
	}
	if (quote)
		add_quoted(b, s);
	else
		b->n += s.n; /* it is there already */
}

void csv_add_cells(struct buf *b, const struct str *cells, size_t n, struct str around)
{
	for (size_t i = 0; i < n; i++) {
		struct str s = cells[i];
		char *to;

		if (b->cap - b->n < s.n + 3 + ESCAPE_STEP)
			buf_grow(b, s.n + 3 + ESCAPE_STEP);
		to = b->p + b->n;
		if (i) {
			*to++ = ',';
			b->n++;
		}
		if (!s.n)
			continue;
		if (!escape_copy_within(to, s, around, ',')) {
			b->n += s.n;
		} else if (!escape_copy_within(to + 1, s, around, '"')) { /* only commas */
			*to = to[s.n + 1] = '"';
			b->n += s.n + 2;
		} else {
			add_special(b, s);
		}
	}
}

void csv_add_cell(struct buf *b, struct str s)
{
	csv_add_cells(b, &s, 1, (struct str){0});
}

/* The strings in quotes for which CSV doubles each quote. false: there are bytes to be escaped. */
static bool add_plain_strings(struct buf *b, const struct str *s, size_t n, struct str around)
{
	size_t room = 4 + 5 * n + ESCAPE_STEP;
	char *to;

	for (size_t i = 0; i < n; i++)
		room += s[i].n;
	buf_reserve(b, room);
	to = b->p + b->n;
	memcpy(to, "\"[\"\"", 4);
	to += 4;
	for (size_t i = 0; i < n; i++) {
		if (s[i].n && escape_copy_within(to, s[i], around, '\\'))
			return false;
		to += s[i].n;
		memcpy(to, "\"\",\"\"", 5);
		to += 5;
	}
	memcpy(to - 3, "]\"", 2);
	b->n = (size_t)(to - 1 - b->p);
	return true;
}

void csv_add_strings(struct buf *b, const struct str *s, size_t n, struct str around)
{
	if (!n) {
		BUF_LIT(b, "[]");
	} else if (!add_plain_strings(b, s, n, around)) { /* rare: as JSON, then as a cell */
		struct buf json = {0};

		json_add_strings(&json, s, n);
		add_quoted(b, buf_str(&json));
		buf_release(&json);
	}
}

void csv_init(struct csv *c, struct str data)
{
	if (str_starts(data, STR("\xef\xbb\xbf")))
		data = str_from(data, 3);
	*c = (struct csv){.sep = ',', .rest = data, .next_line = 1};
}

void csv_release(struct csv *c)
{
	free(c->cells);
	buf_release(&c->room);
	*c = (struct csv){0};
}

/* A quoted cell; *rest is after its closing quote. */
static int read_quoted(struct csv *c, struct str *rest, struct str *cell, struct err *err)
{
	struct str in = str_from(*rest, 1);
	size_t start = c->room.n, n = str_find_char(in, '"');

	*cell = str_head(in, n);
	while (n + 1 < in.n && in.p[n + 1] == '"') { /* "" */
		buf_add(&c->room, in.p, n + 1);
		in = str_from(in, n + 2);
		n = str_find_char(in, '"');
	}
	if (n == in.n)
		return err_set(err, ERR_INPUT, "line %llu: quotes do not close",
			       (unsigned long long)c->line);
	if (c->room.n > start) {
		buf_add(&c->room, in.p, n);
		*cell = (struct str){c->room.p + start, c->room.n - start};
	}
	*rest = str_from(in, n + 1);
	if (rest->n && rest->p[0] != c->sep)
		return err_set(err, ERR_INPUT, "line %llu: text after closing quotes",
			       (unsigned long long)c->line);
	return 0;
}

static int read_row(struct csv *c, struct str row, struct err *err)
{
	/* All quoted text of the row fits, so that cells stay where they are. */
	buf_clear(&c->room);
	buf_reserve(&c->room, row.n);
	c->n = 0;
	for (;;) {
		struct str *cell = &array_push(c->cells, c->n, c->cap);
		int rc = 0;

		if (row.n && row.p[0] == '"') {
			rc = read_quoted(c, &row, cell, err);
		} else {
			*cell = str_head(row, str_find_char(row, c->sep));
			row = str_from(row, cell->n);
		}
		if (rc)
			return rc;
		if (!row.n || row.p[0] != c->sep)
			return 1;
		row = str_from(row, 1);
	}
}

/* Bytes up to the end of the row, the first LF that is not in a quoted cell. */
static size_t row_length(struct str s, char sep, uint64_t *lines)
{
	bool quoted = false, start = true;
	size_t i = 0;

	for (; i < s.n && (quoted || s.p[i] != '\n'); i++) {
		*lines += s.p[i] == '\n';
		if (quoted && s.p[i] == '"' && i + 1 < s.n && s.p[i + 1] == '"')
			i++;
		else if (s.p[i] == '"' && (quoted || start))
			quoted = !quoted;
		start = s.p[i] == sep && !quoted;
	}
	*lines += i < s.n;
	return i;
}

int csv_next(struct csv *c, struct err *err)
{
	while (c->rest.n) {
		size_t n;
		struct str row;

		c->line = c->next_line;
		n = row_length(c->rest, c->sep, &c->next_line);
		row = str_head(c->rest, n);
		c->rest = str_from(c->rest, n + 1);
		if (row.n && row.p[row.n - 1] == '\r')
			row.n--;
		if (row.n)
			return read_row(c, row, err);
	}
	return 0;
}
