// SPDX-License-Identifier: GPL-3.0-or-later
/* Hash function, integer map and string interning: see hash.h. */
#include "base/hash.h"

#include <stdlib.h>

static uint64_t read_tail(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n);
	return v;
}

uint64_t hash_bytes(const void *data, size_t n, uint64_t seed)
{
	const unsigned char *p = data;
	uint64_t h = seed ^ hash_fold(n ^ HASH_K0, HASH_K1);

	for (; n >= 8; p += 8, n -= 8) {
		uint64_t w;

		memcpy(&w, p, 8);
		h = hash_word(h, w);
	}
	if (n)
		h = hash_word(h, read_tail(p, n));
	return hash_fold(h, HASH_K0);
}

void map_release(struct map *m)
{
	free(m->keys);
	free(m->vals);
	*m = (struct map){0};
}

static size_t map_slot(const struct map *m, uint64_t key)
{
	size_t mask = m->cap - 1, i = (size_t)hash_fold(key, HASH_K0) & mask;

	while (m->vals[i] && m->keys[i] != key)
		i = (i + 1) & mask;
	return i;
}

bool map_get(const struct map *m, uint64_t key, uint32_t *val)
{
	size_t i;

	if (!m->cap)
		return false;
	i = map_slot(m, key);
	if (!m->vals[i])
		return false;
	*val = m->vals[i] - 1;
	return true;
}

static void map_grow(struct map *m)
{
	struct map old = *m;

	m->cap = old.cap ? old.cap * 2 : 64;
	m->keys = mem_alloc(m->cap * sizeof(*m->keys));
	m->vals = mem_zalloc(m->cap * sizeof(*m->vals));
	for (size_t i = 0; i < old.cap; i++) {
		size_t j;

		if (!old.vals[i])
			continue;
		j = map_slot(m, old.keys[i]);
		m->keys[j] = old.keys[i];
		m->vals[j] = old.vals[i];
	}
	free(old.keys);
	free(old.vals);
}

uint32_t map_put(struct map *m, uint64_t key, uint32_t val, bool *fresh)
{
	size_t i;

	if (m->n * 4 >= m->cap * 3)
		map_grow(m);
	i = map_slot(m, key);
	if (fresh)
		*fresh = !m->vals[i];
	if (!m->vals[i]) {
		m->keys[i] = key;
		m->vals[i] = val + 1;
		m->n++;
	}
	return m->vals[i] - 1;
}

void intern_init(struct intern *t)
{
	*t = (struct intern){0};
	arena_init(&t->arena);
}

void intern_release(struct intern *t)
{
	arena_release(&t->arena);
	free(t->strs);
	map_release(&t->map);
	*t = (struct intern){0};
}

/* The id of s, or the key under which it can be put. */
static bool intern_probe(const struct intern *t, struct str s, uint64_t *key, uint32_t *id)
{
	*key = hash_str(s);
	while (map_get(&t->map, *key, id)) {
		if (str_eq(t->strs[*id], s))
			return true;
		*key = hash_word(*key, 1);
	}
	return false;
}

uint32_t intern_add(struct intern *t, struct str s)
{
	uint64_t key;
	uint32_t id;

	if (intern_probe(t, s, &key, &id))
		return id;
	id = (uint32_t)t->n;
	array_push(t->strs, t->n, t->cap) = arena_str(&t->arena, s);
	map_put(&t->map, key, id, NULL);
	return id;
}

bool intern_find(const struct intern *t, struct str s, uint32_t *id)
{
	uint64_t key;

	return intern_probe(t, s, &key, id);
}
