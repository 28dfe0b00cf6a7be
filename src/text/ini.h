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
