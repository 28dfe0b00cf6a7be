/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Holding a command's tree: at a line of output (hold_stop(), hold_continue()), or, with a tracer
 * (ptrace(2)), at the moment when a signal is about to end a process of it, or the command is about
 * to exit.
 *
 * The tracer is a thread of ours. It seizes the supervisor before that spawns the command, so that
 * the kernel attaches the command to it from its first instruction on; then it lets the supervisor
 * go. What it sees it hands on unchanged, except the one stop that is waited for. There it leaves
 * the whole tree stopped by SIGSTOP and traced by nobody, so that debuggers can attach. What it
 * took from the process, the signal or the call of exit_group(), it gives back when the tree goes
 * on:
 *
 * - a fault happens again, as the instruction is executed again;
 * - another signal is sent again and, on its way, gets back what it told (PTRACE_SETSIGINFO): its
 *   sender and code, as a core has them;
 * - the program stands before the instruction that calls exit_group() (x86-64 only).
 *
 * When we are killed the kernel lets go all that the thread traces, signals included; what is held
 * then the supervisor ends, as always.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "exec/exec.h"
#include "exec/supervise.h"

enum hold_state { HOLD_WATCHING, HOLD_HELD, HOLD_OVER };

struct hold_owed;

struct hold {
	/* Given: */
	enum exec_hold on; /* EXEC_HOLD_SIGNAL, EXEC_HOLD_EXIT */
	struct supervise *s;
	int event_fd; /* an eventfd: 1 is added when the tree is held */
	int go_fd;    /* an eventfd: hold_go() adds 1 */

	_Atomic int state;     /* enum hold_state */
	struct exec_held held; /* when state is HOLD_HELD */

	pthread_t thread;
	bool begun;
	int command;            /* its pid; 0: it was not started yet */
	int error;              /* why nothing can be traced: an errno */
	struct hold_owed *owed; /* signals that were taken */
	size_t nowed, capowed;
	struct tree *tree; /* scratch */
};

/* SIGSTOP to all below root, until no new ones are found and all stand, or some time has passed. */
void hold_stop(struct tree *scratch, int root);
/* SIGCONT to all below root. */
void hold_continue(struct tree *scratch, int root);

/* Does a process stand, by a signal or a debugger? False too if it has ended. */
bool hold_lasts(int pid);

/* The supervisor waits for it (SUPERVISE_WAITING), and fails when nothing can be traced. */
void hold_begin(struct hold *h);
/* What is held goes on. */
void hold_go(struct hold *h);
/* Nothing is traced any more; may be called at any time, also if it was not begun. */
void hold_end(struct hold *h);
