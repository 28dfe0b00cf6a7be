// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * PostgreSQL, through libpq: the same tables in a schema of their own, "inquest". Results come in
 * binary (but those of a user's query), rows in bulk go through COPY in its text form. A write is
 * READ COMMITTED, so that what another writer has just interned is seen; reads see one snapshot.
 *
 * Sources: the PostgreSQL 15 manual, chapters 34 (libpq), 55 (formats), appendix A (error codes).
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/db.h"
#include "store/libpq.h"

#define COPY_BYTES ((size_t)1 << 20)
#define CREATING   "6a09e667" /* advisory lock: one process at a time makes the tables */

/* Types by their number in pg_type, which never changes. */
enum oid {
	OID_BOOL = 16,
	OID_BYTEA,
	OID_INT8 = 20,
	OID_INT2,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT8 = 701
};

struct postgres {
	struct db db;
	struct libpq pq;
	PGconn *c;
	unsigned patience;
	bool lost; /* the connection; libpq's status may not tell yet */
};

static struct str first_line(const char *message)
{
	struct str s = str_of(message);

	s = str_trim(str_head(s, str_find_char(s, '\n')));
	return str_starts(s, STR("ERROR:")) ? str_trim(str_from(s, 6)) : s;
}

/* res may be NULL: the connection failed. What is wrong with a query of the user's is his. */
static int fail(struct postgres *p, const PGresult *res, bool user, struct err *err)
{
	const char *state = res ? p->pq.PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	struct str message =
		first_line(res && *p->pq.PQresultErrorMessage(res) ? p->pq.PQresultErrorMessage(res)
								   : p->pq.PQerrorMessage(p->c));
	bool theirs = state && (!strncmp(state, "42", 2) || !strncmp(state, "22", 2) ||
				!strncmp(state, "25", 2));

	p->lost = !state || p->pq.PQstatus(p->c) != CONNECTION_OK;
	if (p->lost)
		return err_set(err, ERR_SYSTEM,
			       "%s: the server went away: nothing of this was kept (" STR_FMT ")",
			       p->db.name, STR_ARG(message));
	p->db.again = !strcmp(state, "40001") || !strcmp(state, "40P01");
	if (!strcmp(state, "55P03"))
		return err_set(err, ERR_SYSTEM,
			       "%s: another process has it locked (waited %u s); nothing of this "
			       "was kept",
			       p->db.name, p->patience);
	if (user && theirs && strcmp(state, "42501") != 0)
		return err_set(err, ERR_USAGE, "--sql: " STR_FMT, STR_ARG(message));
	return err_set(
		err, !strncmp(state, "42P", 3) || !strncmp(state, "XX", 2) ? ERR_INPUT : ERR_SYSTEM,
		"%s: " STR_FMT, p->db.name, STR_ARG(message));
}

static int run(struct postgres *p, const char *sql, struct err *err)
{
	PGresult *res = p->pq.PQexec(p->c, sql);
	ExecStatusType status = p->pq.PQresultStatus(res);
	int rc = 0;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		rc = fail(p, res, false, err);
	p->pq.PQclear(res);
	return rc;
}

/* Parameters as libpq wants them, in one block of memory. */
struct bound {
	Oid *types;
	const char **values;
	int *lengths, *formats;
	struct buf text;
};

static void bind(struct bound *b, const struct db_cell *params, size_t n)
{
	size_t *at = mem_alloc(n * sizeof(*at));

	b->types = mem_zalloc(n * sizeof(*b->types));
	b->values = mem_zalloc(n * sizeof(*b->values));
	b->lengths = mem_zalloc(n * sizeof(*b->lengths));
	b->formats = mem_zalloc(n * sizeof(*b->formats));
	for (size_t i = 0; i < n; i++) {
		at[i] = b->text.n;
		switch (params[i].kind) {
		case DB_INT:
			b->types[i] = OID_INT8;
			buf_i64(&b->text, params[i].integer);
			break;
		case DB_REAL:
			b->types[i] = OID_FLOAT8;
			buf_printf(&b->text, "%.17g", params[i].real);
			break;
		case DB_TEXT:
			b->types[i] = OID_TEXT;
			buf_add_str(&b->text, params[i].text);
			break;
		case DB_BLOB:
			b->types[i] = OID_BYTEA;
			b->formats[i] = 1;
			b->lengths[i] = (int)params[i].text.n;
			break;
		case DB_NULL: break;
		}
		buf_add_char(&b->text, 0);
	}
	for (size_t i = 0; i < n; i++) {
		if (params[i].kind == DB_BLOB)
			b->values[i] = params[i].text.p ? params[i].text.p : "";
		else if (params[i].kind != DB_NULL)
			b->values[i] = b->text.p + at[i];
	}
	free(at);
}

static void bound_release(struct bound *b)
{
	free(b->types);
	free(b->values);
	free(b->lengths);
	free(b->formats);
	buf_release(&b->text);
}

static struct db_cell cell_of(const struct postgres *p, const PGresult *res, int row, int i)
{
	const char *v = p->pq.PQgetvalue(res, row, i);
	struct str bytes = {v, (size_t)p->pq.PQgetlength(res, row, i)};
	union {
		uint64_t u;
		double d;
	} w;
	uint32_t u4;
	uint16_t u2;

	if (p->pq.PQgetisnull(res, row, i))
		return db_null();
	switch (p->pq.PQftype(res, i)) {
	case OID_BOOL: return db_int(*v);
	case OID_INT2: memcpy(&u2, v, 2); return db_int((int16_t)be16toh(u2));
	case OID_INT4: memcpy(&u4, v, 4); return db_int((int32_t)be32toh(u4));
	case OID_INT8: memcpy(&w.u, v, 8); return db_int((int64_t)be64toh(w.u));
	case OID_FLOAT8:
		memcpy(&w.u, v, 8);
		w.u = be64toh(w.u);
		return db_real(w.d);
	case OID_BYTEA: return db_blob(bytes.p, bytes.n);
	default: return db_text(bytes);
	}
}

static int query(struct db *db, const char *sql, const struct db_cell *params, size_t n,
		 db_row_fn *row, void *arg, struct err *err)
{
	struct postgres *p = (struct postgres *)db;
	struct bound b = {0};
	PGresult *res;
	int rc = 0;

	bind(&b, params, n);
	res = p->pq.PQexecParams(p->c, sql, (int)n, b.types, b.values, b.lengths, b.formats, 1);
	if (p->pq.PQresultStatus(res) == PGRES_TUPLES_OK) {
		int nrows = p->pq.PQntuples(res), ncells = p->pq.PQnfields(res);
		bool more = row != NULL;

		for (int r = 0; more && r < nrows; r++) {
			struct db_cell cells[DB_MAX_CELLS];

			for (int i = 0; i < ncells && i < DB_MAX_CELLS; i++)
				cells[i] = cell_of(p, res, r, i);
			more = row(arg, cells, (size_t)ncells);
		}
	} else if (p->pq.PQresultStatus(res) != PGRES_COMMAND_OK) {
		rc = fail(p, res, false, err);
	}
	p->pq.PQclear(res);
	bound_release(&b);
	return rc;
}

/* A cell in the text form of COPY. */
static void add_copy_cell(struct buf *b, const struct db_cell *c)
{
	static const char hex[] = "0123456789abcdef";

	switch (c->kind) {
	case DB_INT: buf_i64(b, c->integer); break;
	case DB_REAL: buf_printf(b, "%.17g", c->real); break;
	case DB_TEXT:
		for (size_t i = 0; i < c->text.n; i++) {
			char ch = c->text.p[i];
			const char *esc = ch == '\\'   ? "\\\\"
					  : ch == '\t' ? "\\t"
					  : ch == '\n' ? "\\n"
					  : ch == '\r' ? "\\r"
						       : NULL;

			if (esc)
				buf_add(b, esc, 2);
			else
				buf_add_char(b, ch);
		}
		break;
	case DB_BLOB:
		BUF_LIT(b, "\\\\x");
		for (size_t i = 0; i < c->text.n; i++) {
			buf_add_char(b, hex[(unsigned char)c->text.p[i] >> 4]);
			buf_add_char(b, hex[c->text.p[i] & 15]);
		}
		break;
	case DB_NULL: BUF_LIT(b, "\\N"); break;
	}
}

static int insert(struct db *db, const char *table, const char *columns,
		  const struct db_cell *cells, size_t n, size_t rows, struct err *err)
{
	struct postgres *p = (struct postgres *)db;
	CLEANUP_BUF struct buf b = {0};
	bool bad = false;
	PGresult *res;
	int rc = 0;

	if (!rows)
		return 0;
	buf_printf(&b, "COPY %s (%s) FROM STDIN", table, columns);
	res = p->pq.PQexec(p->c, buf_cstr(&b));
	if (p->pq.PQresultStatus(res) != PGRES_COPY_IN) {
		rc = fail(p, res, false, err);
		p->pq.PQclear(res);
		return rc;
	}
	p->pq.PQclear(res);
	buf_clear(&b);
	for (size_t i = 0; !bad && i < rows; i++) {
		for (size_t k = 0; k < n; k++) {
			if (k)
				buf_add_char(&b, '\t');
			add_copy_cell(&b, &cells[i * n + k]);
		}
		buf_add_char(&b, '\n');
		if (b.n >= COPY_BYTES || i == rows - 1) {
			bad = p->pq.PQputCopyData(p->c, b.p, (int)b.n) != 1;
			buf_clear(&b);
		}
	}
	if (bad || p->pq.PQputCopyEnd(p->c, NULL) != 1)
		rc = fail(p, NULL, false, err);
	while ((res = p->pq.PQgetResult(p->c))) {
		if (!rc && p->pq.PQresultStatus(res) != PGRES_COMMAND_OK)
			rc = fail(p, res, false, err);
		p->pq.PQclear(res);
	}
	return rc;
}

static void silent(void *arg, const PGresult *res)
{
}

/* What every session needs, the first one and those after a server went away. */
static int start_session(struct postgres *p, struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};

	if (p->pq.PQstatus(p->c) != CONNECTION_OK) {
		struct str message = first_line(p->pq.PQerrorMessage(p->c));

		return err_set(err, ERR_SYSTEM, "%s: cannot connect: " STR_FMT, p->db.name,
			       STR_ARG(message));
	}
	p->pq.PQsetNoticeReceiver(p->c, silent, NULL);
	buf_printf(&sql,
		   "SET search_path = inquest; SET jit = off; SET lock_timeout = '%us';"
		   "SELECT set_config('synchronous_commit', 'on', false)"
		   " WHERE current_setting('synchronous_commit') = 'off'",
		   p->patience);
	return run(p, buf_cstr(&sql), err);
}

