// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * SQLite. Write-ahead log, so that readers never wait; a writer takes its lock when it begins
 * (BEGIN IMMEDIATE) and waits for others with growing, jittered pauses. synchronous=FULL: a commit
 * that returned is on disk. application_id and user_version say whose file it is and how new.
 *
 * Sources: sqlite.org/wal.html, /pragma.html, /c3ref/busy_handler.html, /security.html.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "store/db.h"

#define APPLICATION_ID 0x696e7173 /* "inqs" */
#define STATEMENTS     24
#define INSERT_ROWS    32 /* by one statement: half as long as one by one */
#define PAUSE_MAX_US   50000U

struct sqlite {
	struct db db;
	sqlite3 *h;
	/* Prepared statements, by the hash of their text; the oldest makes room. */
	struct {
		uint64_t key;
		sqlite3_stmt *stmt;
	} kept[STATEMENTS];
	unsigned next;
	unsigned patience;     /* seconds */
	struct timespec since; /* this wait began */
	uint64_t jitter;
};

static int busy(void *arg, int tries)
{
	struct sqlite *s = arg;
	unsigned pause = tries < 6 ? 1000U << tries : PAUSE_MAX_US;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (tries == 0)
		s->since = now;
	if (now.tv_sec - s->since.tv_sec >= (time_t)s->patience)
		return 0;
	s->jitter = hash_word(s->jitter, (uint64_t)now.tv_nsec);
	usleep((useconds_t)(pause / 2 + s->jitter % pause));
	return 1;
}

static int fail_code(struct sqlite *s, int rc, struct err *err)
{
	const char *name = s->db.name;

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_SYSTEM,
			       "%s: another process has it locked (waited %u s); nothing of this "
			       "was kept",
			       name, s->patience);
	case SQLITE_READONLY:
	case SQLITE_PERM: return err_set(err, ERR_SYSTEM, "%s: it may only be read here", name);
	case SQLITE_NOTADB: return err_set(err, ERR_INPUT, "%s: this is no store", name);
	case SQLITE_CORRUPT:
		return err_set(err, ERR_INPUT,
			       "%s: the store is damaged (%s); sqlite3 %s .recover saves what can "
			       "be read",
			       name, s->h ? sqlite3_errmsg(s->h) : "corrupt", name);
	case SQLITE_FULL:
		return err_set(err, ERR_SYSTEM, "%s: the disk is full; nothing of this was kept",
			       name);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		if (s->h && sqlite3_system_errno(s->h)) {
			errno = sqlite3_system_errno(s->h);
			return err_errno(err, "%s: %s", name,
					 (rc & 0xff) == SQLITE_IOERR ? "cannot read or write"
								     : "cannot open");
		}
		__attribute__((fallthrough));
	default:
		return err_set(err, (rc & 0xff) == SQLITE_ERROR ? ERR_INPUT : ERR_SYSTEM, "%s: %s",
			       name, s->h ? sqlite3_errmsg(s->h) : sqlite3_errstr(rc));
	}
}

/* The statement of that text, ready for its parameters. */
static int statement(struct sqlite *s, const char *sql, sqlite3_stmt **out, struct err *err)
{
	uint64_t key = hash_str(str_of(sql));
	unsigned i;
	int rc;

	for (i = 0; i < STATEMENTS; i++) {
		if (s->kept[i].stmt && s->kept[i].key == key &&
		    strcmp(sqlite3_sql(s->kept[i].stmt), sql) == 0) {
			*out = s->kept[i].stmt;
			return 0;
		}
	}
	i = s->next;
	s->next = (s->next + 1) % STATEMENTS;
	sqlite3_finalize(s->kept[i].stmt);
	s->kept[i].stmt = NULL;
	rc = sqlite3_prepare_v3(s->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->kept[i].stmt, NULL);
	if (rc)
		return fail_code(s, rc, err);
	s->kept[i].key = key;
	*out = s->kept[i].stmt;
	return 0;
}

