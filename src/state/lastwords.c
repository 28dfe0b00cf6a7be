// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What lines say of an end: see lastwords.h. Phrases first (lastwords-table.c), then what needs
 * more than a phrase: exceptions whose head and message stand on several lines, signals and exit
 * statuses in words, sacct's table. What an uncaught exception names (MemoryError) has the cause of
 * its phrase, with more weight.
 */
#include <signal.h>

#include "state/lastwords-priv.h"
#include "text/symptom.h"

void lastwords_init(struct lastwords *w, struct death_clues *c, struct str file)
{
	*w = (struct lastwords){.clues = c, .file = file, .header = STR("")};
	kernlog_init(&w->kernel, c);
}

void lastwords_release(struct lastwords *w)
{
	kernlog_release(&w->kernel);
}

static bool has(struct str s, const char *word)
{
	return str_contains(s, str_of(word));
}

static bool starts(struct str s, const char *word)
{
	return str_starts(s, str_of(word));
}

static struct str behind(struct str s, const char *word)
{
	return str_from(s, str_find(s, str_of(word)) + strlen(word));
}

bool lastwords_find(struct str message, struct death_clue *c)
{
	for (size_t i = 0; i < lastwords_nphrases; i++) {
		const struct lastwords_phrase *p = &lastwords_phrases[i];

		if (!has(message, p->has) || (p->also && !has(message, p->also)))
			continue;
		c->cause = p->cause;
		c->sure = p->sure;
		c->weight = p->weight;
		c->ends = p->sig != 0;
		c->sig = p->sig;
		switch (p->what) {
		case WHAT_NOTHING: c->what = STR(""); break;
		case WHAT_FROM:
			c->what = str_from(message, str_find(message, str_of(p->has)));
			break;
		case WHAT_BEHIND: c->what = behind(message, p->has); break;
		case WHAT_LINE: c->what = str_trim(message); break;
		case WHAT_TEXT: c->what = str_of(p->text); break;
		}
		return true;
	}
	return false;
}

static void add(struct lastwords *w, const struct death_clue *c)
{
	death_clue_add(w->clues, c);
}

