/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Good logs against bad logs: where behaviour first went off track, what differs, ranked, and the
 * chain of deviations back from each symptom. Pure: sees templates and entities of lines, and asks
 * for the text of lines by call-backs. Time is linear in the lines, plus the costs of sorting what
 * differs; the output depends on the input alone.
 */
#pragma once

#include "base/mem.h"
#include "mine/digest.h"
#include "mine/mine.h"
#include "text/symptom.h"
#include "types/event.h"
#include "types/finding.h"
#include "types/logrec.h"

/* Logs up to this many lines are read once more, for values, times and words; of longer ones only
 * the lines that need it are. */
#define LOGDIFF_SCAN_MAX UINT64_C(2000000)

struct logdiff_log {
	struct str name;           /* pairs logs of both sides when there are several */
	const struct logrec *recs; /* one a line */
	uint64_t n;
	bool sparse; /* read by a digest: n is 0, and only lines that the digest cites can be had */
};

/*
 * A digest in place of logs. What it cannot know is not found: blocks of lines, which line has an
 * unseen value, threads; what follows what only if it has all steps.
 */
struct logdiff_digest {
	struct str name;
	const struct digest *digest;
	const uint32_t *tmpl; /* of each of its shapes */
	const uint32_t *log; /* of each: the side's sparse log that holds the shape's first line; no
				two shapes have one log and line number */
};

struct logdiff_side {
	const struct logdiff_log *logs; /* sparse ones last */
	size_t n;
	const struct logdiff_digest *digests;
	size_t ndigests;
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
	/* All lines of a log in order: calls fn for each; time is of heads only. */
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
	enum symptom_class symptom; /* of a NEW one or a VALUE */
	double score;               /* 0 ... 1 */
	uint32_t tmpl;
	uint32_t entity; /* thread or request; LOGREC_NONE: none */
	uint64_t good_count, bad_count;
	struct evidence where; /* bad side; good side for a missing one */
	struct evidence at;    /* MISSING, GAP: the event before it in the bad log, if nlines > 0 */
	struct evidence *more; /* further places, in order; at most LOGDIFF_MAX_MORE */
	size_t nmore;
	struct str note;  /* "expected after ...", "42 -> 97 ms", "2.1.0 -> 2.2.0" */
	uint32_t trigger; /* rank of the finding whose consequence this is; 0: none */
};

#define LOGDIFF_MAX_MORE 64

struct logdiff_divergence {
	bool found;
	bool has_common;           /* is there a last common event */
	struct evidence common[2]; /* last common event, both sides */
	struct evidence next[2];   /* what each side did then; nlines 0: nothing more */
	uint32_t entity;           /* thread or request; LOGREC_NONE: whole log */
};

/* Back from a symptom: deviations before it that share its thread, its request or a name that
 * both mention; earliest first. */
struct logdiff_step {
	uint32_t rank; /* of the finding it belongs to; 0: none */
	struct evidence where;
	struct str
		shared; /* what links it with the symptom: a name; empty: the thread or request */
};

struct logdiff_chain {
	uint32_t rank; /* of the symptom's finding */
	struct logdiff_step *steps;
	size_t n;
};

struct logdiff {
	struct arena arena;
	struct logdiff_divergence first;
	struct logdiff_finding *findings;
	size_t nfindings;
	struct logdiff_chain *chains;
	size_t nchains;
	struct evidence *lines; /* lines of the bad side that matter, best first */
	size_t nlines;
	bool partial; /* a log has more than LOGDIFF_SCAN_MAX lines: most values and gaps unseen */
};

void logdiff_run(struct logdiff *d, const struct logdiff_input *in);
void logdiff_release(struct logdiff *d);
