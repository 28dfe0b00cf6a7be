/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bars in the order of a Pareto chart: the greatest first, equal ones as they came. */
#pragma once

#include "report/page.h"

struct pareto {
	const struct page_bar **bars; /* without those that are not above 0: they have no share */
	double *running;              /* share of the total, this one included */
	size_t n;
};

void pareto_init(struct pareto *p, const struct page_bars *b);
void pareto_release(struct pareto *p);
