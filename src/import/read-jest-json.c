// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * `jest --json` (jestjs.io/docs/cli) and Vitest's reporter "json", which writes the same. A file
 * that failed without any test of its own (it does not compile) is the result "(file)".
 */
#include "import/json.h"
#include "import/readers.h"

static const struct {
	struct str word;
	enum test_status status;
} statuses[] = {
	{STR("failed"), TEST_FAILED},    {STR("pending"), TEST_SKIPPED},
	{STR("todo"), TEST_SKIPPED},     {STR("skipped"), TEST_SKIPPED},
	{STR("disabled"), TEST_SKIPPED},
};

static void add(struct import *im, struct str file, const struct jsontree *t)
{
	CLEANUP_BUF struct buf suite = {0}, said = {0};
	enum test_status status = TEST_PASSED;
	const struct jsontree *a;
	struct test_result *r;

	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (str_eq(import_member(t, "status"), statuses[i].word))
			status = statuses[i].status;
	for (a = jsontree_first(jsontree_get(t, "ancestorTitles")); a; a = a->next) {
		if (suite.n && suite.n < IMPORT_MAX_NAME)
			BUF_LIT(&suite, " \u203a ");
		if (suite.n < IMPORT_MAX_NAME)
			buf_add_str(&suite, jsontree_text(a));
	}
	r = import_add_test(im, suite.n ? buf_str(&suite) : file, import_member(t, "title"),
			    status);
	if (!r)
		return;
	r->line = t->line;
	r->seconds = jsontree_number(jsontree_get(t, "duration")) * 1e-3;
	for (a = jsontree_first(jsontree_get(t, "failureMessages")); a; a = a->next)
		import_keep(&said, jsontree_text(a));
	import_explain(im, r, buf_str(&said));
}

static void add_file(struct import *im, const struct jsontree *t)
{
	const struct jsontree *test = jsontree_first(jsontree_get(t, "assertionResults"));
	struct str file = import_member(t, "name");
	struct test_result *r;

	if (!test && str_eq(import_member(t, "status"), STR("failed"))) {
		r = import_add_test(im, file, STR("(file)"), TEST_ERROR);
		if (r) {
			r->line = t->line;
			import_explain(im, r, import_member(t, "message"));
		}
	}
	for (; test; test = test->next)
		add(im, file, test);
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"numTotalTests", "testResults", NULL};

	return import_document_has(head, keys) ? 90 : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	const struct jsontree *root, *t;
	size_t first = im->ntests;
	uint64_t failed = 0;
	struct arena a;
	double stated;
	int rc;

	arena_init(&a);
	rc = import_document(im, &a, files[0].data, &root, err);
	if (rc == 0) {
		for (t = jsontree_first(jsontree_get(root, "testResults")); t; t = t->next)
			add_file(im, t);
		for (size_t i = first; i < im->ntests; i++)
			failed += im->tests[i].status == TEST_FAILED;
		stated = jsontree_number(jsontree_get(root, "numFailedTests"));
		if (stated >= 0 && stated < 1e9)
			import_claim(im, root->line, "failed tests", (uint64_t)stated, failed);
	}
	arena_release(&a);
	return rc;
}

const struct import_reader read_jest_json = {
	.name = "jest-json",
	.what = "JSON of Jest and Vitest",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
