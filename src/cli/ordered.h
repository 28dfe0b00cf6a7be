/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output formatted by several threads, written in order. */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * format() fills a buffer for each part 0 ... n-1, on several threads; the buffers go to f in the
 * order of the parts, without the very first drop bytes (a separator, see rows_separator()).
 * Memory: one buffer a thread. A reader that went away (EPIPE) ends the output quietly; other write
 * errors are -ERR_SYSTEM.
 */
int ordered_output(unsigned threads, size_t n,
		   void (*format)(void *arg, size_t part, struct buf *out), void *arg, size_t drop,
		   FILE *f, struct err *err) ERR_CHECK;
