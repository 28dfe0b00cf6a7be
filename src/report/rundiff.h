/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of runs for people and programs. */
#pragma once

#include "base/buf.h"
#include "compare/rundiff.h"

struct rundiff_report {
	const struct rundiff *diff;
	const struct rundiff_side *side; /* two */
	const struct rundiff_opts *opts;
	const char *command; /* reproduces this report */
	const char *next;    /* the next useful commands, a line each; NULL if none */
	bool color;
	bool verbose; /* all that differs, and what does not */
	size_t width;
};

void rundiff_report_text(const struct rundiff_report *r, struct buf *out);
void rundiff_report_json(const struct rundiff_report *r, struct buf *out); /* inquest.rundiff/1 */
