// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Figures in HTML. A chart is there three times: as pictures for a wide and for a narrow window, of
 * which one is shown, and as data for the script that puts a chart to zoom in in their place.
 */
#include <math.h>
#include <stdlib.h>

#include "report/markup.h"
#include "report/page-html-priv.h"
#include "report/pareto.h"
#include "report/svg.h"
#include "report/thin.h"
#include "text/json.h"

#define STRETCHES ((size_t)2000) /* of a line, as data: two points each */
#define TABLE     ((size_t)200)  /* rows of values under bars */

static void open_figure(struct html *h, const char *class, size_t number, struct str title)
{
	buf_printf(h->out, "<figure class=\"%s\" id=\"f%zu\">\n<figcaption>", class, number);
	markup_add(h->out, title);
	BUF_LIT(h->out, "</figcaption>\n");
}

static void add_numbers(struct buf *b, const char *name, const double *v, size_t n, int digits)
{
	buf_printf(b, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(b, ',');
		if (isfinite(v[i]))
			buf_printf(b, "%.*g", digits, v[i]);
		else
			BUF_LIT(b, "null");
	}
	buf_add_char(b, ']');
}

static void add_number(struct buf *b, const char *name, double v)
{
	buf_printf(b, ",\"%s\":", name);
	json_add_real(b, v);
}

static void add_member(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "\"%s\":", name);
	json_add_string(b, str_of(text));
}

static const char *style_name(enum style s)
{
	switch (s) {
	case STYLE_GOOD: return "good";
	case STYLE_BAD: return "bad";
	case STYLE_WARN: return "warn";
	case STYLE_DIM: return "faint";
	default: return "plain";
	}
}

static void add_data_line(struct buf *b, const struct plot_line *l)
{
	struct thin t;

	thin_init(&t, l, STRETCHES);
	buf_add_char(b, '{');
	add_member(b, "name", l->name);
	buf_add_char(b, ',');
	add_member(b, "style", style_name(l->style));
	add_numbers(b, "x", t.x, t.n, 15);
	add_numbers(b, "y", t.y, t.n, 7);
	if (t.high)
		add_numbers(b, "high", t.high, t.n, 7);
	buf_add_char(b, '}');
	thin_release(&t);
}

static void add_data(struct buf *b, const struct page_chart *c)
{
	buf_add_char(b, '{');
	add_member(b, "title", c->title);
	buf_add_char(b, ',');
	add_member(b, "x", c->x_name);
	buf_add_char(b, ',');
	add_member(b, "y", c->y_name);
	buf_printf(b, ",\"log\":%s,\"points\":%s,\"lines\":[", c->log ? "true" : "false",
		   c->points ? "true" : "false");
	for (size_t i = 0; i < c->nlines; i++) {
		if (i)
			buf_add_char(b, ',');
		add_data_line(b, &c->lines[i]);
	}
	BUF_LIT(b, "],\"events\":[");
	for (size_t i = 0; i < c->nevents; i++) {
		buf_add_str(b, i ? STR(",{") : STR("{"));
		add_member(b, "text", c->events[i].text);
		add_number(b, "at", c->events[i].at);
		add_number(b, "low", c->events[i].low);
		add_number(b, "high", c->events[i].high);
		buf_add_char(b, '}');
	}
	BUF_LIT(b, "]}");
}

/* JSON that stays within its element: what HTML or a script could take for more is escaped. */
static void add_script_data(struct buf *out, struct str json)
{
	BUF_LIT(out, "<script type=\"application/json\">");
	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (c == '<' || c == '>' || c == '&')
			buf_printf(out, "\\u%04x", (unsigned)c);
		else if (c == '\xe2' && str_starts(str_from(json, i), STR("\u2028")))
			BUF_LIT(out, "\\u2028"), i += 2;
		else if (c == '\xe2' && str_starts(str_from(json, i), STR("\u2029")))
			BUF_LIT(out, "\\u2029"), i += 2;
		else
			buf_add_char(out, c);
	}
	BUF_LIT(out, "</script>\n");
}

