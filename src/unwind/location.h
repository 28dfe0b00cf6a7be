/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DWARF expressions (DWARF 5, section 2.5) over the registers and memory of one frame. */
#pragma once

#include <elfutils/libdw.h>

#include "unwind/image.h"

/* A frame as expressions see it. */
struct frame_view {
	const struct image *image;
	const struct image_stack *stack; /* may be NULL */
	struct image_regs regs;
	uint64_t cfa;         /* 0: not known yet */
	uint64_t bias;        /* of the module: added to DW_OP_addr */
	const Dwarf_Op *base; /* of the function: DW_AT_frame_base; NULL: none */
	size_t nbase;
};

enum location_kind {
	LOCATION_NONE, /* nowhere, or not understood */
	LOCATION_ADDRESS,
	LOCATION_REGISTER, /* value: its number */
	LOCATION_VALUE,    /* value: itself */
	LOCATION_IMPLICIT, /* bytes: itself */
};

struct location {
	enum location_kind kind;
	uint64_t value;
	const unsigned char *bytes;
	size_t nbytes;
};

/* n bytes of the frame's memory. */
bool frame_read(const struct frame_view *f, uint64_t addr, void *to, size_t n);

/* first: pushed before the first operation, if not NULL. */
struct location location_eval(const struct frame_view *f, const Dwarf_Op *ops, size_t nops,
			      const uint64_t *first);
