// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Shapes -> templates, second half: which words of shapes with one skeleton are parameters.
 *
 * Three steps on a table of words (rows: shapes; columns: word positions). (1) Identifiers with
 * digits vary together: rows that agree in all else share a parameter where there are three values
 * or more. (2) So do the values after '=' and within brackets or quotes, two values being enough.
 * (3) Then one column at a time, all other columns equal: how many different words make a parameter
 * depends on where they stand (JOIN_* below). The column with the largest such set goes first,
 * until there is none. Opposites are never joined, and the first word only if it is a dotted name.
 *
 * The thresholds lie in the middle of flat maxima: moved one at a time by one or two, the grouping
 * accuracy on labelled logs changes by less than one per cent.
 *
 * All choices go by the sets of words, never by the order of rows; ties by column.
 */
#include "mine/mine-priv.h"

#include <stdlib.h>

enum place {
	PLACE_FIRST,
	PLACE_KEY,
	PLACE_BRACKET,
	PLACE_QUOTE,
	PLACE_NOUN,
	PLACE_COLON,
	PLACE_WORD
};

#define JOIN_SOFT       3 /* identifiers with digits */
#define JOIN_IDENTIFIER 3 /* names with marks, capitals or digits inside */
#define JOIN_WITH_VALUE 2 /* a masked value is among them, and all else looks like one */

static const uint8_t join_words[] = {
	[PLACE_FIRST] = 4, [PLACE_KEY] = 2,   [PLACE_BRACKET] = 2, [PLACE_QUOTE] = 3,
	[PLACE_NOUN] = 3,  [PLACE_COLON] = 5, [PLACE_WORD] = 5,
};

#define WORD_ANY 0
#define WILD     UINT32_MAX

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (mask_is_digit(s.p[i]))
			return true;
	return false;
}

static struct str word(const struct join *g, uint32_t id)
{
	return g->words->strs[id];
}

static bool is_soft(const struct join *g, uint32_t id)
{
	return id != WORD_ANY && has_digit(word(g, id)) &&
	       str_find_char(word(g, id), MASK_ANY) == word(g, id).n;
}

static uint64_t mix(size_t column, uint32_t id)
{
	return hash_word(hash_word(HASH_K1, column), id);
}

static uint32_t *cell(const struct join *g, size_t row, size_t column)
{
	return &g->w[row * g->width + column];
}

static void set_any(struct join *g, size_t row, size_t column)
{
	uint32_t *w = cell(g, row, column);

	g->hash[row] += mix(column, WORD_ANY) - mix(column, *w);
	*w = WORD_ANY;
}

/* A row in its group: rows with the same key agree in all columns that count. */
struct member {
	uint64_t key;
	uint32_t word, row;
};

static int by_member(const void *pa, const void *pb)
{
	const struct member *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->word != b->word)
		return a->word < b->word ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static size_t members_end(const struct member *m, size_t n, size_t i)
{
	size_t to = i + 1;

	while (to < n && m[to].key == m[i].key)
		to++;
	return to;
}

/* What stands before a column: its delimiter, or the column of the word before. */
struct context {
	enum place place;
	size_t before; /* column of the word before, if place is PLACE_WORD; else SIZE_MAX */
};

static char closing(char c)
{
	const char *pairs = "()[]{}<>\"\"''||", *at = c ? strchr(pairs, c) : NULL;

	return at && !((at - pairs) & 1) ? at[1] : 0;
}

static struct context context_of(const struct join *g, size_t column)
{
	const struct pieces *u = &g->rows[g->index[0]].u;
	size_t at = g->at[column], i = at;
	struct context c = {PLACE_WORD, SIZE_MAX};
	char mark, next;
	bool near;

