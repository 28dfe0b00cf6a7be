/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run --hold-on REGEX: the first line of output that matches stops the command's whole tree, so
 * that one can look at it as it is at that moment; ENTER on the terminal or the signal CONT to us
 * lets it go on, other signals end it as always.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "exec/exec.h"

struct pattern;

struct run_hold {
	struct pattern *pattern; /* NULL: no hold, or it was held already */
	struct buf line[2];      /* what came of the last line of stdout, stderr */
	int pid;
	const volatile int *stop; /* a signal that ends it all */
};

/* regex NULL: never. -ERR_USAGE. */
int run_hold_init(struct run_hold *h, const char *regex, const volatile int *stop,
		  struct err *err) ERR_CHECK;
void run_hold_release(struct run_hold *h);
/* After the bytes were passed on; returns when it may go on. */
void run_hold_output(struct run_hold *h, enum exec_stream s, struct str bytes);
