// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What of a chunk is variable: the grammar of numbers, addresses, identifiers, paths and URLs.
 *
 * A URL or a path is one value. Else the chunk is cut into parts: words (runs of letters, digits
 * and underscores) and the marks between them. A word with digits is hard (it begins with a digit,
 * has three digits or more, or is a long hexadecimal number) or soft (ssh2, en0: left literal, the
 * merge decides). From the first hard word to the last, all is one value; names around it belong to
 * it if a name follows (host-7.example.org) and stay literal if they only come before it
 * (core.1234, CPU#0). One pass to cut, one over the parts; no backtracking over bytes.
 */
#include "mine/mine-priv.h"

#define PARTS_MAX 48

enum part_kind { PART_MARK, PART_NAME, PART_SOFT, PART_HARD };

struct part {
	uint16_t at, n; /* place in the message, bytes */
	uint8_t kind;
	char mark; /* of a PART_MARK */
};

struct parts {
	const char *m;   /* the message */
	size_t from, to; /* the chunk */
	struct part p[PARTS_MAX];
	size_t n;
	size_t first, last; /* hard parts; first == n: none */
	size_t names;       /* words that are not hard */
	size_t colons, dots;
	bool apart; /* a mark that keeps numbers apart: # & */
};

static bool is_alnum(char c)
{
	return mask_is_word(c) && c != '_' && (unsigned char)c < 0x80;
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static char *literal(char *o, const char *p, size_t n)
{
	return mask_copy(o, p, n);
}

/* The end of a word that begins at i; blk_-123 is one. */
static size_t word_end(const struct mask_bits *bits, const char *m, size_t i, size_t to)
{
	size_t from = i;

	i = mask_next_clear(bits->word, i, to);
	while (i > from && i + 1 < to && m[i] == '-' && m[i - 1] == '_' &&
	       mask_bit(bits->digit, i + 1))
		i = mask_next_clear(bits->word, i + 1, to);
	return i;
}

static bool is_hex(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!mask_is_digit(p[i]) && ((p[i] | 32) < 'a' || (p[i] | 32) > 'f'))
			return false;
	return true;
}

static enum part_kind word_kind(const struct mask_bits *bits, const char *m, size_t i, size_t to)
{
	uint64_t digits = mask_window(bits->digit, i, to);

	if (!digits)
		return to - i > 64 && mask_next(bits->digit, i, to) < to ? PART_HARD : PART_NAME;
	if (digits & 1)
		return PART_HARD; /* begins with one */
	digits &= digits - 1;
	if (digits & (digits - 1))
		return PART_HARD; /* three or more */
	return to - i >= 6 && is_hex(m + i, to - i) ? PART_HARD : PART_SOFT;
}

/* Cut a chunk; false if it has too many parts. */
static bool cut(struct parts *ps, const struct mask_bits *bits, const char *m, size_t from,
		size_t to)
{
	ps->m = m;
	ps->from = from;
	ps->to = to;
	ps->n = ps->last = ps->names = ps->colons = ps->dots = 0;
	ps->first = SIZE_MAX;
	ps->apart = false;
	for (size_t i = from, end; i < to; i = end) {
		struct part *p = &ps->p[ps->n];

		if (ps->n == PARTS_MAX)
			return false;
		if (mask_bit(bits->word, i)) {
			end = word_end(bits, m, i, to);
			p->kind = (uint8_t)word_kind(bits, m, i, end);
			p->mark = 0;
			if (p->kind == PART_HARD) {
				ps->last = ps->n;
				ps->first = ps->first == SIZE_MAX ? ps->n : ps->first;
			} else {
				ps->names++;
			}
		} else {
			end = i + 1;
			p->kind = PART_MARK;
			p->mark = m[i];
			ps->colons += m[i] == ':';
			ps->dots += m[i] == '.';
			ps->apart |= m[i] == '#' || m[i] == '&';
		}
		p->at = (uint16_t)i;
		p->n = (uint16_t)(end - i);
		ps->n++;
	}
	if (ps->first == SIZE_MAX)
		ps->first = ps->n;
	return true;
}

static bool is_mark(const struct parts *ps, size_t i, char c)
{
	return i < ps->n && ps->p[i].mark == c;
}

static bool is_word(const struct parts *ps, size_t i)
{
	return i < ps->n && ps->p[i].kind != PART_MARK;
}

static bool is_number(const struct parts *ps, size_t i, size_t min, size_t max)
{
	const struct part *p = &ps->p[i];

	if (i >= ps->n || p->n < min || p->n > max)
		return false;
	for (size_t k = 0; k < p->n; k++)
		if (!mask_is_digit(ps->m[p->at + k]))
			return false;
	return true;
}

/* 12:34, 12:34:56.789 */
static bool is_time(const struct parts *ps, size_t a, size_t b)
{
	if (b < a + 2 || !is_number(ps, a, 1, 2) || !is_mark(ps, a + 1, ':'))
		return false;
	for (size_t i = a + 2; i <= b; i++) {
		if (ps->p[i].kind == PART_MARK ? ps->p[i].mark != ':' && ps->p[i].mark != '.'
					       : !is_number(ps, i, 1, 9))
			return false;
	}
	return true;
}

/* 2026-11-23, 2026/11/23 */
static bool is_date(const struct parts *ps, size_t a, size_t b)
{
	return b == a + 4 && is_number(ps, a, 4, 4) && is_number(ps, a + 2, 1, 2) &&
	       is_number(ps, b, 1, 2) &&
	       ((is_mark(ps, a + 1, '-') && is_mark(ps, a + 3, '-')) ||
		(is_mark(ps, a + 1, '/') && is_mark(ps, a + 3, '/')));
}

/* MAC and IPv6 addresses: groups of up to four hexadecimal digits. */
static bool is_colon_hex(const struct parts *ps)
{
	for (size_t i = 0; i < ps->n; i++) {
		const struct part *p = &ps->p[i];

		if (p->mark ? p->mark != ':' : p->n > 4 || !is_hex(ps->m + p->at, p->n))
			return false;
	}
	return true;
}

/* Endings of host names that are no endings of source files: for a.com:443 against a.c:443. */
static bool is_top_level(struct str s)
{
	static const char *const names[] = {"com", "net",   "org", "edu", "gov", "info", "biz",
					    "io",  "local", "lan", "cn",  "de",  "fr",   "uk",
					    "jp",  "kr",    "tw",  "hk",  "ru",  "eu",   "us"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(s, str_of(names[i])))
			return true;
	return false;
}

/* a.b.org, a.b.org:80, b.org:80: the last label has 2 to 6 small letters. */
static bool is_host(struct str s)
{
	size_t dots = 0, last = 0, i;

	for (i = 0; i < s.n && s.p[i] != ':'; i++) {
		if (s.p[i] == '.') {
			dots++;
			last = i + 1;
		} else if (!is_alnum(s.p[i]) && s.p[i] != '-') {
			return false;
		}
	}
	if (i - last < 2 || i - last > 6 ||
	    (dots < 2 && (i == s.n || !is_top_level((struct str){s.p + last, i - last}))))
		return false;
	for (size_t k = last; k < i; k++)
		if (s.p[k] < 'a' || s.p[k] > 'z')
			return false;
	if (i == s.n)
		return true;
	for (size_t k = i + 1; k < s.n; k++)
		if (!mask_is_digit(s.p[k]))
			return false;
	return i + 1 < s.n;
}

/* Literal but for its hard words. */
static char *each_apart(char *o, const struct parts *ps, size_t from)
{
	for (size_t i = from; i < ps->n; i++) {
		const struct part *p = &ps->p[i];

		if (p->kind == PART_HARD)
			*o++ = MASK_ANY;
		else
			o = literal(o, ps->m + p->at, p->n);
	}
	return o;
}

static bool is_joining(const struct parts *ps, size_t i)
{
	return is_word(ps, i) || is_mark(ps, i, '.') || is_mark(ps, i, '-');
}

/* Where the value begins, given what lies between and behind its hard words. */
static size_t value_start(const struct parts *ps, bool named, bool colon)
{
	size_t a = ps->first;
	bool dash = false, at = false;

	if (!a)
		return 0;
	for (size_t i = 0; i < a; i++) {
		dash |= is_mark(ps, i, '-');
		at |= is_mark(ps, i, '@');
	}
	if ((named && !at) || (colon && dash && is_mark(ps, a - 1, '-'))) {
		while (a && is_joining(ps, a - 1))
			a--;
		return a;
	}
	if ((is_mark(ps, a - 1, '-') || is_mark(ps, a - 1, '+')) && (a == 1 || !is_word(ps, a - 2)))
		return a - 1;
	if (a >= 2 && is_mark(ps, a - 1, '.') && ps->p[a - 2].kind == PART_SOFT &&
	    (ps->m[ps->p[a - 2].at] | 32) == 'v')
		return a - 2; /* v1.2 */
	return a;
}

/* Numbers only, and marks between them: the value, its sign included. */
static char *numbers(char *o, const struct parts *ps)
{
	size_t a = value_start(ps, false, false), b = ps->last;

	o = literal(o, ps->m + ps->from, ps->p[a].at - ps->from);
	*o++ = is_time(ps, a, b) ? MASK_TIME : is_date(ps, a, b) ? MASK_DATE : MASK_ANY;
	b = (size_t)ps->p[b].at + ps->p[b].n;
	return literal(o, ps->m + b, ps->to - b);
}

/* Numbers and names. */
static char *mixed(char *o, const struct parts *ps)
{
	bool inner = false, colon = false, apart = ps->apart, name_before = false;
	size_t a, b;

	for (size_t i = 0; i < ps->n; i++) {
		bool name = is_word(ps, i) && ps->p[i].kind != PART_HARD;

		if (i >= ps->first && i <= ps->last) {
			inner |= name;
			colon |= is_mark(ps, i, ':');
		}
		apart |= is_mark(ps, i, ':') && is_mark(ps, i + 1, ':');
		name_before |= name && i < ps->last;
	}
	for (b = ps->n - 1; b > ps->last && !is_word(ps, b);)
		b--; /* the last word */
	if (b > ps->last && !name_before && is_mark(ps, ps->last + 1, ':') &&
	    ps->last > ps->first) {
		*o++ = MASK_ANY; /* 10.1.1.1:80:Got */
		return each_apart(o, ps, ps->last + 1);
	}
	if (apart)
		return each_apart(o, ps, 0);
	a = value_start(ps, b > ps->last || inner, colon);
	o = literal(o, ps->m + ps->from, ps->p[a].at - ps->from);
	*o++ = MASK_ANY;
	b = (size_t)ps->p[b].at + ps->p[b].n;
	return literal(o, ps->m + b, ps->to - b);
}

/* A chunk with digits, neither path nor URL. */
static char *digits(char *o, const struct mask_bits *bits, const char *m, size_t from, size_t to)
{
	struct parts ps;

	/* One word is the most frequent case. */
	if (mask_bit(bits->word, from) && word_end(bits, m, from, to) == to) {
		if (word_kind(bits, m, from, to) != PART_HARD)
			return literal(o, m + from, to - from);
		*o++ = MASK_ANY;
		return o;
	}
	if (!cut(&ps, bits, m, from, to)) {
		*o++ = MASK_ANY;
		return o;
	}
	if (ps.colons && is_time(&ps, 0, ps.n - 1)) {
		*o++ = MASK_TIME;
		return o;
	}
	if ((ps.colons >= 2 && is_colon_hex(&ps)) ||
	    (ps.dots && ps.names && is_host((struct str){m + from, to - from}))) {
		*o++ = MASK_ANY;
		return o;
	}
	if (ps.first == ps.n)
		return literal(o, m + from, to - from);
	return ps.names || ps.apart ? mixed(o, &ps) : numbers(o, &ps);
}

/* Where "scheme://" begins; s.n if there is none. */
static size_t url_start(struct str s)
{
	size_t k = 0, n;

	do {
		n = str_find_char(str_from(s, k + 1), ':');
		k += 1 + n;
		if (k + 2 >= s.n)
			return s.n;
	} while (s.p[k + 1] != '/' || s.p[k + 2] != '/');
	while (k && (is_alnum(s.p[k - 1]) || s.p[k - 1] == '+' || s.p[k - 1] == '-' ||
		     s.p[k - 1] == '.'))
		k--;
	return k;
}

static bool is_path_char(char c)
{
	return mask_is_word(c) || c == '.' || c == '-';
}

/* Does s begin like a path: /x, ./, ../, ~/, C:\ */
static bool begins_path(struct str s)
{
	size_t i = 0;

	if (s.n >= 3 && is_letter(s.p[0]) && s.p[1] == ':' && s.p[2] == '\\')
		return true;
	if (s.n && s.p[0] == '~')
		i = 1;
	else
		while (i < 2 && i < s.n && s.p[i] == '.')
			i++;
	if (s.n < 2 || i >= s.n || s.p[i] != '/')
		return false;
	return i || is_path_char(s.p[1]) || (s.p[1] == '/' && s.n > 2 && is_path_char(s.p[2]));
}

/* Where a path begins, if not at the beginning; s.n if there is none. */
static size_t path_start(struct str s)
{
	size_t slash = str_find_char(s, '/'), backslashes = 0;

	for (size_t i = 0; i + 1 < s.n; i++) {
		size_t k = i + 1;

		backslashes += s.p[i] == '\\';
		if ((s.p[i] != ':' && s.p[i] != '@') || s.p[k] != '/')
			continue;
		while (k < s.n && s.p[k] == '/')
			k++;
		if (k < s.n && is_path_char(s.p[k]))
			return i + 1;
		i = k - 1;
	}
	if (slash == s.n)
		return backslashes >= 2 ? 0 : s.n;
	if (slash && slash + 1 < s.n && str_find_char(s, '.') < s.n)
		for (size_t i = 0; i < slash; i++)
			if (is_alnum(s.p[i]))
				return 0;
	return s.n;
}

bool mask_spans_equals(struct str s)
{
	return (s.n >= 2 && s.p[0] == '/' && mask_is_word(s.p[1])) || str_contains(s, STR("://"));
}

/* Is a full stop at p the end of a sentence? */
static bool ends_sentence(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p == end || (*p >= 'A' && *p <= 'Z');
}

static bool is_tail(char c)
{
	return c == '.' || c == ':' || c == '!' || c == '?';
}

/* A chunk with slashes; m ends with the message, *to is before the marks at the chunk's end. */
static char *slashes(char *o, const struct mask_bits *bits, struct str m, size_t from, size_t *to,
		     size_t end)
{
	struct str s = {m.p + from, *to - from};
	size_t at = begins_path(s) ? 0 : url_start(s), digit = mask_next(bits->digit, from, *to);

	if (at == s.n)
		at = path_start(s);
	if (digit < from + at)
		o = digits(o, bits, m.p, from, from + at);
	else
		o = literal(o, s.p, at);
	if (at == s.n)
		return o;
	if (end == *to + 1 && m.p[*to] == '.' && !ends_sentence(m.p + end, m.p + m.n))
		*to = end; /* the full stop is part of the path */
	*o++ = MASK_ANY;
	return o;
}

/* What needs a look in a chunk and is no digit is a slash. */
static bool has_slash(const struct mask_bits *bits, size_t from, size_t to)
{
	for (; from < to; from += 64)
		if (mask_window(bits->look, from, to) & ~mask_window(bits->digit, from, to))
			return true;
	return false;
}

/* A value as a whole, and surely so: a hard word, then words with dots or dashes between them. */
static inline bool is_plain_value(const struct mask_bits *bits, const char *m, size_t from,
				  size_t to)
{
	uint64_t word, digit;
	size_t n;

	from += m[from] == '-';
	n = to - from;
	if (n - 1 >= 64 || (n >= 8 && n <= 10 && m[from + 4] == '-'))
		return false; /* long, or a date */
	word = mask_window(bits->word, from, to);
	if (!(word & 1) || !(word >> (n - 1)) ||
	    (word | mask_window(bits->join, from, to)) != ~UINT64_C(0) >> (64 - n))
		return false;
	digit = mask_window(bits->digit, from, to) & word & ~(word + 1); /* in the first word */
	if (digit & 1)
		return true;
	digit &= digit - 1;
	return digit & (digit - 1); /* three or more */
}

char *mask_chunk(char *o, const struct mask_bits *bits, struct str m, size_t from, size_t to)
{
	size_t end = to;

	while (to > from && is_tail(m.p[to - 1]))
		to--;
	if (to == from)
		return literal(o, m.p + from, end - from);
	if (is_plain_value(bits, m.p, from, to))
		*o++ = MASK_ANY;
	else if (has_slash(bits, from, to))
		o = slashes(o, bits, m, from, &to, end);
	else
		o = digits(o, bits, m.p, from, to);
	return literal(o, m.p + to, end - to);
}
