/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands at an address, kept by address: function, file and line, inlined calls. */
#pragma once

#include "types/stack.h"
#include "unwind/module.h"
#include "unwind/perfmap.h"
#include "unwind/unwind.h"

struct named {
	uint64_t pc;
	bool used, call;
	struct frame *frames; /* innermost first; pc, cfa and trust are not filled in */
	size_t n;             /* at least 1 */
};

struct names {
	struct modules *modules;
	const struct perfmap *perfmap; /* NULL: none */
	enum unwind_lines lines;
	struct arena arena;
	struct named *items;
	size_t n, cap; /* cap: a power of two, or 0 */
};

/* call: pc is where a call returns to, so that the call stands before it. */
const struct named *names_find(struct names *c, uint64_t pc, bool call);
void names_release(struct names *c);

struct str names_demangle(struct arena *a, const char *s);
