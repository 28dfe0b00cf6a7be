/* SPDX-License-Identifier: GPL-3.0-or-later */
/* As much of ELF files (elf(5)) as tells which build one is and what loads it. */
#pragma once

#include "base/str.h"

struct elf_info {
	struct str interpreter; /* PT_INTERP: the dynamic loader; empty: static, or a library */
	struct str build_id;    /* of the GNU note, bytes; empty: none */
};

/* False if the bytes are no ELF file of this machine's word size and byte order. Slices point
 * into data, of which the first pages are enough for most files. */
bool elf_read(struct str data, struct elf_info *e);
