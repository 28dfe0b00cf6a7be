/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of a CPython that never ran: objects laid out as a version has them. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "unwind/python-layout.h"
#include "unwind/python.h"

#define PY_BASE UINT64_C(0x10000)
#define PY_SIZE 32768

struct pyimage {
	unsigned char bytes[PY_SIZE];
	size_t n;    /* bytes that can be read */
	size_t used; /* bytes handed out */
	struct image_map map;
	struct image image;
	struct python_layout l;
	struct python_where where;
	uint64_t interpreter, code_type, str_type;
};

static inline bool py_read(void *arg, uint64_t addr, void *to, size_t n)
{
	const struct pyimage *p = arg;

	if (addr < PY_BASE || addr - PY_BASE > p->n || p->n - (addr - PY_BASE) < n)
		return false;
	memcpy(to, p->bytes + (addr - PY_BASE), n);
	return true;
}

static inline uint64_t py_new(struct pyimage *p, size_t size)
{
	uint64_t addr = PY_BASE + p->used;

	p->used += (size + 15) / 16 * 16;
	if (p->used > PY_SIZE)
		abort();
	return addr;
}

static inline void py_put(struct pyimage *p, uint64_t addr, const void *from, size_t n)
{
	memcpy(p->bytes + (addr - PY_BASE), from, n);
}

static inline void py_set(struct pyimage *p, uint64_t addr, uint64_t value)
{
	py_put(p, addr, &value, sizeof(value));
}

static inline uint64_t py_type(struct pyimage *p, const char *name)
{
	uint64_t type = py_new(p, 64), text = py_new(p, strlen(name) + 1);

	py_put(p, text, name, strlen(name) + 1);
	py_set(p, type + 24, text);
	return type;
}

/* kind: bytes a character; 0: ascii. The state's bits begin at place. */
static inline uint64_t py_str_at(struct pyimage *p, const void *chars, size_t n, unsigned kind,
				 unsigned place)
{
	unsigned size = kind ? kind : 1;
	uint64_t s = py_new(p, 80 + n * size),
		 data = s + p->l.str_ascii + (kind ? p->l.str_compact : 0);
	uint32_t state = (size | 1U << 3 | (kind ? 0U : 1U << 4)) << place;

	py_set(p, s + 8, p->str_type);
	py_set(p, s + p->l.str_length, n);
	py_put(p, s + p->l.str_state, &state, sizeof(state));
	py_put(p, data, chars, n * size);
	return s;
}

static inline uint64_t py_str(struct pyimage *p, const char *text)
{
	return py_str_at(p, text, strlen(text), 0, p->where.minor >= 14 ? 16 : 2);
}

static inline uint64_t py_bytes(struct pyimage *p, const void *bytes, size_t n)
{
	uint64_t b = py_new(p, 33 + n);

	py_set(p, b + 16, n);
	py_put(p, b + 32, bytes, n);
	return b;
}

static inline uint64_t py_code(struct pyimage *p, uint64_t name, const char *file, uint32_t first,
			       uint64_t lines)
{
	uint64_t code = py_new(p, 400);

	py_set(p, code + 8, p->code_type);
	py_set(p, code + p->l.co_name, name);
	py_set(p, code + p->l.co_file, py_str(p, file));
	py_put(p, code + p->l.co_first, &first, sizeof(first));
	py_set(p, code + p->l.co_lines, lines);
	if (p->where.minor < 11)
		py_set(p, code + p->l.co_code, py_new(p, 64));
	return code;
}

/* at: bytes from the first instruction. entry: a run of the loop begins here (3.11). */
static inline uint64_t py_frame(struct pyimage *p, uint64_t code, int at, bool entry,
				uint64_t previous)
{
	uint64_t f = py_new(p, 128);

	py_set(p, f + p->l.fr_previous, previous);
	py_set(p, f + p->l.fr_code, code);
	if (p->where.minor >= 11) {
		py_set(p, f + p->l.fr_instr, code + p->l.co_code + (uint64_t)(int64_t)at);
	} else {
		int32_t last = p->where.minor == 10 ? at / 2 : at;

		py_put(p, f + p->l.fr_instr, &last, sizeof(last));
	}
	if (p->l.fr_entry)
		p->bytes[f - PY_BASE + p->l.fr_entry] = entry;
	return f;
}

