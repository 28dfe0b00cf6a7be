// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Learning the headers of a log from a sample of its lines, without configuration.
 *
 * (1) Every line's beginning is cut into typed tokens (lex.c). (2) Lines are grouped by where their
 * first timestamp stands and what stands before it; lines without a timestamp by a level at their
 * beginning. (3) In each group the columns are walked from left to right; a column belongs to the
 * header while nearly all lines have the same kind of token there. Timestamps, levels, tags,
 * brackets and separators are strong: the header reaches to the last of them. Plain words are weak:
 * they count only between strong columns, or if their values show that they are a column (numbers
 * of one class, a padded column of few values, file:line). (4) The columns become ops, and what
 * they mean (host, process, thread, ...) follows from their kind, their values and their place
 * (fields.c).
 */
#include "log/learn.h"

#define WEAK_MAX  5 /* weak columns in a row */
#define WORDS_MAX 2 /* of them, words that are the same in all lines */

struct tally {
	uint32_t total, end, gapless, kind[16], punct[128], open[128];
	uint32_t sure, upper, capitals, shape[256];
};

static bool all_capitals(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 'A' || s.p[i] > 'Z')
			return false;
	return s.n > 0;
}

static void tally_column(const struct learner *l, size_t c, struct tally *y)
{
	memset(y, 0, sizeof(*y));
	for (size_t i = 0; i < l->nalive; i++) {
		const struct sample *s = l->alive[i];
		const struct token *t = &s->t[c];

		y->total++;
		if (c >= s->n) {
			y->end++;
			continue;
		}
		y->kind[t->kind]++;
		y->gapless += t->gap == GAP_NONE;
		if (t->kind == TOKEN_PUNCT)
			y->punct[t->sub & 127]++;
		else if (t->kind == TOKEN_GROUP)
			y->open[t->sub & 127]++;
		else if (t->kind == TOKEN_TIME)
			y->shape[t->sub]++;
		else if (t->kind == TOKEN_LEVEL)
			y->sure += t->sub;
		if (t->kind == TOKEN_TAG)
			y->capitals += all_capitals((struct str){s->line.p + t->at, t->n});
		if (t->kind == TOKEN_ATOM || t->kind == TOKEN_LETTER)
			y->upper += s->line.p[t->at] >= 'A' && s->line.p[t->at] <= 'Z';
	}
}

static unsigned most(const uint32_t *a, unsigned n)
{
	unsigned best = 0;

	for (unsigned i = 1; i < n; i++)
		if (a[i] > a[best])
			best = i;
	return best;
}

static bool share(uint32_t part, uint32_t whole, unsigned percent)
{
	return whole && (uint64_t)part * 100 >= (uint64_t)whole * percent;
}

/* What kind of column the tally shows; TOKEN_END: none that all have. */
static enum token_kind column_kind(const struct learner *l, const struct tally *y, size_t c,
				   struct column *col)
{
	/* Lines that end before it say nothing against a column. */
	uint32_t n = y->end * 10 <= y->total * 4 ? y->total - y->end : y->total;
	unsigned shape = most(y->shape, 256), punct = most(y->punct, 128);
	unsigned open = most(y->open, 128);
	bool level_seen = l->have_level;

