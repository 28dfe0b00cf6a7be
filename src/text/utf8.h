/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 (RFC 3629). */
#pragma once

#include "base/buf.h"

#define UTF8_REPLACEMENT UINT32_C(0xfffd)

/* The first code point of s (s.n > 0) and its bytes; an invalid byte is U+FFFD and 1. */
size_t utf8_decode(struct str s, uint32_t *c);
size_t utf8_length(uint32_t c); /* bytes it takes */
void utf8_encode(struct buf *b, uint32_t c);
unsigned utf8_width(uint32_t c); /* columns on a terminal: 0, 1 or 2 */
bool utf8_valid(struct str s);
