/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A curve (a loss along the steps of a training, memory along a run) against curves that count as
 * good: the first value that is not the same, and the first departure that lasts, with an interval.
 * Pure and deterministic; time O(points x curves x log points).
 *
 * Curves are aligned by step, never by row. If every value is above 0, logarithms are compared, so
 * that effects are ratios. What varies between the good curves is the band: a departure is a
 * stretch of steps whose mean lies further from theirs than chance and their own differences
 * explain, over all stretches that were looked at. With fewer than CURVE_BAND good curves there is
 * no band, and no departure is claimed.
 */
#pragma once

#include "base/mem.h"
#include "base/str.h"

#define CURVE_BAND  3 /* good curves that a band needs */
#define CURVE_STEPS 5 /* common steps that a band needs to say that a curve stays within it */
#define CURVE_TWIN  3 /* first steps at which two curves are the same, if they are of one seed */

struct curve {
	struct str name;
	const double *x, *y; /* as recorded: x may repeat or fall back, y may be no number */
	size_t n;
};

/* Where a curve went back to a step that it had passed: the values of the new attempt count. */
struct curve_restart {
	double from, to;
};

/* A curve in the order of its steps, each once. */
struct curve_points {
	double *x, *y;
	size_t n;
	struct curve_restart *restarts;
	size_t nrestarts;
	size_t repeated; /* values that a later one of the same step replaced */
	bool has_nonfinite;
	double nonfinite; /* step of the first value that is no finite number */
};

enum curve_verdict {
	CURVE_EQUAL,   /* the same as one of the good curves wherever both have values */
	CURVE_WITHIN,  /* not the same, but inside the band */
	CURVE_DEPARTS, /* leaves the band */
	CURVE_PARTS,   /* no band, but the same as a good curve up to a step: it is its departure */
	CURVE_UNKNOWN, /* no band, or too few steps in common */
};

struct curve_unequal {
	bool found;
	size_t with; /* the good curve that the bad one equals the longest */
	double step; /* the first at which they are not the same */
	double last; /* the last step at which they are; NAN: none */
	size_t same; /* steps that both have up to there */
	double good, bad;
};

struct curve_departure {
	bool found;
	double step;      /* the first one outside */
	double low, high; /* where that step may lie */
	double until;     /* the last step of the stretch */
	bool lasts;       /* it goes on to the end */
	int direction;    /* -1 below the band, 1 above */
	double effect;    /* mean distance: as a ratio if log, else a difference */
	double z;         /* how many standard errors that is, as of a normal distribution; NAN:
			     it is exact, from a curve that was the same until then */
};

struct curvediff {
	struct arena arena;
	enum curve_verdict verdict;
	bool log;          /* ratios */
	bool interpolated; /* the good curves had other steps: values in between were taken */
	size_t ngood;
	struct curve_points *good, bad;
	struct curve_unequal unequal;
	struct curve_departure departure;
	/* The steps that all have, n of them: the bad curve, and of the good ones the median, and
	 * how much they differ from each other there (as a factor if log, else a difference; NAN
	 * without a band). */
	size_t n;
	double *step, *value, *median, *spread;
	double **aligned; /* the good curves at these steps; logarithms if log */
};

void curvediff_run(struct curvediff *d, const struct curve *good, size_t ngood,
		   const struct curve *bad);
void curvediff_release(struct curvediff *d);
