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
	uint16_t at, n;
	uint8_t kind;
	char mark; /* of a PART_MARK */
};

struct parts {
	struct part p[PARTS_MAX];
	size_t n;
	size_t first, last; /* hard parts; first == n: none */
	struct str s;
};

enum { IS_DIGIT = 1, IS_HEX = 2, IS_ALPHA = 4, IS_MARK = 8, IS_DOT = 16, IS_SLASH = 32 };

static const uint8_t char_kind[256] = {
	[0 ... '-'] = IS_MARK,    ['.'] = IS_DOT,           ['/'] = IS_MARK | IS_SLASH,
	['0' ... '9'] = IS_DIGIT, [':' ... '@'] = IS_MARK,  ['A' ... 'F'] = IS_HEX,
	['G' ... 'Z'] = IS_ALPHA, ['['] = IS_MARK,          ['\\'] = IS_MARK | IS_SLASH,
	[']' ... '^'] = IS_MARK,  ['_'] = IS_ALPHA,         ['`'] = IS_MARK,
	['a' ... 'f'] = IS_HEX,   ['g' ... 'z'] = IS_ALPHA, ['{' ... 127] = IS_MARK,
	[128 ... 255] = IS_ALPHA,
};

static inline unsigned kind_of(char c)
{
	return char_kind[(unsigned char)c];
}

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
	memcpy(o, p, n);
	return o + n;
}

/* The end of a word that begins at i; blk_-123 is one. */
static size_t word_end(struct str s, size_t i)
{
	for (;;) {
		while (i < s.n && mask_is_word(s.p[i]))
			i++;
		if (i + 1 < s.n && s.p[i] == '-' && s.p[i - 1] == '_' && mask_is_digit(s.p[i + 1]))
			i++;
		else
			return i;
	}
}

static enum part_kind word_kind(const char *p, size_t n)
{
	size_t digits = 0;
	unsigned kinds = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned k = kind_of(p[i]);

		kinds |= k;
		digits += k & IS_DIGIT;
	}
	if (!digits)
		return PART_NAME;
	if (mask_is_digit(*p) || digits >= 3)
		return PART_HARD;
	return n >= 6 && !(kinds & ~(unsigned)(IS_DIGIT | IS_HEX)) ? PART_HARD : PART_SOFT;
}

/* Cut a chunk; false if it has too many parts. */
static bool cut(struct parts *ps, struct str s)
{
	ps->s = s;
	ps->n = ps->last = 0;
	ps->first = SIZE_MAX;
	for (size_t i = 0; i < s.n;) {
		struct part *p = &ps->p[ps->n];
		size_t to = i + 1;

		if (ps->n == PARTS_MAX)
			return false;
		p->kind = PART_MARK;
		p->mark = s.p[i];
		if (mask_is_word(s.p[i])) {
			to = word_end(s, i);
			p->kind = (uint8_t)word_kind(s.p + i, to - i);
			p->mark = 0;
		}
		if (p->kind == PART_HARD) {
			ps->last = ps->n;
			if (ps->first == SIZE_MAX)
				ps->first = ps->n;
		}
		p->at = (uint16_t)i;
		p->n = (uint16_t)(to - i);
		ps->n++;
		i = to;
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
		if (!mask_is_digit(ps->s.p[p->at + k]))
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
	       is_number(ps, b, 1, 2) && (is_mark(ps, a + 1, '-') || is_mark(ps, a + 1, '/')) &&
	       is_mark(ps, a + 3, ps->p[a + 1].mark);
}

/* MAC and IPv6 addresses. */
static bool is_colon_hex(struct str s)
{
	size_t colons = 0, digits = 0, run = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned k = kind_of(s.p[i]);

		if (s.p[i] == ':') {
			colons++;
			run = 0;
			continue;
		}
		if (!(k & (IS_DIGIT | IS_HEX)) || ++run > 4)
			return false;
		digits += k & IS_DIGIT;
	}
	return colons >= 2 && digits;
}

/* a.b.org, a.b.org:80: three labels or more, the last of 2 to 6 small letters. */
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
	if (dots < 2 || i - last < 2 || i - last > 6)
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
			o = literal(o, ps->s.p + p->at, p->n);
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
	    (ps->s.p[ps->p[a - 2].at] | 32) == 'v')
		return a - 2; /* v1.2 */
	return a;
}

