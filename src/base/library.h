/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Libraries that are loaded when they are needed: what few commands use and much start-up time goes
 * into. Such a library has a header of its own with the list of its functions that are used,
 *
 *	#define LIBX_FUNCTIONS(X) X(x_open) X(x_close)
 *	struct libx { LIBX_FUNCTIONS(LIBRARY_MEMBER) };
 *
 * and is called through that struct, in which each function has the type that its own header says.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

#define LIBRARY_MEMBER(name) __typeof__(&name) name;
#define LIBRARY_NAME(name)   #name,

/* Fill the struct that l points at. what: the library's name for a user, and its package. */
#define LIBRARY_LOAD(l, FUNCTIONS, soname, what, err)                                           \
	({                                                                                      \
		static const char *const library_names[] = {FUNCTIONS(LIBRARY_NAME)};           \
		_Static_assert(sizeof(*(l)) == sizeof(library_names), "a pointer each");        \
		library_load((l), library_names, ARRAY_SIZE(library_names), soname, what, err); \
	})

/*
 * Store the addresses of n functions of a shared library, one after another. It stays loaded; a
 * second call costs little. -ERR_SYSTEM: it is not installed, or lacks one of them.
 */
int library_load(void *pointers, const char *const *names, size_t n, const char *soname,
		 const char *what, struct err *err) ERR_CHECK;
