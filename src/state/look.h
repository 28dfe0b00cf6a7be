/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stacks of live processes: snapshot, frames, who waits for whom, in one. */
#pragma once

#include <signal.h>

#include "state/core.h"
#include "state/snapshot.h"
#include "types/stack.h"
#include "unwind/python.h"
#include "unwind/unwind.h"

struct look_opts {
	struct snapshot_opts snapshot;
	struct unwind_opts unwind;
	struct core_where core;
	bool arguments, locals;
	char *const
		*java_env; /* a JVM is asked, by programs found in and run with this; NULL: not */
};

/* Owns what its stacks point to. */
struct look {
	struct stacks stacks;
	struct arena arena;
	struct snapshot *snapshots; /* one a process */
	struct unwind **unwinds;
	struct python *pythons; /* what was read of them while threads stood still */
	size_t n;
	struct core *core; /* of a core file; else NULL. Its threads are the one snapshot. */
};

/*
 * Of several processes those that vanish meanwhile are a note. All snapshots are taken before any
 * frame is looked for. -ERR_NOTFOUND, -ERR_SYSTEM: of the first process, if none could be had.
 */
int look_take(struct look *l, const int *pids, size_t n, const struct look_opts *o,
	      struct err *err) ERR_CHECK;
/* The same of a core file; fd is taken over. The thread that died comes first. death is also
 * stacks.death. */
int look_core(struct look *l, int fd, const struct look_opts *o, struct stack_death *death,
	      struct err *err) ERR_CHECK;
/* Of what a live process (the first that was looked at) is about to die: a signal that a thread of
 * it got. What d points to is the look's. False: there is no such thread. */
bool look_death(struct look *l, int tid, const siginfo_t *info, struct stack_death *d);
void look_release(struct look *l);

/* A process with all its descendants, each after its parent. Release with free(). */
size_t look_tree(int pid, int **pids);
/* Processes whose name or command line matches; not ourselves. */
size_t look_named(bool (*matches)(void *arg, struct str name, struct str command), void *arg,
		  int **pids);
