/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A series as a small picture in the terminal: dots of braille, or stars where there is no UTF-8.
 */
#pragma once

#include <stddef.h>

#include "base/buf.h"

struct spark {
	const double *y; /* what is not finite is left blank */
	size_t n;
	size_t width, height; /* columns and rows of all, the labels at the left included */
	bool utf8, color;
	const size_t *marks; /* values to point at from below, in order */
	size_t nmarks;
};

/*
 * Where several values share a column their median is drawn; the scale leaves the outermost
 * twentieth at either end out, so that spikes do not flatten all else. Nothing is added if no
 * value is finite.
 */
void spark_add(struct buf *out, const struct spark *s);
