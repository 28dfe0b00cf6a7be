// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Python in the stacks of a process. Its frames are read after the native ones were, those of a
 * thread that is stopped before it goes on: of a thread that has not run in between both are of one
 * moment, of others not, which is said. That a thread
 * holds the interpreter's lock is believed only if it runs, or has stood still since before the
 * lock was read: so a circle that goes through the lock is one.
 */
#include "state/look-priv.h"

#include "base/hash.h"
#include "state/waits.h"
#include "unwind/python.h"

#define FRAMES    1000 /* of a thread, if nothing else is said */
#define LOOKS     4
#define STACK_TOP 4096 /* bytes that are searched for a lock */

struct found_lock {
	enum python_lock_kind kind;
	uint64_t owner;
};

struct finder {
	struct look *l;
	struct stack_thread *threads;
	size_t n;
	struct map index; /* inner -> threads */
	struct python python;
	size_t *of; /* Python's threads -> threads; n: none */
};

static void say(struct look *l, size_t *notes, const char *text)
{
	look_note(l, str_of(text), notes);
}

void look_python_ready(struct look *l, struct snapshot *s, const struct unwind_opts *o)
{
	struct python_where w;
	struct str why;
	struct err err;

	if (unwind_new(&l->unwinds[l->n], &s->image, o, &err) != 0) {
		l->unwinds[l->n] = NULL;
		return;
	}
	if (python_find(l->unwinds[l->n], &s->image, &w, &why))
		python_read(&s->image, &w, &l->arena, &l->pythons[l->n]);
}

void look_python_stopped(struct look *l, struct snapshot *s, const struct snapshot_thread *t)
{
	struct python *p = &l->pythons[l->n];
	struct python_where w = p->where;

	if (p->nthreads && !t)
		python_read(&s->image, &w, &l->arena, p);
	for (size_t i = 0; i < p->nthreads; i++) {
		if (t && p->threads[i].tid != t->status.inner)
			continue;
		if (t)
			python_read_again(&s->image, &l->arena, p, i);
		p->threads[i].stood = true;
	}
}

static bool read_python(struct finder *f, struct unwind *u, const struct image *im, size_t *notes)
{
	struct python_where w;
	struct str why;

	if (!f->python.nthreads && !python_find(u, im, &w, &why)) {
		if (why.n)
			look_note(f->l, why, notes);
		return false;
	}
	if (!f->python.nthreads && !python_read(im, &w, &f->l->arena, &f->python)) {
		say(f->l, notes,
		    arena_printf(&f->l->arena,
				 "Python 3.%u: its threads cannot be read (is it free-threaded, or "
				 "changed?): only native frames",
				 w.minor));
		return false;
	}
	if (!f->python.tested)
		say(f->l, notes,
		    arena_printf(&f->l->arena, "Python 3.%u: how its frames are read is untested",
				 f->python.where.minor));
	return true;
}

static void match(struct finder *f, size_t most, size_t *notes)
{
	size_t lost = 0;

	most = most ? most : FRAMES;

	for (size_t i = 0; i < f->n; i++)
		if (f->threads[i].inner > 0)
			map_put(&f->index, (uint64_t)f->threads[i].inner, (uint32_t)i, NULL);
	f->of = arena_alloc(&f->l->arena, (f->python.nthreads + 1) * sizeof(*f->of));
	for (size_t i = 0; i < f->python.nthreads; i++) {
		const struct python_thread *pt = &f->python.threads[i];
		uint32_t at;

		f->of[i] = f->n;
		if (pt->tid <= 0 || !map_get(&f->index, (uint64_t)pt->tid, &at)) {
			lost++;
			continue;
		}
		f->of[i] = at;
		/* A thread may have a state in each of several interpreters: one of them runs. */
		if (pt->nframes || !f->threads[at].holds_gil)
			python_merge(&f->threads[at], pt, most, &f->l->arena);
	}
	f->of[f->python.nthreads] = f->n;
	if (lost)
		say(f->l, notes,
		    arena_printf(&f->l->arena,
				 "%zu of Python's threads are none of the process's: their frames "
				 "are left out",
				 lost));
}

