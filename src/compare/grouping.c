// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * One symptom or two: see grouping.h. Exceptions of one type are compared by the program's own
 * frames from the innermost on; where there are none, by their messages. Texts are compared word by
 * word, by the longest common subsequence, where words that hold values (digits, quotes, paths) and
 * a template's <*> fit each other.
 */
#include "compare/grouping.h"

#include "base/hash.h"

#define WORDS_MAX 48

static const char *const kinds[] = {
	[GROUPING_EXCEPTION] = "exception", [GROUPING_STACK] = "call stack",
	[GROUPING_ERROR] = "error",         [GROUPING_TEST] = "failed test",
	[GROUPING_METRIC] = "metric",
};

const char *grouping_kind_name(enum grouping_kind k)
{
	return kinds[k];
}

bool grouping_kind_of(struct str name, enum grouping_kind *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq_nocase(name, str_of(kinds[i]))) {
			*k = (enum grouping_kind)i;
			return true;
		}
	return false;
}

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

static bool hex(char c)
{
	return digit(c) || (unsigned)((c | 32) - 'a') <= 5;
}

/* Cut ".constprop.0", ".cold", "::h0123456789abcdef" off the end. */
static struct str without_marks(struct str s)
{
	static const struct str marks[] = {STR(".constprop."), STR(".isra."), STR(".part."),
					   STR(".cold"),       STR(".llvm."), STR("@@"),
					   STR(" [clone")};
	size_t h = s.n > 19 ? s.n - 19 : 0;
	bool hash = h > 0 && str_starts(str_from(s, h), STR("::h"));

	for (size_t i = h + 3; hash && i < s.n; i++)
		hash = hex(s.p[i]);
	if (hash)
		s.n = h;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		s.n = str_find(s, marks[i]);
	return s;
}

/* Is the bracket that opens here one of parameters rather than of a name: (*T), <module>, <init>?
 */
static bool opens_parameters(struct str s, size_t i)
{
	if (i == 0)
		return false;
	if (s.p[i] == '(')
		return i + 1 == s.n || s.p[i + 1] != '*';
	return s.p[i] == '<' && s.p[i - 1] != '.' && s.p[i - 1] != ' ' && s.p[i - 1] != ':';
}

/* "operator()", "operator<<": how long it is if one stands at i, else 0. Its brackets open nothing.
 */
static size_t operator_at(struct str s, size_t i)
{
	const size_t word = 8;
	struct str rest = str_from(s, i);
	size_t n = word;

	if (!str_starts(rest, STR("operator")) || (i && !strchr(": ", s.p[i - 1])))
		return 0;
	if (str_starts(str_from(rest, word), STR("()")))
		return word + 2;
	while (n < rest.n && rest.p[n] && strchr("<>=!+-*/%&|^~[],", rest.p[n]))
		n++;
	return n > word ? n : 0;
}

struct str grouping_function(struct arena *a, struct str function, struct str file)
{
	CLEANUP_BUF struct buf b = {0};
	struct str s = without_marks(str_trim(function));
	unsigned depth = 0;

	if (str_starts(s, STR("async ")))
		s = str_from(s, 6);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		size_t op = depth ? 0 : operator_at(s, i);

		if (op) {
			buf_add(&b, s.p + i, op);
			i += op - 1;
		} else if (depth ? c == '(' || c == '<' : opens_parameters(s, i)) {
			depth++;
		} else if (depth && (c == ')' || c == '>') && s.p[i - 1] != '-') {
			depth--;
		} else if (!depth && c == '$' && i + 1 < s.n && digit(s.p[i + 1])) {
			while (i + 1 < s.n && digit(s.p[i + 1]))
				i++;
		} else if (!depth && c != '\n' && c != '\r') {
			buf_add_char(&b, c);
		}
	}
	s = str_trim(buf_str(&b));
	if (!s.n || s.p[0] == '<') { /* "<module>", "<anonymous>": nothing without its file */
		size_t slash = file.n;

		while (slash && file.p[slash - 1] != '/' && file.p[slash - 1] != '\\')
			slash--;
		if (slash < file.n)
			return arena_str(a, str_from(file, slash));
	}
	return arena_str(a, s);
}

void grouping_add_frame(struct grouping_symptom *s, struct arena *a, struct str function,
			struct str file, bool own)
{
	struct str name;

	if (!own || s->nframes == GROUPING_FRAMES)
		return;
	name = grouping_function(a, function, file);
	if (name.n && !(s->nframes && str_eq(s->frames[s->nframes - 1], name)))
		s->frames[s->nframes++] = name;
}

/* ---- for people, and back ---- */

/* Between a test or a variable and what is to be said of it. */
static const struct str dash = STR(" -- ");
/* What begins a symptom of many tests at once. */
static const struct str alike = STR("tests fail alike: ");

bool grouping_exact(const struct grouping_symptom *s)
{
	return s->kind >= GROUPING_TEST && !str_starts(s->text, alike);
}

