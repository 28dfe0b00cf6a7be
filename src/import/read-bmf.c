// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Bencher Metric Format: {"benchmark": {"measure": {"value": 1.5, "lower_value": 1.2,
 * "upper_value": 1.7}}}. The measures that Bencher knows by itself have units of their own.
 */
#include "import/bench-json.h"

static struct str unit_of(struct str measure)
{
	static const struct {
		struct str measure, unit;
	} units[] = {
		{STR("latency"), STR("ns")},
		{STR("throughput"), STR("ops/s")},
		{STR("build-time"), STR("s")},
		{STR("file-size"), STR("bytes")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(units[i].measure, measure))
			return units[i].unit;
	return STR("");
}

/* Is it {"measure": {"value": number}}? */
static bool is_metrics(const struct jsontree *t)
{
	const struct jsontree *m = t->kind == JSONTREE_OBJECT ? jsontree_first(t) : NULL;

	return m && jsontree_is_number(jsontree_get(m, "value"));
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_BENCH_DOC struct bench_doc d = {0};
	struct jsontree_doc doc;
	const struct jsontree *t;
	bool is;

	if (!str_contains(head, STR("\"value\"")))
		return 0;
	arena_init(&d.arena);
	if (jsontree_read(&doc, &d.arena, str_from(head, import_document_start(head)), 1, NULL))
		return 0;
	t = doc.root && doc.root->kind == JSONTREE_OBJECT ? jsontree_first(doc.root) : NULL;
	is = t && is_metrics(t);
	return is ? 85 : 0;
}

static void measure(struct bench *b, const struct jsontree *m)
{
	static const struct {
		const char *key, *suffix;
	} values[] = {{"value", ""}, {"lower_value", ".lower"}, {"upper_value", ".upper"}};
	CLEANUP_BUF struct buf what = {0};
	size_t n;

	buf_add_str(&what, str_head(m->key, IMPORT_MAX_NAME));
	n = what.n;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		what.n = n;
		buf_add_str(&what, str_of(values[i].suffix));
		bench_json_number(b, buf_cstr(&what), jsontree_get(m, values[i].key),
				  unit_of(m->key));
	}
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	CLEANUP_BENCH struct bench b;
	int rc;

	bench_init(&b, im);
	rc = bench_doc_read(&d, im, files->data, err);
	if (rc)
		return rc;
	for (const struct jsontree *t = jsontree_first(d.root); t; t = t->next) {
		if (!is_metrics(t)) {
			import_note(im, t->line, STR_FMT " has no measures", STR_ARG(t->key));
			continue;
		}
		bench_row(&b, t->key);
		for (const struct jsontree *m = jsontree_first(t); m; m = m->next)
			measure(&b, m);
	}
	bench_end(&b);
	return 0;
}

const struct import_reader read_bmf = {
	.name = "bmf",
	.what = "Bencher Metric Format (JSON)",
	.recognise = recognise,
	.read = read_file,
};