/* ---- exceptions ---- */

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "ValueError: x", "a.b.C: x", "KeyError": a type and its message. */
static bool is_exception(struct str s)
{
	size_t n = 0;

	while (n < s.n && (((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'z') || s.p[n] == '_' ||
			   s.p[n] == '.' || (n && s.p[n] >= '0' && s.p[n] <= '9')))
		n++;
	return n > 0 &&
	       (n == s.n || s.p[n] == ':' || (s.p[n] == ' ' && n + 1 < s.n && s.p[n + 1] == '['));
}

/* An exception that ended the program, as its type and message tell. */
static void uncaught(struct lastwords *w, struct death_clue *c, struct str type_and_message)
{
	bool strong = w->plain;

	c->cause = DEATH_EXCEPTION;
	c->what = type_and_message;
	if (lastwords_find(type_and_message, c)) {
		c->ends = false;
		c->sig = 0;
		if (c->cause == DEATH_ALLOCATION || c->cause == DEATH_EXCEPTION ||
		    c->cause == DEATH_STACK)
			c->what = type_and_message;
	} else if (starts(type_and_message, "AssertionError")) {
		c->cause = DEATH_ASSERT;
	} else if (starts(type_and_message, "BrokenPipeError")) {
		c->cause = DEATH_PIPE;
	}
	c->sure = strong ? DEATH_PROVEN : DEATH_LIKELY;
	c->weight = strong ? DEATH_STRONG : DEATH_FAIR;
	if (starts(type_and_message, "KeyboardInterrupt"))
		c->cause = DEATH_INTERRUPTED;
	add(w, c);
}

/* "terminate called after throwing an instance of 'std::runtime_error'", "  what():  x" */
static bool cxx(struct lastwords *w, struct str s, struct death_clue *c)
{
	static const char thrown[] = "terminate called after throwing an instance of '";
	struct str type;

	if (w->throw_at && has(s, "what():  ")) {
		struct death_clue *to = &w->clues->items[w->throw_at - 1];

		if (!str_eq(to->what, str_trim(behind(s, "what():  "))))
			to->what = str_of(arena_printf(w->clues->arena, STR_FMT ": " STR_FMT,
						       STR_ARG(to->what),
						       STR_ARG(behind(s, "what():  "))));
		w->throw_at = 0;
		return true;
	}
	w->throw_at = 0;
	if (!has(s, thrown))
		return false;
	type = behind(s, thrown);
	type.n = str_find_char(type, '\'');
	c->cause = DEATH_EXCEPTION;
	c->what = type;
	if (has(type, "bad_alloc") || has(type, "bad_array_new_length"))
		c->cause = DEATH_ALLOCATION;
	c->sure = DEATH_PROVEN;
	c->weight = DEATH_STRONG;
	add(w, c);
	w->throw_at = w->clues->n;
	return true;
}

static bool python(struct lastwords *w, struct str s, struct str raw, struct death_clue *c)
{
	if (has(s, "Traceback (most recent call last):")) {
		w->traceback = true;
		w->plain = starts(raw, "Traceback") || starts(raw, "  + Exception Group Traceback");
		return true;
	}
	if (!w->traceback || (raw.n && blank(raw.p[0])) || !str_trim(s).n)
		return w->traceback && raw.n && blank(raw.p[0]);
	w->traceback = false;
	if (!is_exception(s))
		return false;
	uncaught(w, c, s);
	return true;
}

/* The statement, "    ^", an empty line, "Error: text", frames. */
static bool node(struct lastwords *w, struct str s, struct death_clue *c)
{
	struct str t = str_trim(s);

	if (t.n && str_count_char(t, '^') == t.n) {
		w->caret = true;
		return false;
	}
	if (!w->caret || !t.n)
		return false;
	w->caret = false;
	if (starts(t, "Uncaught "))
		t = str_from(t, 9);
	if (!is_exception(t) || (s.n && blank(s.p[0])) || starts(t, "SyntaxError"))
		return false;
	w->plain = true;
	uncaught(w, c, t);
	return true;
}

static bool java(struct lastwords *w, struct str s, struct death_clue *c)
{
	struct str t;

	if (!has(s, "Exception in thread \"") || !has(s, "\" "))
		return false;
	t = behind(behind(s, "Exception in thread \""), "\" ");
	w->plain = true;
	uncaught(w, c, t);
	return true;
}

static bool rust(struct lastwords *w, struct str s, struct death_clue *c)
{
	struct str t;

	if (w->panic_at) { /* since 1.73 the message has a line of its own */
		struct death_clue *to = &w->clues->items[w->panic_at - 1];

		to->what = arena_str(w->clues->arena, str_trim(s));
		w->panic_at = 0;
		return true;
	}
	if (!has(s, "thread '") || !has(s, " panicked at "))
		return false;
	t = behind(s, " panicked at ");
	c->cause = DEATH_PANIC;
	c->sure = DEATH_LIKELY; /* of another thread than main it may be survived */
	if (has(s, "thread 'main' "))
		c->sure = DEATH_PROVEN;
	c->weight = DEATH_STRONG;
	c->what = t;
	add(w, c);
	if (str_ends(str_trim(s), STR(":")))
		w->panic_at = w->clues->n;
	return true;
}

static bool go(struct lastwords *w, struct str raw, struct death_clue *c)
{
	bool panics = starts(raw, "panic: "), fatal = starts(raw, "fatal error: ");

	if (!panics && !fatal)
		return false;
	c->cause = DEATH_PANIC;
	c->sure = DEATH_LIKELY;
	c->weight = DEATH_STRONG;
	c->what = str_trim(behind(raw, panics ? "panic: " : "fatal error: "));
	add(w, c);
	return true;
}

/* ---- signals in words ---- */

/* As shells, make, mpirun, srun and libraries tell of a child; sigdescr_np() has the words. */
static bool tells_signal(struct str s, struct str word)
{
	size_t at = str_find(s, word);
	struct str before = str_head(s, at), rest = str_from(s, at + word.n);
	size_t digits = 0;

	if (at == s.n || (rest.n && rest.p[0] != ' ' && rest.p[0] != ')' && rest.p[0] != '\t'))
		return false;
	if (at == 0)
		return !str_trim(rest).n || starts(str_trim(rest), "(core dumped)");
	while (before.n && blank(before.p[before.n - 1]))
		before.n--;
	while (digits < before.n && (unsigned)(before.p[before.n - 1 - digits] - '0') <= 9)
		digits++;
	/* "x.sh: line 3:  4242 Killed      ./x", "make: *** [all] Killed", "on signal 9 (Killed)"
	 */
	return (digits > 0 && (has(before, ": line ") || digits == before.n)) ||
	       (has(before, "*** [") && before.p[before.n - 1] == ']') ||
	       (str_ends(before, STR("(")) && has(before, "signal ")) ||
	       str_ends(before, STR("Signal:")) ||
	       (has(before, ": error: ") && has(before, ": task"));
}

static bool names_signal(struct str s, int sig)
{
	static const char *const verbs[] = {"killed",  "terminat", "died",   "exited", "received",
					    "crashed", "caught",   "signal", "with",   "by"};
	const char *name = sigabbrev_np(sig);
	char full[16];
	size_t at, n;
	bool verb = false;

	n = strlen(name);
	memcpy(full, "SIG", 3);
	memcpy(full + 3, name, n);
	full[n + 3] = '\0';
	at = str_find(s, str_of(full));
	n += 3;
	if (at == s.n || (at + n < s.n && ((s.p[at + n] | 32) >= 'a' && (s.p[at + n] | 32) <= 'z')))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		verb = verb || str_contains_nocase(s, str_of(verbs[i]));
	return verb;
}

static bool numbers_signal(struct str s, int *sig)
{
	static const char *const words[] = {"on signal ", "by signal ", "with signal ",
					    "from signal ", "got signal ", "aught signal ",
					    "(signal: ",
					    /* systemd: "code=dumped, status=31/SYS" */
					    "code=killed, status=", "code=dumped, status="};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct str rest;
		size_t n = 0;
		uint64_t v;

		if (!has(s, words[i]))
			continue;
		rest = behind(s, words[i]);
		while (n < rest.n && (unsigned)(rest.p[n] - '0') <= 9)
			n++;
		if (n && str_u64(str_head(rest, n), &v) && v > 0 && v < NSIG) {
			*sig = (int)v;
			return true;
		}
	}
	return false;
}

