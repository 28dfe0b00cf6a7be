// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which lines of the bad side matter, and in which order.
 *
 * A seed is a novel line that states a failure. It takes along what follows it: frames of a call
 * stack (known ones too), lines of level error below one of level error (known ones too: a tool's
 * last words are the same in each of its failures), and novel lines that carry no header of their
 * own. Novel lines that state no failure are kept when their novelty is above NOVEL_CUT, unless
 * they are advice. Lines are ordered by what they state, then by where they stand.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"

#define MAX_LINES ((size_t)1 << 20)

/* Score of a new template by what it states. */
static const double class_score[] = {
	[SYMPTOM_NONE] = .35,    [SYMPTOM_SOFT] = .4,   [SYMPTOM_VERDICT] = .45,
	[SYMPTOM_FAILURE] = .85, [SYMPTOM_CAUSE] = .95,
};

/* Weight of an exception under a head that calls it no error: between verdict and failure. */
#define CALM_WEIGHT 2.5F
#define CALM_SCORE  .6

struct marker {
	struct ld *d;
	uint32_t log;
	const struct logdiff_log *l;
	size_t next; /* novel line at or after the current one */
	uint32_t block;
	bool *listed; /* templates of lines that state no failure: the first stands for all */
};

/* The novel line no of the current log; NULL if it is none. Lines are asked for in order. */
static const struct ld_novel *novel_at(struct marker *m, uint64_t no)
{
	const struct ld *d = m->d;
	size_t i = m->next;

	while (i < d->nnovel &&
	       (d->novel[i].log < m->log || (d->novel[i].log == m->log && d->novel[i].no < no)))
		i++;
	m->next = i;
	return i < d->nnovel && d->novel[i].log == m->log && d->novel[i].no == no ? &d->novel[i]
										  : NULL;
}

/* One line as this file sees it. */
struct view {
	const struct ld_novel *novel;
	struct symptom sym;
	bool blank;
};

static struct view view_at(struct marker *m, uint64_t no)
{
	const struct ld_tmpl *t = &m->d->tmpl[ld_tmpl_of(m->d, &m->l->recs[no - 1])];
	struct view v = {.novel = novel_at(m, no), .blank = t->blank, .sym = t->sym};

	if (v.novel)
		v.sym = v.novel->sym;
	return v;
}

static float weight_of(const struct view *v, enum ld_mark_kind kind)
{
	float w = (float)v->sym.class;

	if (v->sym.advice)
		return v->sym.level >= LEVEL_ERROR ? 1.5F : .5F;
	if (v->novel && v->novel->calm)
		return CALM_WEIGHT;
	if (kind == MARK_SEED || kind == MARK_FOLLOW)
		return w;
	return w > 1 ? 1 : w;
}

static void add_mark(struct marker *m, uint64_t no, const struct view *v, enum ld_mark_kind kind)
{
	struct ld *d = m->d;

	if (d->nmarks == MAX_LINES)
		return;
	array_push(d->marks, d->nmarks, d->capmarks) = (struct ld_mark){
		.log = m->log,
		.no = no,
		.tmpl = v->novel ? v->novel->tmpl : ld_tmpl_of(d, &m->l->recs[no - 1]),
		.entity = ld_entity_at(d, 1, m->log, no),
		.kind = kind,
		.weight = weight_of(v, kind),
		.block = m->block,
	};
}

static bool is_seed(const struct view *v)
{
	return v->novel && v->sym.class >= SYMPTOM_VERDICT && !v->sym.frame &&
	       !(v->sym.advice && v->sym.level < LEVEL_ERROR);
}

static bool quiet(enum level l)
{
	return l != LEVEL_UNKNOWN && l < LEVEL_WARN;
}

/* Does line v belong to the seed above it? kind: as what. */
static bool follows(const struct view *seed, const struct view *v, enum ld_mark_kind *kind)
{
	*kind = MARK_FOLLOW;
	if (v->sym.frame) {
		*kind = MARK_FRAME;
		return true;
	}
	if (seed->sym.level >= LEVEL_ERROR && v->sym.level >= LEVEL_ERROR)
		return true;
	if (!v->novel)
		return false;
	if (v->sym.level == LEVEL_UNKNOWN)
		return !quiet(seed->sym.level);
	return v->sym.level == seed->sym.level && v->sym.indented;
}

