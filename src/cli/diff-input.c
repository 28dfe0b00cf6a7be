// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Logs and digests for the comparison: see diff-input.h.
 *
 * The lines that a digest cites are put into sparse logs named as the logs that it was made of.
 * Digests of several runs may cite one line number of one name for several shapes: each name has as
 * many sparse logs as that takes, so that a log and a number say which shape is meant.
 */
#include "cli/diff-input.h"

#include <stdlib.h>

static uint64_t cited_key(uint32_t side, uint32_t log, uint64_t line)
{
	return hash_word((uint64_t)side << 32 | log, line);
}

static void fetch_cited(const struct diff_input *d, uint32_t side, uint32_t log, uint64_t line,
			struct logdiff_line *out)
{
	uint32_t i;

	if (map_get(&d->cited_at, cited_key(side, log, line), &i) && d->cited[i].log == log &&
	    d->cited[i].line == line)
		out->raw = d->cited[i].raw;
}

static void fetch_line(void *arg, uint32_t side, uint32_t log, uint64_t no, struct arena *a,
		       struct logdiff_line *out)
{
	struct diff_input *d = arg;
	const struct logset *set = &d->logs->set;
	struct logcursor c;
	struct logline line;
	uint32_t file;

	*out = (struct logdiff_line){0};
	if (d->in.side[side].logs[log].sparse) {
		fetch_cited(d, side, log, no, out);
		return;
	}
	file = d->files[side][log];
	logset_seek(set, file, no, &c);
	if (logcursor_next(&c, &line)) {
		out->raw = arena_str(a, line.raw);
		out->message = arena_str(a, logline_text(&line));
		out->level = line.level;
		logreader_time(set->files[file].reader, &line, &out->time);
	}
	logcursor_release(&c);
}

static void scan_log(void *arg, uint32_t side, uint32_t log,
		     void (*fn)(void *fnarg, uint64_t no, const struct logline *line,
				const struct event_time *time),
		     void *fnarg)
{
	struct diff_input *d = arg;
	const struct logset *set = &d->logs->set;
	const struct logset_file *f = &set->files[d->files[side][log]];

	for (size_t p = f->part0; p < f->part0 + f->nparts; p++) {
		struct logcursor c;
		struct logline line;

		logset_part_cursor(set, p, &c);
		while (logcursor_next(&c, &line)) {
			struct event_time time = {0};

			if (line.head)
				logcursor_time(&c, &line, &time);
			fn(fnarg, line.no, &line, &time);
		}
		logcursor_release(&c);
	}
}

/* Logs of one side. */
struct side {
	struct logdiff_log *logs;
	size_t n, cap;
};

static void add_files(struct diff_input *d, uint32_t side, struct side *s)
{
	const struct logset *set = &d->logs->set;

	d->files[side] = arena_zalloc(&d->arena, (set->nfiles + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < set->nfiles; i++) {
		const struct logset_file *f = &set->files[i];

		if (f->side != side)
			continue;
		d->files[side][s->n] = i;
		array_push(s->logs, s->n, s->cap) =
			(struct logdiff_log){.name = f->name, .recs = f->recs, .n = f->nlines};
	}
}

static int by_first(const void *pa, const void *pb)
{
	const struct digest_shape *a = *(const struct digest_shape *const *)pa;
	const struct digest_shape *b = *(const struct digest_shape *const *)pb;
	int c = str_cmp(a->first.name, b->first.name);

	if (c)
		return c;
	if (a->first.line != b->first.line)
		return a->first.line < b->first.line ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void cite(struct diff_input *d, uint32_t side, uint32_t log, const struct digest_place *p)
{
	uint32_t i = (uint32_t)d->ncited;

	array_push(d->cited, d->ncited, d->cap) =
		(struct diff_cited){.side = side, .log = log, .line = p->line, .raw = p->raw};
	map_put(&d->cited_at, cited_key(side, log, p->line), i, NULL);
}

/* The sparse logs of one digest; logs[i] of its shape i. */
static void add_sparse(struct diff_input *d, uint32_t side, struct side *s, const struct digest *g,
		       uint32_t *logs)
{
	const struct digest_shape **order = mem_alloc(g->nshapes * sizeof(*order));
	size_t name0 = 0, depth = 0; /* first log of the name; shapes before with this line */

	for (uint32_t i = 0; i < g->nshapes; i++)
		order[i] = &g->shapes[i];
	if (g->nshapes)
		qsort(order, g->nshapes, sizeof(*order), by_first);
	for (uint32_t i = 0; i < g->nshapes; i++) {
		const struct digest_place *p = &order[i]->first;
		bool same = i && str_eq(p->name, order[i - 1]->first.name);

		depth = same && p->line == order[i - 1]->first.line ? depth + 1 : 0;
		name0 = same ? name0 : s->n;
		if (name0 + depth == s->n)
			array_push(s->logs, s->n, s->cap) =
				(struct logdiff_log){.name = p->name, .sparse = true};
		logs[order[i] - g->shapes] = (uint32_t)(name0 + depth);
		cite(d, side, (uint32_t)(name0 + depth), p);
	}
	free(order);
}

static void add_digests(struct diff_input *d, uint32_t side, struct side *s)
{
	const struct logset *set = &d->logs->set;
	struct logdiff_digest *list = arena_alloc(&d->arena, (set->ndigests + 1) * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < set->ndigests; i++) {
		const struct logset_digest *g = &set->digests[i];
		uint32_t *logs;

		if (g->side != side)
			continue;
		logs = arena_alloc(&d->arena, (g->digest.nshapes + 1) * sizeof(*logs));
		add_sparse(d, side, s, &g->digest, logs);
		list[n++] = (struct logdiff_digest){
			.name = g->name, .digest = &g->digest, .tmpl = g->tmpl, .log = logs};
	}
	d->in.side[side].digests = list;
	d->in.side[side].ndigests = n;
}

void diff_input_init(struct diff_input *d, struct logs *logs)
{
	*d = (struct diff_input){.logs = logs,
				 .in = {.templates = logs->set.templates,
					.arg = d,
					.line = fetch_line,
					.scan = scan_log}};
	arena_init(&d->arena);
	for (uint32_t side = 0; side < 2; side++) {
		struct side s = {0};
		struct logdiff_log *kept;

		add_files(d, side, &s);
		add_digests(d, side, &s);
		kept = arena_alloc(&d->arena, (s.n + 1) * sizeof(*kept));
		if (s.n)
			memcpy(kept, s.logs, s.n * sizeof(*kept));
		d->in.side[side].logs = kept;
		d->in.side[side].n = s.n;
		free(s.logs);
	}
}

void diff_input_release(struct diff_input *d)
{
	arena_release(&d->arena);
	map_release(&d->cited_at);
	free(d->cited);
}
