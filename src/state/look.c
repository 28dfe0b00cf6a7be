// SPDX-License-Identifier: GPL-3.0-or-later
/* Stacks of live processes: see look.h. */
#include "state/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "exec/tree.h"
#include "state/look-priv.h"
#include "state/waits.h"

static struct str command_of(int pid, struct arena *a)
{
	struct buf text = {0};
	struct str out;

	proc_read(pid, "cmdline", &text);
	while (text.n && !text.p[text.n - 1])
		text.n--;
	for (size_t i = 0; i < text.n; i++)
		if (!text.p[i])
			text.p[i] = ' ';
	out = arena_str(a, buf_str(&text));
	buf_release(&text);
	return out;
}

static void describe_process(struct look *l, const struct snapshot *s, struct stack_process *p)
{
	struct buf text = {0};
	struct proc_stat st;

	*p = (struct stack_process){.pid = s->pid, .command = command_of(s->pid, &l->arena)};
	if (proc_read(s->pid, "stat", &text) == 0 && proc_parse_stat(buf_str(&text), &st)) {
		p->parent = st.parent;
		p->name = arena_str(&l->arena, st.name);
	} else {
		p->name = str_of(s->threads[0].name);
	}
	p->deleted = proc_link(s->pid, "exe", &text) && str_ends(buf_str(&text), STR(" (deleted)"));
	buf_release(&text);
}

static struct str line_of(struct look *l, int pid, int tid, const char *file)
{
	struct buf text = {0};
	struct str out = STR("");
	char name[64];

	snprintf(name, sizeof(name), "task/%d/%s", tid, file);
	if (proc_read(pid, name, &text) == 0)
		out = arena_str(&l->arena, str_trim(buf_str(&text)));
	buf_release(&text);
	return out;
}

/* "[<0>] futex_wait_queue+0x69/0xc0", a line each */
static void kernel_stack(struct look *l, struct stack_thread *t)
{
	struct str text = line_of(l, t->pid, t->tid, "stack"), line;
	size_t cap = 0;
	struct str *lines = NULL, *copy;

	while (str_next(&text, '\n', &line)) {
		size_t blank = str_find_char(line, ' ');

		array_push(lines, t->nkernel, cap) = str_from(line, blank + 1);
	}
	copy = arena_alloc(&l->arena, (t->nkernel + 1) * sizeof(*copy));
	if (t->nkernel)
		memcpy(copy, lines, t->nkernel * sizeof(*copy));
	free(lines);
	t->kernel_stack = copy;
}

static void fill_thread(struct look *l, const struct snapshot *s,
			const struct snapshot_thread *from, struct stack_thread *t)
{
	*t = (struct stack_thread){
		.pid = s->pid,
		.tid = from->tid,
		.inner = from->status.inner,
		.name = str_of(from->name),
		.state = from->state,
		.how = from->how,
		.why_not = from->why_not ? str_of(from->why_not) : STR(""),
		.exact = from->exact,
		.cpu_ns = from->cpu_ns,
		.switches = from->status.switches,
		.forced_switches = from->status.forced_switches,
		.system_call = STR(""),
		.wait_text = STR(""),
		.kernel_wait = line_of(l, s->pid, from->tid, "wchan"),
	};
	if (str_eq(t->kernel_wait, STR("0")))
		t->kernel_wait = STR("");
	if (t->state == 'D' || t->how == STACK_NONE)
		kernel_stack(l, t);
}

void look_note(struct look *l, struct str text, size_t *cap)
{
	array_push(l->stacks.notes, l->stacks.nnotes, *cap) = text;
}

static void add_notes(struct look *l, struct unwind *u, size_t *cap)
{
	const struct str *notes;
	size_t n = unwind_notes(u, &notes);

	for (size_t i = 0; i < n; i++)
		look_note(l, notes[i], cap);
}

#define AGAIN_MOST 256 /* threads that are looked at again to guess no frame */

/* The threads of one process with their frames. */
struct looked {
	struct stack_thread *threads;
	size_t n;
};

static int look_at(struct look *l, size_t at, struct fds *fds, const struct look_opts *o,
		   struct looked *out, size_t *notes, struct err *err)
{
	const struct snapshot *s = &l->snapshots[at];
	int rc = l->unwinds[at] ? 0 : unwind_new(&l->unwinds[at], &s->image, &o->unwind, err);