	if (!column)
		return (struct context){PLACE_FIRST, SIZE_MAX};
	while (i && u->p[i - 1].kind == PIECE_DELIM && str_eq(u->p[i - 1].s, STR(" ")))
		i--;
	if (!i)
		return c;
	if (u->p[i - 1].kind != PIECE_DELIM) {
		c.before = column - 1;
		return c;
	}
	if (u->p[i - 1].s.n != 1)
		return c;
	near = i == at;
	mark = *u->p[i - 1].s.p;
	next = at + 1 < u->n && u->p[at + 1].s.n ? *u->p[at + 1].s.p : 0;
	if (mark == '=')
		c.place = PLACE_KEY;
	else if (mark == ':')
		c.place = PLACE_COLON;
	else if (near && next && closing(mark) == next)
		c.place = mark == '"' || mark == '\'' ? PLACE_QUOTE : PLACE_BRACKET;
	return c;
}

/*
 * Which of the values (distinct words of one column, all else equal) become a parameter: marks
 * them in yes[], how many.
 */
static size_t choose(const struct join *g, enum place place, const uint32_t *ids, size_t n,
		     bool *yes)
{
	struct str *values CLEANUP_FREE = mem_alloc(n * sizeof(*values));
	size_t live = 0, identifiers = 0, dotted = 0, words = 0, least = join_words[place];
	bool any = false, empty = false;

	for (size_t i = 0; i < n; i++)
		values[i] = word(g, ids[i]);
	opposites_mark(g->opposites, values, n, yes);
	for (size_t i = 0; i < n; i++) {
		yes[i] = !yes[i];
		if (!yes[i])
			continue;
		live++;
		if (ids[i] == WORD_ANY) {
			any = true;
		} else if (!values[i].n) {
			empty = true;
		} else {
			words++;
			identifiers += mask_is_identifier(values[i]);
			dotted += mask_is_identifier(values[i]) &&
				  str_find_char(values[i], '.') < values[i].n;
		}
	}
	if (place == PLACE_FIRST)
		return words && dotted == words && live >= (any ? JOIN_WITH_VALUE : least) ? live
											   : 0;
	if (place == PLACE_QUOTE || place == PLACE_BRACKET) {
		if (any || empty)
			least = JOIN_WITH_VALUE;
	}
	if (identifiers == words && !empty && least > JOIN_IDENTIFIER)
		least = JOIN_IDENTIFIER;
	if (any &&
	    (place == PLACE_NOUN || place == PLACE_COLON || (identifiers == words && !empty)))
		least = JOIN_WITH_VALUE;
	return live >= least && live >= 2 ? live : 0;
}

/* Members sorted: distinct words of m[0 ... n-1] to ids, how many. */
static size_t distinct(const struct member *m, size_t n, uint32_t *ids)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (!i || m[i].word != m[i - 1].word)
			ids[k++] = m[i].word;
	return k;
}

/* A bucket of rows that differ in one column only: join them if they may be. How many values. */
static size_t join_bucket(struct join *g, size_t column, const struct context *ctx,
			  const struct member *m, size_t n, bool apply)
{
	uint32_t *ids CLEANUP_FREE = mem_alloc(n * sizeof(*ids));
	bool *yes CLEANUP_FREE = mem_alloc(n * sizeof(*yes));
	size_t k = distinct(m, n, ids), chosen;
	enum place place = ctx->place;

	if (k < 2)
		return 0;
	if (ctx->before != SIZE_MAX && mask_announces(word(g, *cell(g, m->row, ctx->before))))
		place = PLACE_NOUN;
	chosen = choose(g, place, ids, k, yes);
	if (!chosen || !apply)
		return chosen;
	for (size_t i = 0, j = 0; i < n; i++) {
		j += i && m[i].word != m[i - 1].word;
		if (yes[j])
			set_any(g, m[i].row, column);
	}
	return chosen;
}

/* Rows by their words, those in wild columns left out; sorted by this column within. */
static void sort_members(const struct join *g, struct member *m, const uint64_t *keys,
			 size_t column)
{
	for (size_t r = 0; r < g->n; r++)
		m[r] = (struct member){keys ? keys[r]
					    : g->hash[r] - mix(column, *cell(g, r, column)),
				       *cell(g, r, column), (uint32_t)r};
	qsort(m, g->n, sizeof(*m), by_member);
}