/* Nothing is lost with a connection that is gone before anything was said: there is a second try.
 */
static int begin(struct db *db, bool write, struct err *err)
{
	struct postgres *p = (struct postgres *)db;
	const char *sql = write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
				: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
	int rc = run(p, sql, err);

	if (!rc || !p->lost)
		return rc;
	p->pq.PQreset(p->c);
	p->lost = false;
	rc = start_session(p, err);
	return rc ? rc : run(p, sql, err);
}

static void rollback(struct db *db)
{
	struct postgres *p = (struct postgres *)db;

	if (p->pq.PQtransactionStatus(p->c) != PQTRANS_IDLE)
		p->pq.PQclear(p->pq.PQexec(p->c, "ROLLBACK"));
}

static int commit(struct db *db, struct err *err)
{
	struct postgres *p = (struct postgres *)db;
	PGresult *res = p->pq.PQexec(p->c, "COMMIT");
	int rc = 0;

	if (p->pq.PQresultStatus(res) != PGRES_COMMAND_OK) {
		rc = fail(p, res, false, err);
		if (p->lost)
			rc = err_set(err, ERR_SYSTEM,
				     "%s: the server went away before it confirmed: do it again "
				     "(a run that is put twice is one run)",
				     db->name);
	} else if (strcmp(p->pq.PQcmdStatus(res), "COMMIT") !=
		   0) { /* it says ROLLBACK after an error */
		rc = err_set(err, ERR_SYSTEM,
			     "%s: the transaction failed; nothing of this was kept", db->name);
	}
	p->pq.PQclear(res);
	return rc;
}

