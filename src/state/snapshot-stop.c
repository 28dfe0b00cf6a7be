// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Threads that are stopped: PTRACE_SEIZE does nothing to a thread, INTERRUPT makes it stop, and
 * after registers and stack are copied DETACH lets it go. All that are stopped at once are at one
 * moment. Those that the deadline finds still running (in state D they cannot stop) are let go when
 * we end, and are read as they stand. What was in a system call may see EINTR: that is counted.
 */
#include "state/snapshot-priv.h"

#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#define POLL_NS      20000
#define BATCHES_MOST 10 /* times the deadline of one thread, for all */
#define TOGETHER     32 /* threads that are asked to stop at a time */

/* What it waits for is of this moment too, not of when it was seen first. */
static void set_call(struct snapshot_thread *t, const struct user_regs_struct *r, bool in_call)
{
	t->call = (struct proc_syscall){
		.number = -1, .running = !in_call, .sp = r->rsp, .pc = r->rip};
	if (in_call)
		t->call = (struct proc_syscall){
			.number = (int64_t)r->orig_rax,
			.args = {r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9},
			.sp = r->rsp,
			.pc = r->rip,
		};
}

static bool read_registers(struct snapshot_thread *t, bool *in_call)
{
	struct user_regs_struct r;
	struct iovec v = {&r, sizeof(r)};

	if (ptrace(PTRACE_GETREGSET, t->tid, (void *)NT_PRSTATUS, &v) < 0 || v.iov_len != sizeof(r))
		return false;
	t->regs = (struct image_regs){
		.r = {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9, r.r10,
		      r.r11, r.r12, r.r13, r.r14, r.r15, r.rip},
		.known = (UINT32_C(1) << IMAGE_REGS) - 1,
	};
	/* ERESTARTSYS ... ERESTART_RESTARTBLOCK: the kernel broke a call off. */
	*in_call =
		(long long)r.orig_rax >= 0 && (long long)r.rax <= -512 && (long long)r.rax >= -516;
	set_call(t, &r, *in_call);
	return true;
}

/* Has it stopped? 1: yes, 0: not yet, -1: it ended. */
static int has_stopped(struct snapshot_thread *t)
{
	int status;
	pid_t got = waitpid(t->tid, &status, __WALL | WNOHANG);

	if (got == t->tid) {
		/* Stopped on the way to a signal, which detaching hands on: else it would be lost.
		 */
		t->signal = WIFSTOPPED(status) && status >> 16 == 0 ? WSTOPSIG(status) : 0;
		return WIFSTOPPED(status) ? 1 : -1;
	}
	return got < 0 && errno != EINTR ? -1 : 0;
}

static void nap(void)
{
	struct timespec pause = {.tv_nsec = POLL_NS};

	nanosleep(&pause, NULL);
}

/* Wait for it to stop; false: not by the deadline, or it ended. */
static bool wait_stopped(struct snapshot_thread *t, int64_t deadline)
{
	int stopped;

	while (!(stopped = has_stopped(t)) && snapshot_now() <= deadline)
		nap();
	return stopped > 0;
}

static void let_go(const struct snapshot_thread *t)
{
	ptrace(PTRACE_DETACH, t->tid, NULL, (void *)(intptr_t)t->signal);
}

static bool seize_one(struct snapshot_thread *t)
{
	if (ptrace(PTRACE_SEIZE, t->tid, NULL, NULL) == 0)
		return true;
	t->why_not = errno == EPERM ? "it may not be traced (is a debugger at it?)"
				    : "it ended meanwhile";
	return false;
}

/* What there is to be had of a thread that stands, and let it go. */
static void read_one(struct snapshot *s, struct snapshot_thread *t, const struct snapshot_opts *o)
{
	int64_t start = snapshot_now();
	bool in_call = false;

	if (read_registers(t, &in_call)) {
		/* Others are of other moments: whom it waits for could close a circle that never
		 * was. */
		t->call.running = true;
		snapshot_copy(s, &t, 1, o->stack_most);
		if (o->stopped)
			o->stopped(o->arg, s, t);
		t->how = STACK_STOP;
		t->exact = true;
		t->why_not = NULL;
	}
	let_go(t);
	t->stopped_ns = snapshot_now() - start;
	s->disturbed += in_call;
}

static void longest_pause(struct snapshot *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->threads[i].stopped_ns > s->pause_ns)
			s->pause_ns = s->threads[i].stopped_ns;
}

/* Those that have stopped are read; the others stay in the list. Returns how many. */
static size_t read_stopped(struct snapshot *s, struct snapshot_thread **waiting, size_t n,
			   const struct snapshot_opts *o)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		int stopped = has_stopped(waiting[i]);

		if (stopped > 0)
			read_one(s, waiting[i], o);
		else if (stopped < 0)
			waiting[i]->why_not = "it ended meanwhile";
		else
			waiting[left++] = waiting[i];
	}
	return left;
}

/* Asked together, as one that waits for a processor stops only when it gets one; each goes on as
 * soon as it is read. */
