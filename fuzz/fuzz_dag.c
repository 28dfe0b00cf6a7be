// SPDX-License-Identifier: GPL-3.0-or-later
/* Any text as a diagram: ids are in range, neighbours agree, and a dag can be put in order. */
#include <stdlib.h>

#include "causal/dag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool has(const struct dag_lists *l, uint32_t i, uint32_t k)
{
	for (uint32_t j = l->start[i]; j < l->start[i + 1]; j++)
		if (l->items[j] == k)
			return true;
	return false;
}

static void check_edges(const struct dag *g)
{
	for (size_t i = 0; i < g->nedges; i++) {
		const struct dag_edge *e = &g->edges[i];

		if (e->from >= g->n || e->to >= g->n || e->from == e->to || !e->line || !e->column)
			abort();
		if (dag_is_directed(e)
			    ? !has(&g->children, e->from, e->to) ||
				      !has(&g->parents, e->to, e->from)
			    : !has(&g->others, e->from, e->to) || !has(&g->others, e->to, e->from))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct dag g;
	struct err err = {""};
	int rc;

	if (n > 4096)
		return 0;
	rc = dag_parse(&g, (struct str){(const char *)data, n}, 1, &err);
	if (rc) {
		if (!err.msg[0] || err.msg[0] < '0' || err.msg[0] > '9')
			abort();
		return 0;
	}
	for (uint32_t i = 0; i < g.n; i++)
		if (!g.nodes[i].name.n || dag_find(&g, g.nodes[i].name) != i)
			abort();
	check_edges(&g);
	dag_release(&g);
	return 0;
}
