// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What is missing, by what should follow what; counts and threads.
 *
 * For each pair "B directly after A" of the good logs, the bad logs are asked how often B still
 * follows. What counts is the likelihood ratio of the two shares, weighted by the part of the loss
 * that went to continuations that no good log has: a run that takes another known branch more often
 * has another workload, and probably does not miss anything. A drop of the statement's own count
 * adds a little. Because only direct successors count, of a chain that broke the first missing
 * event is named; those behind it, whose predecessors are gone too, are its consequences.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"

#define KNOWN_SHARE   .1 /* weight of a loss that went to known continuations */
#define DROP_SHARE    .1 /* weight of a statement's own count having dropped */
#define MISSING_SHARE .1 /* rarer successors are not expected */
#define STILL_SHARE   .2 /* weight of a loss that B's own count does not show */
#define CLEAR_DROP    .5
#define CLEAR_SHARE   .8   /* from there on one can say where it should have come */
#define MISSING_G2    2.71 /* chi-square, 1 degree of freedom, p = .1 */
#define MISSING_HALF  10   /* G2 that gets half of the score */
#define MISSING_TOP   .8   /* score that it cannot reach */
#define GONE_TOP      .4
#define CHANGED_SCORE .45
#define COUNT_G2      10.83 /* p = .001 */
#define COUNT_TOP     .3
#define ORDER_TOP     20
#define ORDER_SCORE   .3
#define CHAIN_MAX     1000 /* steps back to the first cause of what is absent */

