/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in HTML and XML. */
#pragma once

#include "base/buf.h"

/* Between tags or in a value between double quotes. What is no character of XML becomes U+FFFD. */
void markup_add(struct buf *b, struct str s);
void markup_add_z(struct buf *b, const char *z);
