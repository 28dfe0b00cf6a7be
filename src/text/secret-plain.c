// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Text as it was before a document escaped it: without the entities of XML, the percent signs of
 * URLs, the backslashes of JSON, properties and shells, however often it was done, and without
 * colours; and where each place of it stands in the original. Only what is near an escape is
 * written out.
 */
#include <stdlib.h>

#include "text/secret-priv.h"

#define BLOCK ((size_t)1 << 14)
#define NEAR  ((size_t)1024) /* bytes around an escape that are taken along, to the line's ends */

static const struct {
	struct str name;
	char c;
} entities[] = {
	{STR("quot;"), '"'}, {STR("apos;"), '\''}, {STR("lt;"), '<'},
	{STR("gt;"), '>'},   {STR("amp;"), '&'},   {STR("nbsp;"), ' '},
};

/* A number of n digits at most in base 10 or 16 at at; how many there were. */
static size_t number_at(struct str s, size_t at, size_t base, size_t n, size_t *value)
{
	size_t i = at;

	*value = 0;
	for (; i < s.n && i < at + n && secret_alnum(s.p[i]); i++) {
		size_t v = secret_digit(s.p[i]) ? (size_t)(s.p[i] - '0')
						: (size_t)((s.p[i] | 32) - 'a') + 10;

		if (v >= base)
			break;
		*value = *value * base + v;
	}
	return i - at;
}

static size_t if_plain(size_t value, size_t n, char *c)
{
	*c = (char)value;
	return (value >= ' ' && value < 127) || (value && value < 32 && strchr("\n\r\t\033", *c))
		       ? n
		       : 0;
}

/* "&quot;", "&amp;amp;quot;", "&#34;": its length at the &, 0 if it is none. */
static size_t entity_at(struct str s, size_t at, char *c)
{
	size_t i = at + 1, value, n;
	bool hex;

	while (secret_at(s, i, STR("amp;")) && i + 4 < s.n &&
	       (secret_letter(s.p[i + 4]) || s.p[i + 4] == '#') &&
	       str_find_char(str_head(str_from(s, i + 4), 8), ';') < 8)
		i += 4;
	for (size_t k = 0; k < ARRAY_SIZE(entities); k++)
		if (secret_at(s, i, entities[k].name)) {
			*c = entities[k].c;
			return i + entities[k].name.n - at;
		}
	if (!secret_at(s, i++, STR("#")))
		return 0;
	hex = i < s.n && (s.p[i] | 32) == 'x';
	n = number_at(s, i + hex, hex ? 16 : 10, 6, &value);
	i += hex + n;
	return n && secret_at(s, i, STR(";")) ? if_plain(value, i + 1 - at, c) : 0;
}

/* "%22", "%252522" */
static size_t percent_at(struct str s, size_t at, char *c)
{
	size_t i = at + 1, value;

	while (secret_at(s, i, STR("25")) && number_at(s, i + 2, 16, 2, &value) == 2)
		i += 2;
	return number_at(s, i, 16, 2, &value) == 2 ? if_plain(value, i + 2 - at, c) : 0;
}

/* "\n", "\"", "\\\"", "\u0022", "\x1b", "\=", a line that goes on; a run of backslashes is one. */
static size_t backslash_at(struct str s, size_t at, char *c)
{
	static const char from[] = "nrtfbe/", to[] = "\n\r\t  \033/";
	size_t i = at, value, digits;
	const char *letter;

	while (i < s.n && s.p[i] == '\\')
		i++;
	if (i >= s.n || !s.p[i])
		return 0;
	digits = s.p[i] == 'u' ? 4 : s.p[i] == 'x' ? 2 : s.p[i] == '0' ? 3 : 0;
	if (digits) {
		size_t from_digit = i + (s.p[i] != '0');

		if (number_at(s, from_digit, digits == 3 ? 8 : 16, digits, &value) == digits)
			return if_plain(value, from_digit + digits - at, c);
	}
	letter = strchr(from, s.p[i]);
	if (letter)
		*c = to[letter - from];
	else if (s.p[i] == '\n')
		*c = ' ';
	else if (s.p[i] == '&' && entity_at(s, i, c))
		return i + entity_at(s, i, c) - at;
	else if (s.p[i] == '"' && secret_at(s, i, STR("\"\"")))
		return (*c = '"', i + 2 - at);
	else if (!secret_alnum(s.p[i]) && !secret_blank_char(s.p[i]) && s.p[i] > ' ')
		*c = s.p[i];
	else if (i > at + 1)
		return (*c = '\\', i - at);
	else
		return 0;
	return i + 1 - at;
}

