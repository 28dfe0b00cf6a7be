/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inquest diff of runs that are recorded. */
#pragma once

#include "cli/logs.h"
#include "report/rundiff.h"

struct diff_runs {
	const struct option_list *good, *bad; /* words that name runs */
	const char *store;                    /* --store */
	const char *metric;                   /* --metric: the only variable to judge by */
	const char *command;
	const struct logs_values *values; /* how logs are read */
	/* --logs: all of their logs, and nothing else, in the form that this prints */
	int (*print_logs)(const void *arg, const struct diff_report *r, struct err *err);
	/* Instead of text or JSON on stdout. */
	int (*print_runs)(const void *arg, const struct rundiff_report *r, struct err *err);
	const void *print_arg;
	double equivalence; /* a share: .05 */
	bool json, verbose;
};

/* Is no word the name of a file, and each that of a run or of a group of runs? */
bool diff_runs_given(const struct diff_runs *d);
int diff_runs(struct cli *cli, const struct diff_runs *d, int *status, struct err *err) ERR_CHECK;
