// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Messages seen before, and their shapes: most lines of a log differ from some line above them in
 * nothing but digits, and need not be masked again.
 *
 * All that the grammar of chunk.c asks of a digit is whether it is one. So messages that are equal
 * when every digit is read as '0' have the same canonical form, but for digits that are left
 * literal. Those are mostly in names (eth0, ssh2), so digits behind a letter are not read as '0',
 * unless the letter can be part of a hexadecimal number. Messages with other literal digits are not
 * kept here; of all others every byte is compared, so that none is taken for another.
 */
#include "mine/mine-priv.h"

#include <stdlib.h>

#define STEP    ((size_t)16)
#define STEPS   ((size_t)11)
#define LONGEST (STEP * STEPS)
#define BITS    12 /* the entries fit a second-level cache */
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

/* A text of fewer than 16 bytes, and zeros. */
static inline bytes16 load_short(const char *p, size_t n)
{
	uint64_t w[2] = {0}, tail;
	uint32_t half[2];
	bytes16 v;

	if (n >= 8) {
		memcpy(&w[0], p, 8);
		memcpy(&tail, p + n - 8, 8);
		w[1] = tail >> (4 * (16 - n)) >> (4 * (16 - n)); /* 64 bits for 8 bytes */
	} else if (n >= 4) {
		memcpy(&half[0], p, 4);
		memcpy(&half[1], p + n - 4, 4);
		w[0] = (uint64_t)half[1] << (8 * (n - 4)) | half[0];
	} else {
		for (size_t i = 0; i < n; i++)
			w[0] |= (uint64_t)(unsigned char)p[i] << (8 * i);
	}
	memcpy(&v, w, 16);
	return v;
}

static inline bool any(bytes16 v)
{
	uint64_t w[2];

	memcpy(w, &v, 16);
	return w[0] | w[1];
}

/* Where v has digits that are read as '0'; before holds the bytes before those of v. */
static inline bytes16 varying(bytes16 v, bytes16 before)
{
	bytes16 d = v - '0', letter = (before | 32) - 'g';

	return (bytes16)(d < 10) & (bytes16)(letter > 'z' - 'g');
}

/* Add a step to the text; what it adds to the hash. */
static inline uint64_t add_step(struct recent *r, size_t i, bytes16 v, bytes16 before)
{
	uint64_t w[2];

	v ^= (v - '0') & varying(v, before);
	r->text[i] = v;
	memcpy(w, &v, 16);
	return hash_fold(w[0] ^ HASH_K0 * (2 * i + 1), w[1] ^ HASH_K1);
}

static inline bytes16 load(const char *p)
{
	bytes16 v;

	memcpy(&v, p, STEP);
	return v;
}

/* The bytes of v, each one place later. */
static inline bytes16 shift(bytes16 v)
{
	return __builtin_shufflevector(v, (bytes16){0}, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
				       12, 13, 14);
}

uint32_t recent_find(struct recent *r, struct str m, enum level level, bool continuation)
{
	uint64_t hash = 0;
	bytes16 differ = {0};
	const struct entry *e;
	size_t i = 0;

	r->slot = NULL;
	if (m.n > LONGEST)
		return RECENT_NONE;
	r->key = PRESENT | m.n << 8 | (uint64_t)level << 1 | continuation;
	if (m.n < STEP) {
		bytes16 v = load_short(m.p, m.n);

		hash = add_step(r, 0, v, shift(v));
		i = 1;
	} else {
		bytes16 v = load(m.p);

		hash = add_step(r, 0, v, shift(v));
		for (i = 1; (i + 1) * STEP <= m.n; i++)
			hash += add_step(r, i, load(m.p + i * STEP), load(m.p + i * STEP - 1));
		if (i * STEP < m.n) {
			hash += add_step(r, i, load(m.p + m.n - STEP), load(m.p + m.n - STEP - 1));
			i++;
		}
	}
	r->steps = i;
	r->slot = &r->entries[hash_fold(hash ^ r->key, HASH_K0) >> (64 - BITS)];
	e = r->slot;
	if (e->key != r->key)
		return RECENT_NONE;
	while (i--)
		differ |= e->text[i] ^ r->text[i];
	return any(differ) ? RECENT_NONE : e->shape;
}

void recent_keep(struct recent *r, const char *canonical, size_t n, uint32_t shape)
{
	bytes16 digits;

	if (!r->slot)
		return;
	digits = varying(load(canonical), shift(load(canonical)));
	for (size_t i = STEP; i < n; i += STEP)
		digits |= varying(load(canonical + i), load(canonical + i - 1));
	if (any(digits))
		return;
	r->slot->key = r->key;
	r->slot->shape = shape;
	for (size_t i = 0; i < r->steps; i++)
		r->slot->text[i] = r->text[i];
}
