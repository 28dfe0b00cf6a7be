// SPDX-License-Identifier: GPL-3.0-or-later
/* See spark.h. A grid of dots is filled first: 2 x 4 a character in braille, one without. */
#include "report/spark.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "report/style.h"
#include "text/utf8.h"

#define LABEL   11 /* columns of the labels and a blank */
#define BRAILLE 0x2800
#define MOST    1000 /* columns and rows */

struct grid {
	size_t columns, rows; /* characters */
	size_t wide, high;    /* dots a character */
	unsigned char *bits;
	double low, high_value;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The finite ones of y[a...b-1], sorted. */
static size_t sorted(const double *y, size_t a, size_t b, double *out)
{
	size_t n = 0;

	for (size_t i = a; i < b; i++)
		if (isfinite(y[i]))
			out[n++] = y[i];
	qsort(out, n, sizeof(*out), by_value);
	return n;
}

/* The dot's bit in a character: braille numbers the left column 1 2 3 7, the right 4 5 6 8. */
static unsigned char bit(const struct grid *g, size_t x, size_t y)
{
	static const unsigned char dots[2][4] = {{0x01, 0x02, 0x04, 0x40},
						 {0x08, 0x10, 0x20, 0x80}};

	return g->wide == 1 ? 1 : dots[x % 2][y % 4];
}

static void draw(struct grid *g, const struct spark *s, size_t dots, double *room)
{
	double range = g->high_value - g->low;

	for (size_t x = 0; x < dots; x++) {
		size_t a = s->n * x / dots, b = s->n * (x + 1) / dots, n;
		double place, rows = (double)(g->rows * g->high - 1);
		size_t y;

		n = sorted(s->y, a, b > a ? b : a + 1, room);
		if (!n)
			continue;
		place = range > 0 ? (room[n / 2] - g->low) / range : .5;
		y = (size_t)((1 - fmin(fmax(place, 0), 1)) * rows + .5);
		g->bits[y / g->high * g->columns + x / g->wide] |= bit(g, x, y);
	}
}

static void add_label(struct buf *out, const struct grid *g, size_t row)
{
	char text[32] = "";

	if (row == 0 || row + 1 == g->rows)
		snprintf(text, sizeof(text), "%.4g", row ? g->low : g->high_value);
	buf_printf(out, "%*s", LABEL - 1, text);
}

static void add_marks(struct buf *out, const struct spark *s, const struct grid *g, size_t dots)
{
	char *line = mem_alloc(g->columns);
	size_t end = 0;

	memset(line, ' ', g->columns);
	for (size_t i = 0; i < s->nmarks; i++) {
		size_t column = s->marks[i] * dots / s->n / g->wide;

		line[column] = '^';
		end = column + 1;
	}
	if (end) {
		style_pad(out, LABEL);
		style_add(out, s->color, STYLE_WARN, (struct str){line, end});
		buf_add_char(out, '\n');
	}
	free(line);
}

static void add_rows(struct buf *out, const struct grid *g)
{
	for (size_t r = 0; r < g->rows; r++) {
		const unsigned char *bits = g->bits + r * g->columns;
		size_t end = g->columns;

		while (end && !bits[end - 1])
			end--;
		if (end || r == 0 || r + 1 == g->rows)
			add_label(out, g, r);
		if (end)
			buf_add_char(out, ' ');
		for (size_t c = 0; c < end; c++) {
			if (!bits[c])
				buf_add_char(out, ' ');
			else if (g->wide == 1)
				buf_add_char(out, '*');
			else
				utf8_encode(out, BRAILLE + bits[c]);
		}
		buf_add_char(out, '\n');
	}
}

void spark_add(struct buf *out, const struct spark *s)
{
	double *room = mem_alloc((s->n + 1) * sizeof(*room));
	size_t n = sorted(s->y, 0, s->n, room), dots;
	struct grid g = {.wide = s->utf8 ? 2 : 1, .high = s->utf8 ? 4 : 1};

	g.columns = s->width > LABEL + 10 ? s->width - LABEL : 10;
	g.columns = g.columns < MOST ? g.columns : MOST;
	g.rows = s->height < 2 ? 2 : s->height < MOST ? s->height : MOST;
	if (n) {
		dots = g.columns * g.wide < s->n ? g.columns * g.wide : s->n;
		g.low = room[n / 20];
		g.high_value = room[n - 1 - n / 20];
		g.bits = mem_zalloc(g.columns * g.rows);
		draw(&g, s, dots, room);
		add_rows(out, &g);
		add_marks(out, s, &g, dots);
		free(g.bits);
	}
	free(room);
}
