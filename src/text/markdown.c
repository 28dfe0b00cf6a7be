// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Text in Markdown: see markdown.h. Only what Markdown would take for more than text is escaped, so
 * that names_like_this stay readable in the source.
 */
#include "text/markdown.h"

#include "text/utf8.h"

#define MAX_ENTITY 33 /* bytes of the longest entity */

static bool alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
}

static bool punctuation(char c)
{
	return c > ' ' && c < 0x7f && !alnum(c);
}

/* Would c be markup between these, followed by rest? 0: a neighbour that is not known. */
static bool is_markup(char before, char c, char after, struct str rest)
{
	size_t end;

	switch (c) {
	case '|':
	case '`': return true;
	case '~': return before != ' ' || after != '/'; /* not of ~/folder */
	case '*': return before != ' ' || after != ' ';
	case '_': return !alnum(before) || !alnum(after);
	case '<': return alnum(after) || memchr("/!?", after, 4);
	case '\\': return !rest.n || punctuation(after) || after == '\n' || after == '\r';
	case ']': return memchr("([", after, 3);
	case '&': /* an entity */
		rest = str_head(rest, MAX_ENTITY);
		end = str_find_char(rest, ';');
		return end > 0 && end < rest.n;
	default: return false;
	}
}

void markdown_escape(struct buf *b, struct str text, char before, char after)
{
	for (size_t i = 0, n; i < text.n; i += n) {
		char c = text.p[i], next = i + 1 < text.n ? text.p[i + 1] : after;
		uint32_t code;

		n = 1;
		if (c == '\r' && next == '\n') {
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
			if (is_markup(i ? text.p[i - 1] : before, c, next, str_from(text, i + 1)))
				buf_add_char(b, '\\');
			buf_add_char(b, c);
		}
	}
}

/* Backticks in a row, at most. */
static size_t longest_ticks(struct str text)
{
	size_t longest = 0;

	for (size_t i = 0, n = 0; i < text.n; i++) {
		n = text.p[i] == '`' ? n + 1 : 0;
		longest = n > longest ? n : longest;
	}
	return longest;
}

static void add_ticks(struct buf *b, size_t n)
{
	while (n--)
		buf_add_char(b, '`');
}

void markdown_code(struct buf *b, struct str text, bool cell)
{
	size_t ticks = longest_ticks(text) + 1;
	bool blanks = text.n == 0 || strchr("` ", text.p[0]) || strchr("` ", text.p[text.n - 1]);

	if (b->n &&
	    b->p[b->n - 1] == '`') /* the end of another one: their ticks would be one run */
		buf_add_char(b, ' ');
	add_ticks(b, ticks);
	if (blanks)
		buf_add_char(b, ' ');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (cell && c == '|')
			buf_add_char(b, '\\');
		buf_add_char(b, c == '\n' || c == '\r' || c == '\t' ? ' ' : c);
	}
	if (blanks)
		buf_add_char(b, ' ');
	add_ticks(b, ticks);
}

void markdown_fence(struct buf *b, const char *language, struct str text)
{
	size_t ticks = longest_ticks(text) + 1;

	ticks = ticks < 3 ? 3 : ticks;
	add_ticks(b, ticks);
	buf_printf(b, "%s\n", language);
	buf_add_str(b, text);
	if (text.n && text.p[text.n - 1] != '\n')
		buf_add_char(b, '\n');
	add_ticks(b, ticks);
	buf_add_char(b, '\n');
}
