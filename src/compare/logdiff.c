// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The comparison of logs: see logdiff.h, and logdiff-priv.h for the steps. This file counts the
 * templates of both sides and, in the end, ranks what the steps found.
 */
#include "compare/logdiff-priv.h"

#include <math.h>
#include <stdlib.h>

#define TRIGGER_LINES 60 /* from the end of a statement of failure to what it brings about */

static double term(double k, double n, double p)
{
	double q = n > 0 ? k / n : 0, s = 0;

	if (k > 0 && p > 0)
		s += k * log(q / p);
	if (n - k > 0 && p < 1)
		s += (n - k) * log((1 - q) / (1 - p));
	return s;
}

double ld_g2(double k, double n, double m, double l)
{
	double p = n + l > 0 ? (k + m) / (n + l) : 0;

	return 2 * (term(k, n, p) + term(m, l, p));
}

double ld_confidence(double g2)
{
	return g2 > 0 ? 1 - exp(-g2 / 2) : 0;
}

struct evidence ld_at(uint32_t side, uint32_t log, uint64_t no, uint32_t nlines)
{
	return (struct evidence){.side = side, .file = log, .line = no, .nlines = nlines};
}

uint32_t ld_event_lines(const struct ld *d, uint32_t side, uint32_t log, uint64_t no)
{
	const struct logdiff_log *l = &d->in->side[side].logs[log];
	uint64_t end = no;

	while (end < l->n && !ld_is_head(&l->recs[end]) && end - no < 10000)
		end++;
	return (uint32_t)(end - no + 1);
}

struct logdiff_finding *ld_add(struct ld *d, enum finding_kind kind, uint32_t tmpl, double score)
{
	struct logdiff_finding *f = &array_push(d->found, d->nfound, d->capfound);

	*f = (struct logdiff_finding){
		.kind = kind, .tmpl = tmpl, .score = score, .entity = LOGREC_NONE};
	if (tmpl < d->ntmpl) {
		f->good_count = d->tmpl[tmpl].count[0];
		f->bad_count = d->tmpl[tmpl].count[1];
	}
	return f;
}

static void count_log(struct ld *d, uint32_t side, uint32_t log)
{
	const struct logdiff_log *l = &d->in->side[side].logs[log];

	for (uint64_t i = 0; i < l->n; i++) {
		const struct logrec *r = &l->recs[i];
		struct ld_tmpl *t = &d->tmpl[ld_tmpl_of(d, r)];

		if (t->count[side]++ == 0) {
			t->log[side] = log;
			t->no[side] = i + 1;
		}
		d->heads[side] += ld_is_head(r);
		if (r->entity != LOGREC_NONE && r->entity >= d->nentities)
			d->nentities = r->entity + 1;
	}
	d->lines[side] += l->n;
}

static bool is_empty(struct str s)
{
	if (str_contains(s, STR("<*>")))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z')
			return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] & 0x80)
			return false;
	return true;
}

static void count_templates(struct ld *d)
{
	d->ntmpl = templates_count(d->in->templates);
	d->tmpl = arena_zalloc(&d->tmp, (d->ntmpl ? d->ntmpl : 1) * sizeof(*d->tmpl));
	d->changed = arena_zalloc(&d->tmp, (d->ntmpl ? d->ntmpl : 1) * sizeof(*d->changed));
	d->alias = arena_alloc(&d->tmp, (d->ntmpl ? d->ntmpl : 1) * sizeof(*d->alias));
	for (size_t i = 0; i < d->ntmpl; i++) {
		const struct template *t = templates_get(d->in->templates, (uint32_t)i);

		d->alias[i] = (uint32_t)i;
		/* "[ERROR]" without text is no blank line. */
		d->tmpl[i].blank = str_trim(t->text).n == 0 && t->level == LEVEL_UNKNOWN;
		d->tmpl[i].cont = t->continuation;
		d->tmpl[i].empty = is_empty(t->text);
		d->tmpl[i].has_values = str_contains(t->text, STR("<*>"));
	}
	for (uint32_t side = 0; side < 2; side++) {
		for (uint32_t log = 0; log < d->in->side[side].n; log++)
			count_log(d, side, log);
		ld_digest_count(d, side);
	}
}

