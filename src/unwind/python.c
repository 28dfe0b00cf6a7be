// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * CPython's threads and frames: see python.h. For each thread: its state and, in one copy, the
 * piece of memory that frames are kept in; then the frames from there, from the innermost on. Read
 * again afterwards, the state must still name the same innermost frame at the same instruction, or
 * the thread has moved and is read anew, some times. A chain of frames ends where it should, at
 * what is no frame, at a circle, or at a cap.
 */
#include "unwind/python-priv.h"

#include <stdlib.h>

#define TRIES        4
#define STATE_MOST   4096 /* bytes of a thread's state */
#define FRAME_MOST   256  /* bytes of a frame, without variables */
#define CHUNK_MOST   ((size_t)1 << 20)
#define INTERPRETERS 256
#define THREADS_MOST ((size_t)1 << 15)
#define FRAMES_MOST  ((size_t)1 << 16) /* of a thread */
#define ALL_FRAMES   ((size_t)1 << 18)
#define OWNER_LOOP   3  /* from 3.12 on: no function's, but where the evaluation loop began */
#define COND_AT      16 /* of the lock's condition variable, from its flag on; a mutex follows */
#define COND_SIZE    88
#define TCB_TID      720 /* in glibc's struct pthread, of x86-64 */

/* A piece of the memory that frames are kept in. */
struct chunk {
	uint64_t start;
	unsigned char *bytes;
	size_t n, cap;
};

/* A thread's state, copied. */
struct state {
	uint64_t addr;
	unsigned char bytes[STATE_MOST];
	size_t n;
};

struct list {
	uint64_t *items; /* addresses of thread states, by interpreter */
	size_t n, cap;
	size_t from; /* where those of the present interpreter begin */
	struct map seen;
};

static uint64_t word(const unsigned char *block, uint32_t at)
{
	uint64_t v;

	memcpy(&v, block + at, sizeof(v));
	return v;
}

static size_t state_size(const struct python_layout *l)
{
	const uint32_t ends[] = {l->ts_next,      l->ts_interp, l->ts_ident,     l->ts_native,
				 l->ts_cframe,    l->ts_frame,  l->ts_chunk + 8, l->ts_raised,
				 l->ts_raised_as, l->ts_handled};
	size_t most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		most = ends[i] > most ? ends[i] : most;
	return most + sizeof(uint64_t);
}

static size_t frame_size(const struct python_layout *l)
{
	const uint32_t ends[] = {l->fr_previous, l->fr_code, l->fr_instr, l->fr_owner, l->fr_entry};
	size_t most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		most = ends[i] > most ? ends[i] : most;
	return most + sizeof(uint64_t);
}

static bool read_state(const struct python_reader *r, uint64_t addr, struct state *s)
{
	s->addr = addr;
	s->n = state_size(&r->l);
	return s->n <= sizeof(s->bytes) && python_get(r, addr, s->bytes, s->n);
}

static uint64_t top_frame(const struct python_reader *r, const struct state *s)
{
	if (r->l.ts_cframe)
		return python_pointer(r, word(s->bytes, r->l.ts_cframe) + r->l.ts_frame);
	return word(s->bytes, r->l.ts_frame);
}

/* Frames lie behind each other from the chunk's start to its top, the word after its address. */
static void read_chunk(const struct python_reader *r, const struct state *s, struct chunk *c)
{
	uint64_t start, top;

	c->n = 0;
	if (!r->l.ts_chunk)
		return;
	start = word(s->bytes, r->l.ts_chunk);
	top = word(s->bytes, r->l.ts_chunk + 8);
	if (!start || top <= start || top - start > CHUNK_MOST)
		return;
	if (top - start > c->cap) {
		c->cap = (size_t)(top - start);
		c->bytes = mem_realloc(c->bytes, c->cap, 1);
	}
	c->start = start;
	if (python_get(r, start, c->bytes, (size_t)(top - start)))
		c->n = (size_t)(top - start);
}

