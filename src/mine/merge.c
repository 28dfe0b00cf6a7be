// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Shapes -> templates, first half: what can be said of a shape by comparing it with those that have
 * the same words. Lists of different lengths become one value; size units that vary belong to the
 * value before them. Then shapes with the same skeleton of delimiters go to join.c together.
 *
 * Rows come sorted by content and groups are made by hash and walked in row order, so the outcome
 * depends on the set of shapes only.
 */
#include "mine/mine-priv.h"

#include <stdlib.h>

struct keyed {
	uint64_t key;
	uint32_t row;
};

static int by_key(const void *pa, const void *pb)
{
	const struct keyed *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* The end of the group that begins at i. */
static size_t group_end(const struct keyed *k, size_t n, size_t i)
{
	size_t to = i + 1;

	while (to < n && k[to].key == k[i].key)
		to++;
	return to;
}

static uint64_t row_seed(const struct row *r)
{
	return hash_word((uint64_t)r->level << 1 | r->continuation, HASH_K0);
}

/* Hash of a piece; identifiers with digits and values of keys are alike. */
static uint64_t piece_hash(uint64_t h, const struct pieces *u, size_t i)
{
	const struct piece *p = &u->p[i];

	if (p->kind == PIECE_SOFT ||
	    (i && p->kind != PIECE_DELIM && str_eq(u->p[i - 1].s, STR("="))))
		return hash_word(h, 1);
	return hash_word(h, hash_str(p->s));
}

/* Lists that differ in length among rows that agree in all else are one value. */
static void join_lists(struct arena *a, struct row *rows, size_t n, units_join_fn *join)
{
	struct keyed *k CLEANUP_FREE = mem_alloc(n * sizeof(*k));
	struct pieces *joined CLEANUP_FREE = mem_alloc(n * sizeof(*joined));
	struct lists *lists CLEANUP_FREE = mem_alloc(n * sizeof(*lists));

	for (size_t i = 0; i < n; i++) {
		uint64_t h = row_seed(&rows[i]);

		joined[i] = join(a, &rows[i].u, &lists[i]);
		for (size_t p = 0; p < joined[i].n; p++)
			h = piece_hash(h, &joined[i], p);
		k[i] = (struct keyed){h, (uint32_t)i};
	}
	qsort(k, n, sizeof(*k), by_key);
	for (size_t i = 0, to; i < n; i = to) {
		size_t most = 1, least = SIZE_MAX;
		bool differ = false, loose = false;

		to = group_end(k, n, i);
		for (size_t j = i; j < to; j++) {
			const struct lists *l = &lists[k[j].row];

			most = l->longest > most ? l->longest : most;
			least = l->longest < least ? l->longest : least;
			differ |= l->lengths != lists[k[i].row].lengths;
			loose |= l->loose;
		}
		if (!differ || (loose && !(most >= 4 || (most == 3 && least > 1))))
			continue;
		for (size_t j = i; j < to; j++)
			rows[k[j].row].u = joined[k[j].row];
	}
}

/* "93.0 B" beside "1.2 KB": the unit is part of the value. */
static void join_size_units(struct arena *a, struct row *rows, size_t n)
{
	struct keyed *k CLEANUP_FREE = mem_alloc(n * sizeof(*k));
	uint64_t *units CLEANUP_FREE = mem_alloc(n * sizeof(*units));

	for (size_t i = 0; i < n; i++) {
		const struct pieces *u = &rows[i].u;
		uint64_t h = row_seed(&rows[i]);

		units[i] = 0;
		for (size_t p = 0; p < u->n; p++) {
			if (units_is_size(u, p)) {
				units[i] = hash_word(units[i], hash_str(u->p[p].s));
				h = hash_word(h, 2);
			} else {
				h = piece_hash(h, u, p);
			}
		}
		k[i] = (struct keyed){h, (uint32_t)i};
	}
	qsort(k, n, sizeof(*k), by_key);
	for (size_t i = 0, to; i < n; i = to) {
		bool differ = false;

		to = group_end(k, n, i);
		for (size_t j = i; j < to; j++)
			differ |= units[k[j].row] != units[k[i].row];
		for (size_t j = i; differ && j < to; j++)
			rows[k[j].row].u = units_join_sizes(a, &rows[k[j].row].u);
	}
}

/* Put the words of a group's rows into a table, join them, and take the words back. */
static void run_group(struct join *g, const struct keyed *k, size_t n)
{
	const struct pieces *u = &g->rows[k[0].row].u;
	uint32_t *index CLEANUP_FREE = mem_alloc(n * sizeof(*index));
	size_t *at CLEANUP_FREE = mem_alloc((u->n + 1) * sizeof(*at));
	uint32_t *w CLEANUP_FREE = mem_alloc((n * u->n + 1) * sizeof(*w));
	uint64_t *hash CLEANUP_FREE = mem_alloc(n * sizeof(*hash));

	g->width = 0;
	for (size_t p = 0; p < u->n; p++)
		if (u->p[p].kind != PIECE_DELIM)
			at[g->width++] = p;
	for (size_t i = 0; i < n; i++) {
		index[i] = k[i].row;
		for (size_t c = 0; c < g->width; c++)
			w[i * g->width + c] = intern_add(g->words, g->rows[index[i]].u.p[at[c]].s);
	}
	g->index = index;
	g->n = n;
	g->at = at;
	g->w = w;
	g->hash = hash;
	join_group(g);
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < g->width; c++)
			g->rows[index[i]].u.p[at[c]].s = g->words->strs[w[i * g->width + c]];
}

static void join_all(struct row *rows, size_t n, struct intern *words)
{
	struct keyed *k CLEANUP_FREE = mem_alloc(n * sizeof(*k));
	struct opposites *op = opposites_new();

	for (size_t i = 0; i < n; i++) {
		uint64_t h = row_seed(&rows[i]);

		for (size_t p = 0; p < rows[i].u.n; p++) {
			const struct piece *piece = &rows[i].u.p[p];

			h = hash_word(h, piece->kind == PIECE_DELIM ? hash_str(piece->s) : 3);
		}
		k[i] = (struct keyed){h, (uint32_t)i};
	}
	qsort(k, n, sizeof(*k), by_key);
	for (size_t i = 0, to; i < n; i = to) {
		struct join g = {.rows = rows, .words = words, .opposites = op};

		to = group_end(k, n, i);
		if (to > i + 1)
			run_group(&g, k + i, to - i);
	}
	opposites_free(op);
}

void merge_rows(struct arena *a, struct row *rows, size_t n)
{
	static const char any[] = {MASK_ANY};
	struct intern words;

	for (size_t i = 0; i < n; i++) {
		rows[i].u = units_cut(a, rows[i].text);
		units_join_quoted(&rows[i].u);
	}
	join_lists(a, rows, n, units_join_brackets);
	join_lists(a, rows, n, units_join_lists);
	join_size_units(a, rows, n);
	intern_init(&words);
	intern_add(&words, (struct str){any, 1}); /* word 0 */
	join_all(rows, n, &words);
	for (size_t i = 0; i < n; i++)
		rows[i].result = units_text(a, &rows[i].u);
	intern_release(&words); /* rows' pieces point into it: no use after this */
}
