// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Plots as SVG: see svg.h. A line of more points than columns of pixels is drawn as the least and
 * the greatest of each column, so that nothing that stands out is lost.
 */
#include "report/svg.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "text/utf8.h"

#define WIDTH   800
#define HEIGHT  320
#define LEFT    70
#define RIGHT   16
#define TOP     34
#define BOTTOM  46
#define COLUMNS ((size_t)(WIDTH - LEFT - RIGHT))

struct drawing {
	const struct plot *p;
	struct buf *out;
	double x0, x1, y0, y1; /* of y: logarithms if the scale is */
};

static const char *const classes[] = {
	[STYLE_PLAIN] = "p", [STYLE_BOLD] = "p", [STYLE_DIM] = "d",   [STYLE_GOOD] = "g",
	[STYLE_BAD] = "b",   [STYLE_WARN] = "w", [STYLE_PLACE] = "c",
};

void svg_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c;

		i += utf8_decode(str_from(s, i), &c);
		if (c == '<')
			BUF_LIT(b, "&lt;");
		else if (c == '&')
			BUF_LIT(b, "&amp;");
		else if (c == '"')
			BUF_LIT(b, "&quot;");
		else
			utf8_encode(b,
				    c < 0x20 || c == 0x7f || (c & 0xfffe) == 0xfffe ? 0xfffd : c);
	}
}

static double scale(const struct plot *p, double y)
{
	return p->log ? log(y) : y;
}

static double at_x(const struct drawing *d, double x)
{
	return LEFT + (x - d->x0) / (d->x1 - d->x0) * (WIDTH - LEFT - RIGHT);
}

/* y as scaled */
static double at_y(const struct drawing *d, double y)
{
	return TOP + (d->y1 - y) / (d->y1 - d->y0) * (HEIGHT - TOP - BOTTOM);
}

static bool find_range(struct drawing *d)
{
	d->x0 = d->y0 = INFINITY;
	d->x1 = d->y1 = -INFINITY;
	for (size_t i = 0; i < d->p->nlines; i++)
		for (size_t k = 0; k < d->p->lines[i].n; k++) {
			const struct plot_line *l = &d->p->lines[i];
			double x = l->x[k], low = scale(d->p, l->y[k]);
			double high = l->y_high ? scale(d->p, l->y_high[k]) : low;

			if (!isfinite(x) || !isfinite(low) || !isfinite(high))
				continue;
			d->x0 = fmin(d->x0, x);
			d->x1 = fmax(d->x1, x);
			d->y0 = fmin(d->y0, fmin(low, high));
			d->y1 = fmax(d->y1, fmax(low, high));
		}
	if (!(d->x0 <= d->x1))
		return false;
	if (d->x0 == d->x1)
		d->x1 = d->x0 + 1;
	if (d->y0 == d->y1) {
		d->y0 -= .5;
		d->y1 += .5;
	}
	return true;
}

/* A step of 1, 2 or 5 times a power of ten that makes about so many. */
static double nice_step(double range, double many)
{
	double rough = range / many, ten = pow(10, floor(log10(rough))), f = rough / ten;

	return (f > 5 ? 10 : f > 2 ? 5 : f > 1 ? 2 : 1) * ten;
}

static void add_y_tick(struct drawing *d, double y, double value)
{
	buf_printf(d->out,
		   "<line class=\"a\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
		   "<text class=\"t\" text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%.4g</text>\n",
		   LEFT, WIDTH - RIGHT, at_y(d, y), at_y(d, y), LEFT - 6, at_y(d, y) + 4, value);
}

static void add_y_ticks(struct drawing *d)
{
	static const double parts[] = {1, 2, 5};
	double step = nice_step(d->y1 - d->y0, 5);

	if (!d->p->log) {
		for (double i = ceil(d->y0 / step); i * step <= d->y1; i++)
			add_y_tick(d, i * step, i * step);
		return;
	}
	if (d->y1 - d->y0 < 1) { /* less than a factor of 2.7: plain numbers */
		step = nice_step(exp(d->y1) - exp(d->y0), 5);
		for (double i = ceil(exp(d->y0) / step); i * step <= exp(d->y1); i++)
			add_y_tick(d, log(i * step), i * step);
		return;
	}
	for (double ten = floor(d->y0 / M_LN10); ten * M_LN10 <= d->y1; ten++)
		for (size_t k = 0; k < ARRAY_SIZE(parts); k++) {
			double y = ten * M_LN10 + log(parts[k]);

			if (y >= d->y0 && y <= d->y1 && (k == 0 || d->y1 - d->y0 < 10))
				add_y_tick(d, y, exp(y));
		}
}

