// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Breaks of trend. Long series are cut into blocks whose means stand for them, and the breaks are
 * placed among the values afterwards. The best lines for every number of breaks come from dynamic
 * programming over prefix sums (Bellman & Roth, "Curve fitting by segmented straight lines", JASA
 * 1969).
 *
 * What the lines leave is less autocorrelated than the noise is: by about (1 + 2 phi) (2 + 3 k) / n
 * with k breaks (two parameters of the first line, three of each break as its place is chosen too;
 * held against simulations by bench/changepoint.c). A series that wanders (phi about 1) has next to
 * no independent values, and so no breaks.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/changepoint-priv.h"

#define BLOCKS     1000
#define MOST       6   /* breaks */
#define SEGMENT    5   /* blocks a line has at least */
#define PARAMETERS 3   /* of a break: level, slope, place */
#define SHARE      .05 /* of what one line leaves that a break explains at least */
#define PLAUSIBLE  8.0 /* twice the log likelihood that a plausible place is below the best */

/* Prefix sums of values about their mean, and of x from -1/2 to 1/2. */
struct lines {
	size_t n;
	double *x, *y, *xx, *xy, *yy;
	double mean, scale;
};

struct line {
	double mean_x, mean_y, slope, rss;
};

static double at_x(const struct lines *l, size_t i)
{
	return ((double)i - (double)l->n / 2) / (double)l->n;
}

static void lines_init(struct lines *l, const double *y, size_t n)
{
	double *room = mem_zalloc(5 * (n + 1) * sizeof(*room)), squares = 0;

	*l = (struct lines){
		n, room, room + n + 1, room + 2 * (n + 1), room + 3 * (n + 1), room + 4 * (n + 1),
		0, 1};
	for (size_t i = 0; i < n; i++)
		l->mean += (y[i] - l->mean) / (double)(i + 1);
	for (size_t i = 0; i < n; i++)
		squares += (y[i] - l->mean) * (y[i] - l->mean);
	l->scale = squares > 0 ? sqrt(squares / (double)n) : 1;
	for (size_t i = 0; i < n; i++) {
		double x = at_x(l, i), z = (y[i] - l->mean) / l->scale;

		l->x[i + 1] = l->x[i] + x;
		l->y[i + 1] = l->y[i] + z;
		l->xx[i + 1] = l->xx[i] + x * x;
		l->xy[i + 1] = l->xy[i] + x * z;
		l->yy[i + 1] = l->yy[i] + z * z;
	}
}

static void lines_release(struct lines *l)
{
	free(l->x);
}

/* The least squares' line through [a, b). */
static struct line fit(const struct lines *l, size_t a, size_t b)
{
	double n = (double)(b - a), x = (l->x[b] - l->x[a]) / n, y = (l->y[b] - l->y[a]) / n;
	double xx = l->xx[b] - l->xx[a] - x * x * n, xy = l->xy[b] - l->xy[a] - x * y * n;
	double slope = xx > 0 ? xy / xx : 0, rss = l->yy[b] - l->yy[a] - y * y * n - slope * xy;

	return (struct line){x, y, slope, fmax(rss, 1e-12)};
}

static double residual(const struct lines *l, const struct line *f, size_t i)
{
	return l->y[i + 1] - l->y[i] - f->mean_y - f->slope * (at_x(l, i) - f->mean_x);
}

/* Autocorrelation of the noise, from what k breaks leave. */
static double autocorrelation(const struct lines *l, const size_t *at, size_t k)
{
	double products = 0, squares = 0, phi;

	for (size_t j = 0; j <= k; j++) {
		size_t a = j ? at[j - 1] : 0, b = j < k ? at[j] : l->n;
		struct line f = fit(l, a, b);
		double before = 0;

		for (size_t i = a; i < b; i++) {
			double r = residual(l, &f, i);

			squares += r * r;
			products += r * before;
			before = r;
		}
	}
	phi = squares > 0 ? products / squares : 0;
	phi += (1 + 2 * phi) * (double)(2 + PARAMETERS * k) / (double)l->n;
	return phi < 0 ? 0 : fmin(phi, .999);
}

/* Does each of the k breaks at[] pay? rss: of all lines together. */
static bool all_pay(const struct lines *l, const size_t *at, size_t k, double rss, double phi)
{
	double n = (double)l->n * (1 - phi) / (1 + phi), whole = fit(l, 0, l->n).rss;

	for (size_t j = 0; j < k; j++) {
		size_t a = j ? at[j - 1] : 0, b = j + 1 < k ? at[j + 1] : l->n;
		double gain = fit(l, a, b).rss - fit(l, a, at[j]).rss - fit(l, at[j], b).rss;

		if (n * log((rss + gain) / rss) < PARAMETERS * log((double)l->n) ||
		    gain < SHARE * whole)
			return false;
	}
	return true;
}

