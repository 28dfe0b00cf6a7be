// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Lines -> digest: see digest-build.h.
 *
 * The last event of each thread or request is kept in a table that holds one per slot, the slot
 * being chosen by the hash of its name: a newcomer ends who was there before. So the memory is the
 * same for any number of requests, and what happens in a slot depends only on the lines before it;
 * parts of a file can be read apart and sewn together by each slot's first and last event.
 *
 * Values and steps are collected without the global bounds up to twice their size and then cut down
 * to them; from then on what is above the largest kept hash is not even looked up.
 */
#include "mine/digest-build.h"

#include <stdlib.h>

#include "mine/digest-priv.h"
#include "mine/slots.h"

#define OPEN_SLOTS ((size_t)1 << 16)

struct event {
	uint64_t entity;
	int64_t ns;
	uint32_t shape;
	bool timed;
};

struct digest_border {
	uint32_t slot;
	struct event first, last;
};

/* A thread or request that may go on. */
struct open {
	uint32_t part; /* 1 + the part that it is of */
	uint32_t border;
};

struct value {
	uint64_t hash, count;
	uint8_t n;
	char text[DIGEST_VALUE_MAX];
};

struct value_set {
	uint64_t n, numbers;
	double min, max;
	struct value *v; /* by hash */
	uint32_t nv, cap;
};

struct spot {
	uint64_t no, offset;
	uint32_t part;
};

/* What is known of a shape of the miner. */
struct tally {
	struct spot first, last;
	uint64_t begins, ends;
	uint64_t hash;
	struct value_set *slots;
	uint32_t nslots;
};

struct step {
	uint64_t key, count; /* from, to, gap */
};

struct digest_builder {
	struct miner *miner;
	struct arena arena;
	struct tally *tallies;
	size_t n, cap;
	struct open *open;
	struct digest_border *borders; /* of the part */
	size_t nborders, capborders;
	struct map step_of; /* key -> step */
	struct step *steps;
	size_t nsteps, capsteps;
	uint64_t step_cut; /* pairs with larger hashes are not kept */
	size_t nvalues;
	uint64_t value_cut;
	uint32_t part;
	uint64_t no, lines, bytes;
};

struct digest_builder *digest_builder_new(void)
{
	struct digest_builder *b = mem_zalloc(sizeof(*b));

	b->miner = miner_new();
	arena_init(&b->arena);
	b->open = mem_zalloc(OPEN_SLOTS * sizeof(*b->open));
	b->step_cut = b->value_cut = UINT64_MAX;
	return b;
}

void digest_builder_free(struct digest_builder *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		for (uint32_t k = 0; k < b->tallies[i].nslots; k++)
			free(b->tallies[i].slots[k].v);
	miner_free(b->miner);
	arena_release(&b->arena);
	free(b->tallies);
	free(b->open);
	free(b->borders);
	map_release(&b->step_of);
	free(b->steps);
	free(b);
}

/* The tally of a shape of the miner. */
static struct tally *tally_of(struct digest_builder *b, uint32_t shape)
{
	while (b->n <= shape) {
		const struct shape *s = &b->miner->shapes[b->n];
		struct tally *t = &array_push(b->tallies, b->n, b->cap);
		size_t slots = slots_count(s->text);

		*t = (struct tally){.hash = digest_shape_hash(s->text, s->level, s->continuation),
				    .nslots = slots < DIGEST_MAX_SLOTS ? (uint32_t)slots
								       : DIGEST_MAX_SLOTS};
		t->slots = arena_zalloc(&b->arena, t->nslots * sizeof(*t->slots));
	}
	return &b->tallies[shape];
}

