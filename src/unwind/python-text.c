// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Objects of CPython that hold text. A str keeps its characters in 1, 2 or 4 bytes each, right
 * behind the object (compact) or elsewhere; the bits that say so have moved within their word over
 * the versions, but only one of the places they were at can look valid.
 */
#include <stdlib.h>

#include "text/utf8.h"
#include "unwind/python-priv.h"

#define OB_TYPE   8
#define TP_NAME   24
#define NAME_MOST 256
#define PAGE      4096
#define TEXT_MOST ((size_t)64 << 20)

bool python_get(const struct python_reader *r, uint64_t addr, void *to, size_t n)
{
	return addr && addr + n > addr && r->im->read(r->im->arg, addr, to, n);
}

uint64_t python_pointer(const struct python_reader *r, uint64_t addr)
{
	uint64_t v;

	return python_get(r, addr, &v, sizeof(v)) ? v : 0;
}

struct form {
	unsigned kind; /* bytes a character */
	bool compact, ascii;
};

static bool form_of(uint32_t state, struct form *f)
{
	static const unsigned char places[] = {2, 8, 16};

	for (size_t i = 0; i < sizeof(places); i++) {
		uint32_t bits = state >> places[i];

		*f = (struct form){bits & 7, bits >> 3 & 1, bits >> 4 & 1};
		if (f->kind == 1 || (!f->ascii && (f->kind == 2 || f->kind == 4)))
			return true;
	}
	return false;
}

static uint32_t character(const unsigned char *p, unsigned kind)
{
	uint32_t c = 0;

	memcpy(&c, p, kind);
	return c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? UTF8_REPLACEMENT : c;
}

static struct str in_utf8(struct python_reader *r, const unsigned char *bytes, size_t n,
			  unsigned kind)
{
	struct buf text = {0};
	struct str out;

	for (size_t i = 0; i < n; i++)
		utf8_encode(&text, character(bytes + i * kind, kind));
	out = arena_str(r->arena, buf_str(&text));
	r->ntext += text.n;
	buf_release(&text);
	return out;
}

bool python_text(struct python_reader *r, uint64_t object, size_t most, struct str *out)
{
	uint64_t length, data;
	uint32_t state;
	struct form f;
	unsigned char *bytes;

	if (r->ntext > TEXT_MOST ||
	    !python_get(r, object + r->l.str_length, &length, sizeof(length)) ||
	    !python_get(r, object + r->l.str_state, &state, sizeof(state)) || !form_of(state, &f))
		return false;
	data = object + r->l.str_ascii + (f.ascii && f.compact ? 0 : r->l.str_compact);
	if (!f.compact)
		data = python_pointer(r, data);
	if (length > most)
		length = most;
	bytes = mem_alloc((size_t)length * f.kind + 1);
	if (length && !python_get(r, data, bytes, (size_t)length * f.kind)) {
		free(bytes);
		return false;
	}
	*out = in_utf8(r, bytes, (size_t)length, f.kind);
	free(bytes);
	return true;
}

struct str python_type_name(struct python_reader *r, uint64_t type)
{
	uint64_t at = python_pointer(r, type + TP_NAME);
	char text[NAME_MOST];
	size_t n = 0;

	/* Up to the end of a page at a time: what follows may not be there. */
	while (at && n < sizeof(text) && r->ntext <= TEXT_MOST) {
		size_t piece = PAGE - (size_t)((at + n) % PAGE);
		const char *end;

		if (piece > sizeof(text) - n)
			piece = sizeof(text) - n;
		if (!python_get(r, at + n, text + n, piece))
			break;
		end = memchr(text + n, 0, piece);
		if (end) {
			r->ntext += (size_t)(end - text);
			return arena_str(r->arena, (struct str){text, (size_t)(end - text)});
		}
		n += piece;
	}
	return STR("");
}

struct str python_type(struct python_reader *r, uint64_t object)
{
	return python_type_name(r, python_pointer(r, object + OB_TYPE));
}
