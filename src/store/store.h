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

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "text/record.h"

#define STORE_MAX_TEXT   ((size_t)1 << 20) /* bytes of one text; what is longer is evidence */
#define STORE_MAX_NAME   4096
#define STORE_MAX_LIST   ((size_t)4 << 20) /* variables, tests, series or evidence of one run */
#define STORE_MAX_POINTS ((size_t)1 << 25) /* of one series */

struct store;

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE };

/*
 * where: path of a SQLite file, or a postgresql:// address. STORE_READ of a file that does not
 * exist is -ERR_NOTFOUND. A store of a newer version, or a file that is none, is -ERR_INPUT; an
 * older one is migrated when it is opened for writing.
 */
int store_open(struct store **s, const char *where, enum store_mode mode,
	       struct err *err) ERR_CHECK;
void store_close(struct store *s);
/* How long to wait for other writers before giving up (60 s if it is not said). */
void store_patience(struct store *s, unsigned seconds);

/*
 * Add a run, or replace the one with its id. What is stored is valid UTF-8 and redacted here once
 * more (text/secret.h); of several variables with one name the last counts. An id that was computed
 * lives as long as the store is open. *known (may be NULL): it was there already with the same
 * content; its name and verdict then change only if they are given here. -ERR_LIMIT: more than the
 * caps above.
 */
int store_put(struct store *s, struct run_record *r, bool *known, struct err *err) ERR_CHECK;
/* Many at once, in one transaction: a thousand are written a hundred times faster than one by one.
 * Two with the same id are one, the later. */
int store_put_all(struct store *s, struct run_record *r, size_t n, struct err *err) ERR_CHECK;
/* Add variables to a run that is there (--extract), or replace them. Like those below:
 * -ERR_NOTFOUND if there is no run with that id. */
int store_add_variables(struct store *s, struct str id, const struct variable *v, size_t n,
			struct err *err) ERR_CHECK;
int store_set_verdict(struct store *s, struct str id, enum run_verdict v,
		      struct err *err) ERR_CHECK;
int store_remove(struct store *s, struct str id, struct err *err) ERR_CHECK;

/* A run by id, a unique beginning of it, or its name: all of it, in the arena. -ERR_NOTFOUND;
 * -ERR_USAGE if it may be several. */
int store_get(struct store *s, struct str id, struct arena *a, struct run_record *r,
	      struct err *err) ERR_CHECK;

/* All variables that a run has, sorted by name (bytes), with what is known of them. */
struct store_variable {
	struct str name, unit;
	enum better better;
	uint64_t runs; /* that have it; 0 if they were not counted */
};
/* count: count the runs, which reads every value of the store. */
int store_variables(struct store *s, bool count, struct arena *a, struct store_variable **v,
		    size_t *n, struct err *err) ERR_CHECK;

/*
 * Conditions are in the language of --where (text/where.h) over variables and the fields id, name,
 * verdict, state, started, command (a variable of such a name is "var.name"). A run that lacks a
 * variable satisfies no comparison with it but != and !~, and == ''.
 */
struct store_query {
	struct str where;          /* empty: all */
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

/* Calls row() for each run, in the order in which runs were added, until it says false. What row()
 * is given is valid during the call; it may not use the store. */
int store_runs(struct store *s, const struct store_query *q,
	       bool (*row)(void *arg, const struct store_row *r), void *arg,
	       struct err *err) ERR_CHECK;
/* One variable along the runs that have it, in their order, in the arena. Runs are known by number
 * here; a million ids would take longer than their values, and few are shown. An unknown variable
 * has no points. */
struct store_point {
	int64_t run;
	struct value value;
};
int store_history(struct store *s, struct str variable, struct str where, struct arena *a,
		  struct store_point **points, size_t *n, struct err *err) ERR_CHECK;
/* The runs with these numbers, one row each, without values; a row without id: there is none. */
int store_numbered(struct store *s, const int64_t *numbers, size_t n, struct arena *a,
		   struct store_row **rows, struct err *err) ERR_CHECK;
/* A query in SQL that only reads (anything else is -ERR_USAGE); first the names of the columns;
 * NULL is a cell without pointer.
 * docs/formats.md names the tables. */
int store_sql(struct store *s, struct str sql,
	      bool (*row)(void *arg, const struct str *cells, size_t n, bool head), void *arg,
	      struct err *err) ERR_CHECK;
/* Whether every structure of the store is sound (PRAGMA integrity_check and our own invariants). */
int store_check(struct store *s, struct err *err) ERR_CHECK;
