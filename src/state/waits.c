// SPDX-License-Identifier: GPL-3.0-or-later
/* What threads wait for: see waits.h. */
#include "state/waits.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "state/calls.h"

#define FUTEX_CALL    202
#define FUTEX_WAIT    0
#define FUTEX_LOCK_PI 6
#define FUTEX_BITSET  9
#define FUTEX_PI2     13
#define TID_MASK      UINT32_C(0x3fffffff)
#define POLLED_MOST   64 /* files of one poll() that are counted */
#define OWNER         8  /* of __owner in pthread_mutex_t, from __lock */

struct finder {
	const struct snapshot *s;
	struct stack_thread *threads;
	struct fds *fds;
	struct arena *a;
	size_t *index; /* of threads, by the number by which the process knows them */
};

static int by_inner(const void *a, const void *b, void *arg)
{
	const struct snapshot *s = arg;
	int x = s->threads[*(const size_t *)a].status.inner,
	    y = s->threads[*(const size_t *)b].status.inner;

	return x < y ? -1 : x > y;
}

/* The thread that calls itself id; NULL: none of this process. */
static struct stack_thread *thread_of(const struct finder *f, uint32_t id)
{
	size_t low = 0, high = f->s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((uint32_t)f->s->threads[f->index[mid]].status.inner < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == f->s->n || (uint32_t)f->s->threads[f->index[low]].status.inner != id)
		return NULL;
	return &f->threads[f->index[low]];
}

static uint32_t word(const struct snapshot_thread *t, size_t at)
{
	uint32_t v;

	memcpy(&v, t->futex + at, sizeof(v));
	return v;
}

/* Does one of the innermost frames have a name that holds part? */
static bool in_function(const struct stack_thread *t, const char *part)
{
	for (size_t i = 0; i < t->nframes && i < 6; i++)
		if (str_contains(t->frames[i].function, str_of(part)))
			return true;
	return false;
}

const char *waits_thread(const struct stack_thread *t, struct arena *a)
{
	if (!t->name.n)
		return arena_printf(a, "%d", t->tid);
	return arena_printf(a, "%d (" STR_FMT ")", t->tid, STR_ARG(t->name));
}

static void say(struct finder *f, struct stack_thread *t, enum wait_kind kind, const char *what,
		uint64_t address, const struct stack_thread *owner)
{
	t->wait = kind;
	t->wait_address = address;
	t->waits_for = owner ? owner->tid : 0;
	if (owner)
		t->wait_text = str_of(arena_printf(f->a, "%s %#llx held by %s", what,
						   (unsigned long long)address,
						   waits_thread(owner, f->a)));
	else
		t->wait_text =
			str_of(arena_printf(f->a, "%s %#llx", what, (unsigned long long)address));
}

static void wait_join(struct finder *f, struct stack_thread *t, const struct stack_thread *of)
{
	t->wait = WAIT_JOIN;
	t->waits_for = of->tid;
	t->wait_text = str_of(arena_printf(f->a, "end of thread %s", waits_thread(of, f->a)));
}

/* pthread_join() waits on the id in the thread's own struct, which lies in the map of its stack. */
static bool is_join(const struct finder *f, const struct snapshot_thread *t,
		    const struct stack_thread *of)
{
	const struct snapshot_thread *target = &f->s->threads[of - f->threads];
	const struct image_map *m = image_find(&f->s->image, t->call.args[0]);

	return m && target->regs.known >> IMAGE_SP & 1 &&
	       image_find(&f->s->image, target->regs.r[IMAGE_SP]) == m;
}

/* The writer of a pthread_rwlock_t: __cur_writer is at 24, the futex words at 8 and 12. */
static struct stack_thread *rwlock_writer(const struct finder *f, const struct snapshot_thread *t)
{
	struct stack_thread *w = thread_of(f, word(t, 16));

	return w ? w : thread_of(f, word(t, 12));
}

