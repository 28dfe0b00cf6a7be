// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The hot path: a message becomes its canonical form in one pass.
 *
 * Bitmaps of the message are made 64 bytes at a time: delimiters, and the bytes that need a look
 * (digits, slashes, blanks after blanks, tabs and control bytes). Literal text between those is
 * copied in bulk; a chunk (the bytes between two delimiters) with a digit or a slash in it goes
 * through the grammar of chunk.c.
 *
 * Invariants: (1) the canonical form is never longer than the message; (2) it has no control byte
 * but the three of enum mask_byte; (3) nothing is read beyond the message.
 */
#include "mine/mine-priv.h"

/* Copy n bytes in steps of 16; may write up to 15 more, reads none beyond end. */
static inline char *copy(char *o, const char *p, size_t n, const char *end)
{
	char *stop = o + n;

	if (n <= (size_t)(end - p) && (size_t)(end - p) - n >= 16) {
		do {
			memcpy(o, p, 16);
			o += 16;
			p += 16;
		} while (o < stop);
		return stop;
	}
	return mask_copy(o, p, n);
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The end of a chunk: URLs and paths go on over '='. */
static size_t chunk_end(const struct mask_bits *bits, struct str m, size_t from, size_t at)
{
	size_t end = mask_next(bits->delim, at, m.n);

	if (end < m.n && m.p[end] == '=' && mask_spans_equals((struct str){m.p + from, end - from}))
		while (end < m.n && m.p[end] == '=')
			end = mask_next(bits->delim, end + 1, m.n);
	return end;
}

size_t mask_message(mask_classify_fn *classify, struct str m, char *out)
{
	struct mask_bits bits;
	bool cut = m.n > MASK_MAX;
	const char *end;
	char *o = out;
	size_t lit, at;

	if (cut)
		m.n = MASK_MAX;
	while (m.n && is_blank(m.p[m.n - 1]))
		m.n--;
	while (m.n && is_blank(*m.p)) {
		m.p++;
		m.n--;
	}
	end = m.p + m.n;
	classify(m.p, m.n, &bits);
	for (lit = at = 0;;) {
		size_t h = mask_next(bits.look, at, m.n), from, to;
		unsigned char c;

		if (h == m.n)
			break;
		c = (unsigned char)m.p[h];
		if (c <= ' ') {
			o = copy(o, m.p + lit, h - lit, end);
			if (c != ' ' && c != '\t')
				*o++ = '?';
			else if (o == out || o[-1] != ' ')
				*o++ = ' ';
			lit = at = h + 1;
			continue;
		}
		from = mask_after_last(bits.delim, h, lit);
		to = chunk_end(&bits, m, from, h);
		o = copy(o, m.p + lit, from - lit, end);
		o = mask_chunk(o, &bits, m, from, to);
		lit = at = to;
	}
	o = copy(o, m.p + lit, m.n - lit, end);
	if (cut)
		*o++ = MASK_ANY;
	return (size_t)(o - out);
}