static int version(struct db *db, int *out, struct err *err)
{
	/* to_regclass() would answer from a cache that waiting for a lock does not refresh. */
	static const char there[] =
		"SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
		"WHERE n.nspname = 'inquest' AND c.relname = 'store'";
	int64_t v = 0;
	int rc = query(db, there, NULL, 0, db_first_int, &v, err);

	if (!rc && v)
		rc = query(db, "SELECT version FROM inquest.store", NULL, 0, db_first_int, &v, err);
	if (!rc)
		*out = (int)v;
	return rc;
}

/* One process at a time; what another has made meanwhile is not made again. */
static int migrate(struct db *db, const char *sql, int to, struct err *err)
{
	struct postgres *p = (struct postgres *)db;
	CLEANUP_BUF struct buf all = {0};
	int v = 0, rc = run(p, "SELECT pg_advisory_xact_lock(x'" CREATING "'::int)", err);

	if (!rc)
		rc = version(db, &v, err);
	if (rc || v >= to)
		return rc;
	if (to == 1)
		BUF_LIT(&all, "CREATE SCHEMA IF NOT EXISTS inquest;"
			      "CREATE TABLE inquest.store (version INTEGER NOT NULL);"
			      "INSERT INTO inquest.store VALUES (0);");
	buf_printf(&all, "%s UPDATE inquest.store SET version = %d;", sql, to);
	return run(p, buf_cstr(&all), err);
}

