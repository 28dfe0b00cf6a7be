// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Logs opened, recognised and mined together: see logset.h.
 *
 * Each file is cut into parts that can be read alone. A first pass counts their lines, so that the
 * records of all have their final place from the start. Threads take parts in turn, each with its
 * own miner and its own table of entities. Then the miners are merged into templates, and one pass
 * over the records, part by part in the order of the files, turns local ids into common ones.
 * Entities are numbered in the order of that pass, templates by content, so the result does not
 * depend on which thread read what.
 */
#include "logset/logset.h"

#include <stdlib.h>
#include <sys/mman.h>

#define SAMPLE_LINES 1000 /* from which the request key is learnt */

void logset_init(struct logset *s)
{
	*s = (struct logset){0};
	arena_init(&s->arena);
	loginputs_init(&s->inputs);
}

void logset_release(struct logset *s)
{
	for (size_t i = 0; i < s->nfiles; i++)
		logreader_free(s->files[i].reader);
	for (size_t i = 0; i < s->nparts; i++) {
		free(s->parts[i].marks);
	}
	for (size_t i = 0; i < s->ndigests; i++) {
		digest_release(&s->digests[i].digest);
		free(s->digests[i].tmpl);
	}
	free(s->digests);
	free(s->parts);
	free(s->recs);
	free(s->origins);
	templates_free(s->templates);
	loginputs_release(&s->inputs);
	arena_release(&s->arena);
}

/* Read the digests among the inputs from one on. */
static int read_digests(struct logset *s, size_t from, uint32_t side, struct err *err)
{
	for (size_t i = from; i < s->inputs.n; i++) {
		const struct loginput *in = &s->inputs.in[i];
		struct str text = {in->map.data, in->map.size};
		struct digest d;
		int rc;

		if (!digest_recognise(text))
			continue;
		rc = digest_read(&d, text, err);
		if (rc)
			return err_prepend(err, rc, STR_FMT ": ", STR_ARG(in->name));
		array_push(s->digests, s->ndigests, s->digests_cap) =
			(struct logset_digest){.name = in->name, .side = side, .digest = d};
		s->origins[i].digest = true;
	}
	return 0;
}

int logset_add(struct logset *s, const char *path, uint32_t side, const struct logset_opts *o,
	       struct err *err)
{
	size_t before = s->inputs.n;
	int rc = loginputs_add(&s->inputs, path, &o->input, err);

	while (s->norigins < s->inputs.n)
		array_push(s->origins, s->norigins, s->origins_cap) =
			(struct logset_origin){.side = side, .several = s->inputs.n > before + 1};
	return rc || !o->digests ? rc : read_digests(s, before, side, err);
}

int logset_add_named(struct logset *s, const char *path, struct str name, struct str rel,
		     uint32_t side, const struct logset_opts *o, struct err *err)
{
	size_t before = s->inputs.n;
	int rc = logset_add(s, path, side, o, err);

	for (size_t i = before; i < s->inputs.n; i++) {
		loginputs_name(&s->inputs, i, name, rel);
		s->origins[i].several = rel.n > 0;
	}
	return rc;
}

uint64_t logset_size(const struct logset *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->inputs.n; i++)
		sum += s->inputs.in[i].map.size;
	return sum;
}

static struct str learn_request_key(const struct logset_file *f)
{
	struct str lines[SAMPLE_LINES], rest = f->data, line;
	size_t n = 0;

	while (n < SAMPLE_LINES && str_next(&rest, '\n', &line))
		lines[n++] = str_head(line, 1024);
	return entity_learn_key(lines, n);
}

static void open_file(struct logset *s, size_t input, const struct logset_opts *o)
{
	struct logset_file *f = &s->files[s->nfiles];
	const struct loginput *in = &s->inputs.in[input];
	uint64_t *cuts;
	size_t n;

	f->input = in;
	f->name = in->name;
	f->rel = in->rel;
	f->note = in->note;
	f->side = s->origins[input].side;
	f->data = (struct str){in->map.data, in->map.size};
	f->reader = logreader_new(f->data, o->formats);
	f->entities.request_key = learn_request_key(f);
	f->entities.file = s->origins[input].several ? f->rel : STR("");
	f->part0 = s->nparts;
	n = logreader_cuts(f->reader, LOGSET_PART, &cuts);
	for (size_t k = 0; k < n; k++)
		array_push(s->parts, s->nparts, s->parts_cap) = (struct logset_part){
			.file = (uint32_t)s->nfiles, .from = cuts[k], .to = cuts[k + 1]};
	f->nparts = s->nparts - f->part0;
	free(cuts);
	s->nfiles++;
}

