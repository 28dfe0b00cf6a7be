/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside log/: what a launcher, a container runtime or a CI system puts before every line. */
#pragma once

#include "log/log-priv.h"

enum wrap {
	WRAP_NONE,
	WRAP_BRACKET, /* [rank3]: text */
	WRAP_NUMBER,  /* 3: text */
	WRAP_BAR,     /* web_1  | text */
	WRAP_CRI,     /* time stdout F text */
	WRAP_GITLAB,  /* time 00O text */
	WRAP_DOCKER,  /* {"log":"text\n","stream":"stdout","time":"..."} */
	WRAP_JOURNAL, /* entries of the journal's export format */
	WRAP_COUNT,
};

enum {
	WRAP_CONTINUES = 1, /* the line goes on with the line above it */
	WRAP_PARTIAL = 2,   /* the line below goes on with this one */
};

/*
 * Take the wrapper off: *inner is what was wrapped, the fields of the wrapper go to line, *flags
 * says how the line hangs together with others. false: the line is not wrapped. WRAP_JOURNAL has
 * no inner lines and is not for this function.
 */
bool wrap_open(enum wrap w, struct str text, struct buf *scratch, struct logline *line,
	       struct str *inner, unsigned *flags);

/* Which wrapper nearly all lines of a sample have. */
enum wrap wrap_learn(const struct str *lines, size_t n);
