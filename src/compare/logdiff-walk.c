// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * One walk over the events of all logs: which statement follows which in a thread, a request or
 * (where lines name none) the log, how often, and after how long.
 *
 * A statement is a template together with the place in the source that the line names, if it does:
 * equal texts printed at two places are two statements. The first place of
 * a template has the template's number; the number behind the templates stands for the beginning of
 * a thread or request, and further places get the numbers after it.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"

#define GAP_DAY   INT64_C(86400000000000) /* longer ones are of another run */
#define MAX_NODES ((size_t)1 << 18)

/* The event before, of one thread or request. */
struct before {
	uint32_t stamp; /* of the log that it is of; 0: none yet */
	uint32_t node;
	bool timed;
	int64_t ns;
	uint64_t no;
};

struct ld_walk {
	struct ld *d;
	uint32_t side, log, stamp;
	struct before *before; /* of each entity, the last: of lines without */
	uint32_t *touched;     /* entities with an event in this log */
	size_t ntouched, captouched;
	struct map node_of; /* hash of (template, place) */
	bool *has_place;    /* of each template */
};

struct ld_walk *ld_walk_new(struct ld *d)
{
	struct ld_walk *w = mem_zalloc(sizeof(*w));

	w->d = d;
	w->before = mem_zalloc(((size_t)d->nentities + 1) * sizeof(*w->before));
	w->has_place = mem_zalloc(d->ntmpl + 1);
	for (uint32_t t = 0; t < d->ntmpl; t++)
		array_push(d->nodes, d->nnodes, d->capnodes) = (struct ld_node){.tmpl = t};
	array_push(d->nodes, d->nnodes, d->capnodes) =
		(struct ld_node){.tmpl = UINT32_MAX, .n = {1, 1}};
	return w;
}

void ld_walk_free(struct ld_walk *w)
{
	map_release(&w->node_of);
	free(w->before);
	free(w->touched);
	free(w->has_place);
	free(w);
}

static uint32_t node_at(struct ld_walk *w, uint32_t tmpl, uint64_t place)
{
	struct ld *d = w->d;
	uint64_t key = hash_word(place, tmpl);
	uint32_t node;
	bool fresh;

	if (!place)
		return tmpl;
	if (map_get(&w->node_of, key, &node))
		return node;
	if (d->nnodes >= d->ntmpl + 1 + MAX_NODES)
		return tmpl;
	node = w->has_place[tmpl] ? (uint32_t)d->nnodes : tmpl;
	w->has_place[tmpl] = true;
	map_put(&w->node_of, key, node, &fresh);
	if (node != tmpl)
		array_push(d->nodes, d->nnodes, d->capnodes) = (struct ld_node){.tmpl = tmpl};
	return node;
}

static uint64_t pair_key(uint32_t a, uint32_t b)
{
	return hash_word(0, (uint64_t)a << 32 | b);
}

uint32_t ld_pair_find(const struct ld *d, uint32_t a, uint32_t b)
{
	uint32_t i;

	return map_get(&d->pair_of, pair_key(a, b), &i) ? i : UINT32_MAX;
}

/* The pair of two nodes, made if need be; NULL if there are too many. */
static struct ld_pair *pair_of(struct ld *d, uint32_t side, uint32_t a, uint32_t b)
{
	/* Good ones may not take all the room: what is new in bad ones counts too. */
	size_t max = side ? LOGDIFF_MAX_PAIRS : LOGDIFF_MAX_PAIRS / 2;
	uint64_t key = pair_key(a, b);
	uint32_t i;
	bool fresh = false;

	if (d->npairs < max)
		i = map_put(&d->pair_of, key, (uint32_t)d->npairs, &fresh);
	else if (!map_get(&d->pair_of, key, &i)) {
		d->crowded = true;
		return NULL;
	}
	if (fresh)
		array_push(d->pairs, d->npairs, d->cappairs) = (struct ld_pair){.a = a, .b = b};
	return &d->pairs[i];
}

static struct ld_pair *add_pair(struct ld_walk *w, const struct before *a, uint32_t b, uint64_t no)
{
	struct ld_pair *p = pair_of(w->d, w->side, a->node, b);

	if (p && p->n[w->side]++ == 0) {
		p->log[w->side] = w->log;
		p->at[w->side] = a->no;
		p->no[w->side] = no;
	}
	return p;
}

void ld_walk_add(struct ld_walk *w, uint32_t side, const struct ld_pair *add)
{
	struct ld_pair *p = pair_of(w->d, side, add->a, add->b);
	struct ld_gap *x;

	if (!p)
		return;
	if (p->n[side] == 0) {
		p->log[side] = add->log[side];
		p->at[side] = add->at[side];
		p->no[side] = add->no[side];
	}
	p->n[side] += add->n[side];
	x = &p->gap;
	x->n[side] += add->gap.n[side];
	x->sum[side] += add->gap.sum[side];
	if (side == 1 && x->n[0] && add->gap.max[1] > x->max[0])
		x->longer += add->gap.n[1];
	if (add->gap.max[side] <= x->max[side])
		return;
	x->max[side] = add->gap.max[side];
	if (side == 1) {
		x->log = add->log[1];
		x->from = add->at[1];
		x->no = add->no[1];
	}
}

static void add_gap(struct ld_walk *w, struct ld_gap *x, const struct before *a, uint64_t no,
		    int64_t ns)
{
	x->n[w->side]++;
	x->sum[w->side] += (double)ns;
	if (w->side == 1 && x->n[0] && ns > x->max[0])
		x->longer++;
	if (ns <= x->max[w->side])
		return;
	x->max[w->side] = ns;
	if (w->side == 1) {
		x->log = w->log;
		x->from = a->no;
		x->no = no;
	}
}

void ld_walk_begin(struct ld_walk *w, uint32_t side, uint32_t log)
{
	w->side = side;
	w->log = log;
	w->stamp++;
}

void ld_walk_head(struct ld_walk *w, uint64_t no, uint32_t tmpl, uint64_t place, uint32_t entity,
		  const struct event_time *time)
{
	uint32_t e = entity == LOGREC_NONE ? w->d->nentities : entity, node;
	struct before *a = &w->before[e];
	bool timed = time && time->known;
	struct ld_pair *p = NULL;
	int64_t ns;

	node = node_at(w, tmpl, place);
	w->d->nodes[node].n[w->side]++;
	if (a->stamp == w->stamp) {
		p = add_pair(w, a, node, no);
	} else {
		add_pair(w, &(struct before){.node = (uint32_t)w->d->ntmpl}, node, no);
		array_push(w->touched, w->ntouched, w->captouched) = e;
	}
	if (p && timed && a->timed && !__builtin_sub_overflow(time->ns, a->ns, &ns) && ns >= 0 &&
	    ns < GAP_DAY)
		add_gap(w, &p->gap, a, no, ns);
	*a = (struct before){.stamp = w->stamp,
			     .node = node,
			     .timed = timed,
			     .ns = timed ? time->ns : 0,
			     .no = no};
}

void ld_walk_end(struct ld_walk *w)
{
	for (size_t k = 0; k < w->ntouched; k++) {
		const struct before *a = &w->before[w->touched[k]];

		add_pair(w, a, LOGDIFF_END, a->no);
	}
	w->ntouched = 0;
}
