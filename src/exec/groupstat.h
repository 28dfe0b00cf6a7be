/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the control group of a process takes and waits for, along a run: memory (memory.current, in
 * version 1 memory.usage_in_bytes), swap, and the pressure on processors, memory and I/O: the share
 * of the time since the last look that some, or all, of its tasks could not go on for want of it.
 * Where there is no group with files of pressure it is that of the machine. Files are opened once
 * and read with pread(2). What the kernel does not have is unknown.
 *
 * Source: the kernel's Documentation/accounting/psi.rst, admin-guide/cgroup-v2.rst.
 */
#pragma once

#include "base/buf.h"
#include "exec/exec.h"

enum { GROUPSTAT_CPU, GROUPSTAT_MEMORY, GROUPSTAT_IO, GROUPSTAT_PRESSURES };

struct groupstat {
	int pressure[GROUPSTAT_PRESSURES]; /* files; -1: none */
	int memory, swap;
	bool swap_has_memory;      /* version 1: what is swapped and what is not, together */
	bool group;                /* the pressure is of a group, not of the machine */
	uint64_t totals[EXEC_PSI]; /* at the last look, in us */
	int64_t last_ns;
	struct buf groups; /* /proc/PID/cgroup, as it was */
	unsigned looks;
};

/* Of a process and those that it starts; at_ns: now. */
void groupstat_init(struct groupstat *g, int pid, int64_t at_ns);
void groupstat_release(struct groupstat *g);
/* pid: it may have been put into another group meanwhile. */
void groupstat_sample(struct groupstat *g, int pid, int64_t at_ns, struct exec_sample *s);

/* The totals of a file of pressure, in us: some, full. False: it is none. */
bool groupstat_parse(struct str text, uint64_t totals[2]);
