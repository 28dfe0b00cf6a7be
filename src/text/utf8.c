// SPDX-License-Identifier: GPL-3.0-or-later
/* UTF-8: see utf8.h. */
#include "text/utf8.h"

#include "base/mem.h"

static bool continuation(struct str s, size_t i)
{
	return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

size_t utf8_decode(struct str s, uint32_t *c)
{
	unsigned char b = (unsigned char)s.p[0];
	size_t n = b < 0x80 ? 1 : b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
	uint32_t v = n == 1 ? b : n == 2 ? b & 0x1f : n == 3 ? b & 0x0f : b & 0x07;

	for (size_t i = 1; i < n; i++) {
		if (!continuation(s, i))
			n = 0;
		else
			v = v << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	if (n == 0 || (n == 3 && (v < 0x800 || (v >= 0xd800 && v < 0xe000))) ||
	    (n == 4 && (v < 0x10000 || v > 0x10ffff))) {
		*c = UTF8_REPLACEMENT;
		return 1;
	}
	*c = v;
	return n;
}

size_t utf8_length(uint32_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

void utf8_encode(struct buf *b, uint32_t c)
{
	size_t n = utf8_length(c);

	if (n == 1) {
		buf_add_char(b, (char)c);
		return;
	}
	buf_add_char(b, (char)(c >> (6 * (n - 1)) | (0xf00u >> n & 0xff)));
	while (--n)
		buf_add_char(b, (char)(0x80 | (c >> (6 * (n - 1)) & 0x3f)));
}

/* Ranges of two columns (East Asian wide, emoji) and of none (combining marks), coarse. */
static const struct {
	uint32_t from, to;
	unsigned width;
} widths[] = {
	{0x0300, 0x036f, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05bd, 0},   {0x064b, 0x065f, 0},
	{0x1100, 0x115f, 2},   {0x1ab0, 0x1aff, 0},   {0x200b, 0x200f, 0},   {0x20d0, 0x20ff, 0},
	{0x2e80, 0x303e, 2},   {0x3041, 0x33ff, 2},   {0x3400, 0x4dbf, 2},   {0x4e00, 0x9fff, 2},
	{0xa000, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},
	{0xfe20, 0xfe2f, 0},   {0xfe30, 0xfe4f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
	{0x1f300, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
};

unsigned utf8_width(uint32_t c)
{
	if (c < 0x300)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++)
		if (c >= widths[i].from && c <= widths[i].to)
			return widths[i].width;
	return 1;
}

bool utf8_valid(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint64_t word;
		uint32_t c;
		size_t n;

		if (i + 8 <= s.n) { /* ASCII goes fast */
			memcpy(&word, s.p + i, 8);
			if (!(word & UINT64_C(0x8080808080808080))) {
				i += 8;
				continue;
			}
		}
		n = utf8_decode(str_from(s, i), &c);
		if (c == UTF8_REPLACEMENT && n == 1)
			return false;
		i += n;
	}
	return true;
}
