/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Source lines and inlined calls of an address, from DWARF; and the function it lies in. */
#pragma once

#include "types/stack.h"
#include "unwind/module.h"

#define LINES_INLINED 32 /* most that are shown of one address */

/* A call that the compiler put into its caller, or the function itself. */
struct line_scope {
	Dwarf_Die die;
	const char *name; /* linkage name if there is one */
	const char *file; /* where the code at the address, or the inlined call, stands; NULL */
	int line, column;
};

struct lines {
	size_t n; /* innermost first; the last one is the function. 0: nothing is known */
	struct line_scope scopes[LINES_INLINED];
	Dwarf_Die unit;
};

/* pc: an address in the image; of a caller, one byte before it. */
void lines_find(struct modules *ms, struct module *m, uint64_t pc, struct lines *out);
