// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * CTest's Test.xml, as it is sent to a dashboard: Site/Testing/Test. Name, command, measurements
 * and output are elements; the measurement that a Value belongs to is named by the element around
 * it.
 */
#include "import/readers.h"
#include "import/xml.h"

enum measurement { NO_MEASUREMENT, TIME, EXIT_CODE, COMPLETION, OUTPUT };

struct ctest {
	size_t open; /* index + 1 */
	enum measurement measurement;
	bool named; /* the name is known: later elements called so are another's */
	struct buf output;
	struct str exit_code, completion;
};

static const struct {
	struct str name;
	enum measurement what;
} measurements[] = {
	{STR("Execution Time"), TIME},
	{STR("Exit Code"), EXIT_CODE},
	{STR("Completion Status"), COMPLETION},
};

static void open_test(struct ctest *c, struct xml *x)
{
	struct str status = xml_attr(x, "Status");
	struct test_result *t = import_add_test(x->im, STR(""), STR(""),
						str_eq(status, STR("passed"))   ? TEST_PASSED
						: str_eq(status, STR("notrun")) ? TEST_SKIPPED
										: TEST_FAILED);

	if (!t)
		return;
	t->line = x->line;
	c->open = x->im->ntests;
	c->named = false;
	c->measurement = NO_MEASUREMENT;
	c->exit_code = c->completion = STR("");
	buf_clear(&c->output);
}

/* What did not run because its program is missing is an error, what was skipped or disabled not. */
static void close_test(struct ctest *c, struct import *im)
{
	struct test_result *t = &im->tests[c->open - 1];
	struct str done = c->completion, code = c->exit_code;

	if (t->status == TEST_SKIPPED && !str_contains_nocase(done, STR("disabled")) &&
	    !str_contains_nocase(done, STR("skip")))
		t->status = TEST_ERROR;
	else if (t->status == TEST_FAILED && code.n && !str_eq(code, STR("Failed")))
		t->status = TEST_ERROR; /* a signal, a timeout */
	if (t->status != TEST_PASSED) {
		t->message = code.n ? code : str_eq(done, STR("Completed")) ? STR("") : done;
		t->detail = import_text(im, buf_str(&c->output));
	}
	c->open = 0;
}

static void start(struct xml *x, struct str name)
{
	struct ctest *c = x->arg;

	if (str_eq(name, STR("Test")) && xml_has(x, "Status")) {
		if (c->open)
			close_test(c, x->im);
		open_test(c, x);
	} else if (str_eq(name, STR("NamedMeasurement"))) {
		c->measurement = NO_MEASUREMENT;
		for (size_t i = 0; i < ARRAY_SIZE(measurements); i++)
			if (str_eq(xml_attr(x, "name"), measurements[i].name))
				c->measurement = measurements[i].what;
	} else if (str_eq(name, STR("Measurement"))) {
		c->measurement = OUTPUT;
	}
}

static void value(struct ctest *c, struct xml *x, struct str text)
{
	struct test_result *t = &x->im->tests[c->open - 1];

	switch (c->measurement) {
	case TIME:
		if (!import_number(text, &t->seconds))
			import_note(x->im, x->line, "the execution time is no number");
		break;
	case EXIT_CODE: c->exit_code = import_name(x->im, str_trim(text)); break;
	case COMPLETION: c->completion = import_name(x->im, str_trim(text)); break;
	case OUTPUT:
		buf_clear(&c->output);
		buf_add_str(&c->output, text);
		break;
	case NO_MEASUREMENT: break;
	}
}

static void end(struct xml *x, struct str name, struct str text)
{
	struct ctest *c = x->arg;

	if (!c->open)
		return;
	if (str_eq(name, STR("Name")) && !c->named) {
		x->im->tests[c->open - 1].name = import_name(x->im, text);
		c->named = true;
	} else if (str_eq(name, STR("Value"))) {
		value(c, x, text);
	} else if (str_eq(name, STR("Test"))) {
		close_test(c, x->im);
	}
}

static int recognise(struct str path, struct str head)
{
	return str_eq(xml_root(head), STR("Site")) && str_contains(head, STR("<Testing>")) ? 95 : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	static const struct xml_handler handler = {start, end};
	struct ctest c = {0};
	int rc = xml_parse(im, files[0].data, &handler, &c, err);

	buf_release(&c.output);
	return rc;
}

const struct import_reader read_ctest_xml = {
	.name = "ctest-xml",
	.what = "CTest's Test.xml",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
