/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments and local variables of one frame, as text. Source: DWARF 5, chapters 2.6, 4 and 5. */
#pragma once

#include "types/stack.h"
#include "unwind/location.h"
#include "base/mem.h"

struct values_wanted {
	bool arguments, locals;
};

/*
 * Those of a scope (a function, or a call inlined into it), which stands in a function. pc: an
 * address of the file, of a caller one byte before where it goes on. v: the frame; its base is set
 * here.
 */
void values_of(Dwarf_Die *scope, Dwarf_Die *function, uint64_t pc, struct frame_view *v,
	       const struct values_wanted *w, struct arena *a, struct frame *f);
