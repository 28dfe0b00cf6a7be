// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Merging digests: see digest.h.
 *
 * All shapes of all inputs are brought into one form, sorted by content, and runs of equal ones are
 * combined. If there are too many, the next coarser form is tried. Then steps follow with their
 * ends renumbered, and at last the bounds are applied: each slot keeps its smallest values while it
 * is combined, all slots together and all steps keep the smallest in the end.
 *
 * Why the bounds commute: an element that is kept of a union is among the K smallest of each part
 * that has it (per slot, and then over what the slots kept: in a part, the number of kept elements
 * before it is at most that in the union), so no part drops it; and an element that a part drops
 * has K smaller ones there, which are in the union too.
 */
#include "mine/digest-priv.h"

#include <stdlib.h>

#include "mine/slots.h"

void digest_release(struct digest *d)
{
	arena_release(&d->arena);
	*d = (struct digest){0};
}

static int by_number(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return a < b ? -1 : a > b;
}

uint64_t digest_kth(uint64_t *v, size_t n, size_t k)
{
	qsort(v, n, sizeof(*v), by_number);
	return v[k - 1];
}

/* One shape of an input, in the form of the result. */
struct ref {
	struct str text;
	const struct digest_shape *s;
	uint32_t input, index;
};

struct merge {
	struct arena tmp;
	const struct digest *const *in;
	size_t nin;
	struct ref *refs; /* sorted by content */
	size_t n;
	unsigned coarse;
	uint32_t **to; /* of each input: its shapes' indices in the result */
	struct digest *out;
	struct coarsener *coarsener;
};

static int by_content(const void *pa, const void *pb)
{
	const struct ref *a = pa, *b = pb;
	int c = str_cmp(a->text, b->text);

	if (c)
		return c;
	if (a->s->level != b->s->level)
		return a->s->level < b->s->level ? -1 : 1;
	return (int)a->s->continuation - (int)b->s->continuation;
}

/* The end of the run of equal shapes that begins at i. */
static size_t run_end(const struct merge *m, size_t i)
{
	size_t to = i + 1;

	while (to < m->n && by_content(&m->refs[i], &m->refs[to]) == 0)
		to++;
	return to;
}

/* All shapes in the form m->coarse, sorted; false if that is too many. */
static bool collect(struct merge *m)
{
	size_t shapes = 0, bytes = 0;

	m->n = 0;
	for (uint32_t d = 0; d < m->nin; d++)
		for (uint32_t i = 0; i < m->in[d]->nshapes; i++) {
			const struct digest_shape *s = &m->in[d]->shapes[i];
			struct str text = s->text;
			char coarse[MASK_ROOM];

			if (m->coarse) { /* also those in this form: a miner changes forms as it
					    goes */
				text.n = mask_coarsen(m->coarsener, m->coarse, text, coarse);
				text.p = coarse;
				text = arena_str(&m->tmp, text);
			}
			m->refs[m->n++] = (struct ref){text, s, d, i};
		}
	if (m->n)
		qsort(m->refs, m->n, sizeof(*m->refs), by_content);
	for (size_t i = 0; i < m->n; i = run_end(m, i)) {
		shapes++;
		bytes += m->refs[i].text.n + 1;
	}
	return m->coarse == MASK_COARSE || (shapes <= SHAPES_MAX && bytes <= SHAPES_TEXT_MAX);
}

static int place_cmp(const struct digest_place *a, const struct digest_place *b)
{
	int c = str_cmp(a->name, b->name);

	if (c)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return str_cmp(a->raw, b->raw);
}

static int value_cmp(const void *pa, const void *pb)
{
	const struct digest_value *a = pa, *b = pb;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return str_cmp(a->text, b->text);
}

