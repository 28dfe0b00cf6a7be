// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Symptoms: see symptom.h.
 *
 * A message is cut into chunks at blanks, quotes and brackets. A chunk of letters is a word and is
 * looked up; a chunk with punctuation inside (a path, a name with dots or dashes) is a name: it is
 * content, but "error" in it is none, except for the name of an exception type. What decides the
 * class is which kinds of words occur, whether they are negated ("0 errors", "errors: 0"), and how
 * many words of content remain.
 */
#include "text/symptom.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/level.h"

#define WORD_MAX    24
#define SCAN_MAX    ((size_t)4096) /* bytes of a message that count */
#define MIN_CONTENT 3              /* words that make a failure more than a verdict */

enum {
	W_HARD = 1, /* states a failure */
	W_SOFT = 2,
	W_STOP = 4,   /* no content: articles, words that every verdict has */
	W_GRAVE = 8,  /* together with W_HARD: class CAUSE */
	W_ZERO = 16,  /* negates the failure after it */
	W_COUNT = 32, /* is counted: "errors: 0" */
};

struct word {
	const char *text;
	unsigned kind;
};

/* Sorted, for bsearch. */
static const struct word words[] = {
	{"a", W_STOP},
	{"abort", W_HARD},
	{"aborted", W_HARD},
	{"aborting", W_HARD},
	{"addresssanitizer", W_HARD | W_GRAVE},
	{"an", W_STOP},
	{"as", W_STOP},
	{"assertion", W_HARD},
	{"at", W_STOP},
	{"bad", W_SOFT},
	{"broken", W_SOFT},
	{"build", W_STOP},
	{"builds", W_STOP},
	{"can't", W_HARD},
	{"cannot", W_HARD},
	{"code", W_STOP},
	{"compilation", W_STOP},
	{"complete", W_STOP},
	{"completed", W_STOP},
	{"conflict", W_SOFT},
	{"corrupt", W_SOFT},
	{"corrupted", W_SOFT},
	{"couldn't", W_HARD},
	{"crash", W_HARD},
	{"crashed", W_HARD},
	{"deadlock", W_HARD},
	{"denied", W_HARD},
	{"deprecated", W_SOFT},
	{"disconnect", W_SOFT},
	{"disconnected", W_SOFT},
	{"done", W_STOP},
	{"dropped", W_SOFT},
	{"error", W_HARD | W_STOP | W_COUNT},
	{"errors", W_HARD | W_STOP | W_COUNT},
	{"exceeded", W_SOFT},
	{"exception", W_HARD | W_STOP},
	{"execution", W_STOP},
	{"exit", W_STOP},
	{"exited", W_STOP},
	{"expected", W_SOFT},
	{"expired", W_SOFT},
	{"fail", W_HARD | W_STOP | W_COUNT},
	{"failed", W_HARD | W_STOP | W_COUNT},
	{"failing", W_STOP},
	{"fails", W_HARD | W_STOP},
	{"failure", W_HARD | W_STOP | W_COUNT},
	{"failures", W_HARD | W_STOP | W_COUNT},
	{"fatal", W_HARD | W_STOP | W_GRAVE},
	{"fault", W_HARD},
	{"finished", W_STOP},
	{"forbidden", W_HARD},
	{"for", W_STOP},
	{"going", W_STOP},
	{"has", W_STOP},
	{"illegal", W_SOFT},
	{"in", W_STOP},
	{"incompatible", W_SOFT},
	{"info", W_STOP},
	{"interrupted", W_SOFT},
	{"invalid", W_SOFT},
	{"is", W_STOP},
	{"job", W_STOP},
	{"killed", W_HARD},
	{"leak", W_SOFT},
	{"leaked", W_SOFT},
	{"leaksanitizer", W_HARD | W_GRAVE},
	{"lost", W_SOFT},
	{"marked", W_STOP},
	{"memorysanitizer", W_HARD | W_GRAVE},
	{"mismatch", W_SOFT},
	{"missing", W_SOFT},
	{"ms", W_STOP},
	{"no", W_ZERO},
	{"non-zero", W_SOFT},
	{"nonzero", W_SOFT},
	{"of", W_STOP},
	{"overflow", W_SOFT},
	{"panic", W_HARD | W_GRAVE},
	{"panicked", W_HARD | W_GRAVE},
	{"process", W_STOP},
	{"refused", W_HARD},
	{"rejected", W_HARD},
	{"result", W_STOP},
	{"results", W_STOP},
	{"retry", W_SOFT},
	{"retrying", W_SOFT},
	{"run", W_STOP},
	{"segfault", W_HARD},
	{"skipped", W_SOFT | W_COUNT},
	{"skipping", W_SOFT},
	{"stalled", W_SOFT},
	{"status", W_STOP},
	{"step", W_STOP},
	{"stopped", W_STOP},
	{"task", W_STOP},
	{"terminated", W_SOFT},
	{"test", W_STOP},
	{"tests", W_STOP},
	{"the", W_STOP},
	{"there", W_STOP},
	{"threadsanitizer", W_HARD | W_GRAVE},
	{"timeout", W_SOFT},
	{"to", W_STOP},
	{"traceback", W_HARD},
	{"unable", W_HARD},
	{"unavailable", W_SOFT},
	{"undefined", W_HARD},
	{"unexpected", W_SOFT},
	{"unknown", W_SOFT},
	{"unreachable", W_HARD | W_COUNT},
	{"unresolved", W_HARD},
	{"unsupported", W_SOFT},
	{"violation", W_HARD},
	{"warning", W_SOFT | W_STOP | W_COUNT},
	{"warnings", W_STOP | W_COUNT},
	{"was", W_STOP},
	{"went", W_STOP},
	{"were", W_STOP},
	{"what", W_STOP},
	{"with", W_STOP},
	{"without", W_ZERO},
	{"wrong", W_SOFT | W_STOP},
	{"zero", W_ZERO},
};

