/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in Markdown as forges read it (GitHub Flavored Markdown), so that it is shown as it is. */
#pragma once

#include "base/buf.h"

/*
 * Text within a paragraph or a cell of a table. before, after: what stands beside it there, a blank
 * if nothing, 0 if it is not known. A line end becomes <br>, a control character or an invalid byte
 * U+FFFD. What makes a heading or a list at the beginning of a line is not looked at.
 */
void markdown_escape(struct buf *b, struct str text, char before, char after);

/*
 * Text as a code span, in which forges look for nothing; a line end becomes a blank. Behind another
 * one there is a blank between.
 */
void markdown_code(struct buf *b, struct str text, bool cell);

/* Lines as a fenced block. */
void markdown_fence(struct buf *b, const char *language, struct str text);
