// SPDX-License-Identifier: GPL-3.0-or-later
/* Words of a shell: see shell.h. */
#include "text/shell.h"

static bool safe(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       (c && strchr("_-./=:,@%+", c));
}

void shell_add_word(struct buf *b, struct str w)
{
	size_t n = 0;

	while (n < w.n && safe(w.p[n]))
		n++;
	if (w.n && n == w.n) {
		buf_add_str(b, w);
		return;
	}
	buf_add_char(b, '\'');
	for (size_t i = 0; i < w.n; i++) {
		unsigned char c = (unsigned char)w.p[i];

		if (c == '\'')
			BUF_LIT(b, "'\\''");
		else if (c < ' ' || c == 127)
			buf_printf(b, "'$'\\%03o''", c);
		else
			buf_add_char(b, (char)c);
	}
	buf_add_char(b, '\'');
}
