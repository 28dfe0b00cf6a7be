// SPDX-License-Identifier: GPL-3.0-or-later
/* Allocation that never fails, and arenas: see mem.h. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK ((size_t)64 << 10)

struct arena_block {
	struct arena_block *next;
	size_t size; /* keeps what follows aligned to 16 */
};

static void *out_of_memory(void)
{
	fputs("inquest: out of memory\n", stderr);
	abort();
}

void *mem_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	return p ? p : out_of_memory();
}

void *mem_zalloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	return p ? p : out_of_memory();
}

void *mem_realloc(void *p, size_t n, size_t elem_size)
{
	size_t size;

	if (__builtin_mul_overflow(n, elem_size, &size))
		return out_of_memory();
	p = realloc(p, size ? size : 1);
	return p ? p : out_of_memory();
}

char *mem_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(mem_alloc(n), s, n);
}

void mem_free_cleanup(void *pp)
{
	free(*(void **)pp);
}

void arena_init(struct arena *a)
{
	*a = (struct arena){0};
}

void arena_release(struct arena *a)
{
	struct arena_block *b = a->blocks;

	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
	*a = (struct arena){0};
}

static void arena_grow(struct arena *a, size_t size)
{
	size_t want = size > ARENA_BLOCK / 4 ? size : ARENA_BLOCK;
	struct arena_block *b = mem_alloc(sizeof(*b) + want);

	b->size = want;
	if (want != ARENA_BLOCK && a->blocks) {
		/* A large piece gets a block of its own; the current block stays in use. */
		b->next = a->blocks->next;
		a->blocks->next = b;
		a->at = (char *)(b + 1);
		a->end = a->at + want;
		return;
	}
	b->next = a->blocks;
	a->blocks = b;
	a->at = (char *)(b + 1);
	a->end = a->at + want;
}

char *arena_bytes(struct arena *a, size_t size)
{
	char *p;

	if ((size_t)(a->end - a->at) < size || !a->at) {
		char *at = a->at, *end = a->end;

		arena_grow(a, size);
		p = a->at;
		a->at += size;
		if (size > ARENA_BLOCK / 4 && at) { /* go on filling the block before */
			a->at = at;
			a->end = end;
		}
	} else {
		p = a->at;
		a->at += size;
	}
	a->total += size;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	uintptr_t pad = -(uintptr_t)a->at & 15;

	if ((size_t)(a->end - a->at) < pad)
		a->at = a->end; /* the next block begins aligned */
	else if (pad)
		a->at += pad;
	return arena_bytes(a, size ? (size + 15) & ~(size_t)15 : 16);
}

void *arena_zalloc(struct arena *a, size_t size)
{
	void *p = arena_alloc(a, size);

	if (size)
		memset(p, 0, size);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return (struct str){p, s.n};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_bytes(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
