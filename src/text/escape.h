/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hot path of writing text into a format that escapes: bytes are copied and looked at in the
 * same go, 16 at a time. What needs no escaping is then already written. Nothing is read beyond the
 * text, and nothing is read back that was just written (which would wait for the store).
 */
#pragma once

#include "base/buf.h"

enum escape_found {
	ESCAPE_ODD = 1,   /* control bytes or bytes beyond ASCII */
	ESCAPE_QUOTE = 2, /* " */
	ESCAPE_OTHER = 4, /* the byte asked for */
};

typedef signed char escape_vector __attribute__((vector_size(16)));
typedef uint64_t escape_words __attribute__((vector_size(16)));

/* The bytes seen so far, by what they are. */
struct escape_seen {
	escape_vector odd, quote, other;
};

static inline void escape_look(struct escape_seen *e, escape_vector v, char other)
{
	e->odd |= (escape_vector)(v < 32);
	e->quote |= (escape_vector)(v == '"');
	e->other |= (escape_vector)(v == other);
}

static inline bool escape_any(escape_vector v)
{
	escape_words w = (escape_words)v;

	return (w[0] | w[1]) != 0;
}

/* n < 16 bytes: copied by two words that overlap. What is missing is made up of harmless bytes. */
static inline escape_vector escape_copy_short(char *to, const char *p, size_t n)
{
	uint64_t lo = UINT64_C(0x7878787878787878), hi = lo;

	if (n >= 8) {
		memcpy(&lo, p, 8);
		memcpy(&hi, p + n - 8, 8);
		memcpy(to, &lo, 8);
		memcpy(to + n - 8, &hi, 8);
	} else if (n >= 4) {
		memcpy(&lo, p, 4);
		memcpy(&hi, p + n - 4, 4);
		memcpy(to, &lo, 4);
		memcpy(to + n - 4, &hi, 4);
	} else {
		memcpy(&lo, p, 1);
		memcpy(&hi, p + n / 2, 1);
		memcpy((char *)&hi + 1, p + n - 1, 1);
		to[0] = p[0];
		to[n / 2] = p[n / 2];
		to[n - 1] = p[n - 1];
	}
	return (escape_vector)(escape_words){lo, hi};
}

/* Copy s to where the buffer ends, without counting it in, and tell what it has of the above. */
static inline unsigned escape_copy(struct buf *b, struct str s, char other)
{
	struct escape_seen e = {{0}, {0}, {0}};
	escape_vector v;
	char *to;

	if (!s.n)
		return 0;
	if (b->cap - b->n < s.n)
		buf_grow(b, s.n);
	to = b->p + b->n;
	if (s.n < 16) {
		escape_look(&e, escape_copy_short(to, s.p, s.n), other);
	} else {
		for (size_t i = 0; i + 16 < s.n; i += 16) {
			memcpy(&v, s.p + i, 16);
			memcpy(to + i, &v, 16);
			escape_look(&e, v, other);
		}
		memcpy(&v, s.p + s.n - 16, 16); /* overlaps the one before */
		memcpy(to + s.n - 16, &v, 16);
		escape_look(&e, v, other);
	}
	return (escape_any(e.odd) ? ESCAPE_ODD : 0) | (escape_any(e.quote) ? ESCAPE_QUOTE : 0) |
	       (escape_any(e.other) ? ESCAPE_OTHER : 0);
}