static bool read_frame(const struct python_reader *r, const struct chunk *c, uint64_t addr,
		       unsigned char *to)
{
	size_t n = frame_size(&r->l);

	if (addr % 8 != 0 || n > FRAME_MOST)
		return false;
	if (addr >= c->start && addr - c->start <= c->n && c->n - (addr - c->start) >= n) {
		memcpy(to, c->bytes + (addr - c->start), n);
		return true;
	}
	return python_get(r, addr, to, n);
}

static bool is_entry(const struct python_reader *r, const unsigned char *frame)
{
	return r->minor >= 12 && frame[r->l.fr_owner] >= OWNER_LOOP;
}

/* A run of the evaluation loop ends with this frame. */
static bool ends_run(const struct python_reader *r, const unsigned char *frame)
{
	if (r->minor <= 10)
		return true;
	return r->minor == 11 && frame[r->l.fr_entry];
}

static void set_place(const struct python_reader *r, const struct python_code *c,
		      const unsigned char *frame, struct frame *f)
{
	int64_t offset;

	if (r->minor <= 10) {
		int32_t last;

		memcpy(&last, frame + r->l.fr_instr, sizeof(last));
		offset = r->minor == 10 ? INT64_C(2) * last : last;
		f->pc = c->code + (uint64_t)offset;
	} else {
		f->pc = word(frame, r->l.fr_instr);
		offset = (int64_t)(f->pc - c->code);
	}
	f->offset = offset > 0 ? (uint64_t)offset : 0;
	f->line = python_line(r, c, offset);
}

/* Frames and runs while they grow. */
struct walk {
	struct frame *frames;
	size_t nframes, capframes;
	size_t *runs;
	size_t nruns, capruns;
	size_t run; /* frames of the one that goes on */
};

/* All that was found so far, and room that is used again for each thread. */
struct gather {
	struct list states;
	struct chunk chunk;
	struct walk walk;
	struct python_thread *threads;
	size_t nthreads, cap;
	struct python_gil *gils;
	size_t ngils, capgils;
	size_t nframes; /* of all threads */
};

static void gather_release(struct gather *g)
{
	free(g->states.items);
	map_release(&g->states.seen);
	free(g->chunk.bytes);
	free(g->walk.frames);
	free(g->walk.runs);
	free(g->threads);
	free(g->gils);
}

static void end_run(struct walk *w)
{
	array_push(w->runs, w->nruns, w->capruns) = w->run;
	w->run = 0;
}

/* One frame; false if it is none. */
static bool add_frame(struct python_reader *r, struct walk *w, const unsigned char *frame)
{
	/* From 3.14 on the lowest bits of the pointer say who counts it. */
	const struct python_code *c = python_code(r, word(frame, r->l.fr_code) & ~UINT64_C(7));
	struct frame *f;

	if (is_entry(r, frame)) {
		end_run(w);
		return true;
	}
	if (!c)
		return false;
	f = &array_push(w->frames, w->nframes, w->capframes);
	*f = (struct frame){.language = FRAME_PYTHON,
			    .own = c->own,
			    .function = c->name,
			    .symbol = STR(""),
			    .module = STR(""),
			    .file = c->file};
	set_place(r, c, frame, f);
	w->run++;
	if (ends_run(r, frame))
		end_run(w);
	return true;
}

/* From the innermost frame on; false: the chain breaks. Circles by Brent's method: a frame that is
 * met again after the distance to it was doubled. */
static bool walk_frames(struct python_reader *r, const struct chunk *chunk, uint64_t addr,
			struct walk *w)
{
	uint64_t met = 0, steps = 0, until = 2;

	w->nframes = w->nruns = w->run = 0;
	while (addr) {
		unsigned char frame[FRAME_MOST];

		if (addr == met || steps > 2 * FRAMES_MOST || w->nframes == FRAMES_MOST ||
		    !read_frame(r, chunk, addr, frame) || !add_frame(r, w, frame))
			break;
		if (++steps == until) {
			met = addr;
			until *= 2;
		}
		addr = word(frame, r->l.fr_previous);
	}
	if (w->run)
		end_run(w);
	return !addr;
}

