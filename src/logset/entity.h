/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a line belongs to when several threads or requests share a log: the request, where lines
 * name one ("TraceID: 6f3c", "request_id=17", "[req-38101a0b-..."), else the thread, else the
 * process.
 */
#pragma once

#include "base/hash.h"
#include "types/event.h"

/* The text that precedes the request's id in at least a fifth of the sampled lines; else empty. */
struct str entity_learn_key(const struct str *lines, size_t n);

/* What one log needs for it. */
struct entity_source {
	struct str request_key; /* "TraceID: "; empty if none */
	struct str file;        /* name of the log where several make a run; else empty */
};

/*
 * A hash that is the same for the lines of one entity; 0 if the line names none. A request crosses
 * hosts and logs; threads of different hosts or logs are different ones.
 */
uint64_t entity_of(const struct logline *line, const struct entity_source *from);
