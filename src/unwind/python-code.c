// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Code objects of CPython: names and lines, each read once. What line an instruction belongs to is
 * told by a table of three forms:
 * up to 3.9  pairs of bytes: bytes of code, lines (signed); Objects/lnotab_notes.txt
 * 3.10       the same, the lines first to be added, -128 for none; PEP 626
 * from 3.11  entries of a code, a length and numbers of a form by code;
 * InternalDocs/code_objects.md
 */
#include "unwind/python-priv.h"

#define OB_TYPE     8
#define OB_SIZE     16 /* of what has a length */
#define BYTES_DATA  32 /* of a bytes object */
#define CODE_BLOCK  512
#define CODES_MOST  ((size_t)1 << 16)
#define NAME_MOST   1024 /* characters */
#define FILE_MOST   4096
#define LINES_MOST  ((size_t)1 << 20) /* bytes of a table */
#define TABLES_MOST ((size_t)64 << 20)

static bool is_own(struct str file)
{
	static const char *const parts[] = {"/site-packages/", "/dist-packages/", "/lib/python3.",
					    "/lib64/python3."};

	if (str_starts(file, STR("<frozen ")) || !file.n)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (str_contains(file, str_of(parts[i])))
			return false;
	return true;
}

static struct str read_bytes(struct python_reader *r, uint64_t object)
{
	uint64_t n = python_pointer(r, object + OB_SIZE);
	char *to;

	if (!n || n > LINES_MOST || r->scratch.total > TABLES_MOST)
		return STR("");
	to = arena_bytes(&r->scratch, (size_t)n);
	return python_get(r, object + BYTES_DATA, to, (size_t)n) ? (struct str){to, (size_t)n}
								 : STR("");
}

static uint64_t word(const unsigned char *block, uint32_t at)
{
	uint64_t v;

	memcpy(&v, block + at, sizeof(v));
	return v;
}

/* The block reaches to where the instructions begin, or are pointed to. */
static size_t block_size(const struct python_layout *l)
{
	const uint32_t ends[] = {l->co_first, l->co_file, l->co_name, l->co_lines, l->co_code};
	uint32_t most = OB_TYPE;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		most = ends[i] > most ? ends[i] : most;
	return most + sizeof(uint64_t);
}

static bool is_code(struct python_reader *r, uint64_t type)
{
	if (!r->code_type && str_eq(python_type_name(r, type), STR("code")))
		r->code_type = type;
	return type && type == r->code_type;
}

static void read_code(struct python_reader *r, struct python_code *c)
{
	unsigned char block[CODE_BLOCK];
	size_t n = block_size(&r->l);

	if (n > sizeof(block) || !python_get(r, c->addr, block, n) ||
	    !is_code(r, word(block, OB_TYPE)) ||
	    !python_text(r, word(block, r->l.co_name), NAME_MOST, &c->name))
		return;
	if (!python_text(r, word(block, r->l.co_file), FILE_MOST, &c->file))
		c->file = STR("");
	c->good = true;
	c->own = is_own(c->file);
	memcpy(&c->first, block + r->l.co_first, sizeof(c->first));
	c->lines = read_bytes(r, word(block, r->l.co_lines));
	c->code = r->minor >= 11 ? c->addr + r->l.co_code : word(block, r->l.co_code) + BYTES_DATA;
}

const struct python_code *python_code(struct python_reader *r, uint64_t addr)
{
	bool fresh;
	uint32_t at;

	if (!addr || (r->ncodes == CODES_MOST && !map_get(&r->index, addr, &at)))
		return NULL;
	at = map_put(&r->index, addr, (uint32_t)r->ncodes, &fresh);
	if (fresh) {
		struct python_code c = {.addr = addr};

		read_code(r, &c);
		array_push(r->codes, r->ncodes, r->cap) = c;
	}
	return r->codes[at].good ? &r->codes[at] : NULL;
}

static int signed_byte(char c)
{
	int v = (unsigned char)c;

	return v < 128 ? v : v - 256;
}

static uint32_t by_pairs(const struct python_code *c, int64_t offset)
{
	int64_t at = 0, line = c->first;

	for (size_t i = 0; i + 1 < c->lines.n; i += 2) {
		at += (unsigned char)c->lines.p[i];
		if (at > offset)
			break;
		line += signed_byte(c->lines.p[i + 1]);
	}
	return line > 0 && line <= UINT32_MAX ? (uint32_t)line : 0;
}

static uint32_t by_ranges(const struct python_code *c, int64_t offset)
{
	int64_t end = 0, line = c->first;

	for (size_t i = 0; i + 1 < c->lines.n; i += 2) {
		int delta = signed_byte(c->lines.p[i + 1]);

		end += (unsigned char)c->lines.p[i];
		if (delta != -128)
			line += delta;
		if (offset < end)
			return delta != -128 && line > 0 && line <= UINT32_MAX ? (uint32_t)line : 0;
	}
	return 0;
}

/* A number in groups of 6 bits, the lowest first; bit 6: more follow. The sign is bit 0. */
static int64_t signed_number(struct str s, size_t *at)
{
	uint64_t v = 0;
	unsigned shift = 0;

	while (*at < s.n) {
		unsigned char b = (unsigned char)s.p[(*at)++];

		if (shift < 60)
			v |= (uint64_t)(b & 63) << shift;
		shift += 6;
		if (!(b & 64))
			break;
	}
	return v & 1 ? -(int64_t)(v >> 1) : (int64_t)(v >> 1);
}

static uint32_t by_entries(const struct python_code *c, int64_t offset)
{
	int64_t end = 0, line = c->first;
	size_t i = 0;

	while (i < c->lines.n) {
		unsigned char head = (unsigned char)c->lines.p[i++];
		unsigned code = head >> 3 & 15;

		end += ((head & 7) + 1) * 2;
		if (code == 14 || code == 13) /* with columns, and without */
			line += signed_number(c->lines, &i);
		else if (code >= 10 && code <= 12)
			line += code - 10;
		if (line < 0 || line > UINT32_MAX)
			return 0;
		if (offset < end)
			return code == 15 ? 0 : (uint32_t)line;
		/* What follows are columns; each entry begins with a byte above 127. */
		while (i < c->lines.n && !((unsigned char)c->lines.p[i] & 128))
			i++;
	}
	return 0;
}

uint32_t python_line(const struct python_reader *r, const struct python_code *c, int64_t offset)
{
	/* Before its first instruction: it is about to begin. */
	if (offset < 0)
		return c->first;
	if (r->minor <= 9)
		return by_pairs(c, offset);
	return r->minor == 10 ? by_ranges(c, offset) : by_entries(c, offset);
}
