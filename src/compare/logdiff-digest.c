// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Digests in place of logs. Their shapes are counted as the templates that the merge made of them;
 * steps between shapes are pairs of templates; the values of a shape's slots become those of the
 * template's parameters. What a digest did not keep is marked as open, so that nothing is called
 * unseen or missing because of it.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"
#include "mine/slots.h"

#define TEXT_MAX ((size_t)8192) /* of a shape */

/* The alias of a shape's template. */
static uint32_t tmpl_of(const struct ld *d, const struct logdiff_digest *g, uint32_t shape)
{
	return d->alias[g->tmpl[shape]];
}

void ld_digest_count(struct ld *d, uint32_t side)
{
	const struct logdiff_side *s = &d->in->side[side];

	for (size_t i = 0; i < s->ndigests; i++) {
		const struct digest *g = s->digests[i].digest;

		d->digests = true;
		d->open[side] = d->open[side] || !digest_has_all_steps(g);
		d->lines[side] += g->lines;
		for (uint32_t k = 0; k < g->nshapes; k++) {
			const struct digest_shape *x = &g->shapes[k];
			struct ld_tmpl *t = &d->tmpl[tmpl_of(d, &s->digests[i], k)];
			uint32_t log = s->digests[i].log[k];

			if (!t->count[side] || log < t->log[side] ||
			    (log == t->log[side] && x->first.line < t->no[side])) {
				t->log[side] = log;
				t->no[side] = x->first.line;
			}
			t->count[side] = digest_sum(t->count[side], x->count);
			d->heads[side] += x->continuation ? 0 : x->count;
		}
	}
}

static struct evidence place_of(const struct logdiff_digest *g, uint32_t side, uint32_t shape)
{
	return ld_at(side, g->log[shape], g->digest->shapes[shape].first.line, 1);
}

/* --- values --- */

/* A parameter of the template as pieces of a shape: literal text around at most one slot. */
struct piece {
	struct str before, after;
	uint32_t slot;
	size_t slots;
};

static struct piece cut_piece(struct str shape, struct str s)
{
	struct piece p = {.before = s, .slots = slots_count(s)};

	p.slot = (uint32_t)slots_count((struct str){shape.p, (size_t)(s.p - shape.p)});
	for (size_t i = 0; p.slots && i < s.n; i++)
		if (slots_count((struct str){s.p + i, 1})) {
			p.before = str_head(s, i);
			p.after = str_from(s, i + 1);
			break;
		}
	return p;
}

/* Every value of the slot, in its literal text; false if not all are known. */
static bool see_values(struct ld *d, struct evidence at, uint32_t tmpl, uint32_t param,
		       const struct piece *p, const struct digest_slot *s)
{
	char text[TEXT_MAX];
	uint64_t sum = 0;

	for (uint32_t i = 0; i < s->nvalues; i++) {
		sum = digest_sum(sum, s->values[i].count);
		if (s->values[i].text.n == DIGEST_VALUE_MAX && (p->before.n || p->after.n))
			return false; /* may have been cut, with other text around it elsewhere */
	}
	if (sum != s->n || p->before.n + p->after.n + DIGEST_VALUE_MAX > sizeof(text))
		return false;
	for (uint32_t i = 0; i < s->nvalues; i++) {
		const struct str parts[] = {p->before, s->values[i].text, p->after};
		size_t n = 0;

		for (size_t k = 0; k < ARRAY_SIZE(parts); k++) {
			if (parts[k].n)
				memcpy(text + n, parts[k].p, parts[k].n);
			n += parts[k].n;
		}
		ld_value_see(d, at, tmpl, param, (struct str){text, n}, s->values[i].count);
	}
	return true;
}

static void see_param(struct ld *d, const struct logdiff_digest *g, uint32_t side, uint32_t shape,
		      uint32_t param, struct str text)
{
	const struct digest_shape *x = &g->digest->shapes[shape];
	uint32_t tmpl = tmpl_of(d, g, shape);
	struct ld_slot *slot = &d->slots[d->tmpl[tmpl].slots + param];
	struct piece p = cut_piece(x->text, text);
	const struct digest_slot *s;
	struct evidence at = place_of(g, side, shape);

	if (p.slots == 0) {
		ld_value_see(d, at, tmpl, param, text, x->count);
		return;
	}
	s = p.slots == 1 && p.slot < x->nslots ? &x->slots[p.slot] : NULL;
	if (s && s->n == x->count) {
		if (see_values(d, at, tmpl, param, &p, s))
			return;
		if (side == 0 && s->numbers == s->n && !p.before.n && !p.after.n) {
			ld_range_see(d, tmpl, param, s->min, s->max, s->n);
			return;
		}
	}
	slot->open = slot->open || side == 0;
}