	if (rc)
		return rc;
	out->n = s->n;
	out->threads = arena_zalloc(&l->arena, s->n * sizeof(*out->threads));
	for (size_t i = 0; i < s->n; i++) {
		struct stack_thread *t = &out->threads[i];

		fill_thread(l, s, &s->threads[i], t);
		if (t->how == STACK_NONE)
			continue;
		unwind_thread(l->unwinds[at], &s->threads[i].regs, &s->threads[i].stack, t);
		if (o->arguments || o->locals)
			unwind_values(l->unwinds[at], &s->threads[i].stack, o->arguments, o->locals,
				      t);
	}
	waits_find(s, out->threads, fds, &l->arena);
	/* Stopped one after another: each wait is true, but a circle of them need not be one. */
	for (size_t i = 0; i < s->n && o->snapshot.way != SNAPSHOT_STOP; i++)
		if (out->threads[i].how == STACK_STOP)
			out->threads[i].waits_for = 0;
	look_python(l, at, out->threads, o, notes);
	look_java(l, at, out->threads, o, notes);
	return 0;
}

/* Were frames guessed for want of registers that the kernel could tell? */
static bool is_guessed(const struct looked *l)
{
	/* Of so many a second look costs more than it tells. */
	if (l->n > AGAIN_MOST)
		return false;
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->threads[i].nframes; k++)
			if (l->threads[i].how == STACK_NOSTOP &&
			    l->threads[i].frames[k].trust == FRAME_GUESSED)
				return true;
	return false;
}

/* Once more, with all registers, if that can be had: it takes some time to set up. */
static int look_again(struct look *l, size_t at, struct fds *fds, const struct look_opts *o,
		      struct looked *out, size_t *notes, struct err *err)
{
	struct snapshot_opts with = o->snapshot;
	struct snapshot again;

	with.way = SNAPSHOT_BPF;
	if (snapshot_take(&again, l->snapshots[at].pid, &with, NULL) != 0)
		return 0;
	unwind_free(l->unwinds[at]);
	l->unwinds[at] = NULL;
	snapshot_release(&l->snapshots[at]);
	l->pythons[at] = (struct python){0};
	l->snapshots[at] = again;
	l->snapshots[at].image.arg = &l->snapshots[at];
	return look_at(l, at, fds, o, out, notes, err);
}

struct stopper {
	struct look *l;
	const struct look_opts *o;
};

static void before_stop(void *arg, struct snapshot *s)
{
	struct stopper *stop = arg;

	look_python_ready(stop->l, s, &stop->o->unwind);
}

static void while_stopped(void *arg, struct snapshot *s, const struct snapshot_thread *t)
{
	struct stopper *stop = arg;

	look_python_stopped(stop->l, s, t);
}

static int take_all(struct look *l, const int *pids, size_t n, const struct look_opts *o,
		    size_t *notes, struct err *err)
{
	struct stopper stop = {l, o};
	struct snapshot_opts opts = o->snapshot;
	int rc = 0;

	opts.ready = before_stop;
	opts.stopped = while_stopped;
	opts.arg = &stop;
	for (size_t i = 0; i < n; i++) {
		struct err why = {0};
		int got = snapshot_take(&l->snapshots[l->n], pids[i], &opts, &why);

		if (!got) {
			l->n++;
			continue;
		}
		unwind_free(l->unwinds[l->n]);
		l->unwinds[l->n] = NULL;
		l->pythons[l->n] = (struct python){0};
		look_note(l, arena_str(&l->arena, str_of(why.msg)), notes);
		if (!rc)
			rc = err_set(err, (enum err_code) - got, "%s", why.msg);
	}
	return l->n ? 0 : rc;
}

static struct snapshot *snapshot_of(struct look *l, size_t thread, size_t *at)
{
	for (size_t i = 0; i < l->n; thread -= l->snapshots[i++].n)
		if (thread < l->snapshots[i].n) {
			*at = thread;
			return &l->snapshots[i];
		}
	return NULL;
}

/*
 * Threads that were not stopped together were read one after another: that each waits is true, but
 * not that all did at one moment. Those of a circle are looked at once more: if none has run since
 * it was read, and the owners are the same, the circle is one now. Who did waits for nobody.
 */
static bool confirm_circles(struct look *l)
{
	struct stacks *st = &l->stacks;
	bool all = true;

	for (size_t d = 0; d < st->ndeadlocks; d++)
		for (size_t i = 0; i < st->deadlocks[d].n; i++) {
			size_t thread = st->deadlocks[d].threads[i], at = 0;
			struct snapshot *s = snapshot_of(l, thread, &at);

			/* Who waits for Python's lock, or Java's, wakes now and then to ask; both
			 * were told of one moment. */
			if (!s || st->threads[thread].wait == WAIT_GIL ||
			    st->threads[thread].wait == WAIT_MONITOR ||
			    snapshot_waits(s, &s->threads[at]))
				continue;
			st->threads[thread].waits_for = 0;
			all = false;
		}
	return all;
}

