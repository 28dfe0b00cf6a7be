/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs that count as good against others: of all their variables and tests, those that differ, and
 * how sure that is. Pure. Every number of runs stays beside what is said of them: a metric is worse
 * or better only if a test that assumes no distribution says so after a correction for all metrics
 * that were looked at, equivalent only if an interval lies within a bound, and else undecided.
 */
#pragma once

#include "base/mem.h"
#include "types/record.h"

struct rundiff_run {
	struct str id;
	int64_t started_ns; /* 0: unknown */
	const struct variable *variables;
	size_t nvariables;
	const struct test_result *tests;
	size_t ntests;
};

struct rundiff_side {
	const struct rundiff_run *runs;
	size_t n;
};

struct rundiff_opts {
	double alpha;       /* .05: of all metrics together */
	double equivalence; /* .05: ratios within 1/1.05 ... 1.05 are no difference */
	bool settings;      /* whatever their names, all variables are settings */
};

enum rundiff_section {
	RUNDIFF_TEST,
	RUNDIFF_METRIC,  /* which way is better is known */
	RUNDIFF_NUMBER,  /* other measurements */
	RUNDIFF_SETTING, /* what somebody chose: arguments, configuration, --set */
	RUNDIFF_CODE,    /* commit, difference from it, hash of the program */
	RUNDIFF_VERSION, /* of tools, libraries, packages */
	RUNDIFF_ENVIRONMENT,
	RUNDIFF_LOG, /* counts of templates, symptoms */
	RUNDIFF_SECTIONS,
};

enum rundiff_verdict {
	RUNDIFF_WORSE,
	RUNDIFF_BETTER,
	/* Surely, but nobody said which way is better. What is no metric: also where no value of
	 * one side lies within the other's, however few there are. */
	RUNDIFF_DIFFERS,
	RUNDIFF_UNDECIDED,  /* too few runs, or too much noise */
	RUNDIFF_EQUIVALENT, /* within the bound */
	RUNDIFF_SAME,       /* the same in all runs */
};

/* A variable, or a test, on one side. */
struct rundiff_values {
	size_t n;                 /* runs that have it */
	double low, median, high; /* of numbers; NAN */
	struct str common;        /* the most frequent value, as text */
	size_t ncommon, distinct;
	size_t passed, failed, skipped; /* of a test */
	uint64_t least, most;           /* samples that one value stands for; 0: unknown */
};

struct rundiff_row {
	enum rundiff_section section;
	enum rundiff_verdict verdict;
	struct str name, unit;
	enum better better;
	bool number;  /* compared as numbers */
	bool log;     /* as ratios; else as differences */
	bool clean;   /* no value of one side lies within the other's */
	bool samples; /* what it stands for has another size on the two sides */
	struct rundiff_values side[2];
	double effect, low, high; /* ratio or difference, with its interval at 1 - alpha */
	double p, p_adjusted, p_min;
	double detectable; /* as effect: what so many runs could have shown; infinite: nothing */
	double score;      /* the greater, the sooner it is shown in its section */
};

struct rundiff {
	struct arena arena;
	struct rundiff_row *rows; /* by section, then score */
	size_t n, cap;
	size_t count[RUNDIFF_SECTIONS][RUNDIFF_SAME + 1];
	bool order_confounded; /* all good runs came before, or after, all others */
	bool denominators;     /* some count of samples (see rows) or tests differs */
	size_t tests[2];       /* that ran, in some run of the side */
	size_t common;         /* variables and tests that both sides have */
};

void rundiff_run(struct rundiff *d, const struct rundiff_side side[2],
		 const struct rundiff_opts *o);
void rundiff_release(struct rundiff *d);

/* The section that a variable of a run belongs to. */
enum rundiff_section rundiff_section_of(const struct variable *v);
