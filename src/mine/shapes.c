// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The table of distinct canonical messages of one miner: open addressing over 64-bit hashes, texts
 * compared in full, so that no two shapes are ever confused.
 *
 * A log without end of distinct shapes (random words) makes the miner turn to coarser forms, one
 * after the other (mask_coarsen). The forms already kept stay; the merge coarsens them likewise, if
 * the distinct shapes of all miners together pass the same limits. A miner alone can only pass them
 * if all together do, so the result does not depend on how lines are spread over miners.
 */
#include "mine/mine-priv.h"

#include <stdlib.h>

struct miner *miner_new(void)
{
	struct miner *m = mem_zalloc(sizeof(*m));

	m->classify = mask_classifier();
	m->coarsener = coarsener_new();
	m->recent = recent_new();
	arena_init(&m->arena);
	m->nslots = 1024;
	m->slots = mem_zalloc(m->nslots * sizeof(*m->slots));
	return m;
}

void miner_free(struct miner *m)
{
	if (!m)
		return;
	arena_release(&m->arena);
	free(m->shapes);
	free(m->slots);
	coarsener_free(m->coarsener);
	recent_free(m->recent);
	free(m);
}

/* Of a text in one of the miner's buffers, which have room for the zeros behind it. */
static uint64_t shape_hash(char *p, size_t n, enum level level, bool continuation)
{
	uint64_t h = hash_word((uint64_t)level << 1 | continuation, n);

	memset(p + n, 0, 16);
	for (size_t i = 0; i < n; i += 16) {
		uint64_t w[2];

		memcpy(w, p + i, 16);
		h = hash_fold(h ^ w[0], w[1] ^ HASH_K1);
	}
	return hash_fold(h ^ HASH_K0, HASH_K1);
}

static uint64_t slot_of(uint64_t hash, size_t shape)
{
	return (hash & ~(uint64_t)UINT32_MAX) | (shape + 1);
}

static size_t slot_shape(uint64_t slot)
{
	return (slot & UINT32_MAX) - 1;
}

static void grow(struct miner *m)
{
	size_t n = m->nslots * 2;
	uint64_t *slots = mem_zalloc(n * sizeof(*slots));

	for (size_t i = 0; i < m->nshapes; i++) {
		size_t k = m->shapes[i].hash & (n - 1);

		while (slots[k])
			k = (k + 1) & (n - 1);
		slots[k] = slot_of(m->shapes[i].hash, i);
	}
	free(m->slots);
	m->slots = slots;
	m->nslots = n;
}

/* Where the shape with this text is in the table, or where it would be. */
static size_t find(const struct miner *m, struct str text, uint64_t hash, enum level level,
		   bool continuation)
{
	size_t k = hash & (m->nslots - 1);

	for (; m->slots[k]; k = (k + 1) & (m->nslots - 1)) {
		const struct shape *s;

		if ((m->slots[k] ^ hash) >> 32)
			continue;
		s = &m->shapes[slot_shape(m->slots[k])];
		if (s->hash == hash && s->level == level && s->continuation == continuation &&
		    str_eq(s->text, text))
			break;
	}
	return k;
}

/* The shape with this text, made if need be. */
static uint32_t put(struct miner *m, char *p, size_t n, enum level level, bool continuation,
		    uint64_t count)
{
	uint64_t hash = shape_hash(p, n, level, continuation);
	struct str text = {p, n};
	size_t k = find(m, text, hash, level, continuation);

	if (m->slots[k]) {
		m->shapes[slot_shape(m->slots[k])].count += count;
		return (uint32_t)slot_shape(m->slots[k]);
	}
	array_push(m->shapes, m->nshapes, m->capshapes) =
		(struct shape){arena_str(&m->arena, text), hash, count, level, continuation};
	m->slots[k] = slot_of(hash, m->nshapes - 1);
	if (m->nshapes * 2 > m->nslots)
		grow(m);
	return (uint32_t)m->nshapes - 1;
}

/* Turn to the next coarser form if the one in use has too many shapes. */
static void limit(struct miner *m)
{
	if (m->mode < MASK_COARSE && (m->nshapes - m->base > SHAPES_MAX ||
				      m->arena.total - m->base_text > SHAPES_TEXT_MAX)) {
		m->mode++;
		m->base = m->nshapes;
		m->base_text = m->arena.total;
	}
}

uint32_t miner_add(struct miner *m, const struct logline *line)
{
	struct str message = logline_text(line), text;
	bool continuation = !line->head, canonical = !m->mode;
	uint32_t shape;
	uint64_t hash;
	size_t k;

	if (canonical)
		limit(m);
	shape = recent_find(m->recent, message, line->level, continuation);
	if (shape != RECENT_NONE) {
		m->shapes[shape].count++;
		return shape;
	}
	text = (struct str){m->text, mask_message(m->classify, message, m->text)};
	hash = shape_hash(m->text, text.n, line->level, continuation);
	k = find(m, text, hash, line->level, continuation);
	/* What was kept before is still found: the merge gives it its coarser form. */
	if (m->slots[k]) {
		shape = (uint32_t)slot_shape(m->slots[k]);
		m->shapes[shape].count++;
		recent_keep(m->recent, text.p, text.n, shape);
		return shape;
	}
	if (canonical)
		return put(m, m->text, text.n, line->level, continuation, 1);
	text.n = mask_coarsen(m->coarsener, m->mode, text, m->coarse);
	limit(m);
	return put(m, m->coarse, text.n, line->level, continuation, 1);
}

uint32_t miner_add_shape(struct miner *m, struct str canonical, enum level level, bool continuation,
			 uint64_t count)
{
	canonical = str_head(canonical, MASK_MAX + 1);
	mask_copy(m->coarse, canonical.p, canonical.n);
	return put(m, m->coarse, canonical.n, level, continuation, count);
}
