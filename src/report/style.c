// SPDX-License-Identifier: GPL-3.0-or-later
/* Terminal text: see style.h. */
#include "report/style.h"

#include "text/escape.h"
#include "text/utf8.h"

static const char *const codes[] = {
	[STYLE_PLAIN] = "", [STYLE_BOLD] = "1",  [STYLE_DIM] = "2",    [STYLE_GOOD] = "32",
	[STYLE_BAD] = "31", [STYLE_WARN] = "33", [STYLE_PLACE] = "36",
};

void style_add(struct buf *b, bool color, enum style style, struct str s)
{
	color = color && codes[style][0];
	if (color)
		buf_printf(b, "\033[%sm", codes[style]);
	buf_add_str(b, s);
	if (color)
		BUF_LIT(b, "\033[0m");
}

/* Bytes of the escape sequence that s begins with (ESC first). */
static size_t escape_length(struct str s)
{
	size_t i = 2;

	if (s.n < 2)
		return s.n;
	if (s.p[1] == '[') { /* CSI: up to a final byte */
		while (i < s.n && (s.p[i] < 0x40 || s.p[i] > 0x7e))
			i++;
		return i < s.n ? i + 1 : s.n;
	}
	if (s.p[1] == ']') { /* OSC: up to BEL or ESC \ */
		while (i < s.n && s.p[i] != '\a' && s.p[i] != '\033')
			i++;
		return i < s.n && s.p[i] == '\033' && i + 1 < s.n ? i + 2 : i < s.n ? i + 1 : s.n;
	}
	return 2;
}

size_t style_add_foreign(struct buf *b, struct str s, size_t width)
{
	size_t columns = 0, start = b->n, fits = b->n;

	if (!(escape_copy(b, s, 0x7f) & (ESCAPE_ODD | ESCAPE_OTHER))) { /* plain ASCII */
		if (!width || s.n <= width) {
			b->n += s.n;
			return s.n;
		}
		b->n += width > 3 ? width - 3 : 0;
		BUF_LIT(b, "...");
		return width;
	}
	for (size_t i = 0; i < s.n;) {
		struct str rest = str_from(s, i);
		uint32_t c;
		size_t n;

		if (rest.p[0] == '\033') {
			i += escape_length(rest);
			continue;
		}
		n = utf8_decode(rest, &c);
		i += n;
		if (c == '\t')
			c = ' ';
		if (c < ' ' || (c >= 0x7f && c < 0xa0))
			continue;
		columns += utf8_width(c);
		if (width && columns + 3 <= width)
			fits = b->n + utf8_length(c);
		if (width && columns > width) {
			b->n = fits > start ? fits : start;
			BUF_LIT(b, "...");
			return width;
		}
		utf8_encode(b, c);
	}
	return columns;
}

void style_pad(struct buf *b, size_t n)
{
	if (!n)
		return;
	buf_reserve(b, n);
	memset(b->p + b->n, ' ', n);
	b->n += n;
}

void style_count(struct buf *b, uint64_t n)
{
	if (n >= 1000) {
		style_count(b, n / 1000);
		buf_printf(b, ",%03u", (unsigned)(n % 1000));
	} else {
		buf_u64(b, n);
	}
}
