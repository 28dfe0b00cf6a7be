/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Good logs against bad logs: where behaviour first went off track, what differs, ranked, and the
 * chain of deviations back from each symptom. Pure: sees templates and entities of lines, and asks
 * for the text of a line by a call-back only where it needs one.
 */
#pragma once

#include "base/mem.h"
#include "mine/mine.h"
#include "types/event.h"
#include "types/finding.h"
#include "types/logrec.h"

struct logdiff_log {
	struct str name;           /* pairs logs of both sides when there are several */
	const struct logrec *recs; /* one a line */
	uint64_t n;
};

struct logdiff_side {
	const struct logdiff_log *logs;
	size_t n;
};

/* A line on demand; slices stay valid until the arena goes. */
struct logdiff_line {
	struct str raw, message;
	enum level level;
	struct event_time time;
};

struct logdiff_input {
	struct logdiff_side side[2]; /* 0 good, 1 bad */
	const struct templates *templates;
	void *arg;
	void (*line)(void *arg, uint32_t side, uint32_t log, uint64_t no, struct arena *a,
		     struct logdiff_line *out);
	/* All lines of a log in order, for values and gaps: calls fn for each head. */
	void (*scan)(void *arg, uint32_t side, uint32_t log,
		     void (*fn)(void *fnarg, uint64_t no, const struct logline *line,
				const struct event_time *time),
		     void *fnarg);
};

enum finding_kind {
	FINDING_NEW,     /* a template that no good run has */
	FINDING_MISSING, /* a template of the good runs that is absent, or rarer, where expected */
	FINDING_COUNT,   /* how often */
	FINDING_ORDER,   /* same templates, other order */
	FINDING_VALUE,   /* a parameter's value never seen in good, or outside its range */
	FINDING_GAP,     /* more time between the same two events */
	FINDING_THREAD,  /* a thread that stopped, or is not there */
};

struct logdiff_finding {
	uint32_t rank; /* from 1 */
	enum finding_kind kind;
	double score;
	uint32_t tmpl;
	uint64_t good_count, bad_count;
	struct evidence where; /* bad side; good side for a missing one */
	struct evidence *more; /* further lines that belong to it (a block), in order */
	size_t nmore;
	struct str note;  /* "expected after ...", "42 -> 97 ms", "2.1.0 -> 2.2.0" */
	uint32_t trigger; /* rank of the finding whose consequence this is; 0: none */
};

struct logdiff_divergence {
	bool found;
	bool has_common;           /* is there a last common event */
	struct evidence common[2]; /* last common event, both sides */
	struct evidence next[2];   /* what each side did then; nlines 0: nothing more */
	uint32_t entity;           /* thread or request; LOGREC_NONE: whole log */
};

struct logdiff {
	struct arena arena;
	struct logdiff_divergence first;
	struct logdiff_finding *findings;
	size_t nfindings;
	struct evidence *lines; /* lines of the bad side that matter, best first */
	size_t nlines;
};

void logdiff_run(struct logdiff *d, const struct logdiff_input *in);
void logdiff_release(struct logdiff *d);