void logset_open(struct logset *s, const struct logset_opts *o)
{
	if (s->files)
		return;
	s->files = arena_zalloc(&s->arena, (s->inputs.n + 1) * sizeof(*s->files));
	for (size_t i = 0; i < s->inputs.n; i++)
		if (!s->origins[i].digest)
			open_file(s, i, o);
}

struct worker {
	struct miner *miner;
};

struct mining {
	struct logset *set;
	struct worker *workers;
	struct progress *progress;
};

/*
 * While mining, a record has 32 bits of its entity's hash: no table grows with the threads. Of a
 * million entities a hundred share their number with another then; of a thousand none.
 */
static uint32_t entity_bits(const struct logset_file *f, const struct logline *line)
{
	uint64_t h = entity_of(line, &f->entities);
	uint32_t bits = (uint32_t)(h >> 32);

	return h == 0 ? LOGREC_NONE : bits == LOGREC_NONE ? 0 : bits;
}

void logset_part_fetch(const struct logset *s, size_t part)
{
#ifdef MADV_POPULATE_READ
	const struct logset_part *p = &s->parts[part];
	const char *data = s->files[p->file].data.p;
	uintptr_t at = (uintptr_t)(data + p->from) & ~(uintptr_t)4095;

	madvise((void *)at, (size_t)((uintptr_t)(data + p->to) - at), MADV_POPULATE_READ);
#endif
}

static void count_part(void *arg, size_t index, unsigned worker)
{
	struct mining *m = arg;
	struct logset_part *p = &m->set->parts[index];
	struct str bytes =
		str_head(str_from(m->set->files[p->file].data, p->from), p->to - p->from);

	logset_part_fetch(m->set, index);
	p->nlines = str_count_char(bytes, '\n') + (bytes.n && bytes.p[bytes.n - 1] != '\n');
}

/* Room for the records of all lines, which mining then fills where they belong. */
static void place_parts(struct logset *s)
{
	for (size_t i = 0; i < s->nparts; i++)
		s->nlines += s->parts[i].nlines;
	s->recs = mem_alloc(s->nlines * sizeof(*s->recs));
	for (uint64_t i = 0, at = 0; i < s->nfiles; i++) {
		struct logset_file *f = &s->files[i];

		f->line0 = at;
		f->recs = s->recs + at;
		for (size_t k = f->part0; k < f->part0 + f->nparts; k++) {
			s->parts[k].line0 = at - f->line0;
			at += s->parts[k].nlines;
		}
		f->nlines = at - f->line0;
	}
}

static void mine_part(void *arg, size_t index, unsigned worker)
{
	struct mining *m = arg;
	struct logset_part *p = &m->set->parts[index];
	const struct logset_file *f = &m->set->files[p->file];
	struct worker *w = &m->workers[worker];
	struct logrec *recs = f->recs + p->line0;
	struct logcursor c;
	struct logline line;
	uint32_t entity = LOGREC_NONE;
	uint64_t n = 0, cut = 0; /* not in *p: its neighbour shares a cache line */

	p->worker = worker;
	p->marks = mem_alloc((p->nlines / LOGSET_MARK + 1) * sizeof(*p->marks));
	logcursor_init(&c, f->reader, p->from, 0, p->to);
	c.last = p->nlines;
	while (logcursor_next(&c, &line)) {
		uint32_t shape = miner_add(w->miner, &line);

		if (line.head)
			entity = entity_bits(f, &line);
		cut += line.cut;
		if (n % LOGSET_MARK == 0)
			p->marks[n / LOGSET_MARK] = line.offset;
		recs[n++] = (struct logrec){.tmpl = shape | (line.head ? 0 : LOGREC_CONT),
					    .entity = entity};
	}
	p->cut_lines = cut;
	/* Fewer lines than were counted: the file was written to meanwhile. */
	for (line = (struct logline){.raw = STR("")}; n < p->nlines; n++) {
		if (n % LOGSET_MARK == 0)
			p->marks[n / LOGSET_MARK] = p->to;
		recs[n] = (struct logrec){.tmpl = miner_add(w->miner, &line) | LOGREC_CONT,
					  .entity = entity};
	}
	logcursor_release(&c);
	progress_step(m->progress, p->to - p->from);
}

static uint32_t number_entity(struct map *entities, uint32_t bits)
{
	uint32_t id;

	if (bits == LOGREC_NONE)
		return LOGREC_NONE;
	if (entities->n < LOGSET_MAX_ENTITIES)
		return map_put(entities, bits, (uint32_t)entities->n, NULL);
	return map_get(entities, bits, &id) ? id : LOGREC_NONE;
}

