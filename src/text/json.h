/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON, written (RFC 8259). Output is always valid UTF-8: bytes that are not become U+FFFD, and so
 * do NUL bytes, which many readers cannot take; text/csv.h does the same, so that both agree.
 * (text/quote.h keeps every byte, for our own files.)
 */
#pragma once

#include "base/buf.h"

void json_add_string(struct buf *b, struct str s);                   /* with its quotes */
void json_add_strings(struct buf *b, const struct str *s, size_t n); /* ["a","b"] */
void json_add_real(struct buf *b,
		   double v); /* shortest that reads back the same; NaN, infinity: null */
