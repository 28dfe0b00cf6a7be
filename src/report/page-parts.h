/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the builders of reports share. They are pure: plain structs in, blocks of a page out; the
 * same input gives the same page. Long lists are cut at a round number, which is said together with
 * the command that shows the rest; long curves are thinned, which is said too.
 */
#pragma once

#include "report/page.h"
#include "types/record.h"

#define PAGE_ROWS   100  /* of a table */
#define PAGE_POINTS 2000 /* of a line in a chart */
#define PAGE_CHARTS 12   /* of one kind */

/* Something wrong that was seen. */
struct page_symptom {
	struct str kind, what, seen;
	uint64_t count;                    /* how often; 0: not known */
	const struct page_evidence *quote; /* NULL: no line can be shown */
};

/* "3 tests", "1 test"; the plural is name with an s. */
void page_counted(struct page *p, struct page_line *l, uint64_t n, const char *name);
/* A number with its unit, in a handy size: 0.0136 s is 13.6 ms. */
void page_quantity(struct page *p, struct page_line *l, enum page_mark mark, double v,
		   struct str unit);
/* The value of a variable: whole numbers exactly, unless a unit makes them handier. */
void page_value(struct page *p, struct page_line *l, enum page_mark mark, const struct variable *v);
/* "1,234 more rows are left out; all of them:" and the command; nothing if there are no more. */
void page_more(struct page *p, size_t more, struct str command);
/* A cell of text. */
void page_cell_text(struct page *p, enum page_mark mark, struct str text);
void page_cellf(struct page *p, enum page_mark mark, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Text cut to lines, at most max, in the arena; *more: how many are left out. */
const struct str *page_lines(struct arena *a, struct str text, size_t max, size_t *n, size_t *more);

/* A chart of lines of at most PAGE_POINTS points (report/thin.h), and a note if they had more. */
void page_thin_chart(struct page *p, const struct page_chart *c);
/* A series as a chart; false: it has no two values that differ. */
bool page_series(struct page *p, const struct series *s);

/* A table of symptoms, each with its quoted lines as evidence. */
void page_symptoms(struct page *p, const struct page_symptom *s, size_t n, struct str command);
/* Tests that failed, with message and detail as evidence; source: whose. */
void page_failed_tests(struct page *p, const struct test_result *t, size_t n, struct str source,
		       struct str command);
bool page_went_wrong(const struct test_result *t);
