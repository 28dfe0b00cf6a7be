// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Time between two events that follow each other in one thread, request or log. A pair of templates
 * is slower when most of its times in the bad logs are longer than the longest of the good ones, or
 * one of them is ten times as long. Shows slow-downs and hangs that no line names.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"

#define GAP_MIN     3                      /* good times needed */
#define GAP_DAY     INT64_C(86400000000000) /* longer ones are of another run */
#define GAP_LEAST   INT64_C(5000000)       /* ns: what is faster than that is noise */
#define GAP_TOP     .5
#define GAP_THREADS ((uint32_t)1 << 20)

struct before {
	uint32_t stamp; /* of the log that it is of */
	uint32_t tmpl;
	int64_t ns;
	uint64_t no;
};

struct gap {
	uint32_t n[2];
	uint32_t longer; /* bad ones longer than max[0] */
	int64_t max[2];
	double sum[2];
	uint32_t log; /* where the longest bad one ends */
	uint64_t from, no;
};

struct ld_gaps {
	struct ld *d;
	uint32_t side, log, stamp;
	struct before *before; /* of each entity, the last: of lines without; NULL: too many */
	struct gap *gaps;      /* of each pair */
};

struct ld_gaps *ld_gaps_new(struct ld *d)
{
	struct ld_gaps *g = mem_zalloc(sizeof(*g));

	g->d = d;
	if (d->nentities < GAP_THREADS) {
		g->before = mem_zalloc(((size_t)d->nentities + 1) * sizeof(*g->before));
		g->gaps = mem_zalloc(d->npairs * sizeof(*g->gaps));
	}
	return g;
}

void ld_gaps_free(struct ld_gaps *g)
{
	free(g->before);
	free(g->gaps);
	free(g);
}

void ld_gaps_begin(struct ld_gaps *g, uint32_t side, uint32_t log)
{
	g->side = side;
	g->log = log;
	g->stamp++;
}

static void add_gap(struct ld_gaps *g, struct gap *x, const struct before *a, uint64_t no,
		    int64_t ns)
{
	x->n[g->side]++;
	x->sum[g->side] += (double)ns;
	if (g->side == 1 && x->n[0] && ns > x->max[0])
		x->longer++;
	if (ns <= x->max[g->side])
		return;
	x->max[g->side] = ns;
	if (g->side == 1) {
		x->log = g->log;
		x->from = a->no;
		x->no = no;
	}
}

void ld_gaps_head(struct ld_gaps *g, uint64_t no, uint32_t tmpl, uint32_t entity,
		  const struct event_time *time)
{
	struct before *a;
	uint32_t i;

	if (!g->before || g->d->tmpl[tmpl].blank)
		return;
	a = &g->before[entity == LOGREC_NONE ? g->d->nentities : entity];
	if (time->known && a->stamp == g->stamp) {
		int64_t ns;

		i = ld_pair_find(g->d, a->tmpl, tmpl);
		if (i != UINT32_MAX && !__builtin_sub_overflow(time->ns, a->ns, &ns) && ns >= 0 &&
		    ns < GAP_DAY)
			add_gap(g, &g->gaps[i], a, no, ns);
	}
	*a = (struct before){
		.stamp = time->known ? g->stamp : 0, .tmpl = tmpl, .ns = time->ns, .no = no};
}

static const char *duration(struct arena *a, double ns)
{
	if (ns >= 1e9)
		return arena_printf(a, "%.3g s", ns / 1e9);
	return arena_printf(a, "%.3g ms", ns / 1e6);
}

static void add_gap_finding(struct ld *d, const struct ld_pair *p, const struct gap *x)
{
	double good = x->sum[0] / x->n[0], bad = x->sum[1] / x->n[1];
	bool most = x->longer * 2 > x->n[1] && x->n[1] >= GAP_MIN;
	struct logdiff_finding *f;

	if (x->n[0] < GAP_MIN || !x->n[1] || x->max[1] - x->max[0] < GAP_LEAST ||
	    !(most || x->max[1] > 10 * x->max[0]))
		return;
	if (!most)
		bad = (double)x->max[1];
	f = ld_add(d, FINDING_GAP, p->b, GAP_TOP * (1 - (good + 1) / (bad + 1)) * (most ? 1 : .8));
	f->good_count = x->n[0];
	f->bad_count = x->n[1];
	f->where = ld_at(1, x->log, x->no, 1);
	f->at = ld_at(1, x->log, x->from, 1);
	f->entity = d->in->side[1].logs[x->log].recs[x->no - 1].entity;
	f->note = str_of(arena_printf(d->arena, "%s%s -> %s after \"" STR_FMT "\"",
				      most ? "mean " : "", duration(d->arena, good),
				      duration(d->arena, bad),
				      STR_ARG(str_head(templates_get(d->in->templates, p->a)->text,
						       100))));
}

void ld_gaps_findings(struct ld_gaps *g)
{
	if (!g->gaps)
		return;
	for (size_t i = 0; i < g->d->npairs; i++)
		if (g->d->pairs[i].b != LOGDIFF_END)
			add_gap_finding(g->d, &g->d->pairs[i], &g->gaps[i]);
}
