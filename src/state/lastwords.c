// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What lines say of an end: see lastwords.h. Phrases first (lastwords-table.c,
 * lastwords-runtimes.c), then what needs more than a phrase: exceptions whose head and message
 * stand on several lines, signals, exit statuses and sacct's table (lastwords-status.c). What an
 * uncaught exception names (MemoryError) has the cause of its phrase, with more weight.
 *
 * Lines of which nothing is known are counted: a program that wrote several of them after an
 * exception survived it. Frames of stacks, advice and verdicts are not counted.
 */
#include "state/death-priv.h"
#include "state/lastwords-priv.h"
#include "text/symptom.h"

#define GOOD_NEAR 6    /* lines that may follow a good end */
#define PLAIN_MAX 4096 /* bytes of a line with colours */

void lastwords_init(struct lastwords *w, struct death_clues *c, struct str file)
{
	*w = (struct lastwords){.clues = c,
				.file = file,
				.header = STR(""),
				.index = lastwords_index_new(c->arena),
				.log = ++c->logs};
	kernlog_init(&w->kernel, c);
}

void lastwords_release(struct lastwords *w)
{
	for (size_t i = 0; i < w->clues->n; i++)
		if (w->clues->items[i].log == w->log)
			w->clues->items[i].after = w->ordinary - w->clues->items[i].after;
	if (w->good.cause == DEATH_NONE && w->ordinary - w->good.after <= GOOD_NEAR) {
		w->good.after = 0;
		if (w->failures && w->good.weight < DEATH_CERTAIN) /* of several */
			w->good.weight = DEATH_FAIR;
		death_clue_add(w->clues, &w->good);
	}
	kernlog_release(&w->kernel);
}

static bool has(struct str s, const char *word)
{
	return lastwords_has(s, word);
}

static bool starts(struct str s, const char *word)
{
	return str_starts(s, str_of(word));
}

static struct str behind(struct str s, const char *word)
{
	return lastwords_behind(s, word);
}

void lastwords_add(struct lastwords *w, struct death_clue *c)
{
	c->log = w->log;
	c->after = w->ordinary;
	if (c->cause == DEATH_NONE) {
		w->good = *c;
		return;
	}
	w->good.cause = DEATH_UNKNOWN;
	w->crashed = w->crashed || c->cause == DEATH_FAULT || c->cause == DEATH_ABORT;
	death_clue_add(w->clues, c);
}

/* ---- exceptions ---- */

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "ValueError: x", "a.b.C: x", "KeyError": the length of a type in front of its message; 0: none.
 */
static size_t type_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && (((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'z') || s.p[n] == '_' ||
			   s.p[n] == '.' || s.p[n] == '$' || (n && s.p[n] >= '0' && s.p[n] <= '9')))
		n++;
	return n == s.n || s.p[n] == ':' || (s.p[n] == ' ' && n + 1 < s.n && s.p[n + 1] == '[') ? n
												: 0;
}

/* Exceptions by the last part of their types' names, where that says more than the message. */
static const struct {
	const char *type;
	enum death_cause cause;
	bool relays; /* it tells that another process failed */
} types[] = {
	{"AssertionError", DEATH_ASSERT, false},
	{"AssertionFailedError", DEATH_ASSERT, false},
	{"BrokenPipeError", DEATH_PIPE, false},
	{"KeyboardInterrupt", DEATH_INTERRUPTED, false},
	{"CalledProcessError", DEATH_EXCEPTION, true},
	{"ChildFailedError", DEATH_EXCEPTION, true},
	{"ProcessExitedException", DEATH_EXCEPTION, true},
	{"ProcessRaisedException", DEATH_EXCEPTION, true},
	{"KilledWorker", DEATH_EXCEPTION, true},
	{"WorkerLostError", DEATH_EXCEPTION, true},
	{"WorkerCrashedError", DEATH_EXCEPTION, true},
	{"BrokenProcessPool", DEATH_EXCEPTION, true},
	{"TerminatedWorkerError", DEATH_EXCEPTION, true},
	{"SparkException", DEATH_EXCEPTION, true},
	{"DistBackendError", DEATH_EXCEPTION, true},
};

