/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A set of logs opened, recognised and mined together, so that they share templates: what every
 * command on logs starts from. Memory beside the mapped inputs: 8 bytes a line, and a sparse index.
 */
#pragma once

#include "base/hash.h"
#include "log/input.h"
#include "log/reader.h"
#include "mine/mine.h"
#include "types/logrec.h"

/* Lines lo ... hi-1 (from 0) of a file begin at this offset; one mark each LOGMARK_LINES lines. */
#define LOGMARK_LINES 512

struct logset_file {
	struct str name;
	struct str rel;
	uint32_t side; /* as given to logset_add: 0 good, 1 bad */
	struct str data;
	struct logreader *reader;
	struct logrec *recs; /* nlines */
	uint64_t nlines;
	uint64_t *marks; /* offset of line i * LOGMARK_LINES (from 0) */
	const char *note;
};

struct logset {
	struct loginputs inputs;
	uint32_t *input_side; /* of each input */
	size_t input_side_cap;
	struct logset_file *files;
	size_t nfiles;
	struct intern entities; /* "thread 7": what groups lines */
	struct templates *templates;
	struct templates_known *known;
	struct logformat_set *formats;
};

struct logset_opts {
	struct loginput_opts input;
	unsigned threads;                    /* 0: all cores */
	const struct logformat_set *formats; /* may be NULL */
	const struct templates_known *known; /* may be NULL */
};

void logset_init(struct logset *s);
void logset_release(struct logset *s);
/* Open path (file, directory, archive, "-") for a side. */
int logset_add(struct logset *s, const char *path, uint32_t side, const struct logset_opts *o,
	       struct err *err) ERR_CHECK;
/* Recognise and mine all that was added; once. */
int logset_mine(struct logset *s, const struct logset_opts *o, struct err *err) ERR_CHECK;

/* A cursor that will return line no (from 1) of a file next. */
void logset_seek(const struct logset_file *f, uint64_t no, struct logcursor *c);
