/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Points in time as logs write them. A timestamp is recognised once per column of a log by trying
 * all known shapes; the shape then found is checked on later lines by a plan: one comparison of up
 * to 32 bytes against digits and separators at fixed offsets.
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"
#include "types/event.h"

#define TIMESTAMP_NONE 0xffu /* no shape */
#define TIMESTAMP_MAX  48    /* bytes of the longest timestamp */

/* What stands before: some shapes are told from plain numbers only there. */
enum timestamp_place {
	TIMESTAMP_BARE,
	TIMESTAMP_BRACKET, /* after "[": seconds since boot count too */
	TIMESTAMP_LETTER,  /* after the level letter of glog: month and day without separator */
};

/* Length of the timestamp at the beginning of s and its shape; 0 if there is none. */
size_t timestamp_match(struct str s, enum timestamp_place place, unsigned *shape);

/* A shape made ready for checking line after line. */
struct timestamp_plan {
	uint8_t shape;
	uint8_t fixed; /* bytes that are described below; 0: none */
	/* The byte at an offset, its bits of fold set, is one of the span + 1 bytes from `from` on.
	 */
	uint8_t fold[32], from[32], span[32];
	uint32_t padded;  /* offsets of digits for which a blank may stand */
	bool zoned;       /* a zone may stand after a blank */
	const char *rest; /* of the pattern, after the fixed bytes */
};

void timestamp_plan_init(struct timestamp_plan *plan, unsigned shape);
/* Learn from a timestamp of the column: whether zones stand after a blank. Until then none do. */
void timestamp_plan_learn(struct timestamp_plan *plan, struct str stamp);
/* Length of a timestamp of the plan's shape at the beginning of s; 0 if there is none. */
size_t timestamp_check(const struct timestamp_plan *plan, struct str s);

/* Decode a whole timestamp of that shape (TIMESTAMP_NONE: find it); false if it is none. */
bool timestamp_decode(struct str s, unsigned shape, struct event_time *t);

/*
 * The same for one line after another: where only the fraction differs from the timestamp before,
 * only that is decoded. {0} is an empty cache; one a thread.
 */
struct timestamp_cache {
	char raw[TIMESTAMP_MAX];
	char same[TIMESTAMP_MAX]; /* 0 at digits of the fraction, elsewhere all bits */
	char text[TIMESTAMP_MAX];
	uint8_t raw_n, frac_at, frac_n;
	uint8_t text_n; /* 0: text is not made yet */
	unsigned shape;
	struct event_time time; /* of raw, without the fraction if that has a place */
};
bool timestamp_decode_cached(struct timestamp_cache *c, struct str s, unsigned shape,
			     struct event_time *t);
/* timestamp_format() of t, which s was decoded to just now. Valid until the next call. */
struct str timestamp_text_cached(struct timestamp_cache *c, struct str s,
				 const struct event_time *t);

/*
 * 05/06/2024: whether the day or the month comes first shows only where one exceeds 12. The shape
 * with the day first of one with the month first (TIMESTAMP_NONE: of others); is it such a one?
 */
unsigned timestamp_day_first(unsigned shape);
bool timestamp_is_day_first(unsigned shape);

/* Of two timestamps of one line, does shape a say more than shape b (date, year, fraction)? */
int timestamp_rank(unsigned shape);
/* The pattern of a shape, for people. */
const char *timestamp_name(unsigned shape);

/* RFC 3339 with the precision and the zone that the log gave ("2024-06-14T15:16:01.250+02:00");
 * without zone none is written; 0000 without year, 0000-01-01 without date; nothing of an
 * elapsed time. */
void timestamp_format(const struct event_time *t, struct buf *out);
