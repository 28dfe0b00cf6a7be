/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `inquest run` keeps an eye on for the question what ended the command: its processes, the
 * memory group that they are in, the kernel's log meanwhile, the last of its output; and, when it
 * falls silent or its time is up, the stacks of all of its tree.
 */
#pragma once

#include "cli/live.h"
#include "cli/remains.h"
#include "cli/run-growth.h"
#include "exec/cgroup.h"
#include "exec/exec.h"

struct run_tail {
	struct buf text;  /* the last of a stream, whole lines */
	uint64_t dropped; /* lines before it */
	bool cut;         /* a line that was too long lost its beginning */
	size_t fresh;     /* bytes at its end that no sample has seen */
};

struct run_watch {
	struct remains remains;
	struct run_tail out, err;
	unsigned char *seen; /* a bit a pid: its processes */
	int pid;             /* of the command, once it runs */
	int kmsg;            /* -1: may not be read */
	struct buf kernel;   /* the kernel's lines of that time that may concern us */
	struct buf group;    /* folder of the command's memory group */
	struct cgroup_memory before, after;
	uint64_t limit;    /* --memory-limit; 0: none */
	uint64_t peak_rss; /* at the end; 0: unknown */
	int64_t started_ns;
	struct run_growth growth;
	int psi_of_group; /* -1: pressure is not known */
	/* --hang-after */
	int64_t hang_ns;      /* 0: never */
	int64_t silent_since; /* by CLOCK_MONOTONIC */
	int64_t first_look;   /* when the first of two snapshots was taken; 0: it was not */
	bool looked;          /* this silence was looked at */
	struct buf stacks;    /* snapshots, for people; evidence of the run */
	struct look *look;    /* the first snapshot */
	bool talk;            /* onto stderr */
	bool refused;         /* it was told that no stacks can be had */
};

void run_watch_init(struct run_watch *w, const char *tmpdir);
void run_watch_release(struct run_watch *w);
/* Right before the command begins. */
void run_watch_begin(struct run_watch *w);
void run_watch_output(struct run_watch *w, enum exec_stream s, struct str bytes);
void run_watch_sample(struct run_watch *w, const struct exec_sample *s);
/* One snapshot of a process and all below it, for what is about to end it. */
void run_watch_snapshot(struct run_watch *w, int pid, const char *why);
/* Before anything of ours is printed: what the command wrote last may be no whole line. */
void run_watch_newline(const struct run_watch *w);
/* It is held: ": what of", newline, and the stack of its thread, if it can be had, go to b and to
 * what is known of its end; true: it could. */
bool run_watch_held(struct run_watch *w, const struct exec_held *held, struct buf *b);
/* It goes on after it was held: silence counts from now. */
void run_watch_resumed(struct run_watch *w);
/* What a later why-died needs, and the texts that are evidence. */
void run_watch_record(const struct run_watch *w, const struct death *d, struct live *l);
/* How its memory grew; room: what there is for it. */
void run_watch_growth(const struct run_watch *w, struct run_grown *g);
uint64_t run_watch_room(const struct run_watch *w);
/* The verdict on how it ended, in the arena of remains. */
void run_watch_end(struct run_watch *w, const struct exec_result *r, struct death *d);
