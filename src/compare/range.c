// SPDX-License-Identifier: GPL-3.0-or-later
/* See range.h. The spread is the median absolute deviation: one odd good run does not widen it. */
#include "compare/range.h"

#include <stdlib.h>

#include "base/mem.h"

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

static double median(const double *sorted, size_t n)
{
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

bool range_outside(double *good, size_t n, double value, enum better better, struct range *r)
{
	CLEANUP_FREE double *off = NULL;
	size_t k = 0, nans;
	double middle, spread;

	for (size_t i = 0; i < n; i++)
		if (!isnan(good[i]))
			good[k++] = good[i];
	nans = n - k;
	*r = (struct range){.n = k};
	if (k < RANGE_MIN_RUNS)
		return false;
	qsort(good, k, sizeof(*good), by_value);
	r->low = good[0];
	r->high = good[k - 1];
	if (isnan(value))
		return nans == 0;
	if (value >= r->low && value <= r->high)
		return false;
	if ((better == BETTER_LOWER && value < r->low) ||
	    (better == BETTER_HIGHER && value > r->high))
		return false;
	middle = median(good, k);
	off = mem_alloc(k * sizeof(*off));
	for (size_t i = 0; i < k; i++)
		off[i] = fabs(good[i] - middle);
	qsort(off, k, sizeof(*off), by_value);
	spread = fmax(1.4826 * median(off, k), .05 * fabs(middle));
	return !isfinite(value) || fabs(value - middle) > 5 * spread;
}