static void sum_up(struct look *l, enum snapshot_way way)
{
	struct stacks *st = &l->stacks;

	for (size_t i = 0; i < l->n; i++) {
		const struct snapshot *s = &l->snapshots[i];

		st->disturbed += s->disturbed;
		if (s->pause_ns > st->pause_ns)
			st->pause_ns = s->pause_ns;
		if (!i)
			st->taken_ns = s->taken_ns;
	}
	do
		waits_deadlocks(st, &l->arena);
	while (way != SNAPSHOT_STOP && !confirm_circles(l));
	waits_groups(st, &l->arena);
}

static void put_together(struct look *l, const struct looked *looked)
{
	struct stacks *st = &l->stacks;
	size_t at = 0;

	for (size_t i = 0; i < l->n; i++)
		st->nthreads += looked[i].n;
	st->threads = arena_zalloc(&l->arena, st->nthreads * sizeof(*st->threads));
	for (size_t i = 0; i < l->n; at += looked[i++].n)
		memcpy(st->threads + at, looked[i].threads, looked[i].n * sizeof(*st->threads));
}

int look_take(struct look *l, const int *pids, size_t n, const struct look_opts *o, struct err *err)
{
	struct stacks *st = &l->stacks;
	struct looked *looked = mem_zalloc((n + 1) * sizeof(*looked));
	struct fds *fds = fds_new();
	size_t notes = 0;
	int rc;

	*l = (struct look){0};
	l->snapshots = mem_zalloc((n + 1) * sizeof(*l->snapshots));
	l->unwinds = mem_zalloc((n + 1) * sizeof(struct unwind *));
	l->pythons = mem_zalloc((n + 1) * sizeof(*l->pythons));
	rc = take_all(l, pids, n, o, &notes, err);
	st->processes = arena_zalloc(&l->arena, (l->n + 1) * sizeof(*st->processes));
	st->nprocesses = l->n;
	for (size_t i = 0; !rc && i < l->n; i++) {
		describe_process(l, &l->snapshots[i], &st->processes[i]);
		rc = look_at(l, i, fds, o, &looked[i], &notes, err);
		if (!rc && o->snapshot.way == SNAPSHOT_AUTO && is_guessed(&looked[i]))
			rc = look_again(l, i, fds, o, &looked[i], &notes, err);
		if (!rc)
			add_notes(l, l->unwinds[i], &notes);
	}
	if (!rc) {
		put_together(l, looked);
		sum_up(l, o->snapshot.way);
	} else {
		look_release(l);
	}
	fds_free(fds);
	free(looked);
	return rc;
}

void look_release(struct look *l)
{
	for (size_t i = 0; i < l->n; i++) {
		unwind_free(l->unwinds[i]);
		snapshot_release(&l->snapshots[i]);
	}
	if (l->core) {
		core_release(l->core);
		free(l->core);
	}
	free(l->snapshots);
	free(l->unwinds);
	free(l->pythons);
	free(l->stacks.notes);
	arena_release(&l->arena);
	*l = (struct look){0};
}

size_t look_tree(int pid, int **out)
{
	struct tree *t = mem_zalloc(sizeof(*t));
	int *pids;
	size_t n;

	tree_walk(t, pid);
	n = t->n + 1;
	pids = mem_alloc(n * sizeof(*pids));
	pids[0] = pid;
	memcpy(pids + 1, t->pids, t->n * sizeof(*pids));
	free(t);
	*out = pids;
	return n;
}

size_t look_named(bool (*matches)(void *arg, struct str name, struct str command), void *arg,
		  int **out)
{
	int *all = NULL, *found = NULL;
	size_t cap = 0, n = proc_numbers(0, "", &all, &cap), fcap = 0, count = 0;
	struct buf text = {0};
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < n; i++) {
		struct proc_stat st;

		if (all[i] == getpid() || proc_read(all[i], "stat", &text) != 0 ||
		    !proc_parse_stat(buf_str(&text), &st) || st.state == 'Z')
			continue;
		if (matches(arg, arena_str(&a, st.name), command_of(all[i], &a)))
			array_push(found, count, fcap) = all[i];
	}
	arena_release(&a);
	buf_release(&text);
	free(all);
	*out = found;
	return count;
}
