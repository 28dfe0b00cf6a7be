/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of logs that were added to the two sides of a set, ready for a report. */
#pragma once

#include "cli/diff-input.h"
#include "report/diff.h"

struct diff_logs {
	struct diff_input input;
	struct logdiff diff;
	struct buf next;
	struct diff_report report; /* points into this struct, which must stay where it is */
};

/* Mines the logs; command is what reproduces the report, and outlives it. */
void diff_logs_compare(struct diff_logs *d, struct cli *cli, struct logs *logs, const char *command,
		       bool verbose);
void diff_logs_release(struct diff_logs *d);
bool diff_logs_differ(const struct diff_logs *d);
/* How many findings say that something failed which no good log says. */
size_t diff_logs_errors(const struct diff_logs *d);