/* A blank line is inside a block when a frame or an indented novel line comes next. */
static bool goes_on(struct marker *m, uint64_t no)
{
	struct view v;

	if (no + 1 > m->l->n)
		return false;
	v = view_at(m, no + 1);
	return v.sym.frame ||
	       (v.novel && v.sym.level == LEVEL_UNKNOWN && v.sym.indented && !v.blank);
}

/* An error's head is as grave as the exception below it. */
static void raise_head(struct ld *d, size_t seed)
{
	const struct logdiff_log *l = &d->in->side[1].logs[d->marks[seed].log];

	for (size_t i = seed + 1; i < d->nmarks && !ld_is_head(&l->recs[d->marks[i].no - 1]); i++)
		if (d->marks[i].kind == MARK_FOLLOW && d->marks[i].weight > d->marks[seed].weight)
			d->marks[seed].weight = d->marks[i].weight;
}

/* Mark the block that begins with the seed at no; the first line after it. */
static uint64_t mark_block(struct marker *m, uint64_t no, const struct view *seed)
{
	size_t first = m->d->nmarks;

	m->block++;
	add_mark(m, no, seed, MARK_SEED);
	for (no++; no <= m->l->n; no++) {
		struct view v = view_at(m, no);
		enum ld_mark_kind kind;

		if (v.blank) {
			if (!goes_on(m, no))
				break;
			add_mark(m, no, &v, MARK_GAP);
		} else if (follows(seed, &v, &kind)) {
			add_mark(m, no, &v, kind);
		} else {
			break;
		}
	}
	if (seed->sym.level >= LEVEL_ERROR && first < m->d->nmarks)
		raise_head(m->d, first);
	return no;
}

/* Of a log that a digest stands for only single lines are known. */
static void mark_sparse(struct marker *m)
{
	const struct ld *d = m->d;

	while (m->next < d->nnovel && d->novel[m->next].log < m->log)
		m->next++;
	for (; m->next < d->nnovel && d->novel[m->next].log == m->log; m->next++) {
		const struct ld_novel *n = &d->novel[m->next];
		struct view v = {.novel = n, .sym = n->sym};

		m->block++;
		if (is_seed(&v))
			add_mark(m, n->no, &v, MARK_SEED);
		else if (n->novelty > NOVEL_CUT && !v.sym.advice)
			add_mark(m, n->no, &v, MARK_NOVEL);
	}
}

static void mark_log(struct marker *m)
{
	for (uint64_t no = 1; no <= m->l->n;) {
		const struct ld *d = m->d;
		struct view v = view_at(m, no);

		if (!v.novel) {
			/* On to the next novel line. */
			bool more = m->next < d->nnovel && d->novel[m->next].log == m->log;

			no = more ? d->novel[m->next].no : m->l->n + 1;
		} else if (is_seed(&v)) {
			no = mark_block(m, no, &v);
		} else {
			if (v.novel->novelty > NOVEL_CUT && !v.sym.advice &&
			    !m->listed[v.novel->tmpl]) {
				m->listed[v.novel->tmpl] = true;
				m->block++;
				add_mark(m, no, &v, MARK_NOVEL);
			}
			no++;
		}
	}
}

/* Blank lines between two marked ones. */
static void fill_gaps(struct ld *d)
{
	size_t n = d->nmarks;

	for (size_t i = 0; i + 1 < n; i++) {
		struct ld_mark gap = d->marks[i];
		const struct ld_mark *b = &d->marks[i + 1];
		const struct logrec *r;

		if (gap.log != b->log || b->no != gap.no + 2 || d->in->side[1].logs[gap.log].sparse)
			continue;
		r = &d->in->side[1].logs[gap.log].recs[gap.no];
		if (!d->tmpl[ld_tmpl_of(d, r)].blank)
			continue;
		gap.no++;
		gap.tmpl = ld_tmpl_of(d, r);
		gap.entity = r->entity;
		gap.kind = MARK_GAP;
		gap.weight = 0;
		array_push(d->marks, d->nmarks, d->capmarks) = gap;
	}
}