	col->sub = 0;
	if (c <= l->anchor && l->timed) {
		/* The group's key has decided; levels and dashes before a time are plain columns.
		 */
		const struct token *t = &l->alive[0]->t[c];

		col->sub = t->sub;
		if (t->kind == TOKEN_TIME || t->kind == TOKEN_GROUP)
			return t->kind;
		if (share(y->kind[TOKEN_PUNCT], n, 100) && share(y->punct[punct], n, 100)) {
			col->sub = (uint8_t)punct;
			return TOKEN_PUNCT;
		}
		if (!level_seen && share(y->sure, n, 60))
			return TOKEN_LEVEL;
		if (t->kind == TOKEN_LETTER && t->sub && share(y->kind[TOKEN_LETTER], n, 100))
			return TOKEN_LETTER;
		return t->kind == TOKEN_TAG ? TOKEN_TAG : TOKEN_ATOM;
	}
	if (share(y->shape[shape], n, 90)) {
		col->sub = (uint8_t)shape;
		return TOKEN_TIME;
	}
	if (!level_seen && share(y->sure, n, 60) && share(y->kind[TOKEN_LEVEL] + y->upper, n, 97))
		return TOKEN_LEVEL;
	if (!level_seen && share(y->kind[TOKEN_LEVEL], n, 98))
		return TOKEN_LEVEL;
	if (!level_seen && share(y->kind[TOKEN_LETTER], n, 95))
		return TOKEN_LETTER;
	/* Names in capitals beside the levels: LOG, DETAIL, STATEMENT. */
	if (!level_seen && y->sure && share(y->kind[TOKEN_LEVEL], n, 50) &&
	    share(y->kind[TOKEN_LEVEL] + y->capitals, n, 97))
		return TOKEN_LEVEL;
	if (!level_seen && l->timed && c == l->anchor + 1 && !share(y->punct[punct], n, 95) &&
	    share(y->punct['#'] + y->punct['*'] + y->punct['-'] + y->punct['.'], n, 97))
		return TOKEN_SYMBOL;
	if (share(y->punct[punct], n, 95) && strchr("|-:,;][)>=/", (int)punct)) {
		col->sub = (uint8_t)punct;
		return TOKEN_PUNCT;
	}
	if (share(y->kind[TOKEN_TAG], n, 85))
		return TOKEN_TAG;
	if (share(y->open[open], n, 95)) {
		col->sub = (uint8_t)open;
		return TOKEN_GROUP;
	}
	if (share(y->kind[TOKEN_ATOM] + y->kind[TOKEN_LETTER] + y->kind[TOKEN_LEVEL] +
			  y->punct['-'],
		  n, 97))
		return TOKEN_ATOM;
	return TOKEN_END;
}

static bool token_fits(const struct sample *s, size_t c, const struct column *col)
{
	const struct token *t = &s->t[c];

	if (c >= s->n)
		return false;
	if ((t->gap == GAP_NONE) != col->gapless && !any_gap(t))
		return false;
	switch (col->kind) {
	case TOKEN_ATOM:
		return t->kind == TOKEN_ATOM || t->kind == TOKEN_LETTER || t->kind == TOKEN_LEVEL ||
		       (t->kind == TOKEN_PUNCT && t->sub == '-') || t->kind == TOKEN_TAG;
	case TOKEN_LEVEL:
		return t->kind == TOKEN_LEVEL || t->kind == TOKEN_ATOM || t->kind == TOKEN_LETTER;
	case TOKEN_TAG:
	case TOKEN_LETTER: return t->kind == col->kind;
	case TOKEN_SYMBOL: return t->kind == TOKEN_PUNCT;
	default: return t->kind == col->kind && t->sub == col->sub;
	}
}

static void keep_alive(struct learner *l, size_t c, const struct column *col)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nalive; i++)
		if (token_fits(l->alive[i], c, col))
			l->alive[n++] = l->alive[i];
	l->nalive = n;
}

/* Do nearly all lines have the separator within the next tokens, at varying places? */
static bool separated_later(const struct learner *l, size_t c, char sep)
{
	uint32_t have = 0, at[8] = {0};

	for (size_t i = 0; i < l->nalive; i++) {
		const struct sample *s = l->alive[i];

		for (size_t k = c + 1; k < s->n && k <= c + 6; k++) {
			const struct token *t = &s->t[k];

			if (t->kind == TOKEN_PUNCT && t->sub == (uint8_t)sep && t->n == 1 &&
			    (sep == '|' || t->gap != GAP_NONE)) {
				have++;
				at[k - c]++;
				break;
			}
		}
	}
	return share(have, (uint32_t)l->nalive, 97) &&
	       !share(at[most(at, ARRAY_SIZE(at))], (uint32_t)l->nalive, 97);
}

/* Put the tokens of every line so that the column up to sep is one token. */
static void join_until(struct learner *l, size_t c, char sep)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nalive; i++) {
		struct sample *s = l->alive[i];
		size_t k = c + 1;

		while (k < s->n && !(s->t[k].kind == TOKEN_PUNCT && s->t[k].sub == (uint8_t)sep &&
				     (sep == '|' || s->t[k].gap != GAP_NONE)))
			k++;
		if (k >= s->n)
			continue;
		s->t[c].kind = TOKEN_ATOM;
		s->t[c].n = (uint16_t)(s->t[k - 1].at + s->t[k - 1].n - s->t[c].at);
		memmove(&s->t[c + 1], &s->t[k], (s->n - k) * sizeof(s->t[0]));
		s->n = (uint8_t)(s->n - (k - c - 1));
		l->alive[n++] = s;
	}
	l->nalive = n;
}

