// SPDX-License-Identifier: GPL-3.0-or-later
/* BenchmarkDotNet's JSON exporters (full, brief). Times are in nanoseconds per operation. */
#include "import/bench-json.h"

static const struct str ns = STR("ns");

static void statistics(struct bench *b, const struct jsontree *s)
{
	static const struct {
		const char *key, *what;
	} rest[] = {{"Mean", "time.mean"}, {"Min", "time.min"}, {"Max", "time.max"}};
	const struct jsontree *median = jsontree_get(s, "Median"), *n = jsontree_get(s, "N");

	if (!bench_json_reps(b, "time", jsontree_get(s, "OriginalValues"), ns) &&
	    jsontree_is_number(median))
		bench_sum(b, "time", jsontree_number(median), ns,
			  n && n->kind == JSONTREE_INT ? (uint64_t)n->integer : 0,
			  jsontree_number(jsontree_get(s, "StandardDeviation")), median->line);
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		bench_json_number(b, rest[i].what, jsontree_get(s, rest[i].key), ns);
}

static void memory(struct bench *b, const struct jsontree *m)
{
	static const struct {
		const char *key, *what;
	} rest[] = {{"Gen0Collections", "gc.gen0"},
		    {"Gen1Collections", "gc.gen1"},
		    {"Gen2Collections", "gc.gen2"}};

	bench_json_number(b, "allocated", jsontree_get(m, "BytesAllocatedPerOperation"),
			  STR("bytes"));
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		bench_json_number(b, rest[i].what, jsontree_get(m, rest[i].key), STR(""));
}

static void row(struct bench *b, const struct jsontree *t)
{
	const struct jsontree *s = jsontree_get(t, "Statistics");
	struct str name = jsontree_text(jsontree_get(t, "FullName"));
	struct test_result *r;

	if (!name.n)
		name = jsontree_text(jsontree_get(t, "DisplayInfo"));
	bench_row(b, name);
	if (s && s->kind == JSONTREE_OBJECT) {
		statistics(b, s);
	} else { /* it did not run to its end */
		r = import_add_test(b->im, STR(""), name, TEST_ERROR);
		if (r) {
			r->line = t->line;
			import_explain(b->im, r, STR("no statistics: it did not run"));
		}
	}
	memory(b, jsontree_get(t, "Memory"));
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"HostEnvironmentInfo", "Benchmarks", NULL};

	return bench_doc_has(head, keys) ? 95 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	return bench_doc_rows(im, files->data, "Benchmarks", row, err);
}

const struct import_reader read_benchmarkdotnet = {
	.name = "benchmarkdotnet",
	.what = "BenchmarkDotNet JSON",
	.recognise = recognise,
	.read = read_file,
};
