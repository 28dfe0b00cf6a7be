// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The verdict: see death.h. First the facts speak as clues of their own (death-facts.c), then
 * limits claim what they explain (apply_limits), then each clue is held against how the program
 * ended (contradiction), and the best of those that are left is the cause, put into words by
 * death-tell.c.
 */
#include <signal.h>

#include "state/death-priv.h"

/* Lines after which a complaint, an exception was survived: perhaps, and surely. */
#define GOES_ON  3
#define WENT_ON  20
/* The same for an exception of a program of whose end its status is known. */
#define ENDED_ON 5

static bool named_pid(const struct judging *j, int pid)
{
	for (size_t i = 0; i < j->f->npids; i++)
		if (j->f->pids[i] == pid)
			return true;
	return false;
}

static bool signal_of_status(int code)
{
	static const int usual[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,
				    SIGBUS,  SIGFPE,  SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2,
				    SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGSYS};

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (code == 128 + usual[i])
			return true;
	return false;
}

/* What died of a signal itself did not die of what a child got. */
static bool is_anothers(const struct judging *j, const struct death_clue *c)
{
	return c->pid && j->f->pid && c->pid != j->f->pid && (!j->f->ended || j->f->sig);
}

/* How it ended: as wait(2) told us, else as the best of the clues says. */
static void settle_ending(struct judging *j)
{
	const struct death_clues *c = j->f->clues;
	const struct death_clue *best = NULL;

	j->known = j->f->ended;
	j->code = j->f->code;
	j->sig = j->f->sig;
	for (size_t i = 0; !j->known && c && i < c->n; i++)
		if (c->items[i].ends && !is_anothers(j, &c->items[i]) &&
		    (!best || c->items[i].weight >= best->weight))
			best = &c->items[i];
	if (best) {
		j->known = true;
		j->code = best->code;
		j->sig = best->sig;
	}
	if (!j->sig && signal_of_status(j->code))
		j->sig = j->code - 128;
}

/* Processes that were never seen may be another's: short-lived ones are missed. */
static void doubt_strangers(struct judging *j)
{
	for (size_t i = 0; i < j->own.n; i++) {
		struct death_clue *c = &j->own.items[i];

		if (!c->pid || !j->f->npids || named_pid(j, c->pid))
			continue;
		c->sure = DEATH_POSSIBLE;
		/* One that began after ours and died as a child of ours did may be that child. */
		c->weight = j->code > 128 && c->sig == j->sig && j->f->pid && c->pid > j->f->pid
				    ? DEATH_WEAK
				    : DEATH_STRANGE;
	}
}

/* May it have been handled, or have been another process's, as so many lines followed? */
static bool survived(const struct death_clue *c, uint64_t lines)
{
	bool outside = death_roots[c->cause] == DEATH_OUTSIDE;

	return c->log && c->after >= lines && (!outside || c->sure < DEATH_PROVEN) &&
	       c->cause != DEATH_SANITIZER;
}

/* It tells of the end of some process, as lists of processes that ended do. */
static bool names_death(const struct death_clue *c)
{
	return c->ends || c->cause == DEATH_FAULT || c->cause == DEATH_ABORT ||
	       death_roots[c->cause] == DEATH_OUTSIDE;
}

/* What a program wrote a few lines after it survived, perhaps. */
static void doubt_survived(struct judging *j)
{
	for (size_t i = 0; i < j->own.n; i++) {
		struct death_clue *c = &j->own.items[i];

		/* Wrappers end with 1, 2 or what the command ended with. */
		if (j->f->ended && c->usual && j->code > 2 && !j->sig && j->code != c->usual)
			c->sure = DEATH_POSSIBLE;
		if (!survived(c, GOES_ON))
			continue;
		if (!j->known && c->cause == DEATH_EXIT)
			c->after = WENT_ON;
		c->sure = !j->known                ? DEATH_POSSIBLE
			  : c->sure < DEATH_LIKELY ? c->sure
						   : DEATH_LIKELY;
		if (c->weight > DEATH_FAIR)
			c->weight = DEATH_FAIR;
	}
}

