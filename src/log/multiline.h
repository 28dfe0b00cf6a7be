/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside log/: which lines belong to the event above them. */
#pragma once

#include "log/log-priv.h"

enum {
	MULTILINE_TRACES = 1, /* lines have a header of their own: indentation alone says nothing */
	MULTILINE_ATTACH = 2, /* an exception belongs to the message above it */
};

/* Does the line continue the event above? *state (0 at first) goes from line to line. */
bool multiline_step(struct str text, unsigned flags, uint32_t *state);
/* After a line that left this state: it is a rule of =, under which a report may begin; the line is
 * in a report that begins so. */
bool multiline_at_rule(uint32_t state);
bool multiline_under_rule(uint32_t state);
/* A line that traces, reports or details have: not to be counted as a line without header. */
bool multiline_looks_like_trace(struct str text);
/* States that between them stand for all that may have been before; how many. */
size_t multiline_states(uint32_t *states, size_t max);