/* Combine slot k of the run of shapes refs[from ... to). */
static void merge_slot(struct merge *m, size_t from, size_t to, uint32_t k, struct digest_slot *out)
{
	struct digest_value *v;
	size_t n = 0, kept = 0;

	for (size_t i = from; i < to; i++)
		n += k < m->refs[i].s->nslots ? m->refs[i].s->slots[k].nvalues : 0;
	v = mem_alloc(n * sizeof(*v));
	n = 0;
	for (size_t i = from; i < to; i++) {
		const struct digest_slot *s = m->refs[i].s->slots + k;

		if (k >= m->refs[i].s->nslots)
			continue;
		out->n = digest_sum(out->n, s->n);
		if (s->numbers && (!out->numbers || s->min < out->min))
			out->min = s->min;
		if (s->numbers && (!out->numbers || s->max > out->max))
			out->max = s->max;
		out->numbers = digest_sum(out->numbers, s->numbers);
		for (size_t j = 0; j < s->nvalues; j++)
			v[n++] = s->values[j];
	}
	if (n)
		qsort(v, n, sizeof(*v), value_cmp);
	for (size_t i = 0; i < n; i++) {
		if (kept && value_cmp(&v[kept - 1], &v[i]) == 0)
			v[kept - 1].count = digest_sum(v[kept - 1].count, v[i].count);
		else
			v[kept++] = v[i];
	}
	kept = kept < DIGEST_SLOT_VALUES ? kept : DIGEST_SLOT_VALUES;
	out->nvalues = (uint32_t)kept;
	out->values = arena_alloc(&m->out->arena, kept * sizeof(*v));
	if (kept)
		memcpy(out->values, v, kept * sizeof(*v));
	free(v);
}

static void merge_counts(struct digest_shape *s, const struct digest_shape *add)
{
	s->count = digest_sum(s->count, add->count);
	s->begins = digest_sum(s->begins, add->begins);
	s->ends = digest_sum(s->ends, add->ends);
	if (add->runs && (!s->runs || add->least < s->least))
		s->least = add->least;
	if (add->runs && (!s->runs || add->most > s->most))
		s->most = add->most;
	s->runs = digest_sum(s->runs, add->runs);
	if (!add->first.line)
		return;
	if (!s->first.line || place_cmp(&add->first, &s->first) < 0)
		s->first = add->first;
	if (!s->last.line || place_cmp(&add->last, &s->last) > 0)
		s->last = add->last;
}

static void merge_run(struct merge *m, size_t from, size_t to)
{
	struct digest_shape *s = &m->out->shapes[m->out->nshapes];
	const struct ref *r = &m->refs[from];

	*s = (struct digest_shape){
		.text = r->text, .level = r->s->level, .continuation = r->s->continuation};
	s->hash = digest_shape_hash(s->text, s->level, s->continuation);
	for (size_t i = from; i < to; i++) {
		merge_counts(s, m->refs[i].s);
		m->to[m->refs[i].input][m->refs[i].index] = m->out->nshapes;
		if (m->refs[i].s->nslots > s->nslots)
			s->nslots = m->refs[i].s->nslots;
	}
	if (m->coarse)
		s->nslots = 0;
	s->slots = arena_zalloc(&m->out->arena, s->nslots * sizeof(*s->slots));
	for (uint32_t k = 0; k < s->nslots; k++)
		merge_slot(m, from, to, k, &s->slots[k]);
	m->out->nshapes++;
}

/* Keep the values with the smallest hashes of all. */
static void limit_values(struct digest *d)
{
	uint64_t *hashes, cut;
	size_t n = 0;

	for (uint32_t i = 0; i < d->nshapes; i++)
		for (uint32_t k = 0; k < d->shapes[i].nslots; k++)
			n += d->shapes[i].slots[k].nvalues;
	if (n <= DIGEST_MAX_VALUES)
		return;
	hashes = mem_alloc(n * sizeof(*hashes));
	n = 0;
	for (uint32_t i = 0; i < d->nshapes; i++)
		for (uint32_t k = 0; k < d->shapes[i].nslots; k++)
			for (uint32_t v = 0; v < d->shapes[i].slots[k].nvalues; v++)
				hashes[n++] = d->shapes[i].slots[k].values[v].hash;
	cut = digest_kth(hashes, n, DIGEST_MAX_VALUES);
	free(hashes);
	for (uint32_t i = 0; i < d->nshapes; i++)
		for (uint32_t k = 0; k < d->shapes[i].nslots; k++) {
			struct digest_slot *s = &d->shapes[i].slots[k];

			while (s->nvalues && s->values[s->nvalues - 1].hash > cut)
				s->nvalues--;
		}
}

