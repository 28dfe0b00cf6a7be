// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stacks for people: see stacks.h. The short form leaves out what is the same in every program: the
 * innermost frames of libraries are one line, and of many own frames the innermost are shown.
 */
#include "report/stacks.h"

#include <stdio.h>

#define OWN_MOST    8  /* frames of a group in the short form */
#define GROUPS_MOST 12 /* groups in the short form */
#define NAMES_MOST  3
#define TIDS_MOST   6

const char *stacks_how(enum stack_how how)
{
	static const char *const names[] = {"none", "bpf", "nostop", "stop", "core"};

	return names[how];
}

const char *stacks_wait(enum wait_kind kind)
{
	static const char *const names[] = {"none",   "mutex",   "rwlock", "join", "condition",
					    "child",  "pipe",    "socket", "lock", "file",
					    "poll",   "sleep",   "signal", "gil",  "monitor",
					    "kernel", "stopped", "other"};

	return names[kind];
}

static void styled(struct buf *out, const struct stacks_look *l, enum style style,
		   const struct buf *text)
{
	style_add(out, l->color, style, buf_str(text));
}

static void last_part(struct buf *out, struct str path)
{
	size_t from = path.n;

	while (from > 0 && path.p[from - 1] != '/')
		from--;
	style_add_foreign(out, str_from(path, from), 0);
}

static void add_place(struct buf *out, const struct frame *f)
{
	if (f->file.n) {
		style_add_foreign(out, f->file, 0);
		if (f->line)
			buf_printf(out, ":%u", f->line);
	} else if (f->module.n) {
		last_part(out, f->module);
		buf_printf(out, "+%#llx", (unsigned long long)f->in_module);
	}
}

/* Returns columns; at most width of them, if that is not 0. */
static size_t add_name(struct buf *out, const struct frame *f, size_t width)
{
	size_t from = out->n;

	if (f->function.n)
		return style_add_foreign(out, f->function, width);
	buf_printf(out, "%#llx", (unsigned long long)f->pc);
	return out->n - from;
}

static const char *remark(const struct frame *f)
{
	if (f->signal)
		return " (signal handler called)";
	if (f->inlined)
		return " (inlined)";
	if (f->trust == FRAME_POINTER)
		return " (by frame pointer)";
	return f->trust == FRAME_GUESSED ? " (guessed)" : "";
}

void stacks_frame(const struct frame *f, const struct stacks_look *l, struct buf *out)
{
	struct buf name = {0}, place = {0};
	size_t used = 4 + add_name(&name, f, l->verbose ? 0 : l->width / 2);

	add_place(&place, f);
	BUF_LIT(out, "    ");
	styled(out, l, f->own ? STYLE_BOLD : STYLE_DIM, &name);
	style_pad(out, used < 36 ? 36 - used : 1);
	styled(out, l, f->own ? STYLE_PLACE : STYLE_DIM, &place);
	buf_printf(out, "%s\n", remark(f));
	buf_release(&name);
	buf_release(&place);
	for (size_t i = 0; i < f->nvalues; i++) {
		BUF_LIT(out, "        ");
		style_add_foreign(out, f->values[i].name, 0);
		BUF_LIT(out, " = ");
		style_add_foreign(out, f->values[i].text, l->width);
		buf_add_char(out, '\n');
	}
}

void stacks_frames(const struct stack_thread *t, const struct stacks_look *l, struct buf *out)
{
	for (size_t i = 0; i < t->nframes; i++) {
		if (t->skipped && i == t->skipped_at)
			buf_printf(out, "    ... %llu frames left out ...\n",
				   (unsigned long long)t->skipped);
		stacks_frame(&t->frames[i], l, out);
	}
	if (t->nframes && !t->complete)
		BUF_LIT(out, "    (the stack cannot be followed further)\n");
}

/* What a thread entered the library by: the outermost of the innermost frames that are not own. */
static size_t first_own(const struct stack_thread *t)
{
	size_t i = 0;

	while (i < t->nframes && !t->frames[i].own)
		i++;
	return i;
}

/* Of a language whose frames lie between those of what runs it. */
static bool is_hosted(const struct frame *f)
{
	return f->language == FRAME_PYTHON || f->language == FRAME_JAVA;
}

static size_t first_hosted(const struct stack_thread *t)
{
	size_t i = 0;

	while (i < t->nframes && !is_hosted(&t->frames[i]))
		i++;
	return i;
}

/* What of the program called what the thread is in: an own frame, else one of Python or Java. If
 * there is neither, the outermost frames say most. */
static size_t first_shown(const struct stack_thread *t)
{
	size_t own = first_own(t), hosted = first_hosted(t);

	if (own < t->nframes)
		return own;
	if (hosted < t->nframes)
		return hosted;
	return t->nframes > OWN_MOST ? t->nframes - OWN_MOST : 0;
}

/* What was called from there. Of Python and Java, not the ways of what runs them to call a
 * function.
 */