/* Two words in a row. */
static const struct {
	const char *first, *second;
	unsigned kind;
} pairs[] = {
	{"can", "not", W_HARD},   {"core", "dumped", W_HARD}, {"could", "not", W_HARD},
	{"did", "not", W_SOFT},   {"does", "not", W_SOFT},    {"giving", "up", W_SOFT},
	{"is", "not", W_SOFT},    {"no", "space", W_HARD},    {"no", "such", W_HARD},
	{"not", "exist", W_HARD}, {"not", "found", W_HARD},   {"of", "memory", W_HARD},
	{"reset", "by", W_SOFT},  {"time", "out", W_HARD},    {"timed", "out", W_HARD},
	{"was", "not", W_SOFT},
};

/* What advice begins with, in lower case. A blank at the end asks for the end of a word. */
static const char *const advice[] = {
	"re-run ",
	"rerun ",
	"run with ",
	"run `",
	"try ",
	"see ",
	"please see ",
	"please run ",
	"please refer ",
	"please read ",
	"please visit ",
	"please consult ",
	"please check ",
	"refer to ",
	"for more ",
	"get more help ",
	"to see the full ",
	"to get more ",
	"after correcting ",
	"learn more ",
	"hint ",
	"more info ",
	"help 1",
	"mvn <goals>",
	"use --",
};

/* What advice has inside. */
static const char *const advice_inside[] = {"see the report", "full log", "complete log",
					    "run with `"};

struct scan {
	struct str text;
	size_t at;
	unsigned kinds;   /* of all words so far */
	unsigned content; /* words of content */
	bool type;        /* names an exception type */
	bool passed;
	/* The word before. */
	char prev[WORD_MAX + 1];
	unsigned pending;          /* its kinds, if a 0 behind it would negate them */
	bool prev_zero, prev_mark; /* negates; "...", ":" or "-": what follows is a result */
};

