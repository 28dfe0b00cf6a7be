/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the parts of changepoint.c: a series without gaps, and where it is split. */
#pragma once

#include "stats/changepoint.h"
#include "stats/order.h"

#define CHANGEPOINT_SEGMENT 4 /* values a level has at least */

/* Places, in order; splits[i] is the first value behind the i-th. */
struct splits {
	size_t *at;
	size_t n, cap;
};

static inline size_t splits_before(const struct splits *s, size_t i)
{
	return i ? s->at[i - 1] : 0;
}

static inline size_t splits_after(const struct splits *s, size_t i, size_t n)
{
	return i + 1 < s->n ? s->at[i + 1] : n;
}

/* What the maximum statistic of a series of n values without change exceeds once in 500. */
double changepoint_threshold(size_t n);

/* Room that level and trend work in: arrays of n. */
struct changepoint_room {
	struct order_item *items; /* 2 n */
	double *rank, *values;
	double *sum, *square, *product; /* n + 1 */
};

/* The maximum statistic of ranks x; for the table. Of room the sums are used. */
double changepoint_maximum(const double *x, size_t n, struct changepoint_room *room);

/* A split of [begin, end) and how far its statistic is above the threshold. */
struct split {
	size_t begin, at, end;
	double z;      /* deflated */
	double phi;    /* autocorrelation */
	double excess; /* below 0: not significant */
};

/* Changes of level of y[0...n-1], described, in the arena; and where they are. */
struct change *changepoint_level(const double *y, size_t n, const struct changepoint_options *o,
				 bool logs, struct changepoint_room *room, struct splits *out,
				 struct arena *a);
/* Lag-1 autocorrelation and robust standard deviation of what the levels leave. */
double changepoint_autocorrelation(const double *y, size_t n, const struct splits *s,
				   struct changepoint_room *room);
double changepoint_noise(const double *y, size_t n, const struct splits *s,
			 struct changepoint_room *room);

/* Breaks of trend, described; noise and autocorrelation of what the lines leave. Returns the share
 * of the values' variance that the lines leave. */
double changepoint_trend(const double *y, size_t n, struct arena *a, struct changepoints *out);
/* What one line would leave. */
double changepoint_one_line(const double *y, size_t n);
