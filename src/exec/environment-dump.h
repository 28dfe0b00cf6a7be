/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files of environment_dump_of(): kinds of output, and how their lines are cut. */
#pragma once

#include "exec/environment-priv.h"

enum cut { CUT_NOT, CUT_NOTHING /* a heading, a comment */, CUT_PAIR };

struct pair {
	struct str name, value;
};

struct environment_dump {
	const char *program, *holds;
	enum cut (*line)(struct str line, struct pair *p);
	bool (*sure)(struct str head);    /* NULL: the lines tell enough */
	bool nul_ended;                   /* lines may end in NUL instead, the last one too */
	bool continued;                   /* a line that is no pair belongs to the value above it */
	bool words;                       /* values of many words are sets: "Flags: a b c" */
	const char *const *by_themselves; /* names, * at the end; NULL or ends in NULL */
};

/* The last one has no program. A line is never empty. The first that fits is taken. */
extern const struct environment_dump environment_dumps[];

/* The next word, parted by blanks; empty at the end. */
struct str dump_word(struct str *rest);
