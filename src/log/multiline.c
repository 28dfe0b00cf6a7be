// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Records of several lines: which lines belong to the event above them.
 *
 * A small machine walks over the lines. Its state is the kind of report that the last lines began
 * (a Python traceback, a Go panic, a sanitizer's report, ...), whether the line before was blank,
 * and how many lines hang on indentation alone. Openers (a table of beginnings of lines) enter a
 * kind; each kind says which lines go on. Outside of any, a line continues when it can only be part
 * of a trace ("\tat ...", "Caused by: "), or when it is indented and follows a line without a
 * blank one between: a heading and its details. INDENT_MAX bounds the latter, so that plain build
 * output never becomes one giant event.
 *
 * The state is a function of the last few lines: logreader_cuts() relies on that.
 */
#include "log/multiline.h"

#include "text/frame.h"

#define INDENT_MAX 40

enum kind {
	KIND_NONE,
	KIND_STACK,     /* frames of a debugger, of a panic: indented lines and #0 ... */
	KIND_PY,        /* inside a traceback: up to "Type: message" */
	KIND_PY_DONE,   /* after it: a chained one may follow */
	KIND_PY_CHAIN,  /* "During handling of the above exception, ..." */
	KIND_GO,        /* panic and goroutines */
	KIND_RUST_TEXT, /* the panic's message is on the next line */
	KIND_RUST,
	KIND_NODE_SOURCE, /* file:line, the source line next */
	KIND_NODE,
	KIND_RULE, /* a line of = only: a sanitizer's report may follow */
	KIND_ASAN, /* AddressSanitizer and its kin, up to SUMMARY */
	KIND_ASAN_END,
	KIND_TSAN, /* up to the next rule */
	KIND_UBSAN,
	KIND_COUNT,
};

#define STATE_KIND  0x1fu
#define STATE_BLANK 0x20u
#define STATE_COUNT 8 /* shift */

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

static bool letter(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25;
}

static struct str unindented(struct str s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return str_from(s, i);
}

static bool starts_any(struct str s, const struct str *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(s, marks[i]))
			return true;
	return false;
}

#define STARTS(s, ...)                                   \
	starts_any(s, (const struct str[]){__VA_ARGS__}, \
		   sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

/* "prefix123" */
static bool starts_number(struct str s, struct str prefix)
{
	return s.n > prefix.n && str_starts(s, prefix) && digit(s.p[prefix.n]);
}

/* A line of at least 10 times =. */
static bool is_rule(struct str s)
{
	if (s.n < 10)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '=')
			return false;
	return true;
}

/* "==123==" */
static bool is_sanitizer(struct str s)
{
	size_t i = 2;

	if (!str_starts(s, STR("==")))
		return false;
	while (i < s.n && digit(s.p[i]))
		i++;
	return i > 2 && str_starts(str_from(s, i), STR("=="));
}

/* "/srv/app.js:11", "node:internal/x:645", "file:///srv/app.mjs:3": nothing else on the line */
static bool is_node_place(struct str s)
{
	size_t i = s.n;

	while (i > 0 && digit(s.p[i - 1]))
		i--;
	if (i == s.n || i < 4 || s.p[i - 1] != ':' || str_find_char(s, ' ') < s.n)
		return false;
	return str_starts(s, STR("node:")) || str_contains(str_head(s, i), STR("js:"));
}

/* "TypeError: x", "java.io.IOException: x", "Error [CODE]: x" */
static bool is_exception(struct str s)
{
	static const struct str ends[] = {STR("Error"), STR("Exception"), STR("Throwable")};
	size_t i = 0;
	struct str name;

	while (i < s.n && (letter(s.p[i]) || digit(s.p[i]) || strchr("._$", s.p[i])))
		i++;
	name = str_head(s, i);
	if (i == 0 || !letter(s.p[0]) || (i < s.n && s.p[i] != ':' && s.p[i] != ' '))
		return false;
	for (size_t k = 0; k < ARRAY_SIZE(ends); k++)
		if (str_ends(name, ends[k]))
			return true;
	return false;
}

/* "main.crash(...)", "created by x": what a goroutine's dump consists of */
static bool is_go_frame(struct str s)
{
	if (str_starts(s, STR("created by ")))
		return true;
	return s.n > 2 && s.p[s.n - 1] == ')' && letter(s.p[0]) &&
	       str_find_char(s, ' ') >= str_find_char(s, '(');
}

