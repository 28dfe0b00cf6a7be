/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strings in JSON (RFC 8259) that lose no byte: what is not valid UTF-8 is written as the lone
 * surrogate \udcXX, XX being the byte, and read back as that byte.
 */
#pragma once

#include "base/buf.h"

/* s between double quotes. */
void quote_add(struct buf *b, struct str s);

/* Cut a quoted string off *rest and append what it stands for to b; false if there is none. */
bool quote_cut(struct str *rest, struct buf *b);
