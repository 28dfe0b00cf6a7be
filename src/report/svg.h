/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Charts as SVG 1.1: one <svg> element without script, link, font or image. Colours are classes,
 * whose style sheet a page has once and a file brings along, for light and for dark. The same chart
 * gives the same bytes. All names are text from anywhere.
 */
#pragma once

#include "report/page.h"

enum svg_form {
	SVG_FILE,   /* a file of its own, with its title and a ground */
	SVG_WIDE,   /* in a page */
	SVG_NARROW, /* in a page, for a phone */
};

/* number: what tells the ids of several in a page apart. */
void svg_chart(struct buf *out, const struct page_chart *c, enum svg_form form, size_t number);
void svg_bars(struct buf *out, const struct page_bars *b, enum svg_form form, size_t number);

/* A plot as a file. plot->width and height are not used. */
void svg_plot(struct buf *out, const struct plot *p, const char *title);