/* An exception that ended the program, as its type and message tell. */
static void uncaught(struct lastwords *w, struct death_clue *c, struct str text)
{
	/* of another process */
	static const char *const deaths[] = {"exited unexpectedly", "died unexpectedly",
					     "terminated abruptly", "terminated unexpectedly"};
	struct str type = str_head(text, type_length(text));
	bool strong = w->plain, relays = false;
	int sig;

	while (str_find_char(type, '.') < type.n)
		type = str_from(type, str_find_char(type, '.') + 1);
	c->cause = DEATH_EXCEPTION;
	c->what = text;
	c->usual = w->plain ? 1 : 0;
	if (lastwords_find(w->index, text, c) && c->cause != DEATH_NONE) {
		if (c->cause == DEATH_ALLOCATION || c->cause == DEATH_EXCEPTION ||
		    c->cause == DEATH_STACK)
			c->what = text;
	} else {
		c->cause = DEATH_EXCEPTION;
		c->what = text;
		for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
			if (!str_eq(type, str_of(types[i].type)))
				continue;
			c->cause = types[i].cause;
			relays = types[i].relays;
		}
	}
	sig = lastwords_signal(text);
	relays = relays || sig;
	for (size_t i = 0; c->cause == DEATH_EXCEPTION && i < ARRAY_SIZE(deaths); i++)
		relays = relays || has(text, deaths[i]);
	c->ends = false;
	c->sig = 0;
	c->sure = strong && !relays ? DEATH_PROVEN : DEATH_LIKELY;
	c->weight = relays ? DEATH_WEAK : strong ? DEATH_STRONG : DEATH_FAIR;
	lastwords_add(w, c);
	if (!sig)
		return;
	c->ends = true;
	c->sig = sig;
	c->weight = DEATH_FAIR;
	lastwords_signal_clue(w->clues->arena, sig, c);
	lastwords_add(w, c);
}

/* "terminate called after throwing an instance of 'std::runtime_error'", "  what():  x" */
static bool cxx(struct lastwords *w, struct str s, struct death_clue *c)
{
	static const char thrown[] = "terminate called after throwing an instance of '";
	struct str type;

	if (w->throw_at && has(s, "what():  ")) {
		struct death_clue *to = &w->clues->items[w->throw_at - 1];
		struct death_clue found;

		if (!str_eq(to->what, str_trim(behind(s, "what():  "))))
			to->what = str_of(arena_printf(w->clues->arena, STR_FMT ": " STR_FMT,
						       STR_ARG(to->what),
						       STR_ARG(behind(s, "what():  "))));
		if (to->cause == DEATH_EXCEPTION && lastwords_find(w->index, to->what, &found) &&
		    found.cause != DEATH_NONE)
			to->cause = found.cause;
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
	lastwords_add(w, c);
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
	if (w->traceback && starts(str_trim(s), "| ")) { /* of an exception group */
		s = str_from(str_trim(s), 2);
		raw = s;
	}
	if (!w->traceback || (raw.n && blank(raw.p[0])) || !str_trim(s).n)
		return w->traceback && raw.n && blank(raw.p[0]);
	w->traceback = false;
	if (!type_length(s))
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
	if (!type_length(t) || (s.n && blank(s.p[0])) || starts(t, "SyntaxError"))
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
	w->thrown = true;
	uncaught(w, c, t);
	return true;
}

/* "Caused by: java.io.IOException: No space left on device" under an exception: where it tells more
 * than the exception does, it is what ended the program. */
static bool java_cause(struct lastwords *w, struct str s, struct death_clue *c)
{
	if (!w->thrown || !starts(s, "Caused by: ")) {
		w->thrown = w->thrown && s.n && (blank(s.p[0]) || starts(s, "Caused by: "));
		return false;
	}
	if (!lastwords_find(w->index, s, c) || c->cause == DEATH_NONE)
		return false;
	uncaught(w, c, behind(s, "Caused by: "));
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
	c->usual = 101;
	if (has(s, "thread 'main' "))
		c->sure = DEATH_PROVEN;
	c->weight = DEATH_STRONG;
	c->what = t;
	lastwords_add(w, c);
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
	lastwords_add(w, c);
	w->go_at = w->clues->n;
	return true;
}

/* "goroutine 1 [running]:": the runtime prints that where it ends; frames follow. */
static bool go_dump(struct lastwords *w, struct str raw)
{
	if (!starts(raw, "goroutine ") || !has(raw, "]:"))
		return false;
	if (w->go_at && w->go_at <= w->clues->n)
		w->clues->items[w->go_at - 1].sure = DEATH_PROVEN;
	w->go_at = 0;
	w->dump = true;
	return true;
}

/* "Stack trace:" in the words of many runtimes, or the first frame of a stack: what stands above
 * is an exception. */
static bool trace_head(struct lastwords *w, struct str s, struct death_clue *c)
{
	static const char *const levels[] = {"WARN: ", "ERROR: ", "FATAL: "};
	static const char *const heads[] = {
		"stack traceback:", "Stacktrace:", "Stack trace:", "CallStack (from HasCallStack)"};
	struct str t = str_trim(s), above = {w->above, w->nabove};
	bool head;

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (has(above, levels[i]))
			above = behind(above, levels[i]);
	head = ((starts(t, "at ") && s.n > t.n) || has(t, ":in `") || has(t, ":in '")) &&
	       type_length(above) && (has(above, "Error") || has(above, "Exception"));
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		head = head || starts(t, heads[i]);
	if (!head || !above.n)
		return false;
	c->from.text = above;
	c->from.line = w->above_no;
	w->plain = false;
	w->thrown = true;
	uncaught(w, c, arena_str(w->clues->arena, above));
	w->nabove = 0;
	return true;
}

static void keep_above(struct lastwords *w, struct str s, uint64_t no)
{
	w->nabove = s.n < sizeof(w->above) ? s.n : sizeof(w->above);
	memcpy(w->above, s.p, w->nabove);
	w->above_no = no;
}

/* ---- lines ---- */

/* A line that says what failed: the last one is what the program ended with, if nothing is worse.
 */
static bool complaint(struct lastwords *w, struct str s, const struct symptom *m,
		      struct death_clue *c)
{
	struct str header = str_head(c->from.text, c->from.text.n - s.n);
	bool grave = s.n > c->from.text.n || (!has(header, "INFO") && !has(header, "DEBUG"));

	if (m->class < SYMPTOM_FAILURE || m->frame || m->advice || m->passed || !grave)
		return false;
	c->cause = DEATH_EXIT;
	c->sure = DEATH_LIKELY;
	c->weight = DEATH_WEAK;
	c->what = str_trim(s);
	lastwords_add(w, c);
	return true;
}

/* Of a dump of registers, memory, frames: a number of eight hexadecimal digits or more. */
static bool is_address(struct str s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n && run < 8; i++) {
		char low = (char)(s.p[i] | 32);

		run = (s.p[i] >= '0' && s.p[i] <= '9') || (low >= 'a' && low <= 'f') ? run + 1 : 0;
	}
	return run >= 8;
}

