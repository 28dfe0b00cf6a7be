// SPDX-License-Identifier: GPL-3.0-or-later
/* RSpec's formatter "json". What failed outside of examples is only counted there. */
#include "import/json.h"
#include "import/readers.h"

/* Of the full description what stands before the example's own. */
static struct str group_of(const struct jsontree *t)
{
	struct str full = import_member(t, "full_description");
	struct str own = import_member(t, "description");

	return str_ends(full, own) ? str_trim(str_head(full, full.n - own.n))
				   : import_member(t, "file_path");
}

static void add(struct import *im, const struct jsontree *t)
{
	struct str status = import_member(t, "status");
	const struct jsontree *e = jsontree_get(t, "exception"), *frame;
	CLEANUP_BUF struct buf said = {0};
	struct test_result *r = import_add_test(im, group_of(t), import_member(t, "description"),
						str_eq(status, STR("failed"))    ? TEST_FAILED
						: str_eq(status, STR("pending")) ? TEST_SKIPPED
										 : TEST_PASSED);

	if (!r)
		return;
	r->line = t->line;
	r->seconds = jsontree_number(jsontree_get(t, "run_time"));
	if (r->status == TEST_SKIPPED) {
		import_explain(im, r, import_member(t, "pending_message"));
		r->expected = e && e->kind == JSONTREE_OBJECT; /* "pending": it ran and failed */
		return;
	}
	if (import_member(e, "class").n) {
		buf_add_str(&said, import_member(e, "class"));
		BUF_LIT(&said, ": ");
	}
	import_keep(&said, str_trim(import_member(e, "message")));
	for (frame = jsontree_first(jsontree_get(e, "backtrace")); frame; frame = frame->next)
		import_keep(&said, jsontree_text(frame));
	import_explain(im, r, buf_str(&said));
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"version", "examples", NULL};

	return import_document_has(head, keys) ? 90 : 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	const struct jsontree *root, *t;
	struct arena a;
	double outside;
	int rc;

	arena_init(&a);
	rc = import_document(im, &a, files[0].data, &root, err);
	if (rc == 0) {
		for (t = jsontree_first(jsontree_get(root, "examples")); t; t = t->next)
			add(im, t);
		outside = jsontree_number(jsontree_get(jsontree_get(root, "summary"),
						       "errors_outside_of_examples_count"));
		if (outside > 0) {
			struct test_result *r = import_add_test(
				im, STR(""), STR("(outside of examples)"), TEST_ERROR);

			t = jsontree_first(jsontree_get(root, "messages"));
			if (r)
				import_explain(im, r, jsontree_text(t));
		}
	}
	arena_release(&a);
	return rc;
}

const struct import_reader read_rspec_json = {
	.name = "rspec-json",
	.what = "RSpec's JSON",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
