// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What Python's unittest prints (and Django's runner, which is one), with -v and without, also
 * between other lines. Results are the tests that "Ran N tests" counts; subtests that failed
 * explain theirs. Without -v a test is a character, and those that passed keep a number
 * (progress.h).
 */
#include <stdlib.h>

#include "base/hash.h"
#include "import/progress.h"
#include "import/readers.h"

struct unittest {
	struct import *im;
	struct import_lines lines;
	struct progress progress;
	struct intern ids; /* "class\0name" of the results */
	size_t *results;   /* by id: index + 1 */
	size_t nresults, cap_results;
	size_t pending; /* the result whose status is still to come, index + 1 */
	size_t block;   /* the result that a block of text is about, index + 1 */
	struct buf text;
	struct buf key;
	struct buf maybe; /* the line before: with a docstring the name stands alone on it */
	struct buf chars; /* lines of characters */
	bool ruled;       /* the line before was "-----" */
	bool headed;      /* the line before was "=====" */
};

static const struct outcome {
	struct str word;
	enum test_status status;
	bool expected;
} outcomes[] = {
	{STR("ok"), TEST_PASSED, false},
	{STR("FAIL"), TEST_FAILED, false},
	{STR("ERROR"), TEST_ERROR, false},
	{STR("expected failure"), TEST_SKIPPED, true},
	{STR("unexpected success"), TEST_PASSED, true},
	{STR("skipped"), TEST_SKIPPED, false},
};

/* The outcome that s is, or begins with if reasons follow. */
static const struct outcome *outcome_at(struct str s)
{
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (str_eq(s, outcomes[i].word) ||
		    (outcomes[i].status == TEST_SKIPPED && str_starts(s, outcomes[i].word)))
			return &outcomes[i];
	return NULL;
}

struct id {
	struct str name, suite, params;
};

/* "test_b (__main__.T.test_b) (i=1)"; before 3.11 without the name in the class. */
static bool parse_id(struct str s, struct id *id)
{
	size_t n = str_find(s, STR(" (")), end = str_find_char(s, ')');
	struct str tail;

	if (n == 0 || n == s.n || end < n || end == s.n || str_find_char(s, ' ') < n)
		return false;
	id->name = str_head(s, n);
	id->suite = (struct str){s.p + n + 2, end - n - 2};
	id->params = str_trim(str_from(s, end + 1));
	if (!id->suite.n || str_find_char(id->suite, ' ') < id->suite.n)
		return false;
	if (id->suite.n > id->name.n + 1 && str_ends(id->suite, id->name)) {
		tail = str_head(id->suite, id->suite.n - id->name.n);
		if (tail.p[tail.n - 1] == '.')
			id->suite = str_head(tail, tail.n - 1);
	}
	return true;
}

/* What is set up for a class or a module is no test. */
static bool is_fixture(struct str name)
{
	return str_starts(name, STR("setUp")) || str_starts(name, STR("tearDown"));
}

/* The result of that id; if there is none, a nameless one of that outcome, or a new one. */
static struct test_result *find_test(struct unittest *u, const struct id *id,
				     const struct outcome *o)
{
	struct test_result *t;
	struct str name;
	uint32_t i;

	buf_clear(&u->key);
	buf_add_str(&u->key, id->suite);
	buf_add_char(&u->key, 0);
	buf_printf(&u->key, is_fixture(id->name) ? "(" STR_FMT ")" : STR_FMT, STR_ARG(id->name));
	name = str_from(buf_str(&u->key), id->suite.n + 1);
	i = intern_add(&u->ids, buf_str(&u->key));
	if (i == u->nresults)
		array_push(u->results, u->nresults, u->cap_results) = 0;
	if (u->results[i])
		return &u->im->tests[u->results[i] - 1];
	t = progress_name(&u->progress, id->suite, name, o->status, o->expected);
	if (!t)
		t = import_add_test(u->im, id->suite, name, o->status);
	if (!t)
		return NULL;
	t->expected = o->expected;
	t->line = t->line ? t->line : u->lines.no;
	u->results[i] = (size_t)(t - u->im->tests) + 1;
	return t;
}

