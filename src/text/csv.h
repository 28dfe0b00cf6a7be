/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV (RFC 4180), written and read. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* A cell, quoted if need be. Invalid UTF-8 and NUL bytes become U+FFFD, as in text/json.h. */
void csv_add_cell(struct buf *b, struct str s);
/*
 * The same for cells in a row, parted by commas. Those that lie in `around` (a mapped file; may be
 * empty) are written faster, as bytes behind them may be read.
 */
void csv_add_cells(struct buf *b, const struct str *cells, size_t n, struct str around);
/* json_add_strings() as a cell. */
void csv_add_strings(struct buf *b, const struct str *s, size_t n, struct str around);

/*
 * Reading: rows end in LF or CRLF, the last may lack it; cells may be quoted, "" in quotes is one.
 * A byte order mark is skipped. Empty lines are no rows. Cells are parted by sep, a comma unless it
 * is set to another byte after csv_init().
 */
struct csv {
	char sep;
	struct str rest;
	uint64_t line; /* of the row last read, from 1 */
	uint64_t next_line;
	struct str *cells; /* of the row last read; valid until the next */
	size_t n, cap;
	struct buf room; /* cells that had "" in them */
};

void csv_init(struct csv *c, struct str data); /* data must outlive it */
void csv_release(struct csv *c);
/* 1: a row; 0: the end; -ERR_INPUT: quotes that do not close or close early, with the line. */
int csv_next(struct csv *c, struct err *err) ERR_CHECK;
