/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside state/death*.c: what is known of each cause. */
#pragma once

#include "state/death.h"

#define DEATH_BY_CODE UINT64_C(1)
#define DEATH_BY(sig) (UINT64_C(1) << (sig))

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
