/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hot path of writing text into a format that escapes: bytes are copied and looked at in the
 * same go, 16 at a time. What needs no escaping is then already written. Nothing is read back that
 * was just written (which would wait for the store).
 *
 * Where more memory around the text may be read, as in a mapped file, it is copied in whole steps,
 * so that short texts of any length take the same path.
 */
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/buf.h"

#define ESCAPE_STEP 32 /* bytes that may be written beyond a copied text */

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

static inline escape_vector escape_copy16(char *to, const char *p)
{
	escape_vector v;

	memcpy(&v, p, 16);
	memcpy(to, &v, 16);
	return v;
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
	char *to;

	if (!s.n)
		return 0;
	if (b->cap - b->n < s.n)
		buf_grow(b, s.n);
	to = b->p + b->n;
	if (s.n < 16) {
		escape_look(&e, escape_copy_short(to, s.p, s.n), other);
	} else {
		for (size_t i = 0; i + 16 < s.n; i += 16)
			escape_look(&e, escape_copy16(to + i, s.p + i), other);
		/* overlaps the one before */
		escape_look(&e, escape_copy16(to + s.n - 16, s.p + s.n - 16), other);
	}
	return (escape_any(e.odd) ? ESCAPE_ODD : 0) | (escape_any(e.quote) ? ESCAPE_QUOTE : 0) |
	       (escape_any(e.other) ? ESCAPE_OTHER : 0);
}

/* A bit for each byte that has any of the above, the first lowest. */
static inline uint32_t escape_mask(escape_vector v, char other)
{
#ifdef __SSE2__
	__m128i x = (__m128i)v, odd = _mm_cmpgt_epi8(_mm_set1_epi8(32), x),
		quote = _mm_cmpeq_epi8(_mm_set1_epi8('"'), x),
		asked = _mm_cmpeq_epi8(x, _mm_set1_epi8(other));

	return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(odd, quote), asked));
#else
	uint32_t mask = 0;

	for (int i = 0; i < 16; i++)
		mask |= (uint32_t)(v[i] < 32 || v[i] == '"' || v[i] == other) << i;
	return mask;
#endif
}

/* Copy s, which is not empty, and tell whether it has any. Nothing beyond s is touched. */
static inline bool escape_copy_exactly(char *to, struct str s, char other)
{
	uint32_t found = 0;

	if (s.n < 16)
		return escape_mask(escape_copy_short(to, s.p, s.n), other);
	for (size_t i = 0; i + 16 < s.n; i += 16)
		found |= escape_mask(escape_copy16(to + i, s.p + i), other);
	return found | escape_mask(escape_copy16(to + s.n - 16, s.p + s.n - 16), other);
}

/* The same, where ESCAPE_STEP bytes beyond s may be read and written. */
static inline bool escape_copy_in_steps(char *to, struct str s, char other)
{
	uint32_t found = 0, last;

	for (; s.n > ESCAPE_STEP; s.p += ESCAPE_STEP, s.n -= ESCAPE_STEP, to += ESCAPE_STEP)
		found |= escape_mask(escape_copy16(to, s.p), other) |
			 escape_mask(escape_copy16(to + 16, s.p + 16), other);
	last = escape_mask(escape_copy16(to, s.p), other) |
	       escape_mask(escape_copy16(to + 16, s.p + 16), other) << 16;
	return found | last << (ESCAPE_STEP - s.n);
}

/* The same for a text that may lie in `around`, all of which may be read. */
static inline bool escape_copy_within(char *to, struct str s, struct str around, char other)
{
	uintptr_t at = (uintptr_t)s.p - (uintptr_t)around.p;

	return at + s.n + ESCAPE_STEP <= around.n ? escape_copy_in_steps(to, s, other)
						  : escape_copy_exactly(to, s, other);
}
