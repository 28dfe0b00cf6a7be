/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the charts have in common: see svg-frame.c. */
#pragma once

#include "report/svg.h"

#define SVG_CHARACTER 8.2 /* pixels that a column takes, about, at 14 pixels */

/* Open an element of w x h with its title, also for those who cannot see it, and its description.
 */
void svg_open(struct buf *out, enum svg_form form, size_t number, double w, double h,
	      const char *title, struct str about);
void svg_close(struct buf *out);

/* <text> at x, y; anchor: "start", "middle", "end". What is wider than columns ends in "...". */
void svg_text(struct buf *out, const char *class, double x, double y, const char *anchor,
	      struct str text, size_t columns);
double svg_text_width(struct str text); /* about, in the charts' size */

/* A value on an axis with such steps up to most (without its sign): 40000 as 40k. */
void svg_number(struct buf *out, double v, double step, double most);
/* A step of 1, 2 or 5 times a power of ten that makes about so many. */
double svg_step(double range, double many);
