/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON, member by member, into a buffer. A key of NULL is an element of a list. Commas take care of
 * themselves: one is put wherever the byte before is not the beginning of an object or a list.
 */
#pragma once

#include <math.h>

#include "text/json.h"

static inline void object_key(struct buf *b, const char *key)
{
	char last = b->n ? b->p[b->n - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		buf_add_char(b, ',');
	if (key) {
		json_add_string(b, str_of(key));
		buf_add_char(b, ':');
	}
}

static inline void object_begin(struct buf *b, const char *key)
{
	object_key(b, key);
	buf_add_char(b, '{');
}

static inline void object_end(struct buf *b)
{
	buf_add_char(b, '}');
}

static inline void object_list(struct buf *b, const char *key)
{
	object_key(b, key);
	buf_add_char(b, '[');
}

static inline void object_list_end(struct buf *b)
{
	buf_add_char(b, ']');
}

static inline void object_text(struct buf *b, const char *key, struct str s)
{
	object_key(b, key);
	json_add_string(b, s);
}

/* Null if it is empty. */
static inline void object_text_or_null(struct buf *b, const char *key, struct str s)
{
	object_key(b, key);
	if (s.n)
		json_add_string(b, s);
	else
		buf_add_str(b, STR("null"));
}

/* NaN and infinities are null. */
static inline void object_real(struct buf *b, const char *key, double v)
{
	object_key(b, key);
	json_add_real(b, v);
}

static inline void object_count(struct buf *b, const char *key, uint64_t v)
{
	object_key(b, key);
	buf_u64(b, v);
}

static inline void object_bool(struct buf *b, const char *key, bool v)
{
	object_key(b, key);
	buf_add_str(b, v ? STR("true") : STR("false"));
}

static inline void object_null(struct buf *b, const char *key)
{
	object_key(b, key);
	buf_add_str(b, STR("null"));
}
