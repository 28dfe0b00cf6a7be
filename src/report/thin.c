// SPDX-License-Identifier: GPL-3.0-or-later
/* See thin.h. */
#include "report/thin.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static bool is_point(const struct plot_line *l, size_t i)
{
	return isfinite(l->x[i]) && isfinite(l->y[i]) && (!l->y_high || isfinite(l->y_high[i]));
}

static void add(struct thin *t, double x, double y, double high)
{
	t->x[t->n] = x;
	t->y[t->n] = y;
	if (t->high)
		t->high[t->n] = high;
	t->n++;
}

/* One point of a band: all of the stretch. */
static void add_band(struct thin *t, const struct plot_line *l, size_t from, size_t to)
{
	double x = NAN, low = NAN, high = NAN;

	for (size_t i = from; i < to; i++) {
		if (!is_point(l, i))
			continue;
		x = isnan(x) ? l->x[i] : x;
		low = fmin(low, l->y[i]);
		high = fmax(high, l->y_high[i]);
	}
	add(t, isnan(x) ? l->x[from] : x, low, high);
}

static void add_extremes(struct thin *t, const struct plot_line *l, size_t from, size_t to)
{
	size_t low = to, high = to, first, last;

	for (size_t i = from; i < to; i++) {
		if (!is_point(l, i))
			continue;
		low = low == to || l->y[i] < l->y[low] ? i : low;
		high = high == to || l->y[i] > l->y[high] ? i : high;
	}
	if (low == to) {
		add(t, l->x[from], NAN, NAN);
		return;
	}
	first = low < high ? low : high;
	last = low < high ? high : low;
	add(t, l->x[first], l->y[first], NAN);
	if (first != last)
		add(t, l->x[last], l->y[last], NAN);
}

void thin_init(struct thin *t, const struct plot_line *l, size_t stretches)
{
	size_t most = l->n <= 2 * stretches ? l->n : 2 * stretches,
	       n = l->n <= most ? 0 : stretches;

	*t = (struct thin){.x = mem_alloc(most * sizeof(double)),
			   .y = mem_alloc(most * sizeof(double)),
			   .high = l->y_high ? mem_alloc(most * sizeof(double)) : NULL};
	if (l->n <= most) {
		for (size_t i = 0; i < l->n; i++) {
			bool is = is_point(l, i);

			add(t, l->x[i], is ? l->y[i] : NAN, is && l->y_high ? l->y_high[i] : NAN);
		}
	}
	for (size_t k = 0; k < n; k++) {
		size_t from = l->n * k / n, to = l->n * (k + 1) / n;

		if (l->y_high)
			add_band(t, l, from, to);
		else
			add_extremes(t, l, from, to);
	}
}

void thin_release(struct thin *t)
{
	free(t->x);
	free(t->y);
	free(t->high);
}
