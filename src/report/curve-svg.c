// SPDX-License-Identifier: GPL-3.0-or-later
/* The plot of a comparison of curves as SVG: see curve.h. */
#include "report/curve-plot.h"
#include "report/svg.h"

#define POINTS ((size_t)180)

void curve_report_svg(const struct curve_report *r, struct buf *out)
{
	const struct curve_metric *m = &r->metrics[r->main];
	CLEANUP_BUF struct buf title = {0};
	struct curve_plots p;
	bool any = curve_plots_init(&p, m, POINTS);

	buf_add_str(&title, m->name);
	BUF_LIT(&title, " of ");
	if (r->nbad > 1)
		buf_printf(&title, "%zu bad runs", r->nbad);
	else
		buf_add_str(&title, m->bad->name);
	for (size_t i = 0; any && i < r->n; i++)
		if (curve_report_with(r, i))
			(void)curve_plots_add(&p, &r->metrics[i], POINTS);
	svg_plot(out,
		 &(struct plot){
			 .lines = p.lines, .nlines = any ? p.n : 0, .log = m->diff.log, .at = p.at},
		 buf_cstr(&title));
	curve_plots_release(&p);
}