/* The largest number of breaks that all pay, where they are in at[MOST]. */
static size_t segment(const struct lines *l, size_t *at)
{
	size_t n = l->n, width = n + 1, best = 0;
	double *cost = mem_alloc((MOST + 1) * width * sizeof(*cost));
	uint32_t *from = mem_alloc((MOST + 1) * width * sizeof(*from));

	for (size_t b = 0; b <= n; b++)
		cost[b] = b >= SEGMENT ? fit(l, 0, b).rss : INFINITY;
	for (size_t k = 1; k <= MOST && (k + 1) * SEGMENT <= n; k++) {
		double *row = cost + k * width, *above = row - width;
		size_t try[MOST], b = n;

		for (size_t e = 0; e <= n; e++) {
			row[e] = INFINITY;
			for (size_t a = k * SEGMENT; a + SEGMENT <= e; a++) {
				double c = above[a] + fit(l, a, e).rss;

				if (c < row[e]) {
					row[e] = c;
					from[k * width + e] = (uint32_t)a;
				}
			}
		}
		for (size_t j = k; j; j--)
			try[j - 1] = b = from[j * width + b];
		if (all_pay(l, try, k, row[n], autocorrelation(l, try, k))) {
			memcpy(at, try, sizeof(try));
			best = k;
		}
	}
	free(cost);
	free(from);
	return best;
}

/* Among [low, high] the break of [a, b) that leaves least, and the plausible ones about it. */
static void place(const struct lines *l, size_t a, size_t b, size_t low, size_t high, double n,
		  struct change *c)
{
	double least = INFINITY;

	for (size_t i = low; i <= high; i++) {
		double rss = fit(l, a, i).rss + fit(l, i, b).rss;

		if (rss < least) {
			least = rss;
			c->index = i;
		}
	}
	c->from = c->to = c->index;
	for (size_t i = a + SEGMENT; i + SEGMENT <= b; i++) {
		if (n * log((fit(l, a, i).rss + fit(l, i, b).rss) / least) > PLAUSIBLE)
			continue;
		c->from = i < c->from ? i : c->from;
		c->to = i > c->to ? i : c->to;
	}
}

static double value_at(const struct lines *l, const struct line *f, double x)
{
	return l->mean + l->scale * (f->mean_y + f->slope * (x - f->mean_x));
}

static void describe(const struct lines *l, size_t a, size_t b, double phi, struct change *c)
{
	struct line whole = fit(l, a, b), before = fit(l, a, c->index), after = fit(l, c->index, b);
	double n = (double)(b - a) * (1 - phi) / (1 + phi), x = at_x(l, c->index);

	c->begin = a;
	c->end = b;
	c->before = value_at(l, &before, x);
	c->after = value_at(l, &after, x);
	c->slope_before = l->scale * before.slope / (double)l->n;
	c->slope_after = l->scale * after.slope / (double)l->n;
	c->low = c->high = NAN;
	c->score = n * log(whole.rss / (before.rss + after.rss)) / 2;
}

static double noise(const struct lines *l, const struct change *c, size_t k, double *room)
{
	for (size_t j = 0; j <= k; j++) {
		size_t a = j ? c[j - 1].index : 0, b = j < k ? c[j].index : l->n;
		struct line f = fit(l, a, b);

		for (size_t i = a; i < b; i++)
			room[i] = fabs(residual(l, &f, i));
	}
	return ORDER_MAD_SD * l->scale * order_median(room, l->n);
}

double changepoint_trend(const double *y, size_t n, struct arena *a, struct changepoints *out)
{
	size_t block = (n + BLOCKS - 1) / BLOCKS, m = n / block, at[MOST] = {0}, k;
	double *means = mem_alloc(n * sizeof(*means)), phi, left = 0;
	struct lines coarse, all;
	struct change *c;

	for (size_t i = 0; i < m; i++) {
		means[i] = 0;
		for (size_t j = 0; j < block; j++)
			means[i] += y[i * block + j] / (double)block;
	}
	lines_init(&coarse, means, m);
	lines_init(&all, y, n);
	k = segment(&coarse, at);
	phi = autocorrelation(&coarse, at, k);
	c = arena_zalloc(a, (k + 1) * sizeof(*c));
	for (size_t j = 0; j < k; j++) {
		size_t from = j ? at[j - 1] * block : 0, to = j + 1 < k ? at[j + 1] * block : n;
		double effective =
			(double)m * (1 - phi) / (1 + phi) * (double)(to - from) / (double)n;

		place(&all, from, to, at[j] * block - block + 1, at[j] * block + block - 1,
		      effective, &c[j]);
	}
	for (size_t j = 0; j < k; j++)
		describe(&all, j ? c[j - 1].index : 0, j + 1 < k ? c[j + 1].index : n, phi, &c[j]);
	out->changes = c;
	out->n = k;
	out->autocorrelation = phi;
	out->noise = noise(&all, c, k, means);
	for (size_t j = 0; j <= k; j++)
		left += fit(&all, j ? c[j - 1].index : 0, j < k ? c[j].index : n).rss;
	free(means);
	lines_release(&coarse);
	lines_release(&all);
	return left / (double)n;
}

double changepoint_one_line(const double *y, size_t n)
{
	struct lines l;
	double left;

	lines_init(&l, y, n);
	left = fit(&l, 0, n).rss / (double)n;
	lines_release(&l);
	return left;
}
