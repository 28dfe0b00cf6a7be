// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stacks of threads as symptoms, of a snapshot (`inquest stacks --json`) or a core. What a program
 * died of is one; of one that lived each circle of threads that wait for each other is, or else
 * what two looks said (it spins, it waits), or else the stack of the likely culprit.
 */
#include <signal.h>
#include <stdlib.h>

#include "cli/add.h"
#include "import/stacks.h"

#define RANK 950

/* The program's own frames, from the innermost on. */
static void add_frames(struct add *a, struct grouping_symptom *s, const struct stack_thread *t)
{
	for (size_t i = 0; i < t->nframes; i++)
		grouping_add_frame(s, &a->arena, t->frames[i].function, t->frames[i].file,
				   t->frames[i].own);
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Where each thread of the circle stands, in the order of the names: a circle begins nowhere. */
static void add_circle(struct add *a, struct grouping_symptom *s, const struct stacks *st,
		       const struct stack_deadlock *d)
{
	size_t n = 0;
	struct str *places = arena_alloc(&a->arena, (d->n + 1) * sizeof(*places));

	for (size_t i = 0; i < d->n; i++) {
		struct grouping_symptom one = {.kind = GROUPING_STACK};

		add_frames(a, &one, &st->threads[d->threads[i]]);
		if (one.nframes)
			places[n++] = one.frames[0];
	}
	qsort(places, n, sizeof(*places), by_text);
	for (size_t i = 0; i < n; i++)
		grouping_add_frame(s, &a->arena, places[i], STR(""), true);
}

static void add_deadlocks(struct add *a, const struct stacks *st, uint32_t file)
{
	for (size_t i = 0; i < st->ndeadlocks; i++) {
		struct grouping_symptom s = {.kind = GROUPING_STACK};

		s.text = str_of(
			arena_printf(&a->arena, "deadlock of %zu threads", st->deadlocks[i].n));
		add_circle(a, &s, st, &st->deadlocks[i]);
		add_symptom(a, &s, file, 0)->rank = RANK;
	}
}

/* The thread that got the signal comes first. */
static void add_death(struct add *a, const struct stacks *st, uint32_t file)
{
	const struct stack_death *d = st->death;
	const char *name = d->signal > 0 && d->signal < NSIG ? sigabbrev_np(d->signal) : NULL;
	struct grouping_symptom s = {.kind = GROUPING_EXCEPTION};

	s.type = d->exception.n ? d->exception
				: str_of(arena_printf(&a->arena, "SIG%s", name ? name : "unknown"));
	s.text = d->exception.n ? d->what : d->message.n ? d->message : d->code;
	if (st->nthreads)
		add_frames(a, &s, &st->threads[0]);
	add_symptom(a, &s, file, 0)->rank = RANK;
	if (name)
		add_variable(a, STR("core.signal"),
			     value_text(str_of(arena_printf(&a->arena, "SIG%s", name))));
}

static void add_culprit(struct add *a, const struct stacks *st, uint32_t file)
{
	struct grouping_symptom s = {.kind = GROUPING_STACK};

	if (st->verdict)
		s.text = st->verdict->kind;
	if (st->ngroups && st->groups[0].n)
		add_frames(a, &s, &st->threads[st->groups[0].threads[0]]);
	if (s.text.n || s.nframes)
		add_symptom(a, &s, file, 0)->rank = RANK;
}

void add_stacks_of(struct add *a, const struct stacks *st, uint32_t file)
{
	bool died = st->death && st->death->signal && st->death->signal != SIGSTOP; /* gcore */

	add_variable(a, STR("stacks.threads"), value_int((int64_t)st->nthreads));
	add_variable(a, STR("stacks.deadlocks"), value_int((int64_t)st->ndeadlocks));
	if (st->verdict)
		add_variable(a, STR("stacks.verdict"), value_text(add_safe(a, st->verdict->kind)));
	add_deadlocks(a, st, file);
	if (died)
		add_death(a, st, file);
	else if (!st->ndeadlocks && !(st->verdict && str_eq(st->verdict->kind, STR("moving"))))
		add_culprit(a, st, file);
}

void add_stacks(struct add *a, uint32_t file)
{
	struct add_file *f = &a->files[file];
	struct stacks st;
	struct err err;

	f->kind = "stack";
	if (stacks_read(&st, &a->arena, f->data, &err))
		buf_printf(&f->error, "%s", err.msg);
	else
		add_stacks_of(a, &st, file);
}
