/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A JSON document as a tree (RFC 8259), for reports of other programs: lenient where they are not
 * (NaN, Infinity, integers beyond 64 bits as reals, a byte order mark, control bytes in strings,
 * duplicate keys kept in order), each value with its line, and what there is of a document that
 * ends too early. No recursion; nesting, values and digits of a number are capped.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"

#define JSONTREE_DEPTH 128
#define JSONTREE_MAX   ((size_t)16 << 20) /* values */

enum jsontree_kind {
	JSONTREE_NULL,
	JSONTREE_BOOL,
	JSONTREE_INT,
	JSONTREE_REAL,
	JSONTREE_STRING,
	JSONTREE_ARRAY,
	JSONTREE_OBJECT
};

struct jsontree {
	enum jsontree_kind kind;
	uint32_t line;
	struct str key; /* of a member of an object, escapes resolved; else empty */
	union {
		bool truth;
		int64_t integer;
		double real;
		struct str text; /* escapes resolved; may not be valid UTF-8 */
		struct {         /* of an array or an object */
			struct jsontree *first, *last;
		};
	};
	struct jsontree *next; /* in the same array or object */
};

struct jsontree_doc {
	struct jsontree *root; /* NULL: nothing but blanks */
	struct str rest;       /* after it and the blanks that follow */
	uint64_t line;         /* where the rest begins */
	bool cut;              /* the text ends inside of it */
};

/*
 * Read the first document of data, whose first byte is on the given line. Nodes and strings with
 * escapes belong to the arena, other strings point into data. -ERR_INPUT: "line 12: ...";
 * -ERR_LIMIT.
 */
int jsontree_read(struct jsontree_doc *doc, struct arena *a, struct str data, uint64_t line,
		  struct err *err) ERR_CHECK;

/* The member of that key (the last one, if there are several); NULL if there is none or t is no
 * object (or NULL). */
const struct jsontree *jsontree_get(const struct jsontree *t, const char *key);
/* The first of an array's or an object's values: for loops over next. NULL for all else. */
const struct jsontree *jsontree_first(const struct jsontree *t);
size_t jsontree_count(const struct jsontree *t); /* of its values */

/* A string's text; empty for all else and NULL. */
struct str jsontree_text(const struct jsontree *t);
/* A number, also one within quotes ("NaN", "1.5"); NAN for all else and NULL. */
double jsontree_number(const struct jsontree *t);
/* Is it a number, or a string that is one? */
bool jsontree_is_number(const struct jsontree *t);
bool jsontree_true(const struct jsontree *t); /* the word true */