/* ---- limits ---- */

static bool is_finite(const struct judging *j, enum death_limit l)
{
	return j->f->limits[l].known && j->f->limits[l].soft != DEATH_UNLIMITED;
}

static const struct claim {
	enum death_cause from, to;
	enum death_limit limit;
	const char *name;
	bool bytes;
	uint64_t most; /* a higher limit is not blamed; 0: any is */
} claims[] = {
	{DEATH_ALLOCATION, DEATH_RLIMIT_AS, DEATH_LIMIT_AS, "RLIMIT_AS", true, 0},
	{DEATH_ALLOCATION, DEATH_RLIMIT_DATA, DEATH_LIMIT_DATA, "RLIMIT_DATA", true, 0},
	{DEATH_HEAP, DEATH_RLIMIT_AS, DEATH_LIMIT_AS, "RLIMIT_AS", true, 0},
	{DEATH_RLIMIT_NOFILE, DEATH_RLIMIT_NOFILE, DEATH_LIMIT_NOFILE, "RLIMIT_NOFILE", false, 0},
	/* As large as it is by default it is seldom what was met first. */
	{DEATH_PROCESSES, DEATH_RLIMIT_NPROC, DEATH_LIMIT_NPROC, "RLIMIT_NPROC", false, 8192},
};

/* What a limit explains is the limit's. */
static void apply_limits(struct judging *j)
{
	for (size_t i = 0; i < j->own.n; i++) {
		struct death_clue *c = &j->own.items[i];

		for (size_t k = 0; k < ARRAY_SIZE(claims); k++) {
			uint64_t v = j->f->limits[claims[k].limit].soft;

			if (c->cause != claims[k].from || !is_finite(j, claims[k].limit) ||
			    (claims[k].most && v > claims[k].most))
				continue;
			c->cause = claims[k].to;
			c->sure = DEATH_LIKELY;
			c->what = str_of(claims[k].bytes
						 ? arena_printf(j->a, "%s %s", claims[k].name,
								death_size(j->a, v))
						 : arena_printf(j->a, "%s %llu", claims[k].name,
								(unsigned long long)v));
			break;
		}
	}
}

/* ---- against the ending ---- */

static const char *contradiction(const struct judging *j, const struct death_clue *c)
{
	uint64_t fits = death_kinds[c->cause].endings;
	bool fit = j->sig ? fits & DEATH_BY(j->sig) : fits & DEATH_BY_CODE;

	if (is_anothers(j, c))
		return arena_printf(j->a, "that was process %d%s" STR_FMT "%s", c->pid,
				    c->name.n ? " (" : "", STR_ARG(c->name), c->name.n ? ")" : "");
	if (survived(c, WENT_ON) && !names_death(c) && (!j->known || c->cause != DEATH_EXIT))
		return "it went on after that";
	if (!j->known)
		return NULL;
	if (j->f->ended && j->code && survived(c, ENDED_ON) &&
	    (c->usual || c->cause == DEATH_EXCEPTION))
		return "it went on after that";
	if (!j->code && !j->sig && !j->f->ours)
		return "it ended with status 0";
	if (!j->code && !j->sig)
		return c->cause == DEATH_TIME_LIMIT || c->cause == DEATH_MEMORY_LIMIT ||
				       c->cause == DEATH_INTERRUPTED
			       ? NULL
			       : "it ended with status 0";
	if (fit)
		return NULL;
	return arena_printf(j->a, "it ended with " STR_FMT, STR_ARG(j->d->ending));
}

/* A program that may be killed without a clue: then somebody's kill -9 is what is left. */
static void add_kill(struct judging *j)
{
	bool all = j->f->ended && j->f->has_oom && j->f->kernel_read;

	for (size_t i = 0; i < j->own.n; i++)
		if (!j->why[i] && j->own.items[i].weight > DEATH_WEAK)
			return;
	/* A status of 137 may be a child's, if there was any. */
	if (j->sig != SIGKILL || !all || (j->code && j->f->npids < 2))
		return;
	death_fact(j, DEATH_SENT, j->code ? DEATH_POSSIBLE : DEATH_LIKELY, DEATH_WEAK, "SIGKILL",
		   "SIGKILL, by another process or its user (kill -9)");
}

