/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Separate files of debug information: by build id and debug link where distributions and gdb put
 * them, on this machine and in the root of the program that is looked at; from debuginfod servers
 * only if that was asked for. libdwfl's own search asks those servers whenever the environment
 * names some, so that it is not used.
 *
 * Source: gdb's manual, "Debugging Information in Separate Files"; dwz(1).
 */
#pragma once

#include <elfutils/libdwfl.h>

#include "base/err.h"
#include "base/mem.h"

#define BUILD_ID_MOST 64

struct build_id {
	unsigned char bytes[BUILD_ID_MOST];
	size_t n; /* 0: there is none */
};

/* In an ELF file, by its notes. */
struct build_id build_id_of(Elf *elf);
bool build_id_same(const struct build_id *a, const struct build_id *b);

struct debugfiles;

/* root: a second place to look in, or NULL; it must outlive what is made. online: servers are asked
 * too (DEBUGINFOD_URLS). -ERR_SYSTEM: that needs a library which is not there. */
int debugfiles_new(struct debugfiles **d, const char *root, bool online, struct err *err) ERR_CHECK;
void debugfiles_free(struct debugfiles *d);

/* libdwfl's callback; a module's user data must be a struct debugfiles. */
int debugfiles_find(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
		    const char *file, const char *link, GElf_Word crc, char **path);

/* A program or library of that build: from a server. A descriptor, or -1. */
int debugfiles_executable(struct debugfiles *d, const struct build_id *id);

/* How often no server could be asked, which is not the same as a file that none has. */
size_t debugfiles_unanswered(const struct debugfiles *d);
