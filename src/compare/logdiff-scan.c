// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The texts of the lines. A log of ordinary length is read once more from beginning to end; of a
 * longer one only novel lines, and those of templates rare enough to be known completely, are asked
 * for, within a budget.
 */
#include "compare/logdiff-priv.h"

struct pass {
	struct ld *d;
	struct ld_walk *walk;
	uint32_t side, log;
	uint64_t fetches;
	uint64_t head; /* the last one, and its level */
	enum level head_level;
};

#define CALM_LINES 3 /* lines below a head in which an exception is what the head speaks of */

struct ld_novel *ld_novel_add(struct ld *d, uint32_t side, uint32_t log, uint64_t no, uint32_t tmpl)
{
	struct ld_novel *x;

	if (d->nnovel == LOGDIFF_MAX_NOVEL)
		return NULL;
	x = &array_push(d->novel, d->nnovel, d->capnovel);
	*x = (struct ld_novel){.log = log,
			       .no = no,
			       .tmpl = tmpl,
			       .entity = ld_entity_at(d, side, log, no),
			       .novelty = 1,
			       .sym = d->tmpl[tmpl].sym};
	return x;
}

#define MAX_GOOD_LINES ((size_t)1 << 20)

/* In logs read unlike: is the line as it stands also in a good log? */
static bool is_known(struct ld *d, uint32_t side, struct str raw, enum level level)
{
	uint32_t v;

	if (!d->mixed)
		return false;
	if (side == 1)
		return map_get(&d->good_lines, ld_line_key(raw, level), &v);
	if (d->good_lines.n < MAX_GOOD_LINES)
		map_put(&d->good_lines, ld_line_key(raw, level), 0, NULL);
	return true;
}

static void see_line(struct pass *p, uint64_t no, struct str raw, struct str message,
		     enum level level)
{
	struct ld *d = p->d;
	const struct logrec *r = &d->in->side[p->side].logs[p->log].recs[no - 1];
	uint32_t t = ld_tmpl_of(d, r);
	struct ld_tmpl *x = &d->tmpl[t];
	bool novel = p->side == 1 && x->count[0] == 0 && !x->blank;
	size_t before = d->nvalues;
	struct symptom sym = {0};
	struct ld_novel *n;

	if ((novel || p->side == 0) && is_known(d, p->side, raw, level))
		novel = false;
	if (novel || x->fetched[p->side] == 0)
		sym = symptom_of(message, level);
	if (x->fetched[p->side]++ == 0)
		x->sym = sym;
	if (!novel && x->has_values && t == (r->tmpl & ~LOGREC_CONT) && x->count[0] && x->count[1])
		ld_values_see(d, p->side, p->log, no, t, message);
	while (before < d->nvalues && d->values[before].number)
		before++;
	if (!novel && before == d->nvalues)
		return;
	n = ld_novel_add(d, p->side, p->log, no, t);
	if (!n)
		return;
	n->sym = novel ? sym : symptom_of(message, level);
	n->calm = n->sym.typed && !ld_is_head(r) && no - p->head <= CALM_LINES &&
		  (p->head_level == LEVEL_WARN || p->head_level == LEVEL_DEBUG ||
		   p->head_level == LEVEL_TRACE);
	n->value = novel ? 0 : (uint32_t)before + 1;
}

static void see_head(struct pass *p, uint64_t no, const struct logrec *r)
{
	if (!ld_is_head(r))
		return;
	p->head = no;
	p->head_level = templates_get(p->d->in->templates, r->tmpl)->level;
}

/* Where the statement stands in the source. (Not on which host: instances come and go.) */
static uint64_t place_of(const struct logline *line)
{
	return line->source.n ? hash_str(line->source) | 1 : 0;
}

