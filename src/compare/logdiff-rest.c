// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * When no step has found anything: statements that one side alone has, and a side with far fewer
 * events. Without them two logs that have nothing in common, one of them empty perhaps, would pass
 * for equal.
 */
#include "compare/logdiff-priv.h"

#define REST_TOP   20 /* findings */
#define REST_SCORE .2
#define REST_RATIO 10 /* of the numbers of events that is a finding by itself */

static void add_one_sided(struct ld *d, uint32_t t)
{
	const struct ld_tmpl *x = &d->tmpl[t];
	uint32_t side = x->count[0] ? 0 : 1;
	double share = (double)x->count[side] / (double)d->lines[side];
	struct logdiff_finding *f =
		ld_add(d, side ? FINDING_NEW : FINDING_MISSING, t, REST_SCORE * share);

	f->where = ld_at(side, x->log[side], x->no[side], 1);
	f->entity = ld_entity_at(d, side, x->log[side], x->no[side]);
	if (side == 0)
		f->note = STR("nowhere in the bad log");
}

/* All alike, but far more of it on one side: the most frequent statement stands for all. */
static void add_amount(struct ld *d)
{
	struct logdiff_finding *f;
	uint32_t most = 0;

	for (uint32_t t = 0; t < d->ntmpl; t++)
		if (!d->tmpl[t].blank && d->tmpl[t].count[0] > d->tmpl[most].count[0])
			most = t;
	if (!d->ntmpl || d->tmpl[most].blank || !d->tmpl[most].count[0] || !d->tmpl[most].count[1])
		return;
	f = ld_add(d, FINDING_COUNT, most, REST_SCORE);
	f->where = ld_at(1, d->tmpl[most].log[1], d->tmpl[most].no[1], 1);
	f->note = str_of(
		arena_printf(d->arena, "%llu -> %llu, of %llu -> %llu lines",
			     (unsigned long long)f->good_count, (unsigned long long)f->bad_count,
			     (unsigned long long)d->lines[0], (unsigned long long)d->lines[1]));
}

void ld_rest_findings(struct ld *d)
{
	/* Of several good logs each may have what the others lack. */
	bool absent = d->in->side[0].n == 1 || d->lines[1] == 0;

	if (d->nfound)
		return;
	for (uint32_t t = 0; t < d->ntmpl && d->nfound < REST_TOP; t++) {
		const struct ld_tmpl *x = &d->tmpl[t];

		if (!x->blank && !templates_get(d->in->templates, t)->continuation &&
		    ((x->count[0] && !x->count[1] && absent) || (x->count[1] && !x->count[0])))
			add_one_sided(d, t);
	}
	if (!d->nfound && (d->lines[0] / REST_RATIO >= d->lines[1] + 1 ||
			   d->lines[1] / REST_RATIO >= d->lines[0] + 1))
		add_amount(d);
}
