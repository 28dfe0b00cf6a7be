// SPDX-License-Identifier: GPL-3.0-or-later
/* A diagram once it has been read: neighbours, and whether there is a cycle. See dag.h. */
#include "causal/dag.h"

#include <stdlib.h>

#include "base/buf.h"
#include "causal/dag-priv.h"

#define CYCLE_SHOWN 8 /* nodes of a cycle that are named */

void dag_release(struct dag *g)
{
	free(g->nodes);
	free(g->edges);
	intern_release(&g->names);
	arena_release(&g->arena);
}

uint32_t dag_find(const struct dag *g, struct str name)
{
	uint32_t id;

	return intern_find(&g->names, name, &id) ? id : DAG_NONE;
}

/* ---- neighbours ---- */

static int by_ends(const void *pa, const void *pb)
{
	const struct dag_edge *a = *(const struct dag_edge *const *)pa;
	const struct dag_edge *b = *(const struct dag_edge *const *)pb;
	const int64_t keys[][2] = {
		{a->from, b->from}, {a->to, b->to}, {a->at_from, b->at_from}, {a->at_to, b->at_to}};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

/* Of the same edge written twice the first stays. */
static void drop_repeated(struct dag *g)
{
	const struct dag_edge **order = mem_alloc((g->nedges + 1) * sizeof(*order));
	bool *repeated = mem_zalloc(g->nedges + 1);
	size_t kept = 0, first = 0;

	for (size_t i = 0; i < g->nedges; i++)
		order[i] = &g->edges[i];
	if (g->nedges)
		qsort(order, g->nedges, sizeof(*order), by_ends);
	for (size_t i = 1; i < g->nedges; i++) {
		if (by_ends(&order[first], &order[i]) != 0) {
			first = i;
			continue;
		}
		if (order[i] < order[first]) {
			repeated[order[first] - g->edges] = true;
			first = i;
		} else {
			repeated[order[i] - g->edges] = true;
		}
	}
	for (size_t i = 0; i < g->nedges; i++)
		if (!repeated[i])
			g->edges[kept++] = g->edges[i];
	g->nedges = kept;
	free(order);
	free(repeated);
}

enum relation { PARENTS, CHILDREN, OTHERS };

/* Which nodes learn of each other by an edge: the first of the pair gets the second. */
static size_t pairs_of(const struct dag_edge *e, enum relation r, uint32_t pairs[2][2])
{
	const uint32_t both[2][2] = {{e->from, e->to}, {e->to, e->from}};

	if ((r == OTHERS) == dag_is_directed(e))
		return 0;
	memcpy(pairs, r == PARENTS ? both[1] : both[0], sizeof(both[0]));
	memcpy(pairs + 1, both[1], sizeof(both[1]));
	return r == OTHERS ? 2 : 1;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void fill(struct dag *g, enum relation r, struct dag_lists *l)
{
	uint32_t pairs[2][2];
	size_t n;

	l->start = arena_zalloc(&g->arena, (g->n + 2) * sizeof(*l->start));
	for (size_t i = 0; i < g->nedges; i++) {
		n = pairs_of(&g->edges[i], r, pairs);
		for (size_t k = 0; k < n; k++)
			l->start[pairs[k][0] + 2]++;
	}
	for (size_t i = 2; i <= g->n; i++)
		l->start[i] += l->start[i - 1];
	l->items = arena_alloc(&g->arena, (2 * g->nedges + 1) * sizeof(*l->items));
	for (size_t i = 0; i < g->nedges; i++) {
		n = pairs_of(&g->edges[i], r, pairs);
		for (size_t k = 0; k < n; k++)
			l->items[l->start[pairs[k][0] + 1]++] = pairs[k][1];
	}
	for (size_t i = 0; i < g->n; i++) {
		n = l->start[i + 1] - l->start[i];
		if (n)
			qsort(l->items + l->start[i], n, sizeof(*l->items), by_id);
	}
}

void dag_link(struct dag *g)
{
	drop_repeated(g);
	fill(g, PARENTS, &g->parents);
	fill(g, CHILDREN, &g->children);
	fill(g, OTHERS, &g->others);
}

/* ---- cycles ---- */

/* Leave the nodes that no cycle leads to, parents first; *left: how many there are then. */
static bool *without_acyclic(const struct dag *g, size_t *left)
{
	bool *there = mem_alloc(g->n + 1);
	uint32_t *waits = mem_alloc((g->n + 1) * sizeof(*waits));
	uint32_t *ready = mem_alloc((g->n + 1) * sizeof(*ready));
	size_t n = 0;

	*left = g->n;
	for (uint32_t i = 0; i < g->n; i++) {
		there[i] = true;
		waits[i] = g->parents.start[i + 1] - g->parents.start[i];
		if (!waits[i])
			ready[n++] = i;
	}
	while (n) {
		uint32_t i = ready[--n];

		there[i] = false;
		(*left)--;
		for (uint32_t k = g->children.start[i]; k < g->children.start[i + 1]; k++)
			if (!--waits[g->children.items[k]])
				ready[n++] = g->children.items[k];
	}
	free(waits);
	free(ready);
	return there;
}

/* A parent that is left; every node that is left has one. */
static uint32_t parent_left(const struct dag *g, const bool *there, uint32_t i)
{
	uint32_t k = g->parents.start[i];

	while (!there[g->parents.items[k]])
		k++;
	return g->parents.items[k];
}

static const struct dag_edge *edge_between(const struct dag *g, uint32_t from, uint32_t to)
{
	const struct dag_edge *e = g->edges;

	while (e->from != from || e->to != to || !dag_is_directed(e))
		e++;
	return e;
}

/* Say the cycle that contains this node. */
static int say_cycle(const struct dag *g, const bool *there, uint32_t on, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	uint32_t *back = mem_alloc((g->n + 1) * sizeof(*back)); /* against the arrows */
	const struct dag_edge *e;
	size_t n = 0;

	for (uint32_t i = on; !n || i != on; i = parent_left(g, there, i))
		back[n++] = i;
	e = edge_between(g, back[n > 1 ? 1 : 0], on);
	buf_printf(&b, STR_FMT, STR_ARG(str_head(g->nodes[on].name, 60)));
	for (size_t i = n; i-- > 0;) {
		if (n - i > CYCLE_SHOWN && i) {
			BUF_LIT(&b, " -> ...");
			i = 1;
			continue;
		}
		buf_printf(&b, " -> " STR_FMT, STR_ARG(str_head(g->nodes[back[i]].name, 60)));
	}
	free(back);
	return err_set(err, ERR_INPUT, "%llu:%llu: a cycle: %s", (unsigned long long)e->line,
		       (unsigned long long)e->column, buf_cstr(&b));
}

int dag_check_cycle(const struct dag *g, struct err *err)
{
	size_t left;
	CLEANUP_FREE bool *there = without_acyclic(g, &left);
	CLEANUP_FREE bool *seen = mem_zalloc(g->n + 1);
	uint32_t i = 0;

	if (!left)
		return 0;
	while (!there[i])
		i++;
	while (!seen[i]) { /* back into a cycle */
		seen[i] = true;
		i = parent_left(g, there, i);
	}
	return say_cycle(g, there, i, err);
}
