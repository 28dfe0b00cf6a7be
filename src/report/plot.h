/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Curves in a terminal: a frame with the range of the values at its left and that of the steps
 * below it. What lies in one column is shown by its mean. Later lines are drawn over earlier ones.
 */
#pragma once

#include "base/buf.h"
#include "report/style.h"

struct plot_line {
	size_t n;
	const double *x, *y;  /* x rises; what is no finite number is left out */
	const double *y_high; /* not NULL: a band from y to y_high */
	enum style style;
	const char *mark, *ascii; /* one column wide, in UTF-8 and without it */
	const char *name;
};

struct plot {
	const struct plot_line *lines;
	size_t nlines;
	size_t width, height; /* columns and rows, of all */
	bool log;             /* the values' scale; all are above 0 then */
	bool color, utf8;
	double at; /* a step to point to; NAN: none */
};

void plot_add(struct buf *out, const struct plot *p);
