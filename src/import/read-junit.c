// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * JUnit XML in its dialects: Ant and Maven (llg.cubic.org/docs/junit), pytest, gtest, ctest, bazel,
 * jest, phpunit, node, bats, swift. There is no one schema, so elements are taken where they stand:
 * every testcase at any depth is a result; its children say how it ended, the gravest of them if
 * there are several. A retry's children (flakyFailure, rerunFailure) leave the end as it is. What
 * suites state as totals is only compared.
 */
#include <stdlib.h>

#include "import/readers.h"
#include "import/xml.h"

enum { TESTS, FAILURES, ERRORS, SKIPPED, NTOTALS };

struct suite {
	struct str name;
	size_t depth; /* of its element */
	size_t first; /* index of its first result */
	uint64_t line;
	uint64_t stated[NTOTALS]; /* + 1; 0: not stated */
	uint64_t found[NTOTALS];
	struct buf output;
};

struct junit {
	struct suite suites[XML_MAX_DEPTH];
	size_t nsuites;
	struct test_result *test; /* the one that is open */
	struct str attr_message;  /* of the element that is open */
	struct str type;
	struct buf message, detail, output; /* of the test that is open */
	unsigned retries;
};

/* How a testcase ended, by gravity. */
static int gravity(enum test_status s)
{
	return s == TEST_ERROR ? 3 : s == TEST_FAILED ? 2 : s == TEST_SKIPPED ? 1 : 0;
}

static const struct {
	struct str name;
	enum test_status status;
} words[] = {
	/* children of a testcase */
	{STR("failure"), TEST_FAILED},
	{STR("error"), TEST_ERROR},
	{STR("skipped"), TEST_SKIPPED},
	{STR("skip"), TEST_SKIPPED},
	{STR("disabled"), TEST_SKIPPED},
	/* only its attributes status and result */
	{STR("ignored"), TEST_SKIPPED},
	{STR("notrun"), TEST_SKIPPED},
	{STR("suppressed"), TEST_SKIPPED},
	{STR("failed"), TEST_FAILED},
	{STR("fail"), TEST_FAILED},
	{STR("errored"), TEST_ERROR},
};
#define NCHILDREN 5

static bool status_word(struct str s, size_t n, enum test_status *status)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(s, words[i].name)) {
			*status = words[i].status;
			return true;
		}
	return false;
}

static void stated(const struct xml *x, const char *name, uint64_t *total)
{
	uint64_t v;

	if (str_u64(str_trim(xml_attr(x, name)), &v) && v < UINT32_MAX)
		*total = (*total ? *total : 1) + v;
}

static void open_suite(struct junit *j, const struct xml *x)
{
	struct suite *s = &j->suites[j->nsuites++];

	*s = (struct suite){.name = import_name(x->im, xml_attr(x, "name")),
			    .depth = x->depth,
			    .first = x->im->ntests,
			    .line = x->line};
	stated(x, "tests", &s->stated[TESTS]);
	stated(x, "failures", &s->stated[FAILURES]);
	stated(x, "errors", &s->stated[ERRORS]);
	stated(x, "skipped", &s->stated[SKIPPED]);
	stated(x, "skips", &s->stated[SKIPPED]);
	if (s->stated[SKIPPED]) /* besides: gtest's root states only these */
		stated(x, "disabled", &s->stated[SKIPPED]);
}

/* What a suite printed may be all there is of why its only failed test failed. */
static void give_output(struct import *im, const struct suite *s)
{
	for (size_t i = s->first; i < im->ntests; i++) {
		struct test_result *t = &im->tests[i];

		if ((t->status == TEST_FAILED || t->status == TEST_ERROR) && !t->detail.n)
			t->detail = import_text(im, buf_str(&s->output));
	}
}

static void close_suite(struct junit *j, struct import *im)
{
	static const char *const what[] = {"tests", "failures", "errors", "skipped"};
	struct suite *s = &j->suites[--j->nsuites];

	for (size_t i = 0; i < NTOTALS; i++) {
		if (s->stated[i])
			import_claim(im, s->line, what[i], s->stated[i] - 1, s->found[i]);
		if (j->nsuites)
			s[-1].found[i] += s->found[i];
	}
	if (s->output.n && s->found[FAILURES] + s->found[ERRORS] == 1)
		give_output(im, s);
	buf_release(&s->output);
}

static void open_test(struct junit *j, const struct xml *x)
{
	struct str suite = xml_attr(x, "classname");
	enum test_status status;
	struct test_result *t;

	if (!suite.n && j->nsuites)
		suite = j->suites[j->nsuites - 1].name;
	t = import_add_test(x->im, suite, xml_attr(x, "name"), TEST_PASSED);
	if (!t)
		return;
	t->line = x->line;
	t->seconds = xml_seconds(x, xml_has(x, "time") ? "time" : "duration");
	if (status_word(xml_attr(x, "status"), ARRAY_SIZE(words), &status) ||
	    status_word(xml_attr(x, "result"), ARRAY_SIZE(words), &status))
		t->status = status;
	j->test = t;
	j->retries = 0;
}