/* Groups up to the end of the line are the message itself: "[query][no route]". */
static bool ends_in_groups(const struct learner *l, size_t c)
{
	uint32_t ends = 0;

	for (size_t i = 0; i < l->nalive; i++) {
		const struct sample *s = l->alive[i];
		size_t k = c;

		while (k < s->n && s->t[k].kind == TOKEN_GROUP)
			k++;
		ends += k == s->n && s->n < HEADER_MAX_TOKENS;
	}
	return share(ends, (uint32_t)l->nalive, 6);
}

/* Is the column strong: does the header reach at least to it? */
static bool column_strong(const struct learner *l, size_t c, const struct column *col, bool first)
{
	const struct stats *st = &col->stats;
	uint32_t n = (uint32_t)l->nalive;

	if (share(st->numpair, n, 95) || (col->kind == TOKEN_GROUP && share(st->fileline, n, 95)))
		return true;
	switch (col->kind) {
	case TOKEN_TIME:
	case TOKEN_LEVEL:
	case TOKEN_LETTER:
	case TOKEN_SYMBOL: return true;
	case TOKEN_PUNCT: return col->sub != '=' && col->sub != '[';
	case TOKEN_TAG: return n < 10 || st->distinct * 2 <= n;
	case TOKEN_GROUP:
		if (share(st->pairs, n, 50)) /* "[Log partition=3, dir=/srv] Rolled" is a message */
			return false;
		return (n < 10 || st->distinct * 2 <= n || share(st->idlike, n, 50)) &&
		       !ends_in_groups(l, c);
	default: break;
	}
	if (c > 0 && l->cols[c - 1].names_id && share(st->idlike, n, 90))
		return true;
	if (share(st->fileline, n, 95) || share(st->hashline, n, 95) ||
	    (share(st->threadlike, n, 95) && !st->blanks))
		return true;
	if (n < 20 || c <= l->anchor)
		return false;
	/* The client that was served, after how long that took. */
	if (share(st->address, n, 99) && l->timed && c <= l->anchor + 2)
		return true;
	if (share(st->dotted, n, 98) && st->distinct * 4 <= n)
		return true;
	if (share(st->idlike, n, 99) && st->distinct * 10 <= n)
		return true;
	if (st->distinct * 50 > n && st->distinct > 4)
		return false;
	return share(st->numeric, n, 99) || (first && share(st->padded, n, 95));
}

/* A tag that is the same in all lines, and an id after it. */
static bool id_follows(const struct learner *l, size_t c, struct column *col)
{
	uint32_t ids = 0;

	if (col->stats.distinct > 1 || l->nalive < 5)
		return false;
	for (size_t i = 0; i < l->nalive; i++)
		ids += c + 1 < l->alive[i]->n && sample_idlike(l->alive[i], c + 1);
	col->names_id = share(ids, (uint32_t)l->nalive, 90);
	return col->names_id;
}

/* Does the bracket of column c open a second level? It is the message's: "INFO [WARN] Rolled". */
static bool opens_message(const struct learner *l, size_t c, const struct column *col)
{
	uint32_t levels = 0;

	if (!l->have_level || col->kind != TOKEN_PUNCT || col->sub != '[')
		return false;
	for (size_t i = 0; i < l->nalive; i++)
		levels += c + 1 < l->alive[i]->n && l->alive[i]->t[c + 1].kind == TOKEN_LEVEL;
	return share(levels, (uint32_t)l->nalive, 50);
}

/*
 * Where the name of who speaks ends the line, a bracket that holds blanks behind the level begins
 * the message: "INFO [Coordinator 1]: Rebalanced (orders.Coordinator)". It is no thread, unless it
 * says so.
 */
static bool begins_message(const struct learner *l, const struct column *col)
{
	const struct stats *st = &col->stats;
	uint32_t n = (uint32_t)l->nalive;

	return l->tailed && l->have_level && col->kind == TOKEN_GROUP && share(st->blanks, n, 50) &&
	       !share(st->threadlike, n, 50) && !share(st->numpair, n, 50);
}

/* May a weak column stand between strong ones? */
static bool column_plausible(const struct learner *l, const struct column *col)
{
	const struct stats *st = &col->stats;
	uint32_t n = (uint32_t)l->nalive;

	return n < 8 || st->distinct <= 8 || st->distinct * 3 <= n || share(st->numeric, n, 95) ||
	       share(st->idlike, n, 90) || share(st->dotted, n, 95) || share(st->repeat, n, 80);
}

