/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The findings of a comparison of logs, for people, programs, editors and pipelines. */
#pragma once

#include "base/buf.h"
#include "compare/logdiff.h"

struct diff_report {
	const struct logdiff *diff;
	const struct logdiff_input *in;
	const char *command; /* reproduces this report */
	const char *next;    /* the next useful command; NULL if none */
	bool color;
	bool verbose; /* all findings instead of a screen */
	size_t width; /* columns of the terminal; 0: no limit */
};

void diff_report_text(const struct diff_report *r, struct buf *out);
/* The first divergence and the gravest findings in some ten lines, as part of another report; how
 * many findings are not shown. */
size_t diff_report_part(const struct diff_report *r, struct buf *out);
void diff_report_json(const struct diff_report *r, struct buf *out); /* inquest.diff/1 */
/* The same object on one line, without a line end. */
void diff_report_object(const struct diff_report *r, struct buf *out);

/* "file:line" of the bad side, best first, one a line. */
void diff_report_lines(const struct diff_report *r, struct buf *out);
/* "file:line:1: message" for vim -q. */
void diff_report_vim(const struct diff_report *r, struct buf *out);
/* Workflow commands that GitHub turns into annotations. */
void diff_report_github(const struct diff_report *r, struct buf *out);
/* A code quality report of GitLab (JSON). */
void diff_report_gitlab(const struct diff_report *r, struct buf *out);
/* A comment for a pull request. */
void diff_report_markdown(const struct diff_report *r, struct buf *out);

/* "new", "missing", ... */
const char *diff_kind_name(enum finding_kind kind);
