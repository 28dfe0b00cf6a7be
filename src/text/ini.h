/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration language of inquest.conf:
 *
 *   # a comment, as is a line that begins with ;
 *   [section] or [section name with blanks]
 *   key = value          the value goes to the end of the line, blanks at its ends cut, no escapes
 *
 * (A library such as inih limits the length of lines, which regular expressions exceed.)
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Call fn for each key, in order; sections without keys are silent. fn's negative result ends the
 * parse, with "line N: " before its message. Slices point into text.
 */
int ini_parse(struct str text,
	      int (*fn)(void *arg, struct str section, struct str key, struct str value,
			struct err *err),
	      void *arg, struct err *err) ERR_CHECK;

/* The number of the line, from 1, on which a slice that ini_parse() gave stands. */
size_t ini_line(struct str text, struct str slice);

struct ini_pair {
	struct str key, value; /* without bytes (p NULL): the key is to go */
};

/*
 * Text with these keys set in a section, into out: where they stood, else at its end; a new section
 * at the end of the text. Comments, blank lines and other keys stay. Values hold no line breaks.
 */
void ini_set(struct str text, struct str section, const struct ini_pair *pairs, size_t n,
	     struct buf *out);
/* Text without a section, its comments included, but for those before the next section. */
void ini_remove(struct str text, struct str section, struct buf *out);
