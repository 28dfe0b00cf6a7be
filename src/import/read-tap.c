// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * TAP 12 to 14 (testanything.org), also between other lines, as prove -v and logs of builds show
 * it. Test points at the left margin are the results; what is indented belongs to one of them: a
 * block of YAML to the point before it, and what is indented by less than a subtest is (Mocha's
 * errors); a subtest to the point after it.
 *
 * A plan that does not hold and "Bail out!" are no test points but failures: they become results
 * with status error, named "(plan)" and "(bail out)".
 */
#include <ctype.h>

#include "import/readers.h"

#define SUBTEST 4 /* blanks before its lines */

struct point {
	bool ok, numbered;
	uint64_t number;
	struct str name;
	struct str directive; /* "SKIP", "TODO" as written; empty if there is none */
	struct str reason;
	double seconds;
};

struct tap {
	struct import *im;
	struct import_lines lines;
	struct str suite;  /* prove's name of the file */
	size_t current;    /* index + 1 of the result that YAML and comments belong to */
	bool directly;     /* right after a test point */
	bool said;         /* indented lines are about it */
	size_t yaml;       /* indentation of the block that is open, + 1 */
	struct buf before; /* of the subtest that the next point closes */
	struct buf after;  /* YAML and comments of the current point */
	bool planned, plan_first;
	uint64_t plan, plans, ran;
	uint64_t plan_line;
	bool disordered;
};

static bool word_starts(struct str s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && str_eq_nocase(str_head(s, n), (struct str){word, n});
}

/* The " #" that begins a directive; s.n if there is none. Escaped ones belong to the name. */
static size_t directive_at(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		struct str rest = str_trim(str_from(s, i + 1));

		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '#' && (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t') &&
			 (word_starts(rest, "skip") || word_starts(rest, "todo") ||
			  word_starts(rest, "time=") || word_starts(rest, "in ")))
			return i;
	}
	return s.n;
}

/* "addition in 32ms": bats with times. */
static void take_time(struct point *p)
{
	struct str s = p->name;
	size_t i = s.n;

	if (!str_ends(s, STR("ms")))
		return;
	while (i && s.p[i - 1] != ' ')
		i--;
	if (i >= 4 && str_eq((struct str){s.p + i - 4, 4}, STR(" in ")) &&
	    import_seconds(str_from(s, i), &p->seconds))
		p->name = str_trim(str_head(s, i - 4));
}

static void read_directive(struct point *p, struct str s)
{
	size_t n;

	s = str_trim(str_from(s, 1));
	if (word_starts(s, "time=")) {
		import_seconds(str_from(s, 5), &p->seconds);
	} else if (word_starts(s, "in ")) {
		import_seconds(str_from(s, 3), &p->seconds);
	} else {
		for (n = 0; n < s.n && isalpha((unsigned char)s.p[n]); n++)
			;
		p->directive = str_head(s, n);
		p->reason = str_trim(str_from(s, n));
		if (p->reason.n && (p->reason.p[0] == ':' || p->reason.p[0] == '-'))
			p->reason = str_trim(str_from(p->reason, 1));
	}
}

/* "not ok 12 - name # TODO reason" */
static bool read_point(struct str s, struct point *p)
{
	size_t n = 0;

	*p = (struct point){.ok = true, .seconds = NAN};
	if (import_skip(&s, STR("not ")))
		p->ok = false;
	if (!import_skip(&s, STR("ok")) || (s.n && s.p[0] != ' ') ||
	    (s.n > 1 && (s.p[1] == ' ' || s.p[1] == '\t'))) /* "ok  pkg  0.1s": Go */
		return false;
	s = str_trim(s);
	while (n < s.n && isdigit((unsigned char)s.p[n]))
		n++;
	if (n && (n == s.n || s.p[n] == ' ') && str_u64(str_head(s, n), &p->number)) {
		p->numbered = true;
		s = str_trim(str_from(s, n));
	}
	if (import_skip(&s, STR("- ")) || str_eq(s, STR("-")))
		s = str_trim(str_eq(s, STR("-")) ? STR("") : s);
	n = directive_at(s);
	p->name = str_trim(str_head(s, n));
	if (n < s.n)
		read_directive(p, str_from(s, n));
	take_time(p);
	return true;
}

/* "1..12 # SKIP reason" */
static bool read_plan(struct str s, uint64_t *plan, struct str *reason)
{
	size_t n = str_find_char(s, '#');
	struct point p = {0};

	if (!str_starts(s, STR("1..")) || !str_u64(str_trim(str_from(str_head(s, n), 3)), plan))
		return false;
	if (n < s.n)
		read_directive(&p, str_from(s, n));
	*reason = p.reason;
	return true;
}

