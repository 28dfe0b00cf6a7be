// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The verdict: see death.h. First the facts speak as clues of their own (add_facts), then limits
 * claim what they explain (apply_limits), then each clue is held against how the program ended
 * (contradiction), and the best of those that are left is the cause.
 */
#include <signal.h>
#include <stdlib.h>

#include "base/buf.h"
#include "state/death-priv.h"

#define EVIDENCE  5
#define OTHERS    3
#define RULED_OUT 5
#define CPU_NEAR  .75 /* of the limit: the two are counted by different clocks */
#define PEAK_NEAR .9

struct judging {
	const struct death_facts *f;
	struct arena *a;
	struct death *d;
	struct death_clues own; /* the facts', and copies of the readers' */
	const char **why;       /* of each: what contradicts it; NULL: nothing */
	bool known;
	int code, sig; /* sig also where a shell's status 128 + n tells of it */
};

/* ---- what the facts say ---- */

static bool is_finite(const struct judging *j, enum death_limit l)
{
	return j->f->limits[l].known && j->f->limits[l].soft != DEATH_UNLIMITED;
}

static void fact(struct judging *j, enum death_cause cause, enum death_sure sure,
		 enum death_weight weight, const char *text, const char *what)
{
	struct death_clue c = {.cause = cause,
			       .sure = sure,
			       .weight = weight,
			       .from = {.text = str_of(text), .file = STR("")},
			       .what = str_of(what),
			       .name = STR("")};

	death_clues_append(&j->own, &c);
}

static const char *signal_text(struct arena *a, int sig)
{
	const char *name = sig > 0 && sig < NSIG ? sigabbrev_np(sig) : NULL;

	return name ? arena_printf(a, "SIG%s (%s)", name, sigdescr_np(sig))
		    : arena_printf(a, "signal %d", sig);
}

static void say_ending(struct judging *j)
{
	const char *meaning = death_code_meaning(j->code);

	if (!j->known)
		j->d->ending = STR("");
	else if (j->code && j->sig)
		j->d->ending = str_of(arena_printf(j->a, "exit status %d: 128 + %d, %s", j->code,
						   j->sig, signal_text(j->a, j->sig)));
	else if (j->sig)
		j->d->ending = str_of(signal_text(j->a, j->sig));
	else
		j->d->ending =
			str_of(arena_printf(j->a, "exit status %d%s%s", j->code,
					    meaning ? ", usually " : "", meaning ? meaning : ""));
}

static void add_ours(struct judging *j)
{
	static const struct {
		enum death_cause cause;
		const char *text, *what;
	} ours[] = {
		[DEATH_OUR_TIME] = {DEATH_TIME_LIMIT, "inquest's --time-limit",
				    "inquest's --time-limit"},
		[DEATH_OUR_MEMORY] = {DEATH_MEMORY_LIMIT, "inquest's --memory-limit",
				      "inquest's --memory-limit"},
		[DEATH_OUR_STOP] = {DEATH_INTERRUPTED, "inquest was told to stop, and passed it on",
				    ""},
	};

	if (j->f->ours)
		fact(j, ours[j->f->ours].cause, DEATH_PROVEN, DEATH_CERTAIN, ours[j->f->ours].text,
		     ours[j->f->ours].what);
}

static void add_oom(struct judging *j)
{
	const struct death_facts *f = j->f;
	uint64_t rose = f->oom_after - f->oom_before;
	bool limited =
		f->group_limit && f->group_peak >= (uint64_t)(PEAK_NEAR * (double)f->group_limit);
	const char *text;

	if (!f->has_oom || f->oom_after <= f->oom_before)
		return;
	text = arena_printf(j->a,
			    "the counter oom_kill of its control group rose by %llu (to %llu)%s%s",
			    (unsigned long long)rose, (unsigned long long)f->oom_after,
			    limited ? "; it took all of its limit of " : "",
			    limited ? death_size(j->a, f->group_limit) : "");
	fact(j, limited ? DEATH_OOM_GROUP : DEATH_OOM,
	     j->sig == SIGKILL && !j->code ? DEATH_PROVEN : DEATH_LIKELY, DEATH_STRONG, text,
	     limited ? arena_printf(j->a, "limit %s", death_size(j->a, f->group_limit)) : "");
}

