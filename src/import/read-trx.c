// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * TRX of Visual Studio and `dotnet test` (schema TeamTest/2010). Results stand before the
 * definitions that tell their classes, so those are looked up by testId.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "import/readers.h"
#include "import/xmlcase.h"

static const struct xmlcase_outcome outcomes[] = {
	{"Failed", TEST_FAILED},       {"Error", TEST_ERROR},
	{"Timeout", TEST_ERROR},       {"Aborted", TEST_ERROR},
	{"Disconnected", TEST_ERROR},  {"NotExecuted", TEST_SKIPPED},
	{"NotRunnable", TEST_SKIPPED}, {"Inconclusive", TEST_SKIPPED},
	{"Pending", TEST_SKIPPED},     {NULL, 0},
};

struct trx {
	size_t first;  /* results that there were before */
	uint64_t *ids; /* hash of the testId of each result */
	size_t nids, cap_ids;
	struct map classes; /* hash of testId -> names[] */
	struct str *names;
	size_t nnames, cap_names;
	uint64_t defined; /* the id of the definition that is open */
};

/* "00:00:01.2345678" */
static double duration(struct xml *x)
{
	struct str s = xml_attr(x, "duration"), part;
	double v, seconds = 0;

	if (!s.n)
		return NAN;
	while (str_next(&s, ':', &part)) {
		if (!import_number(part, &v))
			return NAN;
		seconds = seconds * 60 + v;
	}
	return seconds;
}

static void extra(struct xml *x, struct str element, struct test_result *open, void *arg)
{
	struct trx *t = arg;

	if (open && str_eq(element, STR("UnitTestResult"))) {
		open->seconds = duration(x);
		array_push(t->ids, t->nids, t->cap_ids) = hash_str(xml_attr(x, "testId"));
	} else if (str_eq(element, STR("UnitTest"))) {
		t->defined = hash_str(xml_attr(x, "id"));
	} else if (str_eq(element, STR("TestMethod")) && t->nnames < IMPORT_MAX_ROWS) {
		map_put(&t->classes, t->defined, (uint32_t)t->nnames, NULL);
		array_push(t->names, t->nnames, t->cap_names) =
			import_name(x->im, xml_attr(x, "className"));
	}
}

static const struct xmlcase trx = {
	.element = "UnitTestResult",
	.name = "testName",
	.time = "",
	.outcome = "outcome",
	.outcomes = outcomes,
	.message = "Message",
	.trace = "StackTrace",
	.output = "StdOut",
	.extra = extra,
};

static int recognise(struct str path, struct str head)
{
	return str_eq(xml_root(head), STR("TestRun")) ? 95 : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct trx t = {.first = im->ntests};
	int rc = xmlcase_read(im, &trx, files[0].data, &t, err);
	uint32_t class;

	for (size_t i = 0; rc == 0 && i < t.nids; i++)
		if (map_get(&t.classes, t.ids[i], &class))
			im->tests[t.first + i].suite = t.names[class];
	map_release(&t.classes);
	free(t.ids);
	free(t.names);
	return rc;
}

const struct import_reader read_trx = {
	.name = "trx",
	.what = "TRX of dotnet test",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
