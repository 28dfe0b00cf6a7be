// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which events matter, as far as one log by itself tells: one walk over the records of each log.
 * Whether an event is a symptom is decided once for each template, by its first line.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "logset/timeline-priv.h"
#include "text/symptom.h"

#define REPEATS 10 /* symptoms of one template shown of a log, besides the first and the last */

struct choice {
	struct timeline *t;
	struct symptom *symptoms; /* of each template */
	uint64_t *first, *last;   /* of each template: head in this log; first 0: none yet */
	uint32_t *shown;          /* symptoms */
	uint32_t *seen;           /* templates of this log */
	size_t nseen;
	uint32_t before; /* template of the symptom before */
};

static uint32_t tmpl_of(const struct logrec *r)
{
	return r->tmpl & ~(LOGREC_CONT | TIMELINE_SKIP);
}

static enum symptom_class class_of(const struct symptom *s)
{
	return s->frame || (s->advice && s->level < LEVEL_ERROR) ? SYMPTOM_NONE : s->class;
}

static void find_symptoms(struct choice *c)
{
	const struct logset *s = c->t->set;
	size_t left = templates_count(s->templates);
	bool *known = mem_zalloc(left);

	for (uint32_t i = 0; i < s->nfiles && left; i++)
		for (uint64_t k = 0; k < s->files[i].nlines && left; k++) {
			uint32_t tmpl = tmpl_of(&s->files[i].recs[k]);
			struct logcursor cursor;
			struct logline line;

			if (known[tmpl])
				continue;
			known[tmpl] = true;
			left--;
			logset_seek(s, i, k + 1, &cursor);
			if (logcursor_next(&cursor, &line))
				c->symptoms[tmpl] = symptom_of(line.message, line.level);
			logcursor_release(&cursor);
		}
	free(known);
}

static void add_row(struct choice *c, uint32_t file, uint64_t line, uint32_t tmpl, unsigned marks)
{
	array_push(c->t->rows, c->t->n, c->t->cap) = (struct timeline_row){
		.file = file, .line = line, .tmpl = tmpl, .marks = (uint8_t)marks};
}

/* An event: its head's line and the worst that its lines say. */
static void take_event(struct choice *c, uint32_t file, uint64_t line, uint32_t tmpl,
		       enum symptom_class class)
{
	if (!c->first[tmpl]) {
		c->seen[c->nseen++] = tmpl;
		c->first[tmpl] = line;
	}
	c->last[tmpl] = line;
	if (class < SYMPTOM_VERDICT)
		return;
	if (c->before != tmpl && c->shown[tmpl] < REPEATS) {
		add_row(c, file, line, tmpl, TIMELINE_SYMPTOM);
		c->shown[tmpl]++;
	}
	c->before = tmpl;
}

static void take_log(struct choice *c, uint32_t file)
{
	const struct logset_file *f = &c->t->set->files[file];
	uint64_t head = 0, first = 0, last = 0;
	enum symptom_class class = SYMPTOM_NONE;
	uint32_t tmpl = 0;

	c->nseen = 0;
	c->before = UINT32_MAX;
	for (uint64_t k = 0; k <= f->nlines; k++) {
		const struct logrec *r = &f->recs[k];

		if (k < f->nlines && (r->tmpl & LOGREC_CONT)) {
			if (class_of(&c->symptoms[tmpl_of(r)]) == SYMPTOM_CAUSE)
				class = SYMPTOM_CAUSE;
			continue;
		}
		if (head)
			take_event(c, file, head, tmpl, class);
		head = 0;
		if (k == f->nlines || (r->tmpl & TIMELINE_SKIP))
			continue;
		head = last = k + 1;
		first = first ? first : head;
		tmpl = tmpl_of(r);
		class = class_of(&c->symptoms[tmpl]);
	}
	if (!first)
		return;
	add_row(c, file, first, tmpl_of(&f->recs[first - 1]), TIMELINE_START);
	add_row(c, file, last, tmpl_of(&f->recs[last - 1]), TIMELINE_END);
	for (size_t i = 0; i < c->nseen; i++) {
		add_row(c, file, c->first[c->seen[i]], c->seen[i], TIMELINE_FIRST);
		add_row(c, file, c->last[c->seen[i]], c->seen[i], TIMELINE_LAST);
		c->first[c->seen[i]] = c->shown[c->seen[i]] = 0;
	}
}

static int by_line(const void *pa, const void *pb)
{
	const struct timeline_row *a = pa, *b = pb;

	return a->line < b->line ? -1 : a->line > b->line;
}

/* Rows from one on by line, those of one line together. */
static void join_rows(struct choice *c, size_t from)
{
	struct timeline *t = c->t;
	size_t kept = from;

	if (t->n > from)
		qsort(t->rows + from, t->n - from, sizeof(*t->rows), by_line);
	for (size_t i = from; i < t->n; i++) {
		if (kept > from && t->rows[kept - 1].line == t->rows[i].line)
			t->rows[kept - 1].marks |= t->rows[i].marks;
		else
			t->rows[kept++] = t->rows[i];
	}
	t->n = kept;
	for (size_t i = from; i < t->n; i++) {
		enum symptom_class class = class_of(&c->symptoms[t->rows[i].tmpl]);
		enum level level = c->symptoms[t->rows[i].tmpl].level;

		if (class >= SYMPTOM_VERDICT)
			t->rows[i].marks |= TIMELINE_SYMPTOM;
		else if (class == SYMPTOM_SOFT && !(t->rows[i].marks & TIMELINE_SYMPTOM) &&
			 (level == LEVEL_UNKNOWN || level >= LEVEL_WARN))
			t->rows[i].marks |= TIMELINE_WARNING;
	}
}

void timeline_choose(struct timeline *t, size_t **from)
{
	size_t n = templates_count(t->set->templates);
	struct choice c = {.t = t,
			   .symptoms = mem_zalloc(n * sizeof(*c.symptoms)),
			   .first = mem_zalloc(n * sizeof(*c.first)),
			   .last = mem_zalloc(n * sizeof(*c.last)),
			   .shown = mem_zalloc(n * sizeof(*c.shown)),
			   .seen = mem_alloc(n * sizeof(*c.seen))};

	find_symptoms(&c);
	*from = mem_alloc((t->set->nfiles + 1) * sizeof(**from));
	for (uint32_t i = 0; i < t->set->nfiles; i++) {
		(*from)[i] = t->n;
		take_log(&c, i);
		join_rows(&c, (*from)[i]);
	}
	(*from)[t->set->nfiles] = t->n;
	free(c.symptoms);
	free(c.first);
	free(c.last);
	free(c.shown);
	free(c.seen);
}
