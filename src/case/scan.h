/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The block structure of Markdown, as far as editing in place needs it: where headings, tables and
 * fences stand in the bytes. Only what stands at the top level counts; what is inside of a list, a
 * quotation, code or HTML is text of people.
 */
#pragma once

#include "base/mem.h"

enum block_kind {
	BLOCK_HEADING,
	BLOCK_TABLE,
	BLOCK_FENCE,
	BLOCK_COMMENT, /* HTML: <!-- ... --> */
	BLOCK_STRAY,   /* a line that begins with | and is of no table */
};

/* Whole lines: end is behind the line break of the last one. */
struct block {
	enum block_kind kind;
	unsigned level;    /* heading: 1 ... 6 */
	bool open;         /* fence or comment that ends only with the text */
	uint64_t line;     /* of the first, from 1 */
	size_t start, end; /* table: from the header row on */
	size_t rows;       /* table: where the first row stands, behind the delimiter row */
	struct str text;   /* heading: its text */
};

struct blocks {
	struct block *v;
	size_t n, cap;
};

/* Blocks of text[from...], whose first line has this number, appended in their order. */
void scan_blocks(struct str text, size_t from, uint64_t line, struct blocks *b);

/* Cut one line off, with its line break; false when nothing is left. */
bool scan_line(struct str *rest, struct str *line);
/* A line without its line break. */
struct str scan_chomp(struct str line);

/*
 * Cells of a row as GitHub splits them: outer pipes are optional, a pipe behind a backslash never
 * splits, one in a code span does. The first max go to cells (untrimmed); returns how many there
 * are.
 */
size_t scan_cells(struct str row, struct str *cells, size_t max);
