/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where core files go on this machine (core(5), systemd-coredump(8), apport, ABRT), and those that
 * are there.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"

struct found_core {
	struct str path;
	struct str program; /* by its name, or by what it says within; empty: unknown */
	int pid;            /* 0: unknown */
	int64_t time_ns;    /* of its last change */
	uint64_t size;
	bool packed; /* compressed */
};

struct corefind {
	struct found_core *items; /* the newest first */
	size_t n;
	struct str pattern; /* /proc/sys/kernel/core_pattern */
	struct str handler; /* the program that the kernel hands cores to; empty: none */
	bool off;           /* the limit on the size of cores is 0, and no handler takes them */
	struct str *places; /* folders that were looked into */
	size_t nplaces;
};

/* program: a part of its name; NULL: all. dir: the working directory in which programs died. All
 * is the arena's. */
void corefind_look(struct corefind *f, const char *program, const char *dir, struct arena *a);

/* core_pattern(5) as a pattern of glob(3), with core_uses_pid: what the core of a process is called
 * is not all known; pid 0: of any. */
void corefind_glob(struct str pattern, int pid, struct buf *out);
