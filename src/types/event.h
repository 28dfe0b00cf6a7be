/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A log record as a reader sees it, line by line. A record of several lines (a stack trace under
 * its message) is one event: its first line is a head and carries the header's fields, the lines
 * after it are continuations.
 */
#pragma once

#include "base/str.h"

/* Severity, ordered. UNKNOWN when the log does not say. */
enum level {
	LEVEL_UNKNOWN,
	LEVEL_TRACE,
	LEVEL_DEBUG,
	LEVEL_INFO,
	LEVEL_NOTICE,
	LEVEL_WARN,
	LEVEL_ERROR,
	LEVEL_FATAL,
};

/* A point in time as written: what the log did not say is not invented. */
struct event_time {
	int64_t ns;     /* since 1970-01-01 in UTC; in local time if !has_zone */
	int32_t zone;   /* seconds east of UTC */
	uint8_t digits; /* digits of the fraction of a second, 0 ... 9 */
	bool known;     /* false: no time on this line; the rest is 0 */
	bool elapsed;   /* seconds since boot or start, no clock; has_date is false */
	bool has_zone;  /* the log said its zone (or counts from the epoch) */
	bool has_date;  /* false: time of day only, or elapsed */
	bool has_year;  /* false: month and day only; ns then counts from the 1st of January of
			 * year 0 */
};

struct logline {
	struct str raw;  /* the line without its line ending, as in the file */
	uint64_t offset; /* of raw in the input */
	uint64_t no;     /* from 1, counted at \n */
	bool head;       /* first line of an event; else a continuation of the one before */
	bool cut;        /* longer than the cap: raw is its beginning */
	enum level level;
	/* Slices of raw or of the reader's scratch space; empty if absent. Valid until the next
	 * line. */
	struct str message;
	/* What a structured log (JSON, logfmt) says besides, as " key=value ...": right behind the
	 * message in memory. */
	struct str fields;
	struct str time_text; /* for event_time, decoded on demand by the reader */
	struct str level_text;
	struct str host;
	struct str process;  /* id */
	struct str thread;   /* id or name */
	struct str function; /* logger, class, tag, program: who speaks */
	struct str source;   /* file:line of the statement, if the log says it */
	uint32_t format;     /* which of the file's formats read it; opaque */
};

/* What is mined: the message with the fields behind it. */
static inline struct str logline_text(const struct logline *line)
{
	if (!line->fields.n)
		return line->message;
	return (struct str){line->message.p,
			    (size_t)(line->fields.p + line->fields.n - line->message.p)};
}
