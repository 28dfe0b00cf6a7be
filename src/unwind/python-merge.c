// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Native and Python frames in one stack: each native frame of the evaluation loop gives way to the
 * Python frames that it ran. If the loops are more or fewer than the runs, those at the outer end
 * belong together, because there a thread changes least; if the outer end of the native stack is
 * missing, those at the inner end. Runs that have no native frame stand where they must have been:
 * further in than all that have, or, if the native stack breaks off, behind its end.
 */
#include "unwind/python.h"

#include <stdlib.h>

struct merged {
	struct frame *frames;
	size_t n, cap;
	size_t gap;    /* the new place of frames[skipped_at] */
	size_t python; /* frames of Python that are in, or were passed over */
};

static bool is_loop(const struct frame *f)
{
	static const char *const names[] = {"_PyEval_EvalFrameDefault",
					    "_TAIL_CALL_"}; /* 3.14 with clang: one an opcode */

	if (f->language != FRAME_NATIVE || f->inlined)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_starts(f->function, str_of(names[i])))
			return true;
	return false;
}

static size_t count_loops(const struct stack_thread *t, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += is_loop(&t->frames[i]);
	return n;
}

static void add_native(struct merged *m, const struct frame *f)
{
	struct frame *to = &array_push(m->frames, m->n, m->cap);

	*to = *f;
	/* A program with an interpreter inside: what has no name is rather its. */
	if (!f->function.n || str_starts(f->function, STR("_Py")) ||
	    str_starts(f->function, STR("Py")))
		to->own = false;
}

static void add_runs(struct merged *m, const struct python_thread *pt, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		for (size_t k = 0; k < pt->runs[i]; k++)
			array_push(m->frames, m->n, m->cap) = pt->frames[m->python++];
}

/* The native frames from .. to, with the runs first .. last, of which the first (or, if outer, the
 * last) belongs to the first (last) loop. */
static void add_part(struct merged *m, const struct stack_thread *t, size_t from, size_t to,
		     const struct python_thread *pt, size_t first, size_t last, bool outer)
{
	size_t loops = count_loops(t, from, to), runs = last - first, at = first;
	size_t without = outer && loops > runs ? loops - runs : 0; /* loops that have no run */

	for (size_t i = from; i < to; i++) {
		size_t until = at + 1;

		if (!is_loop(&t->frames[i]) || without || at >= last) {
			without -= without && is_loop(&t->frames[i]);
			add_native(m, &t->frames[i]);
			continue;
		}
		if (outer && at == first && runs > loops)
			until += runs - loops;
		if (pt->runs[at])
			add_runs(m, pt, at, until);
		else
			add_native(m, &t->frames[i]);
		at = until;
	}
	add_runs(m, pt, at, last);
}

/* Only the first and the last of them are kept, and the gap that was there lies in the new one. */
static void cut(struct merged *m, struct stack_thread *t, size_t most)
{
	size_t gap = t->skipped ? m->gap : most / 2;
	size_t head = gap < most / 2 ? gap : most / 2;
	size_t tail = m->n - gap < most - head ? m->n - gap : most - head;

	if (!most || m->n <= most)
		return;
	memmove(m->frames + head, m->frames + m->n - tail, tail * sizeof(*m->frames));
	t->skipped += m->n - head - tail;
	m->n = head + tail;
	m->gap = head;
}

void python_merge(struct stack_thread *t, const struct python_thread *pt, size_t most,
		  struct arena *a)
{
	size_t loops = count_loops(t, 0, t->nframes), inner;
	struct merged m = {0};

	t->holds_gil = pt->holds_gil;
	if (!t->nframes)
		t->complete = pt->complete;
	if (!pt->exact || loops != pt->nruns)
		t->exact = false;
	if (t->skipped) {
		inner = count_loops(t, 0, t->skipped_at);
		inner = inner < pt->nruns ? inner : pt->nruns;
		loops -= count_loops(t, 0, t->skipped_at);
		loops = loops < pt->nruns - inner ? loops : pt->nruns - inner;
		add_part(&m, t, 0, t->skipped_at, pt, 0, inner, false);
		m.gap = m.n;
		for (size_t i = inner; i < pt->nruns - loops; i++)
			m.python += pt->runs[i];
		add_part(&m, t, t->skipped_at, t->nframes, pt, pt->nruns - loops, pt->nruns, true);
	} else {
		add_part(&m, t, 0, t->nframes, pt, 0, pt->nruns, t->complete);
	}
	cut(&m, t, most);
	t->frames = arena_alloc(a, m.n * sizeof(*m.frames) + 1);
	if (m.n)
		memcpy(t->frames, m.frames, m.n * sizeof(*m.frames));
	t->nframes = m.n;
	t->skipped_at = m.gap;
	free(m.frames);
}
