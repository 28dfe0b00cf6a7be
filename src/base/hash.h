/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hashing and hash tables. The hash is a folded multiplication (128-bit product, halves xored) over
 * 8-byte words: fast and well mixed, not meant against an adversary who knows it; tables that input
 * fills are capped by their owners. The values are the same on every machine (little-endian reads),
 * because template ids are made of them.
 */
#pragma once

#include "base/mem.h"

#define HASH_K0 UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio */
#define HASH_K1 UINT64_C(0xd6e8feb86659fd93)

static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	__uint128_t m = (__uint128_t)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Combine a hash with one more word; order matters. */
static inline uint64_t hash_word(uint64_t h, uint64_t w)
{
	return hash_fold(h ^ w ^ HASH_K0, HASH_K1);
}

uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);

static inline uint64_t hash_str(struct str s)
{
	return hash_bytes(s.p, s.n, 0);
}

/*
 * A map from 64-bit keys (already hashes) to uint32 values: open addressing, linear probing, no
 * deletion. Key 0 is allowed. {0} is an empty map.
 */
struct map {
	uint64_t *keys;
	uint32_t *vals; /* value + 1; 0 = free slot; so UINT32_MAX cannot be stored */
	size_t n, cap;  /* cap is a power of two or 0 */
};

void map_release(struct map *m);
bool map_get(const struct map *m, uint64_t key, uint32_t *val);
/* The value of key, first set to val if the key is new; *fresh (may be NULL) tells. */
uint32_t map_put(struct map *m, uint64_t key, uint32_t val, bool *fresh);

/*
 * Strings interned to dense ids 0, 1, 2 ... in the order of their arrival. Equal hashes are told
 * apart by comparing bytes.
 */
struct intern {
	struct arena arena;
	struct str *strs;
	size_t n, cap;
	struct map map;
};

void intern_init(struct intern *t);
void intern_release(struct intern *t);
uint32_t intern_add(struct intern *t, struct str s);
bool intern_find(const struct intern *t, struct str s, uint32_t *id);
