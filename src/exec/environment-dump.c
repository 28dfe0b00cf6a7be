// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What programs print of an environment, as names and values: environment_dump_of() of
 * environment.h. A text is of a kind (environment-kinds.c) if nearly all of its first lines can be
 * cut as that kind has it.
 */
#include <stdlib.h>
#include <string.h>

#include "exec/environment-dump.h"

#define SAMPLE_LINES 300
#define MAX_SIZE     ((size_t)16 << 20)
#define MAX_PAIRS    ((size_t)100000)

const char *environment_dump_program(const struct environment_dump *d)
{
	return d->program;
}

const char *environment_dump_holds(const struct environment_dump *d)
{
	return d->holds;
}

/* env -0 and /proc/PID/environ end each with NUL. */
static char ending(const struct environment_dump *d, struct str data)
{
	return d->nul_ended && data.n && !data.p[data.n - 1] ? 0 : '\n';
}

static struct str without_cr(struct str line)
{
	return line.n && line.p[line.n - 1] == '\r' ? str_head(line, line.n - 1) : line;
}

static bool lines_are(const struct environment_dump *d, struct str head, char end)
{
	size_t pairs = 0, not = 0;
	struct str line;

	for (size_t i = 0; i < SAMPLE_LINES && head.n && str_next(&head, end, &line); i++) {
		struct pair p;
		enum cut c = (line = without_cr(line)).n ? d->line(line, &p) : CUT_NOTHING;

		pairs += c == CUT_PAIR;
		not += c == CUT_NOT;
	}
	return pairs && (d->continued ? not *4 <= pairs : not *20 <= pairs);
}

const struct environment_dump *environment_dump_of(struct str data)
{
	struct str head = str_head(data, (size_t)64 << 10);

	if (data.n > MAX_SIZE)
		return NULL;
	if (head.n < data.n) /* whole lines */
		while (head.n && head.p[head.n - 1] != '\n' && head.p[head.n - 1])
			head.n--;
	for (const struct environment_dump *d = environment_dumps; d->program; d++) {
		CLEANUP_BUF struct buf text = {0};
		char end = ending(d, data);

		buf_add_str(&text, head);
		for (size_t k = 0; !end && k < text.n; k++)
			if (!text.p[k])
				text.p[k] = '\n';
		if ((!end || !memchr(head.p, 0, head.n)) && (!d->sure || d->sure(buf_str(&text))) &&
		    lines_are(d, head, end))
			return d;
	}
	return NULL;
}

/* ---- reading ---- */

struct pairs {
	struct pair *p;
	size_t n, cap;
	struct arena *arena;
	uint64_t left_out;
};

static bool changes_by_itself(const struct environment_dump *d, struct str name)
{
	for (size_t i = 0; d->by_themselves && d->by_themselves[i]; i++) {
		struct str s = str_of(d->by_themselves[i]);

		if (str_ends(s, STR("*")) ? str_starts(name, str_head(s, s.n - 1))
					  : str_eq(name, s))
			return true;
	}
	return false;
}

/* A set of words: each is a name of its own, of which only whether it is there tells. */
static void add_words(struct pairs *to, const struct pair *p)
{
	struct str rest = p->value, w;

	while ((w = dump_word(&rest)).n)
		array_push(to->p, to->n, to->cap) =
			(struct pair){str_of(arena_printf(to->arena, STR_FMT " " STR_FMT,
							  STR_ARG(p->name), STR_ARG(w))),
				      STR("yes")};
}

static void add_pair(const struct environment_dump *d, struct pairs *to, const struct pair *p)
{
	if (changes_by_itself(d, p->name))
		to->left_out++;
	else if (d->words && str_eq(p->name, STR("Flags")))
		add_words(to, p);
	else
		array_push(to->p, to->n, to->cap) = *p;
}

static int by_name(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int c = str_cmp(x->name, y->name);

	return c ? c : str_cmp(x->value, y->value);
}

/* Blanks between columns become one. */
static void squeeze(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		char c = b->p[i] == '\t' ? ' ' : b->p[i];

		if (c != ' ' || !n || b->p[n - 1] != ' ')
			b->p[n++] = c;
	}
	b->n = n;
}

/* Of one name several values are one, such as two versions of a package. */
static void put_pairs(struct capture *c, const struct environment_dump *d, const struct pairs *from)
{
	for (size_t i = 0, j; i < from->n; i = j) {
		CLEANUP_BUF struct buf value = {0};

		for (j = i; j < from->n && str_eq(from->p[j].name, from->p[i].name); j++) {
			if (j > i && str_eq(from->p[j].value, from->p[j - 1].value))
				continue;
			buf_add_str(&value, j > i ? STR(", ") : STR(""));
			buf_add_str(&value, from->p[j].value);
		}
		if (!d->continued)
			squeeze(&value);
		capture_text(c, from->p[i].name, buf_str(&value));
	}
}

int environment_dump_read(const struct environment_dump *d, struct arena *a, struct str data,
			  struct map *secrets, struct variable **out, size_t *n, size_t *cap,
			  uint64_t *left_out, struct err *err)
{
	struct capture c = {a, NULL, out, n, cap, secrets};
	struct pairs pairs = {.arena = a};
	char end = ending(d, data);
	struct str line;
	struct pair p;
	bool open = false; /* the last pair may go on */

	while (data.n && pairs.n <= MAX_PAIRS && str_next(&data, end, &line)) {
		enum cut cut = (line = without_cr(line)).n ? d->line(line, &p) : CUT_NOT;
		size_t before = pairs.n;

		if (cut == CUT_PAIR)
			add_pair(d, &pairs, &p);
		else if (cut == CUT_NOT && d->continued && open) /* the lines lie side by side */
			pairs.p[pairs.n - 1].value.n =
				(size_t)(line.p + line.n - pairs.p[pairs.n - 1].value.p);
		open = cut == CUT_PAIR ? pairs.n > before : open;
	}
	if (pairs.n > MAX_PAIRS) {
		free(pairs.p);
		return err_set(err, ERR_LIMIT, "more than %zu names", MAX_PAIRS);
	}
	if (pairs.n)
		qsort(pairs.p, pairs.n, sizeof(*pairs.p), by_name);
	put_pairs(&c, d, &pairs);
	*left_out = pairs.left_out;
	free(pairs.p);
	return 0;
}