/* What is known of a statement as the first of pairs, and as the missing second of one. */
struct node {
	uint64_t n[2]; /* pairs that begin with it */
	uint64_t left; /* bad ones that no good log has */
	uint32_t gone; /* 1 + pair where the first of those is */
	double score;  /* how much it is missed */
	uint32_t best; /* 1 + pair that says so */
	uint32_t main; /* 1 + its most frequent predecessor in good */
	uint64_t main_n;
	uint64_t consequences; /* absent statements whose absence follows from this one's */
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

static double clamp(double x)
{
	return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Bad As without their B. */
static double loss_of(const struct ld_pair *p, const struct node *a)
{
	return (double)p->n[0] / (double)a->n[0] * (double)a->n[1] - (double)p->n[1];
}

/* Which part of the loss B's own count shows: what comes as often as ever is not missing. */
static double drop_of(const struct ld *d, const struct ld_pair *p, const struct node *a)
{
	const struct ld_node *b = &d->nodes[p->b];

	return clamp(((double)b->n[0] * (double)a->n[1] / (double)a->n[0] - (double)b->n[1]) /
		     loss_of(p, a));
}

/* How much B is missed after A. */
static double missed(const struct ld *d, const struct ld_pair *p, const struct node *a)
{
	double n = (double)a->n[0], m = (double)a->n[1], share = (double)p->n[0] / n;
	double loss = loss_of(p, a), left;

	if (m <= 0 || loss <= 0 || share < MISSING_SHARE)
		return 0;
	left = clamp((double)a->left * share / loss);
	return ld_g2((double)p->n[0], n, (double)p->n[1], m) *
	       (KNOWN_SHARE + (1 - KNOWN_SHARE) * left) *
	       (STILL_SHARE + (1 - STILL_SHARE) * drop_of(d, p, a));
}

static void find_missing(const struct ld *d, struct node *nodes)
{
	for (size_t i = 0; i < d->npairs; i++) {
		const struct ld_pair *p = &d->pairs[i];
		double s;

		if (p->b == LOGDIFF_END || p->n[0] == 0)
			continue;
		s = missed(d, p, &nodes[p->a]);
		if (s > nodes[p->b].score) {
			nodes[p->b].score = s;
			nodes[p->b].best = (uint32_t)i + 1;
		}
	}
}

/* What is rarer than in good is more likely to be what is missing. */
static void add_drops(const struct ld *d, struct node *nodes)
{
	double good = (double)d->heads[0], bad = (double)d->heads[1];

	for (uint32_t t = 0; t < d->nnodes; t++) {
		double n = (double)d->nodes[t].n[0], m = (double)d->nodes[t].n[1];

		if (nodes[t].best && bad > 0 && m / bad < n / good)
			nodes[t].score += DROP_SHARE * ld_g2(n, good, m, bad);
	}
}

/* Statements that are absent because what they follow is absent count for the first of them. */
static void find_consequences(const struct ld *d, struct node *nodes)
{
	for (uint32_t t = 0; t < d->nnodes; t++) {
		uint32_t root = t;

		if (d->nodes[t].n[1] || !nodes[t].main || nodes[t].best)
			continue;
		for (int i = 0;
		     i < CHAIN_MAX && !nodes[root].best && nodes[root].main && !d->nodes[root].n[1];
		     i++)
			root = nodes[root].main - 1;
		if (nodes[root].best)
			nodes[root].consequences++;
	}
}

static struct str node_text(const struct ld *d, uint32_t node)
{
	return str_head(templates_get(d->in->templates, d->nodes[node].tmpl)->text, 100);
}

/* The word in which two templates differ, if it is one of three or more. */
static bool one_word(struct str a, struct str b, struct str *x, struct str *y)
{
	size_t words = 0, differ = 0;
	struct str v, w;
	bool more;

	for (;;) {
		more = str_next(&a, ' ', &v);
		if (more != str_next(&b, ' ', &w))
			return false;
		if (!more)
			break;
		words++;
		if (str_eq(v, w))
			continue;
		if (differ++)
			return false;
		*x = v;
		*y = w;
	}
	return words >= 3 && differ == 1;
}

/*
 * What came instead of the missing statement is the same text with another word: a value, of which
 * one log alone cannot tell that it varies.
 */
static void name_change(struct ld *d, const uint32_t *new_of, uint32_t good, uint32_t bad)
{
	struct str from = {0}, to = {0};
	struct logdiff_finding *f;

	if (bad == LOGDIFF_END || !new_of[d->nodes[bad].tmpl])
		return;
	f = &d->found[new_of[d->nodes[bad].tmpl] - 1];
	if (f->kind != FINDING_NEW || f->symptom >= SYMPTOM_VERDICT ||
	    !one_word(templates_get(d->in->templates, d->nodes[good].tmpl)->text,
		      templates_get(d->in->templates, d->nodes[bad].tmpl)->text, &from, &to))
		return;
	f->kind = FINDING_VALUE;
	f->score = CHANGED_SCORE;
	d->changed[d->nodes[good].tmpl] = f->tmpl + 1;
	f->note =
		str_of(arena_printf(d->arena, STR_FMT " -> " STR_FMT, STR_ARG(from), STR_ARG(to)));
}

static void add_missing(struct ld *d, const struct node *nodes, uint32_t t)
{
	const struct node *b = &nodes[t];
	const struct ld_pair *p = &d->pairs[b->best - 1];
	const struct node *a = &nodes[p->a];
	struct logdiff_finding *f = ld_add(d, FINDING_MISSING, d->nodes[t].tmpl,
					   MISSING_TOP * b->score / (b->score + MISSING_HALF));
	const char *note;

	f->good_count = d->nodes[t].n[0];
	f->bad_count = d->nodes[t].n[1];
	f->where = ld_at(0, p->log[0], p->no[0], ld_event_lines(d, 0, p->log[0], p->no[0]));
	f->entity = ld_entity_at(d, 0, p->log[0], p->no[0]);
	if (a->gone && d->pairs[a->gone - 1].at[1] &&
	    (double)p->n[0] >= CLEAR_SHARE * (double)a->n[0] && drop_of(d, p, a) >= CLEAR_DROP) {
		const struct ld_pair *g = &d->pairs[a->gone - 1];

		f->at = ld_at(1, g->log[1], g->at[1], ld_event_lines(d, 1, g->log[1], g->at[1]));
	}
	note = d->nodes[p->a].tmpl == UINT32_MAX
		       ? "expected at the beginning"
		       : arena_printf(d->arena, "expected after \"" STR_FMT "\"",
				      STR_ARG(node_text(d, p->a)));
	note = arena_printf(d->arena, "%s: %llu of %llu in good, %llu of %llu in bad", note,
			    (unsigned long long)p->n[0], (unsigned long long)a->n[0],
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
		    d->nodes[p->a].n[0] != d->nodes[p->a].n[1] ||
		    d->nodes[p->b].n[0] != d->nodes[p->b].n[1])
			continue;
		k = ld_pair_find(d, p->b, p->a);
		back = k == UINT32_MAX ? NULL : &d->pairs[k];
		if (!back || !back->n[0] || back->n[1])
			continue;
		f = ld_add(d, FINDING_ORDER, d->nodes[p->b].tmpl, ORDER_SCORE);
		f->where = ld_at(1, p->log[1], p->no[1], 1);
		f->at = ld_at(1, p->log[1], p->at[1], 1);
		f->note =
			str_of(arena_printf(d->arena, "before it \"" STR_FMT "\", in good after it",
					    STR_ARG(node_text(d, p->a))));
		n++;
	}
}

/* Where steps say nothing: statements that are gone altogether, by their count. */
static void find_gone(struct ld *d)
{
	for (uint32_t t = 0; t < d->ntmpl; t++) {
		const struct ld_tmpl *x = &d->tmpl[t];
		double g2 = ld_g2((double)x->count[0], (double)d->lines[0], (double)x->count[1],
				  (double)d->lines[1]);
		struct logdiff_finding *f;

		if (!x->count[0] || x->count[1] || x->cont || x->empty || g2 < MISSING_G2)
			continue;
		f = ld_add(d, FINDING_MISSING, t, GONE_TOP * g2 / (g2 + MISSING_HALF));
		f->where = ld_at(0, x->log[0], x->no[0], ld_event_lines(d, 0, x->log[0], x->no[0]));
		f->entity = ld_entity_at(d, 0, x->log[0], x->no[0]);
	}
}

void ld_next_findings(struct ld *d)
{
	struct node *nodes = arena_zalloc(&d->tmp, (d->nnodes + 1) * sizeof(*nodes));
	uint32_t *new_of = arena_zalloc(&d->tmp, (d->ntmpl + 1) * sizeof(*new_of));

	if (d->open[0] || d->open[1])
		return;
	if (d->crowded) {
		find_gone(d);
		return;
	}
	for (size_t i = 0; i < d->nfound; i++)
		if (d->found[i].kind == FINDING_NEW)
			new_of[d->found[i].tmpl] = (uint32_t)i + 1;
	sum_nodes(d, nodes);
	find_missing(d, nodes);
	add_drops(d, nodes);
	find_consequences(d, nodes);
	for (uint32_t t = 0; t < d->nnodes; t++)
		if (nodes[t].best && (nodes[t].score >= MISSING_G2 || d->nodes[t].n[1] == 0))
			add_missing(d, nodes, t);
	for (uint32_t t = 0; t < d->nnodes; t++) {
		const struct ld_pair *p;

		if (!nodes[t].best)
			continue;
		p = &d->pairs[nodes[t].best - 1];
		if (d->nodes[t].n[1] == 0 && nodes[p->a].gone)
			name_change(d, new_of, t, d->pairs[nodes[p->a].gone - 1].b);
	}
	find_order(d);
}

/* The counts; the shares where the counts alone would not tell, or would tell the opposite. */
static struct str count_note(struct ld *d, const struct ld_tmpl *x)
{
	uint64_t good = x->count[0], bad = x->count[1];
	double g = 100.0 * (double)good / (double)d->lines[0];
	double b = 100.0 * (double)bad / (double)d->lines[1];

