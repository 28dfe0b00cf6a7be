/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is it hung? From two or more snapshots of the same processes, at least half a second apart, which
 * it is: a circle of threads that wait for each other; waiting for something outside; a loop that
 * does not leave its function; the kernel; a control group that gives it no CPU; slow but moving.
 * Pure.
 */
#pragma once

#include "base/mem.h"
#include "types/stack.h"

#define HANG_APART_NS INT64_C(500000000) /* between first and last, at least */

enum hang_kind {
	HANG_UNDECIDED,
	HANG_DEADLOCK,
	HANG_EXTERNAL, /* waits for what its thread names */
	HANG_BUSY,     /* computes, and stays in one function */
	HANG_KERNEL,   /* uninterruptible in the kernel */
	HANG_THROTTLED,
	HANG_STOPPED, /* by a signal or a debugger */
	HANG_MOVING,
	HANG_GONE, /* it ended meanwhile */
};

/* The processes' control group: how often it was throttled, before and after (cpu.stat). */
struct hang_throttle {
	uint64_t before, after;
	uint64_t before_usec, after_usec; /* for how long in all */
};

struct hang_verdict {
	enum hang_kind kind;
	int pid, tid;        /* the thread that it rests on; 0: none */
	struct str sentence; /* in the arena */
};

/* s: in the order they were taken. throttle may be NULL. */
void hang_judge(const struct stacks *const *s, size_t n, const struct hang_throttle *throttle,
		struct arena *a, struct hang_verdict *v);
const char *hang_word(enum hang_kind kind); /* "deadlock" */
