// SPDX-License-Identifier: GPL-3.0-or-later
/* UTF-16 to UTF-8: see utf16.h. The Unicode Standard, section 3.9. */
#include "text/utf16.h"

#define REPLACEMENT 0xfffd

static void put(struct buf *out, uint32_t c)
{
	char b[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; c >>= 6)
		b[i] = (char)(0x80 | (c & 0x3f));
	b[0] = (char)(lead[n] | c);
	buf_add(out, b, n);
}

static void unit(struct utf16 *u, uint16_t c, struct buf *out)
{
	if (u->high && (c & 0xfc00) == 0xdc00) {
		put(out, 0x10000 + (((uint32_t)u->high & 0x3ff) << 10) + (c & 0x3ff));
		u->high = 0;
		return;
	}
	if (u->high)
		put(out, REPLACEMENT);
	u->high = (c & 0xfc00) == 0xd800 ? c : 0;
	if (!u->high)
		put(out, (c & 0xfc00) == 0xdc00 ? REPLACEMENT : c);
}

void utf16_add(struct utf16 *u, const char *p, size_t n, struct buf *out)
{
	const unsigned char *b = (const unsigned char *)p;
	size_t i = 0;

	buf_reserve(out, n * 3 / 2 + 8);
	if (u->half && n) {
		i = 1;
		u->half = false;
		unit(u, (uint16_t)(u->big_endian ? u->odd << 8 | b[0] : b[0] << 8 | u->odd), out);
	}
	for (; i + 1 < n; i += 2)
		unit(u, (uint16_t)(b[i + !u->big_endian] << 8 | b[i + u->big_endian]), out);
	if (i < n) {
		u->half = true;
		u->odd = b[i];
	}
}

void utf16_end(struct utf16 *u, struct buf *out)
{
	if (u->high || u->half)
		put(out, REPLACEMENT);
	u->high = 0;
	u->half = false;
}
