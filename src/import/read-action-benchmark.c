// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The custom JSON of github-action-benchmark: [{"name", "unit", "value", "range", "extra"}]. Which
 * way is better stands in the workflow only; if the file's name says so ("BiggerIsBetter"), that
 * counts, else what unit and name tell. "range" may mean anything: it is kept as it is.
 */
#include "import/bench-json.h"

static enum better better_of_path(struct str path)
{
	if (str_contains_nocase(path, STR("bigger")))
		return BETTER_HIGHER;
	return str_contains_nocase(path, STR("smaller")) ? BETTER_LOWER : BETTER_UNKNOWN;
}

static bool is_row(const struct jsontree *t)
{
	return jsontree_text(jsontree_get(t, "name")).n && jsontree_get(t, "unit") &&
	       jsontree_is_number(jsontree_get(t, "value"));
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"name", "unit", "value", NULL};
	CLEANUP_BENCH_DOC struct bench_doc d = {0};
	struct jsontree_doc doc;

	if (!bench_doc_has(head, keys))
		return 0;
	arena_init(&d.arena);
	if (jsontree_read(&doc, &d.arena, str_from(head, import_document_start(head)), 1, NULL))
		return 0;
	return doc.root && doc.root->kind == JSONTREE_ARRAY && is_row(jsontree_first(doc.root)) ? 85
												: 0;
}

static void row(struct bench *b, const struct jsontree *t, enum better better)
{
	static const char *const rest[] = {"range", "extra"};
	const struct jsontree *value = jsontree_get(t, "value");
	struct variable *v;

	bench_row(b, jsontree_text(jsontree_get(t, "name")));
	v = bench_add(b, "value", value_real(jsontree_number(value)),
		      jsontree_text(jsontree_get(t, "unit")), value->line);
	if (v && better)
		v->better = better;
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++) {
		const struct jsontree *m = jsontree_get(t, rest[i]);
		struct value got = bench_json_value(m);

		if (got.kind != VALUE_NONE)
			bench_add(b, rest[i], got, STR(""), m->line);
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
		if (is_row(t))
			row(&b, t, better_of_path(files->path));
		else
			import_note(im, t->line, "an entry without name, unit or value");
	}
	bench_end(&b);
	return 0;
}

const struct import_reader read_action_benchmark = {
	.name = "action-benchmark",
	.what = "github-action-benchmark's custom JSON",
	.recognise = recognise,
	.read = read_file,
};
