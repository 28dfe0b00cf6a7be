/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of runs: runs x variables in SQLite (.inquest/store.db) or, for a team, in PostgreSQL
 * (postgresql://...), by the same schema and the same interface. Every call is one transaction: on
 * failure nothing of it is kept. Any number of processes may write at once. Evidence lies beside
 * the store, named by content hash (store/evidence.h).
 *
 * Values stand in one table ordered by (variable, run), so that a variable's history and a
 * condition on it read one stretch; runs are numbered in the order in which they were added. A
 * run's id ("r-4f1c2a...") is a hash of its content: the same run added twice is one run.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "types/record.h"

#define STORE_VERSION 1

struct store;

enum run_state { RUN_COMPLETE, RUN_RUNNING, RUN_INTERRUPTED };
enum run_verdict { RUN_UNKNOWN, RUN_GOOD, RUN_BAD };

struct run_record {
	struct str id;   /* "r-" and 16 hex digits; empty: computed and filled in by store_put() */
	struct str name; /* given by people, may be empty */
	enum run_verdict verdict;
	enum run_state state;
	int64_t started_ns; /* since 1970, UTC; 0: unknown */
	struct str command; /* for people; redacted */
	struct variable *variables;
	size_t nvariables;
	struct series *series;
	size_t nseries;
	struct test_result *tests;
	size_t ntests;
	struct {
		struct str hash, name, kind; /* kind: "log", "junit", "core" */
	} * evidence;
	size_t nevidence;
};

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE };

/*
 * where: path of a SQLite file, or a postgresql:// address. STORE_READ of a file that does not
 * exist is -ERR_NOTFOUND. A store of a newer version, or a file that is none, is -ERR_INPUT; an
 * older one is migrated when it is opened for writing.
 */
int store_open(struct store **s, const char *where, enum store_mode mode,
	       struct err *err) ERR_CHECK;
void store_close(struct store *s);

/* Add a run, or replace the one with its id. *known: it was there already with the same content. */
int store_put(struct store *s, struct run_record *r, bool *known, struct err *err) ERR_CHECK;
/* Many at once: one transaction. */
int store_put_all(struct store *s, struct run_record *r, size_t n, struct err *err) ERR_CHECK;
/* Add variables to a run that is there (--extract). */
int store_add_variables(struct store *s, struct str id, const struct variable *v, size_t n,
			struct err *err) ERR_CHECK;
int store_set_verdict(struct store *s, struct str id, enum run_verdict v,
		      struct err *err) ERR_CHECK;
int store_remove(struct store *s, struct str id, struct err *err) ERR_CHECK;

/* A run by id, a unique beginning of it, or its name: all of it, in the arena. */
int store_get(struct store *s, struct str id, struct arena *a, struct run_record *r,
	      struct err *err) ERR_CHECK;

/* Names of all variables, sorted, with what is known of them. */
struct store_variable {
	struct str name, unit;
	enum better better;
	uint64_t runs; /* that have it */
};
int store_variables(struct store *s, struct arena *a, struct store_variable **v, size_t *n,
		    struct err *err) ERR_CHECK;

struct store_query {
	struct str where;          /* the language of --where over variables and id, name, verdict,
				    * state, started, command; empty: all */
	const struct str *columns; /* names of variables to fetch */
	size_t ncolumns;
	uint64_t limit; /* 0: none */
	bool newest_first;
};

/* A run of a query's result; values[i] belongs to columns[i], VALUE_NONE if the run lacks it. */
struct store_row {
	struct str id, name, command;
	enum run_verdict verdict;
	enum run_state state;
	int64_t started_ns;
	const struct value *values;
};

/* Calls row() for each run, in the order in which runs were added, until it says false. */
int store_runs(struct store *s, const struct store_query *q,
	       bool (*row)(void *arg, const struct store_row *r), void *arg,
	       struct err *err) ERR_CHECK;
/* One variable along the runs: n values in the arena, in order of the runs. */
int store_history(struct store *s, struct str variable, struct str where, struct arena *a,
		  struct store_row **rows, size_t *n, struct err *err) ERR_CHECK;
/* A query in SQL that only reads (anything else is -ERR_USAGE); first the names of the columns. */
int store_sql(struct store *s, struct str sql,
	      bool (*row)(void *arg, const struct str *cells, size_t n, bool head), void *arg,
	      struct err *err) ERR_CHECK;
/* Whether every structure of the store is sound (PRAGMA integrity_check and our own invariants). */
int store_check(struct store *s, struct err *err) ERR_CHECK;
