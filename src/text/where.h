/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The condition language of --where, the same for every command:
 *
 *   expr := term { "or" term }      term := factor { "and" factor }
 *   factor := "not" factor | "(" expr ")" | FIELD op VALUE | FIELD "in" "(" VALUE {"," VALUE} ")"
 *   op := == != < <= > >= ~ !~      (= is ==; ~ matches a regular expression anywhere)
 *
 * VALUE is a bare word, a number or a quoted string ('..' or "..", a backslash escapes the quote).
 * Two sides that are both numbers compare as numbers, else byte by byte; the field "level" compares
 * by severity. Depth and length are capped.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct where;

/* Compile text; fields are the names that may stand on the left. Errors say the column. */
int where_new(struct where **w, struct str text, const char *const *fields, size_t nfields,
	      struct err *err) ERR_CHECK;
void where_free(struct where *w);

/* Whether a row satisfies it; get() yields field i of the row. Safe from several threads. */
bool where_test(const struct where *w, struct str (*get)(void *row, unsigned field), void *row);
