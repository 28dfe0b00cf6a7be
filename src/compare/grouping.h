/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which observations of something wrong are one symptom: the same exception with the same frames of
 * the program's own, the same log statement, the same failed test, the same variable out of range.
 * What people read of a symptom (grouping_what()) can be read back (grouping_parse()), so that a
 * row of a case document is all that is needed to put a later observation to it.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

#define GROUPING_FRAMES 3
#define GROUPING_KEY    8   /* hexadecimal digits */
#define GROUPING_JOIN   .60 /* as sure as it must be that two are one */

enum grouping_kind {
	GROUPING_EXCEPTION,
	GROUPING_STACK, /* a call stack without an exception */
	GROUPING_ERROR, /* a log statement */
	GROUPING_TEST,
	GROUPING_METRIC,
};

/* Slices belong to whoever filled it in. */
struct grouping_symptom {
	enum grouping_kind kind;
	/* Of an exception: "java.io.IOException", "heap-use-after-free"; of a test or a variable
	 * what is to be said of it, by which it is not compared. */
	struct str type;
	struct str text;                    /* its message; the template; the test; the variable */
	struct str frames[GROUPING_FRAMES]; /* functions, normalised, innermost first */
	size_t nframes;
};

/* "exception", "call stack", "error", "failed test", "metric". */
const char *grouping_kind_name(enum grouping_kind k);
/* false if it names none. */
bool grouping_kind_of(struct str name, enum grouping_kind *k);

/* A function's name without what differs between builds and runs: arguments, template parameters,
 * numbers of lambdas, hashes, marks of the optimiser. file serves where it names no function. */
struct str grouping_function(struct arena *a, struct str function, struct str file);
/* Add a frame; those that are not the program's own are left out, and repetitions. */
void grouping_add_frame(struct grouping_symptom *s, struct arena *a, struct str function,
			struct str file, bool own);

/* Whether only a symptom of the same key can be the same: tests and variables, by their names. */
bool grouping_exact(const struct grouping_symptom *s);

/* n tests that failed with the same message, as one symptom. */
void grouping_alike(struct grouping_symptom *s, struct arena *a, struct str message, uint64_t n);

/* "TYPE: message, in f < g < h"; the template; the test's name. At most max bytes. */
void grouping_what(const struct grouping_symptom *s, size_t max, struct buf *out);
/* The same read back; slices of what, but frames in the arena. */
void grouping_parse(enum grouping_kind kind, struct str what, struct arena *a,
		    struct grouping_symptom *s);

/* A short name of the group that s begins, the same for the same symptom anywhere. */
void grouping_key(const struct grouping_symptom *s, char key[GROUPING_KEY + 1]);

/* How sure it is, 0 to 1, that two are the same symptom; *why says by what (static). Symmetric. */
double grouping_compare(const struct grouping_symptom *x, const struct grouping_symptom *y,
			const char **why);
