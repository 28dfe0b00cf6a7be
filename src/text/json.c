// SPDX-License-Identifier: GPL-3.0-or-later
/* Writing JSON: see json.h. */
#include "text/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "text/escape.h"
#include "text/utf8.h"

/* A byte that cannot stand for itself; returns how many bytes of the text it was. */
static size_t add_escaped(struct buf *b, struct str rest)
{
	static const char short_form[] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r',
					  ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\'};
	unsigned char c = (unsigned char)rest.p[0];
	uint32_t code;
	size_t n = 1;

	if (c == 0 || c >= 0x80) {
		n = utf8_decode(rest, &code);
		utf8_encode(b, c ? code : UTF8_REPLACEMENT);
	} else if (c < sizeof(short_form) && short_form[c]) {
		buf_add_char(b, '\\');
		buf_add_char(b, short_form[c]);
	} else {
		buf_printf(b, "\\u%04x", c);
	}
	return n;
}

static bool stands_for_itself(char c)
{
	return (signed char)c >= 32 && c != '"' && c != '\\';
}

static void add_slowly(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t from = i;

		while (i < s.n && stands_for_itself(s.p[i]))
			i++;
		buf_add(b, s.p + from, i - from);
		if (i < s.n)
			i += add_escaped(b, str_from(s, i));
	}
}

void json_add_string(struct buf *b, struct str s)
{
	buf_add_char(b, '"');
	if (escape_copy(b, s, '\\'))
		add_slowly(b, s);
	else
		b->n += s.n;
	buf_add_char(b, '"');
}

void json_add_strings(struct buf *b, const struct str *s, size_t n)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_add_string(b, s[i]);
	}
	buf_add_char(b, ']');
}

void json_add_real(struct buf *b, double v)
{
	char text[32];

	if (!isfinite(v)) {
		BUF_LIT(b, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	buf_add_str(b, str_of(text));
}
