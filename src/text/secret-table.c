// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Tables of text (RFC 4180, and with other signs between cells): the first line has names, one of
 * which says that its column holds secrets.
 */
#include "text/secret-priv.h"

#define LINE_MAX ((size_t)2048)

/* Cell number index of the line at at, quotes left out; false if the line has not fields cells. */
static bool cell_of(struct str s, size_t at, const struct secret_column *c, struct str *cell)
{
	struct str rest = str_head(str_from(s, at), LINE_MAX);
	size_t n = 0, from = 0;
	char quote = 0;

	rest = str_head(rest, str_find_char(rest, '\n'));
	for (size_t i = 0; i <= rest.n; i++) {
		if (i < rest.n && (rest.p[i] == '"' || quote)) {
			if (rest.p[i] == '"')
				quote = quote ? 0 : '"';
			continue;
		}
		if (i < rest.n && rest.p[i] != c->sep)
			continue;
		if (n++ == c->index)
			*cell = str_trim((struct str){rest.p + from, i - from});
		from = i + 1;
	}
	if (n != c->fields)
		return false;
	if (cell->n >= 2 && cell->p[0] == '"' && cell->p[cell->n - 1] == '"')
		*cell = (struct str){cell->p + 1, cell->n - 2};
	return true;
}

bool secret_column_of(struct str s, size_t at, struct secret_column *c)
{
	size_t from = at, to = at, start = secret_line_start(s, at), quote;
	struct secret_name n;

	if (start > 0 && s.p[start - 1] != '\n')
		return false;
	while (from > start && secret_name_char(s.p[from - 1]))
		from--;
	while (to < s.n && to < at + 80 && secret_name_char(s.p[to]))
		to++;
	quote = from > start && s.p[from - 1] == '"';
	*c = (struct secret_column){.sep = from - quote > start ? s.p[from - quote - 1]
					   : to + quote < s.n   ? s.p[to + quote]
								: ' '};
	if (!strchr(",;\t|", c->sep) || !c->sep || to + quote >= s.n ||
	    (s.p[to + quote] != c->sep && !secret_line_end(s, to + quote)))
		return false;
	c->fields = 1;
	for (c->line = start; c->line < s.n && s.p[c->line] != '\n'; c->line++) {
		char k = s.p[c->line];

		if (k == c->sep)
			c->fields++;
		else if (!secret_name_char(k) && k != '"' && k != '\r')
			return false; /* no names */
		if (c->line < from && k == c->sep)
			c->index++;
		if (c->line > start + LINE_MAX)
			return false;
	}
	n = secret_name_of((struct str){s.p + from, to - from});
	c->kind = n.kind;
	c->name = n;
	return c->fields > 1 && n.strength >= SECRET_TOKEN && n.strength <= SECRET_STRONG && n.sure;
}

bool secret_column_next(struct str s, struct secret_column *c, struct secret_span *out)
{
	struct str cell = {0};

	while (c->line + 1 < s.n && cell_of(s, c->line + 1, c, &cell)) {
		c->line += 1 + str_find_char(str_from(s, c->line + 1), '\n');
		if (!secret_accepts(&c->name, cell, true))
			continue;
		*out = (struct secret_span){.from = (size_t)(cell.p - s.p), .kind = c->kind};
		out->to = out->from + cell.n;
		return true;
	}
	return false;
}
