// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Logs -> one digest: see digest.h.
 *
 * Each file is read in pieces of many parts, by several threads, each with a builder of its own;
 * the pieces of a file are then sewn together in order. Files are taken in the order of their
 * names, so that the first place a builder sees a message at is the smallest one.
 */
#include "logset/digest.h"

#include <stdlib.h>

#include "logset/entity.h"
#include "mine/digest-build.h"

#define PIECE_PARTS ((size_t)16) /* at least so many parts are read in one go */
#define PIECES_FILE ((size_t)64) /* at most so many pieces of one file */

struct piece {
	uint32_t file;
	size_t part0, nparts;
	uint64_t line0, nlines, cut_lines;
	struct digest_seam seam;
};

struct digesting {
	struct logset *set;
	struct digest_builder **builders;
	struct piece *pieces;
	size_t npieces, cappieces;
	struct progress *progress;
};

static int by_name(const void *pa, const void *pb)
{
	const struct logset_file *a = *(const struct logset_file *const *)pa;
	const struct logset_file *b = *(const struct logset_file *const *)pb;
	int c = str_cmp(a->name, b->name);

	return c ? c : a < b ? -1 : a > b;
}

/* Pieces of the logs of a side; how many logs these are. */
static size_t cut_into_pieces(struct digesting *d, uint32_t side)
{
	struct logset *s = d->set;
	const struct logset_file **order = mem_alloc(s->nfiles * sizeof(*order));
	size_t n = 0;

	for (size_t i = 0; i < s->nfiles; i++)
		if (s->files[i].side == side)
			order[n++] = &s->files[i];
	if (n)
		qsort(order, n, sizeof(*order), by_name);
	for (size_t i = 0; i < n; i++) {
		size_t step = order[i]->nparts / PIECES_FILE + 1;

		step = step > PIECE_PARTS ? step : PIECE_PARTS;
		for (size_t k = 0; k < order[i]->nparts; k += step) {
			size_t left = order[i]->nparts - k;

			array_push(d->pieces, d->npieces, d->cappieces) =
				(struct piece){.file = (uint32_t)(order[i] - s->files),
					       .part0 = order[i]->part0 + k,
					       .nparts = left < step ? left : step};
		}
	}
	free(order);
	return n;
}

static void digest_piece(void *arg, size_t index, unsigned worker)
{
	struct digesting *d = arg;
	struct piece *p = &d->pieces[index];
	const struct logset_file *f = &d->set->files[p->file];
	struct digest_builder *b = d->builders[worker];
	uint64_t entity = 0, cut = 0;

	digest_builder_begin(b, (uint32_t)index);
	for (size_t i = p->part0; i < p->part0 + p->nparts; i++) {
		const struct logset_part *part = &d->set->parts[i];
		struct logcursor c;
		struct logline line;

		logset_part_fetch(d->set, i);
		logcursor_init(&c, f->reader, part->from, p->nlines, part->to);
		while (logcursor_next(&c, &line)) {
			struct event_time time = {0};

			if (line.head) {
				entity = entity_of(&line, &f->entities);
				logcursor_time(&c, &line, &time);
			}
			cut += line.cut;
			digest_builder_add(b, &line, entity, &time);
			p->nlines++;
		}
		logcursor_release(&c);
		progress_step(d->progress, part->to - part->from);
	}
	p->cut_lines = cut;
	p->seam.builder = worker;
	digest_builder_end(b, &p->seam);
}

/* Sew the pieces of each file together, and number their lines. */
static void join_pieces(struct digesting *d)
{
	for (size_t i = 0, to; i < d->npieces; i = to) {
		struct digest_seam seams[PIECES_FILE];
		uint64_t lines = 0;

		for (to = i; to < d->npieces && d->pieces[to].file == d->pieces[i].file; to++) {
			d->pieces[to].line0 = lines;
			lines += d->pieces[to].nlines;
			seams[to - i] = d->pieces[to].seam;
		}
		digest_sew(d->builders, seams, to - i);
	}
}

static void find_place(void *arg, uint32_t piece, uint64_t no, uint64_t offset,
		       struct digest_place *out)
{
	const struct digesting *d = arg;
	const struct logset_file *f = &d->set->files[d->pieces[piece].file];
	struct str raw = str_from(f->data, offset);

	raw = str_head(raw, str_find_char(str_head(raw, DIGEST_RAW_MAX), '\n'));
	if (raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	*out = (struct digest_place){.name = str_head(f->name, DIGEST_NAME_MAX),
				     .line = d->pieces[piece].line0 + no,
				     .raw = raw};
}

void logset_digest(struct logset *s, uint32_t side, const struct logset_opts *o, struct digest *out)
{
	unsigned n = o->threads ? o->threads : task_cpus();
	struct digesting d = {.set = s, .progress = o->progress};
	size_t files;

	logset_open(s, o);
	files = cut_into_pieces(&d, side);
	if (n > d.npieces)
		n = d.npieces ? (unsigned)d.npieces : 1;
	d.builders = mem_alloc(n * sizeof(*d.builders));
	for (unsigned i = 0; i < n; i++)
		d.builders[i] = digest_builder_new();
	task_run(n, d.npieces, digest_piece, &d);
	join_pieces(&d);
	digest_build(out, d.builders, n, files, find_place, &d);
	s->coarse = out->coarse > s->coarse ? out->coarse : s->coarse;
	for (size_t i = 0; i < d.npieces; i++)
		s->files[d.pieces[i].file].cut_lines += d.pieces[i].cut_lines;
	for (unsigned i = 0; i < n; i++)
		digest_builder_free(d.builders[i]);
	free(d.builders);
	free(d.pieces);
}
