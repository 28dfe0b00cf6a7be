/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The leaves of one JSON object on a line, without building a tree: RFC 8259, lenient about what
 * a log does not care for (numbers' grammar, duplicate keys). Nesting is followed to
 * JSONSCAN_DEPTH; deeper values and arrays are handed over as their text.
 */
#pragma once

#include "base/buf.h"

#define JSONSCAN_DEPTH 8

enum jsonscan_kind {
	JSONSCAN_STRING,
	JSONSCAN_NUMBER,
	JSONSCAN_WORD /* true, false, null */,
	JSONSCAN_TEXT
};

struct jsonscan_leaf {
	const struct str *path; /* keys from the outermost, escapes as written */
	size_t depth;
	enum jsonscan_kind kind;
	struct str value; /* of a string: without the quotes, escapes as written */
	bool escaped;     /* the string holds escapes */
};

/* return false to stop */
typedef bool jsonscan_fn(const struct jsonscan_leaf *leaf, void *arg);

/* Call fn for each leaf of the object that s is (blanks around it allowed); false if s is no
 * object or fn stopped. Calls may have been made before that shows. */
bool jsonscan_leaves(struct str s, jsonscan_fn *fn, void *arg);

/* Append the string with its escapes resolved; what is no valid escape stays as it is. */
void jsonscan_unescape(struct str s, struct buf *out);