struct arrow {
	uint64_t hash; /* of the pair */
	uint64_t count;
	uint32_t from, to, gap;
};

static int by_ends(const void *pa, const void *pb)
{
	const struct arrow *a = pa, *b = pb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->gap < b->gap ? -1 : a->gap > b->gap;
}

static int by_pair_hash(const void *pa, const void *pb)
{
	const struct arrow *a = pa, *b = pb;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->gap != b->gap)
		return a->gap < b->gap ? -1 : 1;
	return by_ends(pa, pb);
}

/* Steps of all inputs between shapes of the result, sorted and summed; the caller frees. */
static size_t collect_steps(const struct merge *m, struct arrow **arrows)
{
	const struct digest_shape *shapes = m->out->shapes;
	struct arrow *a;
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->refs[i].s->nsteps;
	*arrows = a = mem_alloc(n * sizeof(*a));
	n = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct ref *r = &m->refs[i];
		uint32_t from = m->to[r->input][r->index];

		for (uint32_t k = 0; k < r->s->nsteps; k++) {
			const struct digest_step *s = &r->s->steps[k];
			uint32_t to = m->to[r->input][s->to];

			a[n++] =
				(struct arrow){digest_pair_hash(shapes[from].hash, shapes[to].hash),
					       s->count, from, to, s->gap};
		}
	}
	if (n)
		qsort(a, n, sizeof(*a), by_ends);
	for (size_t i = 0; i < n; i++) {
		if (kept && by_ends(&a[kept - 1], &a[i]) == 0)
			a[kept - 1].count = digest_sum(a[kept - 1].count, a[i].count);
		else
			a[kept++] = a[i];
	}
	return kept;
}

static void merge_steps(struct merge *m)
{
	struct arrow *a;
	size_t n = collect_steps(m, &a);

	if (n > DIGEST_MAX_STEPS) {
		qsort(a, n, sizeof(*a), by_pair_hash);
		n = DIGEST_MAX_STEPS;
		qsort(a, n, sizeof(*a), by_ends);
	}
	for (size_t i = 0, to; i < n; i = to) {
		struct digest_shape *s = &m->out->shapes[a[i].from];

		for (to = i; to < n && a[to].from == a[i].from;)
			to++;
		s->nsteps = (uint32_t)(to - i);
		s->steps = arena_alloc(&m->out->arena, s->nsteps * sizeof(*s->steps));
		for (size_t k = i; k < to; k++)
			s->steps[k - i] = (struct digest_step){a[k].to, a[k].gap, a[k].count};
	}
	free(a);
}

/* What the result keeps of the inputs' texts becomes its own. */
static void own_texts(struct digest *d)
{
	struct str name = {NULL, 0};

	for (uint32_t i = 0; i < d->nshapes; i++) {
		struct digest_shape *s = &d->shapes[i];
		struct digest_place *places[] = {&s->first, &s->last};

		s->text = arena_str(&d->arena, s->text);
		for (size_t k = 0; k < ARRAY_SIZE(places); k++) {
			if (!name.n || !str_eq(name, places[k]->name))
				name = arena_str(&d->arena, places[k]->name);
			places[k]->name = name;
			places[k]->raw = arena_str(&d->arena, places[k]->raw);
		}
		for (uint32_t k = 0; k < s->nslots; k++)
			for (uint32_t v = 0; v < s->slots[k].nvalues; v++) {
				struct str *text = &s->slots[k].values[v].text;

				*text = arena_str(&d->arena, *text);
			}
	}
}

