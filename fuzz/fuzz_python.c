// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Bytes as the memory of a CPython: the first chooses the version, the second a piece of native
 * stack, the rest lies at one address, with _PyRuntime first. What is found adds up and is text.
 */
#include <stdlib.h>

#include "text/utf8.h"
#include "unwind/python-layout.h"
#include "unwind/python.h"

#define BASE UINT64_C(0x10000)

struct memory {
	const uint8_t *bytes;
	size_t n;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool read_memory(void *arg, uint64_t addr, void *to, size_t n)
{
	const struct memory *m = arg;

	if (addr < BASE || addr - BASE > m->n || m->n - (addr - BASE) < n)
		return false;
	if (n)
		memcpy(to, m->bytes + (addr - BASE), n);
	return true;
}

static void check_thread(const struct python_thread *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nruns; i++)
		n += t->runs[i];
	if (n != t->nframes || !t->exact || t->tid < 0)
		abort();
	for (size_t i = 0; i < t->nframes; i++)
		if (t->frames[i].language != FRAME_PYTHON || !utf8_valid(t->frames[i].function) ||
		    !utf8_valid(t->frames[i].file))
			abort();
}

/* Into a native stack of a loop in every other frame; the middle may be missing. */
static void merge(const struct python_thread *pt, size_t gap, struct arena *a)
{
	struct frame frames[20] = {0};
	struct stack_thread t = {
		.frames = frames, .nframes = 20, .complete = gap & 32, .exact = true};

	for (size_t i = 0; i < 20; i++)
		frames[i].function = i & 1 ? STR("_PyEval_EvalFrameDefault") : STR("call");
	if (gap & 64) {
		t.skipped = 1;
		t.skipped_at = gap % 20;
	}
	python_merge(&t, pt, 100, a);
	if (t.nframes > 100 || t.skipped_at > t.nframes)
		abort();
}

static void look(const struct image *im, const struct python_where *w, struct image_stack stack,
		 size_t gap, struct arena *a)
{
	struct python_exception e;
	struct python p;
	uint64_t owner;

	python_find_lock(im, &stack, BASE + gap * 8, &owner);
	if (!python_read(im, w, a, &p))
		return;
	for (size_t i = 0; i < p.ngils; i++)
		if (p.gils[i].holder > p.nthreads)
			abort();
	for (size_t i = 0; i < p.nthreads && i < 20; i++) {
		python_read_again(im, a, &p, i);
		check_thread(&p.threads[i]);
		merge(&p.threads[i], gap, a);
		if (python_find_exception(im, w, &p.threads[i], a, &e) && !e.type.n)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct memory m;
	struct image_map map = {
		.start = BASE, .end = BASE + n, .prot = IMAGE_READ | IMAGE_WRITE, .path = STR("")};
	struct image im = {.maps = &map, .nmaps = 1, .read = read_memory, .arg = &m};
	struct python_where w = {.runtime = BASE};
	struct arena a;

	if (n < 2)
		return 0;
	m = (struct memory){data + 2, n - 2};
	w.minor = PYTHON_OLDEST + data[0] % (PYTHON_NEWEST - PYTHON_OLDEST + 1);
	arena_init(&a);
	look(&im, &w, (struct image_stack){.addr = 8, .bytes = m.bytes, .n = m.n}, data[1], &a);
	arena_release(&a);
	return 0;
}
