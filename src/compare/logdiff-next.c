// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which event follows which, and what that says of statements that are missing.
 *
 * Events are taken per thread or request where lines name one, else per log. For each pair "B
 * directly after A" of the good logs, the bad logs are asked how often B still follows. What counts
 * is the likelihood ratio of the two shares, times the part of the loss that went to continuations
 * that no good log has: a run that takes another known branch more often has another workload, it
 * does not miss anything. Because only direct successors count, of a chain that broke the first
 * missing event is named; those behind it, whose predecessors are gone too, are its consequences.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"

#define MISSING_G2 3.84  /* chi-square, 1 degree of freedom, p = .05 */
#define MISSING_HALF 10  /* G2 that gets half of the score */
#define MISSING_TOP .8   /* score that it cannot reach */
#define COUNT_G2   10.83 /* p = .001 */
#define COUNT_TOP  .3
#define ORDER_TOP  20
#define ORDER_SCORE .3
#define CHAIN_MAX  1000  /* steps back to the first cause of what is absent */

static uint64_t pair_key(uint32_t a, uint32_t b)
{
	return hash_word(a, b);
}

uint32_t ld_pair_find(const struct ld *d, uint32_t a, uint32_t b)
{
	uint32_t i;

	return map_get(&d->pair_of, pair_key(a, b), &i) ? i : UINT32_MAX;
}

struct last {
	uint32_t tmpl; /* template + 1; 0: no event yet in this log */
	uint64_t no;
};

struct walk {
	struct ld *d;
	uint32_t side, log;
	struct last *last;  /* of each entity; the last one: of lines without */
	uint32_t *touched;  /* entities with an event in this log */
	size_t ntouched, captouched;
};

static void add_pair(struct walk *w, const struct last *a, uint32_t b, uint64_t no)
{
	struct ld *d = w->d;
	uint64_t key = pair_key(a->tmpl - 1, b);
	struct ld_pair *p;
	uint32_t i;
	bool fresh = false;

	if (d->npairs < LOGDIFF_MAX_PAIRS)
		i = map_put(&d->pair_of, key, (uint32_t)d->npairs, &fresh);
	else if (!map_get(&d->pair_of, key, &i))
		return;
	if (fresh) {
		p = &array_push(d->pairs, d->npairs, d->cappairs);
		*p = (struct ld_pair){.a = a->tmpl - 1, .b = b};
	}
	p = &d->pairs[i];
	if (p->n[w->side]++ == 0) {
		p->log[w->side] = w->log;
		p->at[w->side] = a->no;
		p->no[w->side] = no;
	}
}

static void walk_log(struct walk *w)
{
	const struct logdiff_log *l = &w->d->in->side[w->side].logs[w->log];
	const struct ld_tmpl *tmpl = w->d->tmpl;

	for (uint64_t i = 0; i < l->n; i++) {
		const struct logrec *r = &l->recs[i];
		uint32_t e = r->entity == LOGREC_NONE ? w->d->nentities : r->entity;
		struct last *last = &w->last[e];

		uint32_t t = ld_tmpl_of(w->d, r);

		if (!ld_is_head(r) || tmpl[t].blank)
			continue;
		if (last->tmpl)
			add_pair(w, last, t, i + 1);
		else
			array_push(w->touched, w->ntouched, w->captouched) = e;
		*last = (struct last){.tmpl = t + 1, .no = i + 1};
	}
	for (size_t k = 0; k < w->ntouched; k++) {
		struct last *last = &w->last[w->touched[k]];

		add_pair(w, last, LOGDIFF_END, last->no);
		*last = (struct last){0};
	}
	w->ntouched = 0;
}

void ld_next_count(struct ld *d)
{
	struct walk w = {.d = d};

	w.last = mem_zalloc(((size_t)d->nentities + 1) * sizeof(*w.last));
	for (w.side = 0; w.side < 2; w.side++)
		for (w.log = 0; w.log < d->in->side[w.side].n; w.log++)
			walk_log(&w);
	free(w.last);
	free(w.touched);
}

/* What is known of a template as the first of pairs, and as the missing second of one. */
struct node {
	uint64_t n[2]; /* pairs that begin with it */
	uint64_t left; /* bad ones that no good log has */
	uint32_t gone; /* 1 + pair where the first of those is */
	double score;  /* how much it is missed */
	uint32_t best; /* 1 + pair that says so */
	uint32_t main; /* 1 + its most frequent predecessor in good */
	uint64_t main_n;
	uint64_t consequences; /* absent templates whose absence follows from this one's */
};

