/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results that a report shows as one character each (".F.Es": pytest, unittest): they are named
 * "#3", the third of its suite, until the report names those that failed, in the same order.
 */
#pragma once

#include "import/import.h"

enum { PROGRESS_KINDS = (TEST_SKIPPED + 1) * 2 };

struct progress {
	struct import *im;
	size_t first;                /* index of its first result */
	size_t next[PROGRESS_KINDS]; /* the nameless result of that kind to be named next */
	struct str suite;
	uint64_t n; /* results of the suite so far */
};

void progress_init(struct progress *p, struct import *im);
/* Are these the characters of results, and at least one? */
bool progress_is(struct str s);
/* A result for each of them. */
void progress_add(struct progress *p, struct str suite, struct str chars, uint64_t line);
/* The next nameless result of that kind gets a name; NULL if there is none. */
struct test_result *progress_name(struct progress *p, struct str suite, struct str name,
				  enum test_status status, bool expected);
/* After the last: what passed though it should not have says so in its message. */
void progress_end(struct progress *p);
/* Is the result nameless? */
bool progress_nameless(const struct test_result *t);
