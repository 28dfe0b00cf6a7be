/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The plots of plot.h as SVG 1.1: one <svg> element without script, link, font or image, so that it
 * may stand in a page or in a file of its own. Colours are classes with a default in the element's
 * own style sheet, for light and for dark. The same plot gives the same bytes.
 */
#pragma once

#include "report/plot.h"

/* title and the names of lines are text from anywhere. plot->width and height are not used. */
void svg_add(struct buf *out, const struct plot *p, struct str title);

/* Text within a document of XML: what is no character of XML becomes U+FFFD. */
void svg_text(struct buf *b, struct str s);
