// SPDX-License-Identifier: GPL-3.0-or-later
/* See jsonscan.h. The walk keeps its keys in an array, no recursion. */
#include "text/jsonscan.h"

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

/* p: after the opening quote; the closing one, or NULL. */
static const char *string_end(const char *p, const char *end, bool *escaped)
{
	*escaped = false;
	for (; p < end; p++) {
		if (*p == '"')
			return p;
		if (*p == '\\') {
			*escaped = true;
			p++;
		}
	}
	return NULL;
}

/* The end of the array or object at p, by counting brackets outside of strings. */
static const char *nested_end(const char *p, const char *end)
{
	size_t depth = 0;
	bool escaped;

	for (; p < end; p++) {
		if (*p == '"') {
			p = string_end(p + 1, end, &escaped);
			if (!p)
				return NULL;
		} else if (*p == '{' || *p == '[') {
			depth++;
		} else if ((*p == '}' || *p == ']') && --depth == 0) {
			return p + 1;
		}
	}
	return NULL;
}

/* One value that is no object to be entered; the byte after it, or NULL. */
static const char *leaf_value(const char *p, const char *end, struct jsonscan_leaf *leaf)
{
	const char *q = p;

	leaf->escaped = false;
	if (*p == '"') {
		q = string_end(p + 1, end, &leaf->escaped);
		leaf->kind = JSONSCAN_STRING;
		leaf->value = (struct str){p + 1, q ? (size_t)(q - p - 1) : 0};
		return q ? q + 1 : NULL;
	}
	if (*p == '[' || *p == '{') {
		q = nested_end(p, end);
		leaf->kind = JSONSCAN_TEXT;
	} else {
		while (q < end && *q != ',' && *q != '}' && !strchr(" \t\r\n", *q))
			q++;
		leaf->kind =
			*p == '-' || (*p >= '0' && *p <= '9') ? JSONSCAN_NUMBER : JSONSCAN_WORD;
		if (q == p || (leaf->kind == JSONSCAN_WORD && *p != 't' && *p != 'f' && *p != 'n'))
			return NULL;
	}
	leaf->value = (struct str){p, q ? (size_t)(q - p) : 0};
	return q;
}

/* "key" and the colon; the value's first byte, or NULL. */
static const char *key_at(const char *p, const char *end, struct str *key)
{
	const char *q;
	bool escaped;

	p = skip_blanks(p, end);
	if (p == end || *p != '"')
		return NULL;
	q = string_end(p + 1, end, &escaped);
	if (!q)
		return NULL;
	*key = (struct str){p + 1, (size_t)(q - p - 1)};
	q = skip_blanks(q + 1, end);
	if (q == end || *q != ':')
		return NULL;
	q = skip_blanks(q + 1, end);
	return q < end ? q : NULL;
}

bool jsonscan_leaves(struct str s, jsonscan_fn *fn, void *arg)
{
	const char *p, *end = s.p + s.n;
	struct str path[JSONSCAN_DEPTH];
	struct jsonscan_leaf leaf = {.path = path};
	size_t depth = 1;
	bool fresh = true; /* right after an opening brace */

	p = skip_blanks(s.p, end);
	if (p == end || *p != '{')
		return false;
	p++;
	while (depth) {
		p = skip_blanks(p, end);
		if (p == end)
			return false;
		if (*p == '}') {
			depth--;
			p++;
			fresh = false;
			continue;
		}
		if (!fresh) {
			if (*p != ',')
				return false;
			p++;
		}
		p = key_at(p, end, &path[depth - 1]);
		if (!p)
			return false;
		fresh = *p == '{' && depth < JSONSCAN_DEPTH;
		if (fresh) {
			depth++;
			p++;
			continue;
		}
		p = leaf_value(p, end, &leaf);
		leaf.depth = depth;
		if (!p || !fn(&leaf, arg))
			return false;
	}
	return skip_blanks(p, end) == end;
}

static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9'                 ? c - '0'
			: (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
							     : -1;

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

static void add_utf8(struct buf *out, int c)
{
	if (c < 0x80) {
		buf_add_char(out, (char)c);
	} else if (c < 0x800) {
		buf_add_char(out, (char)(0xc0 | c >> 6));
		buf_add_char(out, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		buf_add_char(out, (char)(0xe0 | c >> 12));
		buf_add_char(out, (char)(0x80 | (c >> 6 & 63)));
		buf_add_char(out, (char)(0x80 | (c & 63)));
	} else {
		buf_add_char(out, (char)(0xf0 | c >> 18));
		buf_add_char(out, (char)(0x80 | (c >> 12 & 63)));
		buf_add_char(out, (char)(0x80 | (c >> 6 & 63)));
		buf_add_char(out, (char)(0x80 | (c & 63)));
	}
}

/* \uXXXX at p (the u); the byte after it, or NULL if it is none. */
static const char *unicode(const char *p, const char *end, struct buf *out)
{
	int c = hex4(p + 1, end), low;

	if (c < 0)
		return NULL;
	p += 5;
	if (c >= 0xd800 && c < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		low = hex4(p + 2, end);
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			p += 6;
		}
	}
	add_utf8(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	return p;
}

void jsonscan_unescape(struct str s, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		const char *q = memchr(p, '\\', (size_t)(end - p)), *known;

		if (!q || q + 1 == end) {
			buf_add(out, p, (size_t)(end - p));
			return;
		}
		buf_add(out, p, (size_t)(q - p));
		p = q + 1;
		known = memchr(from, *p, sizeof(from) - 1);
		q = *p == 'u' ? unicode(p, end, out) : NULL;
		if (known)
			buf_add_char(out, to[known - from]);
		else if (!q)
			buf_add_char(out, '\\');
		p = q ? q : p + (known != NULL);
	}
}
