// SPDX-License-Identifier: GPL-3.0-or-later
/* A verdict in words: see death.h. */
#include <signal.h>

#include "base/buf.h"
#include "state/death-priv.h"

#define EVIDENCE  5
#define OTHERS    3
#define RULED_OUT 5

const char *death_signal_text(struct arena *a, int sig)
{
	const char *name = sig > 0 && sig < NSIG ? sigabbrev_np(sig) : NULL;

	return name ? arena_printf(a, "SIG%s (%s)", name, sigdescr_np(sig))
		    : arena_printf(a, "signal %d", sig);
}

void death_say_ending(struct judging *j)
{
	const char *meaning = death_code_meaning(j->code);

	if (!j->known)
		j->d->ending = STR("");
	else if (j->code && j->sig)
		j->d->ending = str_of(arena_printf(j->a, "exit status %d: 128 + %d, %s", j->code,
						   j->sig, death_signal_text(j->a, j->sig)));
	else if (j->sig)
		j->d->ending = str_of(death_signal_text(j->a, j->sig));
	else
		j->d->ending =
			str_of(arena_printf(j->a, "exit status %d%s%s", j->code,
					    meaning ? ", usually " : "", meaning ? meaning : ""));
}

static enum death_sure proves(const struct judging *j, const struct death_clue *c)
{
	/* Whether the kernel means one of ours cannot be told where pids are not known. */
	if (c->sure == DEATH_PROVEN && c->pid && j->f->ended && !j->f->npids && !j->f->pid)
		return DEATH_LIKELY;
	if (c->cause == DEATH_EXIT && !j->known) /* the last complaint of a log */
		return DEATH_POSSIBLE;
	return c->sure;
}

static struct str sentence(const struct judging *j, enum death_cause cause, struct str what,
			   const struct death_clue *c)
{
	const struct death_kind *k = &death_kinds[cause];
	const char *who = "";

	if (c && c->name.n && !j->f->ended)
		who = c->pid ? arena_printf(j->a, STR_FMT " (process %d): ", STR_ARG(c->name),
					    c->pid)
			     : arena_printf(j->a, STR_FMT ": ", STR_ARG(c->name));
	return str_of(arena_printf(j->a, "%s%s%s" STR_FMT "%s", who, k->sentence,
				   what.n ? k->before : "", STR_ARG(what), what.n ? k->after : ""));
}

static bool told_already(const struct death *d, struct str text)
{
	for (size_t i = 0; i < d->nevidence; i++)
		if (str_eq(d->evidence[i].text, text))
			return true;
	return false;
}

/* The best clue, then others of its cause and its process, the most telling first. */
static void tell_evidence(struct judging *j, const struct death_clue *best)
{
	struct death *d = j->d;

	d->evidence = arena_zalloc(j->a, EVIDENCE * sizeof(*d->evidence));
	d->evidence[d->nevidence++] = best->from;
	for (int w = DEATH_CERTAIN; w > 0; w--)
		for (size_t i = 0; i < j->own.n && d->nevidence < EVIDENCE; i++) {
			const struct death_clue *c = &j->own.items[i];

			if (c->cause != best->cause || (int)c->weight != w || j->why[i] ||
			    (c->pid && best->pid && c->pid != best->pid) ||
			    told_already(d, c->from.text))
				continue;
			d->evidence[d->nevidence++] = c->from;
		}
}

static struct str with_place(const struct judging *j, const struct death_clue *c, const char *why)
{
	CLEANUP_BUF struct buf b = {0};

	if (why)
		buf_printf(&b, "%s: ", why);
	buf_add_str(&b, c->from.text);
	if (c->from.file.n)
		buf_printf(&b, " (" STR_FMT ":%llu)", STR_ARG(c->from.file),
			   (unsigned long long)c->from.line);
	return arena_str(j->a, buf_str(&b));
}

static bool listed(const struct death_other *o, size_t n, enum death_cause cause)
{
	for (size_t i = 0; i < n; i++)
		if (o[i].cause == cause)
			return true;
	return false;
}

static void tell_others(struct judging *j)
{
	struct death *d = j->d;

	d->others = arena_zalloc(j->a, OTHERS * sizeof(*d->others));
	d->ruled_out = arena_zalloc(j->a, RULED_OUT * sizeof(*d->ruled_out));
	for (size_t i = j->own.n; i > 0; i--) {
		const struct death_clue *c = &j->own.items[i - 1];
		enum death_cause cause = c->cause;

		if (cause == d->cause || cause == DEATH_UNKNOWN ||
		    (c->weight < DEATH_FAIR && c->weight != DEATH_STRANGE))
			continue;
		if (j->why[i - 1] && d->nruled_out < RULED_OUT &&
		    !listed(d->ruled_out, d->nruled_out, cause))
			d->ruled_out[d->nruled_out++] = (struct death_other){
				cause, proves(j, c), with_place(j, c, j->why[i - 1])};
		if (!j->why[i - 1] && d->nothers < OTHERS && !listed(d->others, d->nothers, cause))
			d->others[d->nothers++] =
				(struct death_other){cause, DEATH_POSSIBLE, with_place(j, c, NULL)};
	}
}

