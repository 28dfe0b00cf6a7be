// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a core dump says: as `inquest core` reads it, with the stack of the thread that died. A core
 * of another machine, or a build without its readers, gives the signal and the name, from the notes
 * that the kernel writes (NT_PRSTATUS, NT_PRPSINFO; elf(5), linux/elfcore.h), of 64-bit ones of
 * this machine's byte order.
 */
#include <elf.h>
#include <fcntl.h>
#include <signal.h>

#include "cli/add.h"
#include "config.h"
#if HAVE_STACKS
#include "state/look.h"
#endif

#define MAX_NOTES ((size_t)16 << 20)
#define NAME_AT   40 /* of pr_fname in struct elf_prpsinfo, 64-bit */
#define NAME_SIZE 16

bool add_is_core(struct str data)
{
	Elf64_Ehdr h;

	if (data.n < sizeof(h))
		return false;
	memcpy(&h, data.p, sizeof(h));
	return memcmp(h.e_ident, ELFMAG, SELFMAG) == 0 && h.e_type == ET_CORE;
}

struct core_notes {
	int signal;
	struct str program;
};

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static void read_notes(struct core_notes *c, struct str s)
{
	Elf64_Nhdr h;

	while (s.n >= sizeof(h)) {
		size_t desc, next;

		memcpy(&h, s.p, sizeof(h));
		desc = sizeof(h) + padded(h.n_namesz);
		next = desc + padded(h.n_descsz);
		if (next > s.n)
			return;
		if (h.n_type == NT_PRSTATUS && h.n_descsz >= 4 && !c->signal)
			memcpy(&c->signal, s.p + desc, sizeof(c->signal));
		if (h.n_type == NT_PRPSINFO && h.n_descsz >= NAME_AT + NAME_SIZE) {
			c->program = (struct str){s.p + desc + NAME_AT, NAME_SIZE};
			c->program.n = str_find_char(c->program, '\0');
		}
		s = str_from(s, next);
	}
}

static void read_segments(struct core_notes *c, struct str data)
{
	Elf64_Ehdr h;
	Elf64_Phdr p;

	memcpy(&h, data.p, sizeof(h));
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_phentsize != sizeof(p))
		return;
	for (size_t i = 0; i < h.e_phnum; i++) {
		uint64_t at;

		if (__builtin_add_overflow(h.e_phoff, i * sizeof(p), &at) || at > data.n ||
		    data.n - at < sizeof(p))
			return;
		memcpy(&p, data.p + at, sizeof(p));
		if (p.p_type == PT_NOTE && p.p_offset <= data.n &&
		    p.p_filesz <= data.n - p.p_offset && p.p_filesz <= MAX_NOTES)
			read_notes(c, (struct str){data.p + p.p_offset, p.p_filesz});
	}
}

#if HAVE_STACKS
static bool add_threads(struct add *a, uint32_t file)
{
	struct look_opts o = {.unwind = {.lines = UNWIND_LINES_OWN}};
	struct add_file *f = &a->files[file];
	int fd = f->path ? open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	struct stack_death d;
	struct look look;
	struct err err;

	if (fd < 0 || look_core(&look, fd, &o, &d, &err))
		return false;
	add_stacks_of(a, &look.stacks, file);
	look_release(&look);
	return true;
}
#else
static bool add_threads(struct add *a, uint32_t file)
{
	(void)a, (void)file;
	return false;
}
#endif

void add_core(struct add *a, uint32_t file)
{
	struct add_file *f = &a->files[file];
	struct grouping_symptom s = {.kind = GROUPING_EXCEPTION};
	struct core_notes c = {0};
	const char *name;

	f->kind = "core";
	read_segments(&c, f->data);
	name = c.signal > 0 && c.signal < NSIG ? sigabbrev_np(c.signal) : NULL;
	add_variable(a, STR("core.program"), value_text(add_safe(a, c.program)));
	if (add_threads(a, file) || !name)
		return;
	s.type = str_of(arena_printf(&a->arena, "SIG%s", name));
	s.text = str_of(arena_printf(&a->arena, "core dump of " STR_FMT, STR_ARG(c.program)));
	add_variable(a, STR("core.signal"), value_text(s.type));
	add_symptom(a, &s, file, 0)->rank = 950;
}
