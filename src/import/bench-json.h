/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of JSON reports of benchmarks share. */
#pragma once

#include "import/bench.h"
#include "import/json.h"

/* A report as a tree; both die with bench_doc_release(). */
struct bench_doc {
	struct arena arena;
	const struct jsontree *root;
};

/* As import_tree(). */
int bench_doc_read(struct bench_doc *d, struct import *im, struct str data,
		   struct err *err) ERR_CHECK;
void bench_doc_release(struct bench_doc *d);
#define CLEANUP_BENCH_DOC __attribute__((cleanup(bench_doc_release)))

/* A report whose rows are the elements of the list under key: row() for each. */
int bench_doc_rows(struct import *im, struct str data, const char *key,
		   void (*row)(struct bench *b, const struct jsontree *t),
		   struct err *err) ERR_CHECK;

/* Does head begin as a document and hold all these keys (NULL ends them)? */
bool bench_doc_has(struct str head, const char *const *keys);

/* The numbers of an array of arrays of numbers, of any depth below the cap of the tree, each as a
 * repetition; how many. */
size_t bench_json_reps(struct bench *b, const char *what, const struct jsontree *t,
		       struct str unit);
/* A number that sums samples up, as a variable (n unknown); nothing if it is none (or t is NULL).
 */
void bench_json_number(struct bench *b, const char *what, const struct jsontree *t,
		       struct str unit);
/* An integer, a real, a text, true or false (as text); VALUE_NONE for all else. */
struct value bench_json_value(const struct jsontree *t);