	if (g < b ? bad / 2 >= good : good / 2 >= bad)
		return str_of(arena_printf(d->arena, "%llu -> %llu", (unsigned long long)good,
					   (unsigned long long)bad));
	return str_of(arena_printf(d->arena, "%.3g %% -> %.3g %% of the lines", g, b));
}

void ld_count_findings(struct ld *d)
{
	for (uint32_t t = 0; t < d->ntmpl; t++) {
		const struct ld_tmpl *x = &d->tmpl[t];
		double g = (double)x->count[0] / (double)(d->lines[0] + 1);
		double b = (double)x->count[1] / (double)(d->lines[1] + 1);
		double ratio = g > b ? b / g : g / b;
		struct logdiff_finding *f;

		if (!x->count[0] || !x->count[1] || x->blank || x->sym.frame || ratio > .5 ||
		    x->cont ||
		    ld_g2((double)x->count[0], (double)d->lines[0], (double)x->count[1],
			  (double)d->lines[1]) < COUNT_G2)
			continue;
		f = ld_add(d, FINDING_COUNT, t, COUNT_TOP * (1 - ratio));
		f->where = ld_at(1, x->log[1], x->no[1], 1);
		f->note = count_note(d, x);
	}
}

/* One thread. */
struct life {
	uint32_t n[2];
	uint32_t log[2];
	uint64_t last[2];
	float end[2]; /* where in its log the last line is, 0 ... 1 */
	float pause;  /* the longest part of a good log without a line of it, its end included */
};

#define THREADS_MAX  ((uint32_t)1 << 20)
#define THREAD_LINES 5
#define THREAD_TOP   .6

static void count_lives(const struct ld *d, struct life *lives, uint32_t side, uint32_t log)
{
	const struct logdiff_log *l = &d->in->side[side].logs[log];

	for (uint64_t i = 0; i < l->n; i++) {
		float at = (float)(i + 1) / (float)l->n;
		struct life *x;

		if (l->recs[i].entity == LOGREC_NONE)
			continue;
		x = &lives[l->recs[i].entity];
		if (side == 0 && x->n[0] && x->log[0] == log && at - x->end[0] > x->pause)
			x->pause = at - x->end[0];
		x->n[side]++;
		x->log[side] = log;
		x->last[side] = i + 1;
		x->end[side] = at;
	}
}

static void add_thread(struct ld *d, uint32_t e, const struct life *x)
{
	const struct logrec *r = &d->in->side[1].logs[x->log[1]].recs[x->last[1] - 1];
	float pause = x->pause > 1 - x->end[0] ? x->pause : 1 - x->end[0];
	double score = THREAD_TOP * (1 - (double)(2 * pause / (1 - x->end[1])));
	struct logdiff_finding *f;

	if (score <= 0)
		return;
	f = ld_add(d, FINDING_THREAD, ld_tmpl_of(d, r), score);
	f->entity = e;
	f->good_count = x->n[0];
	f->bad_count = x->n[1];
	f->where = ld_at(1, x->log[1], x->last[1], 1);
	f->note = str_of(arena_printf(
		d->arena,
		"silent after %.0f %% of the log, in good never longer than %.0f %% of it",
		100.0 * (double)x->end[1], 100.0 * (double)pause));
}

/* A thread by whose name both sides know it, and which falls silent in the bad one for more than
 * twice as long as it ever does in a good one. */
void ld_thread_findings(struct ld *d)
{
	struct life *lives;

	if (!d->nentities || d->nentities > THREADS_MAX)
		return;
	lives = mem_zalloc(d->nentities * sizeof(*lives));
	for (uint32_t side = 0; side < 2; side++)
		for (uint32_t log = 0; log < d->in->side[side].n; log++)
			count_lives(d, lives, side, log);
	for (uint32_t e = 0; e < d->nentities; e++)
		if (lives[e].n[0] >= THREAD_LINES && lives[e].n[1] >= THREAD_LINES &&
		    lives[e].end[1] < .9F)
			add_thread(d, e, &lives[e]);
	free(lives);
}