/* Rows one by one as they come: the result may be large. */
static int user_rows(struct postgres *p, db_head_fn *row, void *arg, struct err *err)
{
	bool more = true, head = true;
	struct str *cells = NULL;
	PGresult *res;
	int rc = 0;

	while ((res = p->pq.PQgetResult(p->c))) {
		ExecStatusType status = p->pq.PQresultStatus(res);
		int n = p->pq.PQnfields(res);

		if (!rc && status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK)
			rc = status == PGRES_FATAL_ERROR
				     ? fail(p, res, true, err)
				     : err_set(err, ERR_USAGE,
					       "--sql: a query that only reads is wanted");
		cells = mem_realloc(cells, (size_t)n, sizeof(*cells));
		for (int i = 0; !rc && head && i < n; i++)
			cells[i] = str_of(p->pq.PQfname(res, i));
		if (!rc && head)
			more = row(arg, cells, (size_t)n, true);
		head = false;
		for (int r = 0; !rc && more && r < p->pq.PQntuples(res); r++) {
			for (int i = 0; i < n; i++)
				cells[i] = (struct str){p->pq.PQgetisnull(res, r, i)
								? NULL
								: p->pq.PQgetvalue(res, r, i),
							(size_t)p->pq.PQgetlength(res, r, i)};
			more = row(arg, cells, (size_t)n, false);
		}
		p->pq.PQclear(res);
		if (!more && !rc) {
			PGcancel *cancel = p->pq.PQgetCancel(p->c);
			char why[256];

			p->pq.PQcancel(cancel, why, sizeof(why));
			p->pq.PQfreeCancel(cancel);
			while ((res = p->pq.PQgetResult(p->c)))
				p->pq.PQclear(res);
			break;
		}
	}
	free(cells);
	return rc;
}

