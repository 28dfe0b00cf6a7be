/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of curves for people and programs. */
#pragma once

#include "compare/curve.h"
#include "report/plot.h"
#include "types/record.h"

/* One variable along the runs. */
struct curve_metric {
	struct str name, axis;
	enum better better;
	const struct curve *good; /* those that have it */
	size_t ngood;
	const struct curve *bad;
	struct curvediff diff;
};

struct curve_report {
	const struct curve_metric *metrics; /* metrics[main] is what was asked about */
	size_t n, main;
	size_t nbad;         /* bad runs: each has metrics of its own */
	const char *command; /* reproduces this report */
	const char *next;    /* the next useful command; NULL if none */
	bool color, utf8;
	bool verbose; /* every metric in words; in JSON the aligned points too */
	size_t width;
};

void curve_report_text(const struct curve_report *r, struct buf *out);
void curve_report_json(const struct curve_report *r, struct buf *out); /* inquest.curve/1 */
void curve_report_svg(const struct curve_report *r, struct buf *out);  /* the main metric's plot */

/* Is metric i of another bad run what is asked about, too? */
bool curve_report_with(const struct curve_report *r, size_t i);

/* Of several bad runs, those that depart. */
struct curve_together {
	size_t runs, depart;
	double first, last; /* steps at which they do */
	bool one;           /* the intervals of all that do have steps in common: low ... high */
	double low, high;
};
void curve_report_together(const struct curve_report *r, struct curve_together *t);

/* What is said of one metric, in a sentence without its name; its findings as members of a JSON
 * object. */
void curve_report_sentence(const struct curve_metric *m, struct buf *out);
void curve_report_members(const struct curve_metric *m, struct buf *out);

/* "departs", "within", "equal", "parts", "unknown" */
const char *curve_verdict_name(enum curve_verdict v);
