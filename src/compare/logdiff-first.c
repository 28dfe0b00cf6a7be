// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The first divergence, and the way back from each symptom.
 *
 * Deviations are the marked lines, versions that changed, and the places where an expected event
 * did not come. The first of them is the first divergence; the last common event is the last one
 * before it, in its thread or request, that good logs have too. A deviation belongs to a symptom's
 * chain when it comes before it and shares its thread or request, or a name: a piece of text that
 * is no plain word, such as a path's last part or an identifier.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"

#define NAMES_MAX     4096 /* of one symptom */
#define BLOCK_LINES   40   /* of a symptom that are read for names */
#define CHAINS_MAX    5
#define STEPS_MAX     8
#define LOOK_BACK     400 /* deviations before a symptom that are read */
#define VERSIONS_MAX  8   /* more changed versions than that explain nothing by themselves */
#define BACK_MAX      100000
#define CONTEXT       32    /* events before two places that are compared */
#define PLACES_MAX    20000 /* places that are compared */
#define MISSING_CLEAR .25   /* score from which a missing event is a deviation */

static bool is_alpha(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool in_name(char c)
{
	return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
}

/* The next name in *rest, if it tells more than a word or a number; false at the end. */
static bool next_name(struct str *rest, struct str *name)
{
	while (rest->n) {
		size_t from = 0, to, letters = 0, special = 0;
		struct str s;

		while (from < rest->n && !in_name(rest->p[from]))
			from++;
		to = from;
		while (to < rest->n && in_name(rest->p[to]))
			to++;
		s = (struct str){rest->p + from, to - from};
		*rest = str_from(*rest, to);
		while (s.n && !is_alpha(s.p[s.n - 1]) && !is_digit(s.p[s.n - 1]))
			s.n--;
		while (s.n && !is_alpha(s.p[0]) && !is_digit(s.p[0]))
			s = str_from(s, 1);
		for (size_t i = 0; i < s.n; i++) {
			letters += is_alpha(s.p[i]);
			special += !is_alpha(s.p[i]) ||
				   (i && s.p[i] <= 'Z' && s.p[i - 1] >= 'a' && is_alpha(s.p[i]));
		}
		if (s.n >= 4 && letters >= 2 && special) {
			*name = s;
			return true;
		}
	}
	return false;
}

static void add_names(struct map *names, struct str text)
{
	struct str name;

	while (names->n < NAMES_MAX && next_name(&text, &name))
		map_put(names, hash_str(name), 0, NULL);
}

static struct str message_at(struct ld *d, const struct evidence *e, struct arena *a)
{
	struct logdiff_line line;

	d->in->line(d->in->arg, e->side, e->file, e->line, a, &line);
	return line.message.n ? line.message : line.raw;
}

/* Names in the lines of a finding. */
static void block_names(struct ld *d, const struct evidence *e, struct map *names)
{
	struct arena a;

	arena_init(&a);
	for (uint32_t i = 0; i < e->nlines && i < BLOCK_LINES; i++) {
		struct evidence at = ld_at(e->side, e->file, e->line + i, 1);

		add_names(names, message_at(d, &at, &a));
	}
	arena_release(&a);
}

/* The first name in text that is in the set; empty if none. */
static struct str shared_name(const struct map *names, struct str text)
{
	struct str name;
	uint32_t v;

	while (next_name(&text, &name))
		if (map_get(names, hash_str(name), &v))
			return name;
	return (struct str){0};
}

static bool before(const struct evidence *a, const struct evidence *b)
{
	return a->file != b->file ? a->file < b->file : a->line < b->line;
}

static bool is_version_change(const struct logdiff_finding *f)
{
	return f->kind == FINDING_VALUE && f->score >= .5;
}

/* The symptom that is to be explained: of the gravest class the first. */
static struct logdiff_finding *gravest(struct ld *d)
{
	struct logdiff_finding *best = NULL;

	for (size_t i = 0; i < d->nfound; i++) {
		struct logdiff_finding *f = &d->found[i];

		if (f->kind != FINDING_NEW || f->symptom < SYMPTOM_FAILURE)
			continue;
		if (!best || f->symptom > best->symptom ||
		    (f->symptom == best->symptom && before(&f->where, &best->where)))
			best = f;
	}
	return best;
}

/*
 * A version that changed before the gravest symptom, and whose name the symptom cites, ranks before
 * it; so does its line.
 */
void ld_promote(struct ld *d)
{
	struct logdiff_finding *symptom = gravest(d);
	struct map names = {0};
	struct arena a;
	size_t versions = 0;

	for (size_t i = 0; i < d->nfound; i++)
		versions += is_version_change(&d->found[i]);
	if (!symptom || !versions || versions > VERSIONS_MAX)
		return;
	block_names(d, &symptom->where, &names);
	arena_init(&a);
	for (size_t i = 0; i < d->nfound; i++) {
		struct logdiff_finding *f = &d->found[i];
		uint32_t t = f->tmpl;

		if (!is_version_change(f) || !before(&f->where, &symptom->where) ||
		    !shared_name(&names, message_at(d, &f->where, &a)).n)
			continue;
		f->score = symptom->score + .01;
		array_push(d->marks, d->nmarks, d->capmarks) =
			(struct ld_mark){.log = f->where.file,
					 .no = f->where.line,
					 .tmpl = t,
					 .entity = f->entity,
					 .kind = MARK_NOVEL,
					 .weight = SYMPTOM_CAUSE + 1};
	}
	arena_release(&a);
	map_release(&names);
}

/* --- the first divergence --- */

static void consider(struct evidence *best, bool *found, struct evidence e)
{
	if (*found && !before(&e, best))
		return;
	*best = e;
	*found = true;
}

static const struct logrec *rec_at(const struct ld *d, uint32_t side, uint32_t log, uint64_t no)
{
	return &d->in->side[side].logs[log].recs[no - 1];
}

static bool is_event(const struct ld *d, const struct logrec *r, uint32_t entity)
{
	return ld_is_event(d, r) && (entity == LOGREC_NONE || r->entity == entity);
}

/* The next event of a thread or request after line no; 0: none. */
static uint64_t event_after(const struct ld *d, uint32_t side, uint32_t log, uint64_t no,
			    uint32_t entity)
{
	const struct logdiff_log *l = &d->in->side[side].logs[log];

	for (uint64_t i = no + 1, k = 0; i <= l->n && k < BACK_MAX; i++, k++)
		if (is_event(d, rec_at(d, side, log, i), entity))
			return i;
	return 0;
}

/* What comes after an event in its thread, request or log; the event itself if nothing does. */
static struct evidence after(const struct ld *d, const struct evidence *e)
{
	uint64_t no = event_after(d, e->side, e->file, e->line,
				  ld_entity_at(d, e->side, e->file, e->line));

	return no ? ld_at(e->side, e->file, no, 1) : *e;
}

static bool earliest(const struct ld *d, const struct logdiff *out, struct evidence *e)
{
	bool found = false;

	for (size_t i = 0; i < d->nmarks; i++)
		if (d->marks[i].kind == MARK_SEED || d->marks[i].kind == MARK_NOVEL)
			consider(e, &found, ld_at(1, d->marks[i].log, d->marks[i].no, 1));
	for (size_t i = 0; i < out->nfindings; i++) {
		const struct logdiff_finding *f = &out->findings[i];

		if (is_version_change(f))
			consider(e, &found, f->where);
		else if (f->kind == FINDING_MISSING && f->score >= MISSING_CLEAR && f->at.nlines)
			consider(e, &found, after(d, &f->at));
	}
	for (size_t i = 0; !found && i < out->nfindings; i++)
		if (out->findings[i].kind == FINDING_ORDER)
			consider(e, &found, out->findings[i].where);
	return found;
}

/* The last event before line no that good logs have too; 0: none. */
static uint64_t common_before(const struct ld *d, uint32_t log, uint64_t no, uint32_t entity)
{
	for (uint64_t i = no - 1, k = 0; i > 0 && k < BACK_MAX; i--, k++) {
		const struct logrec *r = rec_at(d, 1, log, i);

		if (is_event(d, r, entity) && d->tmpl[ld_tmpl_of(d, r)].count[0])
			return i;
	}
	return 0;
}

/* How many events before two places are the same, at most CONTEXT. */
static unsigned same_before(const struct ld *d, const struct evidence *a, const struct evidence *b,
			    uint32_t entity)
{
	uint64_t i = a->line - 1, k = b->line - 1;
	unsigned n = 0;

	while (n < CONTEXT) {
		while (i && !is_event(d, rec_at(d, a->side, a->file, i), entity))
			i--;
		while (k && !is_event(d, rec_at(d, b->side, b->file, k), entity))
			k--;
		if (!i || !k ||
		    ld_tmpl_of(d, rec_at(d, a->side, a->file, i)) !=
			    ld_tmpl_of(d, rec_at(d, b->side, b->file, k)))
			break;
		n++;
		i--;
		k--;
	}
	return n;
}

/* Lines up to line no with its template. */
static uint64_t ordinal_of(const struct ld *d, uint32_t log, uint64_t no)
{
	uint32_t t = ld_tmpl_of(d, rec_at(d, 1, log, no));
	uint64_t n = 0;

	for (uint64_t i = 1; i <= no; i++)
		n += ld_tmpl_of(d, rec_at(d, 1, log, i)) == t;
	return n;
}

/*
 * Where the good logs have the event at line no of a bad log: where most of what comes before it is
 * the same; of several such places the one of the same ordinal, else the first.
 */
static bool counterpart(const struct ld *d, uint32_t log, uint64_t no, uint32_t entity,
			struct evidence *e)
{
	struct evidence bad = ld_at(1, log, no, 1);
	uint32_t t = ld_tmpl_of(d, rec_at(d, 1, log, no));
	uint64_t ordinal = ordinal_of(d, log, no);
	unsigned best = 0, tried = 0;
	bool found = false, exact = false;

	for (uint32_t g = 0; g < d->in->side[0].n; g++) {
		const struct logdiff_log *l = &d->in->side[0].logs[g];
		uint64_t n = 0;

		for (uint64_t i = 1; i <= l->n && tried < PLACES_MAX; i++) {
			struct evidence good = ld_at(0, g, i, 1);
			unsigned same;

			if (ld_tmpl_of(d, &l->recs[i - 1]) != t)
				continue;
			n++;
			if (!is_event(d, &l->recs[i - 1], entity))
				continue;
			tried++;
			same = same_before(d, &bad, &good, entity);
			if (found && (same < best || (same == best && (exact || n != ordinal))))
				continue;
			found = true;
			exact = n == ordinal;
			best = same;
			*e = good;
		}
	}
	return found;
}

/*
 * A request of its own, or a digest: what followed most often in other requests, or all in all,
 * stands for the good side.
 */
static bool usual_next(const struct ld *d, uint32_t t, struct evidence *at, struct evidence *next)
{
	const struct ld_pair *best = NULL;

	for (size_t i = 0; i < d->npairs; i++) {
		const struct ld_pair *p = &d->pairs[i];

		if (d->nodes[p->a].tmpl == t && p->n[0] && (!best || p->n[0] > best->n[0]))
			best = p;
	}
	if (!best)
		return false;
	*at = ld_at(0, best->log[0], best->at[0], 1);
	*next = ld_at(0, best->log[0], best->no[0], best->b == LOGDIFF_END ? 0 : 1);
	return true;
}

static void set_common(const struct ld *d, struct logdiff_divergence *f, uint64_t no)
{
	uint32_t log = f->next[1].file;
	bool usual = f->entity != LOGREC_NONE || d->in->side[0].ndigests;

	f->common[1] = ld_at(1, log, no, ld_event_lines(d, 1, log, no));
	if (counterpart(d, log, no, f->entity, &f->common[0])) {
		uint64_t next = event_after(d, 0, f->common[0].file, f->common[0].line, f->entity);

		f->has_common = true;
		if (next)
			f->next[0] = ld_at(0, f->common[0].file, next, 1);
	} else {
		f->has_common = usual && usual_next(d, ld_tmpl_of(d, rec_at(d, 1, log, no)),
						    &f->common[0], &f->next[0]);
	}
	if (!f->has_common)
		return;
	f->common[0].nlines = ld_event_lines(d, 0, f->common[0].file, f->common[0].line);
	if (f->next[0].nlines)
		f->next[0].nlines = ld_event_lines(d, 0, f->next[0].file, f->next[0].line);
}

/* The bad log is a digest: of what was before the deviation, most often, what good logs have too.
 */
static void first_of_digest(const struct ld *d, struct logdiff_divergence *f)
{
	const struct ld_pair *best = NULL;
	uint32_t tmpl = UINT32_MAX;

	for (size_t i = 0; i < d->nmarks && tmpl == UINT32_MAX; i++)
		if (d->marks[i].log == f->next[1].file && d->marks[i].no == f->next[1].line)
			tmpl = d->marks[i].tmpl;
	for (size_t i = 0; i < d->npairs; i++) {
		const struct ld_pair *p = &d->pairs[i];

		if (p->b == tmpl && p->n[1] && p->at[1] && d->nodes[p->a].n[0] &&
		    (!best || p->n[1] > best->n[1]))
			best = p;
	}
	if (!best || !usual_next(d, best->a, &f->common[0], &f->next[0]))
		return;
	f->common[1] = ld_at(1, best->log[1], best->at[1], 1);
	f->has_common = true;
}

/* The last event of a log; 0: it has none. */
static uint64_t last_event(const struct ld *d, uint32_t side, uint32_t log)
{
	for (uint64_t i = d->in->side[side].logs[log].n; i > 0; i--)
		if (is_event(d, rec_at(d, side, log, i), LOGREC_NONE))
			return i;
	return 0;
}

/* Does no good log end as the bad one does? */
static bool ends_elsewhere(const struct ld *d, uint32_t log, uint64_t last)
{
	uint32_t t = ld_tmpl_of(d, rec_at(d, 1, log, last));

	for (uint32_t i = 0; i < d->in->side[0].n; i++) {
		uint64_t no = d->in->side[0].logs[i].sparse ? 0 : last_event(d, 0, i);

		if (no && ld_tmpl_of(d, rec_at(d, 0, i, no)) == t)
			return false;
	}
	return true;
}

/* The last event before a place of the good side that the bad side has too; 0: none. */
static uint64_t common_back(const struct ld *d, const struct evidence *e)
{
	for (uint64_t i = e->line - 1, k = 0; i > 0 && k < BACK_MAX; i--, k++) {
		const struct logrec *r = rec_at(d, 0, e->file, i);

		if (is_event(d, r, LOGREC_NONE) && d->tmpl[ld_tmpl_of(d, r)].count[1])
			return i;
	}
	return 0;
}

/* The place in the bad log's only file of the event before a missing one: the same statement, as
 * often said before. 0: none. */
static uint64_t due_after(const struct ld *d, const struct evidence *missing)
{
	uint64_t no = common_back(d, missing), ordinal = 0;
	uint32_t t;

	if (!no)
		return 0;
	t = ld_tmpl_of(d, rec_at(d, 0, missing->file, no));
	for (uint64_t i = 1; i <= no; i++)
		ordinal += ld_tmpl_of(d, rec_at(d, 0, missing->file, i)) == t;
	for (uint64_t i = 1; i <= d->in->side[1].logs[0].n; i++)
		if (ld_tmpl_of(d, rec_at(d, 1, 0, i)) == t && --ordinal == 0)
			return i;
	return 0;
}

/*
 * All that the bad log says, the good ones say too, and yet events are missing: it ends early, or
 * an event did not come. The divergence is its end, or the place where the first of them is due.
 */
static void first_missing(const struct ld *d, const struct logdiff *out,
			  struct logdiff_divergence *f)
{
	const struct logdiff_finding *first = NULL;
	uint64_t last = 0;

	for (size_t i = 0; i < out->nfindings; i++) {
		const struct logdiff_finding *x = &out->findings[i];

		if (x->kind == FINDING_MISSING && (!first || before(&x->where, &first->where)))
			first = x;
	}
	if (!first || d->in->side[1].n > 1 ||
	    (d->in->side[1].n == 1 && d->in->side[1].logs[0].sparse))
		return;
	f->found = true;
	f->next[0] = first->where;
	f->next[1] = ld_at(1, 0, 0, 0);
	if (d->in->side[1].n == 1)
		last = last_event(d, 1, 0);
	if (last && ends_elsewhere(d, 0, last)) {
		set_common(d, f, last);
	} else if (last && !d->in->side[0].logs[first->where.file].sparse) {
		uint64_t no = due_after(d, &first->where), next;

		if (!no)
			return;
		f->has_common = true;
		f->common[1] = ld_at(1, 0, no, ld_event_lines(d, 1, 0, no));
		no = common_back(d, &first->where);
		f->common[0] = ld_at(0, first->where.file, no,
				     ld_event_lines(d, 0, first->where.file, no));
		next = event_after(d, 1, 0, f->common[1].line, LOGREC_NONE);
		if (next)
			f->next[1] = ld_at(1, 0, next, ld_event_lines(d, 1, 0, next));
	}
}

void ld_first(struct ld *d, struct logdiff *out)
{
	struct logdiff_divergence *f = &out->first;
	struct evidence e = {0};
	uint64_t no;

	*f = (struct logdiff_divergence){.entity = LOGREC_NONE};
	if (!earliest(d, out, &e)) {
		first_missing(d, out, f);
		return;
	}
	f->found = true;
	f->next[1] = ld_at(1, e.file, e.line, ld_event_lines(d, 1, e.file, e.line));
	if (d->in->side[1].logs[e.file].sparse) {
		first_of_digest(d, f);
		return;
	}
	f->entity = ld_entity_at(d, 1, e.file, e.line);
	no = common_before(d, e.file, e.line, f->entity);
	if (!no && f->entity != LOGREC_NONE) {
		f->entity = LOGREC_NONE;
		no = common_before(d, e.file, e.line, LOGREC_NONE);
	}
	if (no) {
		set_common(d, f, no);
	} else if (d->in->side[0].n && d->in->side[0].logs[0].n) {
		uint64_t next = event_after(d, 0, 0, 0, LOGREC_NONE);

		if (next)
			f->next[0] = ld_at(0, 0, next, ld_event_lines(d, 0, 0, next));
	}
}

/* --- chains --- */

/* The finding that a place belongs to. */
static uint32_t rank_of(const struct logdiff *out, const struct ld_mark *m)
{
	for (size_t i = 0; i < out->nfindings; i++) {
		const struct logdiff_finding *f = &out->findings[i];

		if (f->tmpl == m->tmpl && (f->kind == FINDING_NEW || f->kind == FINDING_VALUE))
			return f->rank;
	}
	return 0;
}

/* Marks before the finding that begin something, at most LOOK_BACK, the nearest ones. */
static size_t marks_before(const struct ld *d, const struct evidence *e, const struct ld_mark **out)
{
	size_t n = 0, skip = 0, k = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < d->nmarks; i++) {
			const struct ld_mark *m = &d->marks[i];

			if (m->log != e->file || m->no >= e->line ||
			    (m->kind != MARK_SEED && m->kind != MARK_NOVEL))
				continue;
			if (pass == 0)
				n++;
			else if (k++ >= skip)
				*out++ = m;
		}
		skip = n > LOOK_BACK ? n - LOOK_BACK : 0;
	}
	return n - skip;
}

