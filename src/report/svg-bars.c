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
#define SHARE 52 /* columns at the right: of pixels */
#define VALUE 86

struct rows {
	struct buf *out;
	const char *unit;
	double w, left, top, total;
};

/* What a row shows. */
struct row {
	struct str name;
	double value, share;
};

static double bar_y(const struct rows *r, size_t no)
{
	return r->top + (double)no * ROW + 20;
}

/* Of a share of the total. */
static double width(const struct rows *r, double share)
{
	return fmax(1, (r->w - r->left - SHARE - VALUE - 8) * share);
}

static void add_bars(struct rows *r, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(r->out,
			   "<rect class=\"bar\" x=\"%.0f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" "
			   "rx=\"2\"/>\n",
			   r->left, bar_y(r, i), width(r, rows[i].value / r->total), TALL);
}

/* Over the bars: the running share. */
static void add_sum(struct rows *r, const struct row *rows, size_t n)
{
	BUF_LIT(r->out, "<path class=\"sum\" d=\"");
	for (size_t i = 0; i < n; i++)
		buf_printf(r->out, "%c%.1f %.1f", i ? 'L' : 'M', r->left + width(r, rows[i].share),
			   bar_y(r, i) + TALL / 2.);
	BUF_LIT(r->out, "\"/>\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(r->out, "<circle class=\"knot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
			   r->left + width(r, rows[i].share), bar_y(r, i) + TALL / 2.);
}

static void add_texts(struct rows *r, const struct row *rows, size_t n)
{
	size_t columns = (size_t)((r->w - r->left) / SVG_CHARACTER) - 1;

	BUF_LIT(r->out, "<g class=\"bars\">\n");
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf value = {0}, share = {0};
		double y = bar_y(r, i);

		buf_printf(&value, "%.4g %s", rows[i].value, r->unit);
		buf_printf(&share, "%.0f %%", 100 * rows[i].share);
		svg_text(r->out, "name", r->left, y - 6, "start", rows[i].name, columns);
		svg_text(r->out, NULL, r->w - SHARE - 6, y + 13, "end", buf_str(&value), 10);
		svg_text(r->out, NULL, r->w - 4, y + 13, "end", buf_str(&share), 8);
	}
	BUF_LIT(r->out, "</g>\n");
}

/* The bars as rows; what there is no room for is the last one, whose name is built in others. */
static size_t make_rows(const struct pareto *p, struct row *rows, struct buf *others)
{
	size_t n = p->n <= BARS ? p->n : BARS - 1;
	double rest = 0;

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct row){p->bars[i]->name, p->bars[i]->value, p->running[i]};
	if (n == p->n)
		return n;
	for (size_t i = n; i < p->n; i++)
		rest += p->bars[i]->value;
	buf_printf(others, "%zu others", p->n - n);
	rows[n] = (struct row){buf_str(others), rest, 1};
	return n + 1;
}

void svg_bars(struct buf *out, const struct page_bars *b, enum svg_form form, size_t number)
{
	CLEANUP_BUF struct buf about = {0}, others = {0};
	struct rows r = {.out = out,
			 .unit = b->unit,
			 .w = form == SVG_NARROW ? 328 : 760,
			 .left = form == SVG_FILE ? 16 : 2,
			 .top = form == SVG_FILE ? 44 : 0};
	struct row rows[BARS];
	struct pareto p;
	size_t n;

	pareto_init(&p, b);
	n = make_rows(&p, rows, &others);
	for (size_t i = 0; i < n; i++)
		r.total += rows[i].value;
	buf_printf(&about, "%zu bars, the greatest first, with their running share of the total.",
		   p.n);
	svg_open(out, form, number, r.w, r.top + (double)(n ? n : 1) * ROW, b->title,
		 buf_str(&about));
	add_bars(&r, rows, n);
	add_sum(&r, rows, n);
	add_texts(&r, rows, n);
	if (!n)
		svg_text(out, NULL, r.w / 2, r.top + ROW / 2., "middle", STR("no values"), 20);
	svg_close(out);
	pareto_release(&p);
}