/* Local ids of one part's records become common ones. */
static void settle_part(struct logset *s, const struct logset_part *p, struct map *entities)
{
	struct logrec *recs = s->files[p->file].recs + p->line0;
	uint32_t last_bits = LOGREC_NONE, last = LOGREC_NONE;

	for (uint64_t i = 0; i < p->nlines; i++) {
		struct logrec *r = &recs[i];

		r->tmpl = templates_of_shape(s->templates, p->worker, r->tmpl & ~LOGREC_CONT) |
			  (r->tmpl & LOGREC_CONT);
		if (r->entity != last_bits) {
			last_bits = r->entity;
			last = number_entity(entities, last_bits);
		}
		r->entity = last;
	}
}

static void settle(struct logset *s)
{
	struct map entities = {0};

	for (size_t i = 0; i < s->nparts; i++)
		settle_part(s, &s->parts[i], &entities);
	s->nentities = (uint32_t)entities.n;
	map_release(&entities);
}

static void settle_digests(struct logset *s, struct miner **miners, size_t workers)
{
	for (size_t i = 0; i < s->ndigests; i++) {
		struct logset_digest *d = &s->digests[i];

		d->tmpl = mem_alloc(d->digest.nshapes * sizeof(*d->tmpl));
		for (uint32_t k = 0; k < d->digest.nshapes; k++)
			d->tmpl[k] = templates_of_shape(s->templates, workers + i, k);
		miner_free(miners[workers + i]);
	}
}

void logset_mine(struct logset *s, const struct logset_opts *o)
{
	unsigned n = o->threads ? o->threads : task_cpus();
	struct mining m = {.set = s, .progress = o->progress};
	struct miner **miners;

	logset_open(s, o);
	if (n > s->nparts)
		n = s->nparts ? (unsigned)s->nparts : 1;
	m.workers = mem_zalloc(n * sizeof(*m.workers));
	miners = mem_alloc((n + s->ndigests) * sizeof(*miners));
	for (unsigned i = 0; i < n; i++)
		miners[i] = m.workers[i].miner = miner_new();
	for (size_t i = 0; i < s->ndigests; i++)
		miners[n + i] = digest_miner(&s->digests[i].digest);
	task_run(n, s->nparts, count_part, &m);
	place_parts(s);
	task_run(n, s->nparts, mine_part, &m);
	s->templates = templates_new(miners, n + s->ndigests, o->known);
	s->coarse = templates_coarse(s->templates);
	settle(s);
	settle_digests(s, miners, n);
	for (size_t i = 0; i < s->nparts; i++)
		s->files[s->parts[i].file].cut_lines += s->parts[i].cut_lines;
	for (unsigned i = 0; i < n; i++)
		miner_free(m.workers[i].miner);
	free(m.workers);
	free(miners);
}

void logset_part_cursor(const struct logset *s, size_t part, struct logcursor *c)
{
	const struct logset_part *p = &s->parts[part];

	logcursor_init(c, s->files[p->file].reader, p->from, p->line0, p->to);
	c->last = p->line0 + p->nlines;
}

/* The part of a file that holds line no (from 1). */
static const struct logset_part *part_of_line(const struct logset *s, const struct logset_file *f,
					      uint64_t no)
{
	size_t lo = f->part0, hi = f->part0 + f->nparts;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->parts[mid].line0 < no)
			lo = mid;
		else
			hi = mid;
	}
	return &s->parts[lo];
}

void logset_seek(const struct logset *s, uint32_t file, uint64_t no, struct logcursor *c)
{
	const struct logset_file *f = &s->files[file];
	const struct logset_part *p;
	struct logline line;
	uint64_t from, before;

	if (no == 0 || no > f->nlines) {
		logcursor_init(c, f->reader, f->data.n, f->nlines, f->data.n);
		return;
	}
	p = part_of_line(s, f, no);
	/* The mark before: a line's being a head can depend on some lines above it. */
	before = (no - 1 - p->line0) / LOGSET_MARK;
	if (before && (no - 1 - p->line0) % LOGSET_MARK < LOGSET_MARK / 4)
		before--;
	from = p->marks[before];
	before = p->line0 + before * LOGSET_MARK;
	logcursor_init(c, f->reader, from, before, f->data.n);
	c->last = f->nlines;
	while (before + 1 < no && logcursor_next(c, &line))
		before++;
}

uint64_t logset_event_end(const struct logset *s, uint32_t file, uint64_t no)
{
	const struct logset_file *f = &s->files[file];

	while (no < f->nlines && (f->recs[no].tmpl & LOGREC_CONT))
		no++;
	return no;
}

struct str logset_event_text(const struct logset_file *f, const struct logline *head,
			     uint64_t *lines)
{
	struct str rest = str_from(f->data, head->offset);
	uint64_t no = head->no;
	size_t n = str_find_char(rest, '\n');

	while (n < rest.n && no < f->nlines && (f->recs[no].tmpl & LOGREC_CONT)) {
		n += 1 + str_find_char(str_from(rest, n + 1), '\n');
		no++;
	}
	*lines = no - head->no + 1;
	return str_head(rest, n);
}
