// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Messages seen before, and their shapes: most lines of a log differ from some line above them in
 * nothing but digits, and need not be masked again.
 *
 * All that the grammar of chunk.c asks of a digit is whether it is one. So messages that are equal
 * when every digit is read as '0' have the same canonical form, but for digits that are left
 * literal. Messages with such digits are not kept here; of all others every byte is compared, so
 * that none is taken for another.
 */
#include "mine/mine-priv.h"

#include <stdlib.h>

#define STEP    ((size_t)16)
#define STEPS   ((size_t)11)
#define LONGEST (STEP * STEPS)
#define BITS    12
#define PRESENT (UINT64_C(1) << 63)

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* The text in steps of 16 bytes, of which the last may overlap the one before. */
struct entry {
	uint64_t key; /* what else tells messages apart; 0: nothing here */
	uint32_t shape;
	bytes16 text[STEPS];
};

struct recent {
	struct entry *slot; /* of the message looked for last; NULL: it cannot be kept */
	uint64_t key;
	size_t steps;
	bytes16 text[STEPS];
	struct entry entries[(size_t)1 << BITS];
};

struct recent *recent_new(void)
{
	return mem_zalloc(sizeof(struct recent));
}

void recent_free(struct recent *r)
{
	free(r);
}

/* Up to 16 bytes: halves that overlap. */
static inline bytes16 load_short(const char *p, size_t n)
{
	uint64_t w[2] = {0};
	uint32_t half[2];
	bytes16 v;

	if (n >= 8) {
		memcpy(&w[0], p, 8);
		memcpy(&w[1], p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(&half[0], p, 4);
		memcpy(&half[1], p + n - 4, 4);
		w[0] = (uint64_t)half[1] << 32 | half[0];
	} else {
		for (size_t i = 0; i < n; i++)
			w[0] |= (uint64_t)(unsigned char)p[i] << (8 * i);
	}
	memcpy(&v, w, 16);
	return v;
}

static inline bytes16 zero_digits(bytes16 v)
{
	bytes16 d = v - '0';

	return v ^ (d & (bytes16)(d < 10));
}

/* Add a step to the text; what it adds to the hash. */
static inline uint64_t add_step(struct recent *r, size_t i, bytes16 v)
{
	uint64_t w[2];

	v = zero_digits(v);
	r->text[i] = v;
	memcpy(w, &v, 16);
	return hash_fold(w[0] ^ HASH_K0 * (2 * i + 1), w[1] ^ HASH_K1);
}

uint32_t recent_find(struct recent *r, struct str m, enum level level, bool continuation)
{
	uint64_t hash = 0;
	bytes16 differ = {0};
	uint64_t w[2];
	const struct entry *e;
	size_t i = 0;

	r->slot = NULL;
	if (m.n > LONGEST)
		return RECENT_NONE;
	r->key = PRESENT | m.n << 8 | (uint64_t)level << 1 | continuation;
	if (m.n < STEP) {
		hash = add_step(r, 0, load_short(m.p, m.n));
		i = 1;
	} else {
		bytes16 v;

		for (; (i + 1) * STEP <= m.n; i++) {
			memcpy(&v, m.p + i * STEP, STEP);
			hash += add_step(r, i, v);
		}
		if (i * STEP < m.n) {
			memcpy(&v, m.p + m.n - STEP, STEP);
			hash += add_step(r, i++, v);
		}
	}
	r->steps = i;
	r->slot = &r->entries[hash_fold(hash ^ r->key, HASH_K0) >> (64 - BITS)];
	e = r->slot;
	if (e->key != r->key)
		return RECENT_NONE;
	while (i--)
		differ |= e->text[i] ^ r->text[i];
	memcpy(w, &differ, 16);
	return w[0] | w[1] ? RECENT_NONE : e->shape;
}

void recent_keep(struct recent *r, struct str canonical, uint32_t shape)
{
	if (!r->slot)
		return;
	for (size_t i = 0; i < canonical.n; i++)
		if (mask_is_digit(canonical.p[i]))
			return;
	r->slot->key = r->key;
	r->slot->shape = shape;
	for (size_t i = 0; i < r->steps; i++)
		r->slot->text[i] = r->text[i];
}
