/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of curves for people and programs. */
#pragma once

#include "compare/curve.h"
#include "report/plot.h"

/* One variable along the runs. */
struct curve_metric {
	struct str name, axis;
	const struct curve *good; /* those that have it */
	size_t ngood;
	const struct curve *bad;
	struct curvediff diff;
};

struct curve_report {
	const struct curve_metric *metrics; /* metrics[main] is what was asked about */
	size_t n, main;
	const char *command; /* reproduces this report */
	const char *next;    /* the next useful command; NULL if none */
	bool color, utf8;
	bool verbose; /* every metric in words; in JSON the aligned points too */
	size_t width;
};

void curve_report_text(const struct curve_report *r, struct buf *out);
void curve_report_json(const struct curve_report *r, struct buf *out); /* inquest.curve/1 */

/* "departs", "within", "equal", "parts", "unknown" */
const char *curve_verdict_name(enum curve_verdict v);