/* The kernel sends KILL at the hard limit; XCPU each second from the soft one on. */
static void add_cpu(struct judging *j)
{
	const struct death_rlimit *l = &j->f->limits[DEATH_LIMIT_CPU];
	/* After each XCPU the kernel raises the soft limit by a second. */
	uint64_t limit = j->sig == SIGXCPU ? l->soft - (l->soft > 1) : l->hard;

	if ((j->sig != SIGKILL && j->sig != SIGXCPU) || !l->known ||
	    (j->sig == SIGXCPU ? l->soft : l->hard) == DEATH_UNLIMITED ||
	    j->f->cpu_seconds < CPU_NEAR * (double)limit)
		return;
	fact(j, DEATH_RLIMIT_CPU, j->code ? DEATH_LIKELY : DEATH_PROVEN, DEATH_STRONG,
	     arena_printf(j->a, "it used %.1f s of CPU; RLIMIT_CPU is %llu s", j->f->cpu_seconds,
			  (unsigned long long)limit),
	     arena_printf(j->a, "RLIMIT_CPU %llu s", (unsigned long long)limit));
}

/* What an ending says of itself. */
static const struct by_signal {
	int sig;
	enum death_cause cause;
	enum death_sure sure;
	const char *what;
} by_signal[] = {
	{SIGSEGV, DEATH_FAULT, DEATH_LIKELY, "SIGSEGV, memory that it may not use"},
	{SIGBUS, DEATH_FAULT, DEATH_LIKELY,
	 "SIGBUS, a mapped file that became shorter, or misaligned memory"},
	{SIGFPE, DEATH_FAULT, DEATH_LIKELY, "SIGFPE, an integer division by zero or overflow"},
	{SIGILL, DEATH_FAULT, DEATH_LIKELY,
	 "SIGILL, an instruction that this processor lacks, or __builtin_trap()"},
	{SIGTRAP, DEATH_FAULT, DEATH_LIKELY, "SIGTRAP, a breakpoint instruction"},
	{SIGABRT, DEATH_ABORT, DEATH_LIKELY, "SIGABRT"},
	{SIGSYS, DEATH_SECCOMP, DEATH_LIKELY, "SIGSYS"},
	{SIGXCPU, DEATH_RLIMIT_CPU, DEATH_LIKELY, "SIGXCPU"},
	{SIGXFSZ, DEATH_RLIMIT_FSIZE, DEATH_LIKELY, "SIGXFSZ"},
	{SIGPIPE, DEATH_PIPE, DEATH_LIKELY, "SIGPIPE"},
	{SIGINT, DEATH_INTERRUPTED, DEATH_LIKELY, "SIGINT, ^C"},
	{SIGQUIT, DEATH_INTERRUPTED, DEATH_LIKELY, "SIGQUIT, ^\\"},
	{SIGHUP, DEATH_SENT, DEATH_LIKELY,
	 "SIGHUP: its terminal or session ended, or somebody sent it"},
	{SIGALRM, DEATH_SENT, DEATH_LIKELY,
	 "SIGALRM, of a timer of its own that it does not handle"},
	{SIGVTALRM, DEATH_SENT, DEATH_LIKELY, "SIGVTALRM, of a timer of its own"},
	{SIGPROF, DEATH_SENT, DEATH_LIKELY, "SIGPROF, of a profiling timer"},
};

static void add_signal(struct judging *j)
{
	const char *text = arena_printf(j->a, STR_FMT, STR_ARG(j->d->ending));

	if (!j->sig || j->sig == SIGKILL)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(by_signal); i++) {
		if (by_signal[i].sig != j->sig)
			continue;
		fact(j, by_signal[i].cause, j->code ? DEATH_POSSIBLE : by_signal[i].sure,
		     DEATH_WEAK, text, by_signal[i].what);
		return;
	}
	fact(j, DEATH_SENT, j->code ? DEATH_POSSIBLE : DEATH_PROVEN, DEATH_WEAK, text,
	     signal_text(j->a, j->sig));
}

