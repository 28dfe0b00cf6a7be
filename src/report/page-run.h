/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report on one run. */
#pragma once

#include "report/page-parts.h"

struct page_run {
	const struct run_record *run;
	const struct page_symptom *symptoms; /* of its logs */
	size_t nsymptoms;
	size_t logs, away;        /* logs that are kept of it; that are kept on another machine */
	const char *command;      /* that shows the run in a terminal: `inquest runs show ...` */
	const char *command_json; /* and with its series point by point */
};

void page_run(struct page *p, const struct page_run *r);

/* "r-4f1c2a (name)" */
void page_run_name(struct page *p, struct page_line *l, const struct run_record *r);
/* How it ended, in words: "ended with exit status 3", "was killed by SIGKILL"; false: not known. */
bool page_run_end(struct page *p, struct page_line *l, const struct run_record *r);
const struct variable *page_run_variable(const struct run_record *r, const char *name);
