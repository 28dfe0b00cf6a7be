/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running one command: started by posix_spawn() in a process group of its own under a supervisor of
 * its own (supervise.h), its output taken with a cap and times, its process tree sampled, ended by
 * TERM and then KILL, nothing left behind: processes that left the group (double forks, setsid) are
 * found too, and all are ended when we are killed. Any number of threads may run commands at the
 * same time. Nothing here prints or reads the environment.
 */
#pragma once

#include <signal.h>

#include "base/err.h"
#include "base/mem.h"
#include "types/record.h"

enum exec_stream { EXEC_STDOUT = 1, EXEC_STDERR = 2 };

#define EXEC_UNKNOWN UINT64_MAX

/* Pressure: some of the group's tasks wait, or all (groupstat.h). */
enum exec_psi {
	EXEC_PSI_CPU_SOME,
	EXEC_PSI_CPU_FULL,
	EXEC_PSI_MEMORY_SOME,
	EXEC_PSI_MEMORY_FULL,
	EXEC_PSI_IO_SOME,
	EXEC_PSI_IO_FULL,
	EXEC_PSI
};

/* What the process tree takes, at one moment. */
struct exec_sample {
	int64_t at_ns; /* since the command began */
	uint64_t rss, read_bytes, write_bytes;
	uint64_t pss; /* shared memory counted once; EXEC_UNKNOWN: was not looked at */
	uint64_t cpu_ns;
	uint64_t minor_faults, major_faults;
	uint32_t processes, threads, fds;
	/* Of its processes those that take at least half of what the largest does. */
	uint32_t alike;
	uint64_t alike_rss;
	/* Of the control group that the first of them is in, not of the tree alone. */
	uint64_t group_memory, group_swap; /* EXEC_UNKNOWN: none */
	double psi[EXEC_PSI]; /* share of the time since the last sample; NAN: unknown */
	bool psi_of_group;    /* else of the whole machine */
	const int *pids;      /* the processes, valid during the call; some may be gone */
	size_t npids;
};

/* What a tree is held for. */
enum exec_hold {
	EXEC_HOLD_NONE,
	EXEC_HOLD_OUTPUT,
	EXEC_HOLD_SIGNAL, /* a signal is about to end a process of it that does not handle it */
	EXEC_HOLD_EXIT,   /* the command is about to exit (exit_group(2)) */
};

/* At that moment. */
struct exec_held {
	enum exec_hold why;
	int pid, tid;   /* whose signal or exit it is; of output the command */
	int code;       /* of the exit */
	siginfo_t info; /* of the signal */
};

struct exec_opts {
	char *const *argv; /* ends in NULL; argv[0] is looked up in PATH of envp */
	char *const *envp; /* ends in NULL */
	const char *dir;   /* working directory; NULL: ours */
	int stdin_fd;      /* -1: /dev/null */
	bool pass_output; /* the command writes to our stdout and stderr itself, nothing is taken */
	bool same_group;  /* stays in our process group: a terminal's ^C and ^Z reach it */
	uint64_t nofile;  /* its soft limit of open files; 0: ours */
	/* Bytes taken of both streams together; the rest is read and counted. */
	uint64_t output_max;
	int64_t time_limit_ns, grace_ns; /* 0: none; between TERM and KILL: 0 is 2 s */
	/* Of the tree's RSS, looked at with each sample (every 100 ms if sample_ns is 0); 0: none.
	 */
	uint64_t memory_limit;
	/* Between samples; 0: none. Stretched where taking them would cost over 0.33 % of a CPU. */
	int64_t sample_ns;
	/* Called from the thread of exec_run(); any may be NULL. */
	void (*on_output)(void *arg, enum exec_stream s, int64_t at_ns, struct str bytes);
	void (*on_sample)(void *arg, const struct exec_sample *s);
	void (*on_start)(void *arg, int pid);
	/* When time_limit_ns is over, before anything is sent: the tree is as it was. */
	void (*on_time_up)(void *arg, int pid);
	/*
	 * Hold the tree once, by SIGSTOP: when *hold is true after on_output(), or at the signal or
	 * exit that hold_on says, for which it is traced until then (the command's set-uid programs
	 * are then without their rights, unless we are root). While on_held() lasts it stands, is
	 * traced by nobody, and the time limit stands still; then it goes on with what was to come.
	 */
	enum exec_hold hold_on; /* EXEC_HOLD_SIGNAL or _EXIT */
	bool *hold;
	void (*on_held)(void *arg, const struct exec_held *h);
	void *arg;
	/* A signal number, set by a handler: the tree gets it, KILL after grace; looked at at least
	 * every 100 ms. NULL: none. */
	const volatile int *stop;
};

enum exec_end {
	EXEC_EXITED,   /* code */
	EXEC_SIGNALED, /* sig */
	EXEC_TIMEOUT,  /* ended by us */
	EXEC_MEMORY,   /* ended by us */
	EXEC_STOPPED,  /* ended by us, as *stop said; not if another signal was its end */
};

struct exec_result {
	enum exec_end end;
	int code, sig; /* as wait tells, also where we ended it */
	bool core;
	int pid;
	char limits[2048];                   /* its /proc/PID/limits at the end; empty: unknown */
	int64_t started_ns;                  /* since 1970, UTC */
	int64_t wall_ns, user_ns, system_ns; /* CPU of the whole tree */
	uint64_t max_rss;                    /* bytes: of the largest process, as wait4() tells */
	/*
	 * wait4() cannot tell less than this: the kernel counts our own peak, in whose memory the
	 * process stood before exec, as the command's. max_rss <= rss_floor: it took no more.
	 */
	uint64_t rss_floor;
	/* Of the tree: the highest sample, or max_rss if that is more and above the floor; 0: not
	 * known (no sample, and not above the floor). */
	uint64_t peak_rss;
	uint64_t output_bytes; /* all that it wrote */
	uint64_t oom_kills; /* by which the oom_kill counter of our memory cgroup rose meanwhile */
	uint64_t minor_faults, major_faults, voluntary, involuntary; /* context switches */
	uint64_t samples;
	int64_t held_ns;    /* of wall_ns, that it was held */
	int64_t added_ns;   /* of wall_ns, until the program was loaded */
	int64_t sampler_ns; /* our CPU time between start and end, output and callbacks included */
	uint32_t left_behind; /* processes that had to be ended after the command itself had */
};

/*
 * 0 if the command ran, however it ended. -ERR_NOTFOUND: there is no such program (a shell's 127);
 * -ERR_SYSTEM: it could not be started; errno is then why (EACCES, ENOEXEC: a shell's 126).
 */
int exec_run(const struct exec_opts *o, struct exec_result *r, struct err *err) ERR_CHECK;

/*
 * The output (stdout) of a small helper program, which gets no stdin, whose stderr is dropped and
 * which has time_limit_ns. More than max bytes is -ERR_LIMIT; *r may be asked how it ended.
 */
struct buf;
int exec_output(char *const *argv, char *const *envp, const char *dir, int64_t time_limit_ns,
		size_t max, struct buf *out, struct exec_result *r, struct err *err) ERR_CHECK;

enum verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_UNTESTABLE, VERDICT_STOP };

/*
 * What an end says about a predicate: 0 good; 1 ... 124 bad; 125 cannot test; death by SEGV, ABRT,
 * BUS, FPE, ILL, TRAP, SYS, direct or as 128 + n, bad; KILL bad only if out of memory is proven and
 * is the symptom; 126, 127, INT, TERM end the search. oom_is_symptom: as the last says.
 */
enum verdict exec_verdict(const struct exec_result *r, bool oom_is_symptom);
