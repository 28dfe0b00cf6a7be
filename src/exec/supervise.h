/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The supervisor of one command: a process between us and the command, whose only children are the
 * command and what the command orphans.
 *
 * Orphans go to the nearest ancestor that is a sub-reaper (prctl(2)), which is a property of a
 * process: were we it, with several commands at a time, nobody could tell whose orphan one is. So
 * each command gets a process of its own for it. That process is no fork: it shares our memory and
 * files (clone(2) with CLONE_VM, CLONE_FILES), so it costs the same however large we are. The
 * thread that made it does nothing but wait for its end, in the kernel, so the supervisor may run
 * ordinary code in that thread's place. (It does not stand still as by CLONE_VFORK: a thread that
 * the kernel keeps from stopping would keep all of us from it, and a shell that sent ^Z would wait
 * for that.) Two rules follow:
 *
 * 1. It takes no lock and no heap memory: when we are killed it lives on, to end the command, and
 *    another of our threads may have died with the lock held.
 * 2. It blocks all signals and waits for them with sigtimedwait(); each of its children gets an
 *    empty mask (attr must say so).
 *
 * It spawns the command, reaps whatever ends, and ends the tree when asked, when time is up, and
 * when we die (PR_SET_PDEATHSIG). It is done when it has no child left.
 */
#pragma once

#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "exec/tree.h"

enum supervise_state {
	SUPERVISE_STARTING,
	SUPERVISE_FAILED,  /* error tells why */
	SUPERVISE_WAITING, /* only if traced: for supervise_go() */
	SUPERVISE_RUNNING, /* pid is the command */
	SUPERVISE_ENDED,   /* the command has ended, orphans may live */
	SUPERVISE_DONE,
	SUPERVISE_LOST, /* somebody killed the supervisor */
};

struct supervise {
	/* Given: */
	const char *path; /* of the program */
	char *const *argv, *const *envp;
	char *const *script_argv; /* /bin/sh and its arguments, for a script without "#!" */
	const posix_spawnattr_t *attr;
	const posix_spawn_file_actions_t *files;
	uint64_t nofile; /* 0: ours */
	int64_t time_limit_ns, grace_ns;
	bool traced;  /* somebody wants to trace it before it starts the command */
	int event_fd; /* an eventfd: 1 is added whenever state changes */

	/* Of the time limit: how long the tree was held so far, and whether it is now. */
	_Atomic int64_t held_ns;
	_Atomic bool held;

	/* Told: */
	_Atomic int state; /* enum supervise_state */
	_Atomic int order; /* the signal that supervise_end() was called with */
	_Atomic pid_t self, pid;
	int error;                           /* an errno */
	int64_t real_ns;                     /* start, since 1970 */
	int64_t start_ns, loaded_ns, end_ns; /* by CLOCK_MONOTONIC */
	int64_t cpu_ns;                      /* the supervisor's own */
	int status;                          /* as wait4() */
	char limits[2048];                   /* /proc/PID/limits of what is left of it */
	bool timed_out;
	bool killed; /* it got our KILL before it ended */
	uint32_t left_behind;
	/* Of all that were reaped: */
	int64_t user_ns, system_ns;
	uint64_t max_rss, minor_faults, major_faults, voluntary, involuntary;

	pid_t parent;
	struct tree tree; /* the supervisor's scratch */
};

/* Memory for one, zeroed; NULL with errno if there is none. */
struct supervise *supervise_new(void);
void supervise_free(struct supervise *s);

/* The supervisor's whole life, to be a thread's function (pthread_create) with a struct supervise:
 * returns NULL when it has ended. The thread must block all signals. */
void *supervise_thread(void *s);
/* Such a thread (all signals blocked); 0 or an errno. */
int supervise_new_thread(pthread_t *thread, void *(*fn)(void *), void *arg);
/* It is traced now and may start the command, or error (an errno) says why not, and it fails. */
void supervise_go(struct supervise *s, int error);
/* Ask for the end: the tree gets sig, and KILL after the grace. Only while state is below DONE. */
void supervise_end(struct supervise *s, int sig);
/* After the thread was joined. */
void supervise_reap(struct supervise *s);