static size_t entered(const struct stack_thread *t, size_t from)
{
	size_t i = from - 1, hosted = first_hosted(t);

	while (i > 0 && i < hosted && hosted < t->nframes &&
	       str_contains_nocase(t->frames[i].function, STR("call")))
		i--;
	return i;
}

/* Between Python's or Java's frames, and from there to the program's own, those of what runs them
 * say nothing. */
static bool is_hidden(const struct stack_thread *t, size_t i)
{
	const struct frame *f = &t->frames[i];

	return f->language == FRAME_NATIVE && !f->own && first_hosted(t) < t->nframes;
}

static void rest_of_frames(const struct stack_thread *t, size_t from, struct buf *out)
{
	size_t n = 0, last = from;

	for (size_t i = from; i < t->nframes; i++) {
		if (is_hidden(t, i))
			continue;
		n++;
		last = i;
	}
	if (!n)
		return;
	buf_printf(out, "    ... %zu more, up to ", n + (size_t)t->skipped);
	add_name(out, &t->frames[last], 0);
	buf_add_char(out, '\n');
}

static void short_frames(const struct stack_thread *t, const struct stacks_look *l, struct buf *out)
{
	size_t from = first_shown(t), shown = 0, i;

	if (from > 0) {
		size_t in = entered(t, from);

		stacks_frame(&t->frames[in], l, out);
		out->n -= in > 0;
		if (in > 0)
			buf_printf(out, "  <- %zu frame%s further in\n", in, in > 1 ? "s" : "");
	}
	for (i = from; i < t->nframes && shown < OWN_MOST; i++) {
		if (is_hidden(t, i))
			continue;
		stacks_frame(&t->frames[i], l, out);
		shown++;
	}
	rest_of_frames(t, i, out);
	if (t->nframes && !t->complete)
		BUF_LIT(out, "    (the stack cannot be followed further)\n");
}

/* Of one thread, and of several. */
static const char *state_text(const struct stack_thread *t, bool several)
{
	static const struct {
		char state;
		const char *one, *many;
	} texts[] = {
		{'R', "runs", "run"},
		{'D', "is in an uninterruptible wait of the kernel",
		 "are in an uninterruptible wait of the kernel"},
		{'T', "is stopped by a signal", "are stopped by a signal"},
		{'t', "is stopped by a debugger", "are stopped by a debugger"},
		{'Z', "has ended (a zombie)", "have ended (zombies)"},
	};

	if (t->how == STACK_CORE)
		return t->crashed        ? "got the signal"
		       : t->state == 'R' ? "ran"
		       : several         ? "stand"
					 : "stands";
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].state == t->state)
			return several ? texts[i].many : texts[i].one;
	return several ? "are blocked" : "is blocked";
}

static bool all_wait_for_same(const struct stacks *st, const struct stack_group *g)
{
	const struct stack_thread *t = &st->threads[g->threads[0]];

	for (size_t i = 1; i < g->n; i++)
		if (!str_eq(t->wait_text, st->threads[g->threads[i]].wait_text) ||
		    t->wait != st->threads[g->threads[i]].wait)
			return false;
	return true;
}

static void add_wait(const struct stacks *st, const struct stack_group *g, struct buf *out)
{
	const struct stack_thread *t = &st->threads[g->threads[0]];

	if (t->wait == WAIT_NONE && !t->kernel_wait.n) {
		buf_printf(out, " %s", state_text(t, g->n > 1));
		return;
	}
	if (t->crashed) {
		buf_printf(out, " %s", state_text(t, false));
		if (t->wait_text.n) {
			BUF_LIT(out, " while it waited for ");
			style_add_foreign(out, t->wait_text, 0);
		}
		return;
	}
	if (all_wait_for_same(st, g) && t->wait_text.n) {
		buf_printf(out, g->n > 1 ? " wait for " : " waits for ");
		style_add_foreign(out, t->wait_text, 0);
	} else if (t->wait_text.n) {
		buf_printf(out, " wait for different ones, such as ");
		style_add_foreign(out, t->wait_text, 0);
	} else {
		buf_printf(out, " %s", state_text(t, g->n > 1));
		if (t->system_call.n)
			BUF_LIT(out, " in ");
		style_add_foreign(out, t->system_call, 0);
	}
}

/* " (teller-1, teller-2, ...)": the threads' names, some of them. */
static void add_names(const struct stacks *st, const struct stack_group *g, struct buf *out)
{
	struct str names[NAMES_MOST];
	size_t n = 0, i = 0;

	for (; i < g->n; i++) {
		struct str name = st->threads[g->threads[i]].name;
		size_t k = 0;

		while (k < n && !str_eq(names[k], name))
			k++;
		if (k < n || !name.n)
			continue;
		if (n == NAMES_MOST)
			break;
		names[n++] = name;
	}
	for (size_t k = 0; k < n; k++) {
		buf_printf(out, k ? ", " : " (");
		style_add_foreign(out, names[k], 0);
	}
	if (n)
		buf_printf(out, i < g->n ? ", ...)" : ")");
}

