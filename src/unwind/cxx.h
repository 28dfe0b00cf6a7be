/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The C++ exception that a thread has thrown, found by its header on the way through the unwinder.
 * Layout: Itanium C++ ABI, Level II (exception handling), as libstdc++ and libc++abi have it on
 * 64-bit machines.
 */
#pragma once

#include "base/mem.h"
#include "unwind/image.h"

struct cxx_exception {
	struct str type; /* "std::runtime_error" */
	struct str what; /* what it says; empty: it cannot be told without running its code */
	uint64_t object;
};

/* Looks at what the words of the stack point to, up to the given size. */
bool cxx_find_exception(const struct image *im, const struct image_stack *stack, struct arena *a,
			struct cxx_exception *out);
