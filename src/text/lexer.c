// SPDX-License-Identifier: GPL-3.0-or-later
/* See lexer.h. */
#include "text/lexer.h"

int lexer_fail(struct lexer *l, const char *what)
{
	return err_set(l->err, ERR_USAGE, "%s, column %zu: %s, at '%.20s'", l->language, l->at + 1,
		       what, l->at < l->text.n ? l->text.p + l->at : "the end");
}

void lexer_skip(struct lexer *l)
{
	while (l->at < l->text.n && (l->text.p[l->at] == ' ' || l->text.p[l->at] == '\t'))
		l->at++;
}

static bool word_char(const struct lexer *l, char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       (c && strchr(l->signs, c)) || (c & 0x80);
}

struct str lexer_peek(struct lexer *l)
{
	size_t n = 0;

	lexer_skip(l);
	while (l->at + n < l->text.n && word_char(l, l->text.p[l->at + n]))
		n++;
	return (struct str){l->text.p + l->at, n};
}

bool lexer_take(struct lexer *l, struct str token)
{
	lexer_skip(l);
	if (!str_starts(str_from(l->text, l->at), token))
		return false;
	l->at += token.n;
	return true;
}

bool lexer_take_word(struct lexer *l, const char *word)
{
	struct str w = lexer_peek(l);

	if (!str_eq_nocase(w, str_of(word)))
		return false;
	l->at += w.n;
	return true;
}

bool lexer_at_quote(struct lexer *l)
{
	lexer_skip(l);
	return l->at < l->text.n && (l->text.p[l->at] == '\'' || l->text.p[l->at] == '"');
}

int lexer_quoted(struct lexer *l, struct arena *a, struct str *out)
{
	char quote = l->text.p[l->at], *to = arena_bytes(a, l->text.n - l->at);
	size_t n = 0;

	for (size_t i = l->at + 1; i < l->text.n; i++) {
		char c = l->text.p[i];

		if (c == quote) {
			l->at = i + 1;
			*out = (struct str){to, n};
			return 0;
		}
		if (c == '\\' && i + 1 < l->text.n && l->text.p[i + 1] == quote)
			c = l->text.p[++i];
		to[n++] = c;
	}
	return lexer_fail(l, "a quote is not closed");
}
