/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files of curve.h. */
#pragma once

#include <math.h>

#include "compare/curve.h"

/* k good curves and the bad one at the m steps that all have. */
struct aligned {
	size_t k, m;
	double *step, *bad, **good;
};

/* Sorted by step, in the arena. */
void curve_points(struct arena *a, const struct curve *c, struct curve_points *p);
/* true: values of the good curves were interpolated. */
bool curve_align(struct arena *a, struct aligned *al, const struct curve_points *good, size_t k,
		 const struct curve_points *bad);

/* The bad curve's first departure from the band of at least CURVE_BAND good ones; in logarithms if
 * those are wanted. spread[m] is filled in with the standard deviation between good curves. */
void curve_depart(const struct aligned *al, double *spread, struct curve_departure *out);
