// SPDX-License-Identifier: GPL-3.0-or-later
/* See bench-json.h. */
#include "import/bench-json.h"

#include <stdio.h>

/* "[INFO] ..." of a build tool is no array. */
static bool begins_document(struct str s)
{
	if (s.n < 2)
		return s.n && (s.p[0] == '{' || s.p[0] == '[');
	if (s.p[0] == '{')
		return strchr(" \t\r\n\"}", s.p[1]) != NULL;
	return s.p[0] == '[' && strchr(" \t\r\n\"{[]-0123456789", s.p[1]) != NULL;
}

size_t bench_doc_start(struct str data)
{
	size_t at = 0;

	while (at < data.n) {
		struct str line = str_from(data, at);
		size_t blank = 0;

		while (blank < line.n && (line.p[blank] == ' ' || line.p[blank] == '\t'))
			blank++;
		if (begins_document(str_from(line, blank)))
			return at;
		at += str_find_char(line, '\n') + 1;
	}
	return data.n;
}

int bench_doc_read(struct bench_doc *d, struct import *im, struct str data, struct err *err)
{
	size_t start = bench_doc_start(data);
	uint64_t line = 1 + str_count_char(str_head(data, start), '\n');
	struct jsontree_doc doc;
	int rc;

	*d = (struct bench_doc){0};
	arena_init(&d->arena);
	rc = jsontree_read(&doc, &d->arena, str_from(data, start), line, err);
	if (rc)
		return rc;
	if (!doc.root)
		return err_set(err, ERR_INPUT, "line 1: JSON: nothing but blanks");
	if (doc.cut)
		import_note(im, doc.line, "the report is cut off here: what it holds was read");
	else if (doc.rest.n)
		import_note(im, doc.line, "text after the end of the report is left out");
	d->root = doc.root;
	return 0;
}

void bench_doc_release(struct bench_doc *d)
{
	arena_release(&d->arena);
}

bool bench_doc_has(struct str head, const char *const *keys)
{
	size_t start = bench_doc_start(head);

	head = str_from(head, start);
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