static void add_events(struct html *h, const struct page_chart *c)
{
	if (!c->nevents)
		return;
	BUF_LIT(h->out, "<ol class=\"events\">\n");
	for (size_t i = 0; i < c->nevents; i++) {
		const struct page_event *e = &c->events[i];

		BUF_LIT(h->out, "<li>");
		markup_add_z(h->out, e->text);
		buf_printf(h->out, " <span class=\"faint\">at %.10g", e->at);
		if (isfinite(e->low) && isfinite(e->high) && e->low < e->high)
			buf_printf(h->out, ", between %.10g and %.10g", e->low, e->high);
		BUF_LIT(h->out, "</span></li>\n");
	}
	BUF_LIT(h->out, "</ol>\n");
}

void html_chart(struct html *h, const struct page_block *b)
{
	const struct page_chart *c = b->chart;

	open_figure(h, "plot", b->number, str_of(c->title));
	BUF_LIT(h->out, "<div class=\"static\">\n");
	svg_chart(h->out, c, SVG_WIDE, b->number);
	svg_chart(h->out, c, SVG_NARROW, b->number);
	BUF_LIT(h->out, "</div>\n");
	add_events(h, c);
	if (h->scripts) {
		CLEANUP_BUF struct buf json = {0};

		add_data(&json, c);
		add_script_data(h->out, buf_str(&json));
	}
	BUF_LIT(h->out, "</figure>\n");
}

/* What the picture shows, for those who cannot see it and for names that it has no room for. */
static void add_values(struct html *h, const struct page_bars *b, const struct pareto *p)
{
	BUF_LIT(h->out, "<details>\n<summary>Values</summary>\n");
	html_scroll_open(h, str_of(b->title));
	BUF_LIT(h->out, "<table>\n<caption>");
	markup_add_z(h->out, b->title);
	BUF_LIT(h->out, "</caption>\n<thead><tr><th scope=\"col\">name</th>"
			"<th scope=\"col\" class=\"n\">");
	markup_add_z(h->out, b->unit);
	BUF_LIT(h->out, "</th><th scope=\"col\" class=\"n\">running share</th></tr></thead>\n"
			"<tbody>\n");
	for (size_t i = 0; i < p->n && i < TABLE; i++) {
		BUF_LIT(h->out, "<tr><td>");
		markup_add(h->out, p->bars[i]->name);
		if (p->bars[i]->evidence) {
			buf_add_char(h->out, ' ');
			html_cite(h, p->bars[i]->evidence);
		}
		buf_printf(h->out,
			   "</td><td class=\"n\">%.6g</td><td class=\"n\">%.1f %%</td></tr>\n",
			   p->bars[i]->value, 100 * p->running[i]);
	}
	if (p->n > TABLE)
		buf_printf(h->out, "<tr><td>%zu more</td><td></td><td></td></tr>\n", p->n - TABLE);
	BUF_LIT(h->out, "</tbody>\n</table>\n</div>\n</details>\n");
}

void html_bars(struct html *h, const struct page_block *b)
{
	struct pareto p;

	pareto_init(&p, b->bars);
	open_figure(h, "bars", b->number, str_of(b->bars->title));
	BUF_LIT(h->out, "<div class=\"static\">\n");
	svg_bars(h->out, b->bars, SVG_WIDE, b->number);
	svg_bars(h->out, b->bars, SVG_NARROW, b->number);
	BUF_LIT(h->out, "</div>\n");
	add_values(h, b->bars, &p);
	BUF_LIT(h->out, "</figure>\n");
	pareto_release(&p);
}

void html_diagram(struct html *h, const struct page_block *b)
{
	const struct page_diagram *d = b->diagram;
	struct str svg = str_from(d->svg, str_find(d->svg, STR("<svg")));

	open_figure(h, "diagram", b->number, d->title);
	if (svg.n) {
		html_scroll_open(h, d->title);
		buf_add_str(h->out, svg);
		BUF_LIT(h->out, "</div>\n<details>\n<summary>Source</summary>\n");
	}
	html_pre(h, "box", d->source);
	if (svg.n)
		BUF_LIT(h->out, "</details>\n");
	BUF_LIT(h->out, "</figure>\n");
}
