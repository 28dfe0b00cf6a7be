// SPDX-License-Identifier: GPL-3.0-or-later
/* GoogleTest's JSON (google.github.io/googletest, "Generating a JSON Report"). */
#include "import/json.h"
#include "import/readers.h"

static bool starts_nocase(struct str s, const char *word)
{
	return str_eq_nocase(str_head(s, strlen(word)), str_of(word));
}

static enum test_status status_of(const struct jsontree *t)
{
	struct str status = import_member(t, "status"), result = import_member(t, "result");

	if (jsontree_first(jsontree_get(t, "failures")))
		return TEST_FAILED;
	if (starts_nocase(status, "notrun") || starts_nocase(result, "skipped") ||
	    starts_nocase(result, "suppressed") || jsontree_first(jsontree_get(t, "skipped")))
		return TEST_SKIPPED;
	return TEST_PASSED;
}

static void add(struct import *im, struct str suite, const struct jsontree *t)
{
	CLEANUP_BUF struct buf said = {0};
	struct str class = import_member(t, "classname"), time = import_member(t, "time");
	struct test_result *r = import_add_test(im, class.n ? class : suite,
						import_member(t, "name"), status_of(t));
	const struct jsontree *f;

	if (!r)
		return;
	r->line = t->line;
	if (time.n && !import_seconds(time, &r->seconds))
		import_note(im, t->line, "time is none: " STR_FMT, STR_ARG(str_head(time, 40)));
	for (f = jsontree_first(jsontree_get(t, "failures")); f; f = f->next)
		import_keep(&said, import_member(f, "failure"));
	for (f = jsontree_first(jsontree_get(t, "skipped")); f; f = f->next)
		import_keep(&said, import_member(f, "message"));
	import_explain(im, r, buf_str(&said));
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"testsuites", "tests", NULL};

	return import_document_has(head, keys) ? 90 : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	const struct jsontree *root, *suite, *test;
	size_t first = im->ntests;
	struct arena a;
	double tests;
	int rc;

	arena_init(&a);
	rc = import_document(im, &a, files[0].data, &root, err);
	if (rc == 0) {
		suite = jsontree_first(jsontree_get(root, "testsuites"));
		for (; suite; suite = suite->next) {
			test = jsontree_first(jsontree_get(suite, "testsuite"));
			for (; test; test = test->next)
				add(im, import_member(suite, "name"), test);
		}
		tests = jsontree_number(jsontree_get(root, "tests"));
		if (tests >= 0 && tests < 1e9)
			import_claim(im, root->line, "tests", (uint64_t)tests, im->ntests - first);
	}
	arena_release(&a);
	return rc;
}

const struct import_reader read_gtest_json = {
	.name = "gtest-json",
	.what = "GoogleTest's JSON",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
