/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Templates: the constant parts of log statements. Two stages. (1) A miner masks what is variable
 * in each message in one pass and keeps the distinct results, shapes, in a table; one miner a
 * thread. (2) The shapes of all miners are merged into templates: the same set for any order
 * of the input and any number of threads.
 */
#pragma once

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "types/event.h"

struct miner;     /* stage 1, one a thread */
struct templates; /* stage 2, immutable */

#define MINE_MAX_SHAPES ((size_t)1 << 20) /* beyond, lines fall into one catch-all shape */
#define MINE_MAX_PARAMS 64                /* parameters reported of one message */

struct miner *miner_new(void);
void miner_free(struct miner *m);

/* The shape of a line's message (ids are local to this miner, dense from 0). Continuation lines
 * are mined too and never share a template with heads. */
uint32_t miner_add(struct miner *m, const struct logline *line);
/* A shape known from elsewhere (a digest) by its canonical message, and count lines of it. */
uint32_t miner_add_shape(struct miner *m, struct str canonical, enum level level, bool continuation,
			 uint64_t count);

struct template
{
	struct str id;   /* short hash, the same for the same template in any log */
	struct str text; /* with <*> */
	enum level level;
	bool continuation;
	uint64_t count; /* lines in all miners */
};

/* Known templates, which decide what one log alone cannot: lines "id<TAB>level<TAB>text" or the
 * JSON lines that `log templates --jsonl` prints (keys id, level, template, continuation). text: a
 * whole file. After a failure the set is good for templates_known_free() only. */
struct templates_known;
struct templates_known *templates_known_new(void);
void templates_known_free(struct templates_known *k);
int templates_known_add(struct templates_known *k, struct str text, struct err *err) ERR_CHECK;

/* Merge. known may be NULL. The result owns copies of all it needs; the miners take no more
 * messages and may go. */
struct templates *templates_new(struct miner *const *miners, size_t n,
				const struct templates_known *known);
void templates_free(struct templates *t);

size_t templates_count(const struct templates *t);
/* How coarse a form of the messages they were made of, because there were too many distinct ones:
 * 0 not at all; 1 words where values stand count as values; 2 also names; 3 also words that are not
 * common; 4 only the first word tells messages apart; 5 nothing does. */
unsigned templates_coarse(const struct templates *t);
const struct template *templates_get(const struct templates *t, uint32_t i);
/* Template of a miner's shape (miner: index in the array given to templates_new). */
uint32_t templates_of_shape(const struct templates *t, size_t miner, uint32_t shape);

/* The parameters of a message under template i, left to right, at most max; how many. */
size_t templates_params(const struct templates *t, uint32_t i, struct str message,
			struct str *params, size_t max);
