// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Time between two events that follow each other in one thread, request or log. A pair of templates
 * is slower when most of its times in the bad logs are longer than the longest of the good ones, or
 * one of them is ten times as long. Shows slow-downs and hangs that no line names.
 */
#include "compare/logdiff-priv.h"

#define GAP_MIN   3                /* good times needed */
#define GAP_LEAST INT64_C(5000000) /* ns: what is faster than that is noise */
#define GAP_TOP   .5

static const char *duration(struct arena *a, double ns)
{
	if (ns >= 1e9)
		return arena_printf(a, "%.3g s", ns / 1e9);
	return arena_printf(a, "%.3g ms", ns / 1e6);
}

static void add_gap_finding(struct ld *d, const struct ld_pair *p)
{
	const struct ld_gap *x = &p->gap;
	double good = x->sum[0] / x->n[0], bad = x->sum[1] / x->n[1];
	bool most = x->longer * 2 > x->n[1] && x->n[1] >= GAP_MIN;
	struct logdiff_finding *f;

	if (x->n[0] < GAP_MIN || !x->n[1] || x->max[1] - x->max[0] < GAP_LEAST ||
	    !(most || x->max[1] > 10 * x->max[0]))
		return;
	if (!most)
		bad = (double)x->max[1];
	f = ld_add(d, FINDING_GAP, d->nodes[p->b].tmpl,
		   GAP_TOP * (1 - (good + 1) / (bad + 1)) * (most ? 1 : .8));
	f->good_count = x->n[0];
	f->bad_count = x->n[1];
	f->where = ld_at(1, x->log, x->no, 1);
	f->at = ld_at(1, x->log, x->from, 1);
	f->entity = ld_entity_at(d, 1, x->log, x->no);
	f->note = str_of(arena_printf(
		d->arena, "%s%s -> %s after \"" STR_FMT "\"", most ? "mean " : "",
		duration(d->arena, good), duration(d->arena, bad),
		STR_ARG(str_head(templates_get(d->in->templates, d->nodes[p->a].tmpl)->text,
				 100))));
}

void ld_gap_findings(struct ld *d)
{
	for (size_t i = 0; i < d->npairs; i++)
		if (d->pairs[i].b != LOGDIFF_END)
			add_gap_finding(d, &d->pairs[i]);
}