/* Ordinary lines show that the program went on. */
static void count(struct lastwords *w, struct str s, const struct symptom *m)
{
	static const char *const neutral[] = {
		"# ",        "note:",       "created by ", "Traceback",     "During ",
		"The above", "Caused by",   "Cleaning up", "Post job",      "Node.js v",
		"npm ",      "make",        "Shadow",      "Backtrace",     "stack backtrace",
		"$ ",        "Stack trace", "Core dump",   "(core dumped)", "at "};
	size_t letters = 0;

	if (!s.n || blank(s.p[0]) || m->frame || m->advice || m->class >= SYMPTOM_VERDICT ||
	    w->dump || (w->crashed && is_address(s)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(neutral); i++)
		if (starts(s, neutral[i]))
			return;
	for (size_t i = 0; i < s.n && letters < 3; i++)
		letters += (s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z';
	w->ordinary += letters == 3;
}

/* "0 failed", but not "10 failed". */
static bool says_failed(struct str s)
{
	static const char *const words[] = {" failed",      " failures",     " failure",
					    " errors",      " error",        "n't exit",
					    "unsuccessful", "not successful"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t at = str_find(s, str_of(words[i]));
		struct str before = str_head(s, at);

		if (at < s.n && !str_ends(before, STR(" 0")) && !str_ends(before, STR("no")) &&
		    !str_eq(before, STR("0")))
			return true;
	}
	return false;
}

/* "CUDA out of memory caught, halving the batch", "If a pod is OOMKilled, ..." */
static bool is_handled(struct str s)
{
	static const char *const words[] = {"retrying",   "will retry", "falling back", "recovered",
					    "caught,",    "ignoring",   "(ignored)",    "halving",
					    "continuing", "going on",   "never mind",   "skipping",
					    "skipped",    "=== RUN"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (has(s, words[i]))
			return true;
	return starts(s, "If ") || starts(s, "if ") || has(s, "[info]");
}

/* "FAILED", "2 failed": what was said of a good end was of a part. */
static void note_failure(struct lastwords *w)
{
	w->failures++;
	if (w->good.weight < DEATH_CERTAIN)
		w->good.cause = DEATH_UNKNOWN;
}

/* A phrase of the tables, into *found; a test that passed, a good end with failures tell nothing.
 */
static bool phrase(struct lastwords *w, struct str message, struct str raw, const struct symptom *m,
		   struct death_clue *found)
{
	/* A header may say what matters: "systemd-oomd[701]:", "##[error]". */
	if (!lastwords_find(w->index, message, found) &&
	    (message.n == raw.n || !lastwords_find(w->index, raw, found)))
		return false;
	return found->cause == DEATH_NONE ? !says_failed(message) : !m->passed;
}

/* "[  100.123456] usb 1-2: ...", "Nov 26 10:00:00 h kernel: ..." */
static bool is_kernel(struct str raw)
{
	size_t n = 1;

	if (!starts(raw, "["))
		return has(str_head(raw, 80), " kernel: ");
	while (n < raw.n &&
	       (raw.p[n] == ' ' || raw.p[n] == '.' || (raw.p[n] >= '0' && raw.p[n] <= '9')))
		n++;
	return n > 8 && n < raw.n && raw.p[n] == ']';
}

static void read_line(struct lastwords *w, struct str message, struct str raw, uint64_t no)
{
	struct death_clue c = {.from = {raw, w->file, no}, .what = STR(""), .name = STR("")},
			  found = c;
	struct symptom m;
	bool json = starts(raw, "{"), told;
	/* Of a JSON object (journalctl -o json) only the message is the kernel's line; what else
	 * is said may stand in any of its fields. */
	struct str kernel = json ? message : raw, said = json ? raw : message;

	if (kernlog_line(&w->kernel, kernel, w->file, no) || lastwords_sacct(w, raw, &c) ||
	    lastwords_lambda(w, message, &c) || cxx(w, message, &c) || rust(w, message, &c) ||
	    python(w, message, raw, &c) || node(w, message, &c) || java(w, message, &c) ||
	    java_cause(w, message, &c) || go_dump(w, raw) || trace_head(w, message, &c)) {
		w->nabove = 0;
		return;
	}
	if (starts(raw, "panic: runtime error: ") && go(w, raw, &c))
		return;
	m = symptom_of(message, LEVEL_UNKNOWN);
	m.passed = (m.passed && !says_failed(message)) || is_handled(message);
	keep_above(w, message, no);
	told = phrase(w, message, raw, &m, &found);
	/* The kernel reports troubles of its own all the time; systemd writes into its log. */
	if (is_kernel(raw) && (!told || death_roots[found.cause] != DEATH_OUTSIDE))
		return;
	if (told && found.cause != DEATH_NONE) {
		lastwords_add(w, &found);
		return;
	}
	if (go(w, raw, &c))
		return;
	if (!m.passed && (lastwords_signals(w, said, &c) || lastwords_status(w, said, &c)))
		return;
	if (m.class == SYMPTOM_VERDICT && (says_failed(message) || has(message, "FAIL")))
		note_failure(w);
	if (told)
		lastwords_add(w, &found);
	else if (m.passed || !complaint(w, message, &m, &c))
		count(w, message, &m);
}

/* The length of a code of colours at the beginning of s, also as cat -v shows it; 0: it is none. */
static size_t color_length(struct str s)
{
	size_t n = starts(s, "\033[") ? 2 : starts(s, "^[[") ? 3 : 0;

	while (n && n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == ';'))
		n++;
	return n < s.n ? n + (n > 0) : n;
}

/* Without the codes of colours, in buf; what is longer than that is cut. */
static struct str plain_text(struct str s, char *buf, size_t size)
{
	size_t n = 0;

	if (!has(s, "\033[") && !has(s, "^[["))
		return s;
	for (size_t i = 0; i < s.n && n < size;) {
		size_t skip = color_length(str_from(s, i));

		i += skip;
		if (!skip)
			buf[n++] = s.p[i++];
	}
	return (struct str){buf, n};
}

void lastwords_line(struct lastwords *w, struct str message, struct str raw, uint64_t no)
{
	char plain[2][PLAIN_MAX];

	read_line(w, plain_text(message, plain[0], PLAIN_MAX), plain_text(raw, plain[1], PLAIN_MAX),
		  no);
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
