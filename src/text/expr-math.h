/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions and operators of expressions on values: text/expr.h says what they mean. */
#pragma once

#include <limits.h>

#include "base/str.h"
#include "types/record.h"

typedef struct value (*expr_math_fn)(const struct value *v, unsigned n);

struct expr_math {
	const char *name;
	unsigned least, most; /* arguments; UINT_MAX: any number */
	bool listed;          /* as a function: the others are operators */
	expr_math_fn fn;
};

/* NULL if there is none. */
const struct expr_math *expr_math_find(struct str name);
/* " log log2 ...": those that are listed. */
const char *expr_math_list(void);