/* Does the thread stand where it stood: the same innermost frame, at the same instruction? */
static bool unchanged(const struct python_reader *r, const struct state *s, uint64_t top,
		      const struct chunk *chunk)
{
	static const struct chunk none = {0};
	struct state now;
	unsigned char before[FRAME_MOST], after[FRAME_MOST];

	if (!read_state(r, s->addr, &now) || top_frame(r, &now) != top)
		return false;
	if (r->l.ts_chunk && memcmp(now.bytes + r->l.ts_chunk, s->bytes + r->l.ts_chunk, 16) != 0)
		return false;
	return !top || !read_frame(r, chunk, top, before) ||
	       (read_frame(r, &none, top, after) && memcmp(before, after, frame_size(&r->l)) == 0);
}

/* The kernel's number of a thread: glibc keeps it up to date over fork(), CPython does not. */
static int find_tid(const struct python_reader *r, const struct state *s, uint64_t ident)
{
	unsigned char tcb[TCB_TID + 4];
	uint64_t native = r->l.ts_native ? word(s->bytes, r->l.ts_native) : 0;
	int32_t tid;

	/* Its first and third words are its own address. */
	if (python_get(r, ident, tcb, sizeof(tcb)) && word(tcb, 0) == ident &&
	    word(tcb, 16) == ident) {
		memcpy(&tid, tcb + TCB_TID, sizeof(tid));
		if (tid > 0)
			return tid;
	}
	return native <= INT32_MAX ? (int)native : 0;
}

static void *keep(struct python_reader *r, const void *items, size_t n, size_t size)
{
	void *to = arena_alloc(r->arena, n * size + 1);

	if (n)
		memcpy(to, items, n * size);
	return to;
}

static bool read_thread(struct python_reader *r, uint64_t addr, struct chunk *chunk, struct walk *w,
			struct python_thread *t)
{
	struct state s;

	*t = (struct python_thread){.state = addr};
	for (unsigned i = 0; i < TRIES && !t->exact; i++) {
		uint64_t top;

		if (!read_state(r, addr, &s))
			return false;
		top = top_frame(r, &s);
		read_chunk(r, &s, chunk);
		t->complete = walk_frames(r, chunk, top, w);
		t->exact = unchanged(r, &s, top, chunk);
	}
	t->ident = word(s.bytes, r->l.ts_ident);
	t->tid = find_tid(r, &s, t->ident);
	t->frames = keep(r, w->frames, w->nframes, sizeof(*w->frames));
	t->nframes = w->nframes;
	t->runs = keep(r, w->runs, w->nruns, sizeof(*w->runs));
	t->nruns = w->nruns;
	return true;
}

/* The states of an interpreter's threads; each knows its interpreter. */
static void list_states(const struct python_reader *r, uint64_t interpreter, struct list *l)
{
	uint64_t addr = python_pointer(r, interpreter + r->l.is_threads);
	struct state s;

	while (addr && l->n < THREADS_MOST && addr % 8 == 0 && read_state(r, addr, &s) &&
	       word(s.bytes, r->l.ts_interp) == interpreter) {
		bool fresh;

		map_put(&l->seen, addr, 0, &fresh);
		if (!fresh)
			break;
		array_push(l->items, l->n, l->cap) = addr;
		addr = word(s.bytes, r->l.ts_next);
	}
}

static uint64_t gil_of(const struct python_reader *r, uint64_t runtime, uint64_t interpreter)
{
	return r->l.gil_pointer ? python_pointer(r, interpreter + r->l.gil) : runtime + r->l.gil;
}

/* Who holds the lock: the state of a thread; 0: nobody. */
static uint64_t holder_of(const struct python_reader *r, uint64_t gil)
{
	int32_t locked;

	if (!gil || !python_get(r, gil + r->l.gil_locked, &locked, sizeof(locked)) || locked != 1)
		return 0;
	return python_pointer(r, gil + r->l.gil_holder);
}

