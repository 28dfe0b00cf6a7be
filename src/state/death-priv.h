/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside state/death*.c: what is known of each cause. */
#pragma once

#include "state/death.h"

#define DEATH_BY_CODE UINT64_C(1)
#define DEATH_BY(sig) (UINT64_C(1) << (sig))

/* How near a cause is to the root of it: of clues with the same weight the nearer one counts. */
enum death_root {
	DEATH_THAT,    /* that it ended */
	DEATH_HOW,     /* an exception, an abort, a signal */
	DEATH_WHY,     /* what was not to be had, or broke */
	DEATH_OUTSIDE, /* somebody or something else ended it */
};

struct death_kind {
	const char *word;
	const char *sentence;
	const char *before, *after; /* around a clue's `what` behind the sentence */
	uint64_t endings;           /* that fit: by an exit status, by these signals */
	const char *next;           /* NULL: nothing in general */
};
/* As death_clue_add(), without a limit of their number. */
void death_clues_append(struct death_clues *c, const struct death_clue *clue);

extern const struct death_kind death_kinds[DEATH_CAUSES];
extern const enum death_root death_roots[DEATH_CAUSES];

struct judging {
	const struct death_facts *f;
	struct arena *a;
	struct death *d;
	struct death_clues own; /* the facts', and copies of the readers' */
	const char **why;       /* of each: what contradicts it; NULL: nothing */
	bool known;
	int code, sig; /* sig also where a shell's status 128 + n tells of it */
};

/* death-facts.c: clues of the facts, and copies of the readers', into own. */
void death_add_facts(struct judging *j);
void death_fact(struct judging *j, enum death_cause cause, enum death_sure sure,
		enum death_weight weight, const char *text, const char *what);

/* death-tell.c */
const char *death_signal_text(struct arena *a, int sig);
void death_say_ending(struct judging *j); /* from code and sig */
/* The verdict; best: the clue that it rests on; NULL: none, and it ended well if good. */
void death_tell(struct judging *j, const struct death_clue *best, bool good);