static int bind(sqlite3_stmt *stmt, int at, const struct db_cell *c)
{
	const char *p = c->text.p ? c->text.p : "";

	switch (c->kind) {
	case DB_INT: return sqlite3_bind_int64(stmt, at, c->integer);
	case DB_REAL: return sqlite3_bind_double(stmt, at, c->real);
	case DB_TEXT:
		return sqlite3_bind_text64(stmt, at, p, c->text.n, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB: return sqlite3_bind_blob64(stmt, at, p, c->text.n, SQLITE_STATIC);
	default: return sqlite3_bind_null(stmt, at);
	}
}

/* $7 is the seventh parameter, wherever it stands. */
static int bind_all(sqlite3_stmt *stmt, const struct db_cell *params, size_t n)
{
	int count = sqlite3_bind_parameter_count(stmt), rc = 0;

	for (int at = 1; !rc && at <= count; at++) {
		const char *name = sqlite3_bind_parameter_name(stmt, at);
		long k = name ? strtol(name + 1, NULL, 10) : 0;

		rc = k >= 1 && (size_t)k <= n ? bind(stmt, at, &params[k - 1]) : SQLITE_RANGE;
	}
	return rc;
}

/*
 * By way of sqlite3_value, which costs half of asking the statement for type and content; that is
 * allowed because the connection was opened without its mutex (c3ref/value.html). Text is taken as
 * a blob: as text it would be copied to end it with NUL.
 */
static struct db_cell cell_of(sqlite3_stmt *stmt, int i)
{
	sqlite3_value *v = sqlite3_column_value(stmt, i);
	int type = sqlite3_value_type(v);
	const void *bytes;

	switch (type) {
	case SQLITE_INTEGER: return db_int(sqlite3_value_int64(v));
	case SQLITE_FLOAT: return db_real(sqlite3_value_double(v));
	case SQLITE_TEXT:
	case SQLITE_BLOB:
		bytes = sqlite3_value_blob(v);
		return (struct db_cell){.kind = type == SQLITE_TEXT ? DB_TEXT : DB_BLOB,
					.text = {bytes, (size_t)sqlite3_value_bytes(v)}};
	default: return db_null();
	}
}

static int query(struct db *db, const char *sql, const struct db_cell *params, size_t n,
		 db_row_fn *row, void *arg, struct err *err)
{
	struct sqlite *s = (struct sqlite *)db;
	sqlite3_stmt *stmt = NULL;
	int rc = statement(s, sql, &stmt, err), step;
	bool more = true;

	if (rc)
		return rc;
	step = bind_all(stmt, params, n);
	while (!step && more && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct db_cell cells[DB_MAX_CELLS];
		int ncells = sqlite3_column_count(stmt);

		for (int i = 0; i < ncells && i < DB_MAX_CELLS; i++)
			cells[i] = cell_of(stmt, i);
		more = !row || row(arg, cells, (size_t)ncells);
		step = 0;
	}
	if (step && step != SQLITE_DONE)
		rc = fail_code(s, step, err);
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
	return rc;
}

/* INSERT of so many rows of n cells by one statement. */
static int insert_statement(struct sqlite *s, const char *table, const char *columns, size_t n,
			    size_t rows, sqlite3_stmt **stmt, struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};

	buf_printf(&sql, "INSERT INTO %s (%s) VALUES ", table, columns);
	for (size_t i = 0; i < rows; i++) {
		buf_printf(&sql, "%s(", i ? "," : "");
		db_add_list(&sql, 1 + i * n, n);
		buf_add_char(&sql, ')');
	}
	return statement(s, buf_cstr(&sql), stmt, err);
}

static int insert(struct db *db, const char *table, const char *columns,
		  const struct db_cell *cells, size_t n, size_t rows, struct err *err)
{
	struct sqlite *s = (struct sqlite *)db;
	sqlite3_stmt *stmt = NULL;
	size_t chunk = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < rows; i += chunk) {
		size_t want = rows - i < INSERT_ROWS ? 1 : INSERT_ROWS;
		int step = 0;

		if (want != chunk)
			rc = insert_statement(s, table, columns, n, want, &stmt, err);
		chunk = want;
		for (size_t k = 0; !rc && !step && k < chunk * n; k++)
			step = bind(stmt, (int)k + 1, &cells[i * n + k]);
		if (!rc && !step)
			step = sqlite3_step(stmt);
		if (!rc && step != SQLITE_DONE)
			rc = fail_code(s, step, err);
		sqlite3_reset(stmt);
	}
	if (stmt)
		sqlite3_clear_bindings(stmt);
	return rc;
}

static int run(struct sqlite *s, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(s->h, sql, NULL, NULL, NULL);

	return rc ? fail_code(s, rc, err) : 0;
}

