// SPDX-License-Identifier: GPL-3.0-or-later
/* See wrap.h. A wrapper is one of a log as a whole: nearly all lines must have it. */
#include "log/wrap.h"

#include "base/hash.h"
#include "log/record.h"

#define RANK_BYTES 40

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

/* Letters, digits and a few signs, a digit at the end: rank0, default3, node-7, 12. */
static size_t rank_length(struct str s)
{
	size_t i = 0;

	while (i < s.n && i < RANK_BYTES &&
	       (digit(s.p[i]) || (unsigned)((s.p[i] | 32) - 'a') <= 25 || strchr("-_./", s.p[i])))
		i++;
	return i && digit(s.p[i - 1]) ? i : 0;
}

static bool open_rank(enum wrap w, struct str s, struct str *name, struct str *inner)
{
	size_t bracket = w == WRAP_BRACKET, n;

	if (bracket && (!s.n || s.p[0] != '['))
		return false;
	n = rank_length(str_from(s, bracket));
	if (!n)
		return false;
	*name = str_head(str_from(s, bracket), n);
	s = str_from(s, bracket + n);
	if (w == WRAP_BAR) {
		while (s.n && s.p[0] == ' ')
			s = str_from(s, 1);
		if (!s.n || s.p[0] != '|' || name->p + name->n == s.p)
			return false;
	} else {
		if (bracket && (!s.n || s.p[0] != ']'))
			return false;
		s = str_from(s, bracket);
		if (!s.n || s.p[0] != ':')
			return false;
	}
	s = str_from(s, 1);
	if (s.n && s.p[0] != ' ' && !(bracket && s.p[0] == '['))
		return false;
	*inner = str_from(s, s.n && s.p[0] == ' ');
	return true;
}

/* A time in ISO 8601 and a blank; what follows. */
static bool open_time(struct str s, struct str *time, struct str *rest)
{
	unsigned shape;
	size_t n;

	if (s.n < 22 || s.p[4] != '-' || s.p[10] != 'T')
		return false;
	n = timestamp_match(s, TIMESTAMP_BARE, &shape);
	if (n < 20 || n >= s.n || s.p[n] != ' ')
		return false;
	*time = str_head(s, n);
	*rest = str_from(s, n + 1);
	return true;
}

static bool open_cri(struct str s, struct logline *line, struct str *inner, unsigned *flags)
{
	struct str time, rest;

	if (!open_time(s, &time, &rest) || rest.n < 8 ||
	    (!str_starts(rest, STR("stdout ")) && !str_starts(rest, STR("stderr "))) ||
	    (rest.p[7] != 'F' && rest.p[7] != 'P') || (rest.n > 8 && rest.p[8] != ' '))
		return false;
	line->time_text = time;
	*flags = rest.p[7] == 'P' ? WRAP_PARTIAL : 0;
	*inner = str_from(rest, 9);
	return true;
}

static bool open_gitlab(struct str s, struct logline *line, struct str *inner, unsigned *flags)
{
	struct str time, rest;

	if (!open_time(s, &time, &rest) || rest.n < 3 || !digit(rest.p[0]) || !digit(rest.p[1]) ||
	    (rest.p[2] != 'O' && rest.p[2] != 'E') ||
	    (rest.n > 3 && rest.p[3] != ' ' && rest.p[3] != '+'))
		return false;
	line->time_text = time;
	*flags = rest.n > 3 && rest.p[3] == '+' ? WRAP_CONTINUES : 0;
	*inner = str_from(rest, 4);
	return true;
}

bool wrap_open(enum wrap w, struct str text, struct buf *scratch, struct logline *line,
	       struct str *inner, unsigned *flags)
{
	struct str name;

	*flags = 0;
	switch (w) {
	case WRAP_BRACKET:
	case WRAP_NUMBER:
	case WRAP_BAR:
		if (!open_rank(w, text, &name, inner))
			return false;
		if (w == WRAP_BAR)
			line->host = name;
		else
			line->process = name;
		return true;
	case WRAP_CRI: return open_cri(text, line, inner, flags);
	case WRAP_GITLAB: return open_gitlab(text, line, inner, flags);
	case WRAP_DOCKER:
		if (!record_docker(text, scratch, line))
			return false;
		*inner = line->message;
		return true;
	default: return false;
	}
}

static bool is_bare_number(struct str s)
{
	size_t i = 0;

	while (i < s.n && digit(s.p[i]))
		i++;
	return i > 0 && i < 6 && i < s.n && s.p[i] == ':';
}

static bool has_wrap(enum wrap w, struct str s, struct buf *scratch, struct map *names)
{
	struct logline line = {0};
	struct str inner, name;
	unsigned flags;

	buf_clear(scratch);
	buf_reserve(scratch, RECORD_ROOM(s.n));
	if (w == WRAP_NUMBER && !is_bare_number(s))
		return false;
	if (!wrap_open(w, s, scratch, &line, &inner, &flags))
		return false;
	name = line.host.n ? line.host : line.process;
	if (name.n)
		map_put(names, hash_str(name), 0, NULL);
	return true;
}

static enum wrap journal(const struct str *lines, size_t n)
{
	size_t entries = 0, fields = 0, all = 0;

	for (size_t i = 0; i < n; i++) {
		entries += str_starts(lines[i], STR("__CURSOR="));
		fields +=
			lines[i].n > 2 &&
			(lines[i].p[0] == '_' || (lines[i].p[0] >= 'A' && lines[i].p[0] <= 'Z')) &&
			str_find_char(lines[i], '=') < 64;
		all += lines[i].n > 0;
	}
	return entries && fields * 10 >= all * 8 ? WRAP_JOURNAL : WRAP_NONE;
}

enum wrap wrap_learn(const struct str *lines, size_t n)
{
	CLEANUP_BUF struct buf scratch = {0};

	if (journal(lines, n) == WRAP_JOURNAL)
		return WRAP_JOURNAL;
	for (enum wrap w = WRAP_BRACKET; w < WRAP_JOURNAL; w++) {
		struct map names = {0};
		size_t have = 0, all = 0, few;

		for (size_t i = 0; i < n; i++) {
			if (!lines[i].n)
				continue;
			all++;
			have += has_wrap(w, lines[i], &scratch, &names);
			if (all >= 20 && have * 2 < all)
				break; /* surely not */
		}
		/* Ranks are few; a numbered list has as many numbers as lines. */
		few = names.n;
		map_release(&names);
		if (all >= 4 && have * 100 >= all * (w <= WRAP_BAR ? 95 : 80) &&
		    (w > WRAP_BAR || few * 4 <= all))
			return w;
		if (all && all < 4 && have == all && w > WRAP_BAR)
			return w;
	}
	return WRAP_NONE;
}
