/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The events of several logs in one order, and which of them matter: the first and the last of each
 * log and of each template, those after a silence that is unusual for the log, and symptoms.
 *
 * Each log keeps its own order. Between logs, time decides, in UTC where the log knows its zone;
 * an event without time, or with one earlier than before it in its log, stays with the event before
 * it. A log without any times is spread evenly over the span of the others.
 */
#pragma once

#include "logset/logset.h"

enum timeline_mark {
	TIMELINE_START = 1 << 0,   /* of the log */
	TIMELINE_END = 1 << 1,     /* of the log */
	TIMELINE_FIRST = 1 << 2,   /* of its template */
	TIMELINE_LAST = 1 << 3,    /* of its template */
	TIMELINE_SILENCE = 1 << 4, /* the log was silent before it, unusually long */
	TIMELINE_SYMPTOM = 1 << 5, /* says that something went wrong */
	TIMELINE_WARNING = 1 << 6, /* may say so; no reason to show it by itself */
};

#define TIMELINE_REASONS (TIMELINE_WARNING - 1) /* marks for which an event is shown */

/* In the tmpl of a set's records: the event is not wanted (set before timeline_init()). */
#define TIMELINE_SKIP UINT32_C(0x40000000)

struct timeline_row {
	uint32_t file;
	uint32_t tmpl;
	uint64_t line;
	int64_t key;       /* orders the rows */
	int64_t silence;   /* ns, with TIMELINE_SILENCE */
	uint64_t left_out; /* events of the log between the row of it before and this one */
	uint8_t marks;
	bool carried; /* key: that of what came before */
};

/* How the times of a log become common ones. */
struct timeline_clock {
	bool timed;           /* false: events are placed by their position */
	struct event_time as; /* its first time: what its times know */
	int64_t wrap;         /* ns after which its times begin again, 0: never */
	int64_t shift;        /* ns to add */
	int64_t from, to;     /* first and largest time, shifted */
	int64_t usual;        /* silences longer than this are unusual, ns */
};

struct timeline {
	const struct logset *set;
	struct timeline_clock *clocks; /* of each file */
	struct timeline_row *rows;
	size_t n, cap;
	int64_t from, to; /* span of all times */
	bool utc;         /* logs differ in zone: show times in UTC */
};

/* What to say of clocks that do not fit together is appended to notes, a line each. */
void timeline_init(struct timeline *t, const struct logset *set, unsigned threads,
		   struct buf *notes);
void timeline_release(struct timeline *t);

/* A clock's reading as one goes through a log from its beginning (a part of it: {0}). */
struct timeline_reading {
	bool known;
	int64_t add, last, max; /* for wraps; the time before; the largest so far */
};

/* Take in the time of the next event; its place in time, or that of the event before it. */
int64_t timeline_read(const struct timeline_clock *c, struct timeline_reading *r,
		      const struct event_time *t);
/* The place of a line of a log without times. */
int64_t timeline_position(const struct timeline *t, uint32_t file, uint64_t line);