void grouping_alike(struct grouping_symptom *s, struct arena *a, struct str message, uint64_t n)
{
	*s = (struct grouping_symptom){.kind = GROUPING_TEST};
	s->text = str_of(
		arena_printf(a, STR_FMT STR_FMT, STR_ARG(alike), STR_ARG(str_head(message, 120))));
	s->type = str_of(arena_printf(a, "%llu tests", (unsigned long long)n));
}

/* s, without line breaks, in at most max bytes, cut at a word. */
static void add_cut(struct buf *out, struct str s, size_t max)
{
	struct str line = str_trim(str_head(s, str_find_char(s, '\n')));
	size_t n = line.n;

	if (n <= max) {
		buf_add_str(out, line);
		return;
	}
	n = max > 3 ? max - 3 : 0;
	for (size_t i = n; i > n / 2; i--)
		if (line.p[i] == ' ') {
			n = i;
			break;
		}
	while (n && (line.p[n] & 0xc0) == 0x80) /* within a character */
		n--;
	buf_add(out, line.p, n);
	BUF_LIT(out, "...");
}

void grouping_what(const struct grouping_symptom *s, size_t max, struct buf *out)
{
	CLEANUP_BUF struct buf frames = {0};

	for (size_t i = 0; i < s->nframes; i++) {
		buf_add_str(&frames, i                        ? STR(" < ")
				     : s->type.n || s->text.n ? STR(", in ")
							      : STR("in "));
		add_cut(&frames, s->frames[i], 80);
	}
	max = max > frames.n + 20 ? max - frames.n : 20;
	if (s->kind >= GROUPING_TEST) {
		add_cut(out, s->text, max);
		if (s->type.n) {
			buf_add_str(out, dash);
			add_cut(out, s->type, max);
		}
	} else if (s->type.n) {
		size_t before = out->n;

		add_cut(out, s->type, max);
		max -= out->n - before < max ? out->n - before : max;
		if (s->text.n && max > 8) {
			BUF_LIT(out, ": ");
			add_cut(out, s->text, max - 2);
		}
	} else {
		add_cut(out, s->text, max);
	}
	buf_add_str(out, buf_str(&frames));
}

/* Where the last ", in " stands; s.n if nowhere. */
static size_t frames_at(struct str s)
{
	size_t at = s.n;

	for (size_t i = 0; i < s.n; i++)
		if (str_starts(str_from(s, i), STR(", in ")))
			at = i;
	return at;
}

void grouping_parse(enum grouping_kind kind, struct str what, struct arena *a,
		    struct grouping_symptom *s)
{
	*s = (struct grouping_symptom){.kind = kind, .text = str_trim(what)};
	if (kind >= GROUPING_TEST) {
		size_t at = str_find(s->text, dash);

		s->type = str_from(s->text, at + dash.n);
		s->text = str_head(s->text, at);
	}
	if (kind > GROUPING_STACK)
		return;
	if (kind == GROUPING_STACK && str_starts(s->text, STR("in "))) /* of no name */
		s->text = str_of(arena_printf(a, ", " STR_FMT, STR_ARG(s->text)));
	for (struct str rest = str_from(s->text, frames_at(s->text) + 5);
	     rest.n && s->nframes < GROUPING_FRAMES;) {
		size_t end = str_find(rest, STR(" < "));

		s->frames[s->nframes++] = arena_str(a, str_head(rest, end));
		rest = str_from(rest, end + 3);
	}
	s->text = str_head(s->text, frames_at(s->text));
	if (kind == GROUPING_EXCEPTION) {
		s->type = str_head(s->text, str_find(s->text, STR(": ")));
		s->text = str_from(s->text, s->type.n + 2);
	}
}

/* ---- words ---- */

struct word {
	struct str s;
	bool value;
};

static bool holds_value(struct str w)
{
	if (str_eq(w, STR("<*>")))
		return true;
	for (size_t i = 0; i < w.n; i++)
		if (digit(w.p[i]) || strchr("/\\\"'<", w.p[i]))
			return true;
	return false;
}

static size_t split(struct str s, struct word w[WORDS_MAX])
{
	size_t n = 0, i = 0;

	if (str_ends(s, STR("...")))
		s.n -= 3;
	while (i < s.n && n < WORDS_MAX) {
		size_t from;

		while (i < s.n && strchr(" \t\n,;:=()[]{}", s.p[i]))
			i++;
		from = i;
		while (i < s.n && !strchr(" \t\n,;:=()[]{}", s.p[i]))
			i++;
		if (i > from)
			w[n++] = (struct word){.s = {s.p + from, i - from}};
	}
	for (i = 0; i < n; i++)
		w[i].value = holds_value(w[i].s);
	return n;
}

static bool fits(const struct word *x, const struct word *y)
{
	if (x->value && y->value)
		return true;
	if (str_eq(x->s, STR("<*>")) || str_eq(y->s, STR("<*>")))
		return true;
	return str_eq(x->s, y->s);
}