/* From 3.12 on: where a run of the loop began. */
static inline uint64_t py_entry(struct pyimage *p, uint64_t previous)
{
	uint64_t f = py_new(p, 128);

	py_set(p, f + p->l.fr_previous, previous);
	p->bytes[f - PY_BASE + p->l.fr_owner] = 3;
	return f;
}

static inline uint64_t py_thread(struct pyimage *p, uint64_t ident, int tid, uint64_t frame)
{
	uint64_t t = py_new(p, 400), cframe;

	py_set(p, t + p->l.ts_interp, p->interpreter);
	py_set(p, t + p->l.ts_ident, ident);
	if (p->l.ts_native)
		py_set(p, t + p->l.ts_native, (uint64_t)tid);
	if (p->l.ts_cframe) {
		cframe = py_new(p, 32);
		py_set(p, t + p->l.ts_cframe, cframe);
		py_set(p, cframe + p->l.ts_frame, frame);
	} else {
		py_set(p, t + p->l.ts_frame, frame);
	}
	/* The newest comes first. */
	py_put(p, t + p->l.ts_next, p->bytes + (p->interpreter - PY_BASE) + p->l.is_threads, 8);
	py_set(p, p->interpreter + p->l.is_threads, t);
	return t;
}

/* The table that 3.13 and 3.14 carry. */
static inline void py_own_table(struct pyimage *p, unsigned minor)
{
	static const unsigned short of13[] = {
		900, 0,   720, 800, 0,   32,  40,  0,  0,  0,   0,  16, 128, 0,  144, 136, 304,
		0,   8,   16,  72,  152, 160, 232, 0,  80, 8,   0,  56, 0,   70, 200, 112, 0,
		128, 136, 68,  0,   0,   0,   200, 16, 8,  416, 24, 0,  0,   32, 24,  16,  0,
		0,   0,   0,   0,   0,   0,   0,   0,  0,  0,   0,  0,  0,   80, 32,  16,  40};
	static const unsigned short of14[] = {
		900, 0,   720, 800, 0,   32,  40, 0,   0,   0,   0,   0,  16, 128, 0, 144,
		136, 0,   0,   304, 0,   8,   16, 80,  160, 168, 240, 0,  88, 8,   0, 56,
		0,   74,  64,  0,   200, 112, 0,  128, 136, 68,  0,   0,  0,  200, 0, 16,
		8,   416, 24,  0,   0,   40,  32, 16,  0,   0,   0,   0,  0,  0,   0, 0,
		0,   0,   0,   0,   0,   0,   0,  0,   0,   0,   80,  32, 16, 40};
	_Static_assert(sizeof(of13) == 68 * 2 && sizeof(of14) == 78 * 2, "its words from 3 on");
	const unsigned short *of = minor == 13 ? of13 : of14;
	size_t n = minor == 13 ? sizeof(of13) / 2 : sizeof(of14) / 2;

	py_put(p, PY_BASE, "xdebugpy", 8);
	py_set(p, PY_BASE + 8, UINT64_C(0x3000000) | minor << 16 | 0xf0);
	for (size_t i = 0; i < n; i++)
		py_set(p, PY_BASE + 24 + i * 8, of[i]);
}

static inline bool py_init(struct pyimage *p, unsigned minor)
{
	uint64_t runtime;

	memset(p, 0, sizeof(*p));
	p->n = PY_SIZE;
	p->map = (struct image_map){.start = PY_BASE,
				    .end = PY_BASE + PY_SIZE,
				    .prot = IMAGE_READ | IMAGE_WRITE,
				    .path = STR("")};
	p->image = (struct image){.maps = &p->map, .nmaps = 1, .read = py_read, .arg = p};
	runtime = py_new(p, 1400);
	p->where = (struct python_where){runtime, minor};
	if (minor >= 13)
		py_own_table(p, minor);
	if (!python_layout(&p->image, runtime, minor, &p->l))
		return false;
	p->interpreter = py_new(p, 1024);
	py_set(p, runtime + p->l.interpreters, p->interpreter);
	p->code_type = py_type(p, "code");
	p->str_type = py_type(p, "str");
	return true;
}
