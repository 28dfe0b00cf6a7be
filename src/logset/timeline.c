// SPDX-License-Identifier: GPL-3.0-or-later
/* The timeline of a set of logs: see timeline.h. */
#include "logset/timeline.h"

#include <stdlib.h>

#include "base/mem.h"
#include "logset/timeline-priv.h"

static int by_time(const void *pa, const void *pb)
{
	const struct timeline_row *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* One row for each event, in order. */
static void sort_rows(struct timeline *t)
{
	size_t kept = 0;

	if (t->n)
		qsort(t->rows, t->n, sizeof(*t->rows), by_time);
	for (size_t i = 0; i < t->n; i++) {
		struct timeline_row *last = kept ? &t->rows[kept - 1] : NULL;

		if (last && by_time(last, &t->rows[i]) == 0) {
			last->marks |= t->rows[i].marks;
			last->silence += t->rows[i].silence; /* only one of them has it */
		} else {
			t->rows[kept++] = t->rows[i];
		}
	}
	t->n = kept;
}

/* First and last of a template among all logs; rows for which no reason remains go. */
static void settle_marks(struct timeline *t)
{
	bool *seen = mem_zalloc(templates_count(t->set->templates));
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct timeline_row *r = &t->rows[i];

		if ((r->marks & TIMELINE_FIRST) && seen[r->tmpl])
			r->marks &= (uint8_t)~TIMELINE_FIRST;
		seen[r->tmpl] |= (r->marks & TIMELINE_FIRST) != 0;
	}
	for (size_t i = t->n; i-- > 0;) { /* seen now means: the last is still to come */
		struct timeline_row *r = &t->rows[i];

		if ((r->marks & TIMELINE_LAST) && !seen[r->tmpl])
			r->marks &= (uint8_t)~TIMELINE_LAST;
		if (r->marks & TIMELINE_LAST)
			seen[r->tmpl] = false;
	}
	free(seen);
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].marks & TIMELINE_REASONS)
			t->rows[kept++] = t->rows[i];
	t->n = kept;
}

static void count_left_out(struct timeline *t)
{
	uint64_t *at = mem_zalloc(t->set->nfiles * sizeof(*at)); /* lines already passed */

	for (size_t i = 0; i < t->n; i++) {
		struct timeline_row *r = &t->rows[i];
		const struct logrec *recs = t->set->files[r->file].recs;

		r->left_out = 0;
		for (uint64_t k = at[r->file]; k + 1 < r->line; k++)
			r->left_out += !(recs[k].tmpl & (LOGREC_CONT | TIMELINE_SKIP));
		at[r->file] = r->line;
	}
	free(at);
}

void timeline_init(struct timeline *t, const struct logset *set, unsigned threads,
		   struct buf *notes)
{
	size_t *from;

	*t = (struct timeline){.set = set};
	t->clocks = mem_zalloc(set->nfiles * sizeof(*t->clocks));
	timeline_choose(t, &from);
	timeline_times(t, from, threads, notes);
	free(from);
	sort_rows(t);
	settle_marks(t);
	count_left_out(t);
}

void timeline_release(struct timeline *t)
{
	free(t->clocks);
	free(t->rows);
	*t = (struct timeline){0};
}
