/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking for bytes from a place on: 16 at a time where so many are left, so that a short column
 * costs no branch per byte. Nothing is read at or beyond end.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A set of up to four bytes; unused ones repeat another. */
struct scan_set {
	char c[4];
};

static inline bool scan_in(struct scan_set s, char c)
{
	return c == s.c[0] || c == s.c[1] || c == s.c[2] || c == s.c[3];
}

static inline bool scan_alnum_char(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25 || (unsigned)(c - '0') <= 9;
}

#ifdef __SSE2__
/* A bit for each of the 16 bytes at p that is in the set. */
static inline unsigned scan_bits(struct scan_set s, const char *p)
{
	__m128i v = _mm_loadu_si128((const void *)p);
	__m128i a = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(s.c[0])),
				 _mm_cmpeq_epi8(v, _mm_set1_epi8(s.c[1])));
	__m128i b = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(s.c[2])),
				 _mm_cmpeq_epi8(v, _mm_set1_epi8(s.c[3])));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(a, b));
}

/* A bit for each of the 16 bytes at p that is a letter (ASCII) or a digit. */
static inline unsigned scan_alnum_bits(const char *p)
{
	__m128i v = _mm_loadu_si128((const void *)p);
	__m128i d = _mm_sub_epi8(v, _mm_set1_epi8('0'));
	__m128i a = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(32)), _mm_set1_epi8('a'));

	d = _mm_cmpeq_epi8(_mm_min_epu8(d, _mm_set1_epi8(9)), d);
	a = _mm_cmpeq_epi8(_mm_min_epu8(a, _mm_set1_epi8(25)), a);
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(d, a));
}
#endif

/* The first byte of the set from p on; end if there is none. */
static inline const char *scan_for(struct scan_set s, const char *p, const char *end)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		unsigned bits = scan_bits(s, p);

		if (bits)
			return p + __builtin_ctz(bits);
	}
#endif
	while (p < end && !scan_in(s, *p))
		p++;
	return p;
}

/* The first byte from p on that is no letter or digit; end if there is none. */
static inline const char *scan_alnum(const char *p, const char *end)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		unsigned bits = scan_alnum_bits(p) ^ 0xffff;

		if (bits)
			return p + __builtin_ctz(bits);
	}
#endif
	while (p < end && scan_alnum_char(*p))
		p++;
	return p;
}
