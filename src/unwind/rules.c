// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Rules of call frame information: see rules.h. libdw finds and interprets the tables; what it
 * gives as expressions is turned into a register and an offset wherever that is all it says.
 */
#include "unwind/rules.h"

#include <dwarf.h>
#include <stdlib.h>

#define CACHE_MOST ((size_t)1 << 20)

static size_t slot_of(const struct rules_cache *c, uint64_t pc)
{
	size_t i = (size_t)(pc * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (c->cap - 1);

	while (c->items[i].used && c->items[i].pc != pc)
		i = (i + 1) & (c->cap - 1);
	return i;
}

static void make_room(struct rules_cache *c)
{
	struct rules_cache old = *c;

	if (c->n * 2 < c->cap)
		return;
	if (c->cap >= CACHE_MOST) { /* no program has that many: start anew */
		memset(c->items, 0, c->cap * sizeof(*c->items));
		c->n = 0;
		return;
	}
	c->cap = old.cap ? old.cap * 2 : 256;
	c->items = mem_zalloc(c->cap * sizeof(*c->items));
	for (size_t i = 0; i < old.cap; i++)
		if (old.items[i].used)
			c->items[slot_of(c, old.items[i].pc)] = old.items[i];
	free(old.items);
}

static void read_cfa(struct rules *r, Dwarf_Frame *frame)
{
	Dwarf_Op *ops;
	size_t n;

	if (dwarf_frame_cfa(frame, &ops, &n) != 0 || n == 0) {
		r->found = false;
		return;
	}
	r->cfa = ops;
	r->ncfa = n;
	if (n != 1)
		return;
	if (ops[0].atom == DW_OP_bregx) {
		r->plain_cfa = true;
		r->cfa_reg = (uint32_t)ops[0].number;
		r->cfa_offset = (int64_t)ops[0].number2;
	} else if (ops[0].atom >= DW_OP_breg0 && ops[0].atom <= DW_OP_breg31) {
		r->plain_cfa = true;
		r->cfa_reg = ops[0].atom - DW_OP_breg0;
		r->cfa_offset = (int64_t)ops[0].number;
	}
}

static struct rule read_rule(struct arena *a, Dwarf_Frame *frame, int reg)
{
	Dwarf_Op mem[3], *ops;
	size_t n;

	if (dwarf_frame_register(frame, reg, mem, &ops, &n) != 0)
		return (struct rule){.kind = RULE_UNDEFINED};
	if (n == 0)
		return (struct rule){.kind = ops == mem ? RULE_UNDEFINED : RULE_SAME};
	if (ops == mem) {
		int64_t offset =
			n > 1 && ops[1].atom == DW_OP_plus_uconst ? (int64_t)ops[1].number : 0;

		if (ops[0].atom == DW_OP_call_frame_cfa &&
		    (n == 1 || (n == 2 && ops[1].atom == DW_OP_plus_uconst)))
			return (struct rule){.kind = RULE_AT_CFA, .offset = offset};
		/* A register kept in another, or a value: seldom, and copied as mem is ours. */
		ops = arena_alloc(a, n * sizeof(*ops));
		memcpy(ops, mem, n * sizeof(*ops));
	}
	return (struct rule){.kind = RULE_EXPRESSION, .ops = ops, .nops = n};
}

static bool read_rules(struct rules_cache *c, struct rules *r, Dwarf_CFI *cfi, uint64_t pc)
{
	/* By the ABI these belong to the caller; others are lost in a call. */
	static const int kept[] = {3, IMAGE_RBP, IMAGE_SP, 12, 13, 14, 15, IMAGE_PC};
	Dwarf_Frame *frame;
	Dwarf_Addr start, end;

	if (!cfi || dwarf_cfi_addrframe(cfi, pc, &frame) != 0)
		return false;
	r->found = true;
	dwarf_frame_info(frame, &start, &end, &r->signal);
	read_cfa(r, frame);
	for (int i = 0; i < IMAGE_REGS; i++)
		r->regs[i] = (struct rule){.kind = RULE_UNDEFINED};
	if (r->signal)
		for (int i = 0; i < IMAGE_REGS; i++)
			r->regs[i] = read_rule(&c->arena, frame, i);
	else
		for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
			r->regs[kept[i]] = read_rule(&c->arena, frame, kept[i]);
	array_push(c->frames, c->nframes, c->capframes) = frame;
	return r->found;
}

const struct rules *rules_find(struct rules_cache *c, struct modules *ms, uint64_t pc)
{
	struct rules *r;
	struct module *m;

	make_room(c);
	r = &c->items[slot_of(c, pc)];
	if (r->used)
		return r->found ? r : NULL;
	c->n++;
	*r = (struct rules){.pc = pc, .used = true};
	m = modules_find(ms, pc);
	if (!m || !module_open(ms, m))
		return NULL;
	if (read_rules(c, r, m->eh, pc - m->eh_bias))
		return r;
	if (!m->has_debug_cfi) {
		m->has_debug_cfi = true;
		m->debug = dwfl_module_dwarf_cfi(m->dwfl, &m->debug_bias);
	}
	return read_rules(c, r, m->debug, pc - m->debug_bias) ? r : NULL;
}

void rules_release(struct rules_cache *c)
{
	for (size_t i = 0; i < c->nframes; i++)
		free(c->frames[i]);
	free(c->frames);
	free(c->items);
	arena_release(&c->arena);
	*c = (struct rules_cache){0};
}
