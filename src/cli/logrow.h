/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One event as the cells of `log table`, each made when it is asked for, and the conditions that
 * choose events: --where, --since, --until, --level, --grep.
 */
#pragma once

#include "cli/options.h"
#include "logset/logset.h"
#include "text/pattern.h"
#include "text/timestamp.h"
#include "text/where.h"

/* The columns of `log table`, in their order; also the fields of --where. */
enum logrow_column {
	LOGROW_FILE,
	LOGROW_LINE,
	LOGROW_TIME,
	LOGROW_LEVEL,
	LOGROW_HOST,
	LOGROW_PROCESS,
	LOGROW_THREAD,
	LOGROW_FUNCTION,
	LOGROW_SOURCE,
	LOGROW_TEMPLATE,
	LOGROW_MESSAGE,
	LOGROW_PARAMS,
	LOGROW_COLUMNS
};

extern const char *const logrow_names[LOGROW_COLUMNS];

/* An event in hand. Set set, file, cursor; the rest is filled for each event, or on demand. */
struct logrow {
	const struct logset *set;
	const struct logset_file *file;
	struct logcursor *cursor; /* that reads the line */
	const struct logline *line;
	uint32_t tmpl;
	bool has_time, has_params;
	struct event_time time;
	struct str cells[LOGROW_COLUMNS]; /* but for those made on demand */
	struct buf number, params_text;
	uint64_t number_is; /* what number says */
	struct str params[MINE_MAX_PARAMS];
	size_t nparams;
};

/* Begin the next event; what was made of the one before is forgotten, buffers are kept. */
void logrow_set(struct logrow *r, const struct logline *line, uint32_t tmpl);
void logrow_release(struct logrow *r);
const struct event_time *logrow_time(struct logrow *r);
/* Fill params and nparams. */
void logrow_params(struct logrow *r);
/* A cell as text; params are joined by blanks. Valid until logrow_set(). */
struct str logrow_cell(void *row, unsigned column);
/* All cells before LOGROW_PARAMS. */
const struct str *logrow_cells(struct logrow *r);

struct logfilter_values {
	const char *where, *since, *until, *level, *grep;
};

#define LOGFILTER_OPTIONS(type, member)                                                      \
	{OPTION_STRING,                                                                      \
	 'w',                                                                                \
	 "where",                                                                            \
	 "EXPR",                                                                             \
	 "only events for which EXPR holds: thread == 7",                                    \
	 offsetof(type, member.where)},                                                      \
		{OPTION_STRING,                                                              \
		 0,                                                                          \
		 "since",                                                                    \
		 "TIME",                                                                     \
		 "only events at or after TIME",                                             \
		 offsetof(type, member.since)},                                              \
		{OPTION_STRING,                                                              \
		 0,                                                                          \
		 "until",                                                                    \
		 "TIME",                                                                     \
		 "only events before TIME",                                                  \
		 offsetof(type, member.until)},                                              \
		{OPTION_STRING,                                                              \
		 0,                                                                          \
		 "level",                                                                    \
		 "LEVEL",                                                                    \
		 "only events of LEVEL or worse",                                            \
		 offsetof(type, member.level)},                                              \
	{                                                                                    \
		OPTION_STRING, 'e', "grep", "REGEX", "only events whose text matches REGEX", \
			offsetof(type, member.grep)                                          \
	}

struct logfilter {
	bool any; /* is there a condition at all */
	struct where *where;
	struct pattern *grep;
	struct event_time since, until;
	enum level level;
};

int logfilter_init(struct logfilter *f, const struct logfilter_values *v,
		   struct err *err) ERR_CHECK;
/* Only whether they are right: before anything is read. */
int logfilter_check(const struct logfilter_values *v, struct err *err) ERR_CHECK;
void logfilter_release(struct logfilter *f);
/* Safe from several threads, each with its own row. */
bool logfilter_passes(const struct logfilter *f, struct logrow *r);
