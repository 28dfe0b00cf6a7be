// SPDX-License-Identifier: GPL-3.0-or-later
/* Signals and exit statuses in words, and sacct's table: see lastwords-priv.h. */
#include <signal.h>

#include "state/lastwords-priv.h"

#define LOOK_AT 1024 /* bytes of a line */

struct lowered {
	char text[LOOK_AT];
	size_t n;
};

static struct str lower(struct lowered *l, struct str s)
{
	l->n = s.n < sizeof(l->text) ? s.n : sizeof(l->text);
	for (size_t i = 0; i < l->n; i++)
		l->text[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 32 : s.p[i]);
	return (struct str){l->text, l->n};
}

static bool any_of(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lastwords_has(s, words[i]))
			return true;
	return false;
}

/* ---- signals ---- */

static const int told[] = {SIGKILL, SIGSEGV, SIGABRT, SIGBUS,  SIGFPE, SIGILL, SIGTRAP,
			   SIGTERM, SIGSYS,  SIGXCPU, SIGXFSZ, SIGHUP, SIGINT};

/* As shells, make, mpirun, srun and libraries tell of a child; sigdescr_np() has the words. */
static bool tells_signal(struct str s, struct str word)
{
	size_t at = str_find(s, word), digits = 0;
	struct str before = str_trim(str_head(s, at)), rest = str_from(s, at + word.n);

	if (at == s.n || (rest.n && rest.p[0] != ' ' && rest.p[0] != ')' && rest.p[0] != '\t'))
		return false;
	if (at == 0)
		return !str_trim(rest).n || str_starts(str_trim(rest), STR("(core dumped)"));
	while (digits < before.n && (unsigned)(before.p[before.n - 1 - digits] - '0') <= 9)
		digits++;
	/* "x.sh: line 3:  4242 Killed      ./x", "make: *** [all] Killed", "on signal 9 (Killed)"
	 */
	return (digits > 0 && (lastwords_has(before, ": line ") || digits == before.n)) ||
	       (lastwords_has(before, "*** [") && before.p[before.n - 1] == ']') ||
	       (str_ends(before, STR("(")) && lastwords_has(before, "signal ")) ||
	       str_ends(before, STR("Signal:")) || str_ends(before, STR("exit string:")) ||
	       (lastwords_has(before, ": error: ") && lastwords_has(before, ": task"));
}

/* "SIGKILL" as a word. */
static bool names_signal(struct str s, int sig)
{
	const char *name = sigabbrev_np(sig);
	size_t n = strlen(name);

	for (size_t at = 0; at < s.n; at += 3) {
		struct str rest;

		at += str_find(str_from(s, at), STR("SIG"));
		rest = str_from(s, at + 3);
		if (str_starts(rest, str_of(name)) &&
		    (rest.n == n || (rest.p[n] | 32) < 'a' || (rest.p[n] | 32) > 'z'))
			return true;
	}
	return false;
}

/* "signal 9", "signal: 11" */
static int numbers_signal(struct str s)
{
	for (size_t at = 0; at < s.n; at++) {
		size_t n = 0;
		struct str rest;
		uint64_t v;

		at += str_find(str_from(s, at), STR("signal"));
		rest = str_from(s, at + 6);
		while (rest.n && (rest.p[0] == ' ' || rest.p[0] == ':' || rest.p[0] == '='))
			rest = str_from(rest, 1);
		while (n < rest.n && (unsigned)(rest.p[n] - '0') <= 9)
			n++;
		if (n && rest.p > s.p + at + 6 && str_u64(str_head(rest, n), &v) && v > 0 &&
		    v < NSIG)
			return (int)v;
	}
	return 0;
}

/* systemd: "code=dumped, status=11/SEGV" */
static int systemd_signal(struct str s)
{
	static const char *const words[] = {"code=killed, status=", "code=dumped, status="};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct str rest = str_from(s, str_find(s, str_of(words[i])) + strlen(words[i]));
		uint64_t v;

		if (str_u64(str_head(rest, str_find_char(rest, '/')), &v) && v > 0 && v < NSIG)
			return (int)v;
	}
	return 0;
}

