// SPDX-License-Identifier: GPL-3.0-or-later
/* DWARF expressions over a frame whose registers and memory are known. */
#include "unit.h"

#include <dwarf.h>

#include "unwind/location.h"

#define MEMORY 0x1000
#define STACK  0x2000
#define CFA    0x2040
#define BIAS   0x400000

static const uint64_t memory[] = {0x1122334455667788, 0x1010, 7, 0};

static bool read_memory(void *arg, uint64_t addr, void *to, size_t n)
{
	if (addr < MEMORY || n > sizeof(memory) || addr - MEMORY > sizeof(memory) - n)
		return false;
	memcpy(to, (const char *)memory + (addr - MEMORY), n);
	return true;
}

#define OP(...) \
	(const Dwarf_Op[]){__VA_ARGS__}, sizeof((const Dwarf_Op[]){__VA_ARGS__}) / sizeof(Dwarf_Op)
#define LIT(n)                           \
	{                                \
		.atom = DW_OP_lit0 + (n) \
	}
#define MINUS(n)                                                          \
	{                                                                 \
		.atom = DW_OP_consts, .number = (uint64_t) - (int64_t)(n) \
	}

static const struct test_case {
	const char *what;
	const Dwarf_Op *ops;
	size_t n;
	enum location_kind kind;
	uint64_t value;
} cases[] = {
	{"nothing", NULL, 0, LOCATION_NONE, 0},
	{"address", OP({.atom = DW_OP_addr, .number = 0x10}), LOCATION_ADDRESS, BIAS + 0x10},
	{"register", OP({.atom = DW_OP_reg3}), LOCATION_REGISTER, 3},
	{"register by number", OP({.atom = DW_OP_regx, .number = 40}), LOCATION_REGISTER, 40},
	{"relative", OP({.atom = DW_OP_breg7, .number = (uint64_t)-8}), LOCATION_ADDRESS,
	 STACK - 8},
	{"relative by number", OP({.atom = DW_OP_bregx, .number = 7, .number2 = 16}),
	 LOCATION_ADDRESS, STACK + 16},
	{"of an unknown register", OP({.atom = DW_OP_breg3}), LOCATION_NONE, 0},
	{"of none that exists", OP({.atom = DW_OP_bregx, .number = 1u << 31}), LOCATION_NONE, 0},
	{"of one beyond", OP({.atom = DW_OP_breg31}), LOCATION_NONE, 0},
	{"frame base", OP({.atom = DW_OP_fbreg, .number = (uint64_t)-16}), LOCATION_ADDRESS,
	 CFA - 16},
	{"call frame", OP({.atom = DW_OP_call_frame_cfa}), LOCATION_ADDRESS, CFA},
	{"memory", OP({.atom = DW_OP_const2u, .number = MEMORY + 8}, {.atom = DW_OP_deref}),
	 LOCATION_ADDRESS, 0x1010},
	{"memory of the stack", OP({.atom = DW_OP_breg7}, {.atom = DW_OP_deref}), LOCATION_ADDRESS,
	 0xdead},
	{"a byte",
	 OP({.atom = DW_OP_constu, .number = MEMORY}, {.atom = DW_OP_deref_size, .number = 1},
	    {.atom = DW_OP_stack_value}),
	 LOCATION_VALUE, 0x88},
	{"bytes of an odd number", OP(LIT(0), {.atom = DW_OP_deref_size, .number = 9}),
	 LOCATION_NONE, 0},
	{"no memory", OP(LIT(0), {.atom = DW_OP_deref}), LOCATION_NONE, 0},
	{"value", OP(LIT(31), {.atom = DW_OP_stack_value}), LOCATION_VALUE, 31},
	{"sum", OP(LIT(3), LIT(4), {.atom = DW_OP_plus}), LOCATION_ADDRESS, 7},
	{"difference", OP(LIT(3), LIT(4), {.atom = DW_OP_minus}), LOCATION_ADDRESS, UINT64_MAX},
	{"product", OP(LIT(3), LIT(4), {.atom = DW_OP_mul}), LOCATION_ADDRESS, 12},
	{"signed quotient", OP(MINUS(7), LIT(2), {.atom = DW_OP_div}), LOCATION_ADDRESS,
	 (uint64_t)-3},
	{"by zero", OP(LIT(7), LIT(0), {.atom = DW_OP_div}), LOCATION_NONE, 0},
	{"rest by zero", OP(LIT(7), LIT(0), {.atom = DW_OP_mod}), LOCATION_NONE, 0},
	{"the least by minus one",
	 OP({.atom = DW_OP_constu, .number = UINT64_C(1) << 63}, MINUS(1), {.atom = DW_OP_div}),
	 LOCATION_NONE, 0},
	{"rest", OP(LIT(7), LIT(4), {.atom = DW_OP_mod}), LOCATION_ADDRESS, 3},
	{"and", OP(LIT(6), LIT(3), {.atom = DW_OP_and}), LOCATION_ADDRESS, 2},
	{"or", OP(LIT(6), LIT(3), {.atom = DW_OP_or}), LOCATION_ADDRESS, 7},
	{"xor", OP(LIT(6), LIT(3), {.atom = DW_OP_xor}), LOCATION_ADDRESS, 5},
	{"shift", OP(LIT(1), LIT(4), {.atom = DW_OP_shl}), LOCATION_ADDRESS, 16},
	{"shift too far", OP(LIT(1), {.atom = DW_OP_const1u, .number = 64}, {.atom = DW_OP_shl}),
	 LOCATION_ADDRESS, 0},
	{"shift back", OP(MINUS(16), {.atom = DW_OP_const1u, .number = 60}, {.atom = DW_OP_shr}),
	 LOCATION_ADDRESS, 15},
	{"with its sign", OP(MINUS(16), LIT(2), {.atom = DW_OP_shra}), LOCATION_ADDRESS,
	 (uint64_t)-4},
	{"with its sign, too far",
	 OP(MINUS(16), {.atom = DW_OP_constu, .number = 1000}, {.atom = DW_OP_shra}),
	 LOCATION_ADDRESS, UINT64_MAX},
	{"negative", OP(LIT(5), {.atom = DW_OP_neg}), LOCATION_ADDRESS, (uint64_t)-5},
	{"without its sign", OP(MINUS(5), {.atom = DW_OP_abs}), LOCATION_ADDRESS, 5},
	{"not", OP(LIT(0), {.atom = DW_OP_not}), LOCATION_ADDRESS, UINT64_MAX},
	{"constant added", OP(LIT(5), {.atom = DW_OP_plus_uconst, .number = 100}), LOCATION_ADDRESS,
	 105},
	{"less, signed", OP(MINUS(1), LIT(1), {.atom = DW_OP_lt}), LOCATION_ADDRESS, 1},
	{"greater", OP(MINUS(1), LIT(1), {.atom = DW_OP_gt}), LOCATION_ADDRESS, 0},
	{"equal", OP(LIT(1), LIT(1), {.atom = DW_OP_eq}), LOCATION_ADDRESS, 1},
	{"unequal", OP(LIT(1), LIT(1), {.atom = DW_OP_ne}), LOCATION_ADDRESS, 0},
	{"at least", OP(LIT(1), LIT(1), {.atom = DW_OP_ge}), LOCATION_ADDRESS, 1},
	{"at most", OP(LIT(2), LIT(1), {.atom = DW_OP_le}), LOCATION_ADDRESS, 0},
	{"again", OP(LIT(2), {.atom = DW_OP_dup}, {.atom = DW_OP_mul}), LOCATION_ADDRESS, 4},
	{"the one below", OP(LIT(9), LIT(2), {.atom = DW_OP_over}), LOCATION_ADDRESS, 9},
	{"one further below", OP(LIT(9), LIT(2), LIT(1), {.atom = DW_OP_pick, .number = 2}),
	 LOCATION_ADDRESS, 9},
	{"one that is not there", OP(LIT(9), {.atom = DW_OP_pick, .number = 1}), LOCATION_NONE, 0},
	{"away", OP(LIT(9), LIT(2), {.atom = DW_OP_drop}), LOCATION_ADDRESS, 9},
	{"swapped", OP(LIT(9), LIT(2), {.atom = DW_OP_swap}, {.atom = DW_OP_minus}),
	 LOCATION_ADDRESS, (uint64_t)-7},
	{"turned", OP(LIT(1), LIT(2), LIT(3), {.atom = DW_OP_rot}), LOCATION_ADDRESS, 2},
	{"of an empty stack", OP({.atom = DW_OP_plus}), LOCATION_NONE, 0},
	{"of one too few", OP(LIT(1), {.atom = DW_OP_rot}), LOCATION_NONE, 0},
	{"all taken away", OP(LIT(1), {.atom = DW_OP_drop}), LOCATION_NONE, 0},
	{"unknown", OP(LIT(1), LIT(1), {.atom = 0xff}), LOCATION_NONE, 0},
	{"a jump ahead",
	 OP({.atom = DW_OP_lit1, .offset = 0}, {.atom = DW_OP_skip, .number = 1, .offset = 1},
	    {.atom = DW_OP_lit2, .offset = 4}, {.atom = DW_OP_nop, .offset = 5}),
	 LOCATION_ADDRESS, 1},
	{"a branch taken",
	 OP({.atom = DW_OP_lit7, .offset = 0}, {.atom = DW_OP_lit1, .offset = 1},
	    {.atom = DW_OP_bra, .number = 1, .offset = 2}, {.atom = DW_OP_lit9, .offset = 5},
	    {.atom = DW_OP_nop, .offset = 6}),
	 LOCATION_ADDRESS, 7},
	{"a branch not taken",
	 OP({.atom = DW_OP_lit7, .offset = 0}, {.atom = DW_OP_lit0, .offset = 1},
	    {.atom = DW_OP_bra, .number = 1, .offset = 2}, {.atom = DW_OP_lit9, .offset = 5},
	    {.atom = DW_OP_nop, .offset = 6}),
	 LOCATION_ADDRESS, 9},
	{"a jump for ever",
	 OP({.atom = DW_OP_lit1, .offset = 0},
	    {.atom = DW_OP_skip, .number = (uint64_t)-3, .offset = 1}),
	 LOCATION_NONE, 0},
	{"a jump out of it",
	 OP({.atom = DW_OP_lit1, .offset = 0}, {.atom = DW_OP_skip, .number = 9, .offset = 1},
	    {.atom = DW_OP_lit2, .offset = 4}),
	 LOCATION_ADDRESS, 1},
};

