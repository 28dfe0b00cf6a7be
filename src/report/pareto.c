// SPDX-License-Identifier: GPL-3.0-or-later
/* See pareto.h. */
#include "report/pareto.h"

#include <math.h>
#include <stdlib.h>

/* The bars lie in one array: their addresses are their order. */
static int by_value(const void *a, const void *b)
{
	const struct page_bar *x = *(const struct page_bar *const *)a,
			      *y = *(const struct page_bar *const *)b;

	return x->value != y->value ? (x->value < y->value) - (x->value > y->value)
				    : (x > y) - (x < y);
}

void pareto_init(struct pareto *p, const struct page_bars *b)
{
	double total = 0, sum = 0;

	*p = (struct pareto){.bars = mem_alloc((b->n + 1) * sizeof(*p->bars)),
			     .running = mem_alloc((b->n + 1) * sizeof(*p->running))};
	for (size_t i = 0; i < b->n; i++)
		if (isfinite(b->bars[i].value) && b->bars[i].value > 0)
			p->bars[p->n++] = &b->bars[i];
	qsort(p->bars, p->n, sizeof(*p->bars), by_value);
	for (size_t i = 0; i < p->n; i++)
		total += p->bars[i]->value;
	for (size_t i = 0; i < p->n; i++)
		p->running[i] = fmin((sum += p->bars[i]->value) / total, 1);
}

void pareto_release(struct pareto *p)
{
	free(p->bars);
	free(p->running);
}
