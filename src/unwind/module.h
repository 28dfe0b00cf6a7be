/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ELF files that are mapped in an image, each once, opened when first asked for: through
 * libdwfl, which finds separate debug files by build id and debug link, and the symbols of
 * .gnu_debugdata. What has no file that can be opened (the vdso, a file that is gone) is read from
 * the memory itself. A file whose build id is not that of the mapped one is not used.
 */
#pragma once

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "unwind/debugfile.h"
#include "unwind/image.h"

struct symbol {
	uint64_t start, size; /* an address in the image; size 0: unknown */
	const char *name;     /* as long as the module */
	bool global;
	bool data; /* no code */
};

struct symbol_key {
	uint32_t start; /* from the module's */
	uint32_t at;    /* of the table */
};

/* A symbol table as it lies in an ELF file. */
struct symbols {
	const GElf_Sym *table; /* NULL until asked for */
	size_t n;
	const char *names; /* end with NUL */
	size_t names_size;
	uint64_t bias;            /* address in the image - value */
	Elf *elf;                 /* a file apart that it is of; NULL: none */
	void *own[2];             /* table and names, if they are no file's */
	struct symbol_key *order; /* by address; NULL until one was looked for */
	size_t norder;
	void *order_memory;
	bool read; /* was tried */
};

struct module {
	uint64_t start, end; /* of all its maps */
	const struct image_map *first;
	struct str path;
	bool own;              /* of the program: not under a system's folders of libraries */
	bool opened;           /* was tried */
	bool no_elf;           /* there is a file, of another kind */
	bool missing;          /* there is no file of it: it was read from memory */
	Dwfl_Module *dwfl;     /* NULL: cannot be read */
	uint64_t bias;         /* address in the image - address in the file */
	Dwarf_CFI *eh, *debug; /* NULL: none */
	uint64_t eh_bias, debug_bias;
	bool has_debug_cfi; /* debug was looked for */
	struct symbols symbols;
	Dwarf *dwarf; /* NULL: no lines */
	uint64_t dwarf_bias;
	bool has_dwarf;
	struct unit_range *units; /* by address: which unit a pc belongs to */
	size_t nunits;
	bool has_units;
};

struct modules {
	const struct image *image;
	struct module *items; /* in rising order */
	size_t n;
	Dwfl *dwfl;
	struct debugfiles *debug;
	struct arena arena;
	struct str *notes;
	size_t nnotes, capnotes;
};

/* online: see debugfile.h. -ERR_SYSTEM: libdw cannot be used; nothing need be released but by
 * modules_release(). */
int modules_init(struct modules *ms, const struct image *im, bool online,
		 struct err *err) ERR_CHECK;
void modules_release(struct modules *ms);

/* The module that holds addr; NULL: none. It is opened if need be. */
struct module *modules_find(struct modules *ms, uint64_t addr);
/* Open one; false if it cannot be read, which a note says. */
bool module_open(struct modules *ms, struct module *m);

/* The symbol that holds addr, or the last one without size before it; false: none. */
bool module_symbol(struct module *m, uint64_t addr, struct symbol *out);
/* The address of a name; 0: none. */
uint64_t module_address(struct module *m, const char *name);
/* The address of a section; 0: none. */
uint64_t module_section(struct module *m, const char *name);

void symbols_release(struct symbols *s);

void modules_note(struct modules *ms, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
