/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's log, from dmesg, /dev/kmsg, the journal or syslog: kills for want of memory with the
 * table of who held it, faults of user programs, seccomp, graphics cards, hung tasks, hardware. A
 * report of the OOM killer spans lines: it begins with who asked for memory and ends with who was
 * killed. Sources: the kernel's mm/oom_kill.c, arch/x86/mm/fault.c, arch/x86/kernel/traps.c,
 * kernel/seccomp.c and auditsc.c, of versions 4.4 to 6.18.
 */
#pragma once

#include "state/death.h"

#define KERNLOG_TASKS 4096 /* of a report's table */

struct kernlog {
	struct death_clues *clues;
	/* The report that is being read. */
	bool group; /* of a control group */
	bool system;
	bool ended;  /* somebody was killed: what follows is of another report, */
	bool others; /* unless all others of the group are killed too (memory.oom.group) */
	bool has_table, has_usage;
	char columns[16][16]; /* names of the table's columns */
	size_t ncolumns;
	struct death_memory *tasks;
	size_t ntasks, captasks;
	struct death_evidence limit_line;
	struct str where; /* the control group */
	uint64_t usage, limit;
};

void kernlog_init(struct kernlog *k, struct death_clues *c);
void kernlog_release(struct kernlog *k);
/* Does the line tell anything? Then a clue was added, or it is part of a report. */
bool kernlog_line(struct kernlog *k, struct str line, struct str file, uint64_t no);
