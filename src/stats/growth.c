// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Growth along a run: see growth.h. The series after start-up is cut into eight parts of equal
 * length in x. Of a leak the medians (or, where it is a saw, the minima) of the parts rise from
 * each to the next, none of them by more than half of all; of a step one rise is nearly all of it.
 * The rate is the median of the slopes between the parts' middles (Theil 1950, Sen 1968), which a
 * part that was busy with something else does not move.
 */
#include "stats/growth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PARTS     8
#define START     .2
#define END       .04
#define FLAT      .05 /* of the level */
#define ONE_RISE  .5  /* of all, at most, in one part of a leak */
#define STEP_RISE .8  /* of all, at least, in one place */
#define STEP_TIME .06 /* of the time, at most, for that: memory is filled in some time */
#define DROP      .3  /* of the range: a tooth of a saw */
#define TEETH     2

struct part {
	double x, median;      /* x: its middle */
	double least_x, least; /* the lowest point */
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* False: a part has no points. */
static bool cut(const double *x, const double *y, size_t n, struct part parts[PARTS])
{
	double from = x[0], width = (x[n - 1] - x[0]) / PARTS;
	CLEANUP_FREE double *v = mem_alloc(n * sizeof(*v));
	size_t i = 0;

	for (size_t p = 0; p < PARTS; p++) {
		double end = from + width * (double)(p + 1);
		size_t k = 0, low = i;

		for (; i < n && (x[i] < end || p + 1 == PARTS); i++) {
			low = y[i] < y[low] ? i : low;
			v[k++] = y[i];
		}
		if (!k)
			return false;
		parts[p] = (struct part){end - width / 2, median(v, k), x[low], y[low]};
	}
	return true;
}

static double value_of(const struct part *p, bool least)
{
	return least ? p->least : p->median;
}

static double slope(const struct part *p, bool least)
{
	double s[PARTS * (PARTS - 1) / 2];
	size_t n = 0;

	for (size_t i = 0; i < PARTS; i++)
		for (size_t k = i + 1; k < PARTS; k++)
			s[n++] = (value_of(&p[k], least) - value_of(&p[i], least)) /
				 (least ? p[k].least_x - p[i].least_x : p[k].x - p[i].x);
	return median(s, n);
}

static bool rises(const struct part *p, bool least, double noise)
{
	double all = value_of(&p[PARTS - 1], least) - value_of(&p[0], least);
	double level = value_of(&p[PARTS - 1], least);

	if (all < noise || all < FLAT * level)
		return false;
	for (size_t i = 1; i < PARTS; i++) {
		double one = value_of(&p[i], least) - value_of(&p[i - 1], least);

		if (one <= 0 || one > ONE_RISE * all)
			return false;
	}
	return true;
}

/* Where the largest rise within a short time ends; *from: where it began. 0: there is none. */
static size_t steepest(const double *x, const double *y, size_t n, size_t *from)
{
	double most = 0, longest = STEP_TIME * (x[n - 1] - x[0]);
	size_t at = 0, first = 0;

	for (size_t i = 1; i < n; i++) {
		while (first + 1 < i && x[i] - x[first] > longest)
			first++;
		for (size_t k = first; k < i; k++)
			if (y[i] - y[k] > most) {
				most = y[i] - y[k];
				*from = k;
				at = i;
			}
	}
	return at;
}

/* One rise within a short time is nearly all; before and after it the level stays. */
static bool one_step(const double *x, const double *y, size_t n, double range, struct growth *g)
{
	size_t from = 0, at = steepest(x, y, n, &from), most = from + 1;
	double low = y[0], high;

	if (!at)
		return false;
	for (size_t i = 0; i <= from; i++)
		low = fmax(low, y[i]);
	high = y[at];
	for (size_t i = at; i < n; i++)
		high = fmin(high, y[i]);
	if (high - low < STEP_RISE * range)
		return false;
	g->kind = GROWTH_STEP;
	for (size_t i = from + 1; i <= at; i++)
		if (y[i] - y[i - 1] > y[most] - y[most - 1])
			most = i;
	g->at = x[most];
	return true;
}

/* Falls of a good part of the range, from a height since the last one. */
static size_t teeth(const double *y, size_t n, double range)
{
	double top = y[0];
	size_t count = 0;

	for (size_t i = 1; i < n; i++) {
		if (top - y[i] >= DROP * range) {
			count++;
			top = y[i];
		}
		top = fmax(top, y[i]);
	}
	return count;
}

/* A program that ends gives memory back: a fall from a steady level at the end is left out. */
static size_t without_end(const double *x, const double *y, size_t n, double span)
{
	size_t k = n, before;

	while (k > 1 && x[k - 1] > x[n - 1] - END * span)
		k--;
	for (before = k; before > 1 && x[before - 1] > x[n - 1] - 2 * END * span;)
		before--;
	if (y[n - 1] < (1 - FLAT) * y[k - 1] && y[k - 1] >= (1 - FLAT) * y[before - 1])
		return k;
	return n;
}

void growth_find(const double *x, const double *y, size_t n, double noise, struct growth *g)
{
	struct part parts[PARTS];
	double least, most;
	double span = n ? x[n - 1] - x[0] : 0;
	size_t from = 0;
	bool saw;

	*g = (struct growth){.level = n ? y[n - 1] : 0};
	while (n && from < n && x[from] < x[0] + START * span)
		from++;
	if (n < GROWTH_LEAST || n - from < PARTS * 2 || !(x[n - 1] > x[from]))
		return;
	n = without_end(x, y, n, span);
	g->level = y[n - 1];
	x += from;
	y += from;
	n -= from;
	least = most = y[0];
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(y[i]))
			return;
		least = fmin(least, y[i]);
		most = fmax(most, y[i]);
	}
	if (!cut(x, y, n, parts))
		return;
	if (most - least <= noise || most - least <= FLAT * most) {
		g->kind = GROWTH_FLAT;
		return;
	}
	saw = teeth(y, n, most - least) >= TEETH;
	if (rises(parts, saw, noise)) {
		g->kind = GROWTH_LEAK;
		g->rate = slope(parts, saw);
	} else if (!saw && one_step(x, y, n, most - least, g)) {
		g->level = y[n - 1];
	} else if (saw && fabs(parts[PARTS - 1].least - parts[0].least) < DROP * (most - least)) {
		g->kind = GROWTH_SAW;
	}
}

double growth_until(const struct growth *g, double limit)
{
	if (g->kind != GROWTH_LEAK || g->rate <= 0 || limit <= g->level)
		return (double)NAN;
	return (limit - g->level) / g->rate;
}

uint64_t growth_workers(uint64_t room, uint64_t peak)
{
	return peak ? room / peak : 0;
}

const char *growth_word(enum growth_kind kind)
{
	static const char *const words[] = {"undecided", "flat", "leak", "step", "saw-tooth"};

	return words[kind];
}
