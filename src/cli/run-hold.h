/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run --hold-on: the command's whole tree stands still at the first line of output that matches, at
 * the first signal that is about to end a process of it, or when the command is about to exit, so
 * that one can look at it as it is at that moment. What holds it: exec/hold.h; here it is told,
 * with the stack of the thread, and waited for the word to go on: ENTER on the terminal, the signal
 * CONT to us, any signal that ends us, or that somebody else lets it go on.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "exec/exec.h"

struct pattern;
struct run_watch;

struct run_hold {
	enum exec_hold on;
	struct pattern *pattern; /* of output; NULL: none, or it was held already */
	struct buf line[2];      /* what came of the last line of stdout, stderr */
	struct buf matched;
	bool now;                 /* hold it: exec_opts.hold */
	const volatile int *seen; /* a signal that we got; 0: none */
	struct run_watch *watch;  /* learns what is seen at the hold */
	bool shown;               /* the stack of what dies was printed */
};

/* on: "signal", "exit", else a regex of output; NULL: never. -ERR_USAGE. */
int run_hold_init(struct run_hold *h, const char *on, const volatile int *seen,
		  struct run_watch *watch, struct err *err) ERR_CHECK;
void run_hold_release(struct run_hold *h);
/* After the bytes were passed on; sets now. */
void run_hold_output(struct run_hold *h, enum exec_stream s, struct str bytes);
/* It is held: returns when it may go on. */
void run_hold_held(struct run_hold *h, const struct exec_held *held);
