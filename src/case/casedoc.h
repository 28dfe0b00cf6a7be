/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The case document: front matter (YAML of our own few keys), then Markdown, of which the program
 * owns tables under known headings, the keys it knows and fenced blocks; every other byte stays as
 * it was. A scanner over lines finds front matter, headings, fences and tables by their place in
 * the bytes; edits splice there. Line endings are kept; a bare carriage return or the marks of an
 * unfinished merge are errors with line and column, and such a document is never written.
 *
 * Tables are as GitHub reads them: outer pipes, a delimiter row; cells escape | as \| and line
 * breaks as <br>; columns are found by their names, unknown columns are kept.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"

struct casedoc;

/* Parse text (copied). Errors begin with "line:column: ". */
int casedoc_parse(struct casedoc **d, struct str text, struct err *err) ERR_CHECK;
void casedoc_free(struct casedoc *d);
/* The document as it stands now. Valid until the next edit. */
struct str casedoc_text(const struct casedoc *d);

/* A new one: front matter, title, and the empty sections. */
int casedoc_new(struct casedoc **d, struct str title, struct err *err) ERR_CHECK;

/* Front matter. A list is "[a, b]". get: empty if absent. */
struct str casedoc_get(const struct casedoc *d, const char *key);
int casedoc_set(struct casedoc *d, const char *key, struct str value, struct err *err) ERR_CHECK;
size_t casedoc_get_list(const struct casedoc *d, const char *key, struct arena *a,
			struct str **items);
int casedoc_add_to_list(struct casedoc *d, const char *key, struct str item,
			struct err *err) ERR_CHECK;

/* Sections by heading: "Symptoms", "Hypotheses/H1 The pool is exhausted". */
struct casedoc_section {
	struct str heading; /* its text */
	unsigned level;     /* 1 ... 6 */
	struct str body;    /* up to the next heading of the same or a higher level */
	uint64_t line;
};
size_t casedoc_sections(const struct casedoc *d, struct arena *a, struct casedoc_section **s);
/* Text under a heading, tables and fences left out, trimmed. */
struct str casedoc_prose(const struct casedoc *d, const char *heading, struct arena *a);

/* Rows of the first table under a heading, cells unescaped; columns by name. */
struct casedoc_table {
	struct str *columns;
	size_t ncolumns;
	struct str **rows; /* nrows x ncolumns */
	uint64_t *lines;   /* where each row stands */
	size_t nrows;
};
int casedoc_table(const struct casedoc *d, const char *heading, struct arena *a,
		  struct casedoc_table *t, struct err *err) ERR_CHECK;
/*
 * Set a row of the table under a heading: the one whose first cell is id, or a new one at the end.
 * cells are for columns, by name; a cell of an existing row whose column is not named stays. The
 * section and the table are made if they are missing.
 */
int casedoc_put_row(struct casedoc *d, const char *heading, const char *const *columns,
		    const struct str *cells, size_t n, struct err *err) ERR_CHECK;
/* The next free id with a letter: S1, S2, ... */
struct str casedoc_next_id(const struct casedoc *d, const char *heading, char letter,
			   struct arena *a);

/* What is wrong with it as a case: each problem with its line; 0 if nothing. */
struct casedoc_problem {
	uint64_t line, column;
	struct str text;
};
size_t casedoc_check(const struct casedoc *d, struct arena *a, struct casedoc_problem **p);
