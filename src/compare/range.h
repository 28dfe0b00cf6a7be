/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a value is out of the range of the good runs. */
#pragma once

#include "types/record.h"

#define RANGE_MIN_RUNS 5 /* with fewer there is no range to speak of */

struct range {
	double low, high; /* of the good values */
	size_t n;         /* that are numbers */
};

/*
 * value is outside of what the good values (any order) show: beyond all of them, and further from
 * their median than five times their spread (1.4826 times the median of distances, at least 5 % of
 * the median); in the bad direction, if one is known. NaN where none of the good ones is NaN is
 * outside. false with fewer than RANGE_MIN_RUNS good values. good is sorted in place.
 */
bool range_outside(double *good, size_t n, double value, enum better better, struct range *r);
