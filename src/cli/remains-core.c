// SPDX-License-Identifier: GPL-3.0-or-later
/* Cores among what is left of a program: what they say (see remains.h). */
#include <signal.h>
#include <unistd.h>

#include "config.h"
#include "cli/remains.h"
#if HAVE_STACKS
#include "report/stacks.h"
#include "state/look.h"
#endif

#if HAVE_STACKS
static void clue(struct remains *r, const char *name, enum death_cause cause, const char *text,
		 struct str what, int sig)
{
	struct death_clue c = {.cause = cause,
			       .sure = DEATH_PROVEN,
			       .weight = DEATH_CERTAIN,
			       .from = {str_of(text), str_of(name), 0},
			       .what = what,
			       .name = STR(""),
			       .ends = sig != 0,
			       .sig = sig};

	death_clue_add(&r->clues, &c);
}

static const char *place_of(struct remains *r, const struct stacks *st)
{
	for (size_t i = 0; st->nthreads && i < st->threads[0].nframes; i++) {
		const struct frame *f = &st->threads[0].frames[i];

		if (!f->own || !f->function.n)
			continue;
		if (f->file.n)
			return arena_printf(&r->arena, ", in " STR_FMT " (" STR_FMT ":%u)",
					    STR_ARG(f->function), STR_ARG(f->file), f->line);
		return arena_printf(&r->arena, ", in " STR_FMT, STR_ARG(f->function));
	}
	return "";
}

/* An exception's message and assert()'s text explain an abort; an address a fault. */
static void take_death(struct remains *r, const char *name, const struct stack_death *d,
		       const struct stacks *st)
{
	struct arena *a = &r->arena;
	const char *place = place_of(r, st), *sig = sigabbrev_np(d->signal);
	enum death_cause cause;

	if (d->exception.n) {
		bool memory = str_contains(d->exception, STR("bad_alloc"));

		clue(r, name, memory ? DEATH_ALLOCATION : DEATH_EXCEPTION,
		     arena_printf(a, "exception " STR_FMT ": " STR_FMT, STR_ARG(d->exception),
				  STR_ARG(d->what)),
		     str_of(arena_printf(a, STR_FMT "%s" STR_FMT "%s", STR_ARG(d->exception),
					 d->what.n ? ": " : "", STR_ARG(d->what), place)),
		     d->signal);
	} else if (d->message.n) {
		cause = str_contains(d->message, STR("Assertion")) ? DEATH_ASSERT : DEATH_ABORT;
		clue(r, name, cause, arena_str(a, d->message).p,
		     str_of(arena_printf(a, STR_FMT "%s", STR_ARG(d->message), place)), d->signal);
	} else if (d->sender) {
		clue(r, name, DEATH_SENT,
		     arena_printf(a, "signal %d was sent by process %d", d->signal, d->sender),
		     str_of(arena_printf(a, "SIG%s, by process %d", sig, d->sender)), d->signal);
	} else if (d->signal) {
		bool stack = str_contains(d->fault, STR("stack"));
		struct str what = str_of(arena_printf(
			a, "SIG%s%s" STR_FMT "%s" STR_FMT "%s", sig, d->code.n ? ", " : "",
			STR_ARG(d->code), d->fault.n ? ": " : "", STR_ARG(d->fault), place));

		cause = d->signal == SIGABRT  ? DEATH_ABORT
			: d->signal == SIGSYS ? DEATH_SECCOMP
			: stack               ? DEATH_STACK
			: d->signal == SIGSEGV || d->signal == SIGBUS || d->signal == SIGFPE ||
					d->signal == SIGILL || d->signal == SIGTRAP
				? DEATH_FAULT
				: DEATH_SENT;
		clue(r, name, cause,
		     d->has_address
			     ? arena_printf(a, "signal %d at address %#llx%s%s", d->signal,
					    (unsigned long long)d->address, d->fault.n ? ", " : "",
					    d->fault.n ? arena_str(a, d->fault).p : "")
			     : arena_printf(a, "signal %d", d->signal),
		     what, d->signal);
	}
}

int remains_core(struct remains *r, int fd, const char *name, struct err *err)
{
	struct look_opts o = {.unwind = {.lines = UNWIND_LINES_OWN}};
	struct stacks_look how = {.width = 100};
	struct stack_death d;
	struct look look;
	int rc = look_core(&look, fd, &o, &d, err);

	if (rc)
		return err_prepend(err, rc, "%s: ", name);
	take_death(r, name, &d, &look.stacks);
	if (!r->stacks.n && look.stacks.nthreads)
		stacks_frames(&look.stacks.threads[0], &how, &r->stacks);
	look_release(&look);
	r->read++;
	return 0;
}
#else
int remains_core(struct remains *r, int fd, const char *name, struct err *err)
{
	(void)err;
	close(fd);
	buf_printf(&r->notes, "%s: this build reads no cores (elfutils was missing)\n", name);
	return 0;
}
#endif