static void rule_out(struct judging *j, enum death_cause cause, const char *why)
{
	struct death *d = j->d;

	if (cause != d->cause && d->nruled_out < RULED_OUT &&
	    !listed(d->ruled_out, d->nruled_out, cause))
		d->ruled_out[d->nruled_out++] =
			(struct death_other){cause, DEATH_NO_IDEA, str_of(why)};
}

/* Who kills without a word: the usual suspects, and why it was none of them. */
static void tell_suspects(struct judging *j)
{
	const struct death_facts *f = j->f;
	const struct death_rlimit *cpu = &f->limits[DEATH_LIMIT_CPU];
	enum death_cause cause = j->d->cause;

	if (j->sig != SIGKILL || !f->ended || cause == DEATH_OOM_GROUP ||
	    cause == DEATH_OOM_SYSTEM || cause == DEATH_OOM)
		return;
	if (f->has_oom && f->oom_after == f->oom_before)
		rule_out(j, DEATH_OOM_GROUP,
			 arena_printf(j->a,
				      "the counter oom_kill of its control group stayed at %llu",
				      (unsigned long long)f->oom_after));
	if (f->kernel_read)
		rule_out(j, DEATH_OOM_SYSTEM,
			 "the kernel's log of that time names no process that was killed");
	if (cpu->known && cpu->hard == DEATH_UNLIMITED)
		rule_out(j, DEATH_RLIMIT_CPU, "its CPU time was not limited");
	else if (cpu->known && f->cpu_seconds >= 0)
		rule_out(j, DEATH_RLIMIT_CPU,
			 arena_printf(j->a, "it used %.1f s of %llu s of CPU", f->cpu_seconds,
				      (unsigned long long)cpu->hard));
}

static struct str next_step(const struct judging *j)
{
	const struct death *d = j->d;
	const char *next = death_kinds[d->cause].next;

	if (d->cause == DEATH_UNKNOWN ||
	    (j->sig == SIGKILL && d->sure < DEATH_PROVEN && !j->f->kernel_read))
		return j->f->kernel_read
			       ? STR("inquest run -- COMMAND")
			       : STR("sudo dmesg -T | inquest why-died - (does the kernel say that "
				     "it killed for want of memory?)");
	return next ? str_of(next) : STR("");
}

static void tell_unknown(struct judging *j)
{
	struct death *d = j->d;

	d->cause = DEATH_UNKNOWN;
	d->sure = DEATH_NO_IDEA;
	if (j->sig == SIGKILL)
		d->sentence = str_of(arena_printf(
			j->a,
			"killed by SIGKILL%s, and nothing here tells by whom: the kernel for want "
			"of memory, a time limit, or somebody's kill -9",
			j->code ? arena_printf(j->a, " (status %d says no more than that)", j->code)
				: ""));
	else
		d->sentence = STR("nothing here tells why it ended");
	d->evidence = arena_zalloc(j->a, 2 * sizeof(*d->evidence));
	for (size_t i = j->own.n; i > 0 && d->nevidence < 2; i--) {
		const struct death_clue *c = &j->own.items[i - 1];

		if (c->ends && !j->why[i - 1] && c->from.file.n && !told_already(d, c->from.text))
			d->evidence[d->nevidence++] = c->from;
	}
}

static void tell_memory(const struct judging *j)
{
	const struct death_clues *c = j->f->clues;
	struct death *d = j->d;

	d->memory_note = STR("");
	if (!c ||
	    (d->cause != DEATH_OOM_GROUP && d->cause != DEATH_OOM_SYSTEM && d->cause != DEATH_OOM))
		return;
	d->memory = c->memory;
	d->nmemory = c->nmemory;
	d->memory_note = c->memory_note;
}

void death_tell(struct judging *j, const struct death_clue *best, bool good)
{
	struct death *d = j->d;

	if (good) {
		d->cause = DEATH_NONE;
		d->sure = best ? best->sure : DEATH_PROVEN;
		d->sentence = sentence(j, DEATH_NONE, STR(""), NULL);
		if (best)
			tell_evidence(j, best);
	} else if (best) {
		d->cause = best->cause;
		d->sure = proves(j, best);
		d->sentence = sentence(j, best->cause, best->what, best);
		tell_evidence(j, best);
	} else {
		tell_unknown(j);
	}
	tell_others(j);
	tell_suspects(j);
	tell_memory(j);
	d->next = next_step(j);
}