static void sum_nodes(const struct ld *d, struct node *nodes)
{
	for (size_t i = 0; i < d->npairs; i++) {
		const struct ld_pair *p = &d->pairs[i];
		struct node *a = &nodes[p->a];

		a->n[0] += p->n[0];
		a->n[1] += p->n[1];
		if (p->n[0] == 0) {
			a->left += p->n[1];
			if (!a->gone || p->log[1] < d->pairs[a->gone - 1].log[1] ||
			    (p->log[1] == d->pairs[a->gone - 1].log[1] &&
			     p->no[1] < d->pairs[a->gone - 1].no[1]))
				a->gone = (uint32_t)i + 1;
		}
		if (p->b != LOGDIFF_END && p->n[0] > nodes[p->b].main_n) {
			nodes[p->b].main_n = p->n[0];
			nodes[p->b].main = p->a + 1;
		}
	}
}

/* How much B is missed after A. */
static double missed(const struct ld_pair *p, const struct node *a)
{
	double n = (double)a->n[0], m = (double)a->n[1];
	double share = (double)p->n[0] / n, loss = share * m - (double)p->n[1], part;

	if (m <= 0 || loss <= 0)
		return 0;
	part = (double)a->left * share / loss;
	return ld_g2((double)p->n[0], n, (double)p->n[1], m) * (part < 1 ? part : 1);
}

static void find_missing(const struct ld *d, struct node *nodes)
{
	for (size_t i = 0; i < d->npairs; i++) {
		const struct ld_pair *p = &d->pairs[i];
		double s;

		if (p->b == LOGDIFF_END || p->n[0] == 0)
			continue;
		s = missed(p, &nodes[p->a]);
		if (s > nodes[p->b].score) {
			nodes[p->b].score = s;
			nodes[p->b].best = (uint32_t)i + 1;
		}
	}
}

/* Templates that are absent because what they follow is absent count for the first of them. */
static void find_consequences(const struct ld *d, struct node *nodes)
{
	for (uint32_t t = 0; t < d->ntmpl; t++) {
		uint32_t root = t;

		if (d->tmpl[t].count[1] || !nodes[t].main || nodes[t].best)
			continue;
		for (int i = 0; i < CHAIN_MAX && !nodes[root].best && nodes[root].main &&
				!d->tmpl[root].count[1];
		     i++)
			root = nodes[root].main - 1;
		if (nodes[root].best)
			nodes[root].consequences++;
	}
}

static struct str template_text(const struct ld *d, uint32_t t)
{
	return str_head(templates_get(d->in->templates, t)->text, 100);
}

static void add_missing(struct ld *d, const struct node *nodes, uint32_t t)
{
	const struct node *b = &nodes[t];
	const struct ld_pair *p = &d->pairs[b->best - 1];
	const struct node *a = &nodes[p->a];
	struct logdiff_finding *f = ld_add(d, FINDING_MISSING, t,
					   MISSING_TOP * b->score / (b->score + MISSING_HALF));
	struct str text = template_text(d, p->a);
	const char *note;

	f->where = ld_at(0, p->log[0], p->no[0], ld_event_lines(d, 0, p->log[0], p->no[0]));
	f->entity = d->in->side[0].logs[p->log[0]].recs[p->no[0] - 1].entity;
	if (a->gone) {
		const struct ld_pair *g = &d->pairs[a->gone - 1];

		f->at = ld_at(1, g->log[1], g->at[1], ld_event_lines(d, 1, g->log[1], g->at[1]));
	}
	note = arena_printf(d->arena, "expected after \"" STR_FMT "\": %llu of %llu in good, %llu of %llu in bad",
			    STR_ARG(text), (unsigned long long)p->n[0], (unsigned long long)a->n[0],
			    (unsigned long long)p->n[1], (unsigned long long)a->n[1]);
	if (b->consequences)
		note = arena_printf(d->arena, "%s; %llu more that follow it are absent", note,
				    (unsigned long long)b->consequences);
	f->note = str_of(note);
}