void snapshot_stop_each(struct snapshot *s, const struct snapshot_opts *o)
{
	struct snapshot_thread **waiting = mem_alloc((s->n + 1) * sizeof(struct snapshot_thread *));
	size_t n = 0;
	int64_t end;

	for (size_t i = 0; i < s->n; i++)
		if (s->threads[i].how == STACK_NONE && s->threads[i].state != 'Z')
			waiting[n++] = &s->threads[i];
	if (n && o->ready)
		o->ready(o->arg, s);
	end = snapshot_now() + BATCHES_MOST * o->deadline_ns;
	for (size_t from = 0; from < n;) {
		int64_t deadline = snapshot_now() + o->deadline_ns;
		size_t k = n - from < TOGETHER ? n - from : TOGETHER, asked = 0;

		for (size_t i = from; i < from + k; i++)
			if (seize_one(waiting[i]) &&
			    ptrace(PTRACE_INTERRUPT, waiting[i]->tid, NULL, NULL) == 0)
				waiting[from + asked++] = waiting[i];
		while ((asked = read_stopped(s, waiting + from, asked, o)) &&
		       snapshot_now() <= deadline && snapshot_now() <= end)
			nap();
		for (size_t i = 0; i < asked; i++)
			waiting[from + i]->why_not = "it did not stop in time";
		from += k;
	}
	free(waiting);
	longest_pause(s);
}

/* Threads that appeared while others were seized. */
static void find_new(struct snapshot *s, struct buf *scratch)
{
	int *tids = NULL;
	size_t cap = 0, n = proc_numbers(s->pid, "task", &tids, &cap), known = s->n;

	for (size_t i = 0; i < n; i++) {
		struct snapshot_thread t = {.tid = tids[i]};
		size_t k = 0;

		while (k < known && s->threads[k].tid != tids[i])
			k++;
		if (k == known && snapshot_look(s, &t, scratch))
			array_push(s->threads, s->n, s->cap) = t;
	}
	free(tids);
}

static void seize(struct snapshot *s, size_t from)
{
	for (size_t i = from; i < s->n; i++)
		if (seize_one(&s->threads[i]))
			s->threads[i].how = STACK_STOP;
}

static void interrupt(struct snapshot *s, size_t from)
{
	for (size_t i = from; i < s->n; i++)
		if (s->threads[i].how == STACK_STOP)
			ptrace(PTRACE_INTERRUPT, s->threads[i].tid, NULL, NULL);
}

/* Copies of the stacks are made where memory is there already: room by where it stood before. */
static void make_room(struct snapshot *s, const struct snapshot_opts *o)
{
	for (size_t i = 0; i < s->n; i++) {
		struct snapshot_thread *t = &s->threads[i];

		if (t->call.running || !t->call.sp)
			continue;
		t->regs.r[IMAGE_SP] = t->call.sp;
		t->regs.known = UINT32_C(1) << IMAGE_SP;
		snapshot_make_room(s, t, o->stack_most);
		memset((void *)(uintptr_t)t->stack.bytes, 0, t->stack.n);
	}
}

static size_t read_all(struct snapshot *s, struct snapshot_thread **wanted, bool *in_call,
		       int64_t deadline)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct snapshot_thread *t = &s->threads[i];

		if (t->how != STACK_STOP)
			continue;
		if (wait_stopped(t, deadline) && read_registers(t, &in_call[i])) {
			wanted[n++] = t;
		} else {
			t->how = STACK_NONE;
			t->why_not = "it did not stop in time";
		}
	}
	return n;
}

/* Those that would not stop, as they stand. */
static void read_rest(struct snapshot *s, const struct snapshot_opts *o)
{
	for (size_t i = 0; i < s->n; i++) {
		struct snapshot_thread *t = &s->threads[i];

		if (t->how != STACK_NONE || t->call.running || !t->call.sp)
			continue;
		snapshot_set_registers(t);
		snapshot_copy(s, &t, 1, o->stack_most);
		t->how = STACK_NOSTOP;
	}
}

void snapshot_stop_all(struct snapshot *s, const struct snapshot_opts *o)
{
	struct sched_param fast = {.sched_priority = 60}, old;
	int policy = sched_getscheduler(0);
	struct buf scratch = {0};
	struct snapshot_thread **wanted;
	bool *in_call;
	int64_t start;
	size_t n, known = 0;

	sched_getparam(0, &old);
	if (o->ready)
		o->ready(o->arg, s);
	make_room(s, o);
	seize(s, 0);
	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &fast); /* if we may */
	start = snapshot_now();
	interrupt(s, 0);
	for (unsigned i = 0; i < 4 && known != s->n; i++) {
		known = s->n;
		find_new(s, &scratch);
		seize(s, known);
		interrupt(s, known);
	}
	wanted = mem_alloc(s->n * sizeof(struct snapshot_thread *));
	in_call = mem_zalloc(s->n);
	n = read_all(s, wanted, in_call, start + o->deadline_ns);
	snapshot_copy(s, wanted, n, o->stack_most);
	if (o->stopped)
		o->stopped(o->arg, s, NULL);
	for (size_t i = 0; i < n; i++)
		let_go(wanted[i]);
	for (size_t i = 0; i < n; i++)
		wanted[i]->stopped_ns = snapshot_now() - start;
	sched_setscheduler(0, policy, &old);
	for (size_t i = 0; i < s->n; i++) {
		s->threads[i].exact = s->threads[i].how == STACK_STOP;
		s->disturbed += in_call[i];
	}
	read_rest(s, o);
	longest_pause(s);
	free(wanted);
	free(in_call);
	buf_release(&scratch);
}