static const int told[] = {SIGKILL, SIGSEGV, SIGABRT, SIGBUS,  SIGFPE,  SIGILL,
			   SIGTRAP, SIGTERM, SIGSYS,  SIGXCPU, SIGXFSZ, SIGHUP};

static bool signals(struct lastwords *w, struct str s, struct death_clue *c)
{
	int sig = 0;

	numbers_signal(s, &sig);
	for (size_t i = 0; !sig && i < ARRAY_SIZE(told); i++)
		if (tells_signal(s, str_of(sigdescr_np(told[i]))) || names_signal(s, told[i]))
			sig = told[i];
	if (!sig && (has(s, "signal: killed") || has(s, "\"killed\" signal") ||
		     has(s, "by a signal: killed")))
		sig = SIGKILL;
	if (!sig)
		return false;
	c->ends = true;
	c->sig = sig;
	c->sure = DEATH_LIKELY;
	c->weight = DEATH_FAIR;
	c->what = str_of(arena_printf(w->clues->arena, "SIG%s", sigabbrev_np(sig)));
	c->cause = sig == SIGKILL                    ? DEATH_UNKNOWN
		   : sig == SIGABRT                  ? DEATH_ABORT
		   : sig == SIGTERM || sig == SIGHUP ? DEATH_SENT
		   : sig == SIGSYS                   ? DEATH_SECCOMP
		   : sig == SIGXCPU                  ? DEATH_RLIMIT_CPU
		   : sig == SIGXFSZ                  ? DEATH_RLIMIT_FSIZE
						     : DEATH_FAULT;
	if (sig == SIGABRT)
		c->weight = DEATH_WEAK; /* says less than any message before it */
	add(w, c);
	return true;
}

