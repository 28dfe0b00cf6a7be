// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any memory: maps, registers and a stack are made of the bytes. Some maps are of this program's
 * own files, whose rules then work on stacks that no program made; others are pieces of the bytes
 * that claim to be files.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "state/proc.h"
#include "unwind/cxx.h"
#include "unwind/unwind.h"

#define FRAMES 30
#define STACK  UINT64_C(0x10000)
#define FAKE   UINT64_C(0x200000) /* the bytes as a file in memory */

struct bytes {
	const uint8_t *p;
	size_t n;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Our own memory in our own maps; the bytes at their places; nothing else. */
static bool read_memory(void *arg, uint64_t addr, void *to, size_t n)
{
	const struct bytes *b = arg;
	uint64_t from = addr >= FAKE && addr - FAKE < b->n ? FAKE : STACK;

	if (addr < from || addr - from > b->n || n > b->n - (addr - from))
		return false;
	memcpy(to, b->p + (addr - from), n);
	return true;
}

static int open_file(void *arg, const struct image_map *m)
{
	(void)arg;
	return m->inode ? open("/proc/self/exe", O_RDONLY | O_CLOEXEC) : -1;
}

/* This program's maps, as they are. */
static size_t own_maps(struct arena *a, struct image_map **maps)
{
	struct buf text = {0};
	struct image_map *all;
	size_t n, kept = 0;

	proc_read(getpid(), "maps", &text);
	n = proc_parse_maps(buf_str(&text), a, &all);
	*maps = arena_alloc(a, (n + 2) * sizeof(**maps));
	for (size_t i = 0; i < n; i++)
		if (all[i].inode && all[i].inode == all[0].inode)
			(*maps)[2 + kept++] = all[i];
	buf_release(&text);
	return kept;
}

static void set_registers(struct image_regs *regs, const struct bytes *b,
			  const struct image_map *code)
{
	regs->known = (UINT32_C(1) << IMAGE_REGS) - 1;
	for (size_t i = 0; i < IMAGE_REGS && (i + 1) * 8 <= b->n; i++)
		memcpy(&regs->r[i], b->p + 8 * i, 8);
	if (b->n && b->p[0] & 1)
		regs->known &= ~(UINT32_C(1) << IMAGE_RBP);
	regs->r[IMAGE_SP] = STACK + regs->r[IMAGE_SP] % (b->n + 64);
	if (b->n && b->p[0] & 2)
		regs->r[IMAGE_PC] = code->start + regs->r[IMAGE_PC] % (code->end - code->start);
}

static void unwind(const struct image *im, const struct bytes *b, const struct image_map *code)
{
	const struct unwind_opts o = {.lines = UNWIND_LINES_OWN, .max_frames = FRAMES};
	struct image_stack stack = {STACK, b->p, b->n};
	struct image_regs regs = {{0}, 0};
	struct stack_thread t = {0};
	struct cxx_exception e;
	struct unwind *u;
	struct arena a;
	struct err err;
	struct str text;

	if (unwind_new(&u, im, &o, &err) != 0)
		abort();
	arena_init(&a);
	set_registers(&regs, b, code);
	unwind_thread(u, &regs, &stack, &t);
	unwind_values(u, &stack, true, true, &t);
	if (!t.nframes)
		abort();
	unwind_describe(u, regs.r[IMAGE_PC], &a, &text);
	cxx_find_exception(im, &stack, &a, &e);
	arena_release(&a);
	unwind_free(u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct bytes b = {data, n};
	struct image_map *maps;
	struct arena a;
	struct image im = {.read = read_memory, .open = open_file, .arg = &b};
	size_t own;

	if (n > 65536)
		return 0;
	arena_init(&a);
	own = own_maps(&a, &maps);
	maps[0] = (struct image_map){.start = STACK,
				     .end = STACK + 65536,
				     .prot = IMAGE_READ | IMAGE_WRITE,
				     .path = STR("[stack]")};
	maps[1] = (struct image_map){.start = FAKE,
				     .end = FAKE + 65536,
				     .prot = IMAGE_READ | IMAGE_EXEC,
				     .path = STR("/fuzz/module")};
	im.maps = maps;
	im.nmaps = own + 2;
	unwind(&im, &b, &maps[own + 1 > 2 ? 3 : 1]);
	arena_release(&a);
	return 0;
}
