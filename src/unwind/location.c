// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * DWARF expressions: see location.h. A stack machine with a limit on its steps; whatever it does
 * not know, or wants a register that is not known, ends it without a result.
 */
#include "unwind/location.h"

#include <dwarf.h>

#include "base/mem.h"

#define DEPTH 64
#define STEPS 4096

struct machine {
	const struct frame_view *f;
	uint64_t stack[DEPTH];
	size_t n;
	bool bad;
};

bool frame_read(const struct frame_view *f, uint64_t addr, void *to, size_t n)
{
	const struct image_stack *s = f->stack;

	if (s && addr >= s->addr && n <= s->n && addr - s->addr <= s->n - n) {
		memcpy(to, s->bytes + (addr - s->addr), n);
		return true;
	}
	return f->image->read(f->image->arg, addr, to, n);
}

static void push(struct machine *m, uint64_t v)
{
	if (m->n == DEPTH)
		m->bad = true;
	else
		m->stack[m->n++] = v;
}

static uint64_t pop(struct machine *m)
{
	if (!m->n) {
		m->bad = true;
		return 0;
	}
	return m->stack[--m->n];
}

static uint64_t reg(struct machine *m, uint64_t number)
{
	if (number >= IMAGE_REGS || !(m->f->regs.known >> number & 1)) {
		m->bad = true;
		return 0;
	}
	return m->f->regs.r[number];
}

static uint64_t deref(struct machine *m, uint64_t addr, uint64_t size)
{
	uint64_t v = 0;

	if (size > sizeof(v) || !frame_read(m->f, addr, &v, size))
		m->bad = true;
	return v;
}

static void frame_base(struct machine *m, uint64_t offset)
{
	struct frame_view inner = *m->f;
	struct location l;

	inner.base = NULL, inner.nbase = 0; /* one that refers to itself has no value */
	l = location_eval(&inner, m->f->base, m->f->nbase, NULL);
	if (l.kind == LOCATION_REGISTER)
		push(m, reg(m, l.value) + offset);
	else if (l.kind == LOCATION_ADDRESS || l.kind == LOCATION_VALUE)
		push(m, l.value + offset);
	else
		m->bad = true;
}

static void compare(struct machine *m, unsigned op)
{
	int64_t b = (int64_t)pop(m), a = (int64_t)pop(m);

	push(m, op == DW_OP_le   ? a <= b
		: op == DW_OP_ge ? a >= b
		: op == DW_OP_eq ? a == b
		: op == DW_OP_lt ? a < b
		: op == DW_OP_gt ? a > b
				 : a != b);
}

static void calculate(struct machine *m, unsigned op)
{
	uint64_t b = pop(m), a = pop(m);

	switch (op) {
	case DW_OP_and: push(m, a & b); break;
	case DW_OP_or: push(m, a | b); break;
	case DW_OP_xor: push(m, a ^ b); break;
	case DW_OP_plus: push(m, a + b); break;
	case DW_OP_minus: push(m, a - b); break;
	case DW_OP_mul: push(m, a * b); break;
	case DW_OP_shl: push(m, b < 64 ? a << b : 0); break;
	case DW_OP_shr: push(m, b < 64 ? a >> b : 0); break;
	case DW_OP_shra: push(m, (uint64_t)((int64_t)a >> (b < 64 ? b : 63))); break;
	case DW_OP_mod:
	case DW_OP_div:
		if (!b || (op == DW_OP_div && b == UINT64_MAX))
			m->bad = true;
		else
			push(m, op == DW_OP_mod ? a % b : (uint64_t)((int64_t)a / (int64_t)b));
		break;
	default: m->bad = true;
	}
}

static void shuffle(struct machine *m, unsigned op, uint64_t number)
{
	uint64_t depth = op == DW_OP_dup ? 0 : op == DW_OP_over ? 1 : number, a, b, c;

	switch (op) {
	case DW_OP_dup:
	case DW_OP_over:
	case DW_OP_pick:
		if (depth >= m->n)
			m->bad = true;
		else
			push(m, m->stack[m->n - 1 - depth]);
		break;
	case DW_OP_drop: pop(m); break;
	case DW_OP_swap:
		b = pop(m), a = pop(m);
		push(m, b), push(m, a);
		break;
	default: /* DW_OP_rot */
		c = pop(m), b = pop(m), a = pop(m);
		push(m, c), push(m, a), push(m, b);
	}
}