/* Of the words of both, the share that fit in order; a text that was cut counts to where it is. */
static double similarity(struct str x, struct str y)
{
	struct word a[WORDS_MAX], b[WORDS_MAX];
	size_t n = split(x, a), m = split(y, b), most = n > m ? n : m;
	unsigned row[WORDS_MAX + 1] = {0};

	if (str_ends(x, STR("...")) || str_ends(y, STR("...")))
		most = n < m ? n : m;
	if (!most)
		return n == m ? 1 : 0;
	for (size_t i = 0; i < n; i++) {
		unsigned diagonal = 0;

		for (size_t k = 0; k < m; k++) {
			unsigned above = row[k + 1];

			if (fits(&a[i], &b[k]))
				row[k + 1] = diagonal + 1;
			else if (row[k] > row[k + 1])
				row[k + 1] = row[k];
			diagonal = above;
		}
	}
	return row[m] >= most ? 1 : (double)row[m] / (double)most;
}

/* ---- the same? ---- */

static size_t common_frames(const struct grouping_symptom *x, const struct grouping_symptom *y)
{
	size_t n = 0;

	while (n < x->nframes && n < y->nframes && str_eq(x->frames[n], y->frames[n]))
		n++;
	return n;
}

static double compare_stacks(const struct grouping_symptom *x, const struct grouping_symptom *y,
			     const char **why)
{
	static const char *const frames[] = {NULL, "same type and innermost own frame",
					     "same type and 2 innermost own frames",
					     "same type and 3 innermost own frames"};
	size_t most = x->nframes > y->nframes ? x->nframes : y->nframes, n = common_frames(x, y);
	double text;

	if (!str_eq(x->type, y->type) && !(n == GROUPING_FRAMES)) /* types may be cut off */
		return 0;
	text = similarity(x->text, y->text);
	if (n) {
		*why = str_eq(x->type, y->type) ? frames[n] : "same 3 innermost own frames";
		return .75 + .2 * (double)n / (double)most + .05 * text -
		       (str_eq(x->type, y->type) ? 0 : .3);
	}
	if (x->nframes && y->nframes) /* elsewhere */
		return 0;
	*why = most ? "same type and message; one without own frames"
		    : "same type and message; no frames of the program's own";
	if (!most && !x->text.n && !y->text.n)
		return .7;
	return text >= .999 ? (most ? .65 : .8) : text >= .8 ? .6 * text : 0;
}

double grouping_compare(const struct grouping_symptom *x, const struct grouping_symptom *y,
			const char **why)
{
	double text;

	*why = "";
	if (x->kind <= GROUPING_STACK && y->kind <= GROUPING_STACK)
		return compare_stacks(x, y, why);
	if (x->kind != y->kind)
		return 0;
	if (x->kind == GROUPING_TEST || x->kind == GROUPING_METRIC) {
		*why = x->kind == GROUPING_TEST ? "same test" : "same variable";
		if (str_eq(x->text, y->text))
			return 1;
		*why = "tests with the same message";
		return str_starts(x->text, alike) && str_starts(y->text, alike) &&
				       similarity(x->text, y->text) >= .999
			       ? .8
			       : 0;
	}
	if (str_eq(x->text, y->text)) {
		*why = "same template";
		return .95;
	}
	text = similarity(x->text, y->text);
	*why = text >= .999 ? "same template, but for values" : "similar template";
	return text >= .999 ? .85 : text >= .8 ? .75 * text : 0;
}

/* What is hashed: with values masked, so that it does not depend on which run came first. */
static void add_masked(struct buf *b, struct str s)
{
	struct word w[WORDS_MAX];
	size_t n = split(s, w);

	for (size_t i = 0; i < n; i++) {
		buf_add_str(b, w[i].value ? STR("*") : w[i].s);
		buf_add_char(b, ' ');
	}
}

void grouping_key(const struct grouping_symptom *s, char key[GROUPING_KEY + 1])
{
	CLEANUP_BUF struct buf b = {0};
	uint64_t h;

	buf_add_str(&b, str_of(kinds[s->kind]));
	buf_add_char(&b, '\n');
	if (s->kind < GROUPING_TEST)
		buf_add_str(&b, s->type);
	buf_add_char(&b, '\n');
	if (s->kind >= GROUPING_TEST && !str_starts(s->text, alike))
		buf_add_str(&b, s->text);
	else if (!s->nframes)
		add_masked(&b, s->text);
	for (size_t i = 0; i < s->nframes; i++) {
		buf_add_char(&b, '\n');
		buf_add_str(&b, s->frames[i]);
	}
	h = hash_str(buf_str(&b));
	for (int i = 0; i < GROUPING_KEY; i++)
		key[i] = "0123456789abcdef"[h >> (60 - 4 * i) & 15];
	key[GROUPING_KEY] = '\0';
}
