// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The JSON reporter of Dart's and Flutter's test runners (an event a line; the package "test",
 * doc/json_reporter.md). Hidden tests (the loading of a file) are results only if they fail. A test
 * that did not end is an error.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "import/json.h"
#include "import/readers.h"

struct test {
	struct str name, suite, reason;
	bool running;
	uint64_t line;
	double started; /* ms */
	struct buf said;
};

struct dart {
	struct import *im;
	struct map suites; /* id -> index of its path */
	struct str *paths;
	size_t npaths, cap_paths;
	struct map ids; /* of tests -> index */
	struct test *tests;
	size_t ntests, cap_tests;
	uint64_t line;
};

/* Ids are small numbers; whatever else stands there is told apart by its value. */
static uint64_t id_of(const struct jsontree *t, const char *key)
{
	double v = jsontree_number(jsontree_get(t, key));
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return hash_word(bits, 0);
}

static struct test *find(struct dart *d, const struct jsontree *t)
{
	uint32_t i;

	return map_get(&d->ids, id_of(t, "testID"), &i) ? &d->tests[i] : NULL;
}

static void suite(struct dart *d, const struct jsontree *t)
{
	const struct jsontree *s = jsontree_get(t, "suite");

	if (d->npaths >= IMPORT_MAX_ROWS)
		return;
	map_put(&d->suites, id_of(s, "id"), (uint32_t)d->npaths, NULL);
	array_push(d->paths, d->npaths, d->cap_paths) =
		import_name(d->im, import_member(s, "path"));
}

static void started(struct dart *d, const struct jsontree *t)
{
	const struct jsontree *test = jsontree_get(t, "test");
	uint32_t path;
	bool fresh;

	if (!test || d->ntests >= IMPORT_MAX_ROWS)
		return;
	map_put(&d->ids, id_of(test, "id"), (uint32_t)d->ntests, &fresh);
	if (!fresh)
		return;
	array_push(d->tests, d->ntests, d->cap_tests) = (struct test){
		.name = import_name(d->im, import_member(test, "name")),
		.suite = map_get(&d->suites, id_of(test, "suiteID"), &path) ? d->paths[path]
									    : STR(""),
		.reason = import_name(d->im,
				      import_member(jsontree_get(test, "metadata"), "skipReason")),
		.running = true,
		.line = d->line,
		.started = jsontree_number(jsontree_get(t, "time")),
	};
}

static void error(struct dart *d, const struct jsontree *t)
{
	struct test *test = find(d, t);

	if (!test)
		return;
	import_keep(&test->said, import_member(t, "error"));
	import_keep(&test->said, import_member(t, "stackTrace"));
}

static void end(struct dart *d, struct test *test, enum test_status status, double time)
{
	struct test_result *r = import_add_test(d->im, test->suite, test->name, status);

	test->running = false;
	if (r) {
		r->line = test->line;
		r->seconds = (time - test->started) * 1e-3;
		r->message = status == TEST_SKIPPED ? test->reason : STR("");
		if (status != TEST_SKIPPED)
			import_explain(d->im, r, buf_str(&test->said));
	}
	buf_release(&test->said);
}

static void done(struct dart *d, const struct jsontree *t)
{
	struct str result = import_member(t, "result");
	enum test_status status = jsontree_true(jsontree_get(t, "skipped")) ? TEST_SKIPPED
				  : str_eq(result, STR("failure"))          ? TEST_FAILED
				  : str_eq(result, STR("error"))            ? TEST_ERROR
									    : TEST_PASSED;
	struct test *test = find(d, t);

	if (!test || !test->running)
		return;
	if (status == TEST_PASSED && jsontree_true(jsontree_get(t, "hidden"))) {
		test->running = false;
		return;
	}
	end(d, test, status, jsontree_number(jsontree_get(t, "time")));
}

static const struct {
	struct str type;
	void (*fn)(struct dart *d, const struct jsontree *t);
} events[] = {
	{STR("suite"), suite},
	{STR("testStart"), started},
	{STR("error"), error},
	{STR("testDone"), done},
};

static int recognise(struct str path, struct str head)
{
	return import_objects_have(head, "type", "testStart", "test") ||
			       import_objects_have(head, "type", "start", "protocolVersion")
		       ? 95
		       : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct dart d = {.im = im};
	struct import_objects objects;
	const struct jsontree *t;

	import_objects_init(&objects, files[0].data);
	while ((t = import_next_object(&objects, &im->skipped_lines))) {
		d.line = objects.lines.no;
		for (size_t i = 0; i < ARRAY_SIZE(events); i++)
			if (str_eq(import_member(t, "type"), events[i].type))
				events[i].fn(&d, t);
	}
	for (size_t i = 0; i < d.ntests; i++) {
		if (d.tests[i].running && !str_starts(d.tests[i].name, STR("loading ")))
			end(&d, &d.tests[i], TEST_ERROR, NAN);
		buf_release(&d.tests[i].said);
	}
	map_release(&d.suites);
	map_release(&d.ids);
	free(d.paths);
	free(d.tests);
	import_objects_release(&objects);
	return 0;
}

const struct import_reader read_dart_json = {
	.name = "dart-json",
	.what = "JSON of Dart's and Flutter's tests",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
