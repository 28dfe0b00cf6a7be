/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests: what is kept of logs of any size so that they can be compared, merged, and used as a
 * baseline without the logs themselves. docs/formats.md has the file's form.
 *
 * A digest is made of shapes, the masked messages of a miner before they are merged: they depend on
 * one line alone, so the shapes of two logs together are the union of their shapes. Which of them
 * are one template is decided when the digest is used, together with the other logs at hand.
 *
 * Merging is associative and commutative, to the byte. Everything in a digest is therefore a sum, a
 * smallest or a largest, or a set of which the K elements with the smallest hashes are kept (an
 * element that is among the K smallest of a union is so in each part, thus its count is complete).
 * More shapes than the limits allow are turned into the finest coarser form that fits
 * (mine-priv.h); transitions and values, whose sets were bounded by the finer form, are then gone.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "types/event.h"

#define DIGEST_SCHEMA "inquest.digest/1"

#define DIGEST_MAX_SLOTS   16u               /* masked places of a shape whose values are kept */
#define DIGEST_SLOT_VALUES 32u               /* values kept of one slot */
#define DIGEST_MAX_VALUES  ((size_t)1 << 16) /* of all slots */
#define DIGEST_MAX_STEPS   ((size_t)1 << 16) /* of all shapes */
#define DIGEST_VALUE_MAX   47u               /* bytes of a value; longer ones end in a hash */
#define DIGEST_RAW_MAX     ((size_t)240)     /* bytes of an example line */
#define DIGEST_NAME_MAX    ((size_t)1024)    /* bytes of a file name, its end if longer */

/* A line: the smaller one is that of the smaller name, then number. */
struct digest_place {
	struct str name;
	uint64_t line; /* from 1 */
	struct str raw;
};

struct digest_value {
	uint64_t hash; /* of shape, slot and text */
	uint64_t count;
	struct str text;
};

struct digest_slot {
	uint64_t n;       /* values seen */
	uint64_t numbers; /* of them plain decimal numbers, between min and max */
	double min, max;
	struct digest_value *values; /* by hash */
	uint32_t nvalues;
};

/* What came next in the same thread or request, and after what time. */
struct digest_step {
	uint32_t to;  /* shape */
	uint32_t gap; /* digest_gap() */
	uint64_t count;
};

struct digest_shape {
	struct str text; /* canonical message */
	enum level level;
	bool continuation;
	uint64_t hash;         /* of the three */
	uint64_t count;        /* lines */
	uint64_t runs;         /* runs that have it */
	uint64_t least, most;  /* lines in those runs */
	uint64_t begins, ends; /* threads or requests that begin or end with it */
	struct digest_place first, last;
	struct digest_slot *slots;
	uint32_t nslots;
	struct digest_step *steps; /* by (to, gap) */
	uint32_t nsteps;
};

struct digest {
	struct arena arena;
	uint64_t runs, files, lines, bytes;
	unsigned coarse;             /* form of the shapes: 0 canonical, else coarser */
	struct digest_shape *shapes; /* by text, level, continuation */
	uint32_t nshapes;
};

/* Counts and line numbers end here; sums stop at it, so that they stay associative. */
#define DIGEST_MAX_COUNT ((uint64_t)INT64_MAX)

static inline uint64_t digest_sum(uint64_t a, uint64_t b)
{
	return a > DIGEST_MAX_COUNT - b ? DIGEST_MAX_COUNT : a + b;
}

void digest_release(struct digest *d);

/*
 * Merge n digests into *out. The inputs' shapes may be in any order, repeated and beyond all limits
 * (a builder's are), the result's are not. Runs, files, lines and bytes add up.
 */
void digest_merge(struct digest *out, const struct digest *const *in, size_t n);

/* Merge d into *sum ({0}: nothing yet). */
void digest_add(struct digest *sum, const struct digest *d);

/* All of it is one run. */
void digest_seal(struct digest *d);

/* Class of a time between two events in ns: 0 not known (make it so), 1 below 1 us or backwards,
 * then powers of two: g is 2^(g-2) ... 2^(g-1) us. */
#define DIGEST_GAPS 64u
uint32_t digest_gap(int64_t ns);
/* Its upper end in ns; INT64_MAX for the last ones. */
int64_t digest_gap_end(uint32_t gap);

/* Are all steps there that ever were, so that one that is not there never was? */
bool digest_has_all_steps(const struct digest *d);

/* A miner that has the digest's shapes, in their order, to be merged with those of logs. */
struct miner *digest_miner(const struct digest *d);

/* The text under which a value is kept, in room for DIGEST_VALUE_MAX bytes. */
struct str digest_value_text(struct str value, char *room);
/* A message that the shape may stand for: its text with 0 in each masked place. */
struct str digest_message(const struct digest_shape *s, char *room, size_t max);
/* A plain decimal number: sign, digits, fraction. */
bool digest_number(struct str s, double *out);

/* The file's bytes. */
void digest_write(const struct digest *d, struct buf *out);
/* Does a file begin like a digest? */
bool digest_recognise(struct str text);
/* Read a whole file. -ERR_INPUT with the line if it is none, -ERR_LIMIT if beyond a limit. */
int digest_read(struct digest *d, struct str text, struct err *err) ERR_CHECK;
