// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Cells of tables: text that any forge shows as it is. Only what Markdown would take for more than
 * text is escaped, so that names_like_this stay readable in the source; reading undoes exactly
 * that.
 */
#include "case/casedoc-priv.h"
#include "text/markdown.h"

#define MAX_TICKS 32 /* of a code span; keeps the search for its end linear */
#define MAX_BREAK 16 /* bytes of <br />, with some blanks */

static bool punctuation(char c)
{
	return c > ' ' && c < 0x7f &&
	       !((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'));
}

void cell_escape(struct buf *b, struct str text)
{
	markdown_escape(b, str_trim(text), ' ', ' ');
}

/* Bytes of the code span that begins here, its ticks included; 0 if none does. */
static size_t code_span(struct str s)
{
	size_t ticks = 0, i;

	while (ticks < s.n && s.p[ticks] == '`')
		ticks++;
	if (ticks > MAX_TICKS)
		return 0;
	for (i = ticks; i < s.n;) {
		size_t n = 0;

		while (i + n < s.n && s.p[i + n] == '`')
			n++;
		if (n == ticks)
			return i + n;
		i += n ? n : 1;
	}
	return 0;
}

/* The first of two steps, by which GitHub reads a row: \| is a pipe, in code spans too. */
static struct str unescape_pipes(struct str s, struct arena *a)
{
	char *p = arena_bytes(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\\' || i + 1 == s.n || s.p[i + 1] != '|')
			p[n++] = s.p[i];
	return (struct str){p, n};
}

/* Bytes of <br> at s; 0 if it is something else. */
static size_t line_break(struct str s)
{
	size_t end = str_find_char(str_head(s, MAX_BREAK), '>');
	struct str in = str_trim(str_from(str_head(s, end), 3));

	if (end >= s.n || end == MAX_BREAK || !str_eq_nocase(str_head(s, 3), STR("<br")))
		return 0;
	return !in.n || str_eq(in, STR("/")) ? end + 1 : 0;
}

struct str cell_unescape(struct str cell, struct arena *a)
{
	struct str s = str_trim(cell);
	size_t code = 0, no_code = 0,
	       n = 0; /* a code span ends there; ticks up to there begin none */
	char *p;

	if (str_find_char(s, '\\') == s.n && str_find_char(s, '<') == s.n)
		return s;
	s = unescape_pipes(s, a);
	p = arena_bytes(a, s.n + 1);
	for (size_t i = 0, br; i < s.n; i++) {
		if (s.p[i] == '`' && i >= code && i >= no_code) {
			code = i + code_span(str_from(s, i));
			for (no_code = i; no_code < s.n && s.p[no_code] == '`';)
				no_code++;
		}
		if (i >= code && (br = line_break(str_from(s, i)))) {
			p[n++] = '\n';
			i += br - 1;
			continue;
		}
		if (i >= code && s.p[i] == '\\' && i + 1 < s.n && punctuation(s.p[i + 1]))
			i++;
		p[n++] = s.p[i];
	}
	return (struct str){p, n};
}
