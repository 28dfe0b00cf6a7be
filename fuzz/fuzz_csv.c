// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as CSV: what is read and written again reads the same; a row at once or cell by cell.
 */
#include <stdlib.h>

#include "text/csv.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void write_row(struct buf *b, const struct csv *c, struct str around)
{
	struct buf at_once = {0};
	size_t start = b->n;

	for (size_t i = 0; i < c->n; i++) {
		if (i)
			buf_add_char(b, ',');
		csv_add_cell(b, c->cells[i]);
	}
	csv_add_cells(&at_once, c->cells, c->n, around);
	if (!str_eq(buf_str(&at_once), str_from(buf_str(b), start)))
		abort();
	buf_release(&at_once);
	if (c->n == 1 && !c->cells[0].n)
		BUF_LIT(b, "\"\"");
	buf_add_char(b, '\n');
}

static void same_row(const struct csv *a, const struct csv *b)
{
	if (a->n != b->n)
		abort();
	for (size_t i = 0; i < a->n; i++) {
		struct str s = a->cells[i];
		bool clean = utf8_valid(s) && str_find_char(s, 0) == s.n;

		if (clean ? !str_eq(s, b->cells[i]) : !utf8_valid(b->cells[i]))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = {(const char *)data, n};
	struct csv first, again;
	struct buf b = {0};
	struct err err;

	csv_init(&first, text);
	while (csv_next(&first, &err) > 0)
		write_row(&b, &first, text);
	csv_release(&first);
	csv_init(&first, text);
	csv_init(&again, buf_str(&b));
	if (str_starts(buf_str(&b),
		       STR("\xef\xbb\xbf"))) /* a second mark is text, alone it is not */
		again.rest = buf_str(&b);
	while (csv_next(&first, &err) > 0) {
		if (csv_next(&again, &err) <= 0)
			abort();
		same_row(&first, &again);
	}
	if (csv_next(&again, &err) != 0)
		abort();
	csv_release(&first);
	csv_release(&again);
	buf_release(&b);
	return 0;
}