static bool is_alpha(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_cut(char c)
{
	return (unsigned char)c <= ' ' || strchr(",;()[]{}<>\"'`|=!?*", c) != NULL;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int word_cmp(const void *key, const void *item)
{
	return strcmp(key, ((const struct word *)item)->text);
}

static unsigned word_kind(const char *w)
{
	const struct word *found = bsearch(w, words, ARRAY_SIZE(words), sizeof(words[0]), word_cmp);

	return found ? found->kind : 0;
}

static unsigned pair_kind(const char *first, const char *second)
{
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (strcmp(pairs[i].second, second) == 0 && strcmp(pairs[i].first, first) == 0)
			return pairs[i].kind;
	return 0;
}

/* FooException, java.io.IOError: the last part of a name ends so, in mixed case, with more before.
 */
static bool names_exception(struct str s)
{
	static const char *const ends[] = {"Exception", "Error", "Throwable"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct str e = str_of(ends[i]);

		if (s.n > e.n && str_ends(s, e) &&
		    (is_alpha(s.p[s.n - e.n - 1]) || is_digit(s.p[s.n - e.n - 1])))
			return true;
	}
	return false;
}

/* ENOENT, ERR_INVALID_ARG: codes in capitals. */
static bool names_code(struct str s)
{
	bool under = false;

	if (s.n < 5 || s.p[0] != 'E')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && s.p[i] != '_' && !is_digit(s.p[i]))
			return false;
		under = under || s.p[i] == '_';
	}
	return str_starts(s, STR("ERR_")) ||
	       (!under && (str_starts(s, STR("ENO")) || str_starts(s, STR("ECONN")) ||
			   str_starts(s, STR("ETIMED")) || str_starts(s, STR("EACCES")) ||
			   str_starts(s, STR("EPERM")) || str_starts(s, STR("EADDR"))));
}

/* Next chunk without the punctuation around it; false at the end. *mark: a result may follow. */
static bool next_chunk(struct scan *s, struct str *chunk, bool *mark)
{
	size_t from, to;

	while (s->at < s->text.n && is_cut(s->text.p[s->at]))
		s->at++;
	if (s->at == s->text.n)
		return false;
	from = s->at;
	while (s->at < s->text.n &&
	       (!is_cut(s->text.p[s->at]) ||
		(s->text.p[s->at] == '\'' && s->at > from && s->at + 1 < s->text.n &&
		 is_alpha(s->text.p[s->at - 1]) && is_alpha(s->text.p[s->at + 1]))))
		s->at++;
	to = s->at;
	while (to > from && strchr(".:-#\\&", s->text.p[to - 1]))
		to--;
	*mark = to < s->at;
	while (from < to && strchr(".:-#\\&", s->text.p[from]))
		from++;
	*chunk = (struct str){s->text.p + from, to - from};
	return true;
}

/* "error" in quotes is spoken of, not stated. */
static bool is_quoted(const struct scan *s, struct str chunk)
{
	const char *after = chunk.p + chunk.n;

	return chunk.p > s->text.p && after < s->text.p + s->text.n &&
	       (chunk.p[-1] == '"' || chunk.p[-1] == '\'' || chunk.p[-1] == '`') &&
	       *after == chunk.p[-1];
}

static bool is_result_passed(const struct scan *s, struct str c, bool first)
{
	if (str_eq(c, STR("PASS")) || str_eq(c, STR("PASSED")) || str_eq(c, STR("SUCCESS")) ||
	    str_eq(c, STR("XFAIL")) || str_eq(c, STR("SKIPPED")) ||
	    str_eq_nocase(c, STR("successfully")) || str_eq(c, STR("\xe2\x9c\x93")) ||
	    str_eq(c, STR("\xe2\x9c\x94")))
		return true;
	if (c.p + c.n < s->text.p + s->text.n && c.p[c.n] == '=')
		return false;
	return (s->prev_mark || first) && (str_eq_nocase(c, STR("ok")) ||
					   str_eq(c, STR("passed")) || str_eq(c, STR("success")));
}

static bool is_plain(struct str c)
{
	for (size_t i = 0; i < c.n; i++)
		if (!is_alpha(c.p[i]) && c.p[i] != '\'')
			return false;
	return c.n > 0;
}

/* A word that may be negated by a 0 behind it counts once the next chunk is known. */
static void commit(struct scan *s, bool zero)
{
	if (!zero)
		s->kinds |= s->pending;
	s->pending = 0;
}

