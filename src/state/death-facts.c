// SPDX-License-Identifier: GPL-3.0-or-later
/* What facts say of a death, as clues of their own: see death.h. */
#include <signal.h>

#include "state/death-priv.h"

#define CPU_NEAR  .75 /* of the limit: the two are counted by different clocks */
#define PEAK_NEAR .9
#define TIME_NEAR .99

void death_fact(struct judging *j, enum death_cause cause, enum death_sure sure,
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
		death_fact(j, ours[j->f->ours].cause, DEATH_PROVEN, DEATH_CERTAIN,
			   ours[j->f->ours].text, ours[j->f->ours].what);
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
	death_fact(j, limited ? DEATH_OOM_GROUP : DEATH_OOM,
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
	death_fact(j, DEATH_RLIMIT_CPU, j->code ? DEATH_LIKELY : DEATH_PROVEN, DEATH_STRONG,
		   arena_printf(j->a, "it used %.1f s of CPU; RLIMIT_CPU is %llu s",
				j->f->cpu_seconds, (unsigned long long)limit),
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
		death_fact(j, by_signal[i].cause, j->code ? DEATH_POSSIBLE : by_signal[i].sure,
			   DEATH_WEAK, text, by_signal[i].what);
		return;
	}
	death_fact(j, DEATH_SENT, j->code ? DEATH_POSSIBLE : DEATH_PROVEN, DEATH_WEAK, text,
		   death_signal_text(j->a, j->sig));
}

/* Seconds, as timeout(1) and sleep(1) take them: "5", "1.5m"; < 0: none. */
static double duration(struct str s)
{
	static const char units[] = "smhd";
	static const double seconds[] = {1, 60, 3600, 86400};
	double unit = 1, v;

	for (size_t i = 0; s.n && i < ARRAY_SIZE(seconds); i++) {
		if (s.p[s.n - 1] != units[i])
			continue;
		unit = seconds[i];
		s.n--;
		break;
	}
	return str_double(s, &v) && v >= 0 ? v * unit : -1;
}

/* The limit of time that a command which is timeout(1) gives another; < 0: it is none. */
static double timeout_of(struct str command)
{
	struct str word;
	bool first = true, value = false;

	while (command.n && str_next(&command, ' ', &word)) {
		if (first && !str_eq(word, STR("timeout")) && !str_ends(word, STR("/timeout")))
			return -1;
		if (!first && !value && !str_starts(word, STR("-")))
			return duration(word);
		value = !first &&
			(str_eq(word, STR("-s")) || str_eq(word, STR("-k")) ||
			 str_eq(word, STR("--signal")) || str_eq(word, STR("--kill-after")));
		first = false;
	}
	return -1;
}

/* It is timeout(1), and ended before the time that it gives. */
static bool in_time(const struct judging *j)
{
	return j->f->seconds > 0 && j->f->seconds < timeout_of(j->f->command) * TIME_NEAR;
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
		if (by_code[i].code == j->code &&
		    (by_code[i].cause != DEATH_TIME_LIMIT || !in_time(j)))
			death_fact(j, by_code[i].cause, by_code[i].sure, DEATH_WEAK, text, meaning);
	if (!j->own.n || !death_code_meaning(j->code) || j->code < 124 || j->code > 127)
		death_fact(j, DEATH_EXIT, DEATH_LIKELY, DEATH_WEAK, text,
			   meaning ? arena_printf(j->a, "status %d: %s", j->code, meaning)
				   : arena_printf(j->a, "status %d", j->code));
}

static void add_timeout(struct judging *j)
{
	double limit = timeout_of(j->f->command);

	if (limit <= 0 || j->f->seconds < limit * TIME_NEAR || (!j->sig && j->code != 124))
		return;
	death_fact(j, DEATH_TIME_LIMIT, j->code == 124 ? DEATH_PROVEN : DEATH_LIKELY, DEATH_STRONG,
		   arena_printf(j->a, "timeout(1) gave it %g s, and it took %.2f s", limit,
				j->f->seconds),
		   arena_printf(j->a, "timeout(1), %g s", limit));
}

void death_add_facts(struct judging *j)
{
	const struct death_clues *c = j->f->clues;

	add_ours(j);
	add_oom(j);
	add_cpu(j);
	add_timeout(j);
	for (size_t i = 0; c && i < c->n; i++)
		death_clues_append(&j->own, &c->items[i]);
	if (j->known && (j->code || j->sig)) {
		add_signal(j);
		add_code(j);
	}
}