static void see(void *arg, uint64_t no, const struct logline *line, const struct event_time *time)
{
	struct pass *p = arg;
	const struct logrec *r;

	if (no == 0 || no > p->d->in->side[p->side].logs[p->log].n)
		return;
	r = &p->d->in->side[p->side].logs[p->log].recs[no - 1];
	see_head(p, no, r);
	see_line(p, no, line->raw, logline_text(line), line->level);
	if (ld_is_event(p->d, r))
		ld_walk_head(p->walk, no, ld_tmpl_of(p->d, r), p->d->digests ? 0 : place_of(line),
			     r->entity, time);
}

/* Is this line of a long log asked for? */
static bool is_wanted(const struct pass *p, uint32_t t)
{
	const struct ld_tmpl *x = &p->d->tmpl[t];

	if (x->fetched[p->side] >= LOGDIFF_PER_TMPL || p->fetches >= LOGDIFF_FETCHES)
		return false;
	if (x->count[0] == 0 || x->count[1] == 0)
		return p->side == 1 || x->fetched[0] == 0;
	return x->fetched[p->side] == 0 || (x->has_values && x->count[0] <= LOGDIFF_PER_TMPL);
}

static void fetch_log(struct pass *p)
{
	const struct logdiff_input *in = p->d->in;
	const struct logdiff_log *l = &in->side[p->side].logs[p->log];
	struct arena a;

	arena_init(&a);
	for (uint64_t i = 0; i < l->n; i++) {
		uint32_t t = ld_tmpl_of(p->d, &l->recs[i]);
		struct logdiff_line line;

		see_head(p, i + 1, &l->recs[i]);
		if (ld_is_event(p->d, &l->recs[i]))
			ld_walk_head(p->walk, i + 1, t, 0, l->recs[i].entity, NULL);
		if (is_wanted(p, t)) {
			in->line(in->arg, p->side, p->log, i + 1, &a, &line);
			see_line(p, i + 1, line.raw, line.message, line.level);
			if (++p->fetches % 256 == 0) {
				arena_release(&a);
				arena_init(&a);
			}
		} else if (p->side == 1 && p->d->tmpl[t].count[0] == 0 && !p->d->tmpl[t].blank) {
			ld_novel_add(p->d, p->side, p->log, i + 1, t);
		}
	}
	arena_release(&a);
}

static void weigh_novel(struct ld *d)
{
	for (size_t i = 0; i < d->nnovel; i++) {
		struct ld_novel *n = &d->novel[i];

		if (!n->value)
			continue;
		n->novelty = 0;
		for (size_t v = n->value - 1;
		     v < d->nvalues && d->values[v].no == n->no && d->values[v].log == n->log;
		     v++) {
			double x = d->values[v].number ? 0 : ld_value_novelty(d, &d->values[v]);

			if (x > n->novelty)
				n->novelty = (float)x;
		}
	}
}

void ld_scan(struct ld *d)
{
	struct pass p = {.d = d, .walk = ld_walk_new(d)};
	uint64_t slots = 0;

	for (size_t t = 0; t < d->ntmpl; t++) {
		d->tmpl[t].slots = (uint32_t)slots;
		slots += d->tmpl[t].has_values && d->tmpl[t].count[0] && d->tmpl[t].count[1]
				 ? LD_SLOTS
				 : 0;
	}
	d->nslots = slots;
	d->slots = arena_zalloc(&d->tmp, (slots + 1) * sizeof(*d->slots));
	for (p.side = 0; p.side < 2; p.side++) {
		for (p.log = 0; p.log < d->in->side[p.side].n; p.log++) {
			if (d->in->side[p.side].logs[p.log].sparse)
				continue;
			ld_walk_begin(p.walk, p.side, p.log);
			if (d->in->side[p.side].logs[p.log].n <= LOGDIFF_SCAN_MAX)
				d->in->scan(d->in->arg, p.side, p.log, see, &p);
			else
				fetch_log(&p);
			d->partial |= d->in->side[p.side].logs[p.log].n > LOGDIFF_SCAN_MAX;
			ld_walk_end(p.walk);
		}
		ld_digest_see(d, p.walk, p.side);
	}
	weigh_novel(d);
	ld_walk_free(p.walk);
}
