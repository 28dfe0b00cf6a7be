/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer. {0} is an empty one; buf_release() frees it. */
#pragma once

#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
};

void buf_release(struct buf *b);
void buf_reserve(struct buf *b, size_t extra); /* room for extra more bytes */
void buf_grow(struct buf *b, size_t extra);    /* the slow path of buf_reserve */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_u64(struct buf *b, uint64_t v); /* decimal */
void buf_i64(struct buf *b, int64_t v);
const char *buf_cstr(struct buf *b); /* NUL-terminated; valid until the next change */

static inline void buf_clear(struct buf *b)
{
	b->n = 0;
}

static inline void buf_add(struct buf *b, const void *p, size_t n)
{
	if (b->cap - b->n < n)
		buf_grow(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

static inline void buf_add_char(struct buf *b, char c)
{
	if (b->cap == b->n)
		buf_grow(b, 1);
	b->p[b->n++] = c;
}

static inline struct str buf_str(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

#define BUF_LIT(b, lit) buf_add((b), (lit), sizeof(lit) - 1)
#define CLEANUP_BUF     __attribute__((cleanup(buf_release)))
