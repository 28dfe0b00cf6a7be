/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a terminal would show of a line: escape sequences (ECMA-48: CSI, OSC, single characters) are
 * left out, of states rewritten with bare carriage returns the last non-empty one stays, backspaces
 * take a character back. A line without any of these is returned as it is.
 */
#pragma once

#include "base/buf.h"

/* The visible text of a line, appended to scratch or a slice of raw. */
struct str visible_text(struct str raw, struct buf *scratch);

/*
 * Length of what a log put before a line that was then rewritten: a time, a blank, GitLab's stream
 * ("00O "). 0 if the line begins with no time.
 */
size_t visible_stamp(struct str s);
