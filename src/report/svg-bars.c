// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A Pareto chart as SVG: see svg.h. Bars lie, so that names of any length can be read on a phone
 * too: each name stands above its bar, the value behind it, and the running share is a line from
 * row to row.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "report/pareto.h"
#include "report/svg-priv.h"

#define BARS  ((size_t)16) /* the rest are one bar */
#define ROW   48
#define TALL  16
#define LEFT  16
#define SHARE 60 /* for the share, at the right */

struct rows {
	const struct page_bars *b;
	struct buf *out;
	double w, top, greatest;
};

static void add_row(struct rows *r, size_t no, struct str name, double value, double share)
{
	CLEANUP_BUF struct buf text = {0}, percent = {0};
	double y = r->top + (double)no * ROW, room = r->w - LEFT - SHARE - 110;

	svg_text(r->out, "name", LEFT, y + 14, "start", name, (size_t)((r->w - SHARE - 40) / 7.6));
	buf_printf(
		r->out,
		"<rect class=\"bar\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
		LEFT, y + 20, fmax(1, room * value / r->greatest), TALL);
	buf_printf(&text, "%.4g %s", value, r->b->unit);
	svg_text(r->out, NULL, LEFT + 8 + fmax(1, room * value / r->greatest), y + 33, "start",
		 buf_str(&text), 14);
	buf_printf(&percent, "%.0f %%", 100 * share);
	svg_text(r->out, NULL, r->w - 12, y + 33, "end", buf_str(&percent), 8);
}

static double share_x(const struct rows *r, double share)
{
	return LEFT + share * (r->w - LEFT - SHARE - 14);
}

/* Over the bars: the running share. */
static void add_sum(struct rows *r, const struct pareto *p, size_t n)
{
	BUF_LIT(r->out, "<path class=\"sum\" d=\"");
	for (size_t i = 0; i < n; i++)
		buf_printf(r->out, "%c%.1f %.1f", i ? 'L' : 'M', share_x(r, p->running[i]),
			   r->top + (double)i * ROW + 20 + TALL / 2.);
	BUF_LIT(r->out, "\"/>");
	for (size_t i = 0; i < n; i++)
		buf_printf(r->out, "<circle class=\"knot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>",
			   share_x(r, p->running[i]), r->top + (double)i * ROW + 20 + TALL / 2.);
	buf_add_char(r->out, '\n');
}

void svg_bars(struct buf *out, const struct page_bars *b, enum svg_form form, size_t number)
{
	CLEANUP_BUF struct buf about = {0}, others = {0};
	struct rows r = {.b = b,
			 .out = out,
			 .w = form == SVG_NARROW ? 360 : 760,
			 .top = form == SVG_FILE ? 44 : 6};
	struct pareto p;
	size_t shown, rows;
	double rest = 0;

	pareto_init(&p, b);
	shown = p.n <= BARS ? p.n : BARS - 1;
	rows = shown + (shown < p.n);
	for (size_t i = shown; i < p.n; i++)
		rest += p.bars[i]->value;
	r.greatest = p.n ? fmax(p.bars[0]->value, rest) : 1;
	buf_printf(&about, "%zu bars, the greatest first, with their running share of the total.",
		   p.n);
	svg_open(out, form, number, r.w, r.top + (double)(rows ? rows : 1) * ROW + 4, b->title,
		 buf_str(&about));
	for (size_t i = 0; i < shown; i++)
		add_row(&r, i, p.bars[i]->name, p.bars[i]->value, p.running[i]);
	if (shown < p.n) {
		buf_printf(&others, "%zu others", p.n - shown);
		add_row(&r, shown, buf_str(&others), rest, 1);
		p.running[shown] = 1;
	}
	if (rows)
		add_sum(&r, &p, rows);
	else
		svg_text(out, NULL, r.w / 2, r.top + ROW / 2., "middle", STR("no values"), 20);
	svg_close(out);
	pareto_release(&p);
}
