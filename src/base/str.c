// SPDX-License-Identifier: GPL-3.0-or-later
/* Slices: see str.h. */
#include "base/str.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

static inline char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

size_t str_count_char(struct str s, char c)
{
	size_t i = 0, n = 0;

#ifdef __SSE2__
	const __m128i want = _mm_set1_epi8(c), zero = _mm_setzero_si128();

	while (s.n - i >= 16) {
		__m128i sum = zero; /* 16 counters of a byte: 255 rounds at most */

		for (int k = 0; k < 255 && s.n - i >= 16; k++, i += 16)
			sum = _mm_sub_epi8(
				sum,
				_mm_cmpeq_epi8(want, _mm_loadu_si128((const void *)(s.p + i))));
		sum = _mm_sad_epu8(sum, zero);
		n += (size_t)_mm_cvtsi128_si64(sum) +
		     (size_t)_mm_cvtsi128_si64(_mm_srli_si128(sum, 8));
	}
#endif
	for (; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

size_t str_find_char(struct str s, char c)
{
	const char *p = s.n ? memchr(s.p, c, s.n) : NULL;

	return p ? (size_t)(p - s.p) : s.n;
}

size_t str_find(struct str s, struct str needle)
{
	const char *p;

	if (needle.n == 0)
		return 0;
	p = s.n >= needle.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return p ? (size_t)(p - s.p) : s.n;
}

bool str_contains(struct str s, struct str needle)
{
	return needle.n == 0 || str_find(s, needle) < s.n;
}

bool str_contains_nocase(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (str_eq_nocase((struct str){s.p + i, needle.n}, needle))
			return true;
	return false;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_next(struct str *rest, char sep, struct str *out)
{
	size_t i;

	if (!rest->p)
		return false;
	i = str_find_char(*rest, sep);
	*out = str_head(*rest, i);
	*rest = i < rest->n ? str_from(*rest, i + 1) : (struct str){NULL, 0};
	return true;
}

bool str_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (d > 9 || __builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, d, &v))
			return false;
	}
	*out = v;
	return true;
}

bool str_i64(struct str s, int64_t *out)
{
	bool neg = s.n && s.p[0] == '-';
	uint64_t v;

	if (!str_u64(str_from(s, neg), &v) || v > (uint64_t)INT64_MAX)
		return false;
	*out = neg ? -(int64_t)v : (int64_t)v;
	return true;
}

bool str_double(struct str s, double *out)
{
	char z[64], *end;
	double v;

	if (s.n == 0 || s.n >= sizeof(z) || (unsigned char)s.p[0] <= ' ')
		return false;
	memcpy(z, s.p, s.n);
	z[s.n] = 0;
	v = strtod(z, &end);
	if (end != z + s.n)
		return false;
	*out = v;
	return true;
}
