/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables that are computed anew for runs that are stored: --extract, --define. */
#pragma once

#include "store/store.h"

struct fill {
	/* Append the variables that run r gets to *v; text in the arena. */
	int (*compute)(const void *arg, struct arena *a, struct run_record *r, struct variable **v,
		       size_t *n, size_t *cap, struct err *err);
	const void *arg;
	const char *runs; /* SQL: the ids of the runs that are meant */
};

/* Runs that are removed meanwhile are no error. How many were looked at, how many got a variable.
 */
int fill_runs(const struct fill *f, struct store *s, uint64_t *runs, uint64_t *filled,
	      struct err *err) ERR_CHECK;