/* The value of "key: value" in a block of YAML; of a block scalar its first line. */
static bool yaml_value(struct str yaml, struct str key, struct str *value)
{
	struct str line;

	while (str_next(&yaml, '\n', &line)) {
		line = str_trim(line);
		if (!import_skip(&line, key) || !import_skip(&line, STR(":")))
			continue;
		line = str_trim(line);
		while (line.n && strchr("|>", line.p[0]) && str_next(&yaml, '\n', &line)) {
			line = str_trim(line);
			if (line.n)
				break;
			line = STR("|");
		}
		if (line.n >= 2 && strchr("'\"", line.p[0]) && line.p[line.n - 1] == line.p[0])
			line = (struct str){line.p + 1, line.n - 2};
		*value = line;
		return line.n > 0;
	}
	return false;
}

/* What is said first of a failure: by YAML, by comments, or by a subtest that failed. */
static struct str first_words(struct str after, struct str before)
{
	struct str line;
	struct point p;

	if (yaml_value(after, STR("message"), &line) || yaml_value(after, STR("error"), &line))
		return line;
	line = str_trim(str_head(str_trim(after), str_find_char(str_trim(after), '\n')));
	if (line.n && line.p[0] != '#' && !str_eq(line, STR("---")))
		return line; /* Mocha's */
	while (str_next(&after, '\n', &line))
		if (str_starts(line, STR("#")) && str_trim(str_from(line, 1)).n)
			return str_trim(str_from(line, 1));
	while (str_next(&before, '\n', &line))
		if (read_point(str_trim(line), &p) && !p.ok && !p.directive.n && p.name.n)
			return p.name;
	return STR("");
}

/* words, and what follows them if they end in a colon. */
static struct str headline(struct tap *t, struct str words)
{
	struct str after = buf_str(&t->after);

	if (str_ends(words, STR(":")) && words.p >= after.p && words.p < after.p + after.n) {
		after = str_from(after, (size_t)(words.p - after.p));
		return import_headline(t->im, &after);
	}
	return import_name(t->im, words);
}

/* What was collected for the current point goes to it. */
static void close_point(struct tap *t)
{
	struct test_result *r = t->current ? &t->im->tests[t->current - 1] : NULL;
	struct str ms;
	double v;

	if (r && yaml_value(buf_str(&t->after), STR("duration_ms"), &ms) && import_number(ms, &v))
		r->seconds = v * 1e-3;
	if (r && (r->status == TEST_FAILED || r->expected)) {
		CLEANUP_BUF struct buf all = {0};

		buf_add_str(&all, r->detail);
		buf_add_str(&all, buf_str(&t->after));
		if (!r->message.n)
			r->message = headline(t, first_words(buf_str(&t->after), r->detail));
		r->detail = import_text(t->im, buf_str(&all));
	}
	t->current = 0;
	t->yaml = 0;
	buf_clear(&t->after);
}

static void add_error(struct tap *t, const char *name, struct str message, uint64_t line)
{
	struct test_result *r = import_add_test(t->im, t->suite, str_of(name), TEST_ERROR);

	if (!r)
		return;
	r->message = message;
	r->line = line;
}

/* A plan and its test points end. */
static void close_section(struct tap *t)
{
	close_point(t);
	if (t->planned && t->plan != t->ran)
		add_error(t, "(plan)",
			  str_of(arena_printf(&t->im->arena, "planned %llu tests, but ran %llu",
					      (unsigned long long)t->plan,
					      (unsigned long long)t->ran)),
			  t->plan_line);
	t->planned = t->disordered = false;
	t->ran = 0;
}

static void add_point(struct tap *t, const struct point *p)
{
	bool todo = word_starts(p->directive, "todo"), skip = word_starts(p->directive, "skip");
	struct test_result *r;

	close_point(t);
	if (t->planned && !t->plan_first) /* the plan stood at the end of what was before */
		close_section(t);
	t->ran++;
	if (p->numbered && p->number != t->ran && !t->disordered) {
		t->disordered = true;
		import_note(t->im, t->lines.no, "test %llu comes where %llu was expected",
			    (unsigned long long)p->number, (unsigned long long)t->ran);
	}
	r = import_add_test(t->im, t->suite, p->name,
			    skip || (todo && !p->ok) ? TEST_SKIPPED
			    : p->ok                  ? TEST_PASSED
						     : TEST_FAILED);
	if (!r)
		return;
	if (!p->name.n)
		r->name = str_of(
			arena_printf(&t->im->arena, "%llu",
				     (unsigned long long)(p->numbered ? p->number : t->ran)));
	r->expected = todo && !p->ok;
	r->seconds = p->seconds;
	r->line = t->lines.no;
	r->message = import_name(t->im, p->reason);
	if (todo && p->ok)
		r->message = str_of(arena_printf(&t->im->arena, "passed unexpectedly%s" STR_FMT,
						 p->reason.n ? ": " : "", STR_ARG(r->message)));
	if (!p->ok)
		r->detail = import_text(t->im, buf_str(&t->before));
	buf_clear(&t->before);
	t->current = t->im->ntests;
}

