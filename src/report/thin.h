/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line of a chart with no more points than can be told apart: where there are more, the least and
 * the greatest of each stretch stay, in their order, so that nothing that stands out is lost. What
 * is not finite parts a line in two.
 */
#pragma once

#include "report/plot.h"

struct thin {
	size_t n;
	double *x, *y, *high; /* high: NULL if the line is no band */
};

/* 2 * stretches points at most. */
void thin_init(struct thin *t, const struct plot_line *l, size_t stretches);
void thin_release(struct thin *t);
