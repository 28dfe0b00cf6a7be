// SPDX-License-Identifier: GPL-3.0-or-later
/* See visible.h. */
#include "text/visible.h"

#include "text/timestamp.h"

#define ESC '\x1b'

/* The byte after the escape sequence at p (which is ESC). */
static const char *skip_escape(const char *p, const char *end)
{
	if (++p == end)
		return end;
	if (*p == '[') {
		for (p++; p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x40; p++)
			;
		return p < end && (unsigned char)*p >= 0x40 && (unsigned char)*p < 0x7f ? p + 1 : p;
	}
	if (*p == ']' || *p == 'P' || *p == '_' || *p == '^') {
		for (p++; p < end; p++) {
			if (*p == '\a')
				return p + 1;
			if (*p == ESC && p + 1 < end && p[1] == '\\')
				return p + 2;
		}
		return end;
	}
	if (strchr("()*+#% ", *p))
		return p + 1 < end ? p + 2 : end;
	return p + 1;
}

static bool shows(struct str s)
{
	const char *end = s.p + s.n;

	for (const char *p = s.p; p < end; p++) {
		if (*p == ESC)
			p = skip_escape(p, end) - 1;
		else if (*p != ' ' && *p != '\t')
			return true;
	}
	return false;
}

/* The last state of a line rewritten with carriage returns that shows anything. */
static struct str last_state(struct str s)
{
	struct str first = s;

	while (s.n) {
		const char *cr = memrchr(s.p, '\r', s.n);
		struct str tail = cr ? str_from(s, (size_t)(cr - s.p) + 1) : s;

		if (shows(tail))
			return tail;
		s.n = cr ? (size_t)(cr - s.p) : 0;
	}
	return str_head(first, 0);
}

size_t visible_stamp(struct str s)
{
	unsigned shape;
	size_t n = s.n && (unsigned)(s.p[0] - '0') <= 9 ? timestamp_match(s, TIMESTAMP_BARE, &shape)
							: 0;

	if (n < 15 || n + 1 >= s.n || s.p[n] != ' ')
		return 0;
	n++;
	if (n + 4 < s.n && (s.p[n + 2] == 'O' || s.p[n + 2] == 'E') && s.p[n + 3] == ' ' &&
	    (unsigned)(s.p[n] - '0') <= 9 && (unsigned)(s.p[n + 1] - '0') <= 9)
		n += 4;
	return n;
}

struct str visible_text(struct str raw, struct buf *scratch)
{
	const char *p, *end;
	struct str whole = raw;
	size_t from = scratch->n;

	buf_reserve(scratch, raw.n + 1); /* so that it has an address */
	if (raw.n && memchr(raw.p, '\r', raw.n)) {
		raw = last_state(raw);
		if (raw.p != whole.p && raw.n)
			buf_add_str(scratch, str_head(whole, visible_stamp(whole)));
	}
	if (!raw.n ||
	    (scratch->n == from && !memchr(raw.p, ESC, raw.n) && !memchr(raw.p, '\b', raw.n)))
		return raw;
	for (p = raw.p, end = raw.p + raw.n; p < end;) {
		const char *q = p;

		while (q < end && *q != ESC && *q != '\b')
			q++;
		buf_add(scratch, p, (size_t)(q - p));
		p = q;
		if (p < end && *p == ESC) {
			p = skip_escape(p, end);
		} else if (p < end) {
			scratch->n -= scratch->n > from;
			p++;
		}
	}
	return (struct str){scratch->p + from, scratch->n - from};
}
