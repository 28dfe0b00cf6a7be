/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Slices: text of the input is {pointer, length}, never assumed to end in NUL and never owned.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit)   ((struct str){(lit), sizeof(lit) - 1}) /* a literal */
#define STR_FMT    "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p

static inline struct str str_of(const char *z)
{
	return (struct str){z, strlen(z)};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* The part from byte i on; empty when i is past the end. */
static inline struct str str_from(struct str s, size_t i)
{
	if (i < s.n)
		return (struct str){s.p + i, s.n - i};
	return (struct str){s.n ? s.p + s.n : s.p, 0}; /* an empty one may have no bytes */
}

/* The first n bytes at most. */
static inline struct str str_head(struct str s, size_t n)
{
	return (struct str){s.p, n < s.n ? n : s.n};
}

/* Byte order, as memcmp; a prefix sorts first. */
int str_cmp(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */

size_t str_count_char(struct str s, char c);
/* Index of the first c, or of the first occurrence of needle; s.n when there is none. */
size_t str_find_char(struct str s, char c);
size_t str_find(struct str s, struct str needle);
bool str_contains(struct str s, struct str needle);
bool str_contains_nocase(struct str s, struct str needle); /* ASCII only */

struct str str_trim(struct str s); /* blanks, tabs, CR, LF at both ends */

/* Cut the text up to the next sep off *rest; false when nothing is left. */
bool str_next(struct str *rest, char sep, struct str *out);

/* The whole slice as an unsigned decimal number; false if it is none or too large. */
bool str_u64(struct str s, uint64_t *out);
bool str_i64(struct str s, int64_t *out);
bool str_double(struct str s, double *out); /* the whole slice, C locale */
