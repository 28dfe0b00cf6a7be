// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Hugging Face's trainer_state.json: log_history is a list of what was logged, each entry with its
 * step: series over the step. The last entry sums the training up (train_runtime and so on):
 * variables, as are the numbers and texts beside the history.
 */
#include "import/bench-json.h"

static struct str unit_of(struct str key)
{
	if (str_ends(key, STR("_runtime")))
		return STR("s");
	return str_ends(key, STR("_per_second")) ? STR("1/s") : STR("");
}

static void entry(struct import *im, struct metric_curves *curves, const struct jsontree *t)
{
	const struct jsontree *step = jsontree_get(t, "step");
	struct str axis = STR("step");
	bool summary = jsontree_get(t, "train_runtime") != NULL;

	if (!jsontree_is_number(step)) {
		axis = STR("epoch");
		step = jsontree_get(t, "epoch");
	}
	if (!jsontree_is_number(step)) {
		import_note(im, t->line, "an entry without step");
		return;
	}
	for (const struct jsontree *v = jsontree_first(t); v; v = v->next) {
		struct value value = bench_json_value(v);

		if (v == step || value.kind == VALUE_NONE)
			continue;
		if (summary || value.kind == VALUE_TEXT) {
			if (!str_eq(v->key, STR("epoch")))
				metric_add(im, v->key, value, unit_of(v->key), v->line);
		} else {
			metric_point(curves, METRIC_LAST_RUN, v->key, unit_of(v->key), axis,
				     jsontree_number(step), jsontree_number(v), v->line);
		}
	}
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"log_history", NULL};

	return bench_doc_has(head, keys) ? 92 : str_ends(path, STR("trainer_state.json")) ? 60 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	CLEANUP_CURVES struct metric_curves curves;
	int rc;

	metric_curves_init(&curves, im);
	rc = bench_doc_read(&d, im, files->data, err);
	if (rc)
		return rc;
	for (const struct jsontree *t = jsontree_first(d.root); t; t = t->next) {
		struct value v = bench_json_value(t);

		if (v.kind != VALUE_NONE)
			metric_add(im, t->key, v, STR(""), t->line);
	}
	for (const struct jsontree *t = jsontree_first(jsontree_get(d.root, "log_history")); t;
	     t = t->next)
		entry(im, &curves, t);
	return 0;
}

const struct import_reader read_trainer_state = {
	.name = "trainer-state",
	.what = "Hugging Face trainer_state.json",
	.recognise = recognise,
	.read = read_file,
};
