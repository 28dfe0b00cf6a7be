/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Call stacks of the threads of a program, live or from a core. Plain structs between the rooms
 * that acquire (state/), name (unwind/), compare and print them. Text belongs to whoever filled the
 * struct in (an arena).
 */
#pragma once

#include "base/str.h"

enum frame_language { FRAME_NATIVE, FRAME_PYTHON, FRAME_JIT, FRAME_KERNEL, FRAME_JAVA };

/* How it is known that this frame called the one before it. */
enum frame_trust {
	FRAME_EXACT,   /* registers of the thread, or call frame information */
	FRAME_POINTER, /* a frame pointer that leads on, where nothing better was there */
	FRAME_GUESSED, /* a return address found by searching the stack */
};

/* An argument or a local variable. */
struct frame_value {
	struct str name, type, text; /* text: "<optimized out>" where it is */
	bool argument;
};

struct frame {
	uint64_t pc;  /* the address itself: of callers, where they go on */
	uint64_t cfa; /* the stack pointer of its caller before the call; 0: unknown */
	enum frame_language language;
	enum frame_trust trust;
	bool inlined;          /* into the next frame, of the same pc */
	bool signal;           /* a signal handler's trampoline */
	bool own;              /* of the program, not of a library or runtime */
	struct str function;   /* demangled; empty: unknown */
	struct str symbol;     /* as in the symbol table; empty if it is the same, or unknown */
	uint64_t offset;       /* of pc from the function's start */
	struct str module;     /* path; empty: in no file */
	uint64_t in_module;    /* address within the file, as addr2line takes it */
	struct str file;       /* of the source; empty: unknown */
	uint32_t line, column; /* 0: unknown */
	struct frame_value *values;
	size_t nvalues;
};

/* How a thread's registers and stack were had. */
enum stack_how {
	STACK_NONE,   /* not at all: see why_not */
	STACK_BPF,    /* read in the kernel, the thread untouched */
	STACK_NOSTOP, /* stack and program pointer by /proc while it was blocked */
	STACK_STOP,   /* stopped for a moment */
	STACK_CORE,
};

/* What a thread waits for. */
enum wait_kind {
	WAIT_NONE,
	WAIT_MUTEX,
	WAIT_RWLOCK,
	WAIT_JOIN,
	WAIT_CONDITION, /* a condition variable, semaphore or other futex: who wakes it is unknown
			 */
	WAIT_CHILD,
	WAIT_PIPE,
	WAIT_SOCKET,
	WAIT_FILE_LOCK,
	WAIT_FD,    /* another file */
	WAIT_POLL,  /* several files */
	WAIT_SLEEP, /* time */
	WAIT_SIGNAL,
	WAIT_GIL,     /* CPython's lock */
	WAIT_MONITOR, /* a lock of Java */
	WAIT_KERNEL,  /* uninterruptible: disk, page, device */
	WAIT_STOPPED, /* by a signal or a debugger */
	WAIT_OTHER,
};

struct stack_thread {
	int pid, tid;
	int inner; /* tid in the innermost pid namespace of the process */
	struct str name;
	char state; /* as in /proc/TID/stat: R, S, D, T, t, Z, X; ' ' unknown */
	enum stack_how how;
	struct str why_not;   /* no stack, or not all of it: why */
	bool exact;           /* registers and memory are of one moment */
	bool crashed;         /* of a core: the thread that got the signal */
	struct frame *frames; /* innermost first */
	size_t nframes;
	uint64_t skipped; /* frames left out in the middle, after frames[skipped_at - 1] */
	size_t skipped_at;
	bool complete;            /* the last frame is the thread's first */
	struct str system_call;   /* "futex(0x55, FUTEX_WAIT, 2)"; empty: none */
	struct str kernel_wait;   /* wchan */
	struct str *kernel_stack; /* innermost first */
	size_t nkernel;
	enum wait_kind wait;
	struct str wait_text;  /* "mutex 0x55d0 held by 4711 (writer)"; "read from pipe 3, ..." */
	int waits_for;         /* tid (or pid of another process); 0: none or unknown */
	uint64_t wait_address; /* of the lock; 0 */
	bool holds_gil;
	int64_t cpu_ns; /* used so far; -1: unknown */
	uint64_t switches, forced_switches;
};

/* Threads that wait for each other in a circle, in its order. */
struct stack_deadlock {
	size_t *threads; /* indices */
	size_t n;
	size_t *behind; /* others that wait for these, directly or not */
	size_t nbehind;
};

/* Threads with the same stack. */
struct stack_group {
	size_t *threads;
	size_t n;
};

struct stack_process {
	int pid, parent;
	struct str name, command;
	bool deleted; /* the program's file is gone */
};

/* Why the program of a core died, as far as the core tells. Empty text: unknown. */
struct stack_death {
	int signal;       /* 0 or SIGSTOP: none, it lived */
	struct str code;  /* "address not mapped" */
	struct str fault; /* what lies at the address that could not be used */
	uint64_t address; /* that one */
	bool has_address;
	int sender;           /* process that sent the signal; 0: none did */
	struct str message;   /* of assert() or of glibc's checks, before abort() */
	struct str exception; /* C++ or Python: type */
	struct str what;      /* and what it says */
	bool handled;         /* it was caught: the program died while it dealt with it */
	bool truncated;       /* the core is cut off */
};

/* Is it hung? Of two looks: what it is, in a word and in a sentence (state/hang.h). */
struct stack_verdict {
	struct str kind, sentence;
};

struct stacks {
	struct stack_process *processes; /* each after its parent */
	size_t nprocesses;
	struct stack_thread *threads; /* by process, then tid */
	size_t nthreads;
	struct stack_deadlock *deadlocks;
	size_t ndeadlocks;
	struct stack_group *groups; /* the likely culprit first */
	size_t ngroups;
	int64_t taken_ns;                /* since 1970 */
	int64_t pause_ns;                /* the longest that a thread was stopped; 0: none was */
	size_t disturbed;                /* threads that were stopped while in a system call */
	const struct stack_death *death; /* of a core; else NULL */
	const struct stack_verdict *verdict; /* NULL: it was looked at once */
	struct str *notes;                   /* what could not be had, and why */
	size_t nnotes;
};
