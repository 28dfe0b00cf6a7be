/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison of curves as plots: each point stands for a stretch of steps. */
#pragma once

#include "report/curve.h"

#define CURVE_PLOTS_BAD 8 /* bad curves in one plot */

struct curve_plots {
	/* the band if there is one, the good ones, the bad one, and others that were added */
	struct plot_line lines[2 + CURVE_PLOTS_BAD];
	size_t n;
	bool has_distance;
	struct plot_line distance[2]; /* in deviations between the good ones, from their mean */
	double at;                    /* where they part; NAN */
	double *points, *more[CURVE_PLOTS_BAD];
	size_t nmore;
};

/* At most so many points a line. false: there is nothing to show. */
bool curve_plots_init(struct curve_plots *p, const struct curve_metric *m, size_t columns);
/* One more bad curve, of the same metric; lines are then marked by number. false: there is no room,
 * or nothing to show. */
bool curve_plots_add(struct curve_plots *p, const struct curve_metric *m, size_t columns);
void curve_plots_release(struct curve_plots *p);
