// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How often the same program is called slower or faster than itself: bench_aa [ROUNDS]. In each
 * round a sort is timed 20 times, and the timings are dealt into two samples: in turn, or the first
 * ten against the last ten. Beside the exact rank test stands Welch's, and the rule "the mean moved
 * by more than 5 %".
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "stats/twosample.h"

#define HALF  ((size_t)10)
#define ITEMS 20000

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static double timing(int *v)
{
	struct timespec a, b;

	for (int i = 0; i < ITEMS; i++)
		v[i] = (int)(lrand48() & 0xffffff);
	clock_gettime(CLOCK_MONOTONIC, &a);
	qsort(v, ITEMS, sizeof(*v), by_value);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

struct moments {
	double mean, variance;
};

static struct moments moments(const double *v)
{
	struct moments m = {0};

	for (size_t i = 0; i < HALF; i++)
		m.mean += v[i] / (double)HALF;
	for (size_t i = 0; i < HALF; i++)
		m.variance += (v[i] - m.mean) * (v[i] - m.mean) / (double)(HALF - 1);
	return m;
}

struct alarms {
	unsigned rank, welch, rule;
};

static void count(struct alarms *n, const double *a, const double *b)
{
	struct moments x = moments(a), y = moments(b);
	double t = fabs(x.mean - y.mean) / sqrt((x.variance + y.variance) / (double)HALF);

	n->rank += twosample_mann_whitney(a, HALF, b, HALF).p <= .05;
	n->welch += t > 2.13; /* Student's 97.5 % point for the 15 or so degrees that remain */
	n->rule += fabs(y.mean / x.mean - 1) > .05;
}

static void print(const char *order, const struct alarms *n, unsigned rounds)
{
	printf("%s: rank test %.3f, Welch %.3f, mean moved by 5 %% %.3f\n", order,
	       (double)n->rank / rounds, (double)n->welch / rounds, (double)n->rule / rounds);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;
	int *items = mem_alloc(ITEMS * sizeof(*items));
	struct alarms in_turn = {0}, in_order = {0};

	srand48(1);
	for (unsigned r = 0; r < rounds; r++) {
		double all[2 * HALF], a[HALF], b[HALF];

		for (size_t i = 0; i < 2 * HALF; i++) {
			all[i] = timing(items);
			*(i % 2 ? &b[i / 2] : &a[i / 2]) = all[i];
		}
		count(&in_turn, a, b);
		count(&in_order, all, all + HALF);
	}
	print("in turn", &in_turn, rounds);
	print("one after the other", &in_order, rounds);
	free(items);
	return 0;
}
