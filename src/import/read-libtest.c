// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What cargo test prints (Rust's libtest), between the lines of the build. Results of one program
 * are followed by what its failures printed and by totals. Benchmarks become variables; a crate
 * that does not compile is the result "(build)" with status error.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "import/bench.h"
#include "import/libtest.h"
#include "import/progress.h"
#include "import/readers.h"

struct libtest {
	struct import *im;
	struct import_lines lines;
	struct bench bench;
	struct buf suite;
	size_t first;        /* result of this program */
	struct intern names; /* of its results: id = index - first, as far as names are unique */
	struct progress progress; /* of -q */
	bool running;
	size_t *results; /* by id: index + 1 */
	size_t nresults, cap_results;
	size_t pending; /* the result whose status is still to come, index + 1 */
	size_t told;    /* the one whose output follows, index + 1 */
	struct buf said;
};

static const struct outcome {
	struct str word;
	enum test_status status;
} outcomes[] = {
	{STR("ok"), TEST_PASSED},
	{STR("FAILED"), TEST_FAILED},
	{STR("failed"), TEST_FAILED},
	{STR("ignored"), TEST_SKIPPED},
};

/* The outcome that s begins with; what follows is a reason or a time. */
static const struct outcome *outcome_at(struct str s)
{
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++) {
		struct str rest = str_from(s, outcomes[i].word.n);

		if (str_starts(s, outcomes[i].word) &&
		    (!rest.n || rest.p[0] == ',' || rest.p[0] == ' '))
			return &outcomes[i];
	}
	return NULL;
}

/* "ignored, slow", "ok <0.001s>" */
static void end_test(struct libtest *l, struct test_result *t, const struct outcome *o,
		     struct str rest)
{
	t->status = o->status;
	t->message = STR("");
	rest = str_trim(rest);
	if (import_skip(&rest, STR(",")))
		t->message = import_name(l->im, str_trim(rest));
	else if (import_skip(&rest, STR("<")) && str_ends(rest, STR(">")))
		import_seconds(str_head(rest, rest.n - 1), &t->seconds);
	l->pending = 0;
}

static void remember(struct libtest *l, struct str name, const struct test_result *t)
{
	uint32_t i = intern_add(&l->names, name);

	if (i == l->nresults)
		array_push(l->results, l->nresults, l->cap_results) = 0;
	l->results[i] = (size_t)(t - l->im->tests) + 1;
}

/* -q: "..i..F 12/30", and since 1.60 "t::bad --- FAILED" instead of the F. */
static bool quiet_line(struct libtest *l, struct str s)
{
	CLEANUP_BUF struct buf chars = {0};
	struct test_result *t;
	size_t n = str_find_char(s, ' ');

	if (!l->running)
		return false;
	if (str_ends(s, STR(" --- FAILED"))) {
		s = str_trim(str_head(s, s.n - strlen(" --- FAILED")));
		t = import_add_test(l->im, buf_str(&l->suite), s, TEST_FAILED);
		if (t) {
			t->line = l->lines.no;
			remember(l, s, t);
		}
		return true;
	}
	if (n < s.n && str_find_char(s, '/') == s.n)
		return false;
	for (size_t i = 0; i < n; i++)
		buf_add_char(&chars, s.p[i] == 'i' ? 's' : s.p[i]);
	if (!progress_is(buf_str(&chars)))
		return false;
	progress_add(&l->progress, buf_str(&l->suite), buf_str(&chars), l->lines.no);
	return true;
}

/* "test t::bad ... FAILED"; the status may come on a line of its own, after output. */
static bool test_line(struct libtest *l, struct str s)
{
	size_t n = str_find(s, STR(" ... "));
	struct str name, rest = str_trim(str_from(s, n + 5));
	const struct outcome *o = outcome_at(rest);
	struct test_result *t;

	if (!import_skip(&s, STR("test ")) || (n == s.n + 5 && !str_ends(s, STR(" ..."))))
		return false;
	name = str_trim(str_head(s, str_find(s, STR(" ..."))));
	t = import_add_test(l->im, buf_str(&l->suite), name, TEST_ERROR);
	if (!t)
		return true;
	t->line = l->lines.no;
	remember(l, str_head(name, str_find(name, STR(" - should panic"))), t);
	if (o) {
		end_test(l, t, o, str_from(rest, o->word.n));
	} else {
		t->message = STR("did not end");
		l->pending = l->im->ntests;
	}
	return true;
}

/* ---- what failures printed ---- */

struct str libtest_panic(struct str text)
{
	static const struct str mark = STR(" panicked at ");
	struct str line;

	while (str_next(&text, '\n', &line)) {
		size_t at = str_find(line, mark);
		struct str rest = str_from(line, at + mark.n);

		if (!str_starts(line, STR("thread '")) || at == line.n)
			continue;
		if (import_skip(&rest, STR("'")))
			return str_head(rest, str_find(rest, STR("', ")));
		return str_next(&text, '\n', &line) ? str_trim(line) : STR("");
	}
	return STR("");
}

static void close_output(struct libtest *l)
{
	struct test_result *t = l->told ? &l->im->tests[l->told - 1] : NULL;
	struct str message = libtest_panic(buf_str(&l->said));

	if (t) {
		import_explain(l->im, t, buf_str(&l->said));
		if (message.n) {
			t->message = import_name(l->im, message);
			t->detail = import_text(l->im, str_trim(buf_str(&l->said)));
		}
	}
	l->told = 0;
	buf_clear(&l->said);
}