int lastwords_signal(struct str s)
{
	static const char *const ends[] = {
		"kill",   "terminat", "died",    "exit",        "received",    "crash",
		"caught", "got",      "fatal",   "failed",      "aborted",     "dumped",
		"with",   "by",       "signal:", "err! signal", "error signal"};
	static const char *const not_yet[] = {"sending", "closing signal", "send signal",
					      "handler", "ignor",          "passing"};
	/* as Go, Rust and CircleCI write them */
	static const struct {
		const char *text;
		int sig;
	} named[] = {
		{"signal: killed", SIGKILL},
		{"\"killed\" signal", SIGKILL},
		{"signal killed", SIGKILL},
		{"signal: term", SIGTERM},
		{"signal terminated", SIGTERM},
		{"signal interrupt", SIGINT},
		{"signal: interrupt", SIGINT},
		{"signal hangup", SIGHUP},
		{"signal: hangup", SIGHUP},
		{"signal: segmentation fault", SIGSEGV},
		{"signal: aborted", SIGABRT},
		{"signal: bus error", SIGBUS},
		{"signal: floating point exception", SIGFPE},
		{"signal: illegal instruction", SIGILL},
	};
	struct lowered buf;
	struct str low;
	int sig = systemd_signal(s);

	if (sig || str_eq(str_trim(s), STR("^C")))
		return sig ? sig : SIGINT;
	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		if (tells_signal(s, str_of(sigdescr_np(told[i]))))
			return told[i];
	low = lower(&buf, s);
	if (!lastwords_has(low, "sig") || any_of(low, not_yet, ARRAY_SIZE(not_yet)) ||
	    !any_of(low, ends, ARRAY_SIZE(ends)))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		if (names_signal(s, told[i]))
			return told[i];
	for (size_t i = 0; i < ARRAY_SIZE(named); i++)
		if (lastwords_has(low, named[i].text))
			return named[i].sig;
	return numbers_signal(low);
}

void lastwords_signal_clue(struct arena *a, int sig, struct death_clue *c)
{
	static const struct {
		int sig;
		enum death_cause cause;
	} causes[] = {
		{SIGKILL, DEATH_UNKNOWN},      {SIGABRT, DEATH_ABORT},
		{SIGTERM, DEATH_SENT},         {SIGHUP, DEATH_SENT},
		{SIGUSR1, DEATH_SENT},         {SIGUSR2, DEATH_SENT},
		{SIGSYS, DEATH_SECCOMP},       {SIGXCPU, DEATH_RLIMIT_CPU},
		{SIGXFSZ, DEATH_RLIMIT_FSIZE}, {SIGPIPE, DEATH_PIPE},
		{SIGINT, DEATH_INTERRUPTED},   {SIGQUIT, DEATH_INTERRUPTED},
		{SIGALRM, DEATH_SENT},
	};

	c->cause = DEATH_FAULT;
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].sig == sig)
			c->cause = causes[i].cause;
	c->what = sigabbrev_np(sig) ? str_of(arena_printf(a, "SIG%s", sigabbrev_np(sig)))
				    : str_of(arena_printf(a, "signal %d", sig));
}

bool lastwords_signals(struct lastwords *w, struct str s, struct death_clue *c)
{
	int sig = lastwords_signal(s);

	if (!sig)
		return false;
	c->ends = true;
	c->sig = sig;
	c->sure = DEATH_LIKELY;
	/* That it was SIGABRT says less than any message before it. */
	c->weight = sig == SIGABRT ? DEATH_WEAK : DEATH_FAIR;
	lastwords_signal_clue(w->clues->arena, sig, c);
	lastwords_add(w, c);
	return true;
}

/* ---- statuses ---- */

/* The number behind a word, as in "exit code 137", "exitcode  : -9", "status=1"; false: none. */
static bool number_behind(struct str s, const char *word, int *out)
{
	struct str rest = lastwords_behind(s, word);
	bool negative;
	size_t n = 0;
	uint64_t v;

	while (rest.n && memchr(" :=\"'[", rest.p[0], 6))
		rest = str_from(rest, 1);
	if (str_starts(rest, STR("exit status ")))
		rest = str_from(rest, 12);
	negative = rest.n && rest.p[0] == '-';
	if (negative)
		rest = str_from(rest, 1);
	while (n < rest.n && (unsigned)(rest.p[n] - '0') <= 9)
		n++;
	if (!n || !str_u64(str_head(rest, n), &v) || v > (negative ? 64 : 255) ||
	    str_starts(str_from(rest, n), STR(" if "))) /* a manual */
		return false;
	*out = negative ? -(int)v : (int)v;
	return true;
}

bool lastwords_status(struct lastwords *w, struct str s, struct death_clue *c)
{
	static const char *const words[] = {
		"exit code",  "exit status",       "exited with code", "exited with status",
		"exitcode",   "ended with status", "non-zero code",    "returned code",
		"exit value", "exited with",       "return code",      "code=exited, status",
	};
	struct lowered buf;
	struct str low = lower(&buf, s);
	int v = 0;
	bool found = false;

	for (size_t i = 0; !found && i < ARRAY_SIZE(words); i++)
		found = lastwords_has(low, words[i]) && number_behind(low, words[i], &v);
	if (!found && lastwords_has(low, "*** [") && lastwords_has(low, "] error "))
		found = number_behind(low, "] error", &v);
	if (!found)
		return false;
	c->ends = v != 0;
	c->code = v > 0 ? v : 0;
	c->sig = v < 0 ? -v : 0;
	c->cause = v ? DEATH_UNKNOWN : DEATH_NONE;
	c->sure = DEATH_LIKELY;
	/* What a wrapper passes on as 1 or 2 tells less than what it was told. */
	c->weight = v == 1 || v == 2 ? DEATH_WEAK : v ? DEATH_FAIR : DEATH_CERTAIN;
	if (c->sig)
		lastwords_signal_clue(w->clues->arena, c->sig, c);
	lastwords_add(w, c);
	return true;
}