/* A then B where the good logs have B then A, each as often as there. */
static void find_order(struct ld *d)
{
	int n = 0;

	for (size_t i = 0; i < d->npairs && n < ORDER_TOP; i++) {
		const struct ld_pair *p = &d->pairs[i], *back;
		struct logdiff_finding *f;
		uint32_t k;

		if (p->n[0] || p->b == LOGDIFF_END || p->a == p->b ||
		    d->tmpl[p->a].count[0] != d->tmpl[p->a].count[1] ||
		    d->tmpl[p->b].count[0] != d->tmpl[p->b].count[1])
			continue;
		k = ld_pair_find(d, p->b, p->a);
		back = k == UINT32_MAX ? NULL : &d->pairs[k];
		if (!back || !back->n[0] || back->n[1])
			continue;
		f = ld_add(d, FINDING_ORDER, p->b, ORDER_SCORE);
		f->where = ld_at(1, p->log[1], p->no[1], 1);
		f->at = ld_at(1, p->log[1], p->at[1], 1);
		f->note = str_of(arena_printf(d->arena, "before it \"" STR_FMT "\", in good after it",
					      STR_ARG(template_text(d, p->a))));
		n++;
	}
}

void ld_next_findings(struct ld *d)
{
	struct node *nodes = arena_zalloc(&d->tmp, (d->ntmpl + 1) * sizeof(*nodes));

	sum_nodes(d, nodes);
	find_missing(d, nodes);
	find_consequences(d, nodes);
	for (uint32_t t = 0; t < d->ntmpl; t++)
		if (nodes[t].best && (nodes[t].score >= MISSING_G2 || d->tmpl[t].count[1] == 0))
			add_missing(d, nodes, t);
	find_order(d);
}

void ld_count_findings(struct ld *d)
{
	for (uint32_t t = 0; t < d->ntmpl; t++) {
		const struct ld_tmpl *x = &d->tmpl[t];
		double g = (double)x->count[0] / (double)(d->lines[0] + 1);
		double b = (double)x->count[1] / (double)(d->lines[1] + 1);
		double ratio = g > b ? b / g : g / b;
		struct logdiff_finding *f;

		if (!x->count[0] || !x->count[1] || x->blank || ratio > .5 ||
		    ld_g2((double)x->count[0], (double)d->lines[0], (double)x->count[1],
			  (double)d->lines[1]) < COUNT_G2)
			continue;
		f = ld_add(d, FINDING_COUNT, t, COUNT_TOP * (1 - ratio));
		f->where = ld_at(1, x->log[1], x->no[1], 1);
		f->note = str_of(arena_printf(d->arena, "%llu -> %llu",
					      (unsigned long long)x->count[0],
					      (unsigned long long)x->count[1]));
	}
}

/* One thread over one side. */
struct life {
	uint32_t n[2];
	uint32_t log[2];
	uint64_t last[2];
	float end[2]; /* where in its log the last line is, 0 ... 1 */
};

#define THREADS_MAX  ((uint32_t)1 << 20)
#define THREAD_LINES 5

static void count_lives(const struct ld *d, struct life *lives)
{
	for (uint32_t side = 0; side < 2; side++) {
		for (uint32_t log = 0; log < d->in->side[side].n; log++) {
			const struct logdiff_log *l = &d->in->side[side].logs[log];

			for (uint64_t i = 0; i < l->n; i++) {
				struct life *x;

				if (l->recs[i].entity == LOGREC_NONE)
					continue;
				x = &lives[l->recs[i].entity];
				x->n[side]++;
				x->log[side] = log;
				x->last[side] = i + 1;
				x->end[side] = (float)(i + 1) / (float)l->n;
			}
		}
	}
}

static void add_thread(struct ld *d, uint32_t e, const struct life *x)
{
	const struct logrec *r = &d->in->side[1].logs[x->log[1]].recs[x->last[1] - 1];
	struct logdiff_finding *f = ld_add(d, FINDING_THREAD, ld_tmpl_of(d, r),
					   .7 * (double)(x->end[0] - x->end[1]));

	f->entity = e;
	f->where = ld_at(1, x->log[1], x->last[1], 1);
	f->note = str_of(arena_printf(d->arena,
				      "last line at %.0f %% of the log, in good at %.0f %%",
				      100.0 * (double)x->end[1], 100.0 * (double)x->end[0]));
}

/* A thread by whose name both sides know it, and which falls silent early only in the bad one. */
void ld_thread_findings(struct ld *d)
{
	struct life *lives;

	if (!d->nentities || d->nentities > THREADS_MAX)
		return;
	lives = mem_zalloc(d->nentities * sizeof(*lives));
	count_lives(d, lives);
	for (uint32_t e = 0; e < d->nentities; e++)
		if (lives[e].n[0] >= THREAD_LINES && lives[e].n[1] >= THREAD_LINES &&
		    lives[e].end[0] > .8F && lives[e].end[1] < .5F)
			add_thread(d, e, &lives[e]);
	free(lives);
}
