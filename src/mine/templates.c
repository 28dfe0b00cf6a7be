// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The set of templates of several miners: their shapes are made one set, normalised, compared with
 * the known templates, merged, and named.
 *
 * An id is a hash of level, continuation and text, so the same template has the same id in any log
 * that leads to it. Templates are numbered in the order of their texts.
 */
#include "mine/mine-priv.h"

#include <stdio.h>
#include <stdlib.h>

#define ID_DIGITS 10

struct templates {
	struct arena arena;
	struct template *t;
	struct plan **plans; /* of each template */
	size_t n, cap;
	uint32_t **of_shape; /* of each miner */
	size_t nminers;
	unsigned coarse;
};

/* Shapes with equal content, over all miners. */
struct pool {
	struct arena arena;
	struct intern texts; /* level and continuation before the text */
	struct row *rows;    /* one a text */
	size_t n, cap;
};

static void pool_init(struct pool *p)
{
	*p = (struct pool){0};
	arena_init(&p->arena);
	intern_init(&p->texts);
}

static void pool_release(struct pool *p)
{
	arena_release(&p->arena);
	intern_release(&p->texts);
	free(p->rows);
}

/* The row of this content, made if need be. */
static uint32_t pool_put(struct pool *p, struct str text, enum level level, bool continuation,
			 uint64_t count)
{
	char key[MASK_ROOM + 8];
	struct str s = {key, text.n + 2};
	uint32_t id;

	key[0] = (char)level;
	key[1] = continuation;
	memcpy(key + 2, text.p, text.n);
	id = intern_add(&p->texts, s);
	if (id == p->n) {
		text = str_from(p->texts.strs[id], 2);
		array_push(p->rows, p->n, p->cap) =
			(struct row){.text = text, .level = level, .continuation = continuation};
	}
	p->rows[id].count += count;
	return id;
}

/* All shapes in one form; to[miner][shape] = row. False if there are too many for this form. */
static bool pool_fill(struct pool *p, struct miner *const *miners, size_t n, unsigned mode,
		      uint32_t **to)
{
	const struct coarsener *c = n ? miners[0]->coarsener : NULL;

	for (size_t m = 0; m < n; m++)
		for (size_t i = 0; i < miners[m]->nshapes; i++) {
			const struct shape *s = &miners[m]->shapes[i];
			struct str text = s->text;
			char coarse[MASK_ROOM];

			if (mode) {
				text.n = mask_coarsen(c, mode, text, coarse);
				text.p = coarse;
			}
			to[m][i] = pool_put(p, text, s->level, s->continuation, s->count);
			if (mode < MASK_COARSE &&
			    (p->n > SHAPES_MAX ||
			     p->texts.arena.total - 2 * p->n > SHAPES_TEXT_MAX))
				return false;
		}
	return true;
}

/* As pool_fill, in the finest form that all miners' shapes fit into, which is returned. */
static unsigned pool_of_miners(struct pool *p, struct miner *const *miners, size_t n, uint32_t **to)
{
	unsigned mode = 0;

	for (size_t m = 0; m < n; m++)
		mode = miners[m]->mode > mode ? miners[m]->mode : mode;
	for (;; mode++) {
		pool_init(p);
		if (pool_fill(p, miners, n, mode, to))
			return mode;
		pool_release(p);
	}
}

static int by_content(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	if (a->continuation != b->continuation)
		return a->continuation ? 1 : -1;
	return str_cmp(a->text, b->text);
}

/* Pool of the normalised texts of another pool, sorted; to[row of from] = row of p. */
static void pool_normalise(struct pool *p, const struct pool *from, uint32_t *to)
{
	uint32_t *place CLEANUP_FREE = NULL;

	pool_init(p);
	for (size_t i = 0; i < from->n; i++) {
		const struct row *r = &from->rows[i];

		to[i] = pool_put(p, units_normalise(&p->arena, r->text), r->level, r->continuation,
				 r->count);
	}
	for (size_t i = 0; i < p->n; i++)
		p->rows[i].tmpl = (uint32_t)i; /* to find it after sorting */
	if (p->n)
		qsort(p->rows, p->n, sizeof(*p->rows), by_content);
	place = mem_alloc(p->n * sizeof(*place));
	for (size_t i = 0; i < p->n; i++)
		place[p->rows[i].tmpl] = (uint32_t)i;
	for (size_t i = 0; i < from->n; i++)
		to[i] = place[to[i]];
}

