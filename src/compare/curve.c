// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Curves: sorted and aligned (curve-align.c), looked at for the first value that is not the same,
 * then against the band (curve-depart.c).
 */
#include "compare/curve-priv.h"

#include <stdlib.h>

static bool same_value(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* The first step that both have and where they are not the same. */
static bool first_unequal(const struct curve_points *g, const struct curve_points *b,
			  struct curve_unequal *out)
{
	*out = (struct curve_unequal){.step = NAN, .last = NAN, .good = NAN, .bad = NAN};
	for (size_t i = 0, j = 0; i < g->n && j < b->n;) {
		if (g->x[i] < b->x[j]) {
			i++;
		} else if (g->x[i] > b->x[j]) {
			j++;
		} else if (same_value(g->y[i], b->y[j])) {
			out->last = g->x[i++];
			out->same++;
			j++;
		} else {
			out->found = true;
			out->step = g->x[i];
			out->good = g->y[i];
			out->bad = b->y[j];
			return true;
		}
	}
	return false;
}

/* Against the good curve that it equals the longest. */
static void find_unequal(struct curvediff *d)
{
	for (size_t i = 0; i < d->ngood; i++) {
		struct curve_unequal u;
		bool differs = first_unequal(&d->good[i], &d->bad, &u);

		u.with = i;
		/* Nothing in common is no equality. */
		if (!differs && isnan(u.last))
			continue;
		if (!differs || isnan(d->unequal.step) || u.step > d->unequal.step)
			d->unequal = u;
		if (!differs)
			return;
	}
}

static bool all_positive(const struct aligned *al)
{
	for (size_t t = 0; t < al->m; t++) {
		if (isfinite(al->bad[t]) && !(al->bad[t] > 0))
			return false;
		for (size_t i = 0; i < al->k; i++)
			if (!(al->good[i][t] > 0))
				return false;
	}
	return true;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void take_medians(const struct aligned *al, double *median)
{
	double *v = mem_realloc(NULL, al->k, sizeof(*v));

	for (size_t t = 0; t < al->m; t++) {
		for (size_t i = 0; i < al->k; i++)
			v[i] = al->good[i][t];
		qsort(v, al->k, sizeof(*v), by_value);
		median[t] = al->k % 2 ? v[al->k / 2] : (v[al->k / 2 - 1] + v[al->k / 2]) / 2;
	}
	free(v);
}

static void take_logarithms(const struct aligned *al)
{
	for (size_t t = 0; t < al->m; t++) {
		al->bad[t] = log(al->bad[t]);
		for (size_t i = 0; i < al->k; i++)
			al->good[i][t] = log(al->good[i][t]);
	}
}

static void compare_band(struct curvediff *d)
{
	struct aligned al;

	d->interpolated = curve_align(&d->arena, &al, d->good, d->ngood, &d->bad);
	d->n = al.m;
	d->aligned = al.good;
	d->step = al.step;
	d->value = arena_alloc(&d->arena, al.m * sizeof(double));
	d->median = arena_alloc(&d->arena, al.m * sizeof(double));
	d->spread = arena_alloc(&d->arena, al.m * sizeof(double));
	if (al.m)
		memcpy(d->value, al.bad, al.m * sizeof(double));
	take_medians(&al, d->median);
	d->log = al.m && all_positive(&al);
	for (size_t t = 0; t < al.m; t++)
		d->spread[t] = NAN;
	if (d->log)
		take_logarithms(&al);
	if (d->ngood < CURVE_BAND)
		return;
	curve_depart(&al, d->spread, &d->departure);
	if (!d->log)
		return;
	d->departure.effect = exp(d->departure.effect);
	for (size_t t = 0; t < al.m; t++)
		d->spread[t] = exp(d->spread[t]);
}

/* Is there a good curve of the same seed, which tells where they part? */
static bool has_twin(const struct curvediff *d)
{
	return d->unequal.found && d->unequal.same >= CURVE_TWIN;
}

/* The departure from such a curve alone: it is the step of the first value that is not the same. */
static void depart_from_twin(struct curvediff *d)
{
	struct curve_departure *out = &d->departure;
	double sum = 0, n = 0;

	*out = (struct curve_departure){.found = true,
					.step = d->unequal.step,
					.low = d->unequal.step,
					.high = d->unequal.step,
					.until = d->unequal.step,
					.lasts = true,
					.z = NAN};
	for (size_t t = 0; t < d->n; t++) {
		double by = d->log ? log(d->value[t] / d->median[t]) : d->value[t] - d->median[t];

		if (d->step[t] < out->step || !isfinite(by))
			continue;
		out->until = d->step[t];
		sum += by;
		n++;
	}
	out->direction = sum < 0 ? -1 : 1;
	out->effect = d->log ? exp(sum / fmax(n, 1)) : sum / fmax(n, 1);
}

/* A curve in the band that was the same until a step: it was inside until then. */
static void bound_by_twin(struct curvediff *d)
{
	struct curve_departure *out = &d->departure;

	out->step = fmax(out->step, d->unequal.step);
	out->low = fmax(out->low, d->unequal.step);
	out->high = fmax(out->high, d->unequal.step);
}

static enum curve_verdict verdict_of(const struct curvediff *d)
{
	if (!d->unequal.found && !isnan(d->unequal.last))
		return CURVE_EQUAL;
	if (d->ngood >= CURVE_BAND && d->departure.found)
		return CURVE_DEPARTS;
	if (d->ngood >= CURVE_BAND && d->n >= CURVE_STEPS)
		return CURVE_WITHIN;
	return has_twin(d) ? CURVE_PARTS : CURVE_UNKNOWN;
}

void curvediff_run(struct curvediff *d, const struct curve *good, size_t ngood,
		   const struct curve *bad)
{
	*d = (struct curvediff){.ngood = ngood, .unequal = {.step = NAN, .last = NAN}};
	d->departure = (struct curve_departure){.step = NAN, .low = NAN, .high = NAN, .until = NAN};
	arena_init(&d->arena);
	d->good = arena_alloc(&d->arena, ngood * sizeof(*d->good));
	for (size_t i = 0; i < ngood; i++)
		curve_points(&d->arena, &good[i], &d->good[i]);
	curve_points(&d->arena, bad, &d->bad);
	find_unequal(d);
	compare_band(d);
	d->verdict = verdict_of(d);
	if (d->verdict == CURVE_PARTS)
		depart_from_twin(d);
	else if (d->departure.found && has_twin(d) && d->unequal.step <= d->departure.until)
		bound_by_twin(d);
}

void curvediff_release(struct curvediff *d)
{
	arena_release(&d->arena);
}