static int begin(struct db *db, bool write, struct err *err)
{
	return run((struct sqlite *)db, write ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

static void rollback(struct db *db)
{
	struct sqlite *s = (struct sqlite *)db;

	if (!sqlite3_get_autocommit(s->h))
		sqlite3_exec(s->h, "ROLLBACK", NULL, NULL, NULL);
}

static int commit(struct db *db, struct err *err)
{
	int rc = run((struct sqlite *)db, "COMMIT", err);

	if (rc)
		rollback(db);
	return rc;
}

static int version(struct db *db, int *out, struct err *err)
{
	int64_t id = 0, v = 0, tables = 0;
	/* In this order: what another process makes meanwhile has its id before its tables show. */
	int rc = query(db, "SELECT count(*) FROM sqlite_master", NULL, 0, db_first_int, &tables,
		       err);

	if (!rc)
		rc = query(db, "PRAGMA user_version", NULL, 0, db_first_int, &v, err);
	if (!rc)
		rc = query(db, "PRAGMA application_id", NULL, 0, db_first_int, &id, err);
	if (!rc && id != APPLICATION_ID && (id || v || tables))
		rc = err_set(err, ERR_INPUT, "%s: this is a database, but no store", db->name);
	if (!rc)
		*out = id == APPLICATION_ID ? (int)v : 0;
	return rc;
}

static int migrate(struct db *db, const char *sql, int to, struct err *err)
{
	CLEANUP_BUF struct buf all = {0};

	buf_printf(&all, "%s PRAGMA application_id = %d; PRAGMA user_version = %d;", sql,
		   APPLICATION_ID, to);
	return run((struct sqlite *)db, buf_cstr(&all), err);
}

/* What a user's query may do: read, and compute. */
static int authorize(void *arg, int action, const char *a, const char *b, const char *c,
		     const char *d)
{
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE: return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && sqlite3_stricmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	default: return SQLITE_DENY;
	}
}

static struct str cell_text(sqlite3_stmt *stmt, int i)
{
	const char *p = (const char *)sqlite3_column_text(stmt, i);

	return (struct str){p, p ? (size_t)sqlite3_column_bytes(stmt, i) : 0};
}

static int step_rows(struct sqlite *s, sqlite3_stmt *stmt, db_head_fn *row, void *arg,
		     struct err *err)
{
	int n = sqlite3_column_count(stmt), step = 0;
	struct str *cells = mem_alloc((size_t)n * sizeof(*cells));
	bool more;

	for (int i = 0; i < n; i++)
		cells[i] = str_of(sqlite3_column_name(stmt, i));
	more = row(arg, cells, (size_t)n, true);
	while (more && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		for (int i = 0; i < n; i++)
			cells[i] = cell_text(stmt, i);
		more = row(arg, cells, (size_t)n, false);
	}
	free(cells);
	if (!more || step == SQLITE_DONE)
		return 0;
	return (step & 0xff) == SQLITE_ERROR
		       ? err_set(err, ERR_USAGE, "--sql: %s", sqlite3_errmsg(s->h))
		       : fail_code(s, step, err);
}

static int user_query(struct db *db, struct str sql, db_head_fn *row, void *arg, struct err *err)
{
	struct sqlite *s = (struct sqlite *)db;
	sqlite3_stmt *stmt = NULL;
	const char *tail = NULL;
	int rc;

	if (sql.n > 1000000)
		return err_set(err, ERR_USAGE, "--sql: longer than 1,000,000 bytes");
	sqlite3_set_authorizer(s->h, authorize, NULL);
	rc = sqlite3_prepare_v2(s->h, sql.p, (int)sql.n, &stmt, &tail);
	sqlite3_set_authorizer(s->h, NULL, NULL);
	if (rc == SQLITE_AUTH)
		rc = err_set(err, ERR_USAGE, "--sql: a query that only reads (SELECT) is wanted");
	else if (rc)
		rc = err_set(err, ERR_USAGE, "--sql: %s", sqlite3_errmsg(s->h));
	else if (!stmt || !sqlite3_stmt_readonly(stmt) ||
		 str_trim((struct str){tail, (size_t)(sql.p + sql.n - tail)}).n)
		rc = err_set(err, ERR_USAGE, "--sql: one query that only reads is wanted");
	else
		rc = step_rows(s, stmt, row, arg, err);
	sqlite3_finalize(stmt);
	return rc;
}

static bool keep_text(void *arg, const struct db_cell *cells, size_t n)
{
	struct buf *b = arg;

	if (b->n)
		BUF_LIT(b, "; ");
	buf_add_str(b, str_head(cells[0].text, 200));
	return b->n < 600;
}

static int check(struct db *db, struct err *err)
{
	CLEANUP_BUF struct buf found = {0};
	int rc;

	sqlite3_exec(((struct sqlite *)db)->h, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
	rc = query(db, "PRAGMA integrity_check(10)", NULL, 0, keep_text, &found, err);

	if (!rc && !str_eq(buf_str(&found), STR("ok")))
		rc = err_set(err, ERR_INPUT, "%s: the store is damaged: " STR_FMT, db->name,
			     STR_ARG(buf_str(&found)));
	return rc;
}

static void patience(struct db *db, unsigned seconds)
{
	((struct sqlite *)db)->patience = seconds;
}

static void close_db(struct db *db)
{
	struct sqlite *s = (struct sqlite *)db;

	for (unsigned i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->kept[i].stmt);
	sqlite3_close(s->h);
	free(db->name);
	free(s);
}

/* WAL is a property of the file; while another process is turning it on, this one is refused
 * without being asked to wait. */
static int turn_wal_on(struct sqlite *s, struct err *err)
{
	int rc = SQLITE_BUSY;

	for (int tries = 0; (rc & 0xff) == SQLITE_BUSY; tries++) {
		if (tries && !busy(s, tries - 1))
			break;
		rc = sqlite3_exec(s->h, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	}
	return rc ? fail_code(s, rc, err) : 0;
}

static int configure(struct sqlite *s, bool write, struct err *err)
{
	int v, rc;

	sqlite3_extended_result_codes(s->h, 1);
	sqlite3_busy_handler(s->h, busy, s);
	sqlite3_db_config(s->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* Of the connection alone, none can fail for the file's sake. */
	sqlite3_exec(s->h,
		     "PRAGMA synchronous = FULL;"
		     "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
		     "PRAGMA mmap_size = 2147418112;",
		     NULL, NULL, NULL);
	if (write && sqlite3_db_readonly(s->h, "main") == 1)
		return fail_code(s, SQLITE_READONLY, err);
	rc = version(&s->db, &v, err); /* is it ours at all? */
	return rc || !write ? rc : turn_wal_on(s, err);
}

/* A store in a folder where nothing may be written (a read-only mount) can be read if no
 * write-ahead log is left beside it. */
static bool frozen(const char *path)
{
	CLEANUP_FREE char *dir = mem_strdup(path), *wal = NULL;
	char *slash = strrchr(dir, '/');

	if (slash)
		slash[slash == dir] = 0;
	if (access(slash ? dir : ".", W_OK) == 0)
		return false;
	if (asprintf(&wal, "%s-wal", path) < 0)
		abort();
	return access(wal, F_OK) != 0;
}

/* file:PATH?immutable=1, with what means something in such an address written as %XX. */
static char *immutable_address(const char *path)
{
	struct buf b = {0};

	BUF_LIT(&b, "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			buf_printf(&b, "%%%02X", (unsigned char)*path);
		else
			buf_add_char(&b, *path);
	}
	buf_printf(&b, "?immutable=1");
	buf_cstr(&b);
	return b.p;
}

int db_sqlite_open(struct db **out, const char *path, enum store_mode mode, struct err *err)
{
	static const struct db_ops ops = {version, migrate,    begin, commit,   rollback, query,
					  insert,  user_query, check, patience, close_db};
	static const int flags[] = {
		[STORE_READ] = SQLITE_OPEN_READONLY,
		[STORE_WRITE] = SQLITE_OPEN_READWRITE,
		[STORE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	bool as_it_is = mode == STORE_READ && frozen(path);
	CLEANUP_FREE char *address = as_it_is ? immutable_address(path) : mem_strdup(path);
	struct sqlite *s;
	int rc;

	if (mode != STORE_CREATE && access(path, F_OK) != 0)
		return errno == ENOENT ? err_set(err, ERR_NOTFOUND, "%s: there is no store", path)
				       : err_errno(err, "%s: cannot open", path);
	s = mem_zalloc(sizeof(*s));
	s->db = (struct db){
		.ops = &ops, .schema = &schema_sqlite, .name = mem_strdup(path), .by_key = true};
	s->patience = DB_PATIENCE;
	s->jitter = (uint64_t)getpid();
	rc = sqlite3_open_v2(address, &s->h,
			     flags[mode] | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
				     (as_it_is ? SQLITE_OPEN_URI : 0),
			     NULL);
	rc = rc ? fail_code(s, rc, err) : configure(s, mode != STORE_READ, err);
	if (rc) {
		close_db(&s->db);
		return rc;
	}
	*out = &s->db;
	return 0;
}
