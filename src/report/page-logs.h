/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison of logs on a page: where they first part, what differs, the way back from symptoms.
 */
#pragma once

#include "report/diff.h"
#include "report/page-parts.h"

struct page_logs {
	const struct diff_report *report;
	const char *all; /* the command that shows all of it */
	/* The hash of the bytes of a log, by its name; empty: not known. */
	struct str (*hash)(void *arg, struct str log);
	void *arg;
};

/* In sentences, for the lead: "The logs first part at r-2:app.log:70 [3]"; false: they do not. */
bool page_logs_lead(struct page *p, struct page_line *l, const struct page_logs *in);
/* Blocks below a heading that stands. */
void page_logs(struct page *p, const struct page_logs *in);
