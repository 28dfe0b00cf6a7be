/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A series as one value. Points whose x or y is not finite take part in nothing but first, last, n,
 * first_nan and diverged. Results have no value (VALUE_NONE) where a definition below gives none;
 * whole ones are whole numbers. Pure; time O(n log n), for slope 64 times that.
 */
#pragma once

#include "base/str.h"
#include "types/record.h"

enum series_reduction {
	SERIES_FIRST, /* y of the first point, in the order of the source */
	SERIES_LAST,  /* y of the last point; NaN stays NaN */
	SERIES_MIN,   /* least, greatest y */
	SERIES_MAX,
	SERIES_BEST,    /* the one of the two that the series' direction names; none if unknown */
	SERIES_BEST_AT, /* x where it was reached first, in the order of x */
	SERIES_MEAN,    /* of y, every point alike */
	/* Under y over x by the trapezoid rule, points in the order of x; two or more points. */
	SERIES_AREA,
	/* Theil and Sen: the median of the slopes of all pairs of points with unequal x; 29 % of
	 * the points may be outliers. Right to the last digits of y's range by x's. (H. Theil, A
	 * rank-invariant method of linear and polynomial regression analysis, 1950; P. K. Sen,
	 * Estimates of the regression coefficient based on Kendall's tau, 1968) */
	SERIES_SLOPE,
	/* x of the first point, in the order of x, at which y has reached the parameter: is at most
	 * it if lower is better, at least it if higher is better; if that is unknown, is at it or
	 * beyond, seen from the first y. None if it never was. No interpolation. */
	SERIES_TIME_TO,
	SERIES_FIRST_NAN, /* x of the first y, in the order of the source, that is NaN; or none */
	SERIES_DIVERGED,  /* x of the first divergence, see below; or none */
	SERIES_N,         /* number of points */
};
#define SERIES_REDUCTIONS (SERIES_N + 1)

/*
 * A series diverges at the first point, in the order of the source, at which y is NaN or infinite,
 * or (if it is known which way is better) at which a blow-up begins that lasts: from there to the
 * end are three points or more, and each of them is not finite, or worse than the median m of the
 * finite ones among the 20 before by more than 10 of their median absolute deviations (times
 * 1.4826) and by more than |m| (where higher is better: half of |m|). There must be 5 or more
 * before. So a spike that is made up for is none, nor is a curve that creeps up.
 */

/* "time_to"; whether it takes a parameter; the unit of the result: of y, of x, of y times x, of y
 * by x, or none. */
enum series_unit {
	SERIES_UNIT_NONE,
	SERIES_UNIT_Y,
	SERIES_UNIT_X,
	SERIES_UNIT_YX,
	SERIES_UNIT_Y_X
};
struct series_function {
	const char *name;
	bool parameter;
	enum series_unit unit;
	bool directed; /* its result is better the way y is */
};
extern const struct series_function series_functions[SERIES_REDUCTIONS];

struct value series_reduce(const struct series *s, enum series_reduction what, double parameter);
