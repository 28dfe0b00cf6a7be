/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the languages of conditions (text/where.h) and of expressions (text/expr.h) share: blanks,
 * words, quoted text, signs, and errors that say the column.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct lexer {
	struct str text; /* NUL-terminated */
	size_t at;
	const char *language; /* "condition": how messages begin */
	const char *signs;    /* what words hold besides letters, digits and bytes beyond ASCII */
	unsigned depth;       /* of nesting: the parser's */
	struct err *err;
};

/* "condition, column 3: WHAT, at '...'" as -ERR_USAGE. */
int lexer_fail(struct lexer *l, const char *what);
void lexer_skip(struct lexer *l); /* blanks */
/* The word that comes next, after blanks, which are skipped; empty if there is none. */
struct str lexer_peek(struct lexer *l);
/* Skip the token, or the word (in any case), if it comes next. */
bool lexer_take(struct lexer *l, struct str token);
bool lexer_take_word(struct lexer *l, const char *word);
/* '..' or ".." comes next; a backslash escapes the quote. The text is in the arena. */
bool lexer_at_quote(struct lexer *l);
int lexer_quoted(struct lexer *l, struct arena *a, struct str *out) ERR_CHECK;
