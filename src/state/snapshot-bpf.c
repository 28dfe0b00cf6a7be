// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Registers read in the kernel: a small program (bpf/threads.bpf.c) is asked twice, before and
 * after the stacks are copied. A thread that was blocked both times, with the same counts of
 * switches, did not run in between. Needs root (CAP_BPF, CAP_PERFMON) and a kernel with BTF.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <unistd.h>

#include "state/bpf/threads.h"
#include "state/snapshot-priv.h"
#include <threads.skel.h>

#define BLOCKED 3 /* TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE */
#define TRIES   3

static int say_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level, (void)fmt, (void)ap;
	return 0;
}

/* One pass over the threads; false if the kernel does not give them. */
static bool ask(struct bpf_link *link, struct buf *out)
{
	int fd = bpf_iter_create(bpf_link__fd(link));
	ssize_t n = 0;

	buf_clear(out);
	if (fd < 0)
		return false;
	do {
		out->n += (size_t)n;
		buf_reserve(out, 65536);
		n = read(fd, out->p + out->n, out->cap - out->n);
	} while (n > 0);
	close(fd);
	return n == 0;
}

static int by_tid(const void *a, const void *b)
{
	const struct bpf_thread *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static const struct bpf_thread *find(struct bpf_thread *all, size_t n, int tid)
{
	struct bpf_thread key = {.tid = (unsigned)tid};

	return n ? bsearch(&key, all, n, sizeof(*all), by_tid) : NULL;
}

static size_t sorted(struct buf *b, struct bpf_thread **all)
{
	size_t n = b->n / sizeof(**all);

	*all = (struct bpf_thread *)(void *)b->p;
	if (n)
		qsort(*all, n, sizeof(**all), by_tid);
	return n;
}

static bool is_blocked(const struct bpf_thread *k)
{
	return k && (k->state & BLOCKED) && !k->on_cpu;
}

static void set_registers(struct snapshot_thread *t, const struct bpf_thread *k)
{
	/* Of each DWARF number its place in struct pt_regs. */
	static const unsigned char at[IMAGE_REGS] = {10, 12, 11, 5, 13, 14, 4, 19, 9,
						     8,  7,  6,  3, 2,  1,  0, 16};

	for (size_t i = 0; i < IMAGE_REGS; i++)
		t->regs.r[i] = k->regs[at[i]];
	t->regs.known = (UINT32_C(1) << IMAGE_REGS) - 1;
	/* What was read of it before may be of an earlier moment. */
	t->status.switches = k->switches;
	t->status.forced_switches = k->forced_switches;
	t->call = (struct proc_syscall){
		.number = (int64_t)k->regs[15],
		.args = {k->regs[14], k->regs[13], k->regs[12], k->regs[7], k->regs[9], k->regs[8]},
		.sp = k->regs[19],
		.pc = k->regs[16]};
}

/* Copy the stacks of those that are blocked, and see who is still there. Returns how many moved. */
static size_t once(struct snapshot *s, struct bpf_link *link, const struct snapshot_opts *o,
		   struct buf *before, struct buf *after)
{
	struct snapshot_thread **wanted = mem_alloc((s->n + 1) * sizeof(struct snapshot_thread *));
	struct bpf_thread *first, *second = NULL;
	size_t n = 0, moved = 0, nfirst, nsecond;

	if (!ask(link, before)) {
		free(wanted);
		return 0;
	}
	nfirst = sorted(before, &first);
	for (size_t i = 0; i < s->n; i++) {
		const struct bpf_thread *k = find(first, nfirst, s->threads[i].tid);

		if (s->threads[i].how != STACK_NONE || !is_blocked(k))
			continue;
		set_registers(&s->threads[i], k);
		wanted[n++] = &s->threads[i];
	}
	snapshot_copy(s, wanted, n, o->stack_most);
	nsecond = ask(link, after) ? sorted(after, &second) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct bpf_thread *k = find(first, nfirst, wanted[i]->tid),
					*l = nsecond ? find(second, nsecond, wanted[i]->tid) : NULL;

		if (is_blocked(l) && l->switches == k->switches &&
		    l->forced_switches == k->forced_switches) {
			wanted[i]->how = STACK_BPF;
			wanted[i]->exact = true;
			wanted[i]->why_not = NULL;
		} else {
			wanted[i]->regs.known = 0;
			moved++;
		}
	}
	free(wanted);
	return moved;
}

bool snapshot_bpf(struct snapshot *s, const struct snapshot_opts *o)
{
	union bpf_iter_link_info which = {.task.pid = (unsigned)s->pid};
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &which,
		    .link_info_len = sizeof(which));
	struct buf before = {0}, after = {0};
	struct threads_bpf *program;
	struct bpf_link *link = NULL;

	if (geteuid() != 0)
		return false;
	libbpf_set_print(say_nothing);
	program = threads_bpf__open();
	if (!program)
		return false;
	program->rodata->wanted_process = s->pid;
	if (threads_bpf__load(program) == 0)
		link = bpf_program__attach_iter(program->progs.threads, &opts);
	for (unsigned i = 0; link && i < TRIES; i++)
		if (once(s, link, o, &before, &after) == 0)
			break;
	if (link)
		bpf_link__destroy(link);
	threads_bpf__destroy(program);
	buf_release(&before);
	buf_release(&after);
	return link != NULL;
}
