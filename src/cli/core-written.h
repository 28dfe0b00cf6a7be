/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The core of a process that ended just now: where core_pattern(5) puts it, or with
 * systemd-coredump(8).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

struct core_wanted {
	int pid;
	int64_t since_ns;
	bool dumped; /* there is one: worth waiting for */
	bool off;    /* the limit of its size was 0 */
	const char *tmpdir;
};

struct core_written {
	int fd;           /* for core_open(); -1: none */
	const char *name; /* where it lies, for people (the arena's) */
	const char *why;  /* it could not be had; "": nothing is known of it (the arena's) */
};

void core_written_open(struct core_written *w, const struct core_wanted *want, struct arena *a);
