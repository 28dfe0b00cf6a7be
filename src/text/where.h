/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The condition language of --where, the same for every command:
 *
 *   expr := term { "or" term }      term := factor { "and" factor }
 *   factor := "not" factor | "(" expr ")" | FIELD op VALUE | FIELD "in" "(" VALUE {"," VALUE} ")"
 *   op := == != < <= > >= ~ !~      (= is ==; ~ matches a regular expression anywhere)
 *
 * VALUE is a bare word, a number or a quoted string ('..' or "..", a backslash escapes the quote);
 * FIELD may be quoted too ("test.a b"). Two sides that are both numbers (where_number()) compare as
 * numbers, whole ones exactly, else byte by byte; the field "level" compares by severity. Depth and
 * length are capped.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct where;

/* Compile text; fields are the names that may stand on the left. Errors say the column. */
int where_new(struct where **w, struct str text, const char *const *fields, size_t nfields,
	      struct err *err) ERR_CHECK;
void where_free(struct where *w);

/* Whether a row satisfies it; get() yields field i of the row. Safe from several threads. */
bool where_test(const struct where *w, struct str (*get)(void *row, unsigned field), void *row);

/* ---- for those who evaluate it another way: a store, by queries ---- */

enum where_op {
	WHERE_OR,
	WHERE_AND,
	WHERE_NOT,
	WHERE_EQ,
	WHERE_NE,
	WHERE_LT,
	WHERE_LE,
	WHERE_GT,
	WHERE_GE,
	WHERE_MATCH,
	WHERE_NOMATCH,
};

/* The right side of a comparison. */
struct where_value {
	struct str text;
	bool numeric, whole;
	double number;   /* if numeric */
	int64_t integer; /* if whole: number, exactly */
};

/* A comparison. "in" is WHERE_EQ with several values, of which any may be it; others have one. */
struct where_leaf {
	unsigned field;
	enum where_op op;
	const struct where_value *values;
	size_t n;
	const struct pattern *pattern; /* of WHERE_MATCH and WHERE_NOMATCH */
	bool severity;                 /* compare as levels of logs */
};

/* Whether it holds for a cell. */
bool where_leaf_test(const struct where_leaf *l, struct str cell);

/*
 * Visit all of it as a stack machine would: leaf() for a comparison, join() for WHERE_NOT of the
 * last result, WHERE_AND and WHERE_OR of the last two. A negative result stops and is handed
 * through.
 */
struct where_visitor {
	int (*leaf)(void *arg, const struct where_leaf *l, struct err *err);
	int (*join)(void *arg, enum where_op op, struct err *err);
};
int where_walk(const struct where *w, const struct where_visitor *v, void *arg,
	       struct err *err) ERR_CHECK;

/*
 * A weaker condition that asks for no field of which is() holds: those of the terms joined by "and"
 * outside of all parentheses that do not ask for one, as text (appended to out; nothing: all rows).
 */
void where_without(const struct where *w, bool (*is)(void *arg, unsigned field), void *arg,
		   struct buf *out);

/* What counts as a number: all of s, finite ("nan" and "1e999" are words). */
bool where_number(struct str s, double *out);