/* A quote that is doubled within others, '' or "", beside a word; six of them, as in """"""x; the
 * way to have one inside others in a shell, '"'"', of which the first stands there. */
static size_t doubled_at(struct str s, size_t at, char *c)
{
	char q = s.p[at], before = at ? s.p[at - 1] : ' ', after = at + 2 < s.n ? s.p[at + 2] : ' ';

	*c = '\0';
	if (s.p[at + 1] != q)
		return before == '\'' && secret_at(s, at, STR("\"'\"'")) ? 4 : 0;
	if (before == q)
		return 0;
	if (secret_at(s, at, STR("\"\"\"\"\"\"")) || secret_at(s, at, STR("\'\'\'\'\'\'")))
		return 3;
	*c = q;
	return after != q && (secret_alnum(before) || secret_alnum(after)) ? 2 : 0;
}

static size_t escape_at(struct str s, size_t at, char *c)
{
	switch (s.p[at]) {
	case '"':
	case '\'': return doubled_at(s, at, c);
	case '&': return entity_at(s, at, c);
	case '%': return percent_at(s, at, c);
	case '?': *c = '?'; return secret_begins_pair(s, at + 1);
	case '\033': *c = '\033'; return 1;
	default: return backslash_at(s, at, c);
	}
}

/* Where the next of the signs that begin escapes stands, which rises from call to call. */
static const char signs[] = {'&', '%', '\\', '\033', '?', '"', '\''};

struct signs {
	struct str s;
	size_t next[ARRAY_SIZE(signs)];
	size_t limit; /* the end of the block: all signs are looked for in it while it is near */
	bool looked;
};

/* May there be an escape at at, a sign? Cheaper than to look. */
static bool may_escape(struct str s, size_t at)
{
	char c = s.p[at], after = at + 1 < s.n ? s.p[at + 1] : ' ';

	switch (c) {
	case '"': return after == '"' || after == '\'';
	case '\'': return after == '\'';
	case '&': return secret_letter(after) || after == '#';
	case '%':
	case '?': return secret_alnum(after);
	default: return true;
	}
}

static size_t find_sign(struct str s, size_t at, char sign)
{
	while (at < s.n) {
		at += str_find_char(str_from(s, at), sign);
		if (at >= s.n || may_escape(s, at))
			break;
		at++;
	}
	return at < s.n ? at : s.n;
}

static size_t next_sign(struct signs *g, size_t at)
{
	for (;;) {
		struct str s = str_head(g->s, g->limit);
		size_t least = s.n;

		for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
			if (g->next[i] < at || !g->looked)
				g->next[i] = find_sign(s, at, signs[i]);
			if (g->next[i] < least)
				least = g->next[i];
		}
		g->looked = true;
		if (least < s.n || s.n == g->s.n)
			return least;
		if (at < s.n)
			at = s.n - 1; /* whose next byte was not seen */
		g->limit += BLOCK;
		g->looked = false;
	}
}

/* The next escape from at on; its length and what it stands for. */
static size_t next_escape(struct signs *g, size_t at, size_t *n, char *c)
{
	for (;; at++) {
		at = next_sign(g, at);
		if (at >= g->s.n)
			return at;
		*n = escape_at(g->s, at, c);
		if (*n)
			return at;
		while (secret_at(g->s, at, STR("\\\\"))) /* a run of them, looked through */
			at++;
	}
}

