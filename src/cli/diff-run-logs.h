/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The logs that are kept of recorded runs, good ones against bad ones, as `inquest diff LOG LOG`
 * compares files. They are named RUN:NAME, as they were called when they were recorded.
 */
#pragma once

#include "cli/diff-logs.h"
#include "report/rundiff.h"
#include "store/store.h"

struct diff_run_logs_opts {
	const char *evidence; /* folder of the evidence */
	const struct run_record *runs[2];
	size_t n[2];
	const struct logs_values *values;
	const char *command; /* of the report on logs alone */
	bool all;            /* also of many runs, and large logs */
	bool verbose;
};

struct diff_run_logs {
	struct arena arena;
	struct logs logs;
	struct diff_logs diff;
	bool opened, compared;
	struct rundiff_logs report;
};

/* Release it also after a failure. */
int diff_run_logs(struct diff_run_logs *d, struct cli *cli, const struct diff_run_logs_opts *o,
		  struct err *err) ERR_CHECK;
void diff_run_logs_release(struct diff_run_logs *d);
