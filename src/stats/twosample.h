/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two samples: is one larger, by how much, and could so few values have told? Pure functions on
 * arrays; values are finite. Nothing is assumed of the distribution but that the values within a
 * sample can be exchanged (which those of runs one after the other often cannot: see who calls).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct twosample_test {
	double p;     /* two-sided */
	double p_min; /* the smallest that samples of these sizes, with these ties, can give */
	bool exact;
};

/*
 * Mann and Whitney (1947) with midranks for ties. Up to TWOSAMPLE_EXACT values in all, p is exact,
 * conditional on the ties: the share of all ways to deal the values out whose rank sum is at least
 * as far from its mean; beyond, the normal approximation with corrections for ties and continuity.
 */
#define TWOSAMPLE_EXACT 60
struct twosample_test twosample_mann_whitney(const double *a, size_t na, const double *b,
					     size_t nb);

struct twosample_shift {
	double shift;     /* Hodges and Lehmann (1963): the median of all differences b - a */
	double low, high; /* an interval that holds it with the level asked for; may be infinite */
};

/*
 * By how much b is above a. The interval inverts the test above (Moses 1965), so its level holds
 * for any distribution; with too few values it is the whole line. Of samples of more than
 * TWOSAMPLE_THIN values so many quantiles stand for them.
 */
#define TWOSAMPLE_THIN 1000
struct twosample_shift twosample_shift(const double *a, size_t na, const double *b, size_t nb,
				       double level);

/*
 * The smallest shift that samples of these sizes show in four of five cases by a test at alpha;
 * infinite if the test cannot reach alpha at all. By the normal approximation of the test's power,
 * with the samples' pooled robust standard deviation.
 */
double twosample_detectable(const double *a, size_t na, const double *b, size_t nb, double alpha);

/* Holm (1979): p[n] become adjusted for having looked at n of them; NANs are left alone. */
void twosample_holm(double *p, size_t n);

/* The middle of v[n], which is sorted in place; NAN if n is 0. */
double twosample_median(double *v, size_t n);