static int place_cmp(const void *pa, const void *pb)
{
	const struct ld_mark *a = pa, *b = pb;

	if (a->log != b->log)
		return a->log < b->log ? -1 : 1;
	return a->no < b->no ? -1 : a->no > b->no;
}

void ld_lines_mark(struct ld *d)
{
	struct marker m = {.d = d};

	m.listed = arena_zalloc(&d->tmp, (d->ntmpl + 1) * sizeof(*m.listed));
	for (m.log = 0; m.log < d->in->side[1].n; m.log++) {
		m.l = &d->in->side[1].logs[m.log];
		if (m.l->sparse)
			mark_sparse(&m);
		else
			mark_log(&m);
	}
	fill_gaps(d);
	if (d->nmarks)
		qsort(d->marks, d->nmarks, sizeof(*d->marks), place_cmp);
}

/* Lines of the block that begins with mark i, and the greatest weight in it. */
static uint32_t block_lines(const struct ld *d, size_t i, float *weight)
{
	size_t k = i;

	*weight = d->marks[i].weight;
	while (k + 1 < d->nmarks && d->marks[k + 1].log == d->marks[i].log &&
	       d->marks[k + 1].block == d->marks[i].block) {
		k++;
		if (d->marks[k].weight > *weight)
			*weight = d->marks[k].weight;
	}
	return (uint32_t)(d->marks[k].no - d->marks[i].no + 1);
}

/* One finding for each novel template that begins a block. */
void ld_lines_findings(struct ld *d)
{
	uint32_t *found = arena_zalloc(&d->tmp, (d->ntmpl + 1) * sizeof(*found));

	for (size_t i = 0; i < d->nmarks; i++) {
		const struct ld_mark *m = &d->marks[i];
		struct evidence at;
		struct logdiff_finding *f;
		enum symptom_class class;
		float weight;

		if (m->kind != MARK_SEED && m->kind != MARK_NOVEL)
			continue;
		/* With an unseen value only, it is a VALUE. */
		if (d->tmpl[m->tmpl].count[0] && m->kind == MARK_NOVEL)
			continue;
		at = ld_at(1, m->log, m->no, block_lines(d, i, &weight));
		class = (enum symptom_class)weight;
		if (found[m->tmpl]) {
			f = &d->found[found[m->tmpl] - 1];
			if (f->nmore < LOGDIFF_MAX_MORE)
				f->more[f->nmore++] = at;
			continue;
		}
		f = ld_add(d, FINDING_NEW, m->tmpl,
			   weight == CALM_WEIGHT ? CALM_SCORE : class_score[class]);
		found[m->tmpl] = (uint32_t)d->nfound;
		f->symptom = class;
		f->where = at;
		f->entity = m->entity;
		f->more = arena_alloc(d->arena, LOGDIFF_MAX_MORE * sizeof(*f->more));
	}
}

static int weight_cmp(const void *pa, const void *pb)
{
	const struct ld_mark *a = pa, *b = pb;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return place_cmp(pa, pb);
}

void ld_lines_order(struct ld *d, struct logdiff *out)
{
	struct ld_mark *by_weight = mem_alloc((d->nmarks + 1) * sizeof(*by_weight));

	if (d->nmarks) {
		memcpy(by_weight, d->marks, d->nmarks * sizeof(*by_weight));
		qsort(by_weight, d->nmarks, sizeof(*by_weight), weight_cmp);
	}
	out->lines = arena_alloc(&out->arena, (d->nmarks + 1) * sizeof(*out->lines));
	for (size_t i = 0; i < d->nmarks; i++)
		out->lines[i] = ld_at(1, by_weight[i].log, by_weight[i].no, 1);
	out->nlines = d->nmarks;
	free(by_weight);
}
