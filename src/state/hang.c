// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Is it hung: see hang.h. Each thread of the last snapshot is held against itself in all before:
 * how much CPU it used, whether the program's own frames stayed. The first rule that holds decides,
 * from what is surest (a circle) to what is left (it moves).
 */
#include "state/hang.h"

#define BUSY .5 /* of one CPU */
#define IDLE .05

struct seen {
	const struct stack_thread *first, *last;
	double cpu;    /* share of one CPU; < 0: unknown */
	bool stays;    /* in the same own function, innermost, in every snapshot */
	bool same;     /* all frames are the same in every snapshot */
	bool switched; /* it ran meanwhile */
};

const char *hang_word(enum hang_kind kind)
{
	static const char *const words[] = {"undecided", "deadlock", "waiting",
					    "busy loop", "kernel",   "throttled",
					    "stopped",   "moving",   "gone"};

	return words[kind];
}

static const struct stack_thread *find(const struct stacks *st, int tid)
{
	for (size_t i = 0; i < st->nthreads; i++)
		if (st->threads[i].tid == tid)
			return &st->threads[i];
	return NULL;
}

/* The innermost frame of the program itself; of a program all of libraries the innermost. */
static const struct frame *place(const struct stack_thread *t)
{
	for (size_t i = 0; i < t->nframes; i++)
		if (t->frames[i].own && t->frames[i].function.n)
			return &t->frames[i];
	return t->nframes ? &t->frames[0] : NULL;
}

static bool same_function(const struct frame *f, const struct frame *g)
{
	if (!f || !g)
		return f == g;
	return f->function.n ? str_eq(f->function, g->function) : f->pc == g->pc;
}

static bool same_frames(const struct stack_thread *t, const struct stack_thread *u)
{
	if (t->nframes != u->nframes)
		return false;
	for (size_t i = 0; i < t->nframes; i++)
		if (t->frames[i].pc != u->frames[i].pc)
			return false;
	return true;
}

static void see(const struct stacks *const *s, size_t n, const struct stack_thread *last,
		struct seen *x)
{
	int64_t span = s[n - 1]->taken_ns - s[0]->taken_ns;

	*x = (struct seen){.first = find(s[0], last->tid),
			   .last = last,
			   .cpu = -1,
			   .stays = true,
			   .same = true};
	for (size_t i = 0; i + 1 < n; i++) {
		const struct stack_thread *t = find(s[i], last->tid);

		x->stays = x->stays && t && same_function(place(t), place(last));
		x->same = x->same && t && same_frames(t, last);
	}
	if (!x->first)
		return;
	x->switched = x->first->switches != last->switches ||
		      x->first->forced_switches != last->forced_switches;
	if (x->first->cpu_ns >= 0 && last->cpu_ns >= 0)
		x->cpu = (double)(last->cpu_ns - x->first->cpu_ns) / (double)span;
}

static const char *thread_name(struct arena *a, const struct stack_thread *t)
{
	return arena_printf(a, "%s %d (" STR_FMT ")", t->tid == t->pid ? "process" : "thread",
			    t->tid, STR_ARG(t->name));
}

static const char *place_text(struct arena *a, const struct stack_thread *t)
{
	const struct frame *f = place(t);

	if (!f)
		return "an unknown place";
	if (!f->function.n)
		return arena_printf(a, "%#llx", (unsigned long long)f->pc);
	if (f->file.n)
		return arena_printf(a, STR_FMT " (" STR_FMT ":%u)", STR_ARG(f->function),
				    STR_ARG(f->file), f->line);
	return arena_printf(a, STR_FMT, STR_ARG(f->function));
}

static void say(struct hang_verdict *v, enum hang_kind kind, const struct stack_thread *t,
		const char *sentence)
{
	*v = (struct hang_verdict){kind, t ? t->pid : 0, t ? t->tid : 0, str_of(sentence)};
}

/* A circle of the last snapshot whose threads have not run since the first one. */
static bool deadlocked(const struct stacks *st, const struct seen *x, struct arena *a,
		       struct hang_verdict *v)
{
	for (size_t d = 0; d < st->ndeadlocks; d++) {
		const struct stack_deadlock *c = &st->deadlocks[d];
		const char *names = "";
		bool still = c->n > 0;

		for (size_t i = 0; i < c->n; i++) {
			const struct seen *y = &x[c->threads[i]];

			still = still && y->first && y->same && !y->switched;
			names = arena_printf(a, "%s%s%d", names, i ? ", " : "", y->last->tid);
		}
		if (!still)
			continue;
		say(v, HANG_DEADLOCK, &st->threads[c->threads[0]],
		    arena_printf(a, "a deadlock: thread%s %s wait%s for each other%s",
				 c->n > 1 ? "s" : "", names, c->n > 1 ? "" : "s",
				 c->nbehind ? arena_printf(a, ", and %zu more for them", c->nbehind)
					    : ""));
		return true;
	}
	return false;
}

static bool all_stopped(const struct stacks *st, struct hang_verdict *v)
{
	for (size_t i = 0; i < st->nthreads; i++)
		if (st->threads[i].state != 'T' && st->threads[i].state != 't')
			return false;
	say(v, HANG_STOPPED, &st->threads[0],
	    "it is stopped, by a signal or a debugger (kill -CONT lets it go on)");
	return true;
}

static bool throttled(const struct hang_throttle *t, int64_t span, struct arena *a,
		      struct hang_verdict *v)
{
	double share;

