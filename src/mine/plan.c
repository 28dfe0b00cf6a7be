// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A message against the text of a template: the parameters. The literal pieces are looked for from
 * left to right, each at its first place after the one before; the first must be where the message
 * begins and the last where it ends. One blank of a template stands for any run of blanks. One
 * pass, no backtracking.
 */
#include "mine/mine-priv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

static inline uint64_t word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* Does m begin with lit? Without a call, for short texts; behind lit are 8 bytes more at least. */
static inline bool begins(struct str lit, struct str m)
{
	static const char masks[16] = "\xff\xff\xff\xff\xff\xff\xff\xff";

	if (lit.n > m.n)
		return false;
	if (lit.n < 8 && m.n >= 8)
		return !((word_at(lit.p) ^ word_at(m.p)) & word_at(masks + 8 - lit.n));
	if (lit.n < 8) {
		size_t i = 0;

		while (i < lit.n && lit.p[i] == m.p[i])
			i++;
		return i == lit.n;
	}
	for (size_t i = 0; i + 8 < lit.n; i += 8)
		if (word_at(lit.p + i) != word_at(m.p + i))
			return false;
	return word_at(lit.p + lit.n - 8) == word_at(m.p + lit.n - 8); /* overlaps */
}

struct plan *plan_new(struct arena *a, struct str text)
{
	char *copy = arena_bytes(a, text.n + 8); /* see begins() */
	size_t n = 1, at;
	struct plan *p;

	memcpy(copy, text.p, text.n);
	memset(copy + text.n, 0, 8);
	text.p = copy;
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
	struct str rest = {m.p + i, m.n - i};

	if (begins(lit, rest) && (rest.n == lit.n || !is_blank(rest.p[lit.n])))
		return lit.n;
	return match_loosely(lit, m, i);
}

/* The first byte of m from i on that is c or that '?' may stand for; m.n if there is none. */
static inline size_t find_byte(struct str m, size_t i, char c)
{
#ifdef __SSE2__
	const __m128i want = _mm_set1_epi8(c), control = _mm_set1_epi8(' ' - 1);

	while (m.n >= 16 && i < m.n) {
		size_t from = i < m.n - 16 ? i : m.n - 16;
		__m128i v = _mm_loadu_si128((const void *)(m.p + from));
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, want),
					   _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
		unsigned mask = (unsigned)_mm_movemask_epi8(hit) >> (i - from);

		if (mask)
			return i + (size_t)__builtin_ctz(mask);
		i = from + 16;
	}
#endif
	while (i < m.n && m.p[i] != c && (unsigned char)m.p[i] >= ' ')
		i++;
	return i;
}

/* Where lit is in m, first place from i on; its length there in *n. */
static size_t find(struct str lit, struct str m, size_t i, size_t *n)
{
	char first = *lit.p;

	while ((i = find_byte(m, i, first)) < m.n) {
		*n = match_at(lit, m, i);
		if (*n != NOWHERE)
			return i;
		while (first == ' ' && i + 1 < m.n && is_blank(m.p[i]) && is_blank(m.p[i + 1]))
			i++;
		i++;
	}
	return NOWHERE;
}

/* Where lit begins if m ends in it. */
static size_t match_end(struct str lit, struct str m)
{
	size_t at = m.n;

	if (lit.n <= m.n && begins(lit, (struct str){m.p + m.n - lit.n, lit.n}) &&
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
			to = lit.n ? match_end(lit, m) : m.n;
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