/* "#0  0x... in main ()" */
static bool is_stack_frame(struct str s)
{
	return frame_number(&s) && (str_starts(s, STR("0x")) || str_contains(s, STR(") at ")) ||
				    str_contains(s, STR(") from ")));
}

/* "15<TAB>	total += n;": the source line that gdb prints below the frame where it stands */
static bool is_source_line(struct str s)
{
	size_t i = 0;

	while (i < s.n && digit(s.p[i]))
		i++;
	return i && i < s.n && s.p[i] == '\t';
}

/* "thread 'main' panicked at src/main.rs:64:64:" */
static bool is_rust_panic(struct str s)
{
	return str_starts(s, STR("thread '")) && str_contains(s, STR(" panicked at "));
}

/* "fault.c:36:12: runtime error: ..." */
static bool is_undefined(struct str s)
{
	size_t i = str_find_char(s, ':');

	for (int k = 0; k < 2; k++) {
		size_t n = ++i;

		while (i < s.n && digit(s.p[i]))
			i++;
		if (i >= s.n || i == n || s.p[i] != ':')
			return false;
	}
	return str_starts(str_from(s, i), STR(": runtime error: "));
}

/* The kind of report that an unindented line begins. */
static enum kind opened_by(struct str s)
{
	if (s.n < 5)
		return KIND_NONE;
	switch (s.p[0]) {
	case 'T':
		if (str_starts(s, STR("Traceback (most recent call last)")))
			return KIND_PY;
		return starts_number(s, STR("Thread ")) || starts_number(s, STR("TID "))
			       ? KIND_STACK
			       : KIND_NONE;
	case 'p':
	case 'f':
	case 'g':
		if (STARTS(s, STR("panic: "), STR("fatal error: ")) ||
		    starts_number(s, STR("goroutine ")))
			return KIND_GO;
		break;
	case 't':
		if (is_rust_panic(s))
			return s.p[s.n - 1] == ':' ? KIND_RUST_TEXT : KIND_RUST;
		break;
	case '=':
		if (is_sanitizer(s) && str_contains(s, STR("Sanitizer")))
			return KIND_ASAN;
		return is_rule(s) ? KIND_RULE : KIND_NONE;
	case 'P':
		if (str_starts(s, STR("Program ")) && str_contains(s, STR(" signal SIG")))
			return KIND_STACK;
		break;
	case '#': return is_stack_frame(s) ? KIND_STACK : KIND_NONE;
	case 'W':
		if (str_starts(s, STR("WARNING: ThreadSanitizer")))
			return KIND_TSAN;
		break;
	default: break;
	}
	if (is_node_place(s))
		return KIND_NODE_SOURCE;
	return is_undefined(s) ? KIND_UBSAN : KIND_NONE;
}

/* Lines that only a trace has, in any state. s: without its indentation. */
static bool trace_line(struct str s, bool indented)
{
	if (strchr("CS-", s.p[0]) && STARTS(s, STR("Caused by: "), STR("Suppressed: "),
					    STR("--- End of stack trace from previous location")))
		return true;
	if (!indented || !strchr("a-.F", s.p[0]))
		return false;
	return STARTS(s, STR("at "), STR("---> "), STR("--- End of ")) ||
	       (starts_number(s, STR("... ")) && str_contains(s, STR("more"))) ||
	       (str_starts(s, STR("File \"")) && str_contains(s, STR(", line ")));
}

static bool asan_line(struct str s)
{
	return is_sanitizer(s) ||
	       STARTS(s, STR("READ of "), STR("WRITE of "), STR("0x"), STR("allocated by "),
		      STR("freed by "), STR("previously allocated "), STR("Thread T"),
		      STR("Direct leak "), STR("Indirect leak "), STR("Shadow "), STR("=>"),
		      STR("Address "), STR("HINT: "), STR("This frame has "), STR("NOTE: "),
		      STR("Uninitialized value "), STR("AddressSanitizer can not "),
		      STR("Objects leaked "), STR("-----"), STR("MemorySanitizer"));
}

/*
 * Does line s (not blank, without its indentation) go on with a report of this kind? *next is the
 * kind after it, preset to the same.
 */
