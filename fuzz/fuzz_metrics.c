// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as metrics, where fuzz_import.c does not get by itself. The first line says what:
 *   records    the rest is cut into the events of a TensorBoard file, with right checksums
 *   mlruns     files of a folder, each after a line "--- PATH"
 *   pattern    the second line is a regular expression, the rest is the text
 *   json       a document as a tree: its lines rise, and all of it can be reached
 *   NAME       a reader: series and numbers are sound
 */
#include <stdlib.h>

#include "import/import.h"
#include "text/jsontree.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look(const struct import *im)
{
	for (size_t i = 0; i < im->nseries; i++) {
		const struct series *s = &im->series[i];

		if (!utf8_valid(s->name) || !utf8_valid(s->axis) || !utf8_valid(s->unit) ||
		    s->run >= im->nruns || s->n == 0 || !s->x || !s->y)
			abort();
		for (size_t k = 0; k < s->n; k++)
			if (isnan(s->x[k]) && str_eq(s->axis, STR("repetition")))
				abort();
	}
	for (size_t i = 0; i < im->nvariables; i++) {
		const struct variable *v = &im->variables[i];

		if (!utf8_valid(v->name) || v->run >= im->nruns || v->spread < 0 ||
		    v->value.kind == VALUE_NONE)
			abort();
	}
}

static uint32_t masked_crc(const uint8_t *p, size_t n)
{
	uint32_t c = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		c ^= p[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? UINT32_C(0x82f63b78) : 0);
	}
	c = ~c;
	return (c >> 15 | c << 17) + UINT32_C(0xa282ead8);
}

static void add_record(struct buf *b, struct str s)
{
	uint64_t length = s.n;
	uint32_t crc = masked_crc((const uint8_t *)&length, sizeof(length));

	buf_add(b, &length, sizeof(length));
	buf_add(b, &crc, sizeof(crc));
	buf_add_str(b, s);
	crc = masked_crc((const uint8_t *)s.p, s.n);
	buf_add(b, &crc, sizeof(crc));
}

/* One byte of length, then as many of the event. */
static void records(struct str s, struct import *im, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct import_file f = {STR("events"), {0}};

	while (s.n) {
		struct str event = str_head(str_from(s, 1), (unsigned char)s.p[0]);

		add_record(&b, event);
		s = str_from(s, 1 + event.n);
	}
	f.data = buf_str(&b);
	if (import_read(im, import_reader_named("tensorboard"), &f, 1, err))
		abort();
	look(im);
}

static void folder(struct str s, struct import *im, struct err *err)
{
	static const struct str mark = STR("--- ");
	struct import_file files[64];
	size_t n = 0;

	while (n < ARRAY_SIZE(files) && str_starts(s, mark)) {
		struct import_file *f = &files[n++];
		size_t end;

		s = str_from(s, mark.n);
		f->path = str_head(s, str_find_char(s, '\n'));
		s = str_from(s, f->path.n + 1);
		end = str_find(s, STR("\n--- "));
		f->data = str_head(s, end);
		s = str_from(s, end + 1);
	}
	if (n && import_read(im, import_reader_named("mlruns"), files, n, err) == 0)
		look(im);
}

static void pattern(struct str s, struct import *im, struct err *err)
{
	struct str regex = str_head(s, str_find_char(s, '\n'));

	if (import_pattern(im, regex, str_from(s, regex.n + 1), err) == 0)
		look(im);
	else if (!err->msg[0])
		abort();
}

static void json(struct str s)
{
	const struct jsontree *open[JSONTREE_DEPTH], *t;
	struct jsontree_doc doc;
	struct arena a;
	struct err err = {0};
	size_t depth = 0;
	uint32_t line = 1;

	arena_init(&a);
	if (jsontree_read(&doc, &a, s, 1, &err)) {
		if (!err.msg[0])
			abort();
		doc.root = NULL;
	}
	for (t = doc.root; t || depth;) {
		if (!t) {
			t = open[--depth]->next;
			continue;
		}
		if (t->line < line || (t->kind == JSONTREE_STRING && t->text.n > s.n))
			abort();
		line = t->line;
		if (jsontree_first(t)) {
			if (depth == JSONTREE_DEPTH)
				abort();
			open[depth++] = t;
			t = jsontree_first(t);
		} else {
			t = t->next;
		}
	}
	arena_release(&a);
}

static void reader(struct str name, struct str s, struct import *im, struct err *err)
{
	for (size_t i = 0; import_readers[i]; i++) {
		struct import_file f = {STR("report.csv"), s};

		if (!str_eq(name, str_of(import_readers[i]->name)))
			continue;
		if (import_read(im, import_readers[i], &f, 1, err) == 0)
			look(im);
		else if (!err->msg[0] || im->nvariables || im->nseries)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str whole = {(const char *)data, n};
	struct str head = str_head(whole, str_find_char(whole, '\n'));
	struct str rest = str_from(whole, head.n + 1);
	struct import im;
	struct err err = {0};

	import_init(&im);
	if (str_eq(head, STR("records")))
		records(rest, &im, &err);
	else if (str_eq(head, STR("mlruns")))
		folder(rest, &im, &err);
	else if (str_eq(head, STR("pattern")))
		pattern(rest, &im, &err);
	else if (str_eq(head, STR("json")))
		json(rest);
	else
		reader(head, rest, &im, &err);
	import_release(&im);
	return 0;
}