static void read_interpreter(struct python_reader *r, struct gather *g, uint64_t runtime,
			     uint64_t interpreter)
{
	uint64_t gil = gil_of(r, runtime, interpreter), holder = holder_of(r, gil);
	size_t first = g->nthreads;
	struct python_gil lock = {.holder = SIZE_MAX};

	g->states.from = g->states.n;
	list_states(r, interpreter, &g->states);
	for (size_t i = g->states.from; i < g->states.n && g->nframes < ALL_FRAMES; i++) {
		struct python_thread t;

		if (!read_thread(r, g->states.items[i], &g->chunk, &g->walk, &t))
			continue;
		g->nframes += t.nframes;
		array_push(g->threads, g->nthreads, g->cap) = t;
	}
	if (!gil)
		return;
	/* The same before and after, or it changes hands. */
	for (size_t i = first; i < g->nthreads && holder && holder == holder_of(r, gil); i++)
		if (g->threads[i].state == holder) {
			g->threads[i].holds_gil = true;
			lock.holder = i;
		}
	lock.lock = gil;
	lock.start = gil + r->l.gil_locked + COND_AT;
	lock.end = lock.start + COND_SIZE;
	array_push(g->gils, g->ngils, g->capgils) = lock;
}

static void reader_release(struct python_reader *r)
{
	arena_release(&r->scratch);
	map_release(&r->index);
	free(r->codes);
}

bool python_read(const struct image *im, const struct python_where *w, struct arena *a,
		 struct python *out)
{
	struct python_reader r = {.im = im, .minor = w->minor, .arena = a};
	struct gather g = {0};
	uint64_t interpreter, first;

	if (!python_layout(im, w->runtime, w->minor, &r.l))
		return false;
	arena_init(&r.scratch);
	first = interpreter = python_pointer(&r, w->runtime + r.l.interpreters);
	for (size_t i = 0; interpreter && i < INTERPRETERS; i++) {
		read_interpreter(&r, &g, w->runtime, interpreter);
		interpreter = python_pointer(&r, interpreter + r.l.is_next);
		if (interpreter == first)
			break;
	}
	*out = (struct python){
		.where = *w,
		.tested = python_layout_tested(w->minor),
		.threads = keep(&r, g.threads, g.nthreads, sizeof(*g.threads)),
		.nthreads = g.nthreads,
		.gils = keep(&r, g.gils, g.ngils, sizeof(*g.gils)),
		.ngils = g.ngils,
	};
	for (size_t i = 0; i < out->ngils; i++)
		if (out->gils[i].holder > out->nthreads)
			out->gils[i].holder = out->nthreads;
	gather_release(&g);
	reader_release(&r);
	return out->nthreads > 0;
}

void python_read_again(const struct image *im, struct arena *a, struct python *p, size_t thread)
{
	struct python_reader r = {.im = im, .minor = p->where.minor, .arena = a};
	struct python_thread *old = &p->threads[thread], t;
	struct gather g = {0};

	if (!python_layout(im, p->where.runtime, p->where.minor, &r.l))
		return;
	arena_init(&r.scratch);
	/* It may have ended. */
	if (read_thread(&r, old->state, &g.chunk, &g.walk, &t) && t.ident == old->ident &&
	    t.tid == old->tid)
		*old = t;
	else
		old->nframes = old->nruns = 0;
	for (size_t i = 0; i < p->nthreads; i++)
		p->threads[i].holds_gil = false;
	for (size_t i = 0; i < p->ngils; i++) {
		uint64_t holder = holder_of(&r, p->gils[i].lock);
		size_t k = 0;

		while (k < p->nthreads && (!holder || p->threads[k].state != holder))
			k++;
		p->gils[i].holder = k;
		if (k < p->nthreads)
			p->threads[k].holds_gil = true;
	}
	gather_release(&g);
	reader_release(&r);
}