/* Step 1. */
static void join_soft(struct join *g, struct member *m)
{
	uint64_t *keys CLEANUP_FREE = mem_alloc(g->n * sizeof(*keys));
	bool *wild CLEANUP_FREE = mem_zalloc(g->width * sizeof(*wild));

	for (size_t r = 0; r < g->n; r++) {
		keys[r] = g->hash[r];
		for (size_t c = 0; c < g->width; c++) {
			uint32_t id = *cell(g, r, c);

			if (id != WORD_ANY && !is_soft(g, id))
				continue;
			keys[r] += mix(c, WILD) - mix(c, id);
			wild[c] |= id != WORD_ANY;
		}
	}
	for (size_t c = 0; c < g->width; c++) {
		if (!wild[c])
			continue;
		sort_members(g, m, keys, c);
		for (size_t i = 0, to; i < g->n; i = to) {
			size_t values = 1;
			uint32_t id = m[i].word;

			to = members_end(m, g->n, i);
			for (size_t j = i + 1; j < to; j++)
				values += m[j].word != m[j - 1].word;
			/* word 0 sorts first */
			if (values < 2 ||
			    (id != WORD_ANY && (values < JOIN_SOFT || !is_soft(g, id))))
				continue;
			for (size_t j = i; j < to; j++)
				set_any(g, m[j].row, c);
		}
	}
}

/* Step 2. */
static void join_keys(struct join *g, struct member *m, const struct context *ctx)
{
	uint64_t *keys CLEANUP_FREE = mem_alloc(g->n * sizeof(*keys));

	for (size_t r = 0; r < g->n; r++) {
		keys[r] = g->hash[r];
		for (size_t c = 0; c < g->width; c++)
			if (ctx[c].place >= PLACE_KEY && ctx[c].place <= PLACE_QUOTE)
				keys[r] -= mix(c, *cell(g, r, c));
	}
	for (size_t c = 0; c < g->width; c++) {
		if (ctx[c].place < PLACE_KEY || ctx[c].place > PLACE_QUOTE)
			continue;
		sort_members(g, m, keys, c);
		for (size_t i = 0, to; i < g->n; i = to) {
			to = members_end(m, g->n, i);
			join_bucket(g, c, &ctx[c], m + i, to - i, true);
		}
	}
}

/* The largest set of values that column c could join; joins all of them if apply. */
static size_t try_column(struct join *g, struct member *m, const struct context *ctx, size_t c,
			 bool apply)
{
	size_t most = 0;

	sort_members(g, m, NULL, c);
	for (size_t i = 0, to; i < g->n; i = to) {
		size_t values = 0;

		to = members_end(m, g->n, i);
		if (m[i].word != m[to - 1].word)
			values = join_bucket(g, c, &ctx[c], m + i, to - i, apply);
		most = values > most ? values : most;
	}
	return most;
}

void join_group(struct join *g)
{
	struct member *m CLEANUP_FREE = mem_alloc(g->n * sizeof(*m));
	struct context *ctx CLEANUP_FREE = mem_alloc((g->width + 1) * sizeof(*ctx));

	for (size_t c = 0; c < g->width; c++)
		ctx[c] = context_of(g, c);
	for (size_t r = 0; r < g->n; r++) {
		g->hash[r] = 0;
		for (size_t c = 0; c < g->width; c++)
			g->hash[r] += mix(c, *cell(g, r, c));
	}
	join_soft(g, m);
	join_keys(g, m, ctx);
	for (;;) {
		size_t best = 0, column = 0;

		for (size_t c = 0; c < g->width; c++) {
			size_t values = try_column(g, m, ctx, c, false);

			if (values > best) {
				best = values;
				column = c;
			}
		}
		if (!best)
			return;
		try_column(g, m, ctx, column, true);
	}
}