static void take_word(struct scan *s, struct str c)
{
	char w[WORD_MAX + 1];
	unsigned kind;
	size_t n = c.n < WORD_MAX ? c.n : WORD_MAX;

	for (size_t i = 0; i < n; i++)
		w[i] = lower(c.p[i]);
	w[n] = '\0';
	commit(s, false);
	kind = word_kind(w);
	if ((kind & W_HARD) && (s->prev_zero || is_quoted(s, c)))
		kind &= ~(unsigned)W_HARD;
	if (s->prev[0])
		s->kinds |= pair_kind(s->prev, w);
	if (kind & W_COUNT)
		s->pending = kind & (W_HARD | W_SOFT);
	else
		s->kinds |= kind & (W_HARD | W_SOFT | W_GRAVE);
	if (!(kind & W_STOP) && n >= 2)
		s->content++;
	if (names_exception(c) || names_code(c)) {
		s->type = true;
		s->kinds |= W_HARD;
	}
	s->prev_zero = (kind & W_ZERO) != 0;
	memcpy(s->prev, w, n + 1);
}

static void take_name(struct scan *s, struct str c)
{
	unsigned letters = 0;
	bool zero = str_eq(c, STR("0"));

	commit(s, zero);
	for (size_t i = 0; i < c.n; i++)
		letters += is_alpha(c.p[i]);
	if (letters >= 2)
		s->content++;
	if (names_exception(c) || names_code(c)) {
		s->type = true;
		s->kinds |= W_HARD;
	} else if (str_eq_nocase(c, STR("non-zero"))) {
		s->kinds |= W_SOFT;
	}
	s->prev[0] = '\0';
	s->prev_zero = zero;
}

/* The level that a message begins with: "error: ...", "[WARN] ...", "##[error]...". */
static enum level leading_level(const struct scan *s, struct str c, bool mark)
{
	const char *after = c.p + c.n, *end = s->text.p + s->text.n;

	if (!is_plain(c) || c.p > s->text.p + 4)
		return LEVEL_UNKNOWN;
	if (!mark && !(c.p > s->text.p && c.p[-1] == '[' && after < end && *after == ']'))
		return LEVEL_UNKNOWN;
	return level_of_word(c);
}

static void scan_words(struct scan *s, enum level *level)
{
	struct str c;
	bool mark, first = true;

	while (next_chunk(s, &c, &mark)) {
		if (c.n == 0) {
			s->prev_mark = true;
			continue;
		}
		if (first && *level == LEVEL_UNKNOWN)
			*level = leading_level(s, c, mark);
		s->passed = s->passed || is_result_passed(s, c, first);
		if (is_plain(c))
			take_word(s, c);
		else
			take_name(s, c);
		s->prev_mark = mark;
		first = false;
	}
	commit(s, false);
}

/* "Parser.java:[27,1", "(Foo.java:12", "run.c:716", "line 12": where a failure is. */
static bool names_place(struct str t)
{
	for (size_t i = 1; i < t.n; i++) {
		size_t n = 0, j = i + 1;

		if (t.p[i] != '.' || !(is_alpha(t.p[i - 1]) || is_digit(t.p[i - 1]) ||
				       t.p[i - 1] == '_' || t.p[i - 1] == '$'))
			continue;
		while (j + n < t.n && n < 7 &&
		       (is_alpha(t.p[j + n]) || (n && is_digit(t.p[j + n]))))
			n++;
		j += n;
		if (n == 0 || n > 6 || j >= t.n || (t.p[j] != ':' && t.p[j] != '('))
			continue;
		j++;
		if (j < t.n && t.p[j] == '[')
			j++;
		if (j < t.n && is_digit(t.p[j]))
			return true;
	}
	for (size_t at = str_find(t, STR("line ")); at + 5 < t.n;) {
		if (is_digit(t.p[at + 5]))
			return true;
		t = str_from(t, at + 5);
		at = str_find(t, STR("line "));
	}
	return false;
}