static void add_x_ticks(struct drawing *d)
{
	double step = nice_step(d->x1 - d->x0, 8);

	for (double i = ceil(d->x0 / step); i * step <= d->x1; i++)
		buf_printf(d->out,
			   "<text class=\"t\" text-anchor=\"middle\" x=\"%.1f\" "
			   "y=\"%d\">%.6g</text>\n",
			   at_x(d, i * step), HEIGHT - BOTTOM + 16, i * step);
}

static void add_point(struct drawing *d, double x, double y)
{
	buf_printf(d->out, "%.1f,%.1f ", at_x(d, x), at_y(d, y));
}

static bool is_point(const struct drawing *d, const struct plot_line *l, size_t i)
{
	return isfinite(l->x[i]) && isfinite(scale(d->p, l->y[i])) &&
	       (!l->y_high || isfinite(scale(d->p, l->y_high[i])));
}

static void add_band(struct drawing *d, const struct plot_line *l)
{
	size_t by = l->n / COLUMNS + 1;

	buf_printf(d->out, "<polygon class=\"%s\" points=\"", classes[l->style]);
	for (size_t i = 0; i < l->n; i += by)
		if (is_point(d, l, i))
			add_point(d, l->x[i], scale(d->p, l->y_high[i]));
	for (size_t i = l->n; i-- > 0;)
		if (i % by == 0 && is_point(d, l, i))
			add_point(d, l->x[i], scale(d->p, l->y[i]));
	BUF_LIT(d->out, "\"/>\n");
}

static void add_line(struct drawing *d, const struct plot_line *l)
{
	size_t by = l->n / COLUMNS + 1;

	buf_printf(d->out, "<polyline class=\"%s\" points=\"", classes[l->style]);
	for (size_t from = 0; from < l->n; from += by) {
		size_t low = l->n, high = l->n;

		for (size_t i = from; i < from + by && i < l->n; i++) {
			if (!is_point(d, l, i))
				continue;
			low = low == l->n || l->y[i] < l->y[low] ? i : low;
			high = high == l->n || l->y[i] > l->y[high] ? i : high;
		}
		if (low == l->n)
			continue;
		add_point(d, l->x[low < high ? low : high],
			  scale(d->p, l->y[low < high ? low : high]));
		if (low != high)
			add_point(d, l->x[low < high ? high : low],
				  scale(d->p, l->y[low < high ? high : low]));
	}
	BUF_LIT(d->out, "\"/>\n");
}

static void add_legend(struct drawing *d)
{
	double x = LEFT;

	for (size_t i = 0; i < d->p->nlines; i++) {
		const struct plot_line *l = &d->p->lines[i];

		buf_printf(d->out,
			   "<rect class=\"%s k\" x=\"%.0f\" y=\"%d\" width=\"14\" "
			   "height=\"4\"/><text class=\"t\" x=\"%.0f\" y=\"%d\">",
			   classes[l->style], x, HEIGHT - 14, x + 20, HEIGHT - 9);
		svg_text(d->out, str_of(l->name));
		BUF_LIT(d->out, "</text>\n");
		x += 44 + 6.5 * (double)strlen(l->name);
	}
}

void svg_add(struct buf *out, const struct plot *p, struct str title)
{
	struct drawing d = {.p = p, .out = out};

	buf_printf(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\">\n"
		   "<style>svg{font:12px system-ui,sans-serif}.t{fill:#555}.a{stroke:#8884}"
		   ".g,.b,.p,.w,.c{fill:none;stroke-width:1.4}.g{stroke:#2a7d3f}.b{stroke:#c0392b}"
		   ".p,.c{stroke:#345}.w{stroke:#b7791f}.d{fill:#8884;stroke:none}.m{stroke:#888;"
		   "stroke-dasharray:4 3}.g.k{fill:#2a7d3f}.b.k{fill:#c0392b}.h{font-weight:600;"
		   "fill:currentColor}@media(prefers-color-scheme:dark){.t{fill:#aaa}.g{stroke:"
		   "#5ac577}.b{stroke:#ff7b6b}.p,.c{stroke:#9bd}}</style>\n<title>",
		   WIDTH, HEIGHT);
	svg_text(out, title);
	buf_printf(out, "</title>\n<text class=\"h\" x=\"%d\" y=\"18\">", LEFT);
	svg_text(out, title);
	BUF_LIT(out, "</text>\n");
	if (find_range(&d)) {
		add_y_ticks(&d);
		add_x_ticks(&d);
		for (size_t i = 0; i < p->nlines; i++) {
			if (p->lines[i].y_high)
				add_band(&d, &p->lines[i]);
			else
				add_line(&d, &p->lines[i]);
		}
		if (!isnan(p->at) && p->at >= d.x0 && p->at <= d.x1)
			buf_printf(out,
				   "<line class=\"m\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" "
				   "y2=\"%d\"/>\n",
				   at_x(&d, p->at), at_x(&d, p->at), TOP, HEIGHT - BOTTOM);
		add_legend(&d);
	}
	BUF_LIT(out, "</svg>\n");
}
