// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which lines of a sample are learnt together: those whose first timestamp stands at the same place
 * behind the same kinds of tokens, or which begin with a level. See learn.c for what is learnt.
 */
#include "log/learn.h"

#include <stdlib.h>

#include "base/hash.h"

#define GROUP_FORMATS 4 /* formats of one group at most */

struct group {
	uint64_t key;
	uint32_t first, n;
};

/* Which token is the first timestamp of the header; n if none may be one. */
static size_t first_time(const struct sample *s)
{
	for (size_t i = 0; i < s->n && i < 10; i++) {
		if (s->t[i].kind == TOKEN_TIME)
			return i;
		if (s->t[i].kind == TOKEN_QUOTED)
			break;
	}
	return s->n;
}

static bool level_first(const struct sample *s)
{
	const struct token *t = s->t;

	if (s->n < 2)
		return false;
	if (t[0].kind == TOKEN_PUNCT && t[0].sub == '[')
		return t[1].kind == TOKEN_LEVEL;
	if (t[0].kind == TOKEN_LETTER && t[0].sub == 2)
		return true;
	/* "[main] DEBUG text" */
	if (t[0].kind == TOKEN_GROUP && t[1].kind == TOKEN_LEVEL && t[1].sub && t[1].gap)
		return s->line.p[t[1].at + 1] >= 'A' && s->line.p[t[1].at + 1] <= 'Z';
	if (t[0].kind != TOKEN_LEVEL || !t[0].sub)
		return false;
	if (t[1].kind == TOKEN_PUNCT && t[1].sub == ':' && t[1].gap == GAP_NONE)
		return true;
	/* A bare word: capitals only, so that sentences do not count. */
	return s->line.p[t[0].at + 1] >= 'A' && s->line.p[t[0].at + 1] <= 'Z';
}

static uint64_t token_key(const struct token *t, bool before_time)
{
	uint64_t kind = t->kind, sub = 0;

	if (kind == TOKEN_LEVEL || (kind == TOKEN_LETTER && !t->sub) ||
	    (kind == TOKEN_PUNCT && t->sub == '-' && t->n == 1))
		kind = before_time ? TOKEN_ATOM : kind;
	if (kind == TOKEN_TIME || kind == TOKEN_GROUP || kind == TOKEN_PUNCT)
		sub = t->sub;
	return kind << 9 | sub << 1 | (t->gap != GAP_NONE && !any_gap(t));
}

/* 0: no header to be seen. */
static uint64_t group_key(const struct sample *s)
{
	size_t time = first_time(s), i;
	uint64_t h = s->tabs;

	if (time < s->n) {
		for (i = 0; i <= time; i++)
			h = hash_word(h, token_key(&s->t[i], i < time));
		return h | 1;
	}
	if (!level_first(s))
		return 0;
	for (i = 0; i < s->n && i < 3; i++) {
		h = hash_word(h, token_key(&s->t[i], false));
		if (s->t[i].kind == TOKEN_LEVEL || s->t[i].kind == TOKEN_LETTER)
			break;
	}
	return h | 1;
}

/* Columns that tabs separate and a timestamp in one of them: "job<TAB>step name<TAB>time ...". */
static void lex_sample(struct sample *s, struct str line)
{
	struct str rest = str_head(line, HEADER_MAX_BYTES);
	unsigned shape;

	s->whole = s->line = line;
	s->tabs = 0;
	s->base = 0;
	for (unsigned k = 1; k <= 5; k++) {
		size_t i = str_find_char(rest, '\t');

		if (i == rest.n || i == 0)
			break;
		rest = str_from(rest, i + 1);
		if (timestamp_match(rest, TIMESTAMP_BARE, &shape)) {
			s->tabs = (uint8_t)k;
			s->base = (uint16_t)(rest.p - line.p);
			s->line = str_from(line, s->base);
			break;
		}
	}
	s->n = (uint8_t)lex_header(s->line, s->t, HEADER_MAX_TOKENS);
}

static bool tailed(const struct learner *l)
{
	size_t have = 0;

	for (size_t i = 0; i < l->nalive; i++) {
		struct logline line = {0};

		have += tail_match(l->alive[i]->line, &line);
	}
	return tail_usual(have, l->nalive);
}

static void learn_group(struct learner *l, struct format **out, size_t *nout)
{
	struct sample *first = l->alive[0];
	uint32_t n = (uint32_t)l->nalive;
	size_t cols;

	l->anchor = first_time(first);
	l->timed = l->anchor < first->n;
	if (!l->timed)
		l->anchor = 0;
	l->have_level = false;
	l->tailed = tailed(l);
	l->tabs = first->tabs;
	cols = learn_columns(l);
	if (cols == 0 || l->nalive == 0)
		return;
	out[*nout] = format_build(l, cols);
	if (!out[*nout])
		return;
	out[*nout]->rank = n;
	++*nout;
}

