/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of runs for people and programs. */
#pragma once

#include "base/buf.h"
#include "compare/rundiff.h"
#include "report/curve.h"
#include "report/diff.h"
#include "types/code.h"

enum rundiff_logs_state {
	RUNDIFF_LOGS_READ,
	RUNDIFF_LOGS_NONE,   /* no log was recorded */
	RUNDIFF_LOGS_AWAY,   /* recorded, but kept on another machine */
	RUNDIFF_LOGS_CAPPED, /* left out: too many, or too large */
};

/* What became of the logs of one run. */
struct rundiff_log_run {
	struct str id;
	int side;
	enum rundiff_logs_state state;
	size_t logs, away; /* that are here; that are not */
};

struct rundiff_logs {
	const struct rundiff_log_run *runs; /* of both sides */
	size_t n;
	const struct diff_report *report; /* NULL: one side has no log to compare */
	size_t errors;                    /* findings that say what failed, and no good log says */
	const char *all;                  /* the command that shows all of it */
};

/* The code that good and bad runs ran. */
struct rundiff_code {
	struct str good, bad;           /* the commits that are compared; empty: there are none */
	size_t commits[2];              /* that the runs of each side were made of */
	size_t both;                    /* of them, those of runs of both sides */
	const struct code_range *range; /* NULL: not known, see problem */
	const char *problem;            /* why; NULL */
	size_t dirty[2];                /* runs with uncommitted changes */
	bool same_changes;              /* in all runs the same ones */
};

struct rundiff_report {
	const struct rundiff *diff;
	const struct rundiff_side *side; /* two */
	const struct rundiff_opts *opts;
	const struct curve_metric *curves; /* of each run of side 1: its series against side 0's */
	size_t ncurves;
	const struct rundiff_logs *logs; /* NULL: none were asked for */
	const struct rundiff_code *code; /* likewise */
	/* Of two captures or files of settings: the program that printed them (NULL: none), what
	 * they hold ("packages"), and how many of it were left out, as they change by themselves.
	 */
	const char *program, *holds;
	uint64_t left_out;
	const char *command; /* reproduces this report */
	const char *next;    /* the next useful commands, a line each; NULL if none */
	bool color;
	bool verbose; /* all that differs, and what does not */
	size_t width;
};

void rundiff_report_text(const struct rundiff_report *r, struct buf *out);
void rundiff_report_json(const struct rundiff_report *r, struct buf *out); /* inquest.rundiff/1 */