/* Down to the bound. */
static void cut_values(struct digest_builder *b)
{
	uint64_t *hashes CLEANUP_FREE = mem_alloc(b->nvalues * sizeof(*hashes));
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		for (uint32_t k = 0; k < b->tallies[i].nslots; k++)
			for (uint32_t v = 0; v < b->tallies[i].slots[k].nv; v++)
				hashes[n++] = b->tallies[i].slots[k].v[v].hash;
	b->value_cut = digest_kth(hashes, n, DIGEST_MAX_VALUES);
	for (size_t i = 0; i < b->n; i++)
		for (uint32_t k = 0; k < b->tallies[i].nslots; k++) {
			struct value_set *s = &b->tallies[i].slots[k];

			while (s->nv && s->v[s->nv - 1].hash > b->value_cut) {
				s->nv--;
				b->nvalues--;
			}
		}
}

/* Room for a value before index i. */
static struct value *insert_value(struct digest_builder *b, struct value_set *s, uint32_t i)
{
	if (s->nv == DIGEST_SLOT_VALUES) {
		s->nv--;
		b->nvalues--;
	} else if (s->nv == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1;
		s->v = mem_realloc(s->v, s->cap, sizeof(*s->v));
	}
	memmove(s->v + i + 1, s->v + i, (s->nv - i) * sizeof(*s->v));
	s->nv++;
	b->nvalues++;
	return &s->v[i];
}

static void add_value(struct digest_builder *b, const struct tally *t, uint32_t k, struct str value)
{
	struct value_set *s = &t->slots[k];
	char room[DIGEST_VALUE_MAX];
	struct str text = digest_value_text(value, room);
	uint64_t hash = digest_value_hash(t->hash, k, text);
	uint32_t lo = 0, hi = s->nv;
	double number;

	s->n++;
	if (digest_number(text, &number)) {
		s->min = !s->numbers || number < s->min ? number : s->min;
		s->max = !s->numbers || number > s->max ? number : s->max;
		s->numbers++;
	}
	if (hash > b->value_cut || (s->nv == DIGEST_SLOT_VALUES && hash > s->v[s->nv - 1].hash))
		return;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (s->v[mid].hash < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < s->nv && s->v[lo].hash == hash) {
		s->v[lo].count++;
		return;
	}
	struct value *v = insert_value(b, s, lo);

	*v = (struct value){.hash = hash, .count = 1, .n = (uint8_t)text.n};
	memcpy(v->text, room, text.n);
	if (b->nvalues > 2 * DIGEST_MAX_VALUES)
		cut_values(b);
}

static void add_values(struct digest_builder *b, uint32_t shape, struct str message)
{
	const struct tally *t = &b->tallies[shape];
	struct str values[DIGEST_MAX_SLOTS];

	if (!t->nslots || b->miner->mode ||
	    slots_of(b->miner->shapes[shape].text, message, values, t->nslots) != t->nslots)
		return;
	for (uint32_t k = 0; k < t->nslots; k++)
		add_value(b, t, k, values[k]);
}

static uint64_t pair_hash_of_key(const struct digest_builder *b, uint64_t key)
{
	return digest_pair_hash(b->tallies[key >> 35].hash, b->tallies[key >> 6 & 0x1fffffff].hash);
}

static void cut_steps(struct digest_builder *b)
{
	uint64_t *hashes CLEANUP_FREE = mem_alloc(b->nsteps * sizeof(*hashes));
	size_t kept = 0;

	for (size_t i = 0; i < b->nsteps; i++)
		hashes[i] = pair_hash_of_key(b, b->steps[i].key);
	b->step_cut = digest_kth(hashes, b->nsteps, DIGEST_MAX_STEPS);
	map_release(&b->step_of);
	for (size_t i = 0; i < b->nsteps; i++) {
		if (pair_hash_of_key(b, b->steps[i].key) > b->step_cut)
			continue;
		b->steps[kept] = b->steps[i];
		map_put(&b->step_of, b->steps[kept].key, (uint32_t)kept, NULL);
		kept++;
	}
	b->nsteps = kept;
}

