// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Mocha's reporter "json" (mochajs.org/#json). All tests stand in "tests"; which of them failed or
 * are pending is said by their error and by the other lists.
 */
#include "base/hash.h"
#include "import/json.h"
#include "import/readers.h"

/* Tests have no ids: place and name, and which of several retries. */
static uint64_t identity(const struct jsontree *t)
{
	return hash_word(hash_word(0, hash_str(import_member(t, "file"))),
			 hash_str(import_member(t, "fullTitle")));
}

/* Of "Test 1 Test 1.1 Failing test" what stands before the title. */
static struct str suite_of(const struct jsontree *t)
{
	struct str full = import_member(t, "fullTitle"), title = import_member(t, "title");

	return str_ends(full, title) ? str_trim(str_head(full, full.n - title.n)) : full;
}

static void add(struct import *im, const struct map *pending, const struct jsontree *t)
{
	const struct jsontree *e = jsontree_get(t, "err");
	struct str stack = import_member(e, "stack"), message = import_member(e, "message");
	uint32_t is;
	enum test_status status = jsontree_first(e)                    ? TEST_FAILED
				  : map_get(pending, identity(t), &is) ? TEST_SKIPPED
								       : TEST_PASSED;
	struct test_result *r = import_add_test(im, suite_of(t), import_member(t, "title"), status);

	if (!r)
		return;
	r->line = t->line;
	r->seconds = jsontree_number(jsontree_get(t, "duration")) * 1e-3;
	if (status != TEST_FAILED)
		return;
	import_explain(im, r, message.n ? message : stack);
	if (message.n && stack.n)
		r->detail = import_text(im, stack);
}

static void claim(struct import *im, const struct jsontree *stats, const char *key, uint64_t found)
{
	double v = jsontree_number(jsontree_get(stats, key));

	if (v >= 0 && v < 1e9)
		import_claim(im, stats->line, key, (uint64_t)v, found);
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"stats", "tests", NULL};

	return import_document_has(head, keys) ? 90 : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	const struct jsontree *root, *t;
	struct map pending = {0}, known = {0};
	size_t first = im->ntests;
	uint64_t failures = 0, tests;
	uint32_t is;
	struct arena a;
	int rc;

	arena_init(&a);
	rc = import_document(im, &a, files[0].data, &root, err);
	if (rc == 0) {
		for (t = jsontree_first(jsontree_get(root, "pending")); t; t = t->next)
			map_put(&pending, identity(t), 0, NULL);
		for (t = jsontree_first(jsontree_get(root, "tests")); t; t = t->next) {
			map_put(&known, identity(t), 0, NULL);
			add(im, &pending, t);
		}
		tests = im->ntests - first;
		/* A hook that failed is no test. */
		for (t = jsontree_first(jsontree_get(root, "failures")); t; t = t->next)
			if (!map_get(&known, identity(t), &is))
				add(im, &pending, t);
		for (size_t i = first; i < im->ntests; i++)
			failures += im->tests[i].status == TEST_FAILED;
		t = jsontree_get(root, "stats");
		claim(im, t, "tests", tests);
		claim(im, t, "failures", failures);
	}
	map_release(&pending);
	map_release(&known);
	arena_release(&a);
	return rc;
}

const struct import_reader read_mocha_json = {
	.name = "mocha-json",
	.what = "Mocha's JSON",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
