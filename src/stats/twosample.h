/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two samples: did the values move, by how much, and what could have been seen at all.
 *
 * The test is Mann and Whitney's (1947), two-sided: how probable an arrangement is, among all ways
 * of dealing the pooled values to two samples of these sizes, whose rank sum is at least as far
 * from the mean of rank sums. Equal values share their mean rank and the distribution is that of
 * the values at hand (the exact conditional one); with more than TWOSAMPLE_EXACT values the normal
 * approximation, corrected for ties and continuity. It says nothing of order: samples that were
 * taken one after the other also differ by what the machine did meanwhile (interleave them).
 *
 * The size is Hodges and Lehmann's: the median of all differences of a value of the second from one
 * of the first sample, of logarithms where ratios are wanted; its interval is what the test does
 * not reject, so that it holds the truth at least as often as it says, however few values there are
 * (too few: it has no ends). bench/twosample.c compares it with the bootstrap's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define TWOSAMPLE_EXACT 100               /* values of both samples together */
#define TWOSAMPLE_MOST  ((size_t)1 << 20) /* values of either sample */

struct twosample {
	double p;       /* two-sided */
	double least_p; /* that these sizes (and ties) could have given at all */
	bool exact;
	/* second / first, or second - first. Ends that do not exist are 0 and INFINITY, or
	 * -INFINITY and INFINITY. */
	double size;
	double low, high;             /* 95 % */
	double inner_low, inner_high; /* 90 %: within it lies equivalence at 5 % */
	/* The smallest size above 1 (or 0) that is found 4 times in 5 at 5 % with this noise
	 * (Noether, JASA 1987); INFINITY if none is. */
	double detectable;
};

/*
 * Compare x[0...n-1] with y[0...m-1]; ratios: of values above 0. -ERR_UNDECIDED: an empty sample;
 * -ERR_INPUT: a value that is not finite or, for ratios, not above 0; -ERR_LIMIT.
 */
int twosample_compare(const double *x, size_t n, const double *y, size_t m, bool ratios,
		      struct twosample *out, struct err *err) ERR_CHECK;

/*
 * Are they the same but for less than this share (.05: within 1 / 1.05 and 1.05; or of differences
 * within -.05 and .05)? Two one-sided tests at 5 % (Schuirmann 1987).
 */
bool twosample_equivalent(const struct twosample *t, bool ratios, double bound);

/* Adjust n probabilities so that all tests together err as seldom as each does alone (Holm 1979);
 * those that are NAN are no tests. */
void twosample_holm(double *p, size_t n);
