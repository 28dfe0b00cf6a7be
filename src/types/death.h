/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a program ended: what state/ judges and report/ prints. Text belongs to whoever filled the
 * struct in (an arena).
 */
#pragma once

#include "base/str.h"

enum death_cause {
	DEATH_UNKNOWN,
	DEATH_NONE, /* it ended well */
	/* memory taken from outside */
	DEATH_OOM_GROUP,  /* the kernel, for the limit of its control group */
	DEATH_OOM_SYSTEM, /* the kernel, because the machine had none left */
	DEATH_OOM,        /* the kernel; which of the two is not known */
	DEATH_OOM_DAEMON, /* a program that kills before the kernel does */
	DEATH_MEMORY_LIMIT,
	/* time and order */
	DEATH_TIME_LIMIT,
	DEATH_SILENCE, /* no output for too long */
	DEATH_CANCELLED,
	DEATH_EVICTED,
	DEATH_NODE, /* the machine was lost, or restarted */
	DEATH_PROBE,
	/* resource limits, setrlimit(2) */
	DEATH_RLIMIT_AS,
	DEATH_RLIMIT_DATA,
	DEATH_RLIMIT_CPU,
	DEATH_RLIMIT_FSIZE,
	DEATH_RLIMIT_NPROC,
	DEATH_RLIMIT_NOFILE,
	DEATH_PIDS_LIMIT, /* of its control group */
	/* something was not to be had */
	DEATH_ALLOCATION,
	DEATH_HEAP, /* the limit that a runtime sets itself: node, Java */
	DEATH_GPU_MEMORY,
	DEATH_PROCESSES,
	DEATH_FILES,
	DEATH_SPACE,
	/* the program itself */
	DEATH_STACK,
	DEATH_FAULT,
	DEATH_ASSERT,
	DEATH_ABORT,
	DEATH_EXCEPTION,
	DEATH_PANIC,
	DEATH_SANITIZER,
	DEATH_SECCOMP,
	DEATH_DEADLOCK, /* that a runtime found */
	DEATH_GPU,
	DEATH_HARDWARE,
	/* signals */
	DEATH_PIPE,
	DEATH_INTERRUPTED,
	DEATH_SENT, /* by somebody */
	/* it could not start, or says so itself */
	DEATH_NO_COMMAND,
	DEATH_NOT_EXECUTABLE,
	DEATH_LIBRARY,
	DEATH_IMAGE, /* of a container */
	DEATH_EXIT,
	DEATH_CAUSES
};

enum death_sure { DEATH_NO_IDEA, DEATH_POSSIBLE, DEATH_LIKELY, DEATH_PROVEN };

/* A line that is quoted, or (without file) a fact that was seen. */
struct death_evidence {
	struct str text;
	struct str file;
	uint64_t line; /* 0: none */
};

/* Another cause: that it may be too, or that was ruled out, and why. */
struct death_other {
	enum death_cause cause;
	enum death_sure sure;
	struct str why;
};

/* Who held memory when the kernel looked for somebody to kill. */
struct death_memory {
	struct str name;
	int pid;
	uint64_t rss, swap; /* bytes */
	bool killed;
};

struct death {
	enum death_cause cause;
	enum death_sure sure;
	struct str sentence; /* "killed by the kernel: ..." */
	struct str ending;   /* "signal 9 (Killed)", "exit status 137"; empty: not known */
	struct death_evidence *evidence;
	size_t nevidence;
	struct death_other *others, *ruled_out;
	size_t nothers, nruled_out;
	struct death_memory *memory; /* the largest first */
	size_t nmemory;
	struct str memory_note; /* "limit 100 MB of /docker/x" */
	struct str next;        /* a command, or what to do */
};