static bool goes_on(enum kind kind, struct str s, bool indented, bool after_blank, enum kind *next)
{
	switch (kind) {
	case KIND_STACK:
		return (indented && !after_blank) || is_stack_frame(s) ||
		       (is_source_line(s) && !after_blank) ||
		       STARTS(s, STR("No locals."), STR("No symbol table info"));
	case KIND_PY:
		if (!indented && !str_starts(s, STR("Traceback (")))
			*next = KIND_PY_DONE;
		return true;
	case KIND_PY_DONE:
		*next = KIND_PY_CHAIN;
		return STARTS(s, STR("During handling of the above exception"),
			      STR("The above exception was the direct cause"));
	case KIND_PY_CHAIN: *next = KIND_PY; return str_starts(s, STR("Traceback ("));
	case KIND_GO:
		return indented || is_go_frame(s) || starts_number(s, STR("goroutine ")) ||
		       STARTS(s, STR("[signal "), STR("exit status "), STR("[recovered]"));
	case KIND_RUST_TEXT: *next = KIND_RUST; return !after_blank;
	case KIND_RUST:
		return (indented && !after_blank) ||
		       STARTS(s, STR("stack backtrace:"), STR("note: run with"),
			      STR("note: Some details"));
	case KIND_NODE_SOURCE: *next = KIND_NODE; return !after_blank;
	case KIND_NODE:
		return indented || (after_blank && is_exception(s)) || str_eq(s, STR("}")) ||
		       str_starts(s, STR("Node.js v"));
	case KIND_RULE:
		*next = is_sanitizer(s) ? KIND_ASAN : KIND_TSAN;
		return is_sanitizer(s) || str_starts(s, STR("WARNING: ThreadSanitizer"));
	case KIND_ASAN:
		if (str_starts(s, STR("SUMMARY: ")))
			*next = KIND_ASAN_END;
		return indented || asan_line(s) || *next == KIND_ASAN_END;
	case KIND_ASAN_END:
		return (indented && !after_blank) || STARTS(s, STR("Shadow "), STR("=>")) ||
		       is_sanitizer(s);
	case KIND_TSAN:
		if (is_rule(s))
			*next = KIND_NONE;
		return indented || is_rule(s) || str_starts(s, STR("SUMMARY: "));
	case KIND_UBSAN:
		return indented || str_starts(s, STR("SUMMARY: Undefined")) ||
		       str_contains(s, STR(": note: "));
	default: return false;
	}
}

bool multiline_at_rule(uint32_t state)
{
	return (state & STATE_KIND) == KIND_RULE;
}

bool multiline_under_rule(uint32_t state)
{
	return (state & STATE_KIND) == KIND_ASAN || (state & STATE_KIND) == KIND_TSAN;
}

bool multiline_looks_like_trace(struct str text)
{
	struct str s = unindented(text);

	return s.n < text.n || s.n == 0 || trace_line(s, false) || opened_by(s) != KIND_NONE;
}

bool multiline_step(struct str text, unsigned flags, uint32_t *state)
{
	enum kind kind = (enum kind)(*state & STATE_KIND), next = kind;
	uint32_t count = *state >> STATE_COUNT;
	bool after_blank = *state & STATE_BLANK, indented;
	struct str s = unindented(text);

	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	if (s.n == 0) {
		*state |= STATE_BLANK;
		return true;
	}
	indented = s.p != text.p;
	if (kind != KIND_NONE && goes_on(kind, s, indented, after_blank, &next)) {
		*state = next;
		return true;
	}
	if (trace_line(s, indented)) {
		*state = KIND_STACK;
		return true;
	}
	if (indented && !after_blank && !(flags & MULTILINE_TRACES) && count < INDENT_MAX) {
		*state = (count + 1) << STATE_COUNT;
		return true;
	}
	next = indented ? KIND_NONE : opened_by(s);
	*state = next;
	if (next == KIND_STACK && s.p[0] == '#')
		return !after_blank;
	/* An exception below the message that reports it. */
	return (flags & MULTILINE_ATTACH) && !after_blank && !indented &&
	       (next == KIND_PY || (is_exception(s) && str_find_char(s, '.') < s.n));
}

size_t multiline_states(uint32_t *states, size_t max)
{
	size_t n = 0;

	for (uint32_t kind = 0; kind < KIND_COUNT; kind++) {
		for (uint32_t more = 0; more < 3 && n < max; more++)
			states[n++] = kind | (more == 1   ? STATE_BLANK
					      : more == 2 ? INDENT_MAX << STATE_COUNT
							  : 0);
	}
	return n;
}
