/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for a terminal: colours on or off, and what came from a log made harmless. */
#pragma once

#include "base/buf.h"

enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GOOD,  /* green */
	STYLE_BAD,   /* red */
	STYLE_WARN,  /* yellow */
	STYLE_PLACE, /* file:line: cyan */
};

/* s in a style; without colour just s. s is trusted text of ours. */
void style_add(struct buf *b, bool color, enum style style, struct str s);

/*
 * Text from a log: escape sequences and control bytes go, a tab is a blank, invalid UTF-8 becomes
 * U+FFFD, and what is longer than width columns ends in "...". width 0: no limit. Returns columns.
 */
size_t style_add_foreign(struct buf *b, struct str s, size_t width);

/* n blanks. */
void style_pad(struct buf *b, size_t n);

/* 1234567 as 1,234,567. */
void style_count(struct buf *b, uint64_t n);
