// SPDX-License-Identifier: GPL-3.0-or-later
/* xunit.net, versions 1 to 3 of its XML (xunit.net/docs/format-xml-v2). */
#include "import/readers.h"
#include "import/xmlcase.h"

static const struct xmlcase_outcome outcomes[] = {
	{"Fail", TEST_FAILED}, {"Skip", TEST_SKIPPED}, {"NotRun", TEST_SKIPPED}, {NULL, 0}};

/* Totals of an assembly: what its errors (of fixtures, outside of any test) say is a result too. */
static void extra(struct xml *x, struct str element, struct test_result *open, void *arg)
{
	struct test_result *t;

	if (open || !str_eq(element, STR("error")))
		return;
	t = import_add_test(x->im, xml_attr(x, "name"), STR("(fixture)"), TEST_ERROR);
	if (!t)
		return;
	t->line = x->line;
	t->message = import_name(x->im, xml_attr(x, "type"));
}

static const struct xmlcase xunit = {
	.element = "test",
	.name = "name",
	.suite = "type",
	.time = "time",
	.outcome = "result",
	.outcomes = outcomes,
	.message = "message",
	.trace = "stack-trace",
	.output = "output",
	.extra = extra,
};

static int recognise(struct str path, struct str head)
{
	struct str root = xml_root(head);

	return str_eq(root, STR("assemblies")) ||
			       (str_eq(root, STR("assembly")) && str_contains(head, STR("test")))
		       ? 95
		       : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	return xmlcase_read(im, &xunit, files[0].data, NULL, err);
}

const struct import_reader read_xunit = {
	.name = "xunit",
	.what = "xunit.net XML",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
