// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Locks of CPython up to 3.13. threading.Lock and threading.RLock have a semaphore each, that the
 * object points to right behind its header; an RLock says who holds it, how often. The functions
 * between the interpreter and the semaphore keep the object on the native stack.
 */
#include "unwind/python-priv.h"

#define STACK_WORDS 512

/* Both begin so (Modules/_threadmodule.c). */
struct object {
	uint64_t references, type, semaphore, owner, count;
};

static bool in_heap(const struct image *im, const struct image_stack *stack, uint64_t addr)
{
	const struct image_map *m = image_find(im, addr);

	return addr % 8 == 0 && m && (m->prot & IMAGE_WRITE) &&
	       (stack->addr < m->start || stack->addr >= m->end);
}

static enum python_lock_kind kind_of(struct python_reader *r, const struct object *o)
{
	struct str name = python_type_name(r, o->type);

	if (str_eq(name, STR("_thread.RLock")))
		return PYTHON_RLOCK;
	return str_eq(name, STR("_thread.lock")) ? PYTHON_LOCK : PYTHON_NO_LOCK;
}

enum python_lock_kind python_find_lock(const struct image *im, const struct image_stack *stack,
				       uint64_t semaphore, uint64_t *owner)
{
	struct arena a;
	struct python_reader r = {.im = im, .arena = &a};
	enum python_lock_kind kind = PYTHON_NO_LOCK;
	size_t words = stack->n / 8 < STACK_WORDS ? stack->n / 8 : STACK_WORDS;

	*owner = 0;
	arena_init(&a);
	for (size_t i = 0; semaphore && i < words && kind == PYTHON_NO_LOCK; i++) {
		struct object o;
		uint64_t addr;

		memcpy(&addr, stack->bytes + i * 8, sizeof(addr));
		if (!in_heap(im, stack, addr) || !python_get(&r, addr, &o, sizeof(o)) ||
		    o.semaphore != semaphore)
			continue;
		kind = kind_of(&r, &o);
		if (kind == PYTHON_RLOCK && o.count)
			*owner = o.owner;
	}
	arena_release(&a);
	return kind;
}
