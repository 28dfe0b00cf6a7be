// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a report: the first line names the reader, the rest is the report; if there is no
 * such reader, the one that recognises the whole. Whatever is read is text that can be printed, and
 * an error says why and leaves nothing behind.
 */
#include <stdlib.h>

#include "import/import.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void text(struct str s, bool one_line)
{
	if (!utf8_valid(s) || s.n > IMPORT_MAX_TEXT)
		abort();
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 && (one_line || (c != '\n' && c != '\t')))
			abort();
	}
}

static void look(const struct import *im)
{
	for (size_t i = 0; i < im->ntests; i++) {
		const struct test_result *t = &im->tests[i];

		text(t->suite, true);
		text(t->name, true);
		text(t->message, true);
		text(t->detail, false);
		if (t->run >= im->nruns || (t->expected && t->status != TEST_SKIPPED) ||
		    isinf(t->seconds))
			abort();
	}
	for (size_t i = 0; i < im->nvariables; i++) {
		text(im->variables[i].name, true);
		text(im->variables[i].unit, true);
		if (im->variables[i].value.kind == VALUE_TEXT)
			text(im->variables[i].value.text, false);
		if (im->variables[i].run >= im->nruns)
			abort();
	}
	for (size_t i = 0; i < im->nnotes; i++)
		text(im->notes[i].text, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str whole = {(const char *)data, n};
	struct str head = str_head(whole, str_find_char(whole, '\n'));
	struct import_file f = {STR("report"), str_from(whole, head.n + 1)};
	const struct import_reader *r = NULL;
	struct import im;
	struct err err = {0};

	for (size_t i = 0; import_readers[i]; i++)
		if (str_eq(head, str_of(import_readers[i]->name)))
			r = import_readers[i];
	if (!r) {
		f.data = whole;
		r = import_recognise(f.path, f.data);
	}
	if (!r)
		return 0;
	import_init(&im);
	if (import_read(&im, r, &f, 1, &err) == 0)
		look(&im);
	else if (!err.msg[0] || im.ntests || im.nvariables || im.nseries)
		abort();
	import_release(&im);
	return 0;
}