/* A word in small letters, the same in all lines, and no separator after it: part of a sentence? */
static bool constant_word(const struct learner *l, size_t c, const struct column *col)
{
	struct str v = sample_text(l->alive[0], c);
	uint32_t separated = 0;

	if (col->kind != TOKEN_ATOM || col->stats.distinct > 1 || l->nalive < 3 || v.n < 2)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 'a' || v.p[i] > 'z')
			return false;
	for (size_t i = 0; i < l->nalive; i++)
		separated += c + 1 < l->alive[i]->n && l->alive[i]->t[c + 1].kind == TOKEN_PUNCT;
	return !share(separated, (uint32_t)l->nalive, 50);
}

/* Share of lines that still have text after column c. */
static bool leaves_message(const struct learner *l, size_t c)
{
	uint32_t have = 0;

	for (size_t i = 0; i < l->nalive; i++)
		have += l->alive[i]->n > c + 1;
	return share(have, (uint32_t)l->nalive, 70);
}

/* What may follow the tag that ends a header: "zoneload: info: loaded". */
static bool after_tag(const struct column *col, const struct column *before)
{
	return col->kind == TOKEN_LEVEL || col->kind == TOKEN_TIME ||
	       (col->kind == TOKEN_TAG && before->kind == TOKEN_TAG && before->names_id) ||
	       (col->kind == TOKEN_PUNCT &&
		(col->sub == '[' || before->kind == TOKEN_LEVEL || before->kind == TOKEN_TIME));
}

size_t learn_columns(struct learner *l)
{
	size_t header = 0, weak = 0, words = 0, floor = l->nalive * 6 / 10;
	bool tagged = false;
	size_t nbefore;
	bool doubt = false; /* a column whose values vary freely: only a time or level redeems it */

	if (l->timed && l->anchor > 0 && !leaves_message(l, l->anchor))
		return 0; /* "connection from X at TIME" is a message */
	for (size_t c = 0; c < HEADER_MAX_TOKENS && c < COLUMNS_MAX; c++) {
		struct column *col = &l->cols[c];
		struct tally y;

		tally_column(l, c, &y);
		*col = (struct column){.sub = 0};
		col->kind = (uint8_t)column_kind(l, &y, c, col);
		if (col->kind == TOKEN_END || (tagged && !after_tag(col, &l->cols[c - 1])) ||
		    opens_message(l, c, col))
			break;
		col->gapless = share(y.gapless, y.total - y.end, 50);
		if (col->kind == TOKEN_ATOM && c > l->anchor) {
			char sep = separated_later(l, c, '|')   ? '|'
				   : separated_later(l, c, '-') ? '-'
								: 0;

			if (sep) {
				join_until(l, c, sep);
				col->until = sep;
			}
		}
		col->loose = y.kind[TOKEN_LEVEL] < y.total - y.end;
		nbefore = l->nalive;
		memcpy(l->before, l->alive, nbefore * sizeof(*l->before));
		keep_alive(l, c, col);
		if (l->nalive == 0 || l->nalive < floor) {
			memcpy(l->alive, l->before, nbefore * sizeof(*l->before));
			l->nalive = nbefore;
			break;
		}
		column_stats(l, c, col);
		if (begins_message(l, col))
			break;
		if (col->kind == TOKEN_LEVEL || col->kind == TOKEN_LETTER ||
		    col->kind == TOKEN_SYMBOL ||
		    (col->kind == TOKEN_GROUP && share(col->stats.module, (uint32_t)l->nalive, 90)))
			l->have_level = true;
		if (col->kind == TOKEN_PUNCT && col->sub == '[') {
			weak++;
		} else if (column_strong(l, c, col, weak == 0)) {
			bool sure = col->kind == TOKEN_TIME || col->kind == TOKEN_LEVEL;

			/* Not even a time counts at the end of the lines. */
			if (c > l->anchor && ((!sure && doubt) ||
					      (col->kind != TOKEN_LEVEL && !leaves_message(l, c))))
				break;
			header = c + 1;
			weak = 0;
			doubt = false;
		} else if (c > l->anchor) {
			doubt = doubt || !column_plausible(l, col);
			words = constant_word(l, c, col) ? words + 1 : 0;
			/* "error: cannot open [disk3]" again and again is no header. */
			if (++weak > WEAK_MAX || words > (l->timed ? WORDS_MAX : 0))
				break;
		}
		/* A tag ends a header, unless it is the name of an id: "TraceID: 4bf92f35...". */
		if (col->kind == TOKEN_TAG && c > l->anchor && !id_follows(l, c, col))
			tagged = true;
	}
	return header;
}
