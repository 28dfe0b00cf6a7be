// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Two samples where the truth is known.
 *
 * bench_twosample --cover [PAIRS]: how often intervals of a ratio hold it: Hodges and Lehmann's,
 * that of twosample.c, beside the bootstrap of the ratio of medians, by percentiles and by BCa
 * (Efron 1987).
 *
 * bench_twosample --same [SIZE]: stdin has lines of two numbers measured in turn, both of the same
 * work. Tests blocks of SIZE (10) lines: how often p <= .05, in turn, and with the first numbers of
 * two blocks in a row.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/order.h"
#include "stats/twosample.h"

#define DRAWS 1000

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

/* Noise of logarithms. */
static double noise(struct random *r, int kind)
{
	switch (kind) {
	case 0: return .1 * normal(r);
	case 1: return .1 * exp(normal(r));
	case 2: return .1 * normal(r) + 1.0 * (uniform(r) < .1);
	default: return .05 * normal(r) / sqrt(-log(uniform(r)));
	}
}

static double share_below(double z)
{
	return erfc(-z / M_SQRT2) / 2;
}

static double deviate(double p)
{
	double low = -9, high = 9;

	for (int i = 0; i < 60; i++) {
		double z = (low + high) / 2;

		if (share_below(z) < p)
			low = z;
		else
			high = z;
	}
	return low;
}

static double difference(const double *x, const double *y, size_t n)
{
	double room[64];

	return order_median_of(y, n, room) - order_median_of(x, n, room);
}

/* Acceleration by the jackknife. */
static double acceleration(const double *x, const double *y, size_t n)
{
	double value[128], mean = 0, cubes = 0, squares = 0, left[64];

	for (size_t i = 0; i < 2 * n; i++) {
		const double *from = i < n ? x : y;
		double room[64], other = order_median_of(i < n ? y : x, n, room);
		size_t k = 0;

		for (size_t j = 0; j < n; j++)
			if (j != i % n)
				left[k++] = from[j];
		value[i] = order_median(left, n - 1);
		value[i] = i < n ? other - value[i] : value[i] - other;
		mean += value[i] / (double)(2 * n);
	}
	for (size_t i = 0; i < 2 * n; i++) {
		double d = mean - value[i];

		squares += d * d;
		cubes += d * d * d;
	}
	return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

struct interval {
	double low, high;
};

static void bootstrap(struct random *r, const double *x, const double *y, size_t n,
		      struct interval *percentile, struct interval *bca)
{
	double draw[DRAWS], a[64], b[64], bias = 0, d = difference(x, y, n), z0, k, z, p;

	for (size_t i = 0; i < DRAWS; i++) {
		for (size_t j = 0; j < n; j++) {
			a[j] = x[next(r) % n];
			b[j] = y[next(r) % n];
		}
		draw[i] = difference(a, b, n);
		bias += (draw[i] < d) + .5 * (draw[i] == d);
	}
	*percentile = (struct interval){order_select(draw, DRAWS, DRAWS / 40),
					order_select(draw, DRAWS, DRAWS - 1 - DRAWS / 40)};
	z0 = deviate(fmin(fmax(bias / DRAWS, .001), .999));
	k = acceleration(x, y, n);
	for (int side = 0; side < 2; side++) {
		z = z0 + (side ? 1.96 : -1.96);
		p = share_below(z0 + z / (1 - k * z));
		*(side ? &bca->high : &bca->low) =
			order_select(draw, DRAWS, (size_t)(fmin(fmax(p, 0), .999) * DRAWS));
	}
}

static void cover(size_t pairs)
{
	static const char *const names[] = {"normal", "log-normal", "spikes", "t, 2 degrees"};
	static const size_t sizes[] = {5, 10, 20};

	for (int kind = 0; kind < 4; kind++) {
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
			double hold[3] = {0}, width[3] = {0};
			struct random r = {5};

			for (size_t i = 0; i < pairs; i++) {
				double a[64], b[64];
				struct interval v[3];
				struct twosample_shift t;

				for (size_t j = 0; j < sizes[s]; j++) {
					a[j] = noise(&r, kind);
					b[j] = noise(&r, kind);
				}
				t = twosample_shift(a, sizes[s], b, sizes[s], .95);
				v[0] = (struct interval){t.low, t.high};
				bootstrap(&r, a, b, sizes[s], &v[1], &v[2]);
				for (int k = 0; k < 3; k++) {
					hold[k] += v[k].low <= 0 && 0 <= v[k].high;
					width[k] += v[k].high - v[k].low;
				}
			}
			printf("%-12s n %2zu: holds the ratio (mean width of the logarithm): "
			       "Hodges-Lehmann %.3f (%.3f), percentile %.3f (%.3f), BCa %.3f "
			       "(%.3f)\n",
			       names[kind], sizes[s], hold[0] / (double)pairs,
			       width[0] / (double)pairs, hold[1] / (double)pairs,
			       width[1] / (double)pairs, hold[2] / (double)pairs,
			       width[2] / (double)pairs);
		}
	}
}

static bool differ(const double *x, const double *y, size_t n)
{
	return twosample_mann_whitney(x, n, y, n).p <= .05;
}

static void same(size_t size)
{
	double *x = mem_alloc(2 * size * sizeof(*x)), *y = mem_alloc(2 * size * sizeof(*y));
	size_t n = 0, tests = 0, alarms = 0, pairs = 0, sequential = 0;

	while (scanf("%lf %lf", &x[n], &y[n]) == 2) {
		if (++n % size == 0) {
			tests++;
			alarms += differ(x + n - size, y + n - size, size);
		}
		if (n == 2 * size) {
			pairs++;
			sequential += differ(x, x + size, size);
			n = 0;
		}
	}
	printf("in turn: %.3f of %zu tests say that they differ; one after the other: %.3f of "
	       "%zu\n",
	       (double)alarms / (double)tests, tests, (double)sequential / (double)pairs, pairs);
	free(x);
	free(y);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	if (strcmp(what, "--cover") == 0)
		cover(n ? n : 1000);
	else if (strcmp(what, "--same") == 0)
		same(n ? n : 10);
	else
		return fputs("bench_twosample --cover [PAIRS] | --same [SIZE] <NUMBERS\n", stderr),
		       2;
	return 0;
}
