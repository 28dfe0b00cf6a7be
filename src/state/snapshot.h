/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads of a live process at one moment: registers and the memory of their stacks, taken
 * with as little disturbance as can be had. A blocked thread is read as it stands; registers
 * then come from the kernel (bpf) or are the stack and program pointers alone (nostop), and its
 * switch counts before and after prove that it did not move. A thread that runs, or moved, is
 * stopped for as long as it takes to copy (PTRACE_SEIZE, INTERRUPT, DETACH, never ATTACH: if we
 * are killed the kernel lets it go on). A thread that does not stop by the deadline is read
 * without.
 *
 * Source: ptrace(2), process_vm_readv(2), proc(5).
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "state/proc.h"
#include "types/stack.h"
#include "unwind/image.h"

struct snapshot;
struct snapshot_thread;

enum snapshot_way {
	SNAPSHOT_AUTO,   /* blocked threads untouched, by /proc; running ones stopped */
	SNAPSHOT_BPF,    /* the same with all registers of blocked threads */
	SNAPSHOT_NOSTOP, /* nothing is stopped: running threads have no stack */
	SNAPSHOT_STOP,   /* all are stopped at the same time: one consistent moment */
};

struct snapshot_opts {
	enum snapshot_way way;
	int64_t deadline_ns; /* for a thread to stop; 0: 100 ms */
	size_t stack_most;   /* bytes copied of each stack; 0: 256 kB */
	/* For what else is to be of the same moment (NULL: nothing): called before the first stop,
	 * and while a thread (t), or all of them (NULL), stand still. */
	void (*ready)(void *arg, struct snapshot *s);
	void (*stopped)(void *arg, struct snapshot *s, const struct snapshot_thread *t);
	void *arg;
};

#define SNAPSHOT_FUTEX 32

struct snapshot_thread {
	int tid;
	struct proc_status status;
	char name[32];
	char state;
	int64_t cpu_ns; /* -1: unknown */
	enum stack_how how;
	bool exact;
	const char *why_not; /* NULL: all well */
	struct image_regs regs;
	struct image_stack stack;
	struct proc_syscall call;
	/* What a futex call waits on, of the same moment as the stack: its word and what follows.
	 */
	unsigned char futex[SNAPSHOT_FUTEX];
	bool has_futex;
	int64_t stopped_ns;
	int signal; /* that it was about to get when it stopped; 0: none */
};

struct snapshot {
	struct arena arena;
	int pid;
	struct image image;
	struct image_map *maps;
	struct snapshot_thread *threads; /* by tid */
	size_t n, cap;
	int64_t taken_ns; /* since 1970 */
	int64_t pause_ns; /* the longest time that any thread was stopped */
	size_t disturbed; /* threads stopped inside a system call */
};

/*
 * -ERR_NOTFOUND: no such process. -ERR_SYSTEM: it may not be looked at (whose it is, Yama), with
 * what helps. A kernel thread or a zombie has threads without stacks.
 */
int snapshot_take(struct snapshot *s, int pid, const struct snapshot_opts *o,
		  struct err *err) ERR_CHECK;
void snapshot_release(struct snapshot *s);

/* Is a thread that was blocked still where it was when it was read, and has it not run since? */
bool snapshot_stands(struct snapshot *s, const struct snapshot_thread *t);
/* Does it, and does what it waits on say the same as then? */
bool snapshot_waits(struct snapshot *s, const struct snapshot_thread *t);
/* The system call that a thread is in by now. */
void snapshot_call(const struct snapshot *s, const struct snapshot_thread *t,
		   struct proc_syscall *call);
