// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What ctest prints: plain, with --output-on-failure (a test's output follows its result) and with
 * -V (it stands before it, each line after the test's number). Tests run at the same time. Signals
 * and timeouts are errors, and so is what did not run because its program is missing.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/hash.h"
#include "import/readers.h"

#define RECENT 1000 /* results among which --repeat looks for the former one */

struct ctest {
	struct import *im;
	struct import_lines lines;
	struct map numbers;  /* of tests -> outputs[] */
	struct buf *outputs; /* of -V */
	size_t noutputs, cap_outputs;
	size_t open; /* the result that output follows, index + 1 */
	struct buf said;
	struct buf begun; /* a result whose message has several lines */
	size_t first;     /* result of this run */
};

/* What stands after the dots, and before the time. */
static const struct {
	struct str word;
	enum test_status status;
} outcomes[] = {
	{STR("Passed"), TEST_PASSED},      {STR("***Not Run (Disabled)"), TEST_SKIPPED},
	{STR("***Skipped"), TEST_SKIPPED}, {STR("***Failed"), TEST_FAILED},
	{STR("***Not Run"), TEST_ERROR},   {STR("***Timeout"), TEST_ERROR},
	{STR("***Exception"), TEST_ERROR}, {STR("***"), TEST_ERROR},
};

struct result {
	uint64_t number;
	struct str name, message;
	enum test_status status;
	double seconds;
	bool again; /* --repeat: it has no "1/9" before it */
};

static struct str digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && isdigit((unsigned char)s.p[n]))
		n++;
	return str_head(s, n);
}

/* "1/9 Test #2: fail ....***Failed    0.11 sec" */
static bool parse_result(struct str s, struct result *r)
{
	size_t n = str_find(s, STR("Test ")), time;
	struct str number;

	r->again = n == 0;
	s = str_trim(str_from(s, n + 5));
	if (!import_skip(&s, STR("#")))
		return false;
	number = digits(s);
	s = str_from(s, number.n);
	if (!str_u64(number, &r->number) || !import_skip(&s, STR(": ")))
		return false;
	n = str_find(s, STR(" .."));
	r->name = str_trim(str_head(s, n));
	s = str_from(s, n + 1);
	while (s.n && (s.p[0] == '.' || s.p[0] == ' '))
		s = str_from(s, 1);
	s = str_trim(s);
	if (!str_ends(s, STR(" sec")) || !r->name.n)
		return false;
	s.n -= strlen(" sec");
	for (time = s.n; time && s.p[time - 1] != ' '; time--)
		;
	if (!import_number(str_from(s, time), &r->seconds))
		return false;
	s = str_trim(str_head(s, time));
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (str_starts(s, outcomes[i].word)) {
			r->status = outcomes[i].status;
			import_skip(&s, STR("***"));
			r->message = s;
			return true;
		}
	return false;
}

static void close_result(struct ctest *c)
{
	struct test_result *t = c->open ? &c->im->tests[c->open - 1] : NULL;

	if (t && t->status != TEST_PASSED)
		t->detail = import_text(c->im, str_trim(buf_str(&c->said)));
	c->open = 0;
	buf_clear(&c->said);
}

/* The result that one of --repeat takes the place of, or a new one. */
static struct test_result *place_of(struct ctest *c, const struct result *r)
{
	size_t end = c->im->ntests;

	for (size_t i = end; r->again && i-- > c->first && end - i <= RECENT;)
		if (str_eq(c->im->tests[i].name, r->name))
			return &c->im->tests[i];
	return import_add_test(c->im, STR(""), r->name, r->status);
}

static void add_result(struct ctest *c, const struct result *r)
{
	struct test_result *t;
	size_t n = c->im->ntests;
	uint32_t i;

	close_result(c);
	t = place_of(c, r);
	if (!t)
		return;
	if (n == c->im->ntests && r->status == TEST_PASSED && t->status != TEST_PASSED)
		t->message = STR("passed when repeated");
	t->status = r->status;
	t->line = c->lines.no;
	t->seconds = r->seconds;
	if (r->status != TEST_PASSED)
		t->message = import_name(c->im, r->message);
	c->open = (size_t)(t - c->im->tests) + 1;
	if (map_get(&c->numbers, r->number, &i)) {
		import_keep(&c->said, buf_str(&c->outputs[i]));
		buf_release(&c->outputs[i]);
	}
}

