// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A message against its canonical form: see slots.h.
 *
 * Both are walked chunk by chunk (the bytes between delimiters). Delimiters and literal text are
 * the same in both but for runs of blanks, which are one blank in the canonical form, and control
 * bytes, which are '?'. A masked piece holds no delimiter but '=', so it ends at the latest where
 * its chunk does; where literal text follows it within the chunk, it ends at the first place where
 * that text stands, or at the last possible one if the text ends the chunk. One pass, no
 * backtracking.
 */
#include "mine/slots.h"

#include "mine/mine-priv.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t slots_count(struct str c)
{
	size_t n = 0;

	for (size_t i = 0; i < c.n; i++)
		n += mask_is_slot(c.p[i]);
	return n;
}

/* Where the chunk around m[at] ends, if the next delimiter of the canonical form is delim. */
static size_t chunk_end(struct str m, size_t at, char delim)
{
	while (at < m.n && (!mask_is_delim(m.p[at]) || (m.p[at] == '=' && delim != '=')))
		at++;
	return at;
}

/* End of the literal run of canonical that begins at i. */
static size_t literal_end(struct str c, size_t i)
{
	while (i < c.n && !mask_is_slot(c.p[i]) && !mask_is_delim(c.p[i]))
		i++;
	return i;
}

/* The end of a value that begins at m[at] and is followed by c[i...]; SIZE_MAX if there is none. */
static size_t value_end(struct str c, size_t i, struct str m, size_t at)
{
	size_t to = literal_end(c, i), k = to, end;
	struct str lit = {c.p + i, to - i};

	while (k < c.n && !mask_is_delim(c.p[k]))
		k++;
	end = chunk_end(m, at, k < c.n ? c.p[k] : 0);
	if (!lit.n) /* the chunk's end, or another value at once: that one gets the rest */
		return to < c.n && mask_is_slot(c.p[to]) ? at + (at < end) : end;
	if (to == k) { /* the literal ends the chunk */
		if (end - at < lit.n || memcmp(m.p + end - lit.n, lit.p, lit.n) != 0)
			return SIZE_MAX;
		return end - lit.n;
	}
	k = at + str_find((struct str){m.p + at, end - at}, lit);
	return k < end ? k : SIZE_MAX;
}

/* Step over one literal byte or delimiter of the canonical form; false if m has something else. */
static bool step_over(char c, struct str m, size_t *at)
{
	if (*at >= m.n)
		return false;
	if (c == ' ') {
		if (!is_blank(m.p[*at]))
			return false;
		while (*at < m.n && is_blank(m.p[*at]))
			(*at)++;
		return true;
	}
	if (m.p[*at] != c && !(c == '?' && (unsigned char)m.p[*at] < ' '))
		return false;
	(*at)++;
	return true;
}

size_t slots_of(struct str c, struct str m, struct str *values, size_t max)
{
	size_t at = 0, n = 0;

	while (m.n && is_blank(m.p[m.n - 1]))
		m.n--;
	while (at < m.n && is_blank(m.p[at]))
		at++;
	for (size_t i = 0; i < c.n && n < max; i++) {
		size_t end;

		if (!mask_is_slot(c.p[i])) {
			if (!step_over(c.p[i], m, &at))
				return 0;
			continue;
		}
		end = value_end(c, i + 1, m, at);
		if (end == SIZE_MAX)
			return 0;
		values[n++] = (struct str){m.p + at, end - at};
		at = end;
	}
	return n == max || at == m.n ? n : 0;
}
