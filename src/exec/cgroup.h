/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control groups that this process and its children are in (cgroups(7)), versions 1 and 2. */
#pragma once

#include "base/buf.h"

/*
 * The content of a file of our group, blanks at its end cut: of the controller ("memory", v1) by
 * the name v1_name, or of the one hierarchy (v2) by the name v2_name, whichever is there. False if
 * neither is.
 */
bool cgroup_read(struct buf *out, const char *controller, const char *v1_name, const char *v2_name);
/* The same of another process's group. */
bool cgroup_read_of(int pid, struct buf *out, const char *controller, const char *v1_name,
		    const char *v2_name);
/* How often the kernel killed in our memory cgroup for want of memory; 0 if it cannot be told. */
uint64_t cgroup_oom_kills(void);

/* A memory control group, of either version. */
struct cgroup_memory {
	bool counts;        /* oom_kills is known */
	uint64_t oom_kills; /* processes of it that the kernel killed for want of memory */
	uint64_t limit;     /* bytes, of it or of the group around it; 0: none or unknown */
	uint64_t peak;      /* bytes, of the group whose limit that is; 0: unknown */
};

/* The folder of the memory group of a process (0: ours); false: it cannot be told. */
bool cgroup_memory_of(int pid, struct buf *dir);
/* What the files of such a folder say. */
void cgroup_memory_read(const char *dir, struct cgroup_memory *m);
