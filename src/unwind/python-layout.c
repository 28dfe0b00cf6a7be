// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Layouts: see python-layout.h. The numbers are what offsetof() says with the headers of each
 * version. Of the tables that 3.13 and 3.14 carry, places count in words of 8 bytes.
 */
#include "unwind/python-layout.h"

#include <stddef.h>

#define VERSIONS (PYTHON_NEWEST - PYTHON_OLDEST + 1)

struct row {
	size_t field;
	uint16_t of[VERSIONS];
};

#define ROW(field, ...)                                \
	{                                              \
		offsetof(struct python_layout, field), \
		{                                      \
			__VA_ARGS__                    \
		}                                      \
	}

/* From 3.13 on: only what the interpreter's own table does not say. */
static const struct row rows[] = {
	/*                 3.8   3.9   3.10  3.11  3.12  3.13  3.14 */
	ROW(interpreters, 32, 32, 32, 40, 40, 0, 0),
	ROW(is_next, 0, 0, 0, 0, 0, 0, 0),
	ROW(is_threads, 8, 8, 8, 16, 72, 0, 0),
	ROW(gil, 1152, 352, 352, 360, 384, 0, 0),
	ROW(gil_pointer, 0, 0, 0, 0, 1, 1, 1),
	ROW(gil_holder, 8, 8, 8, 8, 8, 0, 0),
	ROW(gil_locked, 16, 16, 16, 16, 16, 0, 0),
	ROW(ts_next, 8, 8, 8, 8, 8, 0, 0),
	ROW(ts_interp, 16, 16, 16, 16, 16, 0, 0),
	ROW(ts_ident, 176, 176, 176, 152, 136, 0, 0),
	ROW(ts_native, 0, 0, 0, 160, 144, 0, 0),
	ROW(ts_cframe, 0, 0, 0, 56, 56, 0, 0),
	ROW(ts_frame, 24, 24, 24, 8, 0, 0, 0),
	ROW(ts_chunk, 0, 0, 0, 296, 232, 0, 0),
	ROW(ts_raised, 96, 96, 96, 104, 96, 112, 0),
	ROW(ts_raised_as, 88, 88, 88, 96, 0, 0, 0),
	ROW(ts_handled, 144, 144, 144, 120, 104, 120, 0),
	ROW(ei_value, 8, 8, 8, 0, 0, 0, 0),
	ROW(ei_previous, 24, 24, 24, 8, 8, 8, 8),
	ROW(fr_previous, 24, 24, 24, 48, 8, 0, 0),
	ROW(fr_code, 32, 32, 32, 32, 0, 0, 0),
	ROW(fr_instr, 104, 104, 96, 56, 56, 0, 0),
	ROW(fr_owner, 0, 0, 0, 69, 70, 0, 0),
	ROW(fr_entry, 0, 0, 0, 68, 0, 0, 0),
	ROW(co_first, 40, 40, 40, 72, 68, 0, 0),
	ROW(co_file, 104, 104, 104, 112, 112, 0, 0),
	ROW(co_name, 112, 112, 112, 128, 128, 0, 0),
	ROW(co_lines, 120, 120, 120, 136, 136, 0, 0),
	ROW(co_code, 48, 48, 48, 184, 192, 0, 0),
	ROW(str_length, 16, 16, 16, 16, 16, 0, 0),
	ROW(str_state, 32, 32, 32, 32, 32, 0, 0),
	ROW(str_ascii, 48, 48, 48, 48, 40, 0, 0),
	ROW(str_compact, 24, 24, 24, 24, 16, 16, 16),
	ROW(tuple_items, 24, 24, 24, 24, 24, 0, 0),
};

static const bool tested[VERSIONS] = {true, true, true, true, true, true, false};