static const Dwarf_Op base[] = {{.atom = DW_OP_call_frame_cfa}};

static struct frame_view view(const struct image *im, const struct image_stack *stack)
{
	struct frame_view v = {.image = im,
			       .stack = stack,
			       .cfa = CFA,
			       .bias = BIAS,
			       .base = base,
			       .nbase = 1,
			       .regs = {.known = UINT32_C(1) << IMAGE_SP}};

	v.regs.r[IMAGE_SP] = STACK;
	return v;
}

static void test_expressions(void **state)
{
	static const uint64_t words[] = {0xdead, 0xbeef};
	const struct image im = {.read = read_memory};
	const struct image_stack stack = {STACK, (const unsigned char *)words, sizeof(words)};
	const struct frame_view v = view(&im, &stack);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct location l = location_eval(&v, cases[i].ops, cases[i].n, NULL);

		if (l.kind != cases[i].kind || l.value != cases[i].value)
			fail_msg("%s: kind %d, value %#llx", cases[i].what, l.kind,
				 (unsigned long long)l.value);
	}
}

static void test_first(void **state)
{
	const struct image im = {.read = read_memory};
	const struct frame_view v = view(&im, NULL);
	const Dwarf_Op add[] = {{.atom = DW_OP_plus_uconst, .number = 5}};
	uint64_t first = 10;
	struct location l = location_eval(&v, add, 1, &first);

	assert_int_equal(l.kind, LOCATION_ADDRESS);
	assert_int_equal(l.value, 15);
	l = location_eval(&v, add, 1, NULL);
	assert_int_equal(l.kind, LOCATION_NONE);
}

