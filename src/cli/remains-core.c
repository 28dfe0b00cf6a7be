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
/* An evidence of death by a signal; ends: and it ended by that. */
static struct death_clue clue(const char *name, enum death_cause cause, const char *text,
			      struct str what, int ends)
{
	return (struct death_clue){.cause = cause,
				   .sure = DEATH_PROVEN,
				   .weight = DEATH_CERTAIN,
				   .from = {str_of(text), str_of(name), 0},
				   .what = what,
				   .name = STR(""),
				   .ends = ends != 0,
				   .sig = ends};
}

static const char *place_of(struct arena *a, const struct stack_thread *t)
{
	for (size_t i = 0; t && i < t->nframes; i++) {
		const struct frame *f = &t->frames[i];

		if (!f->own || !f->function.n)
			continue;
		if (f->file.n)
			return arena_printf(a, ", in " STR_FMT " (" STR_FMT ":%u)",
					    STR_ARG(f->function), STR_ARG(f->file), f->line);
		return arena_printf(a, ", in " STR_FMT, STR_ARG(f->function));
	}
	return "";
}

static enum death_cause cause_of(const struct stack_death *d)
{
	switch (d->signal) {
	case SIGABRT: return DEATH_ABORT;
	case SIGSYS: return DEATH_SECCOMP;
	case SIGXCPU: return DEATH_RLIMIT_CPU;
	case SIGXFSZ: return DEATH_RLIMIT_FSIZE;
	case SIGSEGV:
		if (str_contains(d->fault, STR("stack")))
			return DEATH_STACK;
		return DEATH_FAULT;
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGTRAP: return DEATH_FAULT;
	default: return DEATH_SENT;
	}
}

/* An exception's message and assert()'s text explain an abort; an address a fault. */
static struct death_clue explain(struct arena *a, const char *name, const struct stack_death *d,
				 const struct stack_thread *t, int ends)
{
	const char *place = place_of(a, t), *sig = sigabbrev_np(d->signal), *text;
	bool memory = str_contains(d->exception, STR("bad_alloc"));
	struct str what;

	if (d->exception.n) {
		text = arena_printf(a, "exception " STR_FMT ": " STR_FMT, STR_ARG(d->exception),
				    STR_ARG(d->what));
		what = str_of(arena_printf(a, STR_FMT "%s" STR_FMT "%s", STR_ARG(d->exception),
					   d->what.n ? ": " : "", STR_ARG(d->what), place));
		return clue(name, memory ? DEATH_ALLOCATION : DEATH_EXCEPTION, text, what, ends);
	}
	if (d->message.n) {
		what = str_of(arena_printf(a, STR_FMT "%s", STR_ARG(d->message), place));
		return clue(name,
			    str_contains(d->message, STR("Assertion")) ? DEATH_ASSERT : DEATH_ABORT,
			    arena_str(a, d->message).p, what, ends);
	}
	if (d->sender) {
		text = arena_printf(a, "signal %d was sent by process %d", d->signal, d->sender);
		what = str_of(arena_printf(a, "SIG%s, by process %d", sig ? sig : "?", d->sender));
		return clue(name, DEATH_SENT, text, what, ends);
	}
	text = d->has_address ? arena_printf(a, "signal %d at address %#llx%s%s", d->signal,
					     (unsigned long long)d->address, d->fault.n ? ", " : "",
					     d->fault.n ? arena_str(a, d->fault).p : "")
			      : arena_printf(a, "signal %d", d->signal);
	what = str_of(arena_printf(a, "SIG%s%s" STR_FMT "%s" STR_FMT "%s", sig ? sig : "?",
				   d->code.n ? ", " : "", STR_ARG(d->code), d->fault.n ? ": " : "",
				   STR_ARG(d->fault), place));
	return clue(name, cause_of(d), text, what, ends);
}

struct str remains_held(struct remains *r, const struct stack_death *d,
			const struct stack_thread *t, bool own)
{
	struct death_clue c = explain(&r->arena, "held", d, t, own ? d->signal : 0);

	/* Of SIGPIPE and the like the signal itself says more than that it was sent. */
	if (c.cause != DEATH_SENT || d->sender)
		death_clue_add(&r->clues, &c);
	return c.what;
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
	if (d.signal || d.exception.n) {
		struct death_clue c = explain(&r->arena, name, &d, look.stacks.threads, d.signal);

		death_clue_add(&r->clues, &c);
	}
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
