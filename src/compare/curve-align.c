// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Curves by step. The points of one are sorted by step, of several at one step the last recorded
 * counts. The common steps are those that every curve has; if that is less than half of what the
 * bad curve has within the others' ranges, the good ones are interpolated between their neighbours.
 * Steps at which a good curve is no finite number are left out.
 */
#include "compare/curve-priv.h"

#include <stdlib.h>

struct point {
	double x, y;
	size_t at;
};

static int by_step(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	return p->at < q->at ? -1 : p->at > q->at;
}

static void find_restarts(struct arena *a, const struct curve *c, struct curve_points *p)
{
	for (size_t i = 1; i < c->n; i++)
		p->nrestarts += c->x[i] < c->x[i - 1];
	p->restarts = arena_alloc(a, p->nrestarts * sizeof(*p->restarts));
	for (size_t i = 1, n = 0; i < c->n; i++)
		if (c->x[i] < c->x[i - 1])
			p->restarts[n++] = (struct curve_restart){c->x[i - 1], c->x[i]};
}

void curve_points(struct arena *a, const struct curve *c, struct curve_points *p)
{
	struct point *v = mem_realloc(NULL, c->n ? c->n : 1, sizeof(*v));
	size_t n = 0;

	*p = (struct curve_points){.nonfinite = NAN};
	find_restarts(a, c, p);
	for (size_t i = 0; i < c->n; i++)
		if (isfinite(c->x[i]))
			v[n++] = (struct point){c->x[i], c->y[i], i};
	qsort(v, n, sizeof(*v), by_step);
	p->x = arena_alloc(a, n * sizeof(*p->x));
	p->y = arena_alloc(a, n * sizeof(*p->y));
	for (size_t i = 0; i < n; i++) {
		if (p->n && p->x[p->n - 1] == v[i].x) {
			p->n--;
			p->repeated++;
		}
		p->x[p->n] = v[i].x;
		p->y[p->n++] = v[i].y;
	}
	for (size_t i = 0; i < p->n && !p->has_nonfinite; i++)
		if (!isfinite(p->y[i])) {
			p->has_nonfinite = true;
			p->nonfinite = p->x[i];
		}
	free(v);
}

/* The curve's value at x, *at its first point not before; NAN if it has none there. */
static double value_at(const struct curve_points *p, size_t *at, double x, bool between)
{
	double f;

	while (*at < p->n && p->x[*at] < x)
		++*at;
	if (*at < p->n && p->x[*at] == x)
		return p->y[*at];
	if (!between || !*at || *at == p->n)
		return NAN;
	f = (x - p->x[*at - 1]) / (p->x[*at] - p->x[*at - 1]);
	return p->y[*at - 1] + f * (p->y[*at] - p->y[*at - 1]);
}

static void take_steps(struct aligned *al, const struct curve_points *good,
		       const struct curve_points *bad, bool between)
{
	size_t k = al->k, *at = mem_zalloc((k + 1) * sizeof(*at));

	al->m = 0;
	for (size_t i = 0; i < bad->n; i++) {
		size_t have = 0;

		for (; have < k; have++) {
			double y = value_at(&good[have], &at[have], bad->x[i], between);

			if (!isfinite(y))
				break;
			al->good[have][al->m] = y;
		}
		if (have < k)
			continue;
		al->step[al->m] = bad->x[i];
		al->bad[al->m++] = bad->y[i];
	}
	free(at);
}

/* How many of the bad curve's steps lie where all others have some. */
static size_t steps_within(const struct curve_points *good, size_t k,
			   const struct curve_points *bad)
{
	double low = -INFINITY, high = INFINITY;
	size_t n = 0;

	for (size_t i = 0; i < k; i++) {
		if (!good[i].n)
			return 0;
		low = fmax(low, good[i].x[0]);
		high = fmin(high, good[i].x[good[i].n - 1]);
	}
	for (size_t i = 0; i < bad->n; i++)
		n += bad->x[i] >= low && bad->x[i] <= high;
	return n;
}

bool curve_align(struct arena *a, struct aligned *al, const struct curve_points *good, size_t k,
		 const struct curve_points *bad)
{
	bool between;

	al->k = k;
	al->step = arena_alloc(a, bad->n * sizeof(double));
	al->bad = arena_alloc(a, bad->n * sizeof(double));
	al->good = arena_alloc(a, k * sizeof(*al->good));
	for (size_t i = 0; i < k; i++)
		al->good[i] = arena_alloc(a, bad->n * sizeof(double));
	take_steps(al, good, bad, false);
	between = al->m < steps_within(good, k, bad) / 2;
	if (between)
		take_steps(al, good, bad, true);
	return between;
}
