// SPDX-License-Identifier: GPL-3.0-or-later
/* UTF-16 to UTF-8: see utf16.h. The Unicode Standard, section 3.9. */
#include "text/utf16.h"

#include "text/utf8.h"

static void unit(struct utf16 *u, uint16_t c, struct buf *out)
{
	if (u->high && (c & 0xfc00) == 0xdc00) {
		utf8_encode(out, 0x10000 + (((uint32_t)u->high & 0x3ff) << 10) + (c & 0x3ff));
		u->high = 0;
		return;
	}
	if (u->high)
		utf8_encode(out, UTF8_REPLACEMENT);
	u->high = (c & 0xfc00) == 0xd800 ? c : 0;
	if (!u->high)
		utf8_encode(out, (c & 0xfc00) == 0xdc00 ? UTF8_REPLACEMENT : c);
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
		utf8_encode(out, UTF8_REPLACEMENT);
	u->high = 0;
	u->half = false;
}
