// SPDX-License-Identifier: GPL-3.0-or-later
/* Two snapshots of threads: see stackdiff.h. Of a stack that moved the frames that are new are
 * shown, and the first one that both have. */
#include "report/stackdiff.h"

#include "report/json-object.h"

#define ROWS_MOST   12 /* in the short form */
#define FRAMES_MOST 6

static const char *const kinds[] = {
	"moved", "waits for something else", "another number", "new", "gone", "same"};

static void add_thread(struct buf *out, const struct stack_thread *t)
{
	buf_printf(out, "thread %d", t->tid);
	if (t->name.n) {
		BUF_LIT(out, " (");
		style_add_foreign(out, t->name, 0);
		buf_add_char(out, ')');
	}
}

static void add_frames(const struct stack_thread *t, size_t n, const char *sign,
		       const struct stacks_look *l, struct buf *out)
{
	for (size_t i = 0; i < n && (l->verbose || i < FRAMES_MOST); i++) {
		buf_printf(out, "  %s ", sign);
		stacks_frame(&t->frames[i], l, out);
	}
	if (!l->verbose && n > FRAMES_MOST)
		buf_printf(out, "  %s   ... %zu more\n", sign, n - FRAMES_MOST);
}

static void add_stacks(const struct stackdiff_row *r, const struct stacks_look *l, struct buf *out)
{
	size_t before = r->before ? r->before->nframes - r->common : 0,
	       after = r->after ? r->after->nframes - r->common : 0;

	if (r->kind == STACKDIFF_COUNT && r->after) {
		add_frames(r->after, r->after->nframes, " ", l, out);
		return;
	}
	if (r->before)
		add_frames(r->before, before, "-", l, out);
	if (r->after)
		add_frames(r->after, after, "+", l, out);
	if (r->common && r->after) {
		BUF_LIT(out, "    ");
		stacks_frame(&r->after->frames[after], l, out);
	}
}

static void add_row(const struct stackdiff_row *r, const struct stacks_look *l, struct buf *out)
{
	const struct stack_thread *t = r->after ? r->after : r->before;

	buf_add_char(out, '\n');
	if (r->nbefore + r->nafter > 2 || r->kind == STACKDIFF_COUNT)
		buf_printf(out, "%zu -> %zu threads in this place\n", r->nbefore, r->nafter);
	else {
		add_thread(out, t);
		buf_printf(out, ": %s\n", kinds[r->kind]);
	}
	if (r->kind == STACKDIFF_WAITS && r->before && r->after) {
		BUF_LIT(out, "  - waits for ");
		style_add_foreign(out, r->before->wait_text, 0);
		BUF_LIT(out, "\n  + waits for ");
		style_add_foreign(out, r->after->wait_text, 0);
		buf_add_char(out, '\n');
		return;
	}
	add_stacks(r, l, out);
}

void stackdiff_text(const struct stackdiff_report *r, const struct stacks_look *l, struct buf *out)
{
	const struct stackdiff *d = r->diff;
	size_t changed = d->n - d->count[STACKDIFF_SAME];

	if (d->by_place)
		buf_printf(out,
			   "two processes, compared by where threads stand: %zu places as "
			   "before, %zu with another number of threads, %zu new, %zu gone\n",
			   d->count[STACKDIFF_SAME], d->count[STACKDIFF_COUNT],
			   d->count[STACKDIFF_NEW], d->count[STACKDIFF_GONE]);
	else
		buf_printf(out,
			   "threads: %zu moved, %zu wait for something else, %zu stand where they "
			   "stood, %zu new, %zu gone\n",
			   d->count[STACKDIFF_MOVED], d->count[STACKDIFF_WAITS],
			   d->count[STACKDIFF_SAME], d->count[STACKDIFF_NEW],
			   d->count[STACKDIFF_GONE]);
	for (size_t i = 0; i < changed && (l->verbose || i < ROWS_MOST); i++)
		add_row(&d->rows[i], l, out);
	if (!l->verbose && changed > ROWS_MOST)
		buf_printf(out, "\n%zu more: -v shows them\n", changed - ROWS_MOST);
}

static void json_side(struct buf *b, const char *key, const struct stack_thread *t, size_t n)
{
	if (!t) {
		object_null(b, key);
		return;
	}
	object_begin(b, key);
	object_count(b, "threads", n);
	object_count(b, "tid", (uint64_t)t->tid);
	object_text(b, "name", t->name);
	object_text(b, "waits_for", t->wait_text);
	object_list(b, "frames");
	for (size_t i = 0; i < t->nframes; i++)
		object_text_or_null(b, NULL, t->frames[i].function);
	object_list_end(b);
	object_end(b);
}

void stackdiff_json(const struct stackdiff_report *r, struct buf *b)
{
	object_begin(b, NULL);
	object_text(b, "schema", STR("inquest.stackdiff/1"));
	object_text(b, "command", r->command);
	object_text(b, "before", r->before_name);
	object_text(b, "after", r->after_name);
	object_text(b, "matched_by", r->diff->by_place ? STR("place") : STR("thread"));
	object_count(b, "same", r->diff->count[STACKDIFF_SAME]);
	object_list(b, "changes");
	for (size_t i = 0; i < r->diff->n; i++) {
		const struct stackdiff_row *row = &r->diff->rows[i];

		if (row->kind == STACKDIFF_SAME)
			continue;
		object_begin(b, NULL);
		object_text(b, "kind", str_of(kinds[row->kind]));
		object_count(b, "common_frames", row->common);
		json_side(b, "before", row->before, row->nbefore);
		json_side(b, "after", row->after, row->nafter);
		object_end(b);
	}
	object_list_end(b);
	object_end(b);
	buf_add_char(b, '\n');
}
