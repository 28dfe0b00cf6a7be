// SPDX-License-Identifier: GPL-3.0-or-later
/* Curves in a terminal: see plot.h. Every column of a line is the mean of what falls into it. */
#include "report/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LABEL     9 /* columns for the values at the left */
#define MIN_WIDTH 20
#define MAX_WIDTH 400

struct canvas {
	const struct plot *p;
	size_t w, h;
	double x0, x1, y0, y1; /* of y: logarithms if the scale is */
	unsigned char *cell;   /* index of the line that is shown there + 1; 0: blank */
};

static double scale(const struct plot *p, double y)
{
	return p->log ? log(y) : y;
}

static size_t column_of(const struct canvas *c, double x)
{
	if (c->x1 <= c->x0)
		return 0;
	return (size_t)((x - c->x0) / (c->x1 - c->x0) * (double)(c->w - 1) + .5);
}

static size_t row_of(const struct canvas *c, double y)
{
	double at = (c->y1 - y) / (c->y1 - c->y0) * (double)(c->h - 1) + .5;

	return at < 0 ? 0 : at >= (double)c->h ? c->h - 1 : (size_t)at;
}

/* The means of what falls into each column; count: how many. */
static void column_means(const struct canvas *c, const struct plot_line *l, const double *y,
			 double *mean, size_t *count)
{
	memset(mean, 0, c->w * sizeof(*mean));
	memset(count, 0, c->w * sizeof(*count));
	for (size_t i = 0; i < l->n; i++) {
		double v = scale(c->p, y[i]);
		size_t at;

		if (!isfinite(v) || !isfinite(l->x[i]))
			continue;
		at = column_of(c, l->x[i]);
		count[at]++;
		mean[at] += v;
	}
	for (size_t x = 0; x < c->w; x++)
		if (count[x])
			mean[x] /= (double)count[x];
}

/* Of the steps first, then of what the columns will show. */
static void find_range(struct canvas *c)
{
	double mean[MAX_WIDTH];
	size_t count[MAX_WIDTH];

	c->x0 = c->y0 = INFINITY;
	c->x1 = c->y1 = -INFINITY;
	for (size_t i = 0; i < c->p->nlines; i++)
		for (size_t k = 0; k < c->p->lines[i].n; k++) {
			double x = c->p->lines[i].x[k];

			c->x0 = isfinite(x) ? fmin(c->x0, x) : c->x0;
			c->x1 = isfinite(x) ? fmax(c->x1, x) : c->x1;
		}
	for (size_t i = 0; i < c->p->nlines && c->x0 <= c->x1; i++)
		for (int high = 0; high <= (c->p->lines[i].y_high != NULL); high++) {
			const struct plot_line *l = &c->p->lines[i];

			column_means(c, l, high ? l->y_high : l->y, mean, count);
			for (size_t x = 0; x < c->w; x++) {
				c->y0 = count[x] ? fmin(c->y0, mean[x]) : c->y0;
				c->y1 = count[x] ? fmax(c->y1, mean[x]) : c->y1;
			}
		}
	if (c->y1 <= c->y0) {
		double pad = fabs(c->y0) > 0 ? fabs(c->y0) * .05 : 1;

		c->y0 -= pad;
		c->y1 += pad;
	}
}

static void draw(struct canvas *c, size_t no)
{
	const struct plot_line *l = &c->p->lines[no];
	double low[MAX_WIDTH], high[MAX_WIDTH];
	size_t count[MAX_WIDTH];

	column_means(c, l, l->y, low, count);
	if (l->y_high)
		column_means(c, l, l->y_high, high, count);
	else
		memcpy(high, low, c->w * sizeof(*low));
	for (size_t x = 0; x < c->w; x++)
		for (size_t y = count[x] ? row_of(c, high[x]) : c->h;
		     y < c->h && y <= row_of(c, low[x]); y++)
			c->cell[y * c->w + x] = (unsigned char)(no + 1);
}

static void add_label(struct buf *out, double v)
{
	struct buf b = {0};

	buf_printf(&b, "%.4g", v);
	style_pad(out, b.n < LABEL - 1 ? LABEL - 1 - b.n : 0);
	buf_add_str(out, buf_str(&b));
	buf_release(&b);
}

static void add_cells(const struct canvas *c, size_t y, struct buf *out)
{
	size_t end = c->w;

	while (end && !c->cell[y * c->w + end - 1])
		end--;
	for (size_t x = 0; x < end; x++) {
		unsigned char no = c->cell[y * c->w + x];
		const struct plot_line *l = no ? &c->p->lines[no - 1] : NULL;

		if (l)
			style_add(out, c->p->color, l->style,
				  str_of(c->p->utf8 ? l->mark : l->ascii));
		else
			buf_add_char(out, ' ');
	}
}

static void add_rows(const struct canvas *c, struct buf *out)
{
	for (size_t y = 0; y < c->h; y++) {
		double v = c->y1 - (c->y1 - c->y0) * (double)y / (double)(c->h - 1);
		bool labelled = y == 0 || y + 1 == c->h || y == c->h / 2;

		if (labelled)
			add_label(out, c->p->log ? exp(v) : v);
		else
			style_pad(out, LABEL - 1);
		buf_add_str(out, str_of(c->p->utf8 ? " │" : " |"));
		add_cells(c, y, out);
		buf_add_char(out, '\n');
	}
}

static void add_axis(const struct canvas *c, struct buf *out)
{
	CLEANUP_BUF struct buf left = {0}, right = {0};
	size_t at = isnan(c->p->at) ? c->w : column_of(c, c->p->at);

	style_pad(out, LABEL);
	buf_add_str(out, str_of(c->p->utf8 ? "└" : "+"));
	for (size_t x = 0; x < c->w; x++)
		buf_add_str(out, str_of(x == at ? "^" : c->p->utf8 ? "─" : "-"));
	buf_printf(&left, "%.6g", c->x0);
	buf_printf(&right, "%.6g", c->x1);
	buf_add_char(out, '\n');
	style_pad(out, LABEL + 1);
	buf_add_str(out, buf_str(&left));
	style_pad(out, left.n + right.n < c->w ? c->w - left.n - right.n : 1);
	buf_add_str(out, buf_str(&right));
	buf_add_char(out, '\n');
}

static void add_legend(const struct plot *p, struct buf *out)
{
	style_pad(out, LABEL + 1);
	for (size_t i = 0; i < p->nlines; i++) {
		if (i)
			BUF_LIT(out, "   ");
		style_add(out, p->color, p->lines[i].style,
			  str_of(p->utf8 ? p->lines[i].mark : p->lines[i].ascii));
		buf_add_char(out, ' ');
		style_add_foreign(out, str_of(p->lines[i].name), 40);
	}
	buf_add_char(out, '\n');
}

void plot_add(struct buf *out, const struct plot *p)
{
	struct canvas c = {.p = p, .h = p->height < 2 ? 2 : p->height};

	c.w = p->width > LABEL + MIN_WIDTH ? p->width - LABEL - 2 : MIN_WIDTH;
	c.w = c.w > MAX_WIDTH ? MAX_WIDTH : c.w;
	find_range(&c);
	if (!(c.x0 <= c.x1 && c.y0 <= c.y1))
		return; /* nothing to show */
	c.cell = mem_zalloc(c.w * c.h);
	for (size_t i = 0; i < p->nlines; i++)
		draw(&c, i);
	add_rows(&c, out);
	add_axis(&c, out);
	add_legend(p, out);
	free(c.cell);
}
