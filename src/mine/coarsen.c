// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Coarser forms of canonical messages, and what words look like. A form depends on one message
 * alone, so any number of miners come to the same shapes.
 */
#include "mine/mine-priv.h"

#include <stdlib.h>

static const char *const announcing[] = {
	"user",   "for",       "host",    "from",        "to",        "name",    "id",
	"file",   "by",        "port",    "class",       "service",   "package", "process",
	"thread", "client",    "server",  "device",      "interface", "queue",   "job",
	"task",   "named",     "called",  "module",      "driver",    "node",    "path",
	"dir",    "directory", "app",     "application", "component", "session", "type",
	"key",    "event",     "command", "program",
};

/* Lengths of those that begin with a letter, one bit a length: spares most searches. */
static const uint16_t lengths['z' - 'a' + 1] = {
	['a' - 'a'] = 0x0808, ['b' - 'a'] = 0x0004, ['c' - 'a'] = 0x02e0, ['d' - 'a'] = 0x0248,
	['e' - 'a'] = 0x0020, ['f' - 'a'] = 0x0018, ['h' - 'a'] = 0x0010, ['i' - 'a'] = 0x0204,
	['j' - 'a'] = 0x0008, ['k' - 'a'] = 0x0008, ['m' - 'a'] = 0x0040, ['n' - 'a'] = 0x0030,
	['p' - 'a'] = 0x0090, ['q' - 'a'] = 0x0020, ['s' - 'a'] = 0x00c0, ['t' - 'a'] = 0x0054,
	['u' - 'a'] = 0x0010,
};

struct coarsener {
	struct opposites *opposites;
	struct intern common;
};

struct coarsener *coarsener_new(void)
{
	struct coarsener *c = mem_alloc(sizeof(*c));
	struct str rest = str_of(mask_common_words), w;

	c->opposites = opposites_new();
	intern_init(&c->common);
	while (str_next(&rest, ' ', &w))
		intern_add(&c->common, w);
	return c;
}

void coarsener_free(struct coarsener *c)
{
	if (!c)
		return;
	opposites_free(c->opposites);
	intern_release(&c->common);
	free(c);
}

bool mask_announces(struct str w)
{
	unsigned c = w.n ? (unsigned char)(*w.p | 32) : 0;

	if (c < 'a' || c > 'z' || w.n > 15 || !(lengths[c - 'a'] >> w.n & 1))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(announcing); i++)
		if (str_eq_nocase(w, str_of(announcing[i])))
			return true;
	return false;
}

bool mask_is_identifier(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : ' ';

		if (mask_is_digit(c))
			return true;
		if (strchr("._/\\$@#:-", c) && mask_is_word(next))
			return true;
		if (c >= 'a' && c <= 'z' && next >= 'A' && next <= 'Z')
			return true;
	}
	return false;
}

#define WORD_MAX 20 /* letters of a word that is no identifier */

/* Place of a unit: what is before and behind it. */
struct place {
	struct str before; /* the unit before, if only blanks are between */
	char mark;         /* the last delimiter before that is no blank, since the unit before */
	char near, next;   /* the bytes at both sides */
	bool first;        /* of the message */
};

static bool is_stop(char c)
{
	return c == '.' || c == ':' || c == '!' || c == '?';
}

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (mask_is_digit(s.p[i]))
			return true;
	return false;
}

/* Does a value stand here: key=X, "X", (X), user X? */
static bool is_value_place(const struct place *p)
{
	const char *pairs = "()[]{}<>\"\"''", *at;

	if (p->mark == '=')
		return true;
	if (!p->mark)
		return mask_announces(p->before);
	at = p->near ? strchr(pairs, p->near) : NULL;
	return at && !((at - pairs) & 1) && at[1] == p->next;
}

/* In any case of letters. */
static bool is_common(const struct coarsener *co, struct str w)
{
	char low[WORD_MAX];
	struct str s = {low, w.n};
	uint32_t id;

	for (size_t i = 0; i < w.n; i++)
		low[i] = (char)(w.p[i] >= 'A' && w.p[i] <= 'Z' ? w.p[i] | 32 : w.p[i]);
	return intern_find(&co->common, s, &id) || opposites_has(co->opposites, s);
}

static bool is_plain(struct str w)
{
	for (size_t i = 0; i < w.n; i++)
		if (mask_is_word(w.p[i]))
			return true;
	return false;
}

static bool is_masked(const struct coarsener *co, unsigned form, struct str w,
		      const struct place *p)
{
	if (has_digit(w))
		return true;
	if (is_value_place(p) && !opposites_has(co->opposites, w) && !mask_announces(w))
		return true;
	if (form >= 2 && (w.n > WORD_MAX || mask_is_identifier(w)))
		return true;
	return form >= 3 && !p->first && is_plain(w) && !is_common(co, w);
}

/* A unit in this form to o; its end. Partly masked units stay as they are in form 1. */
static char *put_unit(const struct coarsener *co, char *o, unsigned form, struct str unit,
		      const struct place *p)
{
	size_t n = unit.n;

	while (n && is_stop(unit.p[n - 1]))
		n--;
	if (n && (str_find_char(str_head(unit, n), MASK_ANY) < n
			  ? form >= 2
			  : is_masked(co, form, str_head(unit, n), p)))
		*o++ = MASK_ANY;
	else
		o = mask_copy(o, unit.p, n);
	return mask_copy(o, unit.p + n, unit.n - n);
}

size_t mask_coarsen(const struct coarsener *co, unsigned form, struct str s, char *out)
{
	struct place p = {.first = true};
	char *o = out;

	if (form >= MASK_COARSE) {
		*o = MASK_ANY;
		return s.n > 0;
	}
	for (size_t i = 0, to; i < s.n; i = to) {
		struct str unit;

		to = i + 1;
		if (mask_is_delim(s.p[i])) {
			*o++ = s.p[i];
			p.near = s.p[i];
			if (p.near != ' ')
				p.mark = p.near;
			continue;
		}
		while (to < s.n && !mask_is_delim(s.p[to]))
			to++;
		unit = (struct str){s.p + i, to - i};
		p.next = to < s.n ? s.p[to] : 0;
		if (form == 4 && !p.first) {
			*o++ = MASK_ANY;
			break;
		}
		o = put_unit(co, o, form, unit, &p);
		p = (struct place){.before = unit};
	}
	return (size_t)(o - out);
}
