// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A message against the text of a template: the parameters. The literal pieces are looked for from
 * left to right, each at its first place after the one before; the first must be where the message
 * begins and the last where it ends. One blank of a template stands for any run of blanks. One
 * pass, no backtracking.
 */
#include "mine/mine-priv.h"

#define NOWHERE SIZE_MAX

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The bytes that a template's byte stands for: itself; '?' for control bytes, too. */
static bool same(char lit, char c)
{
	return lit == c || (lit == '?' && (unsigned char)c < ' ');
}

/* memcmp() without the call, for short texts. */
static inline bool equal(const char *a, const char *b, size_t n)
{
	for (; n >= 8; a += 8, b += 8, n -= 8) {
		uint64_t x, y;

		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y)
			return false;
	}
	for (; n; a++, b++, n--)
		if (*a != *b)
			return false;
	return true;
}

struct plan *plan_new(struct arena *a, struct str text)
{
	size_t n = 1, at;
	struct plan *p;

	for (struct str rest = text; (at = str_find(rest, STR("<*>"))) < rest.n; n++)
		rest = str_from(rest, at + 3);
	p = arena_alloc(a, sizeof(*p) + n * sizeof(*p->lit));
	p->n = n;
	for (size_t i = 0; i < n; i++) {
		at = str_find(text, STR("<*>"));
		p->lit[i] = str_head(text, at);
		text = str_from(text, at + 3);
	}
	return p;
}

/* As match_at, blanks and control bytes considered. */
static size_t match_loosely(struct str lit, struct str m, size_t i)
{
	size_t at = i;

	for (size_t k = 0; k < lit.n; k++) {
		if (at == m.n)
			return NOWHERE;
		if (lit.p[k] == ' ') {
			if (!is_blank(m.p[at]))
				return NOWHERE;
			while (at < m.n && is_blank(m.p[at]))
				at++;
		} else if (same(lit.p[k], m.p[at])) {
			at++;
		} else {
			return NOWHERE;
		}
	}
	return at - i;
}

/* Bytes of m from i on that lit matches; NOWHERE if it does not. */
static inline size_t match_at(struct str lit, struct str m, size_t i)
{
	if (lit.n <= m.n - i && equal(lit.p, m.p + i, lit.n) &&
	    (i + lit.n == m.n || !is_blank(m.p[i + lit.n])))
		return lit.n;
	return match_loosely(lit, m, i);
}

/* Where lit is in m, first place from i on; its length there in *n. */
static size_t find(struct str lit, struct str m, size_t i, size_t *n)
{
	char first = *lit.p;

	for (; i < m.n; i++) {
		if (m.p[i] != first && (unsigned char)m.p[i] >= ' ')
			continue;
		*n = match_at(lit, m, i);
		if (*n != NOWHERE)
			return i;
		while (first == ' ' && i + 1 < m.n && is_blank(m.p[i]) && is_blank(m.p[i + 1]))
			i++;
	}
	return NOWHERE;
}

/* Where lit begins if m ends in it. */
static size_t match_end(struct str lit, struct str m)
{
	size_t at = m.n;

	if (lit.n <= m.n && equal(lit.p, m.p + m.n - lit.n, lit.n) &&
	    (lit.n == m.n || !is_blank(m.p[m.n - lit.n - 1])))
		return m.n - lit.n;
	for (size_t k = lit.n; k-- > 0;) {
		if (!at)
			return NOWHERE;
		if (lit.p[k] == ' ') {
			if (!is_blank(m.p[at - 1]))
				return NOWHERE;
			while (at && is_blank(m.p[at - 1]))
				at--;
		} else if (same(lit.p[k], m.p[at - 1])) {
			at--;
		} else {
			return NOWHERE;
		}
	}
	return at;
}

size_t plan_params(const struct plan *p, struct str m, struct str *params, size_t max)
{
	size_t at = 0, len;

	if (p->n == 1)
		return 0;
	while (m.n && is_blank(m.p[m.n - 1]))
		m.n--;
	while (at < m.n && is_blank(m.p[at]))
		at++;
	len = match_at(p->lit[0], m, at);
	if (len == NOWHERE)
		return 0;
	for (size_t i = 1; i < p->n; i++) {
		struct str lit = p->lit[i];
		size_t value = at += len, to = at;

		len = 0;
		if (i == p->n - 1)
			to = match_end(lit, m);
		else if (lit.n)
			to = find(lit, m, at, &len);
		if (to == NOWHERE || to < value)
			return 0;
		if (i <= max)
			params[i - 1] = (struct str){m.p + value, to - value};
		at = to;
	}
	return p->n - 1 < max ? p->n - 1 : max;
}
