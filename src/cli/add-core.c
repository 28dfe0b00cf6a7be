// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a core dump says of itself, without its program: the signal and the name, from the notes
 * that the kernel writes (NT_PRSTATUS, NT_PRPSINFO; elf(5), linux/elfcore.h). Only 64-bit ones of
 * this machine's byte order are looked into.
 */
#include <elf.h>
#include <signal.h>

#include "cli/add.h"

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

struct core {
	int signal;
	struct str program;
};

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static void read_notes(struct core *c, struct str s)
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

static void read_segments(struct core *c, struct str data)
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

void add_core(struct add *a, uint32_t file)
{
	struct add_file *f = &a->files[file];
	struct grouping_symptom s = {.kind = GROUPING_EXCEPTION};
	struct core c = {0};
	const char *name;

	f->kind = "core";
	read_segments(&c, f->data);
	name = c.signal > 0 && c.signal < NSIG ? sigabbrev_np(c.signal) : NULL;
	add_variable(a, STR("core.program"), value_text(add_safe(a, c.program)));
	if (!name)
		return;
	s.type = str_of(arena_printf(&a->arena, "SIG%s", name));
	s.text = str_of(arena_printf(&a->arena, "core dump of " STR_FMT, STR_ARG(c.program)));
	add_variable(a, STR("core.signal"), value_text(s.type));
	add_symptom(a, &s, file, 0)->rank = 950;
}
