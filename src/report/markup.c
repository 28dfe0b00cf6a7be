// SPDX-License-Identifier: GPL-3.0-or-later
/* See markup.h. */
#include "report/markup.h"

#include "text/utf8.h"

static bool is_character(uint32_t c)
{
	return c == '\t' || c == '\n' || (c >= 0x20 && c != 0x7f && (c & 0xfffe) != 0xfffe);
}

void markup_add(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c;

		i += utf8_decode(str_from(s, i), &c);
		if (c == '<')
			BUF_LIT(b, "&lt;");
		else if (c == '>')
			BUF_LIT(b, "&gt;");
		else if (c == '&')
			BUF_LIT(b, "&amp;");
		else if (c == '"')
			BUF_LIT(b, "&quot;");
		else
			utf8_encode(b, is_character(c) ? c : UTF8_REPLACEMENT);
	}
}

void markup_add_z(struct buf *b, const char *z)
{
	markup_add(b, str_of(z));
}
