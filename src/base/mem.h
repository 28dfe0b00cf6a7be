/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory. Out of memory aborts with a message: the program is a tool, and every growth that input
 * drives has a cap of its own. An arena owns what is read from one input or for one command.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

void *mem_alloc(size_t size);                           /* never NULL */
void *mem_zalloc(size_t size);                          /* zeroed */
void *mem_realloc(void *p, size_t n, size_t elem_size); /* n elements; overflow aborts */
char *mem_strdup(const char *s);

/* A bump allocator. All that it handed out dies with arena_release(). */
struct arena {
	struct arena_block *blocks; /* newest first */
	char *at, *end;
	size_t total; /* bytes handed out, for caps and reports */
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);
void *arena_alloc(struct arena *a, size_t size);     /* aligned to 16 bytes, not zeroed */
void *arena_zalloc(struct arena *a, size_t size);    /* zeroed */
char *arena_bytes(struct arena *a, size_t size);     /* unaligned: for text */
struct str arena_str(struct arena *a, struct str s); /* a copy, NUL-terminated for convenience */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A growing array in three fields of the caller's struct: T *name; size_t nname, capname.
 * array_push() makes room for one more element and yields a pointer to it (not zeroed).
 */
#define array_push(items, n, cap)                                                \
	(*({                                                                     \
		if ((n) == (cap)) {                                              \
			(cap) = (cap) ? (cap)*2 : 8;                             \
			(items) = mem_realloc((items), (cap), sizeof(*(items))); \
		}                                                                \
		&(items)[(n)++];                                                 \
	}))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Clean-up attribute for heap pointers: free at the end of the scope. */
void mem_free_cleanup(void *pp);
#define CLEANUP_FREE __attribute__((cleanup(mem_free_cleanup)))