static bool is_in(const struct python_gil *gil, uint64_t addr)
{
	return addr >= gil->start && addr < gil->end;
}

/* It waits on the lock's condition variable, or is between two such waits: they end every 5 ms. */
static bool waits_for_gil(const struct stack_thread *t, const struct python_gil *gil)
{
	if (is_in(gil, t->wait_address))
		return true;
	for (size_t i = 0; i < t->nframes && t->frames[i].language == FRAME_NATIVE; i++)
		if (str_starts(t->frames[i].function, STR("take_gil")))
			return true;
	return false;
}

/* Does it still wait for it? A few looks: it wakes up now and then. */
static bool still_waits(const struct snapshot *s, const struct snapshot_thread *t,
			const struct python_gil *gil)
{
	for (unsigned i = 0; i < LOOKS; i++) {
		struct proc_syscall call;

		snapshot_call(s, t, &call);
		if (!call.running && call.number >= 0 && is_in(gil, call.args[0]))
			return true;
	}
	return false;
}

static const struct python_gil *gil_of(const struct finder *f, const struct stack_thread *t)
{
	for (size_t i = 0; i < f->python.ngils; i++)
		if (waits_for_gil(t, &f->python.gils[i]))
			return &f->python.gils[i];
	return NULL;
}

/* Who waits for the lock; certain: and did so after the holder was read. */
static void find_waits(struct finder *f, const struct snapshot *s, bool one_moment, bool *certain)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct python_gil *gil = gil_of(f, &f->threads[i]);

		if (!gil)
			continue;
		f->threads[i].wait = WAIT_GIL;
		f->threads[i].waits_for = 0;
		f->threads[i].holds_gil = false; /* it may by now */
		certain[i] = one_moment || still_waits(s, &s->threads[i], gil);
	}
}

static void say_waits(struct finder *f, const bool *certain)
{
	for (size_t i = 0; i < f->n; i++) {
		struct stack_thread *t = &f->threads[i];
		const struct python_gil *gil = t->wait == WAIT_GIL ? gil_of(f, t) : NULL;
		size_t at = gil ? f->of[gil->holder] : f->n;

		if (!gil)
			continue;
		t->wait_text = STR("Python's lock (GIL), which changes hands");
		if (at == f->n || !f->threads[at].holds_gil)
			continue;
		/* A circle must be one: if the holder waits for somebody too, this wait is proven.
		 */
		if (!f->threads[at].waits_for || certain[i])
			t->waits_for = f->threads[at].tid;
		t->wait_text = str_of(arena_printf(&f->l->arena, "Python's lock (GIL) held by %s",
						   waits_thread(&f->threads[at], &f->l->arena)));
	}
}

/* By pthread_self(); n: none of these. */
static size_t thread_by_ident(const struct finder *f, uint64_t ident)
{
	for (size_t i = 0; ident && i < f->python.nthreads; i++)
		if (f->python.threads[i].ident == ident)
			return f->of[i];
	return f->n;
}

static void say_lock(struct finder *f, struct stack_thread *t, enum python_lock_kind kind,
		     uint64_t owner)
{
	size_t at = thread_by_ident(f, owner);
	unsigned long long lock = t->wait_address;
	struct arena *a = &f->l->arena;

	if (kind == PYTHON_RLOCK && at < f->n && t != &f->threads[at]) {
		t->wait = WAIT_MUTEX;
		t->waits_for = f->threads[at].tid;
		t->wait_text = str_of(arena_printf(a, "RLock %#llx held by %s", lock,
						   waits_thread(&f->threads[at], a)));
	} else if (kind != PYTHON_NO_LOCK) {
		t->wait_text = str_of(arena_printf(a, "%s %#llx of Python, whose holder is unknown",
						   kind == PYTHON_LOCK ? "Lock" : "RLock", lock));
	}
}

/* The innermost part of a thread's stack: of a core it was not kept. */
static struct image_stack top_of_stack(const struct snapshot *s, const struct snapshot_thread *t,
				       unsigned char room[static STACK_TOP])
{
	uint64_t sp = t->regs.r[IMAGE_SP];
	const struct image_map *m = image_find(&s->image, sp);
	size_t n = m && m->end - sp < STACK_TOP ? (size_t)(m->end - sp) : m ? STACK_TOP : 0;

	if (t->how != STACK_CORE)
		return t->stack;
	return (struct image_stack){sp, room, s->image.read(s->image.arg, sp, room, n) ? n : 0};
}

