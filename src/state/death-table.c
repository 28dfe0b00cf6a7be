// SPDX-License-Identifier: GPL-3.0-or-later
/* What is known of each cause of death: see death-priv.h. */
#include <signal.h>

#include "state/death-priv.h"

#define CODE     DEATH_BY_CODE
#define SIG(s)   DEATH_BY(SIG##s)
#define FAULTS   (SIG(SEGV) | SIG(BUS) | SIG(FPE) | SIG(ILL) | SIG(TRAP))
#define ANY      (~UINT64_C(0))
#define ORDERED  (SIG(KILL) | SIG(TERM) | SIG(INT) | SIG(HUP) | SIG(QUIT) | CODE)
#define NO_ROOM  (SIG(ABRT) | FAULTS | CODE)
#define CRASHED  (SIG(ABRT) | SIG(TRAP) | SIG(ILL) | CODE)
#define PARENS   " (", ")"
#define COLON    ": ", ""
#define NOTHING  "", ""
#define OF_CORES "ulimit -c unlimited; inquest run -- COMMAND"

const struct death_kind death_kinds[DEATH_CAUSES] = {
	[DEATH_UNKNOWN] = {"unknown", "it cannot be told why it ended", COLON, ANY, NULL},
	[DEATH_NONE] = {"none", "it ended well", NOTHING, ANY, NULL},
	[DEATH_OOM_GROUP] = {"oom-cgroup",
			     "killed by the kernel because its control group was out of memory",
			     PARENS, SIG(KILL) | CODE,
			     "raise the group's limit, or see what grows: inquest run -- COMMAND"},
	[DEATH_OOM_SYSTEM] =
		{"oom-system", "killed by the kernel because the machine was out of memory", PARENS,
		 SIG(KILL) | CODE,
		 "see who held the memory (above); inquest run --memory-limit BYTES -- "
		 "COMMAND"},
	[DEATH_OOM] = {"oom", "killed by the kernel for want of memory", PARENS, SIG(KILL) | CODE,
		       "journalctl -k -o short-iso | inquest why-died -"},
	[DEATH_OOM_DAEMON] = {"oom-daemon", "killed for want of memory by a daemon", PARENS,
			      SIG(KILL) | SIG(TERM) | CODE, "inquest run -- COMMAND"},
	[DEATH_MEMORY_LIMIT] = {"memory-limit", "ended because it took more memory than it may",
				PARENS, ORDERED, "inquest runs --columns rss.peak"},
	[DEATH_TIME_LIMIT] = {"time-limit", "ended because its time was up", PARENS, ANY,
			      "see where it stands: inquest run --hang-after 60s -- COMMAND"},
	[DEATH_SILENCE] = {"silence", "ended because it printed nothing for too long", PARENS, ANY,
			   "see where it stands: inquest run --hang-after 60s -- COMMAND"},
	[DEATH_CANCELLED] = {"cancelled", "cancelled", PARENS, ORDERED, NULL},
	[DEATH_EVICTED] = {"evicted", "evicted from its machine", COLON, ORDERED, NULL},
	[DEATH_NODE] = {"node-lost", "the machine that it ran on was lost", PARENS, ANY, NULL},
	[DEATH_PROBE] = {"probe", "killed because its health check failed", PARENS, ANY,
			 "is it hung? inquest stacks PID --watch 2s"},
	[DEATH_RLIMIT_AS] = {"rlimit-as", "memory was refused by the limit of its address space",
			     PARENS, NO_ROOM, "ulimit -v unlimited; inquest run -- COMMAND"},
	[DEATH_RLIMIT_DATA] = {"rlimit-data", "memory was refused by the limit of its data segment",
			       PARENS, NO_ROOM, "ulimit -d unlimited; inquest run -- COMMAND"},
	[DEATH_RLIMIT_CPU] = {"rlimit-cpu", "killed because it used all of its CPU time", PARENS,
			      SIG(XCPU) | SIG(KILL) | CODE,
			      "ulimit -t unlimited; inquest run -- COMMAND"},
	[DEATH_RLIMIT_FSIZE] = {"rlimit-fsize", "a file grew beyond the limit of its size", PARENS,
				SIG(XFSZ) | CODE | SIG(ABRT),
				"ulimit -f unlimited; inquest run -- COMMAND"},
	[DEATH_RLIMIT_NPROC] = {"rlimit-nproc",
				"a process or thread was refused by the limit of their number",
				PARENS, NO_ROOM, "ulimit -u; ps -L -u $USER | wc -l"},
	[DEATH_RLIMIT_NOFILE] = {"rlimit-nofile", "a file was refused by the limit of open files",
				 PARENS, NO_ROOM, "ls -l /proc/PID/fd; ulimit -n"},
	[DEATH_PIDS_LIMIT] = {"pids-limit", "a process or thread was refused by its control group",
			      PARENS, NO_ROOM | SIG(KILL), "cat /sys/fs/cgroup/.../pids.max"},
	[DEATH_ALLOCATION] = {"allocation", "memory could not be allocated", COLON, NO_ROOM,
			      "ulimit -v; inquest runs --columns rss.peak"},
	[DEATH_HEAP] = {"heap", "the heap of its runtime was full", COLON,
			NO_ROOM | SIG(KILL) | SIG(TERM),
			"raise it (node --max-old-space-size=MB, java -Xmx), or see what grows: "
			"inquest run -- COMMAND"},
	[DEATH_GPU_MEMORY] = {"gpu-memory", "the memory of the GPU was full", COLON, NO_ROOM,
			      "nvidia-smi"},
	[DEATH_PROCESSES] = {"processes", "no further process or thread could be made", COLON,
			     NO_ROOM, "ulimit -u; cat /proc/sys/kernel/pid_max"},
	[DEATH_FILES] = {"files", "no further file could be opened", COLON, NO_ROOM, "ulimit -n"},
	[DEATH_SPACE] = {"space", "no space was left", COLON, NO_ROOM, "df -h . /tmp; df -i ."},
	[DEATH_STACK] = {"stack-overflow", "its stack overflowed", COLON,
			 SIG(SEGV) | SIG(BUS) | SIG(ABRT) | CODE, OF_CORES},
	[DEATH_FAULT] = {"fault", "it crashed", COLON, FAULTS | SIG(ABRT) | CODE, OF_CORES},
	[DEATH_ASSERT] = {"assert", "an assertion failed", COLON, CRASHED, OF_CORES},
	[DEATH_ABORT] = {"abort", "it called abort()", COLON, SIG(ABRT) | CODE, OF_CORES},
	[DEATH_EXCEPTION] = {"exception", "an exception that nothing caught", COLON,
			     SIG(ABRT) | CODE, "inquest diff GOOD.log BAD.log"},
	[DEATH_PANIC] = {"panic", "it panicked", COLON, CRASHED, "inquest diff GOOD.log BAD.log"},
	[DEATH_SANITIZER] = {"sanitizer", "a sanitizer ended it", COLON,
			     CRASHED | SIG(SEGV) | SIG(KILL), "inquest add REPORT --as bad"},
	[DEATH_SECCOMP] = {"seccomp", "killed for a system call that its filter forbids", COLON,
			   SIG(SYS) | SIG(KILL) | CODE, "strace -f -o trace COMMAND; tail trace"},
	[DEATH_DEADLOCK] = {"deadlock", "its runtime found that all wait for each other", COLON,
			    CRASHED, NULL},
	[DEATH_GPU] = {"gpu", "the GPU failed", COLON, ANY, "nvidia-smi -q -d ECC,PAGE_RETIREMENT"},
	[DEATH_HARDWARE] = {"hardware", "the machine failed", COLON, ANY,
			    "journalctl -k -p err -o short-iso"},
	[DEATH_PIPE] = {"pipe", "it wrote to a pipe that nobody reads any more", COLON,
			SIG(PIPE) | CODE, NULL},
	[DEATH_INTERRUPTED] = {"interrupted", "interrupted", PARENS,
			       SIG(INT) | SIG(QUIT) | SIG(TERM) | SIG(HUP) | SIG(KILL) | CODE,
			       NULL},
	[DEATH_SENT] = {"signal-sent", "ended by a signal that was sent to it", COLON, ANY & ~CODE,
			NULL},
	[DEATH_NO_COMMAND] = {"no-command", "a command was not found", COLON, CODE,
			      "command -v NAME; echo $PATH"},
	[DEATH_NOT_EXECUTABLE] = {"not-executable", "a command could not be run", COLON, CODE,
				  "ls -l FILE; file FILE"},
	[DEATH_LIBRARY] = {"library", "it could not be loaded", COLON, CODE, "ldd PROGRAM"},
	[DEATH_IMAGE] = {"container", "its container could not be started", COLON, CODE, NULL},
	[DEATH_EXIT] = {"exit", "it ended by itself", PARENS, CODE, "inquest diff GOOD BAD"},
};

