// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The hot path: a message becomes its canonical form in one pass.
 *
 * Two bitmaps of the message are made 64 bytes at a time: delimiters, and the bytes that need a
 * look (digits, slashes, blanks after blanks, tabs and control bytes). Literal text between those
 * is copied in bulk; a chunk (the bytes between two delimiters) with a digit or a slash in it goes
 * through the grammar of chunk.c.
 *
 * Invariants: (1) the canonical form is never longer than the message; (2) it has no control byte
 * but the three of enum mask_byte; (3) nothing is read beyond the message.
 */
#include "mine/mine-priv.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define MASK_AVX2
#endif

struct mask_bits {
	uint64_t delim[MASK_MAX / 64 + 1];
	uint64_t look[MASK_MAX / 64 + 1];
};

enum { CLASS_DELIM = 1, CLASS_LOOK = 2, CLASS_BLANK = 4 };

static const uint8_t byte_class[256] = {
	[0 ... 8] = CLASS_DELIM | CLASS_LOOK,
	[10 ... 31] = CLASS_DELIM | CLASS_LOOK,
	['\t'] = CLASS_DELIM | CLASS_LOOK | CLASS_BLANK,
	[' '] = CLASS_DELIM | CLASS_BLANK,
	[','] = CLASS_DELIM,
	[';'] = CLASS_DELIM,
	['='] = CLASS_DELIM,
	['('] = CLASS_DELIM,
	[')'] = CLASS_DELIM,
	['['] = CLASS_DELIM,
	[']'] = CLASS_DELIM,
	['{'] = CLASS_DELIM,
	['}'] = CLASS_DELIM,
	['<'] = CLASS_DELIM,
	['>'] = CLASS_DELIM,
	['"'] = CLASS_DELIM,
	['\''] = CLASS_DELIM,
	['|'] = CLASS_DELIM,
	['0' ... '9'] = CLASS_LOOK,
	['/'] = CLASS_LOOK,
	['\\'] = CLASS_LOOK,
};

static void classify_scalar(const char *p, size_t n, struct mask_bits *bits)
{
	uint64_t blank_before = 0;

	for (size_t i = 0; i < n; i += 64) {
		size_t m = n - i < 64 ? n - i : 64;
		uint64_t delim = 0, look = 0, blank = 0;

		for (size_t j = 0; j < m; j++) {
			uint64_t c = byte_class[(unsigned char)p[i + j]];

			delim |= (c & 1) << j;
			look |= (c >> 1 & 1) << j;
			blank |= (c >> 2) << j;
		}
		bits->delim[i / 64] = delim;
		bits->look[i / 64] = look | (blank & (blank << 1 | blank_before));
		blank_before = blank >> 63;
	}
}

#ifdef MASK_AVX2
/*
 * Classes by two table look-ups, of the low and the high half of a byte; a class holds where both
 * agree. Bits: 0 ... 3 delimiters of the rows 2x, 3x, 5x, 7x; 4 control bytes; 5 digits; 6 '/';
 * 7 '\'. Bytes from 0x80 on have none.
 */
