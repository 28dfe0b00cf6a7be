// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Bitmaps of a message, one bit a byte: what mask.c and chunk.c steer by. The fast way looks up the
 * low and the high half of each byte in tables of 16 entries; a class holds where both agree.
 */
#include "mine/mine-priv.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CLASSIFY_AVX2
#endif

enum {
	CLASS_DELIM = 1,
	CLASS_LOOK = 2,
	CLASS_BLANK = 4,
	CLASS_WORD = 8,
	CLASS_DIGIT = 16,
	CLASS_JOIN = 32
};

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
	['-'] = CLASS_JOIN,
	['.'] = CLASS_JOIN,
	['/'] = CLASS_LOOK,
	['\\'] = CLASS_LOOK,
	['0' ... '9'] = CLASS_WORD | CLASS_DIGIT | CLASS_LOOK,
	['A' ... 'Z'] = CLASS_WORD,
	['a' ... 'z'] = CLASS_WORD,
	['_'] = CLASS_WORD,
	[128 ... 255] = CLASS_WORD,
};

/* Bits of up to 64 bytes. */
struct block {
	uint64_t delim, look, blank, word, digit, join;
};

static void put_block(struct mask_bits *bits, size_t k, const struct block *b,
		      uint64_t *blank_before)
{
	bits->delim[k] = b->delim;
	bits->look[k] = b->look | (b->blank & (b->blank << 1 | *blank_before));
	bits->word[k] = b->word;
	bits->digit[k] = b->digit;
	bits->join[k] = b->join;
	*blank_before = b->blank >> 63;
}

/* The word behind the last one is read, too. */
static void end_blocks(struct mask_bits *bits, size_t n)
{
	size_t k = (n + 63) / 64;

	bits->delim[k] = bits->look[k] = bits->word[k] = bits->digit[k] = bits->join[k] = 0;
}

static void classify_scalar(const char *p, size_t n, struct mask_bits *bits)
{
	uint64_t blank_before = 0;

	for (size_t i = 0; i < n; i += 64) {
		size_t m = n - i < 64 ? n - i : 64;
		struct block b = {0};

		for (size_t j = 0; j < m; j++) {
			uint64_t c = byte_class[(unsigned char)p[i + j]];

			b.delim |= (c & 1) << j;
			b.look |= (c >> 1 & 1) << j;
			b.blank |= (c >> 2 & 1) << j;
			b.word |= (c >> 3 & 1) << j;
			b.digit |= (c >> 4 & 1) << j;
			b.join |= (c >> 5) << j;
		}
		put_block(bits, i / 64, &b, &blank_before);
	}
	end_blocks(bits, n);
}

#ifdef CLASSIFY_AVX2
#define AVX2       __attribute__((target("avx2")))
#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

AVX2 static inline uint64_t nonzero(__m256i v)
{
	return (uint32_t)~_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
}

/*
 * 32 bytes, to the low halves of b. Bits of the first pair of tables: 0 ... 3 delimiters of the
 * rows 2x, 3x, 5x, 7x; 4 control bytes; 5 '/'; 6 '\'; 7 '.', '-'. Of the second: 0 letters of the
 * rows 4x, 6x; 1 of 5x, 7x; 2 '_'; 3 digits. Bytes from 0x80 on are in no table: word by their
 * sign.
 */
AVX2 static inline void classify_32(__m256i v, struct block *b)
{
	const __m256i low1 = TWICE(0x11, 0x10, 0x11, 0x10, 0x10, 0x10, 0x10, 0x11, 0x11, 0x11, 0x10,
				   0x1e, 0x5b, 0x9e, 0x92, 0x30);
	const __m256i high1 = TWICE(0x10, 0x10, 0xa1, 0x02, 0, 0x44, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i low2 = TWICE(10, 11, 11, 11, 11, 11, 11, 11, 11, 11, 3, 1, 1, 1, 1, 5);
	const __m256i high2 = TWICE(0, 0, 0, 8, 1, 6, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m256i half = _mm256_set1_epi8(15);
	__m256i lo = _mm256_and_si256(v, half);
	__m256i hi = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);
	__m256i c1 =
		_mm256_and_si256(_mm256_shuffle_epi8(low1, lo), _mm256_shuffle_epi8(high1, hi));
	__m256i c2 =
		_mm256_and_si256(_mm256_shuffle_epi8(low2, lo), _mm256_shuffle_epi8(high2, hi));

	b->delim = nonzero(_mm256_and_si256(c1, _mm256_set1_epi8(0x1f)));
	b->digit = (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(c2, 4));
	b->look = nonzero(_mm256_and_si256(c1, _mm256_set1_epi8(0x70))) | b->digit;
	b->join = (uint32_t)_mm256_movemask_epi8(c1);
	b->word = nonzero(c2) | (uint32_t)_mm256_movemask_epi8(v);
	b->blank = (uint32_t)_mm256_movemask_epi8(
		_mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(' ')),
				_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\t'))));
}

/* Add b, whose first bit is for byte at, to a. */
static inline void join_block(struct block *a, const struct block *b, unsigned at)
{
	a->delim |= b->delim << at;
	a->look |= b->look << at;
	a->blank |= b->blank << at;
	a->word |= b->word << at;
	a->digit |= b->digit << at;
	a->join |= b->join << at;
}

static inline void drop_first(struct block *b, unsigned n)
{
	b->delim >>= n;
	b->look >>= n;
	b->blank >>= n;
	b->word >>= n;
	b->digit >>= n;
	b->join >>= n;
}

AVX2 static inline __m256i load(const char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

AVX2 static inline void classify_64(const char *p, struct block *b)
{
	struct block high;

	classify_32(load(p), b);
	classify_32(load(p + 32), &high);
	join_block(b, &high, 32);
}

/* Fewer than 64 bytes: the last 32 overlap the first. */
AVX2 static void classify_short(const char *p, size_t n, struct block *b)
{
	char copy[32];
	struct block high;

	if (n < 32) {
		memset(copy, 0, sizeof(copy));
		memcpy(copy, p, n);
		classify_32(load(copy), b);
		b->delim &= ~(~UINT64_C(0) << n); /* NUL counts as a delimiter to look at */
		b->look &= ~(~UINT64_C(0) << n);
		return;
	}
	classify_32(load(p), b);
	classify_32(load(p + n - 32), &high);
	drop_first(&high, (unsigned)(64 - n));
	join_block(b, &high, 32);
}

AVX2 static void classify_avx2(const char *p, size_t n, struct mask_bits *bits)
{
	uint64_t blank_before = 0;
	struct block b;
	size_t i;

	for (i = 0; i + 64 <= n; i += 64) {
		classify_64(p + i, &b);
		put_block(bits, i / 64, &b, &blank_before);
	}
	if (i < n) {
		if (n < 64) {
			classify_short(p, n, &b);
		} else {
			classify_64(p + n - 64, &b); /* overlaps the block before */
			drop_first(&b, (unsigned)(64 - (n - i)));
		}
		put_block(bits, i / 64, &b, &blank_before);
	}
	end_blocks(bits, n);
}
#endif

mask_classify_fn *mask_classifier(void)
{
#ifdef CLASSIFY_AVX2
	if (__builtin_cpu_supports("avx2"))
		return classify_avx2;
#endif
	return classify_scalar;
}

mask_classify_fn *mask_classifier_scalar(void)
{
	return classify_scalar;
}
