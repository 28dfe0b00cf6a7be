/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report on a metric along runs or along the rows of a file. */
#pragma once

#include "report/page-parts.h"
#include "stats/changepoint.h"
#include "types/history.h"

struct page_history {
	const struct history *history;
	const struct changepoints *found;
	const struct history_covariates *covariates; /* one a change; NULL: not of runs */
	const struct change *worst;                  /* the change to undo; NULL: none */
	const struct run_record *restore;            /* the last run before it; NULL: not known */
	const char *command;                         /* that shows it in a terminal */
	const char *command_json;
};

void page_history(struct page *p, const struct page_history *in);

/* For reports on more: what is found, in sentences; and its chart, table and covariates. */
void page_history_lead(struct page *p, struct page_line *l, const struct page_history *in);
void page_history_body(struct page *p, const struct page_history *in);