static void add_step(struct digest_builder *b, const struct event *from, const struct event *to)
{
	uint32_t gap = from->timed && to->timed ? digest_gap(to->ns - from->ns) : 0, i;
	uint64_t key = (uint64_t)from->shape << 35 | (uint64_t)to->shape << 6 | gap;
	bool fresh;

	if (b->miner->mode || (b->step_cut != UINT64_MAX && pair_hash_of_key(b, key) > b->step_cut))
		return;
	i = map_put(&b->step_of, key, (uint32_t)b->nsteps, &fresh);
	if (!fresh) {
		b->steps[i].count++;
		return;
	}
	array_push(b->steps, b->nsteps, b->capsteps) = (struct step){key, 1};
	if (b->nsteps > 2 * DIGEST_MAX_STEPS)
		cut_steps(b);
}

static void add_event(struct digest_builder *b, struct event e)
{
	uint32_t slot = (uint32_t)(hash_fold(e.entity, HASH_K1) % OPEN_SLOTS);
	struct open *o = &b->open[slot];
	struct digest_border *border;

	if (o->part != b->part + 1) {
		*o = (struct open){b->part + 1, (uint32_t)b->nborders};
		array_push(b->borders, b->nborders, b->capborders) =
			(struct digest_border){slot, e, e};
		return;
	}
	border = &b->borders[o->border];
	if (border->last.entity == e.entity) {
		add_step(b, &border->last, &e);
	} else {
		b->tallies[border->last.shape].ends++;
		b->tallies[e.shape].begins++;
	}
	border->last = e;
}

void digest_builder_begin(struct digest_builder *b, uint32_t part)
{
	b->part = part;
	b->no = 0;
}

void digest_builder_add(struct digest_builder *b, const struct logline *line, uint64_t entity,
			const struct event_time *time)
{
	uint32_t shape = miner_add(b->miner, line);
	struct tally *t = tally_of(b, shape);

	t->last = (struct spot){++b->no, line->offset, b->part};
	if (!t->first.no)
		t->first = t->last;
	b->lines++;
	b->bytes += line->raw.n + 1;
	/* Blank lines are transparent: what is around them follows on each other. */
	if (line->head && (line->level != LEVEL_UNKNOWN || b->miner->shapes[shape].text.n))
		add_event(b, (struct event){entity, time->ns, shape, time->known});
	add_values(b, shape, logline_text(line));
}

void digest_builder_end(struct digest_builder *b, struct digest_seam *seam)
{
	seam->borders = mem_alloc(b->nborders * sizeof(*seam->borders));
	seam->n = b->nborders;
	if (seam->n)
		memcpy(seam->borders, b->borders, seam->n * sizeof(*seam->borders));
	b->nborders = 0;
}

/* An event of another builder as one of this. */
static struct event adopt(struct digest_builder *b, const struct digest_builder *from,
			  struct event e)
{
	const struct shape *s = &from->miner->shapes[e.shape];

	if (b != from)
		e.shape = miner_add_shape(b->miner, s->text, s->level, s->continuation, 0);
	tally_of(b, e.shape);
	return e;
}

/* A file in one part, as most are: nothing to sew. */
static void hem(struct digest_builder *b, struct digest_seam *seam)
{
	for (size_t k = 0; k < seam->n; k++) {
		b->tallies[seam->borders[k].first.shape].begins++;
		b->tallies[seam->borders[k].last.shape].ends++;
	}
	free(seam->borders);
	*seam = (struct digest_seam){0};
}

static void sew(struct digest_builder *const *builders, struct digest_seam *seams, size_t n)
{
	struct digest_builder *b = builders[0];
	struct event *last = mem_alloc(OPEN_SLOTS * sizeof(*last));
	bool *live = mem_zalloc(OPEN_SLOTS);

	for (size_t i = 0; i < n; i++) {
		const struct digest_builder *from = builders[seams[i].builder];

		for (size_t k = 0; k < seams[i].n; k++) {
			const struct digest_border *border = &seams[i].borders[k];
			struct event first = adopt(b, from, border->first);
			struct event *before = &last[border->slot];

			if (live[border->slot] && before->entity == first.entity) {
				add_step(b, before, &first);
			} else {
				if (live[border->slot])
					b->tallies[before->shape].ends++;
				b->tallies[first.shape].begins++;
			}
			live[border->slot] = true;
			*before = adopt(b, from, border->last);
		}
		free(seams[i].borders);
		seams[i] = (struct digest_seam){0};
	}
	for (size_t i = 0; i < OPEN_SLOTS; i++)
		if (live[i])
			b->tallies[last[i].shape].ends++;
	free(last);
	free(live);
}

