/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the memory of a run's process tree grew, from its samples: over time, and over the steps that
 * its output counts ("step 12", "epoch=3", "| 12/100 [", groups of that name in --pattern). And how
 * many of its processes were alike when it took most, as the workers of a pool are.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "exec/exec.h"
#include "stats/growth.h"

#define RUN_COUNTERS 4

struct run_points {
	double *x, *y; /* at most RUN_POINTS, by leaving out every other one */
	size_t n;
	uint64_t seen, every; /* every how manyth is kept */
};

/* What the output counts. */
struct run_counter {
	char word[16];
	double value, before, base; /* the last; that at the sample before; where it began anew */
	unsigned falls;
	struct run_points points;
};

struct pattern;

struct run_growth {
	struct run_points by_time;
	struct run_counter counters[RUN_COUNTERS];
	size_t ncounters;
	struct pattern **patterns; /* group "word" or one that is named as a counter is */
	size_t npatterns, cappatterns;
	uint64_t peak_rss, peak_alike_rss;
	uint32_t peak_alike;
	double share;       /* PSS of RSS, where it was looked at with the most memory; */
	uint64_t share_rss; /* that; 0: never */
};

/* What is known at the end. */
struct run_grown {
	struct growth growth;
	const char *step; /* what the output counts, "epoch"; NULL: nothing that helps */
	double per_step;  /* bytes a step, of a leak */
	uint32_t alike;   /* processes at the peak that are; 1: it is no pool */
	uint64_t each;    /* bytes of one of them */
	uint64_t rest;    /* of all others together */
	uint64_t fit;     /* how many of them fit into a room; 0: not known */
};

void run_growth_init(struct run_growth *g);
void run_growth_release(struct run_growth *g);
/* A --pattern: counts if a group of it is named as a counter is. It compiles: it was tried before.
 */
void run_growth_pattern(struct run_growth *g, const char *regex);
/* A sample, and whole lines of what came since the one before, the last ones if there are many. */
void run_growth_sample(struct run_growth *g, const struct exec_sample *s, struct str out,
		       struct str err);
/* peak: of the run, in bytes (0: unknown); room: what there is for it. */
void run_growth_find(const struct run_growth *g, uint64_t peak, uint64_t room, struct run_grown *r);