void digest_merge(struct digest *out, const struct digest *const *in, size_t n)
{
	struct merge m = {.in = in, .nin = n, .out = out, .coarsener = coarsener_new()};
	size_t shapes = 0;

	arena_init(&m.tmp);
	*out = (struct digest){0};
	arena_init(&out->arena);
	m.to = arena_alloc(&m.tmp, n * sizeof(*m.to));
	for (size_t d = 0; d < n; d++) {
		out->runs = digest_sum(out->runs, in[d]->runs);
		out->files = digest_sum(out->files, in[d]->files);
		out->lines = digest_sum(out->lines, in[d]->lines);
		out->bytes = digest_sum(out->bytes, in[d]->bytes);
		m.coarse = in[d]->coarse > m.coarse ? in[d]->coarse : m.coarse;
		m.to[d] = arena_alloc(&m.tmp, in[d]->nshapes * sizeof(**m.to));
		shapes += in[d]->nshapes;
	}
	m.refs = arena_alloc(&m.tmp, shapes * sizeof(*m.refs));
	while (!collect(&m))
		m.coarse++;
	out->coarse = m.coarse;
	shapes = 0;
	for (size_t i = 0; i < m.n; i = run_end(&m, i))
		shapes++;
	out->shapes = arena_alloc(&out->arena, shapes * sizeof(*out->shapes));
	for (size_t i = 0, to; i < m.n; i = to) {
		to = run_end(&m, i);
		merge_run(&m, i, to);
	}
	if (!m.coarse)
		merge_steps(&m);
	limit_values(out);
	own_texts(out);
	arena_release(&m.tmp);
	coarsener_free(m.coarsener);
}

void digest_add(struct digest *sum, const struct digest *d)
{
	struct digest both;

	digest_merge(&both, (const struct digest *const[]){sum, d}, 2);
	digest_release(sum);
	*sum = both;
}

void digest_seal(struct digest *d)
{
	d->runs = 1;
	for (uint32_t i = 0; i < d->nshapes; i++) {
		struct digest_shape *s = &d->shapes[i];

		s->runs = 1;
		s->least = s->most = s->count;
	}
}

uint32_t digest_gap(int64_t ns)
{
	uint32_t g = 1;

	for (int64_t us = ns / 1000; us > 0; us >>= 1)
		g++;
	return g < DIGEST_GAPS ? g : DIGEST_GAPS - 1;
}

int64_t digest_gap_end(uint32_t gap)
{
	if (gap < 1 || gap > 53)
		return INT64_MAX;
	return (INT64_C(1) << (gap - 1)) * 1000;
}

bool digest_has_all_steps(const struct digest *d)
{
	size_t n = 0;

	for (uint32_t i = 0; i < d->nshapes; i++)
		n += d->shapes[i].nsteps;
	return !d->coarse && n < DIGEST_MAX_STEPS;
}

struct miner *digest_miner(const struct digest *d)
{
	struct miner *m = miner_new();

	m->mode = d->coarse; /* the merge then brings all miners into this form */
	for (uint32_t i = 0; i < d->nshapes; i++)
		miner_add_shape(m, d->shapes[i].text, d->shapes[i].level, d->shapes[i].continuation,
				d->shapes[i].count);
	return m;
}

struct str digest_value_text(struct str value, char *room)
{
	const size_t digits = 16, head = DIGEST_VALUE_MAX - digits - 1;
	uint64_t h;

	if (value.n <= DIGEST_VALUE_MAX) {
		if (value.n)
			memcpy(room, value.p, value.n);
		return (struct str){room, value.n};
	}
	h = hash_str(value);
	memcpy(room, value.p, head);
	room[head] = '~';
	for (size_t i = 0; i < digits; i++, h <<= 4)
		room[head + 1 + i] = "0123456789abcdef"[h >> 60];
	return (struct str){room, DIGEST_VALUE_MAX};
}

struct str digest_message(const struct digest_shape *s, char *room, size_t max)
{
	size_t n = s->text.n < max ? s->text.n : max;

	for (size_t i = 0; i < n; i++)
		room[i] = mask_is_slot(s->text.p[i]) ? '0' : s->text.p[i];
	return (struct str){room, n};
}

bool digest_number(struct str s, double *out)
{
	static const double ten[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
				     1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	bool minus = s.n && s.p[0] == '-';
	uint64_t v = 0;
	size_t i = minus || (s.n && s.p[0] == '+'), digits = 0, point = 0;

	for (; i < s.n; i++) {
		unsigned d = (unsigned)(s.p[i] - '0');

		if (d <= 9 && digits < ARRAY_SIZE(ten)) {
			v = v * 10 + d;
			digits++;
		} else if (s.p[i] == '.' && digits && !point && i + 1 < s.n) {
			point = digits;
		} else {
			return false;
		}
	}
	if (!digits)
		return false;
	*out = (double)v / ten[point ? digits - point : 0];
	if (minus && v)
		*out = -*out;
	return true;
}