/* "Memory Size: 256 MB	Max Memory Used: 256 MB": a function of AWS Lambda that took all it had. */
bool lastwords_lambda(struct lastwords *w, struct str s, struct death_clue *c)
{
	static const char size_of[] = "Memory Size: ", used_of[] = "Max Memory Used: ";
	struct str size, used;

	if (!lastwords_has(s, size_of) || !lastwords_has(s, used_of))
		return false;
	size = lastwords_behind(s, size_of);
	used = lastwords_behind(s, used_of);
	size.n = str_find_char(size, 'B');
	used.n = str_find_char(used, 'B');
	if (!str_eq(size, used))
		return false;
	c->cause = DEATH_MEMORY_LIMIT;
	c->sure = DEATH_LIKELY;
	c->weight = DEATH_FAIR;
	c->what = arena_str(w->clues->arena, lastwords_behind(s, size_of));
	c->what.n = size.n;
	lastwords_add(w, c);
	return true;
}

/* ---- sacct ---- */

/* The cell of a row under a column's name: its words end where the header's column ends. */
static struct str cell(const struct lastwords *w, struct str row, const char *name)
{
	size_t at = str_find(w->header, str_of(name)), from, to;

	if (at == w->header.n)
		return STR("");
	if (w->piped) {
		size_t no = str_count_char(str_head(w->header, at), '|');
		struct str one = STR("");

		for (size_t i = 0; i <= no; i++)
			if (!str_next(&row, '|', &one))
				return STR("");
		return str_trim(one);
	}
	/* Columns are right-aligned, and cut at their width. */
	to = at + strlen(name);
	from = to;
	if (row.n < to)
		return STR("");
	while (to < row.n && row.p[to] != ' ')
		to++;
	while (from > 0 && row.p[from - 1] != ' ')
		from--;
	return str_trim((struct str){row.p + from, to - from});
}

bool lastwords_sacct(struct lastwords *w, struct str s, struct death_clue *c)
{
	static const struct {
		const char *state;
		enum death_cause cause;
		const char *what;
	} states[] = {
		{"OUT_OF_ME", DEATH_OOM_GROUP, "the memory that its Slurm job asked for"},
		{"TIMEOUT", DEATH_TIME_LIMIT, "of its Slurm job"},
		{"DEADLINE", DEATH_TIME_LIMIT, "the deadline of its Slurm job"},
		{"NODE_FAIL", DEATH_NODE, "NODE FAIL of Slurm"},
		{"BOOT_FAIL", DEATH_NODE, "it did not start"},
		{"PREEMPTED", DEATH_EVICTED, "a Slurm job with more right preempted it"},
		{"CANCELLED", DEATH_CANCELLED, "scancel"},
		{"FAILED", DEATH_UNKNOWN, ""},
		{"COMPLETED", DEATH_NONE, ""},
	};
	struct str state, code;
	uint64_t v;

	if (lastwords_has(s, "JobID") && lastwords_has(s, "State")) {
		w->piped = lastwords_has(s, "|");
		w->header = arena_str(w->clues->arena, s);
		return true;
	}
	if (!w->header.n || !s.n || s.p[0] == '-')
		return false;
	state = cell(w, s, "State");
	code = cell(w, s, "ExitCode");
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct str signal = lastwords_behind(code, ":");

		if (!str_starts(state, str_of(states[i].state)))
			continue;
		c->cause = states[i].cause;
		c->what = str_of(states[i].what);
		c->sure = DEATH_PROVEN;
		/* A step ends as its job makes it end. */
		c->weight = lastwords_has(cell(w, s, "JobID"), ".") ? DEATH_STRONG : DEATH_CERTAIN;
		c->ends = lastwords_has(code, ":") &&
			  str_u64(str_head(code, str_find_char(code, ':')), &v);
		c->code = c->ends && v < 256 ? (int)v : 0;
		if (c->ends && str_u64(signal, &v) && v < NSIG)
			c->sig = (int)v;
		/* Jobs with a cause from outside are given 0:0, and 0:125 for memory. */
		if (!c->code && !c->sig)
			c->ends = false;
		lastwords_add(w, c);
		return true;
	}
	return false;
}