/* "12: what test 12 printed" */
static bool verbose_line(struct ctest *c, struct str s)
{
	struct str number = digits(s);
	uint64_t v;
	uint32_t i;

	if (!str_u64(number, &v) || !str_starts(str_from(s, number.n), STR(":")) ||
	    (s.n > number.n + 1 && s.p[number.n + 1] != ' '))
		return false;
	i = map_put(&c->numbers, v, (uint32_t)c->noutputs, NULL);
	if (i == c->noutputs)
		array_push(c->outputs, c->noutputs, c->cap_outputs) = (struct buf){0};
	import_keep(&c->outputs[i], str_from(s, number.n + 2));
	return true;
}

/* "38% tests passed, 5 tests failed out of 8" */
static bool total_line(struct ctest *c, struct str s)
{
	size_t n = str_find(s, STR("% tests passed, "));
	struct str number = digits(s), failed = digits(str_from(s, n + 16));
	uint64_t v, found = 0;

	if (!number.n || n != number.n || !str_u64(failed, &v))
		return false;
	close_result(c);
	for (size_t i = c->first; i < c->im->ntests; i++)
		found += c->im->tests[i].status == TEST_FAILED ||
			 c->im->tests[i].status == TEST_ERROR;
	import_claim(c->im, c->lines.no, "failed tests", v, found);
	c->first = c->im->ntests;
	return true;
}

/* "1/9 Test #2: x ...***Failed  Required regular expression not found. Regex=[a" and then "b"
 * and "]  0.11 sec" */
static bool long_result(struct ctest *c, struct str s, struct result *r)
{
	if (!c->begun.n && (!str_contains(s, STR("***Failed")) || !str_contains(s, STR("Regex=["))))
		return false;
	if (str_starts(s, STR("Start ")) || c->begun.n > IMPORT_MAX_NAME) {
		buf_clear(&c->begun);
		return false;
	}
	if (c->begun.n)
		buf_add_char(&c->begun, ' ');
	buf_add_str(&c->begun, s);
	return parse_result(buf_str(&c->begun), r);
}

static void read_line(struct ctest *c, struct str line)
{
	struct str s = str_trim(line);
	struct result r;

	if (long_result(c, s, &r)) {
		add_result(c, &r);
		buf_clear(&c->begun);
	} else if (c->begun.n) {
		return;
	} else if (parse_result(s, &r)) {
		add_result(c, &r);
	} else if (total_line(c, s)) {
		return;
	} else if (str_starts(s, STR("Start ")) && str_contains(s, STR(": "))) {
		close_result(c);
	} else if (!verbose_line(c, line)) {
		if (c->open)
			import_keep(&c->said, line);
		else
			c->im->skipped_lines += s.n > 0;
	}
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct result r;
	struct str line;

	while (import_next_line(&l, &line))
		if (parse_result(str_trim(line), &r) ||
		    (str_contains(line, STR("% tests passed, ")) &&
		     str_contains(line, STR(" tests failed out of "))))
			return 90;
	return 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct ctest c = {.im = im, .lines = IMPORT_LINES(files[0].data), .first = im->ntests};
	struct str line;

	while (import_next_line(&c.lines, &line))
		read_line(&c, line);
	close_result(&c);
	for (size_t i = 0; i < c.noutputs; i++)
		buf_release(&c.outputs[i]);
	free(c.outputs);
	map_release(&c.numbers);
	buf_release(&c.said);
	buf_release(&c.begun);
	import_lines_release(&c.lines);
	return 0;
}

const struct import_reader read_ctest = {
	.name = "ctest",
	.what = "ctest's text, with -V or --output-on-failure",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