/* A line of a call stack in the forms of Java, .NET, JavaScript, Python, C and Go. */
static bool is_frame(struct str t)
{
	struct str s = str_trim(t);
	size_t i = 0;

	if (str_starts(s, STR("Caused by:")) || str_starts(s, STR("Suppressed:")))
		return true;
	if (str_starts(s, STR("File \"")) && str_contains(s, STR("\", line ")))
		return true;
	if (str_starts(s, STR("... ")) && s.n > 4 && is_digit(s.p[4]))
		return str_contains(s, STR(" more")) || str_contains(s, STR(" common"));
	if (s.n && s.p[0] == '#') {
		for (i = 1; i < s.n && is_digit(s.p[i]);)
			i++;
		return i > 1 && i < s.n && s.p[i] == ' ';
	}
	if (!str_starts(s, STR("at ")) || s.n < 5)
		return false;
	s = str_from(s, 3);
	if (str_contains(s, STR("(")) && (is_alpha(s.p[0]) || s.p[0] == '<' || s.p[0] == '$'))
		return str_contains(str_head(s, str_find_char(s, '(')), STR("."));
	/* at /app/x.js:12:3, at async f (node:internal/x:1:2) */
	return names_place(s) || str_contains(s, STR("node:"));
}

static bool is_advice(struct str t)
{
	char text[64];
	size_t n = 0, i = 0;
	struct str low;

	while (i < t.n && !is_alpha(t.p[i]))
		i++;
	for (; i < t.n && n + 1 < sizeof(text); i++)
		text[n++] = lower(t.p[i]) == ':' ? ' ' : lower(t.p[i]);
	text[n++] = ' ';
	low = (struct str){text, n};
	if (str_starts(low, STR("error] ")) || str_starts(low, STR("info] ")))
		return is_advice(str_from(t, str_find_char(t, ']') + 1));
	if (str_starts(low, STR("note  ")) || str_starts(low, STR("error  ")))
		return is_advice(str_from(t, str_find_char(t, ':') + 1));
	for (size_t k = 0; k < ARRAY_SIZE(advice); k++)
		if (str_starts(low, str_of(advice[k])))
			return true;
	for (size_t k = 0; k < ARRAY_SIZE(advice_inside); k++)
		if (str_contains_nocase(t, str_of(advice_inside[k])))
			return true;
	return false;
}

/* "java.io.IOException: x" from the first word on, or a bare type. */
static bool begins_with_type(struct str t)
{
	struct str s = str_trim(t);
	size_t n = 0;

	if (str_starts(s, STR("Exception in thread ")))
		return true;
	while (n < s.n && !is_cut(s.p[n]) && s.p[n] != ':')
		n++;
	if (!names_exception(str_head(s, n)))
		return false;
	return n == s.n || s.p[n] == ':';
}

static enum symptom_class classify(const struct scan *s, struct str t, enum level level, bool typed)
{
	bool hard = (s->kinds & W_HARD) || level >= LEVEL_ERROR;

	if (s->passed && level < LEVEL_ERROR)
		return SYMPTOM_NONE;
	if (typed)
		return SYMPTOM_CAUSE;
	if (!hard)
		return (s->kinds & W_SOFT) || level == LEVEL_WARN ? SYMPTOM_SOFT : SYMPTOM_NONE;
	if (level == LEVEL_WARN)
		return SYMPTOM_SOFT;
	if ((s->content < MIN_CONTENT && !s->type) ||
	    (level != LEVEL_UNKNOWN && level < LEVEL_WARN))
		return SYMPTOM_VERDICT;
	if (s->type || (s->kinds & W_GRAVE) || names_place(t))
		return SYMPTOM_CAUSE;
	return SYMPTOM_FAILURE;
}

struct symptom symptom_of(struct str message, enum level level)
{
	struct scan s = {.text = str_head(message, SCAN_MAX)};
	struct symptom y = {.level = level};

	y.blank = str_trim(message).n == 0;
	if (y.blank) {
		y.class = level >= LEVEL_ERROR ? SYMPTOM_VERDICT : SYMPTOM_NONE;
		return y;
	}
	y.indented = message.p[0] == ' ' || message.p[0] == '\t';
	scan_words(&s, &y.level);
	y.passed = s.passed;
	y.frame = is_frame(s.text);
	y.typed = begins_with_type(s.text);
	y.class = classify(&s, s.text, y.level, y.typed);
	y.advice = is_advice(s.text);
	return y;
}
