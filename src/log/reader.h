/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes -> lines with their header fields. A reader learns the shapes of the headers from the first
 * thousand lines of one input and then cuts every line at known places; a line that fits none is a
 * continuation of the event above (in a log with headers) or plain text (in one without).
 *
 * Lines end at \n; a \r before it goes; of a line rewritten with bare carriage returns (progress
 * bars) the last non-empty state counts; colour codes are invisible to recognition and absent from
 * the fields.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "text/timestamp.h"
#include "types/event.h"

#define LOG_LINE_MAX ((size_t)1 << 20) /* longer lines are cut, with a note */

struct logformat_set; /* user-defined formats: inquest.conf and lnav's JSON files */
struct logreader;     /* what was learnt about one input; immutable, shared by all threads */

struct logformat_set *logformat_set_new(void);
void logformat_set_free(struct logformat_set *s);
/* A regular expression (PCRE2) with named groups: time level host process thread function source
 * message. */
int logformat_set_add_regex(struct logformat_set *s, struct str name, struct str regex,
			    struct err *err) ERR_CHECK;
/* The text of one of lnav's format files (JSON; all formats in it). */
int logformat_set_add_lnav(struct logformat_set *s, struct str json, struct err *err) ERR_CHECK;

/* Learn from the beginning of data. data must outlive the reader. own may be NULL. Never fails:
 * text without a recognisable header is read as plain lines. */
struct logreader *logreader_new(struct str data, const struct logformat_set *own);
void logreader_free(struct logreader *r);

/* A description for people of format f: "time level [thread] logger: message"; NULL past the last.
 */
const char *logreader_format(const struct logreader *r, uint32_t f);

/*
 * One pass over a part of the input. Use: logcursor_init(), then logcursor_next() until false, then
 * logcursor_release(). A part must begin at a line's first byte; parts cut by logreader_cuts() give
 * the same lines (head or continuation too) as one pass over the whole.
 */
struct logcursor {
	const struct logreader *reader;
	uint64_t at, end, no; /* next byte, end of the part, number of the last line read */
	uint64_t last;        /* number of the last line to read, whatever the bytes say */
	struct buf scratch;   /* unescaped or stripped text that a line's slices point into */
	uint32_t last_format; /* tried first */
	bool ahead;           /* only looks what follows a line of another cursor */
	uint32_t state;       /* multi-line state (inside a traceback, a JSON block, ...) */
	struct timestamp_cache time;
};

/* from: offset of a line's beginning; lines_before: number of the line before it. */
void logcursor_init(struct logcursor *c, const struct logreader *r, uint64_t from,
		    uint64_t lines_before, uint64_t end);
bool logcursor_next(struct logcursor *c, struct logline *line);
void logcursor_release(struct logcursor *c);

/*
 * Offsets at which the input may be cut into about want-sized parts so that each part can be read
 * alone: *cuts (caller frees) gets n+1 offsets, the first 0, the last the size. Depends on the
 * data only.
 */
size_t logreader_cuts(const struct logreader *r, size_t want, uint64_t **cuts);

/* Decode the time of a line read by this reader. */
void logreader_time(const struct logreader *r, const struct logline *line, struct event_time *t);
/* The same for one line after another of a cursor: cheaper. */
void logcursor_time(struct logcursor *c, const struct logline *line, struct event_time *t);
