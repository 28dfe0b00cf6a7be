/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside state/lastwords*.c: phrases that tell of an end, and the readers of lines. */
#pragma once

#include "state/lastwords.h"

enum lastwords_what {
	WHAT_NOTHING,
	WHAT_FROM,        /* the line from the phrase on */
	WHAT_BEHIND,      /* what follows the phrase */
	WHAT_BEHIND_TEXT, /* what follows text behind the phrase */
	WHAT_LINE,
	WHAT_TEXT, /* text */
};

/* DEATH_NONE says of a good end: of all (strong), or of a step (fair). */
struct lastwords_phrase {
	const char *has, *also; /* both must be in the line; NULL: nothing more */
	enum death_cause cause;
	enum death_sure sure;
	enum death_weight weight;
	enum lastwords_what what;
	const char *text;
	int sig; /* it ended by that; 0: not said */
};

struct lastwords_table {
	const struct lastwords_phrase *phrases;
	size_t n;
};
extern const struct lastwords_table lastwords_outside;  /* lastwords-table.c */
extern const struct lastwords_table lastwords_runtimes; /* lastwords-runtimes.c */

/* Finds the first phrase of the tables that a line has, in one pass over the line. ASCII letters of
 * either case are equal; a phrase that begins or ends with a letter or digit does so at the border
 * of a word. In the arena. */
struct lastwords_index *lastwords_index_new(struct arena *a);
/* The clue of that phrase; false: the line has none. */
bool lastwords_find(const struct lastwords_index *x, struct str message, struct death_clue *c);

/* Puts the clue on record, with its place among the lines. */
void lastwords_add(struct lastwords *w, struct death_clue *c);

/* "Killed", "signal 9", "SIGSEGV" of a process, however the line has it; 0: it has none. */
int lastwords_signal(struct str s);
/* What a signal says by itself; what: "SIGTERM". */
void lastwords_signal_clue(struct arena *a, int sig, struct death_clue *c);
/* Readers of a line; true: it was theirs. */
bool lastwords_signals(struct lastwords *w, struct str s, struct death_clue *c);
bool lastwords_status(struct lastwords *w, struct str s, struct death_clue *c);
bool lastwords_lambda(struct lastwords *w, struct str s, struct death_clue *c);
bool lastwords_sacct(struct lastwords *w, struct str s, struct death_clue *c);

static inline bool lastwords_has(struct str s, const char *word)
{
	return str_contains(s, str_of(word));
}

static inline struct str lastwords_behind(struct str s, const char *word)
{
	return str_from(s, str_find(s, str_of(word)) + strlen(word));
}