static int mark_ptr_cmp(const void *pa, const void *pb)
{
	const struct ld_mark *a = *(const struct ld_mark *const *)pa;
	const struct ld_mark *b = *(const struct ld_mark *const *)pb;

	return a->no < b->no ? -1 : a->no > b->no;
}

static void add_step(struct logdiff_chain *c, const struct logdiff_step *s)
{
	/* Full: the earliest stays, the others give way to nearer ones. */
	if (c->n == STEPS_MAX) {
		memmove(&c->steps[1], &c->steps[2], (STEPS_MAX - 2) * sizeof(*s));
		c->n--;
	}
	c->steps[c->n++] = *s;
}

static void follow_back(struct ld *d, struct logdiff *out, const struct logdiff_finding *f,
			struct logdiff_chain *c)
{
	const struct ld_mark *marks[LOOK_BACK];
	size_t n = marks_before(d, &f->where, marks);
	struct map names = {0};

	c->rank = f->rank;
	c->steps = arena_alloc(&out->arena, STEPS_MAX * sizeof(*c->steps));
	block_names(d, &f->where, &names);
	qsort(marks, n, sizeof(marks[0]), mark_ptr_cmp);
	for (size_t i = 0; i < n; i++) {
		struct logdiff_step s = {.where = ld_at(1, marks[i]->log, marks[i]->no, 1)};
		bool same = f->entity != LOGREC_NONE && marks[i]->entity == f->entity;

		if (!same)
			s.shared = shared_name(&names, message_at(d, &s.where, &out->arena));
		if (!same && !s.shared.n)
			continue;
		s.rank = rank_of(out, marks[i]);
		if (s.rank != f->rank)
			add_step(c, &s);
	}
	map_release(&names);
}

void ld_chains(struct ld *d, struct logdiff *out)
{
	out->chains = arena_zalloc(&out->arena, CHAINS_MAX * sizeof(*out->chains));
	for (size_t i = 0; i < out->nfindings && out->nchains < CHAINS_MAX; i++) {
		const struct logdiff_finding *f = &out->findings[i];
		struct logdiff_chain *c = &out->chains[out->nchains];

		if (f->kind != FINDING_NEW || f->symptom < SYMPTOM_FAILURE)
			continue;
		follow_back(d, out, f, c);
		if (c->n)
			out->nchains++;
		else
			*c = (struct logdiff_chain){0};
	}
}
