// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A word of up to eight bytes is folded to lower case and packed into one number, which a switch
 * compares: no loop over a table on the hot path.
 */
#include "text/level.h"

#include <stddef.h>

#define K8(a, b, c, d, e, f, g, h)                                                        \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | \
	 (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)
#define K3(a, b, c)             K8(a, b, c, 0, 0, 0, 0, 0)
#define K4(a, b, c, d)          K8(a, b, c, d, 0, 0, 0, 0)
#define K5(a, b, c, d, e)       K8(a, b, c, d, e, 0, 0, 0)
#define K6(a, b, c, d, e, f)    K8(a, b, c, d, e, f, 0, 0)
#define K7(a, b, c, d, e, f, g) K8(a, b, c, d, e, f, g, 0)

static enum level of_key(uint64_t key)
{
	switch (key) {
	case K5('t', 'r', 'a', 'c', 'e'):
	case K6('f', 'i', 'n', 'e', 's', 't'):
	case K5('f', 'i', 'n', 'e', 'r'):
	case K7('v', 'e', 'r', 'b', 'o', 's', 'e'):
	case K3('t', 'r', 'c'):
	case K4('t', 'r', 'c', 'e'):
	case K6('t', 'r', 'a', 'c', 'e', '1'): return LEVEL_TRACE;
	case K5('d', 'e', 'b', 'u', 'g'):
	case K3('d', 'b', 'g'):
	case K4('d', 'b', 'u', 'g'):
	case K4('f', 'i', 'n', 'e'):
	case K6('d', 'e', 'b', 'u', 'g', '1'):
	case K6('d', 'e', 'b', 'u', 'g', '2'):
	case K6('d', 'e', 'b', 'u', 'g', '3'):
	case K6('d', 'e', 'b', 'u', 'g', '4'):
	case K6('d', 'e', 'b', 'u', 'g', '5'): return LEVEL_DEBUG;
	case K4('i', 'n', 'f', 'o'):
	case K3('i', 'n', 'f'):
	case K6('c', 'o', 'n', 'f', 'i', 'g'):
	case K3('l', 'o', 'g'):
	case K6('n', 'o', 'r', 'm', 'a', 'l'):
	case K6('s', 'y', 's', 't', 'e', 'm'):
	case K8('i', 'n', 'f', 'o', 'r', 'm', 'a', 't'): /* "information..." */ return LEVEL_INFO;
	case K6('n', 'o', 't', 'i', 'c', 'e'):
	case K4('n', 'o', 't', 'e'): return LEVEL_NOTICE;
	case K4('w', 'a', 'r', 'n'):
	case K7('w', 'a', 'r', 'n', 'i', 'n', 'g'):
	case K3('w', 'r', 'n'):
	case K8('w', 'a', 'r', 'n', 'i', 'n', 'g', 's'): return LEVEL_WARN;
	case K5('e', 'r', 'r', 'o', 'r'):
	case K3('e', 'r', 'r'):
	case K6('s', 'e', 'v', 'e', 'r', 'e'):
	case K7('f', 'a', 'i', 'l', 'u', 'r', 'e'):
	case K4('f', 'a', 'i', 'l'): return LEVEL_ERROR;
	case K5('f', 'a', 't', 'a', 'l'):
	case K4('c', 'r', 'i', 't'):
	case K8('c', 'r', 'i', 't', 'i', 'c', 'a', 'l'):
	case K5('e', 'm', 'e', 'r', 'g'):
	case K5('a', 'l', 'e', 'r', 't'):
	case K5('p', 'a', 'n', 'i', 'c'):
	case K6('d', 'p', 'a', 'n', 'i', 'c'):
	case K3('f', 't', 'l'):
	case K8('e', 'm', 'e', 'r', 'g', 'e', 'n', 'c'): /* "emergency" */ return LEVEL_FATAL;
	default: return LEVEL_UNKNOWN;
	}
}

enum level level_of_word8(struct str s)
{
	uint64_t key, mask;

	if (s.n < 3 || s.n > 11)
		return LEVEL_UNKNOWN;
	if (s.n > 8 && !str_eq_nocase(s, STR("information")) && !str_eq_nocase(s, STR("emergency")))
		return LEVEL_UNKNOWN;
	memcpy(&key, s.p, 8);
	if (s.n == 8 && ((s.p[7] | 32) == 't' || (s.p[7] | 32) == 'c'))
		return LEVEL_UNKNOWN; /* the cut-off words above */
	mask = s.n < 8 ? (UINT64_C(1) << (8 * s.n)) - 1 : UINT64_MAX;
	/* Bit 5 set turns capitals into small letters and leaves digits; zero bytes must stay. */
	return of_key((key | UINT64_C(0x2020202020202020)) & mask);
}

enum level level_of_word(struct str s)
{
	char room[12] = {0};

	if (s.n > 11)
		return LEVEL_UNKNOWN;
	if (s.n)
		memcpy(room, s.p, s.n);
	return level_of_word8((struct str){room, s.n});
}

enum level level_of_letter(char c)
{
	switch (c) {
	case 'V':
	case 'T': return LEVEL_TRACE;
	case 'D': return LEVEL_DEBUG;
	case 'I': return LEVEL_INFO;
	case 'N': return LEVEL_NOTICE;
	case 'W': return LEVEL_WARN;
	case 'E': return LEVEL_ERROR;
	case 'F':
	case 'C':
	case 'A': return LEVEL_FATAL;
	default: return LEVEL_UNKNOWN;
	}
}

enum level level_of_priority(unsigned pri)
{
	static const enum level of[8] = {LEVEL_FATAL, LEVEL_FATAL,  LEVEL_FATAL, LEVEL_ERROR,
					 LEVEL_WARN,  LEVEL_NOTICE, LEVEL_INFO,  LEVEL_DEBUG};

	return of[pri % 8];
}

enum level level_of_number(uint64_t n)
{
	if (n < 8)
		return level_of_priority((unsigned)n);
	if (n < 10 || n > 100)
		return LEVEL_UNKNOWN;
	return n < 20   ? LEVEL_TRACE
	       : n < 30 ? LEVEL_DEBUG
	       : n < 40 ? LEVEL_INFO
	       : n < 50 ? LEVEL_WARN
	       : n < 60 ? LEVEL_ERROR
			: LEVEL_FATAL;
}

enum level level_of_any(struct str s)
{
	uint64_t n;

	if (s.n == 1 && (s.p[0] < '0' || s.p[0] > '9'))
		return level_of_letter((char)(s.p[0] & ~32));
	if (str_u64(s, &n))
		return level_of_number(n);
	return level_of_word(s);
}

const char *level_name(enum level l)
{
	static const char *const names[] = {"",       "trace", "debug", "info",
					    "notice", "warn",  "error", "fatal"};

	return (size_t)l < sizeof(names) / sizeof(names[0]) ? names[l] : "";
}
