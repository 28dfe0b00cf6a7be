// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the maximum statistic of changepoint-level.c exceeds once in 500 series without change, by
 * their length: the .998 quantile over random orders of the ranks 1...n, made by
 * `bench_changepoint --table` (splitmix64 from a fixed seed). It grows with log log n, so that a
 * straight line between lengths' logarithms is good to .02.
 */
#include <math.h>

#include "stats/changepoint-priv.h"

#define FIRST 16

/* For n = 16, 32, 64, ... From 4096 on, where fewer series were drawn, smoothed by hand. */
static const double quantile[] = {
	3.123, 3.493, 3.771, 3.952, 4.118, 4.237, 4.368,
	4.466, 4.550, 4.630, 4.700, 4.765, 4.820, 4.870,
};

double changepoint_threshold(size_t n)
{
	double x = log2((double)(n < FIRST ? FIRST : n) / FIRST), k = floor(x);
	size_t last = ARRAY_SIZE(quantile) - 1, i = (size_t)k;

	return i >= last ? quantile[last] : quantile[i] + (x - k) * (quantile[i + 1] - quantile[i]);
}
