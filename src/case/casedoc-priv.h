/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the case document share. */
#pragma once

#include "case/casedoc.h"
#include "case/front.h"
#include "case/scan.h"

#define MAX_COLUMNS 256 /* of a table */
#define NONE        SIZE_MAX

struct casedoc {
	struct buf text;
	const char *eol;    /* of its first line */
	struct arena arena; /* of what is read from the text: dies with the next edit */
	struct front front;
	struct blocks blocks;
	struct str *lists; /* of each key that is a list "[a, b]" */
};

/* A new text in place of bytes start...end. Several are in order and do not touch. */
struct splice {
	size_t start, end;
	struct str with;
};

/* Parse the document with the changes made, into a new one. */
int casedoc_spliced(const struct casedoc *d, const struct splice *s, size_t n,
		    struct casedoc **fresh, struct err *err) ERR_CHECK;
/* *d becomes *fresh, which is gone. */
void casedoc_become(struct casedoc *d, struct casedoc *fresh);

/* A section by its path: the index of its heading in blocks; NONE. */
size_t casedoc_find(const struct casedoc *d, struct str path);
/* Index of the first heading behind heading i; of one of its level or higher, if whole. */
size_t casedoc_section_end(const struct casedoc *d, size_t i, bool whole);
/* Where block i begins; the end of the text if there is none. */
size_t casedoc_block_start(const struct casedoc *d, size_t i);
/* The table in section i, by the rule of casedoc_table(); with a column key, unless that is NULL.
 */
size_t casedoc_find_table(const struct casedoc *d, size_t section, const char *key);
/* The line of a byte, from 1, and its column. */
uint64_t casedoc_line_at(struct str text, size_t at, uint64_t *column);
/* The line break that ends the line before this byte, or the document's. */
const char *casedoc_eol_at(const struct casedoc *d, size_t at);

/* Cells: text to Markdown and back. */
void cell_escape(struct buf *b, struct str text);
struct str cell_unescape(struct str cell, struct arena *a);

/* The ids of a hypothesis' heading: "H1" of "H1 The pool is exhausted"; empty if there is none. */
struct str casedoc_heading_id(struct str heading);
/* Letters, then digits: H1. */
bool casedoc_is_id(struct str s);

/* The first mark of an unfinished merge from this byte on; text.n if there is none. */
size_t conflict_find(struct str text, size_t from);

/* Read the table that is this block. */
int casedoc_read_table(const struct casedoc *d, size_t block, struct arena *a,
		       struct casedoc_table *t, struct err *err) ERR_CHECK;
/* The header's cells as they stand there, MAX_COLUMNS at most. */
size_t casedoc_columns(const struct casedoc *d, const struct block *b, struct str *columns);
/* The column of that name; NONE. */
size_t casedoc_column(const struct str *columns, size_t n, struct str name);

/* The end of the last line before at that is not blank, or floor. */
size_t casedoc_back_over_blanks(struct str text, size_t at, size_t floor);
/* Lines, and the blank lines that they need around them at this place. */
void casedoc_lay_out(const struct casedoc *d, size_t at, struct str lines, struct buf *b);
/* casedoc_field() of section i. */
struct str casedoc_field_of(const struct casedoc *d, size_t section, const char *name);