static const struct str no_end = STR("did not end");

/* Of several ends of one test (its subtests, its tearDown) the gravest counts. */
static void end_test(struct unittest *u, struct test_result *t, const struct outcome *o,
		     struct str reason)
{
	bool open = str_eq(t->message, no_end);

	if (open)
		t->message = STR("");
	if (open || o->status == TEST_FAILED || o->status == TEST_ERROR) {
		t->status = t->status == TEST_ERROR && !open ? TEST_ERROR : o->status;
		t->expected = o->expected;
	}
	if (reason.n >= 2 && strchr("'\"", reason.p[0]) && reason.p[reason.n - 1] == reason.p[0])
		reason = (struct str){reason.p + 1, reason.n - 2};
	if (reason.n)
		t->message = import_name(u->im, reason);
	u->pending = 0;
}

/* The id before " ...": on the line, or with a docstring on the line before. */
static bool line_id(struct unittest *u, struct str s, struct id *id)
{
	if (parse_id(str_trim(s), id) && str_find_char(id->suite, '.') < id->suite.n)
		return true;
	return parse_id(buf_str(&u->maybe), id) && str_find_char(id->suite, '.') < id->suite.n;
}

/* "test_a (__main__.T.test_a) ... ok"; the status may come on a line of its own, after output. */
static bool test_line(struct unittest *u, struct str s)
{
	static const struct outcome open = {STR(""), TEST_ERROR, false};
	size_t n = str_find(s, STR(" ..."));
	struct str status = str_trim(str_from(s, n + 4));
	const struct outcome *o = outcome_at(status);
	struct test_result *t;
	struct id id;

	if (n == s.n || (n + 4 < s.n && s.p[n + 4] != ' ') || !line_id(u, str_head(s, n), &id))
		return false;
	if (status.n && !o && !str_starts(id.name, STR("test")))
		return false;
	t = find_test(u, &id, o ? o : &open);
	if (!t)
		return true;
	if (o) {
		end_test(u, t, o, str_trim(str_from(status, o->word.n)));
	} else if (t->status == TEST_ERROR && !t->message.n) {
		t->message = no_end;
		u->pending = (size_t)(t - u->im->tests) + 1;
	}
	return true;
}

/* ---- blocks: what is said of failures ---- */

/* Of each traceback the line after its frames; of chained ones the last. */
static struct str exception_line(struct str text)
{
	struct str line, found = {0};
	bool within = false;

	while (str_next(&text, '\n', &line)) {
		if (str_starts(line, STR("Traceback "))) {
			within = true;
		} else if (within && line.n && line.p[0] != ' ') {
			found = line;
			within = false;
		}
	}
	return found;
}

static void close_block(struct unittest *u)
{
	struct test_result *t = u->block ? &u->im->tests[u->block - 1] : NULL;
	struct str line = exception_line(buf_str(&u->text));
	CLEANUP_BUF struct buf all = {0};

	if (t) {
		if (line.p && !t->message.n)
			t->message = import_name(u->im, line);
		buf_add_str(&all, t->detail); /* subtests of a test have a block each */
		import_keep(&all, buf_str(&u->text));
		t->detail = import_text(u->im, buf_str(&all));
	}
	u->block = 0;
	buf_clear(&u->text);
}

/* "FAIL: test_b (__main__.T.test_b) (i=1)" */
static bool open_block(struct unittest *u, struct str s)
{
	const struct outcome *o = outcome_at(str_head(s, str_find_char(s, ':')));
	struct test_result *t;
	struct id id;

	if (!o || !parse_id(str_trim(str_from(s, o->word.n + 1)), &id))
		return false;
	t = find_test(u, &id, o);
	if (!t)
		return true;
	end_test(u, t, o, STR(""));
	u->block = (size_t)(t - u->im->tests) + 1;
	if (id.params.n)
		import_keep(&u->text, id.params);
	return true;
}

/* ---- sessions ---- */

static void open_session(struct unittest *u)
{
	progress_init(&u->progress, u->im);
	intern_init(&u->ids);
	u->nresults = u->pending = u->block = 0;
	buf_clear(&u->text);
	buf_clear(&u->chars);
}

