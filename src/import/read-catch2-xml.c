// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Catch2's reporter "xml" (docs/reporters.md), versions 2 and 3. A test case's sections are parts
 * of it: what failed in them explains the test case. Benchmarks become variables.
 */
#include "import/bench.h"
#include "import/readers.h"
#include "import/xml.h"

struct catch2 {
	struct str run;   /* name of the program */
	struct str group; /* version 2 */
	size_t open;      /* index + 1 */
	bool failing;     /* inside of an expression that failed */
	bool thrown;
	struct str place; /* file:line of the expression */
	struct buf detail;
	struct bench bench;
	uint64_t samples;
	double mean;
	uint64_t measured; /* line of the mean that is still to be added */
};

static struct str place_of(struct xml *x)
{
	return str_of(arena_printf(&x->im->arena, STR_FMT ":" STR_FMT,
				   STR_ARG(str_head(xml_attr(x, "filename"), 500)),
				   STR_ARG(str_head(xml_attr(x, "line"), 20))));
}

static void open_case(struct catch2 *c, struct xml *x)
{
	struct str suite = c->group.n ? c->group : c->run;
	struct test_result *t = import_add_test(x->im, suite, xml_attr(x, "name"), TEST_PASSED);

	if (!t)
		return;
	t->line = x->line;
	c->open = x->im->ntests;
	c->failing = c->thrown = false;
	buf_clear(&c->detail);
}

static bool is_true(struct xml *x, const char *attr)
{
	return str_eq(xml_attr(x, attr), STR("true"));
}

/* <OverallResult>: the end of a test case. */
static void result(struct catch2 *c, struct xml *x)
{
	struct test_result *t = &x->im->tests[c->open - 1];
	uint64_t skips = 0;

	t->seconds = xml_seconds(x, "durationInSeconds");
	if (!is_true(x, "success"))
		t->status = c->thrown ? TEST_ERROR : TEST_FAILED;
	else if (str_u64(xml_attr(x, "skips"), &skips) && skips)
		t->status = TEST_SKIPPED;
	if (t->status == TEST_PASSED && c->detail.n) { /* [!mayfail], [!shouldfail] */
		t->status = TEST_SKIPPED;
		t->expected = true;
	}
}

/* <mean> and then <standardDeviation>, in nanoseconds */
static void measure(struct catch2 *c, struct xml *x, bool mean)
{
	double ns;

	if (!import_number(xml_attr(x, "value"), &ns))
		return;
	if (mean) {
		c->mean = ns;
		c->measured = x->line;
	} else if (c->measured) {
		bench_sum(&c->bench, "time", c->mean, STR("ns"), c->samples, ns, c->measured);
		c->measured = 0;
	}
}

static void start(struct xml *x, struct str name)
{
	struct catch2 *c = x->arg;

	if (str_eq(name, STR("Catch")) || str_eq(name, STR("Catch2TestRun"))) {
		c->run = import_name(x->im, xml_attr(x, "name"));
	} else if (str_eq(name, STR("Group"))) {
		c->group = import_name(x->im, xml_attr(x, "name"));
	} else if (str_eq(name, STR("TestCase"))) {
		open_case(c, x);
	} else if (!c->open) {
		return;
	} else if (str_eq(name, STR("OverallResult"))) {
		result(c, x);
	} else if (str_eq(name, STR("Expression"))) {
		c->failing = !is_true(x, "success");
		c->place = place_of(x);
	} else if (str_eq(name, STR("BenchmarkResults"))) {
		bench_row(&c->bench, xml_attr(x, "name"));
		c->measured = 0;
		if (!str_u64(xml_attr(x, "samples"), &c->samples))
			c->samples = 0;
	} else if (str_eq(name, STR("mean"))) {
		measure(c, x, true);
	} else if (str_eq(name, STR("standardDeviation"))) {
		measure(c, x, false);
	} else if (str_eq(name, STR("Failure")) || str_eq(name, STR("Exception")) ||
		   str_eq(name, STR("FatalErrorCondition")) || str_eq(name, STR("Skip"))) {
		c->place = place_of(x);
	}
}

static void say(struct catch2 *c, const char *what, struct str text)
{
	text = str_trim(text);
	if (text.n && c->detail.n <= IMPORT_MAX_TEXT)
		buf_printf(&c->detail, STR_FMT ": %s" STR_FMT "\n", STR_ARG(c->place), what,
			   (int)(text.n < IMPORT_MAX_TEXT ? text.n : IMPORT_MAX_TEXT), text.p);
}

static void end(struct xml *x, struct str name, struct str text)
{
	struct catch2 *c = x->arg;

	if (!c->open)
		return;
	if (str_eq(name, STR("Original")) && c->failing) {
		say(c, "failed: ", text);
	} else if (str_eq(name, STR("Expanded")) && c->failing) {
		say(c, "with: ", text);
	} else if (str_eq(name, STR("Failure")) || str_eq(name, STR("Skip"))) {
		say(c, "", text);
	} else if (str_eq(name, STR("Exception")) || str_eq(name, STR("FatalErrorCondition"))) {
		c->thrown = true;
		say(c, "threw: ", text);
	} else if (str_eq(name, STR("Expression"))) {
		c->failing = false;
	} else if (str_eq(name, STR("TestCase"))) {
		import_explain(x->im, &x->im->tests[c->open - 1], buf_str(&c->detail));
		c->open = 0;
	}
}

static int recognise(struct str path, struct str head)
{
	struct str root = xml_root(head);

	return str_eq(root, STR("Catch2TestRun")) || str_eq(root, STR("Catch")) ? 95 : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	static const struct xml_handler handler = {start, end};
	struct catch2 c = {0};
	int rc;

	bench_init(&c.bench, im);
	rc = xml_parse(im, files[0].data, &handler, &c, err);
	bench_end(&c.bench);
	bench_release(&c.bench);
	buf_release(&c.detail);
	return rc;
}

const struct import_reader read_catch2_xml = {
	.name = "catch2-xml",
	.what = "Catch2 XML, versions 2 and 3",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