	if (!t || t->after <= t->before || t->after_usec < t->before_usec)
		return false;
	share = (double)(t->after_usec - t->before_usec) * 1e3 / (double)span;
	if (share < BUSY)
		return false;
	say(v, HANG_THROTTLED, NULL,
	    arena_printf(a,
			 "its control group takes the CPU from it: throttled %llu times, %.0f %% "
			 "of the time",
			 (unsigned long long)(t->after - t->before), 100 * share));
	return true;
}

/* On a busy machine who only computes may get little. */
static bool wants_cpu(const struct seen *x)
{
	return x->first && x->cpu >= IDLE && x->first->state == 'R' && x->last->state == 'R';
}

/* Who computes most, if anybody does. */
static const struct seen *busiest(const struct seen *x, size_t n)
{
	const struct seen *best = NULL;

	for (size_t i = 0; i < n; i++)
		if ((x[i].cpu >= BUSY || wants_cpu(&x[i])) && (!best || x[i].cpu > best->cpu))
			best = &x[i];
	return best;
}

static bool computes(const struct seen *x, size_t n, struct arena *a, struct hang_verdict *v)
{
	const struct seen *b = busiest(x, n);

	if (!b)
		return false;
	say(v, b->stays ? HANG_BUSY : HANG_MOVING, b->last,
	    arena_printf(a, "%s computes (%.0f %% of a CPU) %s %s", thread_name(a, b->last),
			 100 * b->cpu,
			 b->stays ? "and does not leave" : "and moves: slow, not hung; now in",
			 place_text(a, b->last)));
	return true;
}

static bool in_kernel(const struct seen *x, size_t n, struct arena *a, struct hang_verdict *v)
{
	for (size_t i = 0; i < n; i++) {
		const struct stack_thread *t = x[i].last;

		if (t->state != 'D' || !x[i].first || x[i].first->state != 'D' || x[i].switched)
			continue;
		say(v, HANG_KERNEL, t,
		    arena_printf(
			    a, "%s waits in the kernel and cannot be woken%s" STR_FMT "%s" STR_FMT,
			    thread_name(a, t), t->kernel_wait.n ? ", in " : "",
			    STR_ARG(t->kernel_wait), t->wait_text.n ? ": " : "",
			    STR_ARG(t->wait_text)));
		return true;
	}
	return false;
}

static bool moves(const struct seen *x, size_t n, struct arena *a, struct hang_verdict *v)
{
	for (size_t i = 0; i < n; i++) {
		if (x[i].stays && x[i].cpu < IDLE)
			continue;
		say(v, HANG_MOVING, x[i].last,
		    arena_printf(a, "slow, not hung: %s moves; now in %s",
				 thread_name(a, x[i].last), place_text(a, x[i].last)));
		return true;
	}
	return false;
}

/* Along waits for children and threads to the one that waits for something else. */
static const struct stack_thread *end_of_waits(const struct stacks *st,
					       const struct stack_thread *t)
{
	for (size_t i = 0; i < st->nthreads; i++) {
		const struct stack_thread *next = t->waits_for ? find(st, t->waits_for) : NULL;

		if (!next && t->wait == WAIT_CHILD)
			for (size_t k = 0; !next && k < st->nprocesses; k++)
				if (st->processes[k].parent == t->pid)
					next = find(st, st->processes[k].pid);
		if (!next || next == t)
			break;
		t = next;
	}
	return t;
}

static void waits(const struct stacks *st, struct arena *a, struct hang_verdict *v)
{
	static const char *const kinds[] = {
		[WAIT_CONDITION] = "a condition that nobody signals (a lost wake-up?)",
		[WAIT_SLEEP] = "time to pass",
		[WAIT_SOCKET] = "a peer",
		[WAIT_PIPE] = "a pipe",
		[WAIT_POLL] = "files to become ready",
		[WAIT_CHILD] = "a child",
		[WAIT_SIGNAL] = "a signal",
		[WAIT_FILE_LOCK] = "a lock of a file",
		[WAIT_OTHER] = "something",
	};
	const struct stack_thread *t = end_of_waits(st, &st->threads[0]);
	const char *what =
		t->wait < ARRAY_SIZE(kinds) && kinds[t->wait] ? kinds[t->wait] : "something";

	say(v, HANG_EXTERNAL, t,
	    t->wait_text.n ? arena_printf(a, "%s waits: " STR_FMT ", in %s", thread_name(a, t),
					  STR_ARG(t->wait_text), place_text(a, t))
			   : arena_printf(a, "%s waits for %s, in %s", thread_name(a, t), what,
					  place_text(a, t)));
}

void hang_judge(const struct stacks *const *s, size_t n, const struct hang_throttle *throttle,
		struct arena *a, struct hang_verdict *v)
{
	const struct stacks *last = n ? s[n - 1] : NULL;
	int64_t span = n > 1 ? last->taken_ns - s[0]->taken_ns : 0;
	struct seen *x;

	if (last && !last->nthreads) {
		say(v, HANG_GONE, NULL, "it has ended");
		return;
	}
	if (span < HANG_APART_NS) {
		say(v, HANG_UNDECIDED, NULL,
		    "one moment does not tell whether it moves: two snapshots half a second apart "
		    "do");
		return;
	}
	x = arena_zalloc(a, last->nthreads * sizeof(*x));
	for (size_t i = 0; i < last->nthreads; i++)
		see(s, n, &last->threads[i], &x[i]);
	if (deadlocked(last, x, a, v) || all_stopped(last, v) || throttled(throttle, span, a, v) ||
	    computes(x, last->nthreads, a, v) || in_kernel(x, last->nthreads, a, v) ||
	    moves(x, last->nthreads, a, v))
		return;
	waits(last, a, v);
}