static void futex(struct finder *f, const struct snapshot_thread *t, struct stack_thread *out)
{
	uint64_t address = t->call.args[0];
	uint32_t op = t->call.args[1] & 0x7f, val = (uint32_t)t->call.args[2], now = word(t, 0);
	struct stack_thread *owner;

	say(f, out, WAIT_CONDITION, "futex", address, NULL);
	if (!t->has_futex)
		return;
	if (op == FUTEX_LOCK_PI || op == FUTEX_PI2) {
		say(f, out, WAIT_MUTEX, "mutex", address, thread_of(f, now & TID_MASK));
		return;
	}
	owner = thread_of(f, now & TID_MASK);
	if (now == val && owner && owner != out && now == (now & TID_MASK) &&
	    (is_join(f, t, owner) || in_function(out, "pthread_clockjoin"))) {
		wait_join(f, out, owner);
		return;
	}
	if (in_function(out, "pthread_rwlock_")) {
		say(f, out, WAIT_RWLOCK, "lock for reading or writing", address,
		    rwlock_writer(f, t));
		return;
	}
	if (in_function(out, "pthread_cond_") || in_function(out, "cnd_")) {
		say(f, out, WAIT_CONDITION, "condition variable", address, NULL);
		return;
	}
	if (in_function(out, "sem_wait") || in_function(out, "sem_timedwait") ||
	    in_function(out, "new_sem_")) {
		say(f, out, WAIT_CONDITION, "semaphore", address, NULL);
		return;
	}
	/* A robust mutex keeps its owner in the word, with a bit that says who waits. */
	if (op == FUTEX_WAIT && now == val && now >> 31 && owner) {
		say(f, out, WAIT_MUTEX, "mutex", address, owner);
		return;
	}
	owner = thread_of(f, word(t, OWNER));
	if (val == 2 && now == 2 && owner)
		say(f, out, WAIT_MUTEX, "mutex", address, owner);
	else if (in_function(out, "mutex_lock") || in_function(out, "lll_lock_wait"))
		say(f, out, WAIT_MUTEX, "mutex", address, NULL);
}

static void child(struct finder *f, const struct snapshot_thread *t, struct stack_thread *out)
{
	bool wait4 = t->call.number == 61;
	int pid = (int)(int32_t)t->call.args[wait4 ? 0 : 1], *children = NULL;
	struct buf text = {0};
	struct str word;
	size_t n = 0, cap = 0;
	struct str rest;
	char name[64];

	out->wait = WAIT_CHILD;
	if (pid > 0 && (wait4 || t->call.args[0] == 1)) {
		out->waits_for = pid;
		out->wait_text = str_of(arena_printf(f->a, "end of child %d", pid));
		return;
	}
	snprintf(name, sizeof(name), "task/%d/children", out->tid);
	if (f->fds)
		proc_read(out->pid, name, &text);
	rest = str_trim(buf_str(&text));
	while (str_next(&rest, ' ', &word)) {
		uint64_t id;

		if (str_u64(word, &id) && id <= INT32_MAX)
			array_push(children, n, cap) = (int)id;
	}
	if (n == 1)
		out->waits_for = children[0];
	out->wait_text = str_of(n == 1 ? arena_printf(f->a, "end of child %d", children[0])
				: n    ? arena_printf(f->a, "end of a child, of %zu", n)
				       : "end of a child");
	free(children);
	buf_release(&text);
}

/* The files of poll(), as the process has them in memory; select() has bits. */
static size_t polled(const struct finder *f, const struct snapshot_thread *t, int *fds, size_t most)
{
	const struct image *im = &f->s->image;
	bool select = t->call.number == 23 || t->call.number == 270;
	uint64_t count = select ? t->call.args[0] : t->call.args[1];
	size_t n = 0;

	for (uint64_t i = 0; i < count && i < 65536 && n < most; i++) {
		struct pollfd p;
		unsigned char byte;

		if (!select) {
			if (!im->read(im->arg, t->call.args[0] + i * sizeof(p), &p, sizeof(p)))
				break;
			if (p.fd >= 0)
				fds[n++] = p.fd;
			continue;
		}
		/* reading, writing, exceptions: sets of bits, each may be NULL */
		for (size_t set = 1; set <= 3; set++) {
			if (!t->call.args[set] ||
			    !im->read(im->arg, t->call.args[set] + i / 8, &byte, 1) ||
			    !(byte >> i % 8 & 1))
				continue;
			fds[n++] = (int)i;
			break;
		}
	}
	return n;
}

