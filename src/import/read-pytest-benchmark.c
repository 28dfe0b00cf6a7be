// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pytest-benchmark's JSON (--benchmark-json, and what it saves). Rounds are repetitions where the
 * report holds all of them, else its own statistics count.
 */
#include "import/bench-json.h"

static const struct str seconds = STR("s");

static size_t numbers_in(const struct jsontree *data)
{
	size_t n = 0;

	for (data = jsontree_first(data); data; data = data->next)
		n += jsontree_is_number(data);
	return n;
}

static void row(struct bench *b, const struct jsontree *t)
{
	static const struct {
		const char *key, *what;
	} rest[] = {{"mean", "time.mean"}, {"min", "time.min"}, {"max", "time.max"}};
	const struct jsontree *stats = jsontree_get(t, "stats");
	const struct jsontree *data = jsontree_get(stats, "data");
	const struct jsontree *rounds = jsontree_get(stats, "rounds");
	const struct jsontree *median = jsontree_get(stats, "median");
	struct str name = jsontree_text(jsontree_get(t, "fullname"));

	bench_row(b, name.n ? name : jsontree_text(jsontree_get(t, "name")));
	if (rounds && rounds->kind == JSONTREE_INT &&
	    (uint64_t)rounds->integer == numbers_in(data) && rounds->integer > 0)
		bench_json_reps(b, "time", data, seconds);
	else if (jsontree_is_number(median))
		bench_sum(b, "time", jsontree_number(median), seconds,
			  rounds && rounds->kind == JSONTREE_INT ? (uint64_t)rounds->integer : 0,
			  jsontree_number(jsontree_get(stats, "stddev")), median->line);
	else
		import_note(b->im, t->line, STR_FMT " has no times", STR_ARG(name));
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		bench_json_number(b, rest[i].what, jsontree_get(stats, rest[i].key), seconds);
	for (t = jsontree_first(jsontree_get(t, "extra_info")); t; t = t->next) {
		struct value v = bench_json_value(t);
		CLEANUP_BUF struct buf key = {0};

		BUF_LIT(&key, "extra.");
		buf_add_str(&key, t->key);
		if (v.kind != VALUE_NONE)
			bench_add(b, buf_cstr(&key), v, STR(""), t->line);
	}
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"machine_info", "benchmarks", NULL};

	return bench_doc_has(head, keys) ? 92 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	return bench_doc_rows(im, files->data, "benchmarks", row, err);
}

const struct import_reader read_pytest_benchmark = {
	.name = "pytest-benchmark",
	.what = "pytest-benchmark JSON",
	.recognise = recognise,
	.read = read_file,
};
