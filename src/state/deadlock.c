// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Circles of waiting, and threads that stand in the same place: see waits.h. Each thread waits for
 * one other at most, so that circles are found by following: who is reached again closes one.
 */
#include <stdlib.h>

#include "state/waits.h"

#define NOBODY  SIZE_MAX
#define UNKNOWN (SIZE_MAX - 1)

static int by_tid(const void *a, const void *b, void *arg)
{
	const struct stacks *st = arg;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	int x = st->threads[i].tid, y = st->threads[k].tid;

	return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

/* sorted: all threads by tid, which they need not be themselves. */
static size_t index_of(const struct stacks *st, const size_t *sorted, int tid)
{
	size_t low = 0, high = st->nthreads;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (st->threads[sorted[mid]].tid < tid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < st->nthreads && st->threads[sorted[low]].tid == tid ? sorted[low] : NOBODY;
}

static size_t threads_of(const struct stacks *st, int pid)
{
	size_t n = 0;

	for (size_t i = 0; i < st->nthreads; i++)
		n += st->threads[i].pid == pid;
	return n;
}

/* Whom a thread waits for. A process of several threads may do its part by any of them. */
static size_t next_of(const struct stacks *st, const size_t *sorted, size_t i)
{
	const struct stack_thread *t = &st->threads[i];
	size_t to = t->waits_for ? index_of(st, sorted, t->waits_for) : NOBODY;

	if (to == NOBODY)
		return NOBODY;
	if (st->threads[to].pid != t->pid && threads_of(st, st->threads[to].pid) > 1)
		return NOBODY;
	return to;
}

/* Of all; to be freed. */
static size_t *find_next(struct stacks *st)
{
	size_t n = st->nthreads, *sorted = mem_alloc((n + 1) * sizeof(*sorted)),
	       *next = mem_alloc((n + 1) * sizeof(*next));

	for (size_t i = 0; i < n; i++)
		sorted[i] = i;
	if (n)
		qsort_r(sorted, n, sizeof(*sorted), by_tid, st);
	for (size_t i = 0; i < n; i++)
		next[i] = next_of(st, sorted, i);
	free(sorted);
	return next;
}

static void add_circle(struct stacks *st, struct arena *a, const size_t *next, size_t from,
		       size_t *circle, size_t *cap)
{
	struct stack_deadlock d = {0};
	size_t i = from;

	do {
		d.n++;
		i = next[i];
	} while (i != from);
	d.threads = arena_alloc(a, d.n * sizeof(*d.threads));
	for (size_t k = 0; k < d.n; k++, i = next[i]) {
		d.threads[k] = i;
		circle[i] = st->ndeadlocks;
	}
	array_push(st->deadlocks, st->ndeadlocks, *cap) = d;
}

/* Those from whom a circle is reached, and who are not in it. */
static void add_behind(struct stacks *st, struct arena *a, size_t *circle, const size_t *next)
{
	size_t *reached = mem_alloc((st->nthreads + 1) * sizeof(*reached));

	for (size_t i = 0; i < st->nthreads; i++)
		reached[i] = circle[i] == NOBODY ? UNKNOWN : NOBODY;
	for (size_t i = 0; i < st->nthreads; i++) {
		size_t at = i, to;

		while (at != NOBODY && reached[at] == UNKNOWN)
			at = next[at];
		to = at == NOBODY ? NOBODY : circle[at] != NOBODY ? circle[at] : reached[at];
		for (at = i; at != NOBODY && reached[at] == UNKNOWN; at = next[at])
			reached[at] = to;
	}
	for (size_t i = 0; i < st->nthreads; i++)
		if (reached[i] < st->ndeadlocks)
			st->deadlocks[reached[i]].nbehind++;
	for (size_t d = 0; d < st->ndeadlocks; d++) {
		struct stack_deadlock *k = &st->deadlocks[d];

		k->behind = arena_alloc(a, k->nbehind * sizeof(*k->behind));
		k->nbehind = 0;
	}
	for (size_t i = 0; i < st->nthreads; i++)
		if (reached[i] < st->ndeadlocks) {
			struct stack_deadlock *k = &st->deadlocks[reached[i]];

			k->behind[k->nbehind++] = i;
		}
	free(reached);
}

void waits_deadlocks(struct stacks *st, struct arena *a)
{
	size_t n = st->nthreads, cap = 0, *next = find_next(st);
	size_t *circle = mem_alloc((n + 1) * sizeof(*circle)),
	       *seen = mem_zalloc((n + 1) * sizeof(*seen));
	struct stack_deadlock *copy;

	st->deadlocks = NULL;
	st->ndeadlocks = 0;
	for (size_t i = 0; i < n; i++)
		circle[i] = NOBODY;
	for (size_t i = 0; i < n; i++) {
		size_t at = i;

		/* seen: in which walk; a walk that meets itself has closed a circle. */
		while (at != NOBODY && !seen[at]) {
			seen[at] = i + 1;
			at = next[at];
		}
		if (at != NOBODY && seen[at] == i + 1 && circle[at] == NOBODY)
			add_circle(st, a, next, at, circle, &cap);
	}
	add_behind(st, a, circle, next);
	copy = arena_alloc(a, st->ndeadlocks * sizeof(*copy));
	if (st->ndeadlocks)
		memcpy(copy, st->deadlocks, st->ndeadlocks * sizeof(*copy));
	free(st->deadlocks);
	st->deadlocks = copy;
	free(next);
	free(circle);
	free(seen);
}

/* Frames alone count: that two threads wait for two locks at one place is one thing to read. */
static int compare_frames(const struct stack_thread *x, const struct stack_thread *y)
{
	size_t n = x->nframes < y->nframes ? x->nframes : y->nframes;

	for (size_t i = 0; i < n; i++) {
		const struct frame *f = &x->frames[i], *g = &y->frames[i];

		if (f->language != g->language)
			return f->language < g->language ? -1 : 1;
		if (f->language == FRAME_PYTHON || f->language == FRAME_JAVA) {
			int c = str_cmp(f->function, g->function);

			if (!c)
				c = str_cmp(f->file, g->file);
			if (!c)
				c = (f->line > g->line) - (f->line < g->line);
			if (c)
				return c;
		} else if (f->pc != g->pc) {
			return f->pc < g->pc ? -1 : 1;
		}
	}
	return (x->nframes > y->nframes) - (x->nframes < y->nframes);
}

static int by_frames(const void *a, const void *b, void *arg)
{
	const struct stacks *st = arg;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	const struct stack_thread *x = &st->threads[i], *y = &st->threads[k];
	int c = (x->pid > y->pid) - (x->pid < y->pid);

	if (!c)
		c = compare_frames(x, y);
	if (!c)
		c = (x->state > y->state) - (x->state < y->state);
	return c ? c : (i > k) - (i < k);
}

static bool same_place(const struct stack_thread *x, const struct stack_thread *y)
{
	return x->pid == y->pid && x->state == y->state && compare_frames(x, y) == 0;
}

/* The higher, the sooner it is to be read: in a circle; crashed; holds what others wait for; runs;
 * cannot be stopped; waits in the program's own code. */
static unsigned rank_of(const struct stacks *st, size_t thread, const unsigned *waiters,
			const bool *circular)
{
	const struct stack_thread *t = &st->threads[thread];

	if (t->crashed)
		return 7;
	if (circular[thread])
		return 6;
	if (waiters[thread])
		return 5;
	if (t->state == 'R')
		return 4;
	if (t->state == 'D')
		return 3;
	for (size_t i = 0; i < t->nframes; i++)
		if (t->frames[i].own)
			return 2;
	return t->nframes ? 1 : 0;
}

struct ranked {
	struct stack_group group;
	unsigned rank;
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	if (x->group.n != y->group.n)
		return x->group.n > y->group.n ? -1 : 1;
	return x->group.threads[0] < y->group.threads[0] ? -1 : 1;
}

void waits_groups(struct stacks *st, struct arena *a)
{
	size_t n = st->nthreads, cap = 0, ngroups = 0, *next = find_next(st),
	       *order = arena_alloc(a, (n + 1) * sizeof(*order));
	unsigned *waiters = mem_zalloc((n + 1) * sizeof(*waiters));
	bool *circular = mem_zalloc((n + 1) * sizeof(*circular));
	struct ranked *groups = NULL;

	for (size_t i = 0; i < n; i++) {
		order[i] = i;
		if (next[i] != NOBODY)
			waiters[next[i]]++;
	}
	for (size_t d = 0; d < st->ndeadlocks; d++)
		for (size_t i = 0; i < st->deadlocks[d].n; i++)
			circular[st->deadlocks[d].threads[i]] = true;
	if (n)
		qsort_r(order, n, sizeof(*order), by_frames, st);
	for (size_t i = 0; i < n; i++) {
		struct ranked *last = ngroups ? &groups[ngroups - 1] : NULL;
		unsigned rank = rank_of(st, order[i], waiters, circular);

		if (last &&
		    same_place(&st->threads[order[i]], &st->threads[last->group.threads[0]])) {
			last->group.n++;
			last->rank = last->rank > rank ? last->rank : rank;
			continue;
		}
		array_push(groups, ngroups, cap) = (struct ranked){{order + i, 1}, rank};
	}
	if (ngroups)
		qsort(groups, ngroups, sizeof(*groups), by_rank);
	st->groups = arena_alloc(a, ngroups * sizeof(*st->groups));
	for (size_t i = 0; i < ngroups; i++)
		st->groups[i] = groups[i].group;
	st->ngroups = ngroups;
	free(groups);
	free(next);
	free(circular);
	free(waiters);
}
