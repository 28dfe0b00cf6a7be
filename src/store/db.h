/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One database: what SQLite and PostgreSQL have in common, as the rest of this room needs it. The
 * same SQL goes to both; parameters are $1, $2 ... and values are never pasted into the text. What
 * differs (locking, bulk insertion, what is refused in a user's query) is behind these functions.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "store/store.h"

enum db_kind { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BLOB };

/* A parameter, or a cell of a result (whose text is valid during the call of the row function). */
struct db_cell {
	enum db_kind kind;
	int64_t integer;
	double real;
	struct str text; /* also of a blob */
};

#define DB_MAX_CELLS 64 /* columns of a result */

typedef bool db_row_fn(void *arg, const struct db_cell *cells, size_t n); /* false: enough */
typedef bool db_head_fn(void *arg, const struct str *cells, size_t n, bool head);

struct db;

/* The statements that make each version of the tables from the one before. */
struct schema {
	const char *const *steps;
	int newest;
	const char *after; /* to be done outside of a transaction when there were values; or NULL */
};
extern const struct schema schema_sqlite, schema_postgres;

struct db_ops {
	/* Version of the schema; 0: there is none yet. */
	int (*version)(struct db *db, int *version, struct err *err);
	/* Statements without parameters; version is set in the same transaction. */
	int (*migrate)(struct db *db, const char *sql, int version, struct err *err);
	int (*begin)(struct db *db, bool write, struct err *err);
	/* A failed commit is rolled back. */
	int (*commit)(struct db *db, struct err *err);
	void (*rollback)(struct db *db);
	/* row may be NULL; it may not use the database. */
	int (*query)(struct db *db, const char *sql, const struct db_cell *params, size_t n,
		     db_row_fn *row, void *arg, struct err *err);
	/* Many rows of n cells into a table; columns are separated by commas. */
	int (*insert)(struct db *db, const char *table, const char *columns,
		      const struct db_cell *cells, size_t n, size_t rows, struct err *err);
	/* A query of the user's, which can only read; cells as text. */
	int (*user_query)(struct db *db, struct str sql, db_head_fn *row, void *arg,
			  struct err *err);
	/* Whether the database's own structures are sound. */
	int (*check)(struct db *db, struct err *err);
	void (*patience)(struct db *db, unsigned seconds);
	void (*close)(struct db *db);
};

struct db {
	const struct db_ops *ops;
	const struct schema *schema;
	char *name;  /* for messages: never with a password */
	bool by_key; /* rows are inserted into tables fastest in the order of their keys */
	bool again;  /* the error was a conflict with another writer: the transaction may be tried
		      * again */
};

#define DB_PATIENCE 60 /* seconds to wait for other writers */

int db_sqlite_open(struct db **db, const char *path, enum store_mode mode,
		   struct err *err) ERR_CHECK;
int db_postgres_open(struct db **db, const char *address, struct err *err) ERR_CHECK;

static inline struct db_cell db_int(int64_t v)
{
	return (struct db_cell){.kind = DB_INT, .integer = v};
}

/* NaN is NULL: the two databases order it differently. */
static inline struct db_cell db_real(double v)
{
	return (struct db_cell){.kind = v == v ? DB_REAL : DB_NULL, .real = v};
}

static inline struct db_cell db_text(struct str s)
{
	return (struct db_cell){.kind = DB_TEXT, .text = s};
}

static inline struct db_cell db_blob(const void *p, size_t n)
{
	return (struct db_cell){.kind = DB_BLOB, .text = {p, n}};
}

static inline struct db_cell db_null(void)
{
	return (struct db_cell){.kind = DB_NULL};
}

/* Append "$from,$from+1,..." (n of them). */
void db_add_list(struct buf *b, size_t from, size_t n);
/* A row function: *(int64_t *)arg from the first cell of the first row, if it is a number. */
bool db_first_int(void *arg, const struct db_cell *cells, size_t n);
