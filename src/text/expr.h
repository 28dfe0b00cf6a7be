/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The language of derived variables (inquest runs --define), which shares its lexer with conditions
 * (text/where.h). Weakest first:
 *
 *   or    and    not    == != < <= > >=    + -    * /    - (sign)    ^ (from the right)
 *
 * and numbers, parentheses, 'text', NAME or "any name", FUNCTION(argument, ...). Outside of quotes
 * + - * / ^ never belong to a name: "bench.sort/64.time". Functions: log log2 log10 exp sqrt abs
 * round(x[, digits]) floor ceil min max if(c, a, b) coalesce(a, ...); and those that reduce a
 * series to a value, last(NAME), time_to(NAME, 0.5), of which the caller has the table.
 *
 * Values: a missing one makes what is computed of it missing, but for coalesce(), the side of if()
 * that is not taken, and "and" and "or" where the other side decides. Whole numbers stay exact as
 * long as they fit in 64 bits. A result that is not finite, of finite numbers, is missing: 1/0,
 * log(-1), exp(1000). NaN and infinities that were recorded are carried on, and NaN is unlike, and
 * in no order with, everything. Comparisons are 1 or 0; what is not 0 is true. Text that reads as a
 * number counts as one; other text can only be compared with text, byte by byte, and chosen.
 * Depth, length and the number of names are capped. An expression cannot crash or take long.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "types/record.h"

struct expr;

/* A function that reduces a series; with a parameter it takes one number after the name. */
struct expr_reduction {
	const char *name;
	bool parameter;
};

/* What stands in an expression: last(loss), time_to(loss, 0.5). */
struct expr_call {
	unsigned reduction; /* index into the table */
	struct str series;
	double parameter; /* 0 if it takes none */
};

/* reductions must outlive it. Errors say the column. */
int expr_new(struct expr **e, struct str text, const struct expr_reduction *reductions, size_t n,
	     struct err *err) ERR_CHECK;
void expr_free(struct expr *e);

/* The variables and the calls in it, each once, in the order in which they stand there. */
size_t expr_names(const struct expr *e, const struct str **names);
size_t expr_calls(const struct expr *e, const struct expr_call **calls);

/* Its value, of the values of names and calls (in their order). Text is one of those, or e's. */
struct value expr_value(const struct expr *e, const struct value *names, const struct value *calls);