/* A kill for want of memory of which another clue knows whose limit it was. */
static void merge_oom(struct judging *j)
{
	enum death_cause known = DEATH_OOM;

	for (size_t i = 0; i < j->own.n; i++)
		if (!j->why[i] && (j->own.items[i].cause == DEATH_OOM_GROUP ||
				   j->own.items[i].cause == DEATH_OOM_SYSTEM))
			known = j->own.items[i].cause;
	for (size_t i = 0; i < j->own.n; i++)
		if (j->own.items[i].cause == DEATH_OOM)
			j->own.items[i].cause = known;
}

static void hold_against(struct judging *j)
{
	size_t before = j->own.n;

	j->why = arena_zalloc(j->a, (before + 1) * sizeof(*j->why));
	for (size_t i = 0; i < before; i++)
		j->why[i] = contradiction(j, &j->own.items[i]);
	merge_oom(j);
	add_kill(j);
	for (size_t i = 0; i < j->own.n; i++)
		j->why[i] = contradiction(j, &j->own.items[i]);
}

static int rank(const struct death_clue *c)
{
	return 16 * (int)c->weight + 4 * (int)death_roots[c->cause] + (int)c->sure;
}

static const struct death_clue *best_clue(const struct judging *j)
{
	const struct death_clue *best = NULL;

	for (size_t i = 0; i < j->own.n; i++) {
		const struct death_clue *c = &j->own.items[i];

		if (j->why[i] || c->cause == DEATH_UNKNOWN || c->cause == DEATH_NONE ||
		    c->weight == DEATH_STRANGE)
			continue;
		if (!best || rank(c) > rank(best) || (rank(c) == rank(best) && c->from.file.n))
			best = c;
	}
	return best;
}

/* A text whose last words are of a good end, and nothing from outside speaks against it. */
static const struct death_clue *good_end(const struct judging *j)
{
	const struct death_clue *good = NULL;

	for (size_t i = 0; !j->f->ended && i < j->own.n; i++)
		if (j->own.items[i].cause == DEATH_NONE && j->own.items[i].log)
			good = &j->own.items[i];
	for (size_t i = 0; good && i < j->own.n; i++) {
		const struct death_clue *c = &j->own.items[i];
		bool outside = death_roots[c->cause] == DEATH_OUTSIDE,
		     strong = c->weight >= DEATH_STRONG,
		     stopped = c->ends && death_roots[c->cause] == DEATH_HOW;

		if (c->cause != DEATH_NONE && c->weight >= DEATH_FAIR &&
		    (c->log != good->log || (outside && strong) ||
		     (stopped && good->weight < DEATH_STRONG) ||
		     (strong && c->sure == DEATH_PROVEN && good->weight < DEATH_STRONG)))
			good = NULL;
	}
	return good;
}

void death_judge(const struct death_facts *f, struct arena *a, struct death *d)
{
	struct judging j = {.f = f, .a = a, .d = d};
	const struct death_clue *best, *good;
	bool well;

	*d = (struct death){.sentence = STR(""), .next = STR(""), .memory_note = STR("")};
	death_clues_init(&j.own, a);
	settle_ending(&j);
	death_say_ending(&j);
	death_add_facts(&j);
	apply_limits(&j);
	doubt_strangers(&j);
	doubt_survived(&j);
	hold_against(&j);
	good = good_end(&j);
	best = good ? NULL : best_clue(&j);
	if (best && best->ends && !f->ended) { /* of several programs, that one's end */
		j.code = best->code;
		j.sig = best->sig;
		death_say_ending(&j);
	}
	if (good && good->weight >= DEATH_STRONG)
		best = good;
	well = best ? best == good : j.known && !j.code && !j.sig;
	death_tell(&j, best, well);
	death_clues_release(&j.own);
}