/* Places in the interpreter's own table: 3.13, 3.14. */
static const struct own_row {
	size_t field;
	unsigned char at[2];
	unsigned char size[2]; /* where the size of the struct is, that it must lie in */
} own_rows[] = {
#define OWN(field, ...)                                            \
	{                                                          \
		offsetof(struct python_layout, field), __VA_ARGS__ \
	}
	OWN(interpreters, {5, 5}, {3, 3}),    OWN(is_next, {8, 8}, {6, 6}),
	OWN(is_threads, {9, 9}, {6, 6}),      OWN(gil, {14, 15}, {6, 6}),
	OWN(gil_locked, {17, 18}, {6, 6}),    OWN(gil_holder, {18, 19}, {6, 6}),
	OWN(ts_next, {21, 24}, {19, 22}),     OWN(ts_interp, {22, 25}, {19, 22}),
	OWN(ts_frame, {23, 26}, {19, 22}),    OWN(ts_ident, {24, 27}, {19, 22}),
	OWN(ts_native, {25, 28}, {19, 22}),   OWN(ts_chunk, {26, 29}, {19, 22}),
	OWN(fr_previous, {29, 32}, {28, 31}), OWN(fr_code, {30, 33}, {28, 31}),
	OWN(fr_instr, {31, 34}, {28, 31}),    OWN(fr_owner, {33, 36}, {28, 31}),
	OWN(co_file, {35, 40}, {34, 39}),     OWN(co_name, {37, 42}, {34, 39}),
	OWN(co_lines, {38, 43}, {34, 39}),    OWN(co_first, {39, 44}, {34, 39}),
	OWN(co_code, {43, 48}, {34, 39}),     OWN(tuple_items, {51, 57}, {50, 56}),
	OWN(str_state, {68, 78}, {67, 77}),   OWN(str_length, {69, 79}, {67, 77}),
	OWN(str_ascii, {70, 80}, {67, 77}),
};

#define FREE_THREADED 2 /* a build without the lock: objects begin differently */
#define OWN_WORDS     81
#define OWN_GIL       15 /* the lock's place in PyInterpreterState; of 3.13, one more in 3.14 */
#define STRUCT_MAX    ((uint64_t)1 << 24)

static uint32_t *field(struct python_layout *l, size_t at)
{
	return (uint32_t *)(void *)((char *)l + at);
}

static bool read_own(const struct image *im, uint64_t runtime, unsigned minor,
		     struct python_layout *l)
{
	uint64_t w[OWN_WORDS];
	unsigned v = minor - 13;
	uint64_t gil;

	if (!im->read(im->arg, runtime, w, sizeof(w)) || memcmp(w, "xdebugpy", 8) != 0 ||
	    w[1] >> 16 != (0x300 | minor) || w[FREE_THREADED])
		return false;
	for (size_t i = 0; i < sizeof(own_rows) / sizeof(own_rows[0]); i++) {
		const struct own_row *r = &own_rows[i];
		uint64_t value = w[r->at[v]], size = w[r->size[v]];

		if (size > STRUCT_MAX || value > size)
			return false;
		*field(l, r->field) = (uint32_t)value;
	}
	/* The lock's parts are given from the start of the interpreter's state. */
	gil = w[OWN_GIL + v];
	if (l->gil_holder < gil || l->gil_locked < gil)
		return false;
	l->gil_holder -= (uint32_t)gil;
	l->gil_locked -= (uint32_t)gil;
	return true;
}

bool python_layout(const struct image *im, uint64_t runtime, unsigned minor,
		   struct python_layout *l)
{
	if (minor < PYTHON_OLDEST || minor > PYTHON_NEWEST)
		return false;
	*l = (struct python_layout){0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		*field(l, rows[i].field) = rows[i].of[minor - PYTHON_OLDEST];
	return minor < 13 || read_own(im, runtime, minor, l);
}

bool python_layout_tested(unsigned minor)
{
	return minor >= PYTHON_OLDEST && minor <= PYTHON_NEWEST && tested[minor - PYTHON_OLDEST];
}
