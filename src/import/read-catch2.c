// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What Catch2's programs print (versions 2 and 3). Only test cases with something to say have a
 * heading; how many passed besides is in the totals: those are named "#3", the third without a
 * name. Benchmarks become variables.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "import/bench.h"
#include "import/readers.h"

#define MAX_NAMELESS 100000 /* a total may claim any number */

struct catch2 {
	struct import *im;
	struct import_lines lines;
	struct bench bench;
	struct buf suite;    /* the program */
	size_t first;        /* result of this run */
	struct intern names; /* of test cases: one has a heading for each section that has news */
	size_t *results;     /* by id: index + 1 */
	size_t nresults, cap_results;
	unsigned rules; /* lines of "-----" of a heading so far */
	struct buf title;
	size_t open;  /* index + 1 */
	bool telling; /* of an assertion that did not hold */
	struct buf said;
};

static bool rule(struct str s, char mark)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == mark)
		n++;
	return n == s.n && n >= 40;
}

static void close_case(struct catch2 *c)
{
	struct test_result *t = c->open ? &c->im->tests[c->open - 1] : NULL;

	if (t && !t->message.n)
		import_explain(c->im, t, buf_str(&c->said));
	c->open = 0;
	c->telling = false;
	buf_clear(&c->said);
}

static void open_case(struct catch2 *c)
{
	struct test_result *t;
	uint32_t id = intern_add(&c->names, buf_str(&c->title));

	close_case(c);
	if (id == c->nresults)
		array_push(c->results, c->nresults, c->cap_results) = 0;
	if (!c->results[id]) {
		t = import_add_test(c->im, buf_str(&c->suite), buf_str(&c->title), TEST_PASSED);
		if (!t)
			return;
		t->line = c->lines.no;
		c->results[id] = c->im->ntests;
	}
	c->open = c->results[id];
}

/* "main.cpp:12: FAILED:" and what follows of it */
static void assertion(struct catch2 *c, struct str s)
{
	struct test_result *t = &c->im->tests[c->open - 1];

	if (str_ends(s, STR(": FAILED:")) || str_ends(s, STR(": FAILED - but was ok:"))) {
		t->status = t->status == TEST_ERROR ? TEST_ERROR : TEST_FAILED;
		c->telling = true;
	} else if (str_ends(s, STR(": SKIPPED:"))) {
		t->status = t->status == TEST_PASSED ? TEST_SKIPPED : t->status;
		c->telling = true;
	} else if (str_ends(s, STR(": PASSED:"))) {
		c->telling = false;
	} else if (c->telling && (str_starts(s, STR("due to unexpected exception")) ||
				  str_starts(s, STR("due to a fatal error")))) {
		t->status = TEST_ERROR;
	}
	if (c->telling)
		import_keep(&c->said, s);
}

/* "test cases: 2 | 1 passed | 1 failed", "All tests passed (4 assertions in 2 test cases)" */
static bool totals(struct str s, uint64_t *passed, uint64_t *failed)
{
	struct str part;
	size_t n;

	*failed = 0;
	if (import_skip(&s, STR("All tests passed ("))) {
		s = str_from(s, str_find(s, STR(" in ")) + 4);
		return str_u64(str_head(s, str_find_char(s, ' ')), passed);
	}
	if (!import_skip(&s, STR("test cases: ")))
		return false;
	*passed = 0;
	while (str_next(&s, '|', &part)) {
		part = str_trim(part);
		n = str_find_char(part, ' ');
		if (str_eq(str_from(part, n), STR(" passed")))
			str_u64(str_head(part, n), passed);
		else if (str_eq(str_from(part, n), STR(" failed")))
			str_u64(str_head(part, n), failed);
	}
	return true;
}

static void new_run(struct catch2 *c)
{
	close_case(c);
	intern_release(&c->names);
	intern_init(&c->names);
	c->nresults = 0;
	c->first = c->im->ntests;
	c->rules = 0;
}

/* Those that passed and had nothing to say. */
static bool total_line(struct catch2 *c, struct str s)
{
	uint64_t passed, failed, named = 0, bad = 0;

	if (!totals(s, &passed, &failed))
		return false;
	for (size_t i = c->first; i < c->im->ntests; i++) {
		named += c->im->tests[i].status == TEST_PASSED;
		bad += c->im->tests[i].status == TEST_FAILED ||
		       c->im->tests[i].status == TEST_ERROR;
	}
	import_claim(c->im, c->lines.no, "failed test cases", failed, bad);
	if (passed > named + MAX_NAMELESS || passed < named)
		import_claim(c->im, c->lines.no, "passed test cases", passed, named);
	for (uint64_t i = 1; passed <= named + MAX_NAMELESS && named + i <= passed; i++) {
		struct test_result *t;
		char name[24];

		snprintf(name, sizeof(name), "#%llu", (unsigned long long)i);
		t = import_add_test(c->im, buf_str(&c->suite), str_of(name), TEST_PASSED);
		if (t)
			t->line = c->lines.no;
	}
	new_run(c);
	return true;
}

/* "x is a Catch2 v3.4.0 host application." */
static bool program_line(struct catch2 *c, struct str s)
{
	size_t n = str_find(s, STR(" is a Catch"));

	if (n == s.n || !str_ends(s, STR(" host application.")))
		return false;
	new_run(c);
	buf_clear(&c->suite);
	buf_add_str(&c->suite, str_head(s, n));
	return true;
}

/* Between the rules of a heading: the title, and sections after blanks. */
static void heading(struct catch2 *c, struct str line)
{
	if (c->rules == 1 && line.n && line.p[0] != ' ' && c->title.n < IMPORT_MAX_NAME) {
		if (c->title.n)
			buf_add_char(&c->title, ' ');
		buf_add_str(&c->title, str_trim(line));
	}
}

static void read_line(struct catch2 *c, struct str line)
{
	struct str s = str_trim(line);

	if (bench_catch2_line(&c->bench, line, c->lines.no) || total_line(c, s) ||
	    program_line(c, s))
		return;
	if (rule(s, '-')) {
		if (c->rules++ == 0) {
			buf_clear(&c->title);
		} else {
			if (c->title.n)
				open_case(c);
			c->rules = 0;
		}
	} else if (c->rules) {
		heading(c, line);
	} else if (rule(s, '=') || rule(s, '~')) {
		c->rules = 0;
	} else if (c->open) {
		assertion(c, s);
	} else {
		c->im->skipped_lines += s.n > 0;
	}
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	uint64_t passed, failed;
	struct str line;

	while (import_next_line(&l, &line)) {
		line = str_trim(line);
		if ((str_contains(line, STR(" is a Catch")) &&
		     str_ends(line, STR(" host application."))) ||
		    totals(line, &passed, &failed))
			return 85;
	}
	return 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct catch2 c = {.im = im, .lines = IMPORT_LINES(files[0].data)};
	struct str line;

	bench_init(&c.bench, im);
	intern_init(&c.names);
	new_run(&c);
	while (import_next_line(&c.lines, &line))
		read_line(&c, line);
	close_case(&c);
	bench_end(&c.bench);
	bench_release(&c.bench);
	intern_release(&c.names);
	free(c.results);
	buf_release(&c.suite);
	buf_release(&c.title);
	buf_release(&c.said);
	import_lines_release(&c.lines);
	return 0;
}

const struct import_reader read_catch2 = {
	.name = "catch2",
	.what = "Catch2's text",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
