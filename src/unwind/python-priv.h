/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the reader of CPython's memory share. */
#pragma once

#include "base/hash.h"
#include "unwind/python-layout.h"
#include "unwind/python.h"

/* A code object, as far as a frame needs it. */
struct python_code {
	uint64_t addr;
	bool good; /* it is one */
	bool own;  /* neither of the standard library nor of installed packages */
	struct str name, file;
	uint32_t first;   /* line */
	uint64_t code;    /* address of its first instruction; 0: unknown */
	struct str lines; /* the table of lines, in the form of its version */
};

struct python_reader {
	const struct image *im;
	struct python_layout l;
	unsigned minor;
	struct arena *arena; /* of what is handed out */
	struct arena scratch;
	size_t ntext;       /* bytes of text handed out: capped */
	uint64_t code_type; /* of the first code object that was found good */
	struct map index;   /* address -> codes */
	struct python_code *codes;
	size_t ncodes, cap;
};

bool python_get(const struct python_reader *r, uint64_t addr, void *to, size_t n);
uint64_t python_pointer(const struct python_reader *r, uint64_t addr); /* 0: cannot be read */

/* A str object in UTF-8, at most `most` characters of it; false: it is none. */
bool python_text(struct python_reader *r, uint64_t object, size_t most, struct str *out);
/* Of all texts together there is a most: what is beyond it is false, or empty. */
/* The name of an object's type; empty: unknown. */
struct str python_type(struct python_reader *r, uint64_t object);
struct str python_type_name(struct python_reader *r, uint64_t type);

/* Valid until the next call. NULL: no code object. */
const struct python_code *python_code(struct python_reader *r, uint64_t addr);
/* The line of an instruction, given by its offset in bytes; 0: unknown. */
uint32_t python_line(const struct python_reader *r, const struct python_code *c, int64_t offset);
