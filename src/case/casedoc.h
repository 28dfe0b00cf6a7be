/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The case document (docs/case.md): front matter (YAML of our own few keys), then Markdown, of
 * which the program owns tables under known headings, the keys it knows and lines "prior: 0.3" of
 * hypotheses; every other byte stays as it was. A scanner over lines finds all that by its place in
 * the bytes; edits splice there, and are read back before they count. Line endings are kept.
 *
 * Text that is no case (no front matter with "inquest: 1", NUL bytes, a bare carriage return, marks
 * of an unfinished merge) is an error with line and column, so that such a document is never
 * written.
 *
 * Tables are as GitHub reads them. Cells are text: what Markdown would take for more is escaped
 * when they are written and unescaped when they are read (code spans stay as they are), line breaks
 * are <br>, blanks at the ends go, control bytes and invalid UTF-8 become U+FFFD. Columns are found
 * by their names; unknown columns are kept.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct casedoc;

#define CASEDOC_VERSION 1
#define CASEDOC_MAX     ((size_t)64 << 20) /* bytes; longer ones are -ERR_LIMIT */

/* Parse text (copied). Errors begin with "line:column: ". */
int casedoc_parse(struct casedoc **d, struct str text, struct err *err) ERR_CHECK;
void casedoc_free(struct casedoc *d);
/* The document as it stands now. Valid until the next edit. */
struct str casedoc_text(const struct casedoc *d);

/* A new one: front matter, title, and the empty sections. */
int casedoc_new(struct casedoc **d, struct str title, struct err *err) ERR_CHECK;

/*
 * Front matter. get: empty if absent; of a list "[a, b]"; valid until the next edit. set:
 * -ERR_INPUT with line and column if the value that stands there is a list, or not understood. A
 * list is an empty value, [a, b] or lines "- a"; items are added where a sorted list stays sorted
 * (two branches then seldom add at the same place), else at the end; one that is there already is
 * no change.
 */
struct str casedoc_get(const struct casedoc *d, const char *key);
uint64_t casedoc_key_line(const struct casedoc *d, const char *key); /* 0: absent */
int casedoc_set(struct casedoc *d, const char *key, struct str value, struct err *err) ERR_CHECK;
size_t casedoc_get_list(const struct casedoc *d, const char *key, struct arena *a,
			struct str **items);
int casedoc_add_to_list(struct casedoc *d, const char *key, struct str item,
			struct err *err) ERR_CHECK;

/*
 * Sections by heading: "Symptoms", "Hypotheses/H1 The pool is exhausted". Letter case does not
 * count; a part that is an id (H1) also stands for the heading that begins with this word.
 */
struct casedoc_section {
	struct str heading; /* its text */
	unsigned level;     /* 1 ... 6 */
	struct str body;    /* up to the next heading of the same or a higher level */
	uint64_t line;
};
size_t casedoc_sections(const struct casedoc *d, struct arena *a, struct casedoc_section **s);
bool casedoc_section(const struct casedoc *d, const char *heading, struct casedoc_section *s);
/* Make a section, with those it stands in; no change if it is there. */
int casedoc_add_section(struct casedoc *d, const char *heading, struct err *err) ERR_CHECK;
/* Text under a heading, up to the next section, tables, fences and comments left out, trimmed. */
struct str casedoc_prose(const struct casedoc *d, const char *heading, struct arena *a);
/* Add a paragraph of Markdown at the end of what stands under a heading, which must be there. */
int casedoc_add_prose(struct casedoc *d, const char *heading, struct str text,
		      struct err *err) ERR_CHECK;

/* A line "name: value" under a heading, before its first subheading: "prior: 0.30". */
struct str casedoc_field(const struct casedoc *d, const char *heading, const char *name);
/* Set it; a new one stands below the last one, or right under the heading, which must be there. */
int casedoc_set_field(struct casedoc *d, const char *heading, const char *name, struct str value,
		      struct err *err) ERR_CHECK;

/*
 * The table under a heading, before its first subheading: the first one with a column "id" or "no",
 * else the first one. Cells are unescaped. -ERR_NOTFOUND: no such section or no table in it.
 */
struct casedoc_table {
	struct str *columns;
	size_t ncolumns;
	struct str **rows; /* nrows x ncolumns */
	uint64_t *lines;   /* where each row stands */
	size_t nrows;
	uint64_t line; /* of the header */
};
int casedoc_table(const struct casedoc *d, const char *heading, struct arena *a,
		  struct casedoc_table *t, struct err *err) ERR_CHECK;
/* The cell of a row under a column; empty if there is no such column. */
struct str casedoc_cell(const struct casedoc_table *t, size_t row, const char *column);
/*
 * Set a row of that table: the one whose cell in columns[0] is cells[0], or a new one at the end.
 * Cells of an existing row whose columns are not named stay; columns that the table lacks are added
 * to it. The section, with those it stands in, and the table are made if they are missing.
 * -ERR_INPUT: the id stands twice, or what stands above (code or a comment without end) swallows
 * what was written.
 */
int casedoc_put_row(struct casedoc *d, const char *heading, const char *const *columns,
		    const struct str *cells, size_t n, struct err *err) ERR_CHECK;
/* The next free id with a letter: S1, S2, ...; letter 0: 1, 2, ... */
struct str casedoc_next_id(const struct casedoc *d, const char *heading, char letter,
			   struct arena *a);

/* Is there a row, a hypothesis or a run of this id in the document? */
bool casedoc_has_id(const struct casedoc *d, struct str id);

/* What is wrong with it as a case: each problem with its line, in order; 0 if nothing. */
struct casedoc_problem {
	uint64_t line, column;
	struct str text;
};
size_t casedoc_check(const struct casedoc *d, struct arena *a, struct casedoc_problem **p);

/*
 * What an unfinished merge left: conflicts in which both sides only add rows of tables or items of
 * lists are settled by keeping both, and ids that then stand twice get the next free one. text may
 * be any; *out is the new text (the same if nothing was to be done), notes says a line each what
 * was done. -ERR_INPUT: a conflict is of another kind, with its place; nothing is settled then.
 */
int casedoc_settle(struct str text, struct buf *out, struct buf *notes, struct err *err) ERR_CHECK;
