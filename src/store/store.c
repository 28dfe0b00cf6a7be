// SPDX-License-Identifier: GPL-3.0-or-later
/* Opening a store, transactions, and what concerns all of it. */
#include "store/store.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "store/store-priv.h"

#define TRIES 8 /* of a transaction that conflicts with others */

static bool is_address(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

static int open_database(struct db **db, const char *where, enum store_mode mode, struct err *err)
{
	if (!is_address(where))
		return db_sqlite_open(db, where, mode, err);
#if HAVE_LIBPQ
	return db_postgres_open(db, where, err);
#else
	return err_set(err, ERR_SYSTEM,
		       "this program was built without libpq, which postgresql:// needs");
#endif
}

static int too_new(struct db *db, int version, struct err *err)
{
	return err_set(err, ERR_INPUT,
		       "%s: the store is of version %d, and this program knows up to %d: use a "
		       "newer inquest",
		       db->name, version, db->schema->newest);
}

/* One step up; a version that another process has made meanwhile is as good. */
static int migrate(struct store *s, void *arg, struct err *err)
{
	int *version = arg, rc = s->db->ops->version(s->db, version, err);

	if (rc || *version >= s->db->schema->newest)
		return rc;
	rc = s->db->ops->migrate(s->db, s->db->schema->steps[*version], *version + 1, err);
	++*version;
	return rc;
}

static int bring_up(struct store *s, enum store_mode mode, struct err *err)
{
	int newest = s->db->schema->newest;
	const char *after;
	int version, rc = s->db->ops->version(s->db, &version, err);

	if (rc)
		return rc;
	if (!version && mode != STORE_CREATE)
		return err_set(err, ERR_NOTFOUND, "%s: there is no store", s->db->name);
	if (version < newest && mode == STORE_READ)
		return err_set(err, ERR_INPUT,
			       "%s: the store is of an older version: open it for writing once "
			       "(inquest add)",
			       s->db->name);
	after = version && version < newest ? s->db->schema->after : NULL;
	while (!rc && version < newest)
		rc = store_transaction(s, true, migrate, &version, err);
	if (!rc && after)
		rc = s->db->ops->query(s->db, after, NULL, 0, NULL, NULL, err);
	return !rc && version > newest ? too_new(s->db, version, err) : rc;
}

int store_open(struct store **out, const char *where, enum store_mode mode, struct err *err)
{
	struct store *s;
	struct db *db;
	int rc = open_database(&db, where, mode, err);

	if (rc)
		return rc;
	s = mem_zalloc(sizeof(*s));
	s->db = db;
	dict_init(&s->variables);
	dict_init(&s->strings);
	arena_init(&s->ids);
	rc = bring_up(s, mode, err);
	if (rc) {
		store_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	s->db->ops->close(s->db);
	dict_release(&s->variables);
	dict_release(&s->strings);
	arena_release(&s->ids);
	free(s);
}

void store_patience(struct store *s, unsigned seconds)
{
	s->db->ops->patience(s->db, seconds);
}

static void forget(struct dict *d)
{
	dict_release(d);
	dict_init(d);
}

int store_transaction(struct store *s, bool write,
		      int (*work)(struct store *s, void *arg, struct err *err), void *arg,
		      struct err *err)
{
	const struct db_ops *ops = s->db->ops;
	struct timespec now;
	int rc = 0;

	for (unsigned tries = 0; tries < TRIES; tries++) {
		s->db->again = false;
		rc = ops->begin(s->db, write, err);
		if (!rc)
			rc = work(s, arg, err);
		if (!rc)
			rc = ops->commit(s->db, err);
		else
			ops->rollback(s->db);
		if (!rc)
			break;
		forget(&s->variables); /* their numbers may not have been kept */
		forget(&s->strings);
		if (!s->db->again)
			break;
		if (clock_gettime(CLOCK_MONOTONIC, &now) == 0) /* each its own pause */
			usleep((1000U << tries) + (unsigned)now.tv_nsec % (8000U << tries));
	}
	dict_trim(&s->variables);
	dict_trim(&s->strings);
	return rc;
}

int store_sql(struct store *s, struct str sql,
	      bool (*row)(void *arg, const struct str *cells, size_t n, bool head), void *arg,
	      struct err *err)
{
	return s->db->ops->user_query(s->db, sql, row, arg, err);
}

/* What no transaction may leave behind, each as a query that counts offences. */
static const struct {
	const char *query, *what;
} invariants[] = {
	{"SELECT count(*) FROM value v WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.no = v.run)",
	 "values without their run"},
	{"SELECT count(*) FROM value v WHERE NOT EXISTS (SELECT 1 FROM variable n WHERE n.id = "
	 "v.variable)",
	 "values without their variable"},
	{"SELECT count(*) FROM value v WHERE v.text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
	 "string s WHERE s.id = v.text)",
	 "values without their text"},
	{"SELECT count(*) FROM detail d WHERE NOT EXISTS (SELECT 1 FROM value v WHERE v.variable "
	 "= d.variable AND v.run = d.run)",
	 "details without their value"},
	{"SELECT count(*) FROM series s WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.no = s.run) "
	 "OR length(s.x) <> 8 * s.n OR length(s.y) <> 8 * s.n",
	 "series without their run or their points"},
	{"SELECT count(*) FROM test t WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.no = t.run) "
	 "OR NOT EXISTS (SELECT 1 FROM string s WHERE s.id = t.name)",
	 "tests without their run or name"},
	{"SELECT count(*) FROM evidence e WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.no = "
	 "e.run) OR length(e.hash) <> 64",
	 "evidence without its run or hash"},
	{"SELECT count(*) FROM run WHERE id = '' OR length(content) <> 32",
	 "runs without id or content"},
};

static int check_all(struct store *s, void *arg, struct err *err)
{
	int rc = s->db->ops->check(s->db, err);

	for (size_t i = 0; !rc && i < ARRAY_SIZE(invariants); i++) {
		int64_t n = 0;

		rc = s->db->ops->query(s->db, invariants[i].query, NULL, 0, db_first_int, &n, err);
		if (!rc && n)
			rc = err_set(err, ERR_INPUT, "%s: the store is damaged: %lld %s",
				     s->db->name, (long long)n, invariants[i].what);
	}
	return rc;
}

int store_check(struct store *s, struct err *err)
{
	return store_transaction(s, false, check_all, NULL, err);
}