/* Best first; then where it stands, missing ones last; then the template: a total order. */
static int finding_cmp(const void *pa, const void *pb)
{
	const struct logdiff_finding *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->where.side != b->where.side)
		return a->where.side > b->where.side ? -1 : 1;
	if (a->where.file != b->where.file)
		return a->where.file < b->where.file ? -1 : 1;
	if (a->where.line != b->where.line)
		return a->where.line < b->where.line ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->tmpl < b->tmpl ? -1 : a->tmpl > b->tmpl;
}

#define EVENT_LINES 200 /* of an event that are looked at, in each direction */

/* Do two lines of a log belong to one event? */
static bool same_event(const struct ld *d, const struct evidence *a, const struct evidence *b)
{
	const struct logdiff_log *log = &d->in->side[1].logs[a->file];
	uint64_t from = a->line < b->line ? a->line : b->line,
		 to = a->line < b->line ? b->line : a->line;

	if (a->file != b->file || log->sparse || to - from > EVENT_LINES)
		return false;
	for (uint64_t no = from + 1; no <= to; no++)
		if (ld_is_head(&log->recs[no - 1]))
			return false;
	return true;
}

/*
 * A line of the event that states what failed is part of that statement, whether above or below. A
 * bare verdict, a warning or a line without any symptom that comes after a statement of what
 * failed is taken as its consequence: the trigger is the nearest such statement before it.
 */
static void find_triggers(const struct ld *d, struct logdiff *out)
{
	for (size_t i = 0; i < out->nfindings; i++) {
		struct logdiff_finding *f = &out->findings[i];
		const struct logdiff_finding *best = NULL;

		if (f->kind != FINDING_NEW || f->symptom > SYMPTOM_VERDICT)
			continue;
		for (size_t k = 0; k < i; k++) {
			const struct logdiff_finding *c = &out->findings[k];

			if (c->kind == FINDING_NEW && c->symptom >= SYMPTOM_FAILURE &&
			    same_event(d, &c->where, &f->where)) {
				best = c;
				break;
			}
			if (c->kind != FINDING_NEW || c->symptom < SYMPTOM_FAILURE ||
			    c->where.file != f->where.file || c->where.line >= f->where.line ||
			    f->where.line - c->where.line - c->where.nlines > TRIGGER_LINES)
				continue;
			if (!best || c->where.line > best->where.line)
				best = c;
			if (k > 256)
				break;
		}
		f->trigger = best ? best->rank : 0;
	}
}

/* A statement that is missing because its text changed follows from the change. */
static void find_changes(const struct ld *d, struct logdiff *out)
{
	for (size_t i = 0; i < out->nfindings; i++) {
		struct logdiff_finding *f = &out->findings[i];

		if (f->kind != FINDING_MISSING || !d->changed[f->tmpl])
			continue;
		for (size_t k = 0; k < out->nfindings && !f->trigger; k++)
			if ((out->findings[k].kind == FINDING_VALUE ||
			     (out->findings[k].kind == FINDING_NEW &&
			      out->findings[k].good_count)) &&
			    out->findings[k].tmpl == d->changed[f->tmpl] - 1)
				f->trigger = out->findings[k].rank;
	}
}

