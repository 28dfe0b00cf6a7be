/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of cells as text for people, CSV, JSONL or JSON. A command says its columns once and gives
 * each row's cells once; the form decides how they look, so that no two forms can disagree.
 *
 * Formatting is separate from writing: rows go into a struct buf, so that several threads can
 * format parts at the same time whose buffers are then written in order:
 *
 *	rows_init(&r, form, "log-table", columns, n, width, color);
 *	if (form == ROWS_TEXT)             - columns of text are as wide as the first rows need
 *		rows_out_measure(&o, &r); give it rows while (rows_measuring(&r));
 *rows_measured(&r); rows_head(&r, members, &buf); write buf; in each thread: rows_out_init(&o, &r,
 *&buf); rows_begin(&o); cells; rows_end(&o); ... write the buffers in order, without the very first
 *rows_separator(&r) bytes of them all; rows_tail(&r, &buf); write buf.
 *
 * One thread writing to a stream has all this in struct rows_file.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

#define ROWS_SAMPLE 1000 /* rows that decide the width of columns */

enum rows_form { ROWS_TEXT, ROWS_CSV, ROWS_JSONL, ROWS_JSON };

/* What a column holds; in text it decides what becomes of it where the terminal is too narrow. */
enum rows_kind {
	ROWS_STRING, /* names: cut */
	ROWS_NUMBER, /* right-aligned, never cut */
	ROWS_FIXED,  /* times, ids: never cut */
	ROWS_PROSE,  /* sentences: cut, but not very short */
	ROWS_LIST,   /* of strings; ["a","b"] in text and CSV too */
};

struct rows_column {
	const char *name; /* also the key in JSON */
	enum rows_kind kind;
	unsigned rank; /* 0: always shown; the greater, the sooner it is left out of narrow text */
};

struct rows {
	enum rows_form form;
	const char *schema; /* "log-table" for "inquest.log-table/1" */
	const struct rows_column *columns;
	unsigned n;
	size_t width; /* of the terminal; 0: nothing is cut */
	bool color;
	size_t measured;  /* rows */
	unsigned *widths; /* 0: a column without content, not shown */
	struct buf keys;  /* {"a": ,"b": and so on, ready to copy */
	size_t *key_ends;
	unsigned left_out; /* columns that do not fit; known when all is written */
};

/* schema, columns and their names must outlive it. width counts for text only. */
void rows_init(struct rows *r, enum rows_form form, const char *schema,
	       const struct rows_column *columns, unsigned n, size_t width, bool color);
void rows_release(struct rows *r);

/* What stands before the rows. members: more of the JSON object ("\"lines\":12,"), or empty. */
void rows_head(const struct rows *r, struct str members, struct buf *b);
void rows_tail(const struct rows *r, struct buf *b);
/* Each row begins with so many bytes that part it from the row before: not wanted in the first. */
size_t rows_separator(const struct rows *r);

/* Text: are more rows needed to know how wide the columns are? */
bool rows_measuring(const struct rows *r);
/* Enough or all rows are measured: make the columns fit the terminal. */
void rows_measured(struct rows *r);

/* Cells of text that wait for the widths of their columns. */
struct rows_kept {
	struct buf bytes;
	size_t *ends;
	size_t n, cap;
};

/* Where the cells of rows go. */
struct rows_out {
	const struct rows *rows;
	struct buf *b;
	struct rows *measure;   /* not NULL: only look how wide the cells are */
	struct rows_kept *kept; /* not NULL: only keep them */
	struct str around;      /* what most cells are slices of, if known: see csv_add_cells() */
	unsigned column;        /* next */
	size_t over;            /* text: columns that numbers took beyond their width */
	bool first;             /* JSON: the next row has none before it */
	size_t gap;             /* text: blanks owed before the next cell */
	struct buf scratch;
};

void rows_out_init(struct rows_out *o, const struct rows *r, struct buf *b);
void rows_out_measure(struct rows_out *o, struct rows *r);
void rows_out_release(struct rows_out *o);

/* A row: begin, a cell for each column in order, end. */
void rows_begin(struct rows_out *o);
void rows_string(struct rows_out *o, struct str s);
/* The next n cells at once, which are strings or, in columns of numbers, their digits. */
void rows_cells(struct rows_out *o, const struct str *s, size_t n);
void rows_count(struct rows_out *o, uint64_t v);
void rows_int(struct rows_out *o, int64_t v);
void rows_real(struct rows_out *o, double v);
void rows_list(struct rows_out *o, const struct str *s, size_t n);
void rows_none(struct rows_out *o); /* empty; null in JSON */
void rows_end(struct rows_out *o);

/*
 * All of it onto a stream. Give cells to .out. In text the first rows are kept until the widths of
 * the columns are known.
 */
struct rows_file {
	struct rows rows;
	struct rows_out out;
	struct rows_kept kept;
	struct buf buf;
	FILE *f;
	int write_errno;
};

void rows_file_init(struct rows_file *f, enum rows_form form, const char *schema,
		    const struct rows_column *columns, unsigned n, size_t width, bool color,
		    struct str members, FILE *stream);
/* After each row. false: stop, the rest cannot be written. */
bool rows_file_next(struct rows_file *f);
/* Write what is left and release. A reader that went away is no error; others are -ERR_SYSTEM. */
int rows_file_close(struct rows_file *f, struct err *err) ERR_CHECK;
