// SPDX-License-Identifier: GPL-3.0-or-later
/* Growing byte buffers: see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

void buf_grow(struct buf *b, size_t extra)
{
	size_t cap = b->cap ? b->cap : 256;

	while (cap - b->n < extra)
		cap *= 2;
	b->p = mem_realloc(b->p, cap, 1);
	b->cap = cap;
}

void buf_reserve(struct buf *b, size_t extra)
{
	if (b->cap - b->n < extra)
		buf_grow(b, extra);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	buf_reserve(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_u64(struct buf *b, uint64_t v)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	char d[20];
	size_t i = sizeof(d);

	for (; v >= 100; v /= 100)
		memcpy(d + (i -= 2), pairs + v % 100 * 2, 2);
	if (v >= 10)
		memcpy(d + (i -= 2), pairs + v * 2, 2);
	else
		d[--i] = (char)('0' + v);
	buf_add(b, d + i, sizeof(d) - i);
}

void buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_add_char(b, '-');
	buf_u64(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

const char *buf_cstr(struct buf *b)
{
	buf_reserve(b, 1);
	b->p[b->n] = 0;
	return b->p;
}
