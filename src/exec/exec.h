/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running one command: started by posix_spawn() in a process group of its own, watched through a
 * pidfd and ppoll(), its output taken with a cap and times, its process tree sampled, ended by TERM
 * and then KILL, nothing left behind: processes that left the group (double forks, setsid) are
 * found too. Any number of threads may run commands at the same time. Nothing here prints or reads
 * the environment.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "types/record.h"

enum exec_stream { EXEC_STDOUT = 1, EXEC_STDERR = 2 };

/* What the process tree takes, at one moment. */
struct exec_sample {
	int64_t at_ns; /* since the command began */
	uint64_t rss, read_bytes, write_bytes;
	uint64_t cpu_ns;
	uint32_t processes, threads, fds;
};

struct exec_opts {
	char *const *argv; /* ends in NULL; argv[0] is looked up in PATH of envp */
	char *const *envp; /* ends in NULL */
	const char *dir;   /* working directory; NULL: ours */
	int stdin_fd;      /* -1: /dev/null */
	bool pass_output; /* the command writes to our stdout and stderr itself, nothing is taken */
	uint64_t
		output_max; /* bytes taken of both streams together; the rest is read and counted */
	int64_t time_limit_ns, grace_ns; /* 0: none; between TERM and KILL: 0 is 2 s */
	uint64_t memory_limit; /* of the tree's RSS, looked at with each sample; 0: none */
	int64_t sample_ns;     /* between samples; 0: none */
	/* Called from the thread of exec_run(); any may be NULL. */
	void (*on_output)(void *arg, enum exec_stream s, int64_t at_ns, struct str bytes);
	void (*on_sample)(void *arg, const struct exec_sample *s);
	void (*on_start)(void *arg, int pid);
	void *arg;
	const volatile int *stop; /* a signal number, set by a handler: end the command, return */
};

enum exec_end {
	EXEC_EXITED,   /* code */
	EXEC_SIGNALED, /* sig */
	EXEC_TIMEOUT,  /* ended by us */
	EXEC_MEMORY,   /* ended by us */
	EXEC_STOPPED,  /* ended by us, as *stop said */
};

struct exec_result {
	enum exec_end end;
	int code, sig; /* as wait tells, also where we ended it */
	bool core;
	int64_t started_ns; /* since 1970, UTC */
	int64_t wall_ns, user_ns, system_ns;
	uint64_t max_rss;      /* bytes: of the largest process, as wait4() tells */
	uint64_t peak_rss;     /* bytes: of the tree, the highest sample; max_rss if that is more */
	uint64_t output_bytes; /* all that it wrote */
	uint64_t oom_kills; /* by which the oom_kill counter of our memory cgroup rose meanwhile */
	uint64_t minor_faults, major_faults, voluntary, involuntary; /* context switches */
	uint64_t samples;
	int64_t added_ns; /* of the command's lifetime that went into starting and waiting for it */
	int64_t sampler_ns;   /* our CPU time between start and end */
	uint32_t left_behind; /* processes that had to be ended after the command itself had */
};

/* 0 if the command ran, however it ended; -ERR_NOTFOUND, -ERR_SYSTEM if it could not be started. */
int exec_run(const struct exec_opts *o, struct exec_result *r, struct err *err) ERR_CHECK;

enum verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_UNTESTABLE, VERDICT_STOP };

/*
 * What an end says about a predicate: 0 good; 1 ... 124 bad; 125 cannot test; death by SEGV, ABRT,
 * BUS, FPE, ILL, TRAP, SYS, direct or as 128 + n, bad; KILL bad only if out of memory is proven and
 * is the symptom; 126, 127, INT, TERM end the search. oom_is_symptom: as the last says.
 */
enum verdict exec_verdict(const struct exec_result *r, bool oom_is_symptom);