/* "exit code 137", "exited with status 1", "Error 2" of make */
static bool status(struct lastwords *w, struct str s, struct death_clue *c)
{
	static const char *const words[] = {"xit code: ",
					    "xit code ",
					    "xit status: ",
					    "xit status ",
					    "ited with code ",
					    "ited with status ",
					    "nded with status ",
					    "exitcode=",
					    "non-zero code: ",
					    "non-zero exit code ",
					    "returned code ",
					    "ExitCode: ",
					    "exit code: exit status ",
					    "code=exited, status=",
					    "Exit Code:"};
	for (size_t i = 0; i <= ARRAY_SIZE(words); i++) {
		const char *word = i < ARRAY_SIZE(words) ? words[i] : "] Error ";
		struct str rest;
		size_t n = 0;
		uint64_t v;

		if (!has(s, word) || (i == ARRAY_SIZE(words) && !has(s, "*** [")))
			continue;
		rest = str_trim(behind(s, word));
		while (n < rest.n && (unsigned)(rest.p[n] - '0') <= 9)
			n++;
		if (!n || !str_u64(str_head(rest, n), &v) || v > 255)
			continue;
		c->ends = true;
		c->code = (int)v;
		c->cause = DEATH_UNKNOWN;
		c->sure = DEATH_LIKELY;
		c->weight = v ? DEATH_FAIR : DEATH_WEAK;
		add(w, c);
		return true;
	}
	return false;
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

static bool sacct(struct lastwords *w, struct str s, struct death_clue *c)
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
	};
	struct str state, code;
	uint64_t v;

	if (has(s, "JobID") && has(s, "State")) {
		w->piped = has(s, "|");
		w->header = arena_str(w->clues->arena, s);
		return true;
	}
	if (!w->header.n || !s.n || s.p[0] == '-')
		return false;
	state = cell(w, s, "State");
	code = cell(w, s, "ExitCode");
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct str signal = behind(code, ":");

		if (!starts(state, states[i].state))
			continue;
		c->cause = states[i].cause;
		c->what = str_of(states[i].what);
		c->sure = DEATH_PROVEN;
		/* A step ends as its job makes it end. */
		c->weight = has(cell(w, s, "JobID"), ".") ? DEATH_STRONG : DEATH_CERTAIN;
		c->ends = has(code, ":") && str_u64(str_head(code, str_find_char(code, ':')), &v);
		c->code = c->ends && v < 256 ? (int)v : 0;
		if (c->ends && str_u64(signal, &v) && v < NSIG)
			c->sig = (int)v;
		/* Jobs with a cause from outside are given 0:0, and 0:125 for memory. */
		if (!c->code && !c->sig)
			c->ends = false;
		add(w, c);
		return true;
	}
	return false;
}

/* A line that says what failed: the last one is what the program ended with, if nothing is worse.
 */
static bool complaint(struct lastwords *w, struct str s, struct death_clue *c)
{
	struct symptom m = symptom_of(s, LEVEL_UNKNOWN);

	if (m.class < SYMPTOM_FAILURE || m.frame || m.advice || m.passed)
		return false;
	c->cause = DEATH_EXIT;
	c->sure = DEATH_LIKELY;
	c->weight = DEATH_WEAK;
	c->what = str_trim(s);
	add(w, c);
	return true;
}

void lastwords_line(struct lastwords *w, struct str message, struct str raw, uint64_t no)
{
	struct death_clue c = {.from = {raw, w->file, no}, .what = STR(""), .name = STR("")};
	/* Of a JSON object (journalctl -o json) only the message is the kernel's line. */
	struct str kernel = str_starts(raw, STR("{")) ? message : raw;

	if (kernlog_line(&w->kernel, kernel, w->file, no) || sacct(w, raw, &c) ||
	    cxx(w, message, &c) || rust(w, message, &c) || python(w, message, raw, &c) ||
	    node(w, message, &c) || java(w, message, &c))
		return;
	if (starts(raw, "panic: runtime error: ") && go(w, raw, &c))
		return;
	/* A header may say what matters: "systemd-oomd[701]:", "##[error]". */
	if (lastwords_find(message, &c) || (message.n < raw.n && lastwords_find(raw, &c))) {
		add(w, &c);
		return;
	}
	if (!go(w, raw, &c) && !signals(w, message, &c) && !status(w, message, &c))
		complaint(w, message, &c);
}

void lastwords_text(struct death_clues *c, struct str file, struct str text)
{
	struct lastwords w;
	struct str line;
	uint64_t no = 0;

	lastwords_init(&w, c, file);
	while (text.n && str_next(&text, '\n', &line)) {
		if (str_ends(line, STR("\r")))
			line.n--;
		lastwords_line(&w, line, line, ++no);
	}
	lastwords_release(&w);
}
