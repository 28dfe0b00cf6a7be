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

/* Bytes of m from i on that lit matches; NOWHERE if it does not. */
static size_t match_at(struct str lit, struct str m, size_t i)
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
		} else if (lit.p[k] == m.p[at] ||
			   (lit.p[k] == '?' && (unsigned char)m.p[at] < ' ')) {
			at++;
		} else {
			return NOWHERE;
		}
	}
	return at - i;
}

/* Where lit is in m, first place from i on; its length there in *n. */
static size_t find(struct str lit, struct str m, size_t i, size_t *n)
{
	for (; i < m.n; i++) {
		*n = match_at(lit, m, i);
		if (*n != NOWHERE)
			return i;
		while (lit.p[0] == ' ' && i + 1 < m.n && is_blank(m.p[i]) && is_blank(m.p[i + 1]))
			i++;
	}
	return NOWHERE;
}

/* Where lit begins if m ends in it. */
static size_t match_end(struct str lit, struct str m)
{
	size_t at = m.n;

	for (size_t k = lit.n; k-- > 0;) {
		if (!at)
			return NOWHERE;
		if (lit.p[k] == ' ') {
			if (!is_blank(m.p[at - 1]))
				return NOWHERE;
			while (at && is_blank(m.p[at - 1]))
				at--;
		} else if (lit.p[k] == m.p[at - 1] ||
			   (lit.p[k] == '?' && (unsigned char)m.p[at - 1] < ' ')) {
			at--;
		} else {
			return NOWHERE;
		}
	}
	return at;
}

/* Cut the literal before the next <*> off *rest; false if there is no further <*>. */
static bool next_literal(struct str *rest, struct str *lit)
{
	size_t at = str_find(*rest, STR("<*>"));

	*lit = str_head(*rest, at);
	if (at == rest->n)
		return false;
	*rest = str_from(*rest, at + 3);
	return true;
}

size_t params_of(struct str text, struct str m, struct str *params, size_t max)
{
	struct str rest = text, lit;
	size_t n = 0, at, end = m.n;
	bool more = next_literal(&rest, &lit);

	while (m.n && is_blank(m.p[m.n - 1]))
		m.n--;
	for (at = 0; at < m.n && is_blank(m.p[at]);)
		at++;
	end = match_at(lit, m, at);
	if (!more || end == NOWHERE)
		return 0;
	at += end;
	for (;;) {
		size_t value = at, to, len;

		more = next_literal(&rest, &lit);
		if (!more) {
			to = match_end(lit, m);
			len = 0;
		} else {
			to = lit.n ? find(lit, m, at, &len) : at;
			len = lit.n ? len : 0;
		}
		if (to == NOWHERE || to < value)
			return 0;
		if (n < max)
			params[n] = (struct str){m.p + value, to - value};
		n++;
		if (!more)
			return n < max ? n : max;
		at = to + len;
	}
}
