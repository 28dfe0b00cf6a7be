// SPDX-License-Identifier: GPL-3.0-or-later
/* See bench-json.h. */
#include "import/bench-json.h"

#include <stdio.h>

int bench_doc_read(struct bench_doc *d, struct import *im, struct str data, struct err *err)
{
	*d = (struct bench_doc){0};
	arena_init(&d->arena);
	return import_tree(im, &d->arena, data, &d->root, err);
}

void bench_doc_release(struct bench_doc *d)
{
	arena_release(&d->arena);
}

bool bench_doc_has(struct str head, const char *const *keys)
{
	head = str_from(head, import_document_start(head));
	if (!head.n)
		return false;
	for (; *keys; keys++) {
		char quoted[64];
		int n = snprintf(quoted, sizeof(quoted), "\"%s\"", *keys);

		if (!str_contains(head, (struct str){quoted, (size_t)n}))
			return false;
	}
	return true;
}

size_t bench_json_reps(struct bench *b, const char *what, const struct jsontree *t, struct str unit)
{
	const struct jsontree *open[JSONTREE_DEPTH];
	size_t depth = 0, n = 0;

	for (t = jsontree_first(t); t || depth;) {
		if (!t) {
			t = open[--depth]->next;
		} else if (t->kind == JSONTREE_ARRAY && depth < JSONTREE_DEPTH) {
			open[depth++] = t;
			t = t->first;
		} else {
			if (jsontree_is_number(t)) {
				bench_rep(b, what, jsontree_number(t), unit, t->line);
				n++;
			}
			t = t->next;
		}
	}
	return n;
}

void bench_json_number(struct bench *b, const char *what, const struct jsontree *t, struct str unit)
{
	if (jsontree_is_number(t))
		bench_sum(b, what, jsontree_number(t), unit, 0, NAN, t->line);
}

struct value bench_json_value(const struct jsontree *t)
{
	switch (t ? t->kind : JSONTREE_NULL) {
	case JSONTREE_INT: return value_int(t->integer);
	case JSONTREE_REAL: return value_real(t->real);
	case JSONTREE_STRING: return value_text(t->text);
	case JSONTREE_BOOL: return value_text(t->truth ? STR("true") : STR("false"));
	default: return (struct value){0};
	}
}

int bench_doc_rows(struct import *im, struct str data, const char *key,
		   void (*row)(struct bench *b, const struct jsontree *t), struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	CLEANUP_BENCH struct bench b;
	int rc;

	bench_init(&b, im);
	rc = bench_doc_read(&d, im, data, err);
	if (rc)
		return rc;
	for (const struct jsontree *t = jsontree_first(jsontree_get(d.root, key)); t; t = t->next)
		row(&b, t);
	bench_end(&b);
	return 0;
}
