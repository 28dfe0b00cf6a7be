/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System calls that wait (x86-64; syscalls(2)): their names, and what they wait for. */
#pragma once

#include "base/buf.h"
#include "state/proc.h"
#include "types/stack.h"

struct call_info {
	int number;
	const char *name;
	enum wait_kind wait; /* WAIT_FD: what args[fd] is says more */
	/* One letter an argument: f file, p pointer, d number, x bits, m milliseconds, t pointer to
	 * a time limit (0: none), w futex operation, c child. */
	const char *args;
	bool writes; /* to a file */
};

/* NULL: a call that is not in the table. */
const struct call_info *call_find(int64_t number);
/* "futex(0x55d0, WAIT_BITSET, 2, no limit)", "read(3, ...)". */
void call_text(struct buf *out, const struct proc_syscall *c);