void digest_sew(struct digest_builder *const *builders, struct digest_seam *seams, size_t n)
{
	if (n == 1)
		hem(builders[seams[0].builder], &seams[0]);
	else if (n)
		sew(builders, seams, n);
}

static void raw_values(struct arena *a, const struct tally *t, struct digest_shape *out)
{
	out->nslots = t->nslots;
	out->slots = arena_zalloc(a, t->nslots * sizeof(*out->slots));
	for (uint32_t k = 0; k < t->nslots; k++) {
		const struct value_set *s = &t->slots[k];
		struct digest_slot *o = &out->slots[k];

		*o = (struct digest_slot){.n = s->n,
					  .numbers = s->numbers,
					  .min = s->min,
					  .max = s->max,
					  .nvalues = s->nv};
		o->values = arena_alloc(a, s->nv * sizeof(*o->values));
		for (uint32_t v = 0; v < s->nv; v++)
			o->values[v] = (struct digest_value){
				s->v[v].hash, s->v[v].count, {s->v[v].text, s->v[v].n}};
	}
}

static int by_key(const void *pa, const void *pb)
{
	uint64_t a = ((const struct step *)pa)->key, b = ((const struct step *)pb)->key;

	return a < b ? -1 : a > b;
}

static void raw_steps(struct digest_builder *b, struct digest *d)
{
	struct digest_step *steps = arena_alloc(&d->arena, b->nsteps * sizeof(*steps));

	if (b->nsteps)
		qsort(b->steps, b->nsteps, sizeof(*b->steps), by_key);
	for (size_t i = 0; i < b->nsteps; i++) {
		struct digest_shape *s = &d->shapes[b->steps[i].key >> 35];

		if (!s->nsteps++)
			s->steps = &steps[i];
		steps[i] = (struct digest_step){.to = b->steps[i].key >> 6 & 0x1fffffff,
						.gap = b->steps[i].key & 63,
						.count = b->steps[i].count};
	}
}

/* What one builder saw, in no order and beyond the bounds. */
static void raw_digest(struct digest_builder *b, struct digest *d, digest_place_fn *place,
		       void *arg)
{
	*d = (struct digest){.lines = b->lines, .bytes = b->bytes, .coarse = b->miner->mode};
	arena_init(&d->arena);
	d->nshapes = (uint32_t)b->n;
	d->shapes = arena_zalloc(&d->arena, b->n * sizeof(*d->shapes));
	for (size_t i = 0; i < b->n; i++) {
		const struct shape *from = &b->miner->shapes[i];
		const struct tally *t = &b->tallies[i];
		struct digest_shape *s = &d->shapes[i];

		*s = (struct digest_shape){.text = from->text,
					   .level = from->level,
					   .continuation = from->continuation,
					   .hash = t->hash,
					   .count = from->count,
					   .begins = t->begins,
					   .ends = t->ends};
		if (t->first.no) {
			place(arg, t->first.part, t->first.no, t->first.offset, &s->first);
			place(arg, t->last.part, t->last.no, t->last.offset, &s->last);
		}
		raw_values(&d->arena, t, s);
	}
	raw_steps(b, d);
}

void digest_build(struct digest *out, struct digest_builder *const *builders, size_t n,
		  uint64_t files, digest_place_fn *place, void *arg)
{
	struct digest *raw = mem_alloc(n * sizeof(*raw));
	const struct digest **in = mem_alloc(n * sizeof(*in));

	for (size_t i = 0; i < n; i++) {
		raw_digest(builders[i], &raw[i], place, arg);
		in[i] = &raw[i];
	}
	digest_merge(out, in, n);
	for (size_t i = 0; i < n; i++)
		digest_release(&raw[i]);
	free(raw);
	free(in);
	out->files = files;
	digest_seal(out);
}