static void close_session(struct unittest *u)
{
	close_block(u);
	progress_end(&u->progress);
	intern_release(&u->ids);
}

/* Without names so far the characters are the results. */
static void take_progress(struct unittest *u)
{
	if (u->im->ntests == u->progress.first)
		progress_add(&u->progress, STR(""), buf_str(&u->chars), u->lines.no);
	buf_clear(&u->chars);
}

/* "Ran 5 tests in 0.024s" */
static bool ran(struct str s, uint64_t *n, double *seconds)
{
	size_t in = str_find(s, STR(" in "));
	struct str count;

	if (!import_skip(&s, STR("Ran ")) || in < 4)
		return false;
	count = str_head(s, str_find_char(s, ' '));
	return str_u64(count, n) && str_starts(str_from(s, count.n), STR(" test")) &&
	       import_seconds(str_from(s, in), seconds);
}

/* Failures that no block names are subtests: each has a character, but is no test. */
static void drop_subtests(struct unittest *u)
{
	size_t n = u->progress.first;

	for (size_t i = n; i < u->im->ntests; i++) {
		const struct test_result *t = &u->im->tests[i];

		if (!progress_nameless(t) || (t->status != TEST_FAILED && t->status != TEST_ERROR))
			u->im->tests[n++] = *t;
	}
	u->im->ntests = n;
}

static bool ran_line(struct unittest *u, struct str s)
{
	uint64_t n, fixtures = 0;
	struct variable *v;
	double seconds;

	if (!ran(s, &n, &seconds))
		return false;
	take_progress(u);
	close_block(u);
	drop_subtests(u);
	for (size_t i = u->progress.first; i < u->im->ntests; i++)
		fixtures += u->im->tests[i].name.p[0] == '(';
	import_claim(u->im, u->lines.no, "tests", n, u->im->ntests - u->progress.first - fixtures);
	v = import_add_variable(u->im, STR("tests.wall"), value_real(seconds));
	if (v) {
		v->unit = STR("s");
		v->better = BETTER_LOWER;
		v->line = u->lines.no;
	}
	close_session(u);
	open_session(u);
	return true;
}

static bool rule(struct str s, char mark)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == mark)
		n++;
	return n == s.n && n >= 20;
}

static void read_line(struct unittest *u, struct str line)
{
	struct str s = str_trim(line);
	const struct outcome *o = u->pending ? outcome_at(s) : NULL;
	bool ruled = u->ruled;

	u->ruled = rule(s, '-');
	if (rule(s, '=')) {
		close_block(u);
		take_progress(u);
		u->headed = true;
		return;
	}
	if (u->headed && open_block(u, s)) {
		u->headed = false;
	} else if (ruled && ran_line(u, s)) {
		u->ruled = false;
	} else if (u->block) {
		if (!u->ruled)
			import_keep(&u->text, line);
	} else if (o) {
		end_test(u, &u->im->tests[u->pending - 1], o, str_trim(str_from(s, o->word.n)));
	} else if (!test_line(u, s)) {
		if (progress_is(s))
			buf_add_str(&u->chars, s);
		else
			u->im->skipped_lines += s.n > 0 && !u->ruled;
		buf_clear(&u->maybe);
		buf_add_str(&u->maybe, str_head(s, IMPORT_MAX_NAME));
	}
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	bool ruled = false;
	struct str line;
	double seconds;
	uint64_t n;

	while (import_next_line(&l, &line)) {
		if (ruled && ran(line, &n, &seconds))
			return 85;
		ruled = rule(line, '-');
	}
	return 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct unittest u = {.im = im, .lines = IMPORT_LINES(files[0].data)};
	struct str line;

	open_session(&u);
	while (import_next_line(&u.lines, &line))
		read_line(&u, line);
	close_session(&u);
	free(u.results);
	buf_release(&u.text);
	buf_release(&u.key);
	buf_release(&u.maybe);
	buf_release(&u.chars);
	import_lines_release(&u.lines);
	return 0;
}

const struct import_reader read_unittest = {
	.name = "unittest",
	.what = "Python's unittest, with -v or not",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
