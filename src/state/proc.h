/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc (proc(5)): text of its files as structs, and the files of one process or thread. Parsing is
 * apart from reading, so that it can be tested on any bytes. A process may vanish at any moment:
 * every reader can fail.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"
#include "unwind/image.h"

/* /proc/PID/maps. Paths are copies in the arena. Lines that are none are skipped; of more than
 * PROC_MAPS the rest is left out. */
#define PROC_MAPS ((size_t)1 << 20)
size_t proc_parse_maps(struct str text, struct arena *a, struct image_map **maps);

struct proc_stat {
	struct str name; /* in the text */
	char state;
	int parent;
	int64_t user_ticks, system_ticks; /* of sysconf(_SC_CLK_TCK) */
	uint64_t start_ticks;             /* since boot */
};
bool proc_parse_stat(struct str text, struct proc_stat *s);

struct proc_status {
	int pid, group, inner; /* Pid, Tgid, the last of NSpid */
	uint64_t switches, forced_switches;
	uint64_t rss_peak, rss; /* bytes */
	bool kernel;            /* no memory of its own: a kernel thread, or a zombie */
	int tracer;
	uint32_t uid;
};
bool proc_parse_status(struct str text, struct proc_status *s);

/* /proc/TID/syscall: what it is blocked in. */
struct proc_syscall {
	bool running;   /* no more is known then */
	int64_t number; /* -1: blocked, but in no call */
	uint64_t args[6];
	uint64_t sp, pc;
};
bool proc_parse_syscall(struct str text, struct proc_syscall *s);

/* pid 0: of /proc itself. */

/* The content of /proc/PID/NAME ("task/12/stat"); 0 or an errno. The buffer is cleared first. */
int proc_read(int pid, const char *name, struct buf *out);
/* Threads or children: numbers of a folder /proc/PID/NAME; count, at most PROC_TASKS. */
#define PROC_TASKS ((size_t)1 << 17)
size_t proc_numbers(int pid, const char *name, int **out, size_t *cap);
/* Where a link leads; false: it cannot be told. */
bool proc_link(int pid, const char *name, struct buf *out);