static void add_plan(struct tap *t, uint64_t plan, struct str reason)
{
	close_point(t);
	if (t->planned)
		close_section(t);
	t->planned = true;
	t->plan_first = t->ran == 0;
	t->plan = plan;
	t->plan_line = t->lines.no;
	t->plans += plan;
	if (!plan && reason.n)
		import_note(t->im, t->lines.no, "all skipped: " STR_FMT, STR_ARG(reason));
}

/* "t/a.t .. " */
static bool prove_file(struct str s, struct str *file)
{
	size_t n = str_find(s, STR(" .."));

	s = str_trim(s);
	if (n >= s.n || !str_ends(s, STR("..")))
		return false;
	*file = str_head(s, n);
	return str_find_char(*file, ' ') == n;
}

/* A line at the left margin. */
static void read_margin(struct tap *t, struct str s)
{
	struct point p;
	uint64_t plan;
	struct str rest;

	t->yaml = 0;
	if (str_eq(s, STR("ok")) && t->suite.n && t->planned && t->ran == t->plan) {
		close_section(t); /* prove's own word on the file */
	} else if (read_point(s, &p)) {
		add_point(t, &p);
		t->directly = true;
	} else if (read_plan(s, &plan, &rest)) {
		add_plan(t, plan, rest);
	} else if (import_skip(&s, STR("Bail out!"))) {
		close_point(t);
		add_error(t, "(bail out)", import_name(t->im, str_trim(s)), t->lines.no);
		t->planned = false; /* that it does not hold is no news */
	} else if (str_starts(s, STR("# Subtest"))) {
		close_point(t);
		buf_clear(&t->before);
	} else if (str_starts(s, STR("#"))) {
		import_keep(&t->after, s);
	} else if (prove_file(s, &rest)) {
		close_section(t);
		t->suite = import_name(t->im, rest);
	} else if (!str_starts(s, STR("TAP version ")) && !str_starts(s, STR("pragma "))) {
		t->im->skipped_lines += s.n > 0;
	}
}

static void read_line(struct tap *t, struct str s)
{
	struct str text = str_trim(s);
	size_t indent = text.n ? (size_t)(text.p - s.p) : 0;
	bool directly = t->directly;

	t->directly = false;
	t->said = t->said && (indent || !text.n);
	if (t->yaml && (indent >= t->yaml - 1 || !text.n)) {
		import_keep(&t->after, s);
		if (indent == t->yaml - 1 && str_eq(text, STR("...")))
			t->yaml = 0;
	} else if (!indent) {
		read_margin(t, s);
	} else if (directly && t->current && str_eq(text, STR("---"))) {
		t->yaml = indent + 1;
		import_keep(&t->after, s);
	} else {
		t->said = t->said || (directly && t->current && indent < SUBTEST);
		import_keep(t->said ? &t->after : &t->before, s);
	}
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line, reason;
	uint64_t plan, numbered = 0, plans = 0;
	struct point p;

	while (import_next_line(&l, &line)) {
		if (str_starts(line, STR("TAP version 1")))
			return 95;
		if (read_point(line, &p))
			numbered += p.numbered;
		else
			plans += read_plan(line, &plan, &reason);
	}
	if (plans && numbered)
		return 90;
	if (str_ends(path, STR(".tap")) && (plans || numbered))
		return 90;
	return numbered > 1 ? IMPORT_SURE : plans && l.no <= 2 ? IMPORT_SURE : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct tap t = {.im = im, .lines = IMPORT_LINES(files[0].data)};
	struct variable *v;
	struct str line;

	while (import_next_line(&t.lines, &line))
		read_line(&t, line);
	close_section(&t);
	v = t.plan_line ? import_add_variable(im, STR("tests.planned"), value_int((int64_t)t.plans))
			: NULL;
	if (v)
		v->line = t.plan_line;
	buf_release(&t.before);
	buf_release(&t.after);
	import_lines_release(&t.lines);
	return 0;
}

const struct import_reader read_tap = {
	.name = "tap",
	.what = "TAP 12 to 14 (prove -v, bats, node --test)",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