const enum death_root death_roots[DEATH_CAUSES] = {
	[DEATH_OOM_GROUP... DEATH_PROBE] = DEATH_OUTSIDE,
	[DEATH_RLIMIT_AS... DEATH_ASSERT] = DEATH_WHY,
	[DEATH_ABORT... DEATH_PANIC] = DEATH_HOW,
	[DEATH_SANITIZER... DEATH_HARDWARE] = DEATH_WHY,
	[DEATH_PIPE... DEATH_SENT] = DEATH_HOW,
	[DEATH_NO_COMMAND... DEATH_IMAGE] = DEATH_WHY,
};

const char *death_word(enum death_cause cause)
{
	return death_kinds[cause].word;
}

const char *death_sure_word(enum death_sure sure)
{
	static const char *const words[] = {"unknown", "possible", "likely", "proven"};

	return words[sure];
}

const char *death_code_meaning(int code)
{
	static const struct {
		int code;
		const char *meaning;
	} table[] = {
		{1, "a failure of any kind"},
		{2, "wrong usage, or what make and Go's runtime end with after an error"},
		{77, "skipped (automake), or not permitted"},
		{78, "wrong configuration"},
		{99, "cannot be tested (automake: a hard error)"},
		{124, "timeout(1): time was up"},
		{125, "the wrapper itself failed (docker, timeout, git bisect: cannot be tested)"},
		{126, "a command that cannot be executed"},
		{127, "a command that was not found"},
		{128, "an invalid status, or a failure of git"},
		{245, "-11, as programs in Python pass on that a child died of SIGSEGV"},
		{247, "-9, as programs in Python pass on that a child died of SIGKILL"},
		{250, "-6, as programs in Python pass on that a child died of SIGABRT"},
		{255, "-1, or a failure of ssh"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].code == code)
			return table[i].meaning;
	return NULL;
}
