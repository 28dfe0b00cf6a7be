// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Rust's libtest with --format json (the rustc book, "Tests"; unstable, two ways of writing times),
 * also as cargo nextest prints it: an event a line.
 */
#include "import/bench.h"
#include "import/json.h"
#include "import/libtest.h"
#include "import/readers.h"

static const struct {
	struct str word;
	enum test_status status;
} endings[] = {
	{STR("ok"), TEST_PASSED},
	{STR("failed"), TEST_FAILED},
	{STR("ignored"), TEST_SKIPPED},
	{STR("allowed_failure"), TEST_SKIPPED},
};

static double seconds_of(const struct jsontree *t)
{
	double v;

	if (import_seconds(jsontree_text(t), &v)) /* "0.0001s" */
		return v;
	return jsontree_number(t);
}

static void test(struct import *im, const struct jsontree *t, uint64_t line)
{
	struct str event = import_member(t, "event"), name = import_member(t, "name");
	CLEANUP_BUF struct buf said = {0};

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		struct test_result *r;

		if (!str_eq(event, endings[i].word))
			continue;
		r = import_add_test(im, STR(""), name, endings[i].status);
		if (!r)
			return;
		r->line = line;
		r->seconds = seconds_of(jsontree_get(t, "exec_time"));
		r->expected = str_eq(event, STR("allowed_failure"));
		import_keep(&said, import_member(t, "message"));
		import_keep(&said, import_member(t, "reason"));
		if (r->status != TEST_PASSED)
			import_keep(&said, import_member(t, "stdout"));
		import_explain(im, r, buf_str(&said));
		if (libtest_panic(buf_str(&said)).n)
			r->message = import_name(im, libtest_panic(buf_str(&said)));
		return;
	}
}

/* What the suite says at its end, against what was found since its start. */
static void suite(struct import *im, const struct jsontree *t, size_t *first, uint64_t line)
{
	static const struct {
		const char *key;
		enum test_status status;
	} totals[] = {{"passed", TEST_PASSED}, {"failed", TEST_FAILED}, {"ignored", TEST_SKIPPED}};
	uint64_t found[TEST_SKIPPED + 1] = {0};

	for (size_t i = *first; i < im->ntests; i++)
		found[im->tests[i].status]++;
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		double v = jsontree_number(jsontree_get(t, totals[i].key));

		if (v >= 0 && v < 1e9)
			import_claim(im, line, totals[i].key, (uint64_t)v, found[totals[i].status]);
	}
	*first = im->ntests;
}

static void bench(struct bench *b, const struct jsontree *t, uint64_t line)
{
	double v = jsontree_number(jsontree_get(t, "median"));

	if (isnan(v))
		return;
	bench_row(b, import_member(t, "name"));
	bench_sum(b, "time", v, STR("ns"), 0, NAN, line);
}

static int recognise(struct str path, struct str head)
{
	return import_objects_have(head, "type", "suite", "event") ||
			       import_objects_have(head, "type", "test", "event")
		       ? 95
		       : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH struct bench b;
	struct import_objects objects;
	const struct jsontree *t;
	size_t first = im->ntests;

	bench_init(&b, im);
	import_objects_init(&objects, files[0].data);
	while ((t = import_next_object(&objects, &im->skipped_lines))) {
		struct str type = import_member(t, "type");

		if (str_eq(type, STR("test")))
			test(im, t, objects.lines.no);
		else if (str_eq(type, STR("bench")))
			bench(&b, t, objects.lines.no);
		else if (str_eq(type, STR("suite")))
			suite(im, t, &first, objects.lines.no);
	}
	bench_end(&b);
	import_objects_release(&objects);
	return 0;
}

const struct import_reader read_libtest_json = {
	.name = "libtest-json",
	.what = "Rust's libtest, --format json",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