/* A chunk with digits, neither path nor URL. */
static char *digits(char *o, struct str s)
{
	struct parts ps;
	bool inner = false, apart = false, colon = false, name_before = false;
	size_t a, b;

	if (!cut(&ps, s)) {
		*o++ = MASK_ANY;
		return o;
	}
	if (is_time(&ps, 0, ps.n - 1)) {
		*o++ = MASK_TIME;
		return o;
	}
	if (is_colon_hex(s) || is_host(s)) {
		*o++ = MASK_ANY;
		return o;
	}
	if (ps.first == ps.n)
		return literal(o, s.p, s.n);
	for (size_t i = ps.first; i <= ps.last; i++) {
		inner |= is_word(&ps, i) && ps.p[i].kind != PART_HARD;
		colon |= is_mark(&ps, i, ':');
		apart |= is_mark(&ps, i, '#') || is_mark(&ps, i, '&');
	}
	for (size_t i = 0; i < ps.n; i++) {
		apart |= is_mark(&ps, i, ':') && is_mark(&ps, i + 1, ':');
		name_before |= i < ps.last && is_word(&ps, i) && ps.p[i].kind != PART_HARD;
	}
	for (b = ps.n; b > ps.last + 1 && !is_word(&ps, b - 1);)
		b--;
	b--; /* the last word */
	if (b > ps.last && !name_before && is_mark(&ps, ps.last + 1, ':') && ps.last > ps.first) {
		*o++ = MASK_ANY; /* 10.1.1.1:80:Got */
		return each_apart(o, &ps, ps.last + 1);
	}
	if (apart)
		return each_apart(o, &ps, 0);
	a = value_start(&ps, b > ps.last || inner, colon);
	o = literal(o, s.p, ps.p[a].at);
	*o++ = is_time(&ps, a, b) ? MASK_TIME : is_date(&ps, a, b) ? MASK_DATE : MASK_ANY;
	return literal(o, s.p + ps.p[b].at + ps.p[b].n, s.n - ps.p[b].at - ps.p[b].n);
}

/* Where "scheme://" begins; s.n if there is none. */
static size_t url_start(struct str s)
{
	size_t k = str_find(s, STR("://"));

	if (k == s.n || k == 0)
		return s.n;
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

/* Where a path begins; s.n if there is none. */
static size_t path_start(struct str s)
{
	size_t slash = str_find_char(s, '/'), backslashes = 0;

	if (begins_path(s))
		return 0;
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

/* A chunk with slashes. */
static char *slashes(char *o, struct str s, struct str *tail, const char *end, bool has_digits)
{
	size_t at = url_start(s);

	if (at == s.n)
		at = path_start(s);
	if (at == s.n)
		return has_digits ? digits(o, s) : literal(o, s.p, s.n);
	if (tail->n == 1 && *tail->p == '.' && !ends_sentence(tail->p + 1, end))
		tail->n = 0;
	if (at) {
		struct str before = {s.p, at};
		unsigned kinds = 0;

		for (size_t i = 0; i < at; i++)
			kinds |= kind_of(s.p[i]);
		o = kinds & IS_DIGIT ? digits(o, before) : literal(o, before.p, before.n);
	}
	*o++ = MASK_ANY;
	return o;
}

char *mask_chunk(char *o, struct str s, const char *end)
{
	unsigned kinds = 0;
	struct str tail;

	for (size_t i = 0; i < s.n; i++)
		kinds |= kind_of(s.p[i]);
	if (kinds == IS_DIGIT) {
		*o++ = MASK_ANY;
		return o;
	}
	tail = str_from(s, s.n);
	while (s.n && is_tail(s.p[s.n - 1])) {
		s.n--;
		tail.p--;
		tail.n++;
	}
	if (kinds & IS_SLASH)
		o = slashes(o, s, &tail, end, kinds & IS_DIGIT);
	else if (!(kinds & ~(unsigned)(IS_DIGIT | IS_DOT)) && *s.p != '.')
		*o++ = MASK_ANY;
	else
		o = digits(o, s);
	return literal(o, tail.p, tail.n);
}