static int by_count(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Enough lines for its kind of anchor? */
static bool supported(const struct sample *s, uint32_t lines, size_t all,
		      const struct format *outer)
{
	size_t time = first_time(s);

	if (time == s->n && outer && outer->bare)
		return lines >= 2;
	if (time == s->n)
		return lines >= 3 && lines * 50 >= all;
	if (time == 0 || (time == 1 && s->t[0].kind == TOKEN_PUNCT) ||
	    (time == 1 && s->t[0].kind == TOKEN_LETTER) || s->tabs)
		return true;
	return lines >= 3 && lines * 20 >= all;
}

/*
 * "error: text" where the header has no more than a time: only some lines say their level. Then the
 * format ends behind the colon, which must be there.
 */
static bool optional_level(struct format *f)
{
	uint32_t colon = 1;

	if (f->ops[0].kind != OP_LEVEL || f->rank < 2)
		return false;
	while (colon < f->nops && f->ops[colon].kind == OP_SKIP)
		colon++;
	if (colon == f->nops || f->ops[colon].kind != OP_CHAR || f->ops[colon].arg != ':')
		return false;
	f->required = colon + 1;
	f->nops = colon + 1;
	f->ops[f->nops++] = (struct op){.kind = OP_SKIP};
	return true;
}

/* Inside another header: most messages begin so, or a time and a level stand there. */
static bool surely_inner(struct format *f, size_t all, const struct format *outer)
{
	bool level = false;

	for (uint32_t i = 0; i < f->nops; i++)
		level = level || f->ops[i].field == FIELD_LEVEL;
	if (!f->timed)
		return (size_t)f->rank * (f->ops[0].kind == OP_CHAR ? 10 : 2) >= all ||
		       (outer->bare && optional_level(f));
	return (size_t)f->rank * 2 >= all || (level && f->rank >= 5);
}

/* Read the lines l->alive again as they are; those that format f reads wholly are left out. */
static size_t unread(struct learner *l, const struct format *f, size_t n)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		struct sample *s = l->group[i];
		struct logline line = {0};
		bool whole = false;

		lex_sample(s, s->whole);
		format_ops(f, s->whole, &line, &whole);
		if (!whole)
			l->alive[m++] = s;
	}
	return m;
}

/*
 * The formats of one group of n lines (in l->group): most lines make the first; those that it does
 * not read to its end may have one of their own ("time [thread] LEVEL" beside "time LEVEL").
 */
static void learn_group_all(struct learner *l, size_t n, size_t all, struct format **out,
			    size_t *nout, size_t max)
{
	size_t first = *nout;

	memcpy(l->alive, l->group, n * sizeof(*l->alive));
	l->nalive = n;
	while (*nout < max && *nout < first + GROUP_FORMATS) {
		size_t before = *nout;

		learn_group(l, out, nout);
		if (*nout == before)
			break;
		if (before > first && out[before]->bare) {
			format_free(out[--*nout]);
			break;
		}
		n = unread(l, out[before], n);
		if (n < 5 || n * 50 < all)
			break;
		memcpy(l->group, l->alive, n * sizeof(*l->alive));
		l->nalive = n;
	}
}

/* One date with the day first settles the order of all: 31/12/2024, then 05/06/2024 too. */
static void settle_order(struct sample *samples, size_t n)
{
	bool day_first = false;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < samples[i].n; k++)
			day_first = day_first || (samples[i].t[k].kind == TOKEN_TIME &&
						  timestamp_is_day_first(samples[i].t[k].sub));
	for (size_t i = 0; day_first && i < n; i++) {
		for (size_t k = 0; k < samples[i].n; k++) {
			struct token *t = &samples[i].t[k];
			unsigned other = t->kind == TOKEN_TIME ? timestamp_day_first(t->sub)
							       : TIMESTAMP_NONE;

			if (other != TIMESTAMP_NONE)
				t->sub = (uint8_t)other;
		}
	}
}

size_t learn_formats(const struct str *lines, size_t n, const struct format *outer,
		     struct format **out, size_t max)
{
	struct learner l = {0};
	struct sample *samples = mem_alloc((n + 1) * sizeof(*samples));
	uint64_t *keys = mem_alloc((n + 1) * sizeof(*keys));
	struct group *groups = mem_alloc((n + 1) * sizeof(*groups));
	struct map map = {0};
	size_t ngroups = 0, nout = 0, members, first;

	for (size_t i = 0; i < n; i++)
		lex_sample(&samples[i], lines[i]);
	settle_order(samples, n);
	for (size_t i = 0; i < n; i++) {
		uint32_t g;
		bool fresh;

		keys[i] = samples[i].n ? group_key(&samples[i]) : 0;
		if (!keys[i])
			continue;
		g = map_put(&map, keys[i], (uint32_t)ngroups, &fresh);
		if (fresh)
			groups[ngroups++] = (struct group){keys[i], (uint32_t)i, 0};
		groups[g].n++;
	}
	qsort(groups, ngroups, sizeof(*groups), by_count);
	l.alive = mem_alloc((n + 1) * sizeof(*l.alive));
	l.group = mem_alloc((n + 1) * sizeof(*l.group));
	l.before = mem_alloc((n + 1) * sizeof(*l.before));
	for (size_t g = 0; g < ngroups && nout < max; g++) {
		if (!supported(&samples[groups[g].first], groups[g].n, n, outer))
			continue;
		members = 0;
		first = nout;
		for (size_t i = 0; i < n; i++)
			if (keys[i] == groups[g].key)
				l.group[members++] = &samples[i];
		learn_group_all(&l, members, n, out, &nout, max);
		while (outer && nout > first && !surely_inner(out[nout - 1], n, outer))
			format_free(out[--nout]);
	}
	free(l.before);
	free(l.group);
	free(l.alive);
	free(groups);
	free(keys);
	free(samples);
	map_release(&map);
	return nout;
}
