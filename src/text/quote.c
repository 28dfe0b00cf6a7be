// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON strings: see quote.h. */
#include "text/quote.h"

#include "text/utf8.h"

void quote_add(struct buf *b, struct str s)
{
	buf_add_char(b, '"');
	for (size_t i = 0, n; i < s.n; i += n) {
		unsigned char c = (unsigned char)s.p[i];
		uint32_t point;

		n = 1;
		if (c == '"' || c == '\\') {
			buf_add_char(b, '\\');
			buf_add_char(b, (char)c);
		} else if (c < ' ' || c == 0x7f) {
			buf_printf(b, "\\u%04x", c);
		} else if (c < 0x80) {
			buf_add_char(b, (char)c);
		} else {
			n = utf8_decode(str_from(s, i), &point);
			if (n == 1)
				buf_printf(b, "\\udc%02x", c);
			else
				buf_add(b, s.p + i, n);
		}
	}
	buf_add_char(b, '"');
}

/* Four hexadecimal digits at s. */
static bool hex4(struct str s, uint32_t *v)
{
	*v = 0;
	if (s.n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		char c = s.p[i];
		unsigned d = (unsigned)(c - '0');

		if (d > 9) {
			c |= 32;
			if (c < 'a' || c > 'f')
				return false;
			d = (unsigned)(c - 'a' + 10);
		}
		*v = *v << 4 | d;
	}
	return true;
}

/* What follows "\u" at s; bytes taken, 0 if it is wrong. */
static size_t unescape_u(struct str s, struct buf *b)
{
	uint32_t c, low;

	if (!hex4(s, &c))
		return 0;
	if (c >= 0xdc80 && c <= 0xdcff) {
		buf_add_char(b, (char)(c & 0xff));
		return 4;
	}
	if (c >= 0xdc00 && c <= 0xdfff)
		return 0;
	if (c < 0xd800 || c > 0xdbff) {
		utf8_encode(b, c);
		return 4;
	}
	if (!str_starts(str_from(s, 4), STR("\\u")) || !hex4(str_from(s, 6), &low) ||
	    low < 0xdc00 || low > 0xdfff)
		return 0;
	utf8_encode(b, 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00)));
	return 10;
}

bool quote_cut(struct str *rest, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	struct str s = *rest;
	size_t i = 1;

	if (!s.n || s.p[0] != '"')
		return false;
	while (i < s.n && s.p[i] != '"') {
		const char *e;

		if ((unsigned char)s.p[i] < ' ')
			return false;
		if (s.p[i] != '\\') {
			buf_add_char(b, s.p[i++]);
			continue;
		}
		if (++i == s.n)
			return false;
		if (s.p[i] == 'u') {
			size_t n = unescape_u(str_from(s, i + 1), b);

			if (!n)
				return false;
			i += 1 + n;
			continue;
		}
		e = memchr(from, s.p[i++], sizeof(from) - 1);
		if (!e)
			return false;
		buf_add_char(b, to[e - from]);
	}
	if (i >= s.n)
		return false;
	*rest = str_from(s, i + 1);
	return true;
}
