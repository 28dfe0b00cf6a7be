/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The home page of a case, for people and programs. */
#pragma once

#include "base/buf.h"
#include "case/summary.h"

struct case_report {
	const char *path;
	const struct case_summary *summary;
	const struct casedoc_problem *problems;
	size_t nproblems;
	const char *compare; /* the command that compares a good run with a bad one; NULL: none */
	bool color;
	bool verbose; /* all rows instead of a screen */
	size_t width; /* columns of the terminal */
};

void case_report_text(const struct case_report *r, struct buf *out);
/* inquest.status/1, without a line break at the end. */
void case_report_json(const struct case_report *r, struct buf *out);
/* The same for a case that cannot be read: its path and why. */
void case_report_error(const char *path, const char *why, struct buf *out);
/* "path:line:column: text", a line each. */
void case_report_problems(const struct case_report *r, struct buf *out);
