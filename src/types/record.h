/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of a run: variables, series, results of tests. Plain structs between the rooms that
 * read them (import/, exec/, vcs/), keep them (store/) and compare them. Text is a slice owned by
 * whoever filled the struct in (an arena); names are UTF-8 without control characters.
 */
#pragma once

#include <math.h>

#include "base/str.h"

/* Which way a variable should go. */
enum better { BETTER_UNKNOWN, BETTER_LOWER, BETTER_HIGHER };

enum value_kind { VALUE_NONE, VALUE_INT, VALUE_REAL, VALUE_TEXT };

/* Integers stay integers, all 64 bits; a real may be infinite or NaN. */
struct value {
	enum value_kind kind;
	int64_t integer;
	double real;
	struct str text;
};

struct variable {
	struct str name; /* dotted: "bench.BM_sort/64.time", "env.OMP_NUM_THREADS" */
	struct value value;
	struct str unit; /* "s", "bytes", "1/s"; empty: none or unknown */
	enum better better;
	uint64_t n;    /* samples that value stands for; 0: unknown */
	double spread; /* their standard deviation; NAN: unknown */
	uint32_t run;  /* which of several runs of one source it belongs to; else 0 */
	uint64_t line; /* in the source, from 1; 0: unknown */
};

/* A variable sampled along a run. Points are in the order of the source; x need not rise. */
struct series {
	struct str name; /* "loss", "rss" */
	struct str unit;
	struct str axis; /* what x counts: "step", "epoch", "s" */
	enum better better;
	uint32_t run;
	uint64_t line;
	size_t n;
	double *x, *y;
};

enum test_status { TEST_PASSED, TEST_FAILED, TEST_ERROR, TEST_SKIPPED };

struct test_result {
	/* As reported; suite may be empty. What failed outside of any testcase has a name in
	 * parentheses and status TEST_ERROR: "(package)" did not build, "(plan)" does not hold. */
	struct str suite, name;
	enum test_status status;
	bool expected;  /* failed as expected: TODO of TAP, xfail; status is then TEST_SKIPPED */
	double seconds; /* NAN: unknown */
	struct str message; /* first line of what went wrong, or the reason for skipping */
	struct str detail;  /* the rest: trace, output */
	uint32_t run;
	uint64_t line;
};

enum run_state { RUN_COMPLETE, RUN_RUNNING, RUN_INTERRUPTED };
enum run_verdict { RUN_UNKNOWN, RUN_GOOD, RUN_BAD };

struct run_evidence {
	struct str hash, name, kind; /* kind: "log", "junit", "core" */
};

struct run_record {
	struct str id;   /* "r-" and 16 hex digits; empty: the store computes it */
	struct str name; /* given by people, may be empty */
	enum run_verdict verdict;
	enum run_state state;
	int64_t started_ns; /* since 1970, UTC; 0: unknown */
	struct str command; /* for people; redacted */
	struct variable *variables;
	size_t nvariables;
	struct series *series;
	size_t nseries;
	struct test_result *tests;
	size_t ntests;
	struct run_evidence *evidence;
	size_t nevidence;
};

static inline struct value value_int(int64_t v)
{
	return (struct value){.kind = VALUE_INT, .integer = v};
}

static inline struct value value_real(double v)
{
	return (struct value){.kind = VALUE_REAL, .real = v};
}

static inline struct value value_text(struct str s)
{
	return (struct value){.kind = VALUE_TEXT, .text = s};
}

/* As a number; NAN if it is none. */
static inline double value_number(struct value v)
{
	return v.kind == VALUE_INT ? (double)v.integer : v.kind == VALUE_REAL ? v.real : NAN;
}
