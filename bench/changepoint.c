// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Change points where the truth is known because it is drawn here, from a fixed seed:
 *	bench_changepoint --table [LENGTHS]   the table of src/stats/changepoint-table.c
 *	bench_changepoint --null [SERIES]     alarms in series without change
 *	bench_changepoint --cover [SERIES]    how often the intervals of place and ratio hold the
 *truth bench_changepoint --speed             10,000 and 1,000,000 values
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stats/changepoint-priv.h"
#include "stats/changepoint.h"

static const struct changepoint_options defaults = {CHANGEPOINT_AUTO, .005, 1};

struct random {
	uint64_t state;
};

static uint64_t next(struct random *r)
{
	uint64_t z = r->state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static double uniform(struct random *r)
{
	return ((double)(next(r) >> 11) + .5) / 9007199254740992.0;
}

static double normal(struct random *r)
{
	double u = uniform(r), v = uniform(r);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* ---- series ---- */

struct kind {
	const char *name;
	double phi; /* autocorrelation; 1: a random walk */
	enum { NORMAL, SPIKES, HEAVY, LOGNORMAL } noise;
};

static const struct kind kinds[] = {
	{"normal", 0, NORMAL},  {"spikes", 0, SPIKES},        {"t, 2 degrees", 0, HEAVY},
	{"AR(.5)", .5, NORMAL}, {"log-normal", 0, LOGNORMAL}, {"AR(.7)", .7, NORMAL},
	{"AR(.9)", .9, NORMAL}, {"random walk", 1, NORMAL},
};

static void draw(struct random *r, const struct kind *k, double *x, size_t n)
{
	double carry = k->phi < 1 ? normal(r) / sqrt(1 - k->phi * k->phi) : 0;

	for (size_t i = 0; i < n; i++) {
		double z = normal(r);

		carry = k->phi * carry + z;
		x[i] = k->noise == SPIKES      ? z + 10 * (uniform(r) < .05)
		       : k->noise == HEAVY     ? z / sqrt(-log(uniform(r)))
		       : k->noise == LOGNORMAL ? exp(z)
					       : carry;
	}
}

static size_t find(const double *x, size_t n, struct arena *a, struct changepoints *c)
{
	struct err err = {""};

	if (changepoint_find(x, NULL, n, &defaults, a, c, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(4);
	}
	return c->n;
}

static void nulls(size_t series)
{
	static const size_t lengths[] = {50, 200, 1000};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		printf("%-14s", kinds[k].name);
		for (size_t l = 0; l < ARRAY_SIZE(lengths); l++) {
			struct random r = {77 + l};
			double x[1000];
			size_t alarms = 0;

			for (size_t i = 0; i < series; i++) {
				struct changepoints c;
				struct arena a;

				arena_init(&a);
				draw(&r, &kinds[k], x, lengths[l]);
				alarms += find(x, lengths[l], &a, &c) > 0;
				arena_release(&a);
			}
			printf("  n %zu: %.3f", lengths[l], (double)alarms / (double)series);
		}
		printf("\n");
	}
}

/* A step of some standard deviations in 100 values, as factors. */
static void cover(size_t series)
{
	static const double steps[] = {1, 1.5, 2, 4};

	for (size_t k = 0; k < 6; k++) {
		for (size_t s = 0; s < ARRAY_SIZE(steps); s++) {
			struct random r = {7};
			size_t found = 0, place = 0, ratio = 0;
			double width = 0;

			for (size_t i = 0; i < series; i++) {
				size_t n = 100, at = 20 + i % 61;
				struct changepoints c;
				struct arena a;
				double x[100];

				arena_init(&a);
				draw(&r, &kinds[k], x, n);
				for (size_t j = 0; j < n; j++)
					x[j] = exp(.05 * (x[j] + (j >= at ? steps[s] : 0)));
				if (find(x, n, &a, &c) == 1 && c.model == CHANGEPOINT_LEVEL) {
					const struct change *f = c.changes;

					found++;
					place += f->from <= at && at <= f->to;
					ratio += f->low <= exp(.05 * steps[s]) &&
						 exp(.05 * steps[s]) <= f->high;
					width += (double)(f->to - f->from);
				}
				arena_release(&a);
			}
			printf("%-14s step %.1f: found %.3f, place within %.3f (width %.1f), "
			       "ratio within %.3f\n",
			       kinds[k].name, steps[s], (double)found / (double)series,
			       (double)place / (double)found, width / (double)found,
			       (double)ratio / (double)found);
		}
	}
}

static void speed(void)
{
	for (size_t n = 10000; n <= 1000000; n *= 100) {
		double *x = mem_alloc(n * sizeof(*x));

		for (int steps = 0; steps < 2; steps++) {
			struct random r = {n};
			struct changepoints c;
			struct arena a;
			clock_t start;

			arena_init(&a);
			draw(&r, &kinds[0], x, n);
			for (size_t i = 0; i < n; i++)
				x[i] = 100 + x[i] + (steps && i >= n / 3 ? 1.5 : 0);
			start = clock();
			(void)find(x, n, &a, &c);
			printf("%zu values, %d change: %zu found, %.3f s of processor\n", n, steps,
			       c.n, (double)(clock() - start) / CLOCKS_PER_SEC);
			arena_release(&a);
		}
		free(x);
	}
}

/* ---- the table ---- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The .998 quantile over random orders of n ranks. */
static void table(size_t lengths)
{
	for (size_t n = 16; lengths--; n *= 2) {
		size_t series = 400000000 / n / 5;
		struct random r = {n};
		struct changepoint_room room;
		double *x, *most;

		series = series > 200000 ? 200000 : series < 3000 ? 3000 : series;
		x = mem_alloc(n * sizeof(*x));
		most = mem_alloc(series * sizeof(*most));
		room.sum = mem_alloc(3 * (n + 1) * sizeof(*room.sum));
		room.square = room.sum + n + 1;
		room.product = room.square + n + 1;
		for (size_t i = 0; i < n; i++)
			x[i] = (double)i - (double)(n - 1) / 2;
		for (size_t k = 0; k < series; k++) {
			for (size_t i = 0; i + 1 < n; i++) {
				size_t j = i + next(&r) % (n - i);
				double t = x[i];

				x[i] = x[j];
				x[j] = t;
			}
			most[k] = changepoint_maximum(x, n, &room);
		}
		qsort(most, series, sizeof(*most), by_value);
		printf("%zu %.3f (%zu series)\n", n, most[(size_t)((double)series * .998)], series);
		fflush(stdout);
		free(x);
		free(most);
		free(room.sum);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (strcmp(what, "--table") == 0)
		table(n ? n : 14);
	else if (strcmp(what, "--null") == 0)
		nulls(n ? n : 1000);
	else if (strcmp(what, "--cover") == 0)
		cover(n ? n : 1000);
	else if (strcmp(what, "--speed") == 0)
		speed();
	else
		return fputs("bench_changepoint --table | --null | --cover | --speed\n", stderr), 2;
	return 0;
}
