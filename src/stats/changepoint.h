/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Change points of a series: where its level, or its trend, became another one.
 *
 * Values are taken by their logarithm if all are above 0 (changes are ratios then), and divided by
 * a reference workload measured beside them if there is one, which takes the machine's own ups and
 * downs away. What is not finite is left out; indices always are those of the caller's arrays.
 *
 * Level: Mann-Whitney's statistic for every split of every seeded interval (Kovacs, Buhlmann, Li &
 * Munk, "Seeded binary segmentation", 2023), longer intervals at an advantage; its maximum is held
 * against a table of its distribution for series without change (changepoint-table.c), at a chance
 * of 1 in 500 for a whole series. Ranks make the table valid for every distribution of values. The
 * statistic is deflated by sqrt((1 - phi) / (1 + phi)) for autocorrelation phi at lag 1, taken from
 * what is left when either side is split once more (other changes are no autocorrelation). What was
 * found is tested again between its neighbours, and placed by a bounded loss (as Fearnhead &
 * Rigaill, JASA 2019, have it), which outliers do not move. Changes smaller than min_effect and
 * min_sd are dropped, and those whose own interval does not tell them from none.
 *
 * Trend: straight lines, fitted by dynamic programming; the largest number of breaks each of which
 * lowers n log(RSS) by more than 3 log(n) (level, slope and place: BIC), n deflated as above, and
 * explains a twentieth of what one line leaves unexplained.
 *
 * The result is the same for the same input: nothing is drawn at random.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"

#define CHANGEPOINT_MIN   14                /* with fewer values no change of level can be told */
#define CHANGEPOINT_LIMIT ((size_t)1 << 26) /* values of a series */
#define CHANGEPOINT_MOST  10000             /* changes; the clearest are kept */

enum changepoint_mode {
	/* Level, unless there is no reference and what levels leave wanders (autocorrelation above
	 * .8), or several steps all go one way and lines describe them better (BIC). */
	CHANGEPOINT_AUTO,
	CHANGEPOINT_LEVEL,
	CHANGEPOINT_TREND,
};

struct changepoint_options {
	enum changepoint_mode mode;
	double min_effect; /* of levels: the smallest change of ratio, of positive values: .005 */
	double min_sd;     /* and the smallest in robust standard deviations of the noise: 1 */
};

struct change {
	size_t index;         /* the first value of the new level */
	size_t from, to;      /* smallest and largest plausible index (95 %) */
	size_t begin, end;    /* the levels compared are [begin, index) and [index, end) */
	double before, after; /* medians, in the value's unit at the reference's usual speed; of
				 trends: the lines' values at index */
	double ratio;         /* after / before; NAN unless all values are above 0 */
	double low, high;     /* its interval (95 %), of levels; else NAN */
	double slope_before, slope_after; /* of trends: a value's growth to the next as a ratio (or
					     difference, without logarithms), less 1; else NAN */
	double score; /* the statistic, deflated: normal deviates, or log likelihood */
	bool machine; /* the reference itself changed within [from, to] */
};

struct changepoints {
	enum changepoint_mode model; /* LEVEL or TREND */
	bool logs;                   /* values were taken by their logarithm */
	size_t used, left_out;       /* values; left out: not finite */
	double autocorrelation;      /* at lag 1, of what the model leaves */
	double noise; /* robust standard deviation of what the model leaves, of logarithms if logs
		       */
	struct change *changes; /* in order of index */
	size_t n;
	struct change *machine; /* of the reference alone */
	size_t nmachine;
};

/*
 * Find the changes of value[0...n-1]; reference is NULL or as long. Fewer than CHANGEPOINT_MIN
 * usable values have none (of levels): callers tell by .used. Results live in the arena.
 * -ERR_INPUT: a reference with values that are not above 0; -ERR_LIMIT.
 */
int changepoint_find(const double *value, const double *reference, size_t n,
		     const struct changepoint_options *o, struct arena *a, struct changepoints *out,
		     struct err *err) ERR_CHECK;