static void close_test(struct junit *j, struct import *im)
{
	static const int total[] = {TESTS, FAILURES, ERRORS, SKIPPED}; /* by status */
	struct test_result *t = j->test;

	if (!t)
		return;
	if (j->nsuites) {
		j->suites[j->nsuites - 1].found[TESTS]++;
		if (t->status != TEST_PASSED)
			j->suites[j->nsuites - 1].found[total[t->status]]++;
	}
	if (t->status == TEST_FAILED || t->status == TEST_ERROR)
		import_keep(&j->detail, buf_str(&j->output));
	if (j->message.n)
		t->message = import_name(im, buf_str(&j->message));
	t->detail = import_text(im, buf_str(&j->detail));
	if (!t->message.n && t->detail.n)
		import_explain(im, t, t->detail);
	if (!t->message.n && j->retries && t->status == TEST_PASSED)
		t->message = str_of(arena_printf(&im->arena, "passed after %u failed attempt%s",
						 j->retries, j->retries == 1 ? "" : "s"));
	buf_clear(&j->message);
	buf_clear(&j->detail);
	buf_clear(&j->output);
	j->test = NULL;
}

/* The gravest child's message is the message; what others said goes to the detail. */
static void worsen(struct junit *j, enum test_status s)
{
	if (gravity(s) <= gravity(j->test->status))
		return;
	j->test->status = s;
	import_keep(&j->detail, buf_str(&j->message));
	buf_clear(&j->message);
}

static void start(struct xml *x, struct str name)
{
	struct junit *j = x->arg;
	enum test_status status;

	if (str_eq(name, STR("testsuite")) || str_eq(name, STR("testsuites"))) {
		open_suite(j, x);
	} else if (str_eq(name, STR("testcase"))) {
		close_test(j, x->im);
		open_test(j, x);
	} else if (j->test) {
		if (!status_word(name, NCHILDREN, &status))
			return;
		worsen(j, status);
		j->attr_message = import_text(x->im, xml_attr(x, "message"));
		j->type = import_name(x->im, xml_attr(x, "type"));
		if (status == TEST_SKIPPED && str_eq(j->type, STR("pytest.xfail")))
			j->test->expected = true;
	}
}

/* The first line of the message is the message; the rest stands in the text too, if there is any.
 */
static void add_reason(struct junit *j, struct import *im, struct str text)
{
	struct str message = str_trim(j->attr_message), rest = message;
	struct str first = import_headline(im, &rest);

	if (!first.n && !str_trim(text).n)
		first = j->type;
	if (!j->message.n)
		buf_add_str(&j->message, str_trim(first));
	else
		import_keep(&j->detail, message);
	if (str_trim(text).n)
		import_keep(&j->detail, text);
	else if (rest.p)
		import_keep(&j->detail, rest);
}

static void end(struct xml *x, struct str name, struct str text)
{
	struct junit *j = x->arg;
	bool output = str_eq(name, STR("system-out")) || str_eq(name, STR("system-err"));
	enum test_status status;

	if (j->nsuites && j->suites[j->nsuites - 1].depth == x->depth) {
		close_suite(j, x->im);
	} else if (str_eq(name, STR("testcase"))) {
		close_test(j, x->im);
	} else if (!j->test) {
		if (output && j->nsuites)
			import_keep(&j->suites[j->nsuites - 1].output, text);
	} else if (output) {
		import_keep(&j->output, text);
	} else if (status_word(name, NCHILDREN, &status)) {
		if (status == j->test->status) /* the gravest explains */
			add_reason(j, x->im, text);
	} else if (str_starts(name, STR("flaky")) || str_starts(name, STR("rerun"))) {
		j->retries++;
	}
}

static int recognise(struct str path, struct str head)
{
	struct str root = xml_root(head);

	if (str_eq(root, STR("testsuites")) || str_eq(root, STR("testsuite")) ||
	    str_eq(root, STR("testcase")))
		return 95;
	return 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	static const struct xml_handler handler = {start, end};
	struct junit *j = mem_zalloc(sizeof(*j));
	int rc = xml_parse(im, files[0].data, &handler, j, err);

	while (j->nsuites)
		buf_release(&j->suites[--j->nsuites].output);
	buf_release(&j->message);
	buf_release(&j->detail);
	buf_release(&j->output);
	free(j);
	return rc;
}

const struct import_reader read_junit = {
	.name = "junit",
	.what = "JUnit XML in its dialects",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
