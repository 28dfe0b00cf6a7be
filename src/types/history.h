/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A metric along runs, or along the rows of a file; and what else changed where it did. */
#pragma once

#include "base/mem.h"
#include "types/record.h"

/* One value of the series; arrays as long as the series. */
struct history {
	struct arena arena;
	struct str metric, reference_name; /* the latter empty: none */
	size_t n;
	double *value, *reference; /* reference: NULL if there is none */
	double *step;              /* of a file with --step: in order; else NULL */
	struct str *label;         /* of a file with --label; else NULL */
	struct str *run, *commit;  /* of stored runs; else NULL. A commit may be empty. */
	bool by_commit;            /* they are in the order of the commits */
	enum better better;
	struct str source; /* for people: the file, or "the stored runs" */
};

/* Another variable that was one value throughout before a change and another one after it. */
struct history_covariate {
	struct str name, before, after;
};

struct history_covariates {
	struct history_covariate *items;
	size_t n;
};
