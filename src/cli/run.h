/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of `inquest run` share: one run, and what is printed of it at its end. */
#pragma once

#include "cli/live.h"
#include "cli/options.h"
#include "cli/run-hold.h"
#include "cli/run-watch.h"
#include "cli/workspace.h"
#include "exec/exec.h"

struct cli;

/* What its options say. */
struct run_values {
	const char *as, *name, *store, *time_limit, *hang_after, *hold_on, *case_name;
	struct option_list set, config, input, pattern;
	uint64_t memory_limit;
	bool no_record, no_capture, quiet, json, help;
};

/* One run. */
struct runner {
	const struct run_values *v;
	struct cli *cli;
	char **argv;
	struct workspace workspace;
	char *cache; /* folder of what is slow to find out */
	struct live live;
	bool recording;
	int64_t before_ns; /* what capturing took before the command began */
	struct exec_result r;
	struct run_watch watch;
	struct run_hold hold;
	struct death death;
	bool stdout_gone; /* nobody reads it any more */
	char *noted;      /* the case that lists the run among its good or bad ones; NULL: none */
};

/* "time limit" */
const char *run_end_name(enum exec_end end);
/* As a shell has it. */
int run_exit_code(const struct exec_result *r);
/* On stderr: what it was, where it is, what next, and what ended it. id may be empty. */
void run_print_text(const struct runner *x, struct str id);
void run_print_json(const struct runner *x, struct str id);
