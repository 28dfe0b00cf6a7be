/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report on a comparison of recorded runs. */
#pragma once

#include "report/page-logs.h"
#include "report/rundiff.h"

struct page_runs {
	const struct rundiff_report *report;
	const char *compare; /* the command that shows it in a terminal */
	const char *verbose; /* and with all rows */
	const char *sides;   /* how it was decided which run is on which side; NULL: was said */
	struct str (*hash)(void *arg, struct str log); /* as of struct page_logs */
	void *arg;
};

void page_runs(struct page *p, const struct page_runs *in);

/* For reports on more than a comparison: its blocks below headings of this level. */
void page_runs_lead(struct page *p, struct page_line *l, const struct page_runs *in);
void page_runs_warnings(struct page *p, const struct page_runs *in);
void page_runs_rows(struct page *p, const struct page_runs *in);
void page_runs_curves(struct page *p, const struct page_runs *in);
void page_runs_logs(struct page *p, const struct page_runs *in);
void page_runs_code(struct page *p, const struct page_runs *in);