/* More than the stack holds; a frame base that refers to itself; no base, no call frame. */
static void test_limits(void **state)
{
	const struct image im = {.read = read_memory};
	struct frame_view v = view(&im, NULL);
	const Dwarf_Op self[] = {{.atom = DW_OP_fbreg}};
	Dwarf_Op many[65];

	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (Dwarf_Op){.atom = DW_OP_lit1, .offset = i};
	assert_int_equal(location_eval(&v, many, 64, NULL).kind, LOCATION_ADDRESS);
	assert_int_equal(location_eval(&v, many, 65, NULL).kind, LOCATION_NONE);
	v.base = self;
	assert_int_equal(location_eval(&v, self, 1, NULL).kind, LOCATION_NONE);
	v.base = NULL;
	v.nbase = 0;
	assert_int_equal(location_eval(&v, self, 1, NULL).kind, LOCATION_NONE);
	v.cfa = 0;
	assert_int_equal(location_eval(&v, base, 1, NULL).kind, LOCATION_NONE);
}

/* The copy of the stack comes first; what crosses its end is the image's. */
static void test_read(void **state)
{
	static const uint64_t words[] = {1, 2};
	const struct image im = {.read = read_memory};
	const struct image_stack stack = {MEMORY, (const unsigned char *)words, sizeof(words)};
	const struct frame_view v = view(&im, &stack);
	uint64_t got[2];

	assert_true(frame_read(&v, MEMORY, got, 16));
	assert_int_equal(got[1], 2);
	assert_true(frame_read(&v, MEMORY + 8, got, 16));
	assert_int_equal(got[0], 0x1010);
	assert_false(frame_read(&v, UINT64_MAX - 3, got, 8));
	assert_false(frame_read(&v, MEMORY + 28, got, 8));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expressions),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
