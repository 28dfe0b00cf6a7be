/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the registers of a caller are found from those of a frame: the row of the call frame
 * information for a pc, decoded once and kept by address.
 */
#pragma once

#include "unwind/location.h"
#include "unwind/module.h"

enum rule_kind { RULE_UNDEFINED, RULE_SAME, RULE_AT_CFA, RULE_EXPRESSION };

struct rule {
	enum rule_kind kind;
	int64_t offset; /* AT_CFA: saved at the CFA plus this */
	const Dwarf_Op *ops;
	size_t nops;
};

struct rules {
	uint64_t pc; /* the key */
	bool used, found;
	bool signal;    /* the frame of a signal's trampoline */
	bool plain_cfa; /* cfa = register + offset */
	uint32_t cfa_reg;
	int64_t cfa_offset;
	const Dwarf_Op *cfa;
	size_t ncfa;
	struct rule regs[IMAGE_REGS];
};

struct rules_cache {
	struct rules *items;
	size_t n, cap; /* cap: a power of two, or 0 */
	struct arena arena;
	Dwarf_Frame **frames; /* own the expressions */
	size_t nframes, capframes;
};

/* The rules at pc (of a caller: of the call before it); NULL if nothing is known. Valid until the
 * next call. */
const struct rules *rules_find(struct rules_cache *c, struct modules *ms, uint64_t pc);
void rules_release(struct rules_cache *c);
