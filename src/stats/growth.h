/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a quantity grew along a run, such as memory: does it leak, was it a step, does it rise and
 * fall? Nothing is said of short or unclear series. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum growth_kind {
	GROWTH_UNDECIDED,
	GROWTH_FLAT,
	GROWTH_LEAK, /* rises all along, also below the teeth of a saw */
	GROWTH_STEP, /* rose once, and stays */
	GROWTH_SAW,  /* rises and falls, its floor stays */
};

struct growth {
	enum growth_kind kind;
	double rate;  /* of a leak: per unit of x */
	double level; /* the last; of a step that after it */
	double at;    /* of a step: x */
};

#define GROWTH_LEAST 24 /* points; of fewer nothing is said */

/* x rises; y as it was measured. What was measured in the first fifth of x is start-up, and where y
 * falls in the last twenty-fifth, the end: neither counts. noise: a smaller rise in all is flat,
 * whatever its share (for memory: some MB). */
void growth_find(const double *x, const double *y, size_t n, double noise, struct growth *g);
/* Units of x until y reaches a limit at that rate; NAN: it does not rise, or the limit is passed.
 */
double growth_until(const struct growth *g, double limit);
/* How many that take up to `peak` each fit into `room`; 0: not one, or nothing is known. */
uint64_t growth_workers(uint64_t room, uint64_t peak);
const char *growth_word(enum growth_kind kind); /* "leak" */