/* Threads that wait on a semaphore: of which lock, and who holds it? Each is looked for once. */
static void find_locks(struct finder *f, const struct snapshot *s)
{
	struct map seen = {0};
	struct found_lock *locks =
		arena_alloc(&f->l->arena, f->python.nthreads * sizeof(*locks) + 1);
	uint32_t n = 0;

	for (size_t i = 0; i < f->python.nthreads; i++) {
		struct stack_thread *t = &f->threads[f->of[i]];
		uint32_t k;
		bool fresh;

		if (f->of[i] == f->n || t->wait != WAIT_CONDITION || !t->wait_address)
			continue;
		k = map_put(&seen, t->wait_address, n, &fresh);
		if (fresh) {
			uint64_t owner;
			unsigned char room[STACK_TOP];
			struct image_stack stack = top_of_stack(s, &s->threads[f->of[i]], room);
			enum python_lock_kind kind =
				python_find_lock(&s->image, &stack, t->wait_address, &owner);

			locks[n++] = (struct found_lock){kind, owner};
		}
		say_lock(f, t, locks[k].kind, locks[k].owner);
	}
	map_release(&seen);
}

/* A thread that has run since its native frames were read: all else is of another moment. Last of
 * all that is read. */
static void check_moved(struct finder *f, struct snapshot *s)
{
	for (size_t i = 0; i < f->python.nthreads; i++) {
		size_t k = f->of[i];
		struct stack_thread *t = &f->threads[k];

		if (k == f->n || snapshot_stands(s, &s->threads[k]))
			continue;
		/* Who holds an RLock was read after it had gone on. */
		if (t->wait == WAIT_MUTEX && str_starts(t->wait_text, STR("RLock")))
			t->waits_for = 0;
		if (s->threads[k].how == STACK_STOP && f->python.threads[i].stood)
			continue;
		t->exact = false;
		/* It was blocked, and has run since: who knows when it took the lock? */
		if (s->threads[k].how == STACK_NOSTOP)
			t->holds_gil = false;
	}
}

void look_python(struct look *l, size_t at, struct stack_thread *threads, const struct look_opts *o,
		 size_t *notes)
{
	struct snapshot *s = &l->snapshots[at];
	struct finder f = {.l = l, .threads = threads, .n = s->n, .python = l->pythons[at]};
	bool *certain;

	if (!s->image.nmaps || !read_python(&f, l->unwinds[at], &s->image, notes))
		return;
	certain = arena_zalloc(&l->arena, f.n * sizeof(*certain) + 1);
	match(&f, o->unwind.max_frames, notes);
	find_locks(&f, s);
	find_waits(&f, s, o->snapshot.way == SNAPSHOT_STOP, certain);
	check_moved(&f, s);
	say_waits(&f, certain);
	map_release(&f.index);
}

void look_python_core(struct look *l, const struct unwind_opts *o, struct stack_death *death,
		      size_t *notes)
{
	struct finder f = {.l = l, .threads = l->stacks.threads, .n = l->stacks.nthreads};
	const struct snapshot *s = &l->snapshots[0];
	const struct image *im = &s->image;
	bool *certain;

	if (!read_python(&f, l->unwinds[0], im, notes))
		return;
	certain = arena_zalloc(&l->arena, f.n * sizeof(*certain) + 1);
	match(&f, o->max_frames, notes);
	find_locks(&f, s);
	find_waits(&f, s, true, certain);
	say_waits(&f, certain);
	for (size_t i = 0; i < f.python.nthreads; i++) {
		struct python_exception e;

		if (f.of[i] == f.n || !f.threads[f.of[i]].crashed || death->exception.n ||
		    !python_find_exception(im, &f.python.where, &f.python.threads[i], &l->arena,
					   &e))
			continue;
		death->exception = e.type;
		death->what = e.text;
		death->handled = e.handled;
	}
	map_release(&f.index);
}
