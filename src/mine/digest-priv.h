/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the digest share. */
#pragma once

#include "mine/digest.h"
#include "mine/mine-priv.h"

static inline uint64_t digest_shape_hash(struct str text, enum level level, bool continuation)
{
	return hash_bytes(text.p, text.n, (uint64_t)level << 1 | continuation);
}

static inline uint64_t digest_value_hash(uint64_t shape, uint32_t slot, struct str text)
{
	return hash_word(hash_word(shape, slot), hash_str(text));
}

/* The order in which steps are kept: smallest first, then by gap. */
static inline uint64_t digest_pair_hash(uint64_t from, uint64_t to)
{
	return hash_word(hash_word(from, HASH_K1), to);
}

/* The k-th smallest (from 1) of n numbers, k <= n; reorders them. */
uint64_t digest_kth(uint64_t *v, size_t n, size_t k);