/* Merge the rows that no known template matches. */
static void decide(struct pool *p, const struct templates_known *known)
{
	struct row *open CLEANUP_FREE = mem_alloc(p->n * sizeof(*open));
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!known || !known_match(known, &p->arena, &p->rows[i]))
			open[n++] = p->rows[i];
	merge_rows(&p->arena, open, n);
	for (size_t i = 0, k = 0; i < p->n; i++)
		if (!p->rows[i].known_id.n)
			p->rows[i].result = open[k++].result;
}

static int by_template(const void *pa, const void *pb)
{
	const struct row *a = *(const struct row *const *)pa, *b = *(const struct row *const *)pb;
	int c = str_cmp(a->result, b->result);

	if (c)
		return c;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	if (a->continuation != b->continuation)
		return a->continuation ? 1 : -1;
	return str_cmp(a->known_id, b->known_id);
}

static struct str make_id(struct arena *a, const struct row *r)
{
	uint64_t h =
		hash_bytes(r->result.p, r->result.n, (uint64_t)r->level << 1 | r->continuation);
	char *p = arena_bytes(a, ID_DIGITS + 1);

	for (size_t i = 0; i < ID_DIGITS; i++, h <<= 4)
		p[i] = "0123456789abcdef"[h >> 60];
	p[ID_DIGITS] = 0;
	return (struct str){p, ID_DIGITS};
}

/* Rows with one result are one template. A mined one that equals a known one takes its id. */
static void name_all(struct templates *t, struct pool *p)
{
	struct row **order CLEANUP_FREE = mem_alloc(p->n * sizeof(*order));

	for (size_t i = 0; i < p->n; i++)
		order[i] = &p->rows[i];
	if (p->n)
		qsort(order, p->n, sizeof(*order), by_template);
	for (size_t i = 0; i < p->n; i++) {
		struct row *r = order[i];
		struct template *last = t->n ? &t->t[t->n - 1] : NULL;

		if (!last || by_template(&order[i - 1], &order[i])) {
			struct template new = {
				.id = r->known_id.n ? arena_str(&t->arena, r->known_id)
						    : make_id(&t->arena, r),
				.text = arena_str(&t->arena, r->result),
				.level = r->level,
				.continuation = r->continuation,
			};

			array_push(t->t, t->n, t->cap) = new;
			last = &t->t[t->n - 1];
		}
		last->count += r->count;
		r->tmpl = (uint32_t)t->n - 1;
	}
}

struct templates *templates_new(struct miner *const *miners, size_t n,
				const struct templates_known *known)
{
	struct templates *t = mem_zalloc(sizeof(*t));
	struct pool shapes, rows;
	uint32_t *to CLEANUP_FREE = NULL;

	arena_init(&t->arena);
	t->nminers = n;
	t->of_shape = mem_alloc(n * sizeof(*t->of_shape));
	for (size_t m = 0; m < n; m++) {
		recent_free(miners[m]->recent); /* no message comes any more, and memory is short */
		miners[m]->recent = NULL;
		t->of_shape[m] = mem_alloc(miners[m]->nshapes * sizeof(**t->of_shape));
	}
	t->coarse = pool_of_miners(&shapes, miners, n, t->of_shape);
	to = mem_alloc(shapes.n * sizeof(*to));
	pool_normalise(&rows, &shapes, to);
	decide(&rows, known);
	name_all(t, &rows);
	for (size_t m = 0; m < n; m++)
		for (size_t i = 0; i < miners[m]->nshapes; i++)
			t->of_shape[m][i] = rows.rows[to[t->of_shape[m][i]]].tmpl;
	pool_release(&shapes);
	pool_release(&rows);
	t->plans = mem_alloc(t->n * sizeof(struct plan *));
	for (size_t i = 0; i < t->n; i++)
		t->plans[i] = plan_new(&t->arena, t->t[i].text);
	return t;
}

void templates_free(struct templates *t)
{
	if (!t)
		return;
	for (size_t m = 0; m < t->nminers; m++)
		free(t->of_shape[m]);
	free(t->of_shape);
	free(t->t);
	free(t->plans);
	arena_release(&t->arena);
	free(t);
}

size_t templates_count(const struct templates *t)
{
	return t->n;
}

unsigned templates_coarse(const struct templates *t)
{
	return t->coarse;
}

const struct template *templates_get(const struct templates *t, uint32_t i)
{
	return &t->t[i];
}

uint32_t templates_of_shape(const struct templates *t, size_t miner, uint32_t shape)
{
	return t->of_shape[miner][shape];
}

size_t templates_params(const struct templates *t, uint32_t i, struct str message,
			struct str *params, size_t max)
{
	return plan_params(t->plans[i], message, params, max);
}