static void unary(struct machine *m, unsigned op)
{
	uint64_t a = pop(m);

	push(m, op == DW_OP_neg                   ? -a
		: op == DW_OP_not                 ? ~a
		: op == DW_OP_abs && a >> 63 != 0 ? -a
						  : a);
}

/* One operation that is neither a jump nor says what the result is. */
static void step(struct machine *m, const Dwarf_Op *o)
{
	unsigned op = o->atom;

	if (op >= DW_OP_lit0 && op <= DW_OP_lit31) {
		push(m, op - DW_OP_lit0);
		return;
	}
	if (op >= DW_OP_breg0 && op <= DW_OP_breg31) {
		push(m, reg(m, op - DW_OP_breg0) + o->number);
		return;
	}
	switch (op) {
	case DW_OP_addr: push(m, o->number + m->f->bias); break;
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts: push(m, o->number); break;
	case DW_OP_bregx: push(m, reg(m, o->number) + o->number2); break;
	case DW_OP_fbreg: frame_base(m, o->number); break;
	case DW_OP_call_frame_cfa:
		m->bad = m->bad || !m->f->cfa;
		push(m, m->f->cfa);
		break;
	case DW_OP_plus_uconst: push(m, pop(m) + o->number); break;
	case DW_OP_deref: push(m, deref(m, pop(m), 8)); break;
	case DW_OP_deref_size: push(m, deref(m, pop(m), o->number)); break;
	case DW_OP_le:
	case DW_OP_ge:
	case DW_OP_eq:
	case DW_OP_lt:
	case DW_OP_gt:
	case DW_OP_ne: compare(m, op); break;
	case DW_OP_dup:
	case DW_OP_over:
	case DW_OP_pick:
	case DW_OP_drop:
	case DW_OP_swap:
	case DW_OP_rot: shuffle(m, op, o->number); break;
	case DW_OP_neg:
	case DW_OP_not:
	case DW_OP_abs: unary(m, op); break;
	case DW_OP_nop: break;
	default: calculate(m, op);
	}
}

/* The operation that a jump leads to; nops if there is none at that offset. */
static size_t jump(const Dwarf_Op *ops, size_t nops, size_t at)
{
	uint64_t to = ops[at].offset + 3 + (uint64_t)(int64_t)(int16_t)ops[at].number;

	for (size_t i = 0; i < nops; i++)
		if (ops[i].offset == to)
			return i;
	return nops;
}

static struct location at_register(uint64_t number)
{
	return (struct location){.kind = LOCATION_REGISTER, .value = number};
}

struct location location_eval(const struct frame_view *f, const Dwarf_Op *ops, size_t nops,
			      const uint64_t *first)
{
	struct machine m = {.f = f};
	enum location_kind kind = LOCATION_ADDRESS;
	size_t steps = 0;

	if (first)
		push(&m, *first);
	for (size_t i = 0; i < nops && !m.bad; i++) {
		unsigned op = ops[i].atom;

		if (++steps > STEPS)
			return (struct location){0};
		if (op >= DW_OP_reg0 && op <= DW_OP_reg31 && nops == 1)
			return at_register(op - DW_OP_reg0);
		if (op == DW_OP_regx && nops == 1)
			return at_register(ops[i].number);
		if (op == DW_OP_stack_value) {
			kind = LOCATION_VALUE;
			break;
		}
		if (op == DW_OP_skip || (op == DW_OP_bra && pop(&m)))
			i = jump(ops, nops, i) - 1;
		else if (op != DW_OP_bra)
			step(&m, &ops[i]);
	}
	if (m.bad || !m.n)
		return (struct location){0};
	return (struct location){.kind = kind, .value = m.stack[m.n - 1]};
}