/* Of the dead, what a file was is not known any more. */
static void file_by_number(struct finder *f, const struct snapshot_thread *t,
			   const struct call_info *c, struct stack_thread *out)
{
	int fds[POLLED_MOST] = {(int)t->call.args[0]};
	size_t n = c->args[0] == 'f' ? 1 : polled(f, t, fds, POLLED_MOST);

	out->wait = c->wait;
	if (n)
		out->wait_text = str_of(
			n == 1 ? arena_printf(f->a, "file %d", fds[0])
			       : arena_printf(f->a, "one of %zu files, %d and others", n, fds[0]));
}

static void file(struct finder *f, const struct snapshot_thread *t, const struct call_info *c,
		 struct stack_thread *out)
{
	struct fd_info info;
	int fd = (int)t->call.args[0], fds[POLLED_MOST];
	size_t n;

	if (c->args[0] != 'f') { /* poll and select */
		n = polled(f, t, fds, POLLED_MOST);
		if (!n)
			return;
		fds_describe_several(f->fds, out->pid, fds, n, &info);
	} else if (c->wait == WAIT_POLL) {
		fds_describe_epoll(f->fds, out->pid, fd, &info);
	} else {
		fds_describe(f->fds, out->pid, fd, c->writes, &info);
	}
	out->wait = info.wait;
	out->wait_text = arena_str(f->a, info.text);
	out->waits_for = info.other;
}

static void file_lock(struct finder *f, struct stack_thread *out)
{
	int holder = f->fds ? fds_lock_holder(f->fds, out->pid, out->tid) : 0;

	out->wait = WAIT_FILE_LOCK;
	out->waits_for = holder;
	out->wait_text =
		str_of(holder ? arena_printf(f->a, "file lock held by %d", holder) : "file lock");
}

static void blocked(struct finder *f, const struct snapshot_thread *t, struct stack_thread *out)
{
	const struct call_info *c = call_find(t->call.number);

	out->wait = c ? c->wait : WAIT_OTHER;
	if (!c)
		return;
	if (c->number == FUTEX_CALL)
		futex(f, t, out);
	else if (c->wait == WAIT_CHILD)
		child(f, t, out);
	else if (c->wait == WAIT_FD || c->wait == WAIT_POLL)
		(f->fds ? file : file_by_number)(f, t, c, out);
	else if (c->wait == WAIT_FILE_LOCK)
		file_lock(f, out);
	else if (c->wait == WAIT_SLEEP)
		out->wait_text = STR("time to pass");
	else if (c->wait == WAIT_SIGNAL)
		out->wait_text = STR("a signal");
}

void waits_find(const struct snapshot *s, struct stack_thread *threads, struct fds *fds,
		struct arena *a)
{
	struct finder f = {.s = s, .threads = threads, .fds = fds, .a = a};

	f.index = mem_alloc((s->n + 1) * sizeof(*f.index));
	for (size_t i = 0; i < s->n; i++)
		f.index[i] = i;
	if (s->n)
		qsort_r(f.index, s->n, sizeof(*f.index), by_inner, (void *)(uintptr_t)s);
	for (size_t i = 0; i < s->n; i++) {
		const struct snapshot_thread *t = &s->threads[i];
		struct buf text = {0};

		threads[i].wait_text = STR("");
		if (!t->status.kernel)
			call_text(&text, &t->call);
		threads[i].system_call = arena_str(a, buf_str(&text));
		buf_release(&text);
		if (t->state == 'T' || t->state == 't')
			threads[i].wait = WAIT_STOPPED;
		else if (!t->status.kernel && !t->call.running && t->call.number >= 0)
			blocked(&f, t, &threads[i]);
		if (t->state == 'D' && threads[i].wait == WAIT_NONE)
			threads[i].wait = WAIT_KERNEL;
	}
	free(f.index);
}