/* One shape's values; on the bad side the unseen ones make its line novel. */
static void see_shape(struct ld *d, const struct logdiff_digest *g, uint32_t side, uint32_t shape)
{
	const struct digest_shape *x = &g->digest->shapes[shape];
	uint32_t t = tmpl_of(d, g, shape);
	const struct ld_tmpl *tmpl = &d->tmpl[t];
	size_t before = d->nvalues;
	struct evidence at = place_of(g, side, shape);
	struct str params[LD_SLOTS];
	struct ld_novel *n;
	bool novel = side == 1 && !tmpl->count[0] && !tmpl->blank;
	char text[TEXT_MAX];

	if (!novel && tmpl->has_values && t == g->tmpl[shape] && tmpl->count[0] && tmpl->count[1]) {
		size_t max = templates_params(d->in->templates, t, x->text, params, LD_SLOTS);

		for (uint32_t i = 0; i < max; i++)
			see_param(d, g, side, shape, i, params[i]);
	}
	while (before < d->nvalues && d->values[before].number)
		before++;
	if (!novel && before == d->nvalues)
		return;
	n = ld_novel_add(d, side, at.file, at.line, t);
	if (!n)
		return;
	n->sym = symptom_of(digest_message(x, text, sizeof(text)), x->level);
	n->value = novel ? 0 : (uint32_t)before + 1;
}

/* --- steps --- */

static void add_gap(struct ld_gap *x, uint32_t side, const struct digest_step *s)
{
	int64_t end = digest_gap_end(s->gap);

	if (!s->gap || end == INT64_MAX)
		return;
	x->n[side] +=
		s->count < UINT32_MAX - x->n[side] ? (uint32_t)s->count : UINT32_MAX - x->n[side];
	x->sum[side] += .75 * (double)end * (double)s->count;
	/* What is surely so: good times were not longer, the longest bad one not shorter. */
	x->max[side] = side ? end / 2 : end;
}

static void see_steps(struct ld *d, struct ld_walk *w, const struct logdiff_digest *g,
		      uint32_t side, uint32_t shape)
{
	const struct digest_shape *x = &g->digest->shapes[shape];
	struct evidence at = place_of(g, side, shape);
	struct ld_pair p = {.a = tmpl_of(d, g, shape)};

	d->nodes[p.a].n[side] += x->continuation ? 0 : x->count;
	p.log[side] = at.file;
	p.at[side] = p.no[side] = at.line;
	for (uint32_t i = 0, to; i < x->nsteps; i = to) {
		struct evidence next = place_of(g, side, x->steps[i].to);

		p.b = tmpl_of(d, g, x->steps[i].to);
		p.n[side] = 0;
		p.gap = (struct ld_gap){0};
		for (to = i; to < x->nsteps && x->steps[to].to == x->steps[i].to; to++) {
			p.n[side] = digest_sum(p.n[side], x->steps[to].count);
			add_gap(&p.gap, side, &x->steps[to]);
		}
		p.no[side] = next.file == at.file ? next.line : at.line;
		ld_walk_add(w, side, &p);
	}
	p.gap = (struct ld_gap){0};
	p.no[side] = at.line;
	p.b = LOGDIFF_END;
	p.n[side] = x->ends;
	if (x->ends)
		ld_walk_add(w, side, &p);
	p.b = p.a;
	p.a = (uint32_t)d->ntmpl; /* the beginning */
	p.at[side] = 0;
	p.n[side] = x->begins;
	if (x->begins)
		ld_walk_add(w, side, &p);
}

struct order {
	uint32_t log, shape;
	uint64_t no;
};

static int by_place(const void *pa, const void *pb)
{
	const struct order *a = pa, *b = pb;

	if (a->log != b->log)
		return a->log < b->log ? -1 : 1;
	return a->no < b->no ? -1 : a->no > b->no;
}

void ld_digest_see(struct ld *d, struct ld_walk *w, uint32_t side)
{
	const struct logdiff_side *s = &d->in->side[side];

	for (size_t i = 0; i < s->ndigests; i++) {
		const struct logdiff_digest *g = &s->digests[i];
		struct order *order = mem_alloc(g->digest->nshapes * sizeof(*order));

		for (uint32_t k = 0; k < g->digest->nshapes; k++)
			order[k] = (struct order){g->log[k], k, g->digest->shapes[k].first.line};
		if (g->digest->nshapes)
			qsort(order, g->digest->nshapes, sizeof(*order), by_place);
		for (uint32_t k = 0; k < g->digest->nshapes; k++) {
			see_shape(d, g, side, order[k].shape);
			see_steps(d, w, g, side, order[k].shape);
		}
		free(order);
	}
}
