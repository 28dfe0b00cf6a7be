/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-16 to UTF-8, in pieces. What is not valid becomes U+FFFD. */
#pragma once

#include "base/buf.h"

struct utf16 {
	bool big_endian;
	bool half; /* one byte of a unit has been seen: odd */
	unsigned char odd;
	uint16_t high; /* a high surrogate waits for its low one; 0: none */
};

/* Convert n more bytes and append them to out. */
void utf16_add(struct utf16 *u, const char *p, size_t n, struct buf *out);
/* The end: what still waits becomes U+FFFD. */
void utf16_end(struct utf16 *u, struct buf *out);
