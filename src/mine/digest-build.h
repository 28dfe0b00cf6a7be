/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines -> digest. One builder a thread; each takes parts of files, a part being a run of lines in
 * order. What crosses the border of two parts of a file is sewn together afterwards, so the digest
 * does not depend on the parts.
 */
#pragma once

#include "mine/digest.h"

struct digest_builder;

struct digest_builder *digest_builder_new(void);
void digest_builder_free(struct digest_builder *b);

/* The first and last event of each thread or request within one part. */
struct digest_seam {
	uint32_t builder; /* index in the array given to digest_sew() */
	struct digest_border *borders;
	size_t n;
};

/* Begin a part; its number orders the parts by file name and offset, and rises for each builder. */
void digest_builder_begin(struct digest_builder *b, uint32_t part);
/* The next line of the part. entity: hash of the thread's or request's name, 0 if none; time is
 * looked at for heads only. */
void digest_builder_add(struct digest_builder *b, const struct logline *line, uint64_t entity,
			const struct event_time *time);
void digest_builder_end(struct digest_builder *b, struct digest_seam *seam);

/* Sew the parts of one file together, in order; releases the seams. */
void digest_sew(struct digest_builder *const *builders, struct digest_seam *seams, size_t n);

/* Where line no of a part (counted from 1 in the part) is; raw begins at offset. */
typedef void digest_place_fn(void *arg, uint32_t part, uint64_t no, uint64_t offset,
			     struct digest_place *out);

/* What all builders saw, as one run of that many files. The builders are used up, but not freed. */
void digest_build(struct digest *out, struct digest_builder *const *builders, size_t n,
		  uint64_t files, digest_place_fn *place, void *arg);
