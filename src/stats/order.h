/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Order statistics: medians, mid-ranks, and what follows from them. Values are finite (callers
 * leave NaN and infinities out). Nothing here fails.
 */
#pragma once

#include <stddef.h>

#define ORDER_MAD_SD 1.4826022185056018 /* median absolute deviation -> standard deviation */

/* The median of n > 0 values, whose order it changes; the mean of the middle two if n is even. */
double order_median(double *x, size_t n);
/* The same of values that stay; room for n of them is the caller's. */
double order_median_of(const double *x, size_t n, double *room);
/* The k-th smallest (from 0) of n > k values, whose order it changes: what is before it is not
 * greater, what is behind it not smaller. */
double order_select(double *x, size_t n, size_t k);

struct order_item {
	double value;
	size_t index;
};

/* Sort by value, equal ones as they were; room for n items. */
void order_sort(struct order_item *items, size_t n, struct order_item *room);
/*
 * Mid-ranks (equal values share the mean of their ranks) less their mean, so that they sum to 0.
 * Room for 2 n items.
 */
void order_ranks(const double *x, size_t n, double *rank, struct order_item *room);
