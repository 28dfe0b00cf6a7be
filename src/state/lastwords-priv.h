/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside state/lastwords*.c: phrases that tell of an end. */
#pragma once

#include "state/lastwords.h"

enum lastwords_what {
	WHAT_NOTHING,
	WHAT_FROM,   /* the line from the phrase on */
	WHAT_BEHIND, /* what follows the phrase */
	WHAT_LINE,
	WHAT_TEXT, /* text */
};

struct lastwords_phrase {
	const char *has, *also; /* both must be in the line; NULL: nothing more */
	enum death_cause cause;
	enum death_sure sure;
	enum death_weight weight;
	enum lastwords_what what;
	const char *text;
	int sig; /* it ended by that; 0: not said */
};
extern const struct lastwords_phrase lastwords_phrases[];
extern const size_t lastwords_nphrases;

/* The clue of the first phrase that the line has; false: it has none. */
bool lastwords_find(struct str message, struct death_clue *c);