/* The same unseen value in several statements, or several in one line: the first stands for all. */
static void find_same_values(struct logdiff *out)
{
	struct map notes = {0}, places = {0}; /* hash -> index of the first finding */

	for (size_t i = 0; i < out->nfindings; i++) {
		struct logdiff_finding *f = &out->findings[i];
		uint64_t place = hash_word((uint64_t)f->where.file + 1, f->where.line);
		const struct logdiff_finding *same, *here;

		if (f->kind != FINDING_VALUE || !f->note.n)
			continue;
		same = &out->findings[map_put(&notes, hash_str(f->note), (uint32_t)i, NULL)];
		here = &out->findings[map_put(&places, place, (uint32_t)i, NULL)];
		if (f->trigger)
			continue;
		if (same != f && str_eq(same->note, f->note))
			f->trigger = same->rank;
		else if (here != f && here->where.file == f->where.file &&
			 here->where.line == f->where.line)
			f->trigger = here->rank;
	}
	map_release(&notes);
	map_release(&places);
}

/* A symptom that the good runs state too is NEW by its value: that finding says the same again. */
static void merge_values(struct ld *d)
{
	uint32_t *at = arena_zalloc(&d->tmp, (d->ntmpl + 1) * sizeof(*at));
	size_t n = 0;

	for (size_t i = 0; i < d->nfound; i++)
		if (d->found[i].kind == FINDING_NEW && d->found[i].good_count)
			at[d->found[i].tmpl] = (uint32_t)i + 1;
	for (size_t i = 0; i < d->nfound; i++) {
		const struct logdiff_finding *f = &d->found[i];
		struct logdiff_finding *same = at[f->tmpl] ? &d->found[at[f->tmpl] - 1] : NULL;

		if (same && f->kind == FINDING_VALUE && same->where.file == f->where.file &&
		    same->where.line == f->where.line && f->score <= same->score)
			same->note = same->note.n ? same->note : f->note;
		else
			d->found[n++] = *f;
	}
	d->nfound = n;
}

static void rank(struct ld *d, struct logdiff *out)
{
	merge_values(d);
	if (d->nfound)
		qsort(d->found, d->nfound, sizeof(*d->found), finding_cmp);
	out->nfindings = d->nfound;
	out->findings = arena_alloc(&out->arena, (d->nfound + 1) * sizeof(*d->found));
	if (d->nfound)
		memcpy(out->findings, d->found, d->nfound * sizeof(*d->found));
	for (size_t i = 0; i < d->nfound; i++)
		out->findings[i].rank = (uint32_t)(i + 1);
	find_triggers(d, out);
	find_changes(d, out);
	find_same_values(out);
}

/*
 * A symptom whose statement the good runs have too, with other values, was ranked as what is new;
 * only what no good run has is called so.
 */
static void settle_kinds(struct logdiff *out)
{
	for (size_t i = 0; i < out->nfindings; i++) {
		struct logdiff_finding *f = &out->findings[i];

		if (f->kind != FINDING_NEW || !f->good_count)
			continue;
		f->kind = FINDING_VALUE;
		if (!f->note.n)
			f->note = STR("a value that no good run has");
	}
}

void logdiff_run(struct logdiff *out, const struct logdiff_input *in)
{
	struct ld d = {.in = in, .arena = &out->arena};

	*out = (struct logdiff){0};
	arena_init(&out->arena);
	arena_init(&d.tmp);
	count_templates(&d);
	ld_alias(&d);
	ld_scan(&d);
	out->partial = d.partial;
	ld_lines_mark(&d);
	ld_lines_findings(&d);
	ld_value_findings(&d);
	ld_next_findings(&d);
	ld_count_findings(&d);
	ld_thread_findings(&d);
	ld_gap_findings(&d);
	ld_rest_findings(&d);
	ld_promote(&d);
	rank(&d, out);
	ld_lines_order(&d, out);
	ld_first(&d, out);
	ld_chains(&d, out);
	settle_kinds(out);
	map_release(&d.pair_of);
	map_release(&d.value_seen);
	map_release(&d.good_lines);
	free(d.nodes);
	free(d.pairs);
	free(d.values);
	free(d.novel);
	free(d.marks);
	free(d.found);
	arena_release(&d.tmp);
}

void logdiff_release(struct logdiff *d)
{
	arena_release(&d->arena);
	*d = (struct logdiff){0};
}