static int user_query(struct db *db, struct str sql, db_head_fn *row, void *arg, struct err *err)
{
	struct postgres *p = (struct postgres *)db;
	CLEANUP_BUF struct buf text = {0};
	int rc = begin(db, false, err);

	if (rc)
		return rc;
	buf_add_str(&text, sql);
	/* The extended protocol takes one statement; the transaction only reads. */
	if (!p->pq.PQsendQueryParams(p->c, buf_cstr(&text), 0, NULL, NULL, NULL, NULL, 0))
		rc = fail(p, NULL, true, err);
	p->pq.PQsetSingleRowMode(p->c);
	if (!rc)
		rc = user_rows(p, row, arg, err);
	rollback(db);
	return rc;
}

/* The server checks its own files as it reads them; more a client can ask for if there is the
 * extension amcheck: every index has what its table has. */
static int check(struct db *db, struct err *err)
{
	static const char there[] =
		"SELECT coalesce(has_function_privilege(to_regprocedure("
		"'public.bt_index_check(regclass, boolean)'), 'execute'), false)::integer";
	static const char indexes[] =
		"SELECT public.bt_index_check(i.indexrelid, true) FROM pg_index i "
		"WHERE i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = "
		"'inquest'::regnamespace)";
	int64_t n = 0;
	int rc = query(db, there, NULL, 0, db_first_int, &n, err);

	return rc || !n ? rc : query(db, indexes, NULL, 0, NULL, NULL, err);
}

static void patience(struct db *db, unsigned seconds)
{
	struct postgres *p = (struct postgres *)db;
	char sql[64];

	p->patience = seconds;
	snprintf(sql, sizeof(sql), "SET lock_timeout = '%us'", seconds);
	p->pq.PQclear(p->pq.PQexec(p->c, sql));
}

static void close_db(struct db *db)
{
	struct postgres *p = (struct postgres *)db;

	if (p->c)
		p->pq.PQfinish(p->c);
	free(db->name);
	free(p);
}

/* The address without user, password and parameters. */
static char *harmless(const char *address)
{
	struct str s = str_of(address), scheme;
	size_t at;
	char *out;

	s = str_head(s, str_find_char(s, '?'));
	at = str_find(s, STR("://"));
	scheme = str_head(s, at < s.n ? at + 3 : 0);
	s = str_from(s, scheme.n);
	while ((at = str_find_char(s, '@')) < s.n)
		s = str_from(s, at + 1);
	if (asprintf(&out, STR_FMT STR_FMT, STR_ARG(scheme), STR_ARG(s)) < 0)
		abort();
	return out;
}

/* An @ in a password would make the rest of it the host, which messages name. */
static bool well_formed(const char *address)
{
	struct str s = str_of(address);

	s = str_from(s, str_find(s, STR("://")) + 3);
	s = str_head(s, str_find_char(str_head(s, str_find_char(s, '?')), '/'));
	return str_count_char(s, '@') <= 1;
}

int db_postgres_open(struct db **out, const char *address, struct err *err)
{
	static const struct db_ops ops = {version, migrate,    begin, commit,   rollback, query,
					  insert,  user_query, check, patience, close_db};
	/* What the address says comes later and wins. */
	static const char *const keys[] = {"connect_timeout",  "keepalives_idle", "client_encoding",
					   "application_name", "dbname",          NULL};
	const char *values[] = {"10", "30", "UTF8", "inquest", address, NULL};
	struct postgres *p;
	int rc;

	if (!well_formed(address))
		return err_set(err, ERR_USAGE,
			       "the address of the store has more than one @: write the one in the "
			       "password as %%40");
	p = mem_zalloc(sizeof(*p));
	p->db = (struct db){.ops = &ops, .schema = &schema_postgres, .name = harmless(address)};
	p->patience = DB_PATIENCE;
	rc = LIBRARY_LOAD(&p->pq, LIBPQ_FUNCTIONS, "libpq.so.5",
			  "libpq for PostgreSQL stores (Debian's package libpq5)", err);
	if (!rc) {
		p->c = p->pq.PQconnectdbParams(keys, values, 1);
		rc = start_session(p, err);
	}
	if (rc) {
		close_db(&p->db);
		return rc;
	}
	*out = &p->db;
	return 0;
}
