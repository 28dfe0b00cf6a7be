// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * vitest bench --outputJson: files, groups (suites), benchmarks with the statistics of tinybench.
 * Times are in milliseconds.
 */
#include "import/bench-json.h"

static const struct str ms = STR("ms");

static void row(struct bench *b, struct str group, const struct jsontree *t)
{
	static const struct {
		const char *key, *what;
	} rest[] = {{"mean", "time.mean"}, {"min", "time.min"}, {"max", "time.max"}};
	const struct jsontree *n = jsontree_get(t, "sampleCount");
	const struct jsontree *v = jsontree_get(t, "median");
	CLEANUP_BUF struct buf name = {0};

	buf_add_str(&name, group);
	if (group.n)
		BUF_LIT(&name, " > ");
	buf_add_str(&name, jsontree_text(jsontree_get(t, "name")));
	bench_row(b, buf_str(&name));
	if (!jsontree_is_number(v))
		v = jsontree_get(t, "mean");
	if (!bench_json_reps(b, "time", jsontree_get(t, "samples"), ms) && jsontree_is_number(v))
		bench_sum(b, "time", jsontree_number(v), ms,
			  n && n->kind == JSONTREE_INT ? (uint64_t)n->integer : 0,
			  jsontree_number(jsontree_get(t, "sd")), v->line);
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		bench_json_number(b, rest[i].what, jsontree_get(t, rest[i].key), ms);
	bench_json_number(b, "throughput", jsontree_get(t, "hz"), STR("1/s"));
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"files", "groups", "benchmarks", NULL};

	return bench_doc_has(head, keys) ? 92 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	CLEANUP_BENCH struct bench b;
	const struct jsontree *file, *group, *t;
	int rc;

	bench_init(&b, im);
	rc = bench_doc_read(&d, im, files->data, err);
	if (rc)
		return rc;
	for (file = jsontree_first(jsontree_get(d.root, "files")); file; file = file->next)
		for (group = jsontree_first(jsontree_get(file, "groups")); group;
		     group = group->next)
			for (t = jsontree_first(jsontree_get(group, "benchmarks")); t; t = t->next)
				row(&b, jsontree_text(jsontree_get(group, "fullName")), t);
	bench_end(&b);
	return 0;
}

const struct import_reader read_vitest_bench = {
	.name = "vitest-bench",
	.what = "vitest bench JSON",
	.recognise = recognise,
	.read = read_file,
};
