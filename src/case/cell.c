// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Cells of tables: text that any forge shows as it is. Only what Markdown would take for more than
 * text is escaped, so that names_like_this stay readable in the source; reading undoes exactly
 * that.
 */
#include "case/casedoc-priv.h"
#include "text/utf8.h"

#define MAX_ENTITY 33 /* bytes of the longest entity */
#define MAX_TICKS  32 /* of a code span; keeps the search for its end linear */
#define MAX_BREAK  16 /* bytes of <br />, with some blanks */

static bool alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
}

static bool punctuation(char c)
{
	return c > ' ' && c < 0x7f && !alnum(c);
}

/* Would the character at i be markup? */
static bool is_markup(struct str s, size_t i)
{
	char c = s.p[i], before = i ? s.p[i - 1] : ' ', after = i + 1 < s.n ? s.p[i + 1] : ' ';
	struct str rest = str_from(s, i + 1);
	size_t end;

	switch (c) {
	case '|':
	case '`': return true;
	case '~': return before != ' ' || after != '/'; /* not of ~/folder */
	case '*': return before != ' ' || after != ' ';
	case '_': return !alnum(before) || !alnum(after);
	case '<': return alnum(after) || strchr("/!?", after);
	case '\\': return i + 1 == s.n || punctuation(after) || after == '\n' || after == '\r';
	case ']': return after == '(' || after == '[';
	case '&': /* an entity */
		rest = str_head(rest, MAX_ENTITY);
		end = str_find_char(rest, ';');
		return end > 0 && end < rest.n;
	default: return false;
	}
}

void cell_escape(struct buf *b, struct str text)
{
	text = str_trim(text);
	for (size_t i = 0, n; i < text.n; i += n) {
		uint32_t code;
		char c = text.p[i];

		n = 1;
		if (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n') {
			continue;
		} else if (c == '\n') {
			BUF_LIT(b, "<br>");
		} else if (c == '\t') {
			buf_add_char(b, ' ');
		} else if (c & 0x80) {
			n = utf8_decode(str_from(text, i), &code);
			utf8_encode(b, code);
		} else if (c < ' ' || c == 0x7f) {
			utf8_encode(b, UTF8_REPLACEMENT);
		} else {
			if (is_markup(text, i))
				buf_add_char(b, '\\');
			buf_add_char(b, c);
		}
	}
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
