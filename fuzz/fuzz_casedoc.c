// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a case document. The first three bytes choose an edit; then: what is refused changes
 * nothing; what is done reads back, keeps the bytes before and behind it, and parses again to the
 * same; and settling a merge never makes a document that cannot be read.
 */
#include <stdlib.h>

#include "case/casedoc.h"
#include "case/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Only one stretch of bytes may differ, and what stood there is at most one line. */
static void one_place(struct str old, struct str new)
{
	size_t a = 0, b = 0;

	while (a < old.n && a < new.n &&old.p[a] == new.p[a])
		a++;
	while (b < old.n - a && b < new.n - a &&old.p[old.n - 1 - b] == new.p[new.n - 1 - b])
		b++;
	must(str_count_char((struct str){old.p + a, old.n - a - b}, '\n') == 0);
}

static int put_row(struct casedoc *d, struct str text, unsigned which)
{
	static const char *const columns[] = {"id", "what"};
	static const char *const headings[] = {"Symptoms", "Timeline", "Hypotheses/H1 new"};
	struct str cells[] = {STR("S1"), text};
	const char *heading = headings[which % 3];
	struct arena a;
	int rc;

	arena_init(&a);
	if (which & 4)
		cells[0] = casedoc_next_id(d, heading, 'S', &a);
	rc = casedoc_put_row(d, heading, columns, cells, 2, NULL);
	arena_release(&a);
	return rc;
}

static int edit(struct casedoc *d, unsigned kind, unsigned which, struct str text)
{
	static const char *const keys[] = {"outcome", "title", "x", "good"};
	const char *key = keys[which % 4];
	int rc;

	switch (kind % 6) {
	case 0: return put_row(d, text, which);
	case 1:
		rc = casedoc_set(d, key, text, NULL);
		must(rc || str_eq(casedoc_get(d, key), text));
		return rc;
	case 2: return casedoc_add_to_list(d, key, text, NULL);
	case 3:
		rc = casedoc_set_field(d, "Hypotheses/H1", "prior", text, NULL);
		must(rc || str_eq(casedoc_field(d, "Hypotheses/H1", "prior"), str_trim(text)));
		return rc;
	case 4: return casedoc_add_prose(d, "Conclusion", text, NULL);
	default: return casedoc_add_section(d, "Hypotheses/H9 x", NULL);
	}
}

/* All that reads must be able to read. */
static void look(const struct casedoc *d)
{
	struct casedoc_problem *p;
	struct case_summary s;
	struct arena a;
	size_t n;

	arena_init(&a);
	n = casedoc_check(d, &a, &p);
	for (size_t i = 0; i < n; i++)
		must(p[i].line && p[i].column && p[i].text.n);
	case_summary(d, STR("x.md"), true, n, &a, &s);
	casedoc_has_id(d, STR("S1"));
	arena_release(&a);
}

static void settle(struct str text)
{
	CLEANUP_BUF struct buf out = {0}, again = {0}, notes = {0};
	struct casedoc *d;

	if (casedoc_settle(text, &out, &notes, NULL))
		return;
	must(casedoc_parse(&d, buf_str(&out), NULL) == 0);
	casedoc_free(d);
	buf_clear(&notes);
	must(casedoc_settle(buf_str(&out), &again, &notes, NULL) == 0);
	must(str_eq(buf_str(&out), buf_str(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_BUF struct buf old = {0};
	struct casedoc *d, *again;
	struct str text;
	int rc;

	if (n < 3)
		return 0;
	text = (struct str){(const char *)data + 3, n - 3};
	settle(text);
	if (casedoc_parse(&d, text, NULL))
		return 0;
	look(d);
	buf_add_str(&old, text);
	text = str_from(text, data[2] * 4u);
	rc = edit(d, data[0], data[1], str_head(text, 40));
	if (rc)
		must(str_eq(casedoc_text(d), buf_str(&old)));
	else if (data[0] % 6) /* a row may add a column, in three places */
		one_place(buf_str(&old), casedoc_text(d));
	must(casedoc_parse(&again, casedoc_text(d), NULL) == 0);
	must(str_eq(casedoc_text(d), casedoc_text(again)));
	look(again);
	casedoc_free(d);
	casedoc_free(again);
	return 0;
}
