// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * NUnit 3 (docs.nunit.org, "Test Result XML Format") and NUnit 2.5: in the older one a test that
 * was not run has executed="False" and one that failed success="False".
 */
#include "import/readers.h"
#include "import/xmlcase.h"

static const struct xmlcase_outcome outcomes[] = {
	{"Failed", TEST_FAILED},        {"Skipped", TEST_SKIPPED},
	{"Inconclusive", TEST_SKIPPED}, {"Failure", TEST_FAILED},
	{"Error", TEST_ERROR},          {"Ignored", TEST_SKIPPED},
	{"NotRunnable", TEST_ERROR},    {"Cancelled", TEST_ERROR},
	{"NotRun", TEST_SKIPPED},       {NULL, 0},
};

static void extra(struct xml *x, struct str element, struct test_result *open, void *arg)
{
	if (!open || !str_eq(element, STR("test-case")))
		return;
	if (open->status == TEST_FAILED && str_eq(xml_attr(x, "label"), STR("Error")))
		open->status = TEST_ERROR;
	if (!xml_has(x, "result") && str_eq_nocase(xml_attr(x, "success"), STR("False")))
		open->status = TEST_FAILED;
	if (str_eq_nocase(xml_attr(x, "executed"), STR("False")) && open->status == TEST_PASSED)
		open->status = TEST_SKIPPED;
	if (isnan(open->seconds))
		open->seconds = xml_seconds(x, "time");
}

static const struct xmlcase nunit = {
	.element = "test-case",
	.name = "name",
	.suite = "classname",
	.time = "duration",
	.outcome = "result",
	.outcomes = outcomes,
	.parent = "test-suite",
	.message = "message",
	.trace = "stack-trace",
	.output = "output",
	.ignore = "assertions",
	.extra = extra,
};

static int recognise(struct str path, struct str head)
{
	struct str root = xml_root(head);

	return str_eq(root, STR("test-run")) || str_eq(root, STR("test-results")) ||
			       (str_eq(root, STR("test-suite")) &&
				str_contains(head, STR("<test-")))
		       ? 95
		       : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	return xmlcase_read(im, &nunit, files[0].data, NULL, err);
}

const struct import_reader read_nunit = {
	.name = "nunit",
	.what = "NUnit XML, versions 2 and 3",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