static void add_group(const struct stacks *st, const struct stack_group *g,
		      const struct stacks_look *l, struct buf *out)
{
	const struct stack_thread *t = &st->threads[g->threads[0]];
	struct buf head = {0};

	if (g->n > 1)
		buf_printf(&head, "%zu threads", g->n);
	else
		buf_printf(&head, "thread %d", t->tid);
	add_names(st, g, &head);
	styled(out, l, t->crashed ? STYLE_BAD : STYLE_BOLD, &head);
	buf_release(&head);
	add_wait(st, g, out);
	if (t->holds_gil)
		BUF_LIT(out, "; holds Python's lock (GIL)");
	if (g->n > 1) {
		BUF_LIT(out, ":");
		for (size_t i = 0; i < g->n && (l->verbose || i < TIDS_MOST); i++)
			buf_printf(out, " %d", st->threads[g->threads[i]].tid);
		if (!l->verbose && g->n > TIDS_MOST)
			buf_printf(out, " ...");
	}
	buf_add_char(out, '\n');
	if (l->verbose) {
		buf_printf(out, "    taken by: %s%s", stacks_how(t->how),
			   t->exact || t->how == STACK_CORE ? "" : " (not of one moment)");
		if (t->kernel_wait.n)
			buf_printf(out, "; kernel: " STR_FMT, STR_ARG(t->kernel_wait));
		if (t->system_call.n)
			buf_printf(out, "; " STR_FMT, STR_ARG(t->system_call));
		buf_add_char(out, '\n');
	}
	if (t->why_not.n)
		buf_printf(out, "    no %sstack: " STR_FMT "\n", t->nframes ? "native " : "",
			   STR_ARG(t->why_not));
	for (size_t i = 0; i < t->nkernel; i++)
		buf_printf(out, "    [kernel] " STR_FMT "\n", STR_ARG(t->kernel_stack[i]));
	if (l->verbose)
		stacks_frames(t, l, out);
	else
		short_frames(t, l, out);
}

static void add_thread(struct buf *out, const struct stack_thread *t)
{
	buf_printf(out, "%d", t->tid);
	if (t->name.n) {
		BUF_LIT(out, " (");
		style_add_foreign(out, t->name, 0);
		buf_add_char(out, ')');
	}
}

static void add_deadlock(const struct stacks *st, const struct stack_deadlock *d,
			 const struct stacks_look *l, struct buf *out)
{
	style_add(out, l->color, STYLE_BAD, STR("deadlock"));
	buf_printf(out, d->n == 1 ? " of a thread with itself:\n" : " of %zu threads:\n", d->n);
	for (size_t i = 0; i < d->n; i++) {
		const struct stack_thread *t = &st->threads[d->threads[i]];
		size_t own = first_own(t);

		BUF_LIT(out, "    ");
		add_thread(out, t);
		BUF_LIT(out, " waits for ");
		style_add_foreign(out, t->wait_text, 0);
		if (own < t->nframes) {
			BUF_LIT(out, ", at ");
			add_name(out, &t->frames[own], 0);
			BUF_LIT(out, " ");
			add_place(out, &t->frames[own]);
		}
		buf_add_char(out, '\n');
	}
	if (d->nbehind)
		buf_printf(out, "    %zu more wait behind %s\n", d->nbehind,
			   d->n == 1 ? "it" : "them");
}

static void add_process(const struct stacks *st, const struct stack_process *p, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < st->nthreads; i++)
		n += st->threads[i].pid == p->pid;
	buf_printf(out, "process %d ", p->pid);
	style_add_foreign(out, p->name, 0);
	if (p->deleted)
		BUF_LIT(out, " (its file is deleted)");
	buf_printf(out, ": %zu thread%s\n", n, n == 1 ? "" : "s");
}

static void add_cost(const struct stacks *st, struct buf *out)
{
	if (!st->pause_ns)
		BUF_LIT(out, "nothing was stopped\n");
	else
		buf_printf(out, "longest stop of a thread: %.2f ms; system calls broken off: %zu\n",
			   (double)st->pause_ns / 1e6, st->disturbed);
}

void stacks_text(const struct stacks *st, const struct stacks_look *l, struct buf *out)
{
	size_t shown = l->verbose || st->ngroups < GROUPS_MOST ? st->ngroups : GROUPS_MOST;
	size_t rest = 0;

	for (size_t i = 0; i < st->nprocesses; i++)
		add_process(st, &st->processes[i], out);
	for (size_t i = 0; i < st->ndeadlocks; i++) {
		buf_add_char(out, '\n');
		add_deadlock(st, &st->deadlocks[i], l, out);
	}
	for (size_t i = 0; i < shown; i++) {
		buf_add_char(out, '\n');
		add_group(st, &st->groups[i], l, out);
	}
	for (size_t i = shown; i < st->ngroups; i++)
		rest += st->groups[i].n;
	if (rest)
		buf_printf(out, "\n%zu more threads in %zu places: -v shows them\n", rest,
			   st->ngroups - shown);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < st->nnotes; i++)
		buf_printf(out, "note: " STR_FMT "\n", STR_ARG(st->notes[i]));
	if (st->nthreads && st->threads[0].how != STACK_CORE)
		add_cost(st, out);
}
