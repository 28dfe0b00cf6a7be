/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of this room share. */
#pragma once

#include "base/hash.h"
#include "store/db.h"

#define STORE_CHUNK 64  /* keys that one query looks up */
#define STORE_NAMES 256 /* numbers that one query names */

/*
 * What the database numbers: variables by name, strings by text. Known ones are kept, and forgotten
 * when a transaction fails, for their numbers may not have been kept.
 */
struct dict {
	struct intern keys;
	struct dict_entry {
		int64_t id;      /* 0: not known yet */
		struct str unit; /* of a variable */
		enum better better;
	} * entries;
	size_t cap;
	uint32_t resolved; /* the first so many have their numbers */
};

struct store {
	struct db *db;
	struct dict variables, strings;
	struct arena ids; /* that store_put() filled in */
};

void dict_init(struct dict *d);
void dict_release(struct dict *d);
/* The number of a key in the dict (not the database's); unit and better are its own if it is new.
 */
uint32_t dict_add(struct dict *d, struct str key, struct str unit, enum better better);
/* Ask the database for all that are not known, and have it number those that are new. */
int dict_resolve_variables(struct store *s, struct err *err) ERR_CHECK;
int dict_resolve_strings(struct store *s, struct err *err) ERR_CHECK;
/* Between transactions: forget what is known if it is very much. */
void dict_trim(struct dict *d);

/* One transaction around work(); it is tried again when another writer was in the way. */
int store_transaction(struct store *s, bool write,
		      int (*work)(struct store *s, void *arg, struct err *err), void *arg,
		      struct err *err) ERR_CHECK;

/* Cells of a table on their way into it. */
struct table_rows {
	struct db_cell *cells;
	size_t n, cap;
};
static inline void table_add(struct table_rows *t, struct db_cell c)
{
	array_push(t->cells, t->n, t->cap) = c;
}

/*
 * A run as it is stored: text made valid UTF-8 and free of secrets, variables sorted by name, the
 * last of several with one name; content is the SHA-256 of all but id, name, verdict and state.
 */
struct prepared {
	struct run_record r;
	unsigned char content[32];
	int64_t no;
	bool known; /* as it is there already */
	bool fresh; /* it was not there */
};
int prepare_run(struct arena *a, const struct run_record *r, struct prepared *out,
		struct err *err) ERR_CHECK;
int prepare_variables(struct arena *a, const struct variable *v, size_t n, struct variable **out,
		      size_t *nout, struct err *err) ERR_CHECK;

/* A set of runs by their numbers. */
struct run_set {
	uint64_t *words;
	int64_t max; /* greatest number there can be */
};
void run_set_init(struct run_set *set, int64_t max, bool full);
void run_set_release(struct run_set *set);
static inline void run_set_add(struct run_set *set, int64_t no)
{
	if (no >= 0 && no <= set->max)
		set->words[no >> 6] |= UINT64_C(1) << (no & 63);
}
static inline bool run_set_has(const struct run_set *set, int64_t no)
{
	return no >= 0 && no <= set->max && set->words[no >> 6] >> (no & 63) & 1;
}

/*
 * The runs that satisfy a condition (empty: all), evaluated comparison by comparison: each is one
 * query, whose runs are a set of bits; the sets are then joined as the condition says. In a
 * transaction. *all: the condition was empty.
 */
int select_runs(struct store *s, struct str where, struct run_set *set, struct err *err) ERR_CHECK;

/* Cells of integer, real and text as a value (text is not copied). */
struct value value_of(const struct db_cell *cells);

/* Values whose text is known by its number as yet; with a zeroed one nothing is lacking. Its owner
 * frees items. */
struct texts {
	struct text_lacking {
		int64_t id;
		struct value *value;
	} * items;
	size_t n, cap;
	struct arena *a; /* what is to own the texts */
};
/* *v from cells of integer, real and the number of a text; it must stay where it is. */
void texts_take(struct texts *t, const struct db_cell *cells, struct value *v);
/* What was taken gets its text; then nothing is lacking. */
int texts_look_up(struct store *s, struct texts *t, struct err *err) ERR_CHECK;
