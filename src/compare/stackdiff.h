/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two snapshots of threads: what moved. Of one process threads are matched by their ids; of two
 * processes (yesterday's and today's), by their stacks: how many stood in each place. Pure.
 */
#pragma once

#include "base/mem.h"
#include "types/stack.h"

enum stackdiff_kind {
	STACKDIFF_MOVED, /* the same thread stands somewhere else */
	STACKDIFF_WAITS, /* in the same place, but it waits for something else */
	STACKDIFF_COUNT, /* another number of threads in this place */
	STACKDIFF_NEW,
	STACKDIFF_GONE,
	STACKDIFF_SAME,
};

struct stackdiff_row {
	enum stackdiff_kind kind;
	const struct stack_thread *before, *after; /* NULL: none; examples, if matched by place */
	size_t common;                             /* outermost frames that both have */
	size_t nbefore, nafter; /* threads: 1 and 1, or as many as stand in that place */
};

struct stackdiff {
	struct arena arena;
	struct stackdiff_row *rows; /* by kind, then tid */
	size_t n;
	size_t count[STACKDIFF_SAME + 1]; /* rows of each kind */
	bool by_place;                    /* they are of different processes */
};

void stackdiff_run(struct stackdiff *d, const struct stacks *before, const struct stacks *after);
void stackdiff_release(struct stackdiff *d);
