// SPDX-License-Identifier: GPL-3.0-or-later
/* Phrases in a line: see lastwords-priv.h. A table of hashes of the first three letters of each
 * phrase tells at each byte which phrases may begin there; few lines get further than that. */
#include "state/lastwords-priv.h"

#define HASHES 4096

struct lastwords_index {
	uint16_t first[HASHES]; /* 1 + a phrase; 0: none */
	uint16_t *next;         /* of each phrase: one with the same hash, later in the tables */
};

static unsigned fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
}

static unsigned hash(const char *p)
{
	return (fold(p[0]) * 961 + fold(p[1]) * 31 + fold(p[2])) % HASHES;
}

static bool is_word(char c)
{
	unsigned k = fold(c);

	return (k >= 'a' && k <= 'z') || (k >= '0' && k <= '9');
}

static const struct lastwords_phrase *phrase_at(size_t i)
{
	return i < lastwords_outside.n ? &lastwords_outside.phrases[i]
				       : &lastwords_runtimes.phrases[i - lastwords_outside.n];
}

struct lastwords_index *lastwords_index_new(struct arena *a)
{
	size_t n = lastwords_outside.n + lastwords_runtimes.n;
	struct lastwords_index *x = arena_zalloc(a, sizeof(*x));

	x->next = arena_zalloc(a, n * sizeof(*x->next));
	for (size_t i = n; i > 0; i--) {
		uint16_t *head = &x->first[hash(phrase_at(i - 1)->has)];

		x->next[i - 1] = *head;
		*head = (uint16_t)i;
	}
	return x;
}

/* Where the phrase ends in the line if it stands at byte `at`; 0: it does not. */
static size_t stands_at(struct str line, size_t at, const char *phrase)
{
	size_t n = 0;

	for (; phrase[n]; n++)
		if (at + n >= line.n || fold(line.p[at + n]) != fold(phrase[n]))
			return 0;
	if (is_word(phrase[0]) && at > 0 && is_word(line.p[at - 1]))
		return 0;
	if (is_word(phrase[n - 1]) && at + n < line.n && is_word(line.p[at + n]))
		return 0;
	return at + n;
}

static struct str what_of(const struct lastwords_phrase *p, struct str line, size_t at, size_t end)
{
	switch (p->what) {
	case WHAT_NOTHING: break;
	case WHAT_FROM: return str_from(line, at);
	case WHAT_BEHIND: return str_from(line, end);
	case WHAT_BEHIND_TEXT: return lastwords_behind(str_from(line, at), p->text);
	case WHAT_LINE: return str_trim(line);
	case WHAT_TEXT: return str_of(p->text);
	}
	return STR("");
}

bool lastwords_find(const struct lastwords_index *x, struct str line, struct death_clue *c)
{
	size_t best = SIZE_MAX, from = 0, to = 0;
	const struct lastwords_phrase *p;

	for (size_t at = 0; at + 3 <= line.n; at++) {
		for (size_t i = x->first[hash(line.p + at)]; i && i <= best; i = x->next[i - 1]) {
			size_t end = i < best ? stands_at(line, at, phrase_at(i - 1)->has) : 0;

			p = phrase_at(i - 1);
			if (!end || (p->also && !lastwords_has(line, p->also)))
				continue;
			best = i;
			from = at;
			to = end;
		}
	}
	if (best == SIZE_MAX)
		return false;
	p = phrase_at(best - 1);
	c->cause = p->cause;
	c->sure = p->sure;
	c->weight = p->weight;
	c->ends = p->sig != 0;
	c->sig = p->sig;
	c->what = what_of(p, line, from, to);
	return true;
}