/* "---- t::err stdout ----" */
static bool output_begins(struct libtest *l, struct str s)
{
	struct test_result *t;
	uint32_t i;

	if (!str_starts(s, STR("---- ")) || !str_ends(s, STR(" ----")) || s.n < 10)
		return false;
	s = (struct str){s.p + 5, s.n - 10};
	if (str_ends(s, STR(" stdout")))
		s.n -= strlen(" stdout");
	close_output(l);
	if (!intern_find(&l->names, s, &i)) { /* one of the characters of -q */
		t = progress_name(&l->progress, buf_str(&l->suite), s, TEST_FAILED, false);
		if (t)
			remember(l, s, t);
	}
	if (intern_find(&l->names, s, &i))
		l->told = l->results[i];
	return true;
}

/* ---- programs ---- */

static void open_program(struct libtest *l)
{
	close_output(l);
	intern_release(&l->names);
	intern_init(&l->names);
	progress_init(&l->progress, l->im);
	l->nresults = 0;
	l->pending = 0;
	l->running = false;
	l->first = l->im->ntests;
}

/* "     Running unittests src/lib.rs (target/debug/deps/x-0123)", "   Doc-tests x" */
static bool program_line(struct libtest *l, struct str s)
{
	bool doc = str_starts(s, STR("Doc-tests "));
	size_t n;

	if (!doc && !import_skip(&s, STR("Running ")))
		return false;
	n = str_find(s, STR(" ("));
	if (!doc && n == s.n && !str_contains(s, STR("target")))
		return false;
	open_program(l);
	buf_clear(&l->suite);
	buf_add_str(&l->suite, str_head(s, n < IMPORT_MAX_NAME ? n : IMPORT_MAX_NAME));
	return true;
}

/* "test result: FAILED. 2 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out" */
static bool total_line(struct libtest *l, struct str s)
{
	static const struct str words[] = {[TEST_PASSED] = STR("passed"),
					   [TEST_FAILED] = STR("failed"),
					   [TEST_SKIPPED] = STR("ignored")};
	uint64_t found[TEST_SKIPPED + 1] = {0}, v;
	struct str part;

	if (!import_skip(&s, STR("test result: ")))
		return false;
	close_output(l);
	s = str_from(s, str_find(s, STR(". ")) + 2);
	for (size_t i = l->first; i < l->im->ntests; i++)
		found[l->im->tests[i].status]++;
	while (str_next(&s, ';', &part)) {
		size_t n;

		part = str_trim(part);
		n = str_find_char(part, ' ');
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (words[i].n && str_eq(str_trim(str_from(part, n)), words[i]) &&
			    str_u64(str_head(part, n), &v))
				import_claim(l->im, l->lines.no, words[i].p, v, found[i]);
	}
	open_program(l);
	return true;
}

/* "error: could not compile `x` (lib test) due to 1 previous error" */
static bool build_failed(struct libtest *l, struct str s)
{
	static const struct str start = STR("error: could not compile `");
	struct test_result *t;
	struct str crate = str_from(s, start.n);

	if (!str_starts(s, start))
		return false;
	t = import_add_test(l->im, str_head(crate, str_find_char(crate, '`')), STR("(build)"),
			    TEST_ERROR);
	if (t) {
		t->line = l->lines.no;
		t->message = import_name(l->im, s);
	}
	return true;
}

static void read_line(struct libtest *l, struct str line)
{
	struct str s = str_trim(line);
	const struct outcome *o = l->pending ? outcome_at(s) : NULL;

	if (output_begins(l, s) || total_line(l, s))
		return;
	if (str_eq(s, STR("failures:")) || str_eq(s, STR("successes:"))) {
		close_output(l);
		return;
	}
	if (l->told) {
		import_keep(&l->said, line);
		return;
	}
	if (o) {
		end_test(l, &l->im->tests[l->pending - 1], o, str_from(s, o->word.n));
		return;
	}
	if (program_line(l, s) || build_failed(l, s) ||
	    bench_rust_line(&l->bench, line, l->lines.no) || test_line(l, s) || quiet_line(l, s))
		return;
	if (str_starts(s, STR("running ")) && str_contains(s, STR(" test"))) {
		l->running = true;
		return;
	}
	l->im->skipped_lines += s.n > 0;
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line;
	bool ran = false;

	while (import_next_line(&l, &line)) {
		if (str_starts(line, STR("test result: ")))
			return 90;
		if (str_starts(line, STR("running ")) &&
		    (str_ends(line, STR(" tests")) || str_ends(line, STR(" test"))))
			ran = true;
		if (ran && str_starts(line, STR("test ")) && str_contains(line, STR(" ... ")))
			return 90;
	}
	return 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct libtest l = {.im = im, .lines = IMPORT_LINES(files[0].data)};
	struct str line;

	bench_init(&l.bench, im);
	intern_init(&l.names);
	open_program(&l);
	while (import_next_line(&l.lines, &line))
		read_line(&l, line);
	close_output(&l);
	bench_end(&l.bench);
	bench_release(&l.bench);
	intern_release(&l.names);
	free(l.results);
	buf_release(&l.suite);
	buf_release(&l.said);
	import_lines_release(&l.lines);
	return 0;
}

const struct import_reader read_libtest = {
	.name = "libtest",
	.what = "cargo test (Rust's libtest)",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
