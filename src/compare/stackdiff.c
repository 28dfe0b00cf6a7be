// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Snapshots of threads compared: see stackdiff.h. A frame is the same if it is of the same function
 * and offset; addresses are not compared, as they change from run to run. Places are sorted, so
 * that equal ones lie together.
 */
#include "compare/stackdiff.h"

#include <stdlib.h>

static int compare_frame(const struct frame *f, const struct frame *g)
{
	int c = str_cmp(f->function, g->function);

	if (!c)
		c = (f->language > g->language) - (f->language < g->language);
	if (!c)
		c = (f->line > g->line) - (f->line < g->line);
	/* Without lines the offset tells where in a function it stands. */
	if (!c && !f->line)
		c = (f->offset > g->offset) - (f->offset < g->offset);
	if (!c && !f->function.n)
		c = str_cmp(f->module, g->module);
	return c;
}

static int compare_place(const struct stack_thread *x, const struct stack_thread *y)
{
	size_t n = x->nframes < y->nframes ? x->nframes : y->nframes;

	for (size_t i = 0; i < n; i++) {
		int c = compare_frame(&x->frames[i], &y->frames[i]);

		if (c)
			return c;
	}
	return (x->nframes > y->nframes) - (x->nframes < y->nframes);
}

static size_t common_frames(const struct stack_thread *x, const struct stack_thread *y)
{
	size_t n = 0;

	while (n < x->nframes && n < y->nframes &&
	       compare_frame(&x->frames[x->nframes - 1 - n], &y->frames[y->nframes - 1 - n]) == 0)
		n++;
	return n;
}

static int by_tid(const void *a, const void *b)
{
	const struct stack_thread *x = *(const struct stack_thread *const *)a,
				  *y = *(const struct stack_thread *const *)b;

	return (x->tid > y->tid) - (x->tid < y->tid);
}

static int by_place(const void *a, const void *b)
{
	const struct stack_thread *x = *(const struct stack_thread *const *)a,
				  *y = *(const struct stack_thread *const *)b;
	int c = compare_place(x, y);

	return c ? c : by_tid(a, b);
}

static const struct stack_thread **sorted(struct arena *a, const struct stacks *st,
					  int (*order)(const void *a, const void *b))
{
	const struct stack_thread **list =
		arena_alloc(a, (st->nthreads + 1) * sizeof(const struct stack_thread *));

	for (size_t i = 0; i < st->nthreads; i++)
		list[i] = &st->threads[i];
	if (st->nthreads)
		qsort(list, st->nthreads, sizeof(*list), order);
	return list;
}

static void add(struct stackdiff *d, struct stackdiff_row row)
{
	if (row.before && row.after)
		row.common = common_frames(row.before, row.after);
	d->rows[d->n++] = row;
	d->count[row.kind]++;
}

static enum stackdiff_kind kind_of(const struct stack_thread *x, const struct stack_thread *y)
{
	if (compare_place(x, y) != 0)
		return STACKDIFF_MOVED;
	if (x->wait != y->wait || !str_eq(x->wait_text, y->wait_text))
		return STACKDIFF_WAITS;
	return STACKDIFF_SAME;
}

static void match_threads(struct stackdiff *d, const struct stacks *before,
			  const struct stacks *after)
{
	const struct stack_thread **x = sorted(&d->arena, before, by_tid),
				  **y = sorted(&d->arena, after, by_tid);
	size_t i = 0, k = 0;

	while (i < before->nthreads || k < after->nthreads) {
		int c = i == before->nthreads  ? 1
			: k == after->nthreads ? -1
					       : by_tid(&x[i], &y[k]);

		if (c < 0)
			add(d, (struct stackdiff_row){STACKDIFF_GONE, x[i], NULL, 0, 1, 0});
		else if (c > 0)
			add(d, (struct stackdiff_row){STACKDIFF_NEW, NULL, y[k], 0, 0, 1});
		else
			add(d, (struct stackdiff_row){kind_of(x[i], y[k]), x[i], y[k], 0, 1, 1});
		i += c <= 0;
		k += c >= 0;
	}
}

/* How many from `from` on stand in the same place. */
static size_t run_of(const struct stack_thread **list, size_t from, size_t n)
{
	size_t k = from;

	while (k < n && compare_place(list[from], list[k]) == 0)
		k++;
	return k - from;
}

static void match_places(struct stackdiff *d, const struct stacks *before,
			 const struct stacks *after)
{
	const struct stack_thread **x = sorted(&d->arena, before, by_place),
				  **y = sorted(&d->arena, after, by_place);
	size_t i = 0, k = 0;

	while (i < before->nthreads || k < after->nthreads) {
		int c = i == before->nthreads  ? 1
			: k == after->nthreads ? -1
					       : compare_place(x[i], y[k]);
		struct stackdiff_row row = {0};

		if (c <= 0) {
			row.before = x[i];
			row.nbefore = run_of(x, i, before->nthreads);
		}
		if (c >= 0) {
			row.after = y[k];
			row.nafter = run_of(y, k, after->nthreads);
		}
		i += row.nbefore;
		k += row.nafter;
		row.kind = !row.before                 ? STACKDIFF_NEW
			   : !row.after                ? STACKDIFF_GONE
			   : row.nbefore != row.nafter ? STACKDIFF_COUNT
						       : STACKDIFF_SAME;
		add(d, row);
	}
}

static int by_kind(const void *a, const void *b)
{
	const struct stackdiff_row *x = a, *y = b;
	const struct stack_thread *s = x->before ? x->before : x->after,
				  *t = y->before ? y->before : y->after;
	size_t m = x->nbefore + x->nafter, n = y->nbefore + y->nafter;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (m != n)
		return m > n ? -1 : 1;
	return (s->tid > t->tid) - (s->tid < t->tid);
}

static bool same_processes(const struct stacks *x, const struct stacks *y)
{
	for (size_t i = 0; i < x->nprocesses; i++)
		for (size_t k = 0; k < y->nprocesses; k++)
			if (x->processes[i].pid == y->processes[k].pid &&
			    str_eq(x->processes[i].command, y->processes[k].command))
				return true;
	return false;
}

void stackdiff_run(struct stackdiff *d, const struct stacks *before, const struct stacks *after)
{
	*d = (struct stackdiff){0};
	arena_init(&d->arena);
	d->rows =
		arena_alloc(&d->arena, (before->nthreads + after->nthreads + 1) * sizeof(*d->rows));
	d->by_place = !same_processes(before, after);
	if (d->by_place)
		match_places(d, before, after);
	else
		match_threads(d, before, after);
	if (d->n)
		qsort(d->rows, d->n, sizeof(*d->rows), by_kind);
}

void stackdiff_release(struct stackdiff *d)
{
	arena_release(&d->arena);
}
