// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A comparison of curves as plots: see curve-plot.h. The steps are cut into stretches; of each the
 * means are taken (of logarithms, if the comparison is in them), so that the band shows how much
 * such means differ between the good runs, not how noisy a single step is.
 */
#include "report/curve-plot.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define BAND_SPREADS 2 /* standard deviations at each side of the band */

/* Stretches of steps: logarithms if the comparison is in them. */
struct bins {
	size_t n;
	double *step, *bad, *good, *spread;
};

static double mean_of(const double *v, size_t from, size_t to, bool log_of)
{
	double sum = 0;

	for (size_t t = from; t < to; t++)
		sum += log_of ? log(v[t]) : v[t];
	return sum / (double)(to - from);
}

/* Mean of the good curves' means, and their standard deviation, over the steps from ... to-1. */
static void bin_good(const struct curvediff *d, size_t from, size_t to, double *mean, double *sd)
{
	double sum = 0, square = 0, k = (double)d->ngood;

	for (size_t i = 0; i < d->ngood; i++)
		sum += mean_of(d->aligned[i], from, to, false);
	*mean = sum / k;
	for (size_t i = 0; i < d->ngood; i++) {
		double v = mean_of(d->aligned[i], from, to, false) - *mean;

		square += v * v;
	}
	*sd = d->ngood > 1 ? sqrt(square / (k - 1)) : 0;
}

/* v: room for 4 * width. */
static void bins_init(struct bins *b, const struct curvediff *d, size_t width, double *v)
{
	*b = (struct bins){d->n < width ? d->n : width, v, v + width, v + 2 * width, v + 3 * width};
	for (size_t i = 0; i < b->n; i++) {
		size_t from = i * d->n / b->n, to = (i + 1) * d->n / b->n;

		b->step[i] = mean_of(d->step, from, to, false);
		b->bad[i] = mean_of(d->value, from, to, d->log);
		bin_good(d, from, to, &b->good[i], &b->spread[i]);
	}
}

bool curve_plots_init(struct curve_plots *p, const struct curve_metric *m, size_t columns)
{
	const struct curvediff *d = &m->diff;
	bool band = m->ngood >= CURVE_BAND;
	double *low, *high, *zero;
	struct bins v;

	*p = (struct curve_plots){.at = NAN, .has_distance = band};
	if (d->n < 2)
		return false;
	p->points = mem_zalloc(7 * columns * sizeof(*p->points));
	bins_init(&v, d, columns, p->points);
	low = p->points + 4 * columns;
	high = low + columns;
	zero = high + columns;
	for (size_t i = 0; i < v.n; i++) {
		low[i] = v.good[i] - BAND_SPREADS * v.spread[i];
		high[i] = v.good[i] + BAND_SPREADS * v.spread[i];
		low[i] = d->log ? exp(low[i]) : low[i];
		high[i] = d->log ? exp(high[i]) : high[i];
		v.spread[i] = (v.bad[i] - v.good[i]) / v.spread[i];
		v.bad[i] = d->log ? exp(v.bad[i]) : v.bad[i];
		v.good[i] = d->log ? exp(v.good[i]) : v.good[i];
	}
	if (band)
		p->lines[p->n++] = (struct plot_line){.n = v.n,
						      .x = v.step,
						      .y = low,
						      .y_high = high,
						      .style = STYLE_DIM,
						      .mark = "░",
						      .ascii = ":",
						      .name = "2 deviations between them"};
	p->lines[p->n++] = (struct plot_line){.n = v.n,
					      .x = v.step,
					      .y = v.good,
					      .style = STYLE_GOOD,
					      .mark = "·",
					      .ascii = "-",
					      .name = m->ngood > 1 ? "good, mean" : "good"};
	p->lines[p->n++] = (struct plot_line){.n = v.n,
					      .x = v.step,
					      .y = v.bad,
					      .style = STYLE_BAD,
					      .mark = "●",
					      .ascii = "*",
					      .name = "bad"};
	p->distance[0] = (struct plot_line){.n = v.n,
					    .x = v.step,
					    .y = zero,
					    .style = STYLE_GOOD,
					    .mark = "·",
					    .ascii = "-",
					    .name = "good, mean"};
	p->distance[1] = (struct plot_line){.n = v.n,
					    .x = v.step,
					    .y = v.spread,
					    .style = STYLE_BAD,
					    .mark = "●",
					    .ascii = "*",
					    .name = "bad, in deviations between the good ones"};
	if (d->departure.found || d->unequal.found)
		p->at = d->departure.found ? d->departure.step : d->unequal.step;
	return true;
}

static const struct {
	const char *mark, *name;
} numbered[CURVE_PLOTS_BAD] = {{"1", "bad 1"}, {"2", "bad 2"}, {"3", "bad 3"}, {"4", "bad 4"},
			       {"5", "bad 5"}, {"6", "bad 6"}, {"7", "bad 7"}, {"8", "bad 8"}};

static void number(struct plot_line *l, size_t no)
{
	l->mark = l->ascii = numbered[no].mark;
	l->name = numbered[no].name;
}

bool curve_plots_add(struct curve_plots *p, const struct curve_metric *m, size_t columns)
{
	const struct curvediff *d = &m->diff;
	size_t n = d->n < columns ? d->n : columns;
	double *x, *y;

	if (d->n < 2 || p->nmore + 1 == CURVE_PLOTS_BAD || !p->n)
		return false;
	x = mem_zalloc(2 * columns * sizeof(*x));
	y = x + columns;
	for (size_t i = 0; i < n; i++) {
		size_t from = i * d->n / n, to = (i + 1) * d->n / n;

		x[i] = mean_of(d->step, from, to, false);
		y[i] = mean_of(d->value, from, to, d->log);
		y[i] = d->log ? exp(y[i]) : y[i];
	}
	p->more[p->nmore++] = x;
	number(&p->lines[p->n - 1], p->nmore - 1);
	p->lines[p->n] = (struct plot_line){.n = n, .x = x, .y = y, .style = STYLE_BAD};
	number(&p->lines[p->n++], p->nmore);
	return true;
}

void curve_plots_release(struct curve_plots *p)
{
	for (size_t i = 0; i < p->nmore; i++)
		free(p->more[i]);
	free(p->points);
}
