// SPDX-License-Identifier: GPL-3.0-or-later
/* ELF files: see elf.h. Every offset is checked against what there is. */
#include "exec/elf.h"

#include <elf.h>
#include <link.h>

#include "base/mem.h"

#define MAX_SEGMENTS 256

/* The part of data, as far as it is there. */
static struct str part(struct str data, uint64_t at, uint64_t n)
{
	if (at > data.n)
		return STR("");
	return str_head(str_from(data, at), n);
}

static uint64_t padded(uint64_t n)
{
	return (n + 3) & ~UINT64_C(3);
}

static void read_notes(struct str notes, struct elf_info *e)
{
	ElfW(Nhdr) h;

	while (notes.n >= sizeof(h)) {
		struct str name, desc;

		memcpy(&h, notes.p, sizeof(h));
		name = part(notes, sizeof(h), h.n_namesz);
		desc = part(notes, sizeof(h) + padded(h.n_namesz), h.n_descsz);
		if (h.n_type == NT_GNU_BUILD_ID && str_eq(name, (struct str){"GNU", 4}) &&
		    desc.n == h.n_descsz && desc.n <= 64)
			e->build_id = desc;
		notes = str_from(notes, sizeof(h) + padded(h.n_namesz) + padded(h.n_descsz));
	}
}

bool elf_read(struct str data, struct elf_info *e)
{
	const unsigned char class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
	const unsigned char order =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	struct elf_info info = {0};
	ElfW(Ehdr) h;

	if (data.n < sizeof(h) || memcmp(data.p, ELFMAG, SELFMAG) != 0)
		return false;
	memcpy(&h, data.p, sizeof(h));
	if (h.e_ident[EI_CLASS] != class || h.e_ident[EI_DATA] != order ||
	    h.e_phentsize != sizeof(ElfW(Phdr)))
		return false;
	for (uint64_t i = 0; i < h.e_phnum && i < MAX_SEGMENTS; i++) {
		struct str at = part(data, h.e_phoff, UINT64_MAX), content;
		ElfW(Phdr) p;

		at = part(at, i * sizeof(p), sizeof(p));
		if (at.n < sizeof(p))
			break;
		memcpy(&p, at.p, sizeof(p));
		content = part(data, p.p_offset, p.p_filesz);
		if (p.p_type == PT_INTERP)
			info.interpreter = str_head(content, str_find_char(content, 0));
		else if (p.p_type == PT_NOTE)
			read_notes(content, &info);
	}
	*e = info;
	return true;
}