__attribute__((target("avx2"))) static inline void classify_64(const char *p, uint64_t *delim,
							       uint64_t *look, uint64_t *blank)
{
	const __m256i low = _mm256_setr_epi8(0x31, 0x30, 0x31, 0x30, 0x30, 0x30, 0x30, 0x31, 0x31,
					     0x31, 0x10, 0x1e, (char)0x9b, 0x1e, 0x12, 0x50, 0x31,
					     0x30, 0x31, 0x30, 0x30, 0x30, 0x30, 0x31, 0x31, 0x31,
					     0x10, 0x1e, (char)0x9b, 0x1e, 0x12, 0x50);
	const __m256i high = _mm256_setr_epi8(0x10, 0x10, 0x41, 0x22, 0, (char)0x84, 0, 8, 0, 0, 0,
					      0, 0, 0, 0, 0, 0x10, 0x10, 0x41, 0x22, 0, (char)0x84,
					      0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i nibble = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
	const __m256i delims = _mm256_set1_epi8(0x1f), looks = _mm256_set1_epi8((char)0xf0);
	const __m256i space = _mm256_set1_epi8(' '), tab = _mm256_set1_epi8('\t');
	uint32_t d[2], l[2], b[2];

	for (int i = 0; i < 2; i++) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32 * i));
		__m256i lo = _mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble));
		__m256i hi = _mm256_shuffle_epi8(high,
						 _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));
		__m256i c = _mm256_and_si256(lo, hi);
		__m256i is_d = _mm256_cmpeq_epi8(_mm256_and_si256(c, delims), zero);
		__m256i is_l = _mm256_cmpeq_epi8(_mm256_and_si256(c, looks), zero);
		__m256i is_b =
			_mm256_or_si256(_mm256_cmpeq_epi8(v, space), _mm256_cmpeq_epi8(v, tab));

		d[i] = ~(uint32_t)_mm256_movemask_epi8(is_d);
		l[i] = ~(uint32_t)_mm256_movemask_epi8(is_l);
		b[i] = (uint32_t)_mm256_movemask_epi8(is_b);
	}
	*delim = d[0] | (uint64_t)d[1] << 32;
	*look = l[0] | (uint64_t)l[1] << 32;
	*blank = b[0] | (uint64_t)b[1] << 32;
}

__attribute__((target("avx2"))) static void classify_avx2(const char *p, size_t n,
							  struct mask_bits *bits)
{
	uint64_t blank_before = 0;

	for (size_t i = 0; i < n; i += 64) {
		uint64_t delim, look, blank, live = ~UINT64_C(0);

		if (n - i >= 64) {
			classify_64(p + i, &delim, &look, &blank);
		} else {
			char tail[64] = {0};

			memcpy(tail, p + i, n - i);
			classify_64(tail, &delim, &look, &blank);
			live >>= 64 - (n - i);
		}
		bits->delim[i / 64] = delim & live;
		bits->look[i / 64] = (look | (blank & (blank << 1 | blank_before))) & live;
		blank_before = blank >> 63;
	}
}
#endif

mask_classify_fn *mask_classifier(void)
{
#ifdef MASK_AVX2
	if (__builtin_cpu_supports("avx2"))
		return classify_avx2;
#endif
	return classify_scalar;
}

mask_classify_fn *mask_classifier_scalar(void)
{
	return classify_scalar;
}

/* The first set bit at i or after it; n if there is none before n. */
static inline size_t next_bit(const uint64_t *bits, size_t i, size_t n)
{
	uint64_t w;
	size_t k = i / 64;

	if (i >= n)
		return n;
	w = bits[k] & (~UINT64_C(0) << (i % 64));
	while (!w) {
		if (++k * 64 >= n)
			return n;
		w = bits[k];
	}
	i = k * 64 + (size_t)__builtin_ctzll(w);
	return i < n ? i : n;
}

/* One past the last set bit before i, not before from. */
static inline size_t after_last_bit(const uint64_t *bits, size_t i, size_t from)
{
	size_t k = i / 64;
	uint64_t w = bits[k] & ~(~UINT64_C(0) << (i % 64));

	while (!w) {
		if (k * 64 <= from)
			return from;
		w = bits[--k];
	}
	i = k * 64 + 64 - (size_t)__builtin_clzll(w);
	return i > from ? i : from;
}

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
	} else {
		memcpy(o, p, n);
	}
	return stop;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The end of a chunk: URLs and paths go on over '='. */
static size_t chunk_end(const struct mask_bits *bits, struct str m, size_t from, size_t at)
{
	size_t end = next_bit(bits->delim, at, m.n);

	if (end < m.n && m.p[end] == '=' && mask_spans_equals((struct str){m.p + from, end - from}))
		while (end < m.n && m.p[end] == '=')
			end = next_bit(bits->delim, end + 1, m.n);
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
		size_t h = next_bit(bits.look, at, m.n), from, to;
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
		from = after_last_bit(bits.delim, h, lit);
		to = chunk_end(&bits, m, from, h);
		o = copy(o, m.p + lit, from - lit, end);
		o = mask_chunk(o, (struct str){m.p + from, to - from}, end);
		lit = at = to;
	}
	o = copy(o, m.p + lit, m.n - lit, end);
	if (cut)
		*o++ = MASK_ANY;
	return (size_t)(o - out);
}
