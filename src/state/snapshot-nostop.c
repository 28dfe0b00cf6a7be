// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Blocked threads without a touch: stack and program pointer from /proc/PID/task/TID/syscall, the
 * stack by process_vm_readv. If a thread's switch counts and place are the same afterwards it has
 * not run in between, and what was copied is of one moment. One that moved is read again.
 */
#include "state/snapshot-priv.h"

#include <stdio.h>
#include <stdlib.h>

#define TRIES 4

static bool is_blocked(const struct snapshot_thread *t)
{
	return !t->call.running && t->call.sp && t->call.pc;
}

static bool moved(const struct snapshot_thread *before, const struct snapshot_thread *after)
{
	return after->status.switches != before->status.switches ||
	       after->status.forced_switches != before->status.forced_switches ||
	       after->call.running || after->call.sp != before->call.sp ||
	       after->call.pc != before->call.pc;
}

void snapshot_call(const struct snapshot *s, const struct snapshot_thread *t,
		   struct proc_syscall *call)
{
	struct buf scratch = {0};
	char name[64];

	*call = (struct proc_syscall){.number = -1};
	snprintf(name, sizeof(name), "task/%d/syscall", t->tid);
	if (proc_read(s->pid, name, &scratch) == 0)
		proc_parse_syscall(buf_str(&scratch), call);
	buf_release(&scratch);
}

bool snapshot_stands(struct snapshot *s, const struct snapshot_thread *t)
{
	struct snapshot_thread now = *t;
	struct buf scratch = {0};
	char name[64];
	bool same = t->how == STACK_NOSTOP || t->how == STACK_BPF;

	if (same)
		snapshot_call(s, t, &now.call);
	snprintf(name, sizeof(name), "task/%d/status", t->tid);
	same = same && proc_read(s->pid, name, &scratch) == 0 &&
	       proc_parse_status(buf_str(&scratch), &now.status) && !moved(t, &now);
	buf_release(&scratch);
	return same;
}

bool snapshot_waits(struct snapshot *s, const struct snapshot_thread *t)
{
	unsigned char now[SNAPSHOT_FUTEX];

	if (t->has_futex && (!s->image.read(s->image.arg, t->call.args[0], now, sizeof(now)) ||
			     memcmp(now, t->futex, sizeof(now)) != 0))
		return false;
	return snapshot_stands(s, t);
}

/* Look at each again: those that stood still are done, others are to be copied anew. */
static size_t confirm(struct snapshot *s, struct snapshot_thread **wanted, size_t n,
		      struct buf *scratch)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++) {
		struct snapshot_thread *t = wanted[i], after = *t;

		if (snapshot_look_again(s, &after, scratch) && !moved(t, &after)) {
			t->how = STACK_NOSTOP;
			t->exact = true;
			continue;
		}
		if (!snapshot_look(s, &after, scratch)) {
			t->why_not = "it ended meanwhile";
			continue;
		}
		t->status = after.status;
		t->call = after.call;
		t->state = after.state;
		if (!is_blocked(t))
			continue;
		snapshot_set_registers(t);
		wanted[left++] = t;
	}
	return left;
}

void snapshot_nostop(struct snapshot *s, const struct snapshot_opts *o)
{
	struct snapshot_thread **wanted = mem_alloc(s->n * sizeof(struct snapshot_thread *));
	struct buf scratch = {0};
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct snapshot_thread *t = &s->threads[i];

		if (t->how != STACK_NONE || !is_blocked(t))
			continue;
		snapshot_set_registers(t);
		wanted[n++] = t;
	}
	for (unsigned i = 0; i < TRIES && n; i++) {
		snapshot_copy(s, wanted, n, o->stack_most);
		n = confirm(s, wanted, n, &scratch);
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->threads[i].how == STACK_NONE && !s->threads[i].why_not)
			s->threads[i].why_not = "it was running";
	free(wanted);
	buf_release(&scratch);
}