static void shift(struct secret_plain *p, size_t raw, bool dropped)
{
	array_push(p->shifts, p->n, p->cap) =
		(struct secret_shift){.plain = p->text.n, .raw = raw, .dropped = dropped};
}

/* The end of the line in which at stands, if it is near; in XML, whose texts have more lines, all
 * that is. */
static size_t near_end(struct str s, size_t at, char sign)
{
	if (sign == '&')
		return s.n - at > NEAR ? at + NEAR : s.n;
	return at + str_find_char(str_head(str_from(s, at), NEAR), '\n');
}

/* A stretch begins before at, behind what was written: at a line, or a word. */
static size_t near_start(struct str s, size_t done, size_t at)
{
	size_t least = at > done + NEAR ? at - NEAR : done;
	const char *line = memrchr(s.p + least, '\n', at - least);

	if (s.p[at] == '&')
		line = memchr(s.p + least, '\n', at - least);
	if (s.p[at] == '&' && least == done)
		return least;
	if (line)
		return (size_t)(line - s.p) + 1;
	if (least > done)
		least += str_find_char((struct str){s.p + least, at - least}, ' ');
	return least;
}

/* Text between escapes. In a query, + is a blank. */
static void add_text(struct secret_plain *p, struct str t)
{
	size_t from = p->text.n;

	buf_add_str(&p->text, t);
	for (size_t i = from; p->query && i < p->text.n; i++) {
		p->query = !strchr(" \t\r\n\"'", p->text.p[i]);
		if (p->text.p[i] == '+')
			p->text.p[i] = ' ';
	}
}

/* The escape at at, of n bytes, which stands for c; its end. Colours are left out. */
static size_t add_escape(struct secret_plain *p, struct str s, size_t at, size_t n, char c)
{
	size_t to = at + n;

	p->query = p->query || s.p[at] == '%' || c == '?';
	if (c == '\033' && secret_at(s, to, STR("["))) {
		for (size_t i = to + 1; i < s.n && i < to + 16; i++)
			if (!secret_digit(s.p[i]) && s.p[i] != ';') {
				to = i + 1;
				break;
			}
		shift(p, to, true);
		return to;
	}
	if (c)
		buf_add_char(&p->text, c);
	shift(p, to, !c);
	return to;
}

void secret_plain_init(struct secret_plain *p, struct str s)
{
	struct signs g = {.s = s, .limit = BLOCK};
	size_t done = 0, n = 0, at;
	char c = 0;

	*p = (struct secret_plain){0};
	if (!s.n)
		return;
	at = next_escape(&g, 0, &n, &c);
	while (at < s.n) {
		size_t from = near_start(s, done, at), end;

		if (from > done || !p->n) { /* a stretch of its own */
			if (p->n)
				buf_add_char(&p->text, '\0');
			p->query = false;
			shift(p, from, false);
		}
		add_text(p, (struct str){s.p + from, at - from});
		done = add_escape(p, s, at, n, c);
		end = near_end(s, done, s.p[at]);
		at = next_escape(&g, done, &n, &c);
		if (at >= end) {
			add_text(p, (struct str){s.p + done, end - done});
			done = end;
		}
	}
}

/* What place at of the text is in the original by shift i - 1. */
static size_t original(const struct secret_plain *p, size_t at)
{
	const struct secret_shift *h = p->shifts + p->next - 1;

	return p->next ? h->raw + (at - h->plain) : at;
}

size_t secret_plain_end(struct secret_plain *p, size_t at)
{
	while (p->next < p->n && p->shifts[p->next].plain + p->shifts[p->next].dropped <= at)
		p->next++;
	return original(p, at);
}

size_t secret_plain_place(struct secret_plain *p, size_t at)
{
	while (p->next < p->n && p->shifts[p->next].plain <= at)
		p->next++;
	return original(p, at);
}

void secret_plain_release(struct secret_plain *p)
{
	buf_release(&p->text);
	free(p->shifts);
}