static void add_code(struct judging *j)
{
	static const struct {
		int code;
		enum death_cause cause;
		enum death_sure sure;
	} by_code[] = {{124, DEATH_TIME_LIMIT, DEATH_POSSIBLE},
		       {126, DEATH_NOT_EXECUTABLE, DEATH_POSSIBLE},
		       {127, DEATH_NO_COMMAND, DEATH_POSSIBLE}};
	const char *text = arena_printf(j->a, STR_FMT, STR_ARG(j->d->ending)),
		   *meaning = death_code_meaning(j->code);

	if (!j->code || j->sig)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(by_code); i++)
		if (by_code[i].code == j->code)
			fact(j, by_code[i].cause, by_code[i].sure, DEATH_WEAK, text, meaning);
	if (!j->own.n || !death_code_meaning(j->code) || j->code < 124 || j->code > 127)
		fact(j, DEATH_EXIT, DEATH_LIKELY, DEATH_WEAK, text,
		     meaning ? arena_printf(j->a, "status %d: %s", j->code, meaning)
			     : arena_printf(j->a, "status %d", j->code));
}

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

static void add_facts(struct judging *j)
{
	const struct death_clues *c = j->f->clues;

	add_ours(j);
	add_oom(j);
	add_cpu(j);
	for (size_t i = 0; c && i < c->n; i++)
		death_clues_append(&j->own, &c->items[i]);
	if (j->known && (j->code || j->sig)) {
		add_signal(j);
		add_code(j);
	}
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

/* ---- limits ---- */

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
	if (!j->known)
		return NULL;
	if (!j->code && !j->sig)
		return "it ended with status 0";
	if (fit)
		return NULL;
	return arena_printf(j->a, "it ended with " STR_FMT, STR_ARG(j->d->ending));
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

/* A program that may be killed without a clue: then somebody's kill -9 is what is left. */
static void add_kill(struct judging *j)
{
	bool all = j->f->ended && j->f->has_oom && j->f->kernel_read;

	for (size_t i = 0; i < j->own.n; i++)
		if (!j->why[i] && j->own.items[i].weight > DEATH_WEAK)
			return;
	if (j->sig != SIGKILL || j->code || !all)
		return;
	fact(j, DEATH_SENT, DEATH_LIKELY, DEATH_WEAK, "SIGKILL",
	     "SIGKILL, by another process or its user (kill -9)");
}

/* A kill for want of memory of which another clue knows whose limit, or whose kill, it was. */
static void merge_oom(struct judging *j)
{
	enum death_cause known = DEATH_OOM;

	for (size_t i = 0; i < j->own.n; i++)
		if (!j->why[i] && (j->own.items[i].cause == DEATH_OOM_GROUP ||
				   j->own.items[i].cause == DEATH_OOM_SYSTEM ||
				   j->own.items[i].cause == DEATH_OOM_DAEMON))
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

/* That it ended by itself says least of all. */
static int rank(const struct death_clue *c)
{
	return 2 * (int)c->weight + (c->cause != DEATH_EXIT);
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

/* ---- telling ---- */

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

void death_judge(const struct death_facts *f, struct arena *a, struct death *d)
{
	struct judging j = {.f = f, .a = a, .d = d};
	const struct death_clue *best;

	*d = (struct death){.sentence = STR(""), .next = STR(""), .memory_note = STR("")};
	death_clues_init(&j.own, a);
	settle_ending(&j);
	say_ending(&j);
	add_facts(&j);
	apply_limits(&j);
	doubt_strangers(&j);
	hold_against(&j);
	best = best_clue(&j);
	if (best && best->ends && !f->ended) { /* of several programs, that one's end */
		j.code = best->code;
		j.sig = best->sig;
		say_ending(&j);
	}
	if (j.known && !j.code && !j.sig) {
		d->cause = DEATH_NONE;
		d->sure = DEATH_PROVEN;
		d->sentence = sentence(&j, DEATH_NONE, STR(""), NULL);
	} else if (best) {
		d->cause = best->cause;
		d->sure = proves(&j, best);
		d->sentence = sentence(&j, best->cause, best->what, best);
		tell_evidence(&j, best);
	} else {
		tell_unknown(&j);
	}
	tell_others(&j);
	tell_suspects(&j);
	tell_memory(&j);
	d->next = next_step(&j);
	death_clues_release(&j.own);
}
