// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The store in bad states: damaged, locked, read-only, old, new, on a full disk, on a server that
 * goes away. INQUEST_TEST_DAMAGES: how many damaged files are tried (default 150);
 * INQUEST_TEST_KILLS: how often a migration is killed (default 4).
 */
#include "store-unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* ---- bad stores ---- */

static void spoil(const struct place *p, const char *command)
{
	char text[2048];

	snprintf(text, sizeof(text), "S='%s'; %s", p->where, command);
	assert_int_equal(system(text), 0); /* NOLINT */
}

static void bad_files(void **state)
{
	struct place *p = *state;
	struct variable v[] = {var("a", value_text(STR("some text that fills a page")))};
	struct store *s;
	static const struct {
		const char *command, *says;
		int code;
	} cases[] = {
		{"echo 'this is no database, whatever its name says' >$S", "this is no store",
		 ERR_INPUT},
		{"rm -f $S; sqlite3 $S 'CREATE TABLE t (a)'", "is a database, but no store",
		 ERR_INPUT},
		{"rm -f $S; sqlite3 $S 'PRAGMA application_id = 1768845683; PRAGMA user_version = "
		 "999; CREATE TABLE t (a)'",
		 "version 999", ERR_INPUT},
		{"rm -f $S; mkdir $S", "", ERR_SYSTEM},
	};

	if (!p->sqlite)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		spoil(p, cases[i].command);
		for (enum store_mode m = STORE_READ; m <= STORE_CREATE; m++)
			FAILS(cases[i].code, cases[i].says, store_open(&s, p->where, m, e));
	}
	spoil(p, "rmdir $S");
	OK(store_open(&s, p->where, STORE_CREATE, e));
	for (int i = 0; i < 300; i++) {
		v[0].line = (uint64_t)i;
		struct variable w[] = {v[0], var("i", value_int(i))};

		put_one(s, "x", w, 2, NULL);
	}
	store_close(s);
	/* In the middle of the file, past the schema. */
	spoil(p, "dd if=/dev/urandom of=$S bs=4096 seek=6 count=12 conv=notrunc 2>/dev/null");
	OK(store_open(&s, p->where, STORE_READ, e));
	FAILS(ERR_INPUT, "damaged", store_check(s, e));
	store_close(s);
	FAILS(ERR_SYSTEM, "", store_open(&s, "/nonexistent/folder/store.db", STORE_CREATE, e));
}

/* A session of PostgreSQL that holds the values, until it is ended. */
static void hold_table(const struct place *p)
{
	char command[500];

	snprintf(command, sizeof(command),
		 "psql -q -X '%s' -c BEGIN -c 'LOCK TABLE inquest.value' -c 'SELECT pg_sleep(60)' "
		 ">/dev/null 2>&1",
		 p->where);
	_exit(system(command) == -1); /* NOLINT */
}

static void locked_table(void **state)
{
	static const char held[] = "SELECT count(*) FROM pg_locks WHERE mode = "
				   "'AccessExclusiveLock' AND relation = "
				   "'inquest.value'::regclass AND granted";
	static const char end[] = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
				  "WHERE query LIKE '%pg_sleep(60)'";
	struct place *p = *state;
	struct variable v = var("a", value_int(1));
	struct run_record r = {.variables = &v, .nvariables = 1};
	CLEANUP_BUF struct buf b = {0};
	struct store *s;
	pid_t pid;

	if (p->sqlite)
		return;
	OK(store_open(&s, p->where, STORE_CREATE, e));
	store_patience(s, 1);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		hold_table(p);
	for (int i = 0; i < 20000 && !strstr(buf_cstr(&b), ";1;"); i++) {
		buf_clear(&b);
		OK(store_sql(s, str_of(held), join_cells, &b, e));
	}
	FAILS(ERR_SYSTEM, "postgresql:///postgres: another process has it locked (waited 1 s)",
	      store_put(s, &r, NULL, e));
	OK(store_sql(s, str_of(end), join_cells, &b, e));
	waitpid(pid, NULL, 0);
	OK(store_put(s, &r, NULL, e));
	store_close(s);
}

static void locked(void **state)
{
	struct place *p = *state;
	struct variable v = var("a", value_int(1));
	struct run_record r = {.variables = &v, .nvariables = 1};
	struct store *s;
	sqlite3 *other;

	if (!p->sqlite)
		return;
	OK(store_open(&s, p->where, STORE_CREATE, e));
	store_patience(s, 1);
	assert_int_equal(sqlite3_open(p->where, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	FAILS(ERR_SYSTEM, "has it locked", store_put(s, &r, NULL, e));
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	OK(store_put(s, &r, NULL, e));
	sqlite3_close(other);
	store_close(s);
}

/* A disk that is full, as far as this process can tell: files may not grow. */
static void full_disk(void **state)
{
	struct place *p = *state;
	struct rlimit limit, none;
	struct store *s;
	struct arena a;
	struct run_record got;
	char text[4000];
	char id[24];

	if (!p->sqlite)
		return;
	arena_init(&a);
	struct variable v = var("a", value_int(1));
	OK(store_open(&s, p->where, STORE_CREATE, e));
	put_one(s, "before", &v, 1, id);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &none);
	limit = none;
	limit.rlim_cur = 400000;
	setrlimit(RLIMIT_FSIZE, &limit);
	memset(text, 'x', sizeof(text));
	struct err err = {""};
	int rc = 0, i = 0;

	for (; !rc && i < 1000; i++) {
		struct run_record r = {.started_ns = i + 2, .variables = &v, .nvariables = 1};

		snprintf(text, 12, "%011d", i);
		v.value = value_text((struct str){text, sizeof(text)});
		rc = store_put(s, &r, NULL, &err);
	}
	assert_int_equal(rc, -ERR_SYSTEM);
	assert_non_null(strstr(err.msg, p->where));
	setrlimit(RLIMIT_FSIZE, &none);
	OK(store_get(s, str_of(id), &a, &got, e));
	OK(store_check(s, e));
	v.value = value_int(2);
	put_one(s, "after", &v, 1, NULL);
	store_close(s);
	arena_release(&a);
}

static void read_only(void **state)
{
	struct place *p = *state;
	struct variable v = var("a", value_int(1));
	struct run_record r = {.variables = &v, .nvariables = 1};
	struct store *s;
	int status;

	if (!p->sqlite)
		return;
	OK(store_open(&s, p->where, STORE_CREATE, e));
	put_one(s, "x", &v, 1, NULL);
	store_close(s);
	OK(store_open(&s, p->where, STORE_READ, e));
	FAILS(ERR_SYSTEM, "only be read", store_put(s, &r, NULL, e));
	store_close(s);
	/* A folder in which nothing may be written; root may, so become somebody else. */
	assert_int_equal(chmod(p->where, 0444), 0);
	assert_int_equal(chmod(p->dir, 0555), 0);
	fflush(NULL);
	if (fork() == 0) {
		CLEANUP_BUF struct buf b = {0};
		struct err err = {""};

		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(1);
		if (store_open(&s, p->where, STORE_READ, &err) ||
		    store_sql(s, STR("SELECT name FROM run"), join_cells, &b, &err) ||
		    strcmp(buf_cstr(&b), "name;x;") != 0)
			_exit(2);
		store_close(s);
		_exit(store_open(&s, p->where, STORE_WRITE, &err) == -ERR_SYSTEM ? 0 : 3);
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	assert_int_equal(chmod(p->dir, 0755), 0);
}

/* ---- damage anywhere ---- */

/* Flips bits, writes rubbish, exchanges pages or cuts the file, as the random numbers say. */
static void damage(struct buf *b)
{
	unsigned page = 4096, n = 1 + (unsigned)(lrand48() % 20);
	size_t pages = b->n / page;

	switch (lrand48() % 5) {
	case 0: b->n = (size_t)lrand48() % b->n; break;
	case 1:
		for (unsigned i = 0; i < page; i++)
			b->p[(size_t)(lrand48() % (long)pages) * page + i] = (char)lrand48();
		break;
	case 2:
		memcpy(b->p + (size_t)(lrand48() % (long)pages) * page,
		       b->p + (size_t)(lrand48() % (long)pages) * page, page);
		break;
	case 3: /* the head of a page, where its structure is */
		while (n--)
			b->p[(size_t)(lrand48() % (long)pages) * page + (size_t)(lrand48() % 16)] =
				(char)lrand48();
		break;
	default:
		while (n--)
			b->p[(size_t)lrand48() % b->n] ^= (char)(1 << lrand48() % 8);
	}
}

static void read_whole(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)))
		buf_add(b, part, n);
	fclose(f);
}

static void write_whole(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
	fclose(f);
}

/* What may come of a call on a damaged store: nothing, or an error that names the file. */
static int allowed(const struct place *p, int rc, struct err *err)
{
	bool named = strstr(err->msg, p->where) != NULL;

	if (rc && !(rc == -ERR_INPUT && named) && !(rc == -ERR_SYSTEM && named) &&
	    rc != -ERR_NOTFOUND && rc != -ERR_USAGE && rc != -ERR_LIMIT) {
		fprintf(stderr, "# %d: %s\n", rc, err->msg);
		_exit(10);
	}
	err->msg[0] = 0;
	return rc;
}

static bool any_row(void *arg, const struct store_row *r)
{
	return true;
}

static bool any_cells(void *arg, const struct str *cells, size_t n, bool head)
{
	return true;
}

static void read_all(const struct place *p, struct store *s, const char *id)
{
	static const char *const wheres[] = {"", "i < 100", "t == red or x > .5", "t ~ e",
					     "verdict == good and name ~ x"};
	static const struct str columns[] = {{"i", 1}, {"t", 1}, {"x", 1}};
	struct store_variable *v;
	struct store_point *points;
	struct store_row *rows;
	struct run_record r;
	struct err err = {""};
	struct arena a;
	size_t n;

	arena_init(&a);
	allowed(p, store_check(s, &err), &err);
	allowed(p, store_variables(s, true, &a, &v, &n, &err), &err);
	for (size_t i = 0; i < ARRAY_SIZE(wheres); i++) {
		const struct store_query q = {
			.where = str_of(wheres[i]), .columns = columns, .ncolumns = 3};

		allowed(p, store_runs(s, &q, any_row, NULL, &err), &err);
	}
	if (!allowed(p, store_history(s, STR("t"), STR(""), &a, &points, &n, &err), &err) && n)
		allowed(p, store_numbered(s, &points[0].run, 1, &a, &rows, &err), &err);
	allowed(p, store_get(s, str_of(id), &a, &r, &err), &err);
	allowed(p, store_sql(s, STR("SELECT * FROM fact"), any_cells, NULL, &err), &err);
	arena_release(&a);
}

static void use_all(const struct place *p, const char *id)
{
	struct variable v[] = {var("i", value_int(-1)), var("t", value_text(STR("new")))};
	struct run_record r = {.variables = v, .nvariables = 2, .started_ns = 77};
	struct err err = {""};
	struct store *s;

	alarm(60);
	if (!allowed(p, store_open(&s, p->where, STORE_READ, &err), &err)) {
		read_all(p, s, id);
		store_close(s);
	}
	if (allowed(p, store_open(&s, p->where, STORE_CREATE, &err), &err))
		_exit(0);
	allowed(p, store_put(s, &r, NULL, &err), &err);
	allowed(p, store_add_variables(s, str_of(id), v, 2, &err), &err);
	allowed(p, store_set_verdict(s, str_of(id), RUN_BAD, &err), &err);
	allowed(p, store_remove(s, str_of(id), &err), &err);
	read_all(p, s, id);
	store_close(s);
	_exit(0);
}

static void damaged_anywhere(void **state)
{
	struct place *p = *state;
	const char *times = getenv("INQUEST_TEST_DAMAGES");
	int rounds = times ? atoi(times) : 150; /* NOLINT */
	CLEANUP_BUF struct buf whole = {0};
	static const char *const words[] = {"red", "green", "blue"};
	struct test_result t = {.name = STR("t"), .message = STR("m")};
	double xs[] = {1, 2, 3};
	struct series curve = {.name = STR("c"), .n = 3, .x = xs, .y = xs};
	char id[24] = "";
	struct store *s;

	if (!p->sqlite)
		return;
	OK(store_open(&s, p->where, STORE_CREATE, e));
	for (int i = 0; i < 60; i++) {
		struct variable v[] = {var("i", value_int(i)), var("x", value_real(i / 60.0)),
				       var("t", value_text(str_of(words[i % 3])))};
		struct run_record r = {.variables = v,
				       .nvariables = 3,
				       .started_ns = i + 1,
				       .tests = &t,
				       .ntests = 1,
				       .series = &curve,
				       .nseries = 1};

		v[1].n = 3;
		OK(store_put(s, &r, NULL, e));
		snprintf(id, sizeof(id), STR_FMT, STR_ARG(r.id));
	}
	store_close(s);
	read_whole(p->where, &whole);
	fflush(NULL);
	for (int i = 0; i < rounds; i++) {
		CLEANUP_BUF struct buf b = {0};
		int status;
		pid_t pid;

		srand48(i);
		buf_add_str(&b, buf_str(&whole));
		damage(&b);
		spoil(p, "rm -f $S $S-wal $S-shm");
		write_whole(p->where, &b);
		pid = fork();
		if (pid == 0)
			use_all(p, id);
		assert_true(waitpid(pid, &status, 0) == pid);
		if (status)
			fail_msg("damage %d: status %#x", i, (unsigned)status);
	}
}

/* ---- a server that goes away ---- */

static void lost_server(void **state)
{
	struct place *p = *state;
	enum { N = 20000 };
	CLEANUP_BUF struct buf b = {0};
	struct store *s;
	char result[600];
	int fds[2];
	pid_t pid;
	ssize_t n;

	if (p->sqlite)
		return;
	OK(store_open(&s, p->where, STORE_CREATE, e));
	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		struct run_record *r = mem_zalloc(N * sizeof(*r));
		struct variable v[] = {var("a", value_int(1)), var("b", value_int(2))};
		struct err err = {""};
		struct store *own;
		int rc;

		for (size_t i = 0; i < N; i++)
			r[i] = (struct run_record){
				.variables = v, .nvariables = 2, .started_ns = (int64_t)i + 1};
		if (store_open(&own, p->where, STORE_WRITE, &err))
			_exit(1);
		rc = store_put_all(own, r, N, &err);
		dprintf(fds[1], "%d %s", rc, err.msg);
		_exit(0);
	}
	close(fds[1]);
	/* When it is in the middle of its transaction, its connection is cut. */
	for (int i = 0; i < 2000 && !strstr(buf_cstr(&b), ";t;"); i++) {
		buf_clear(&b);
		OK(store_sql(s,
			     STR("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
				 "pid <> pg_backend_pid() AND query LIKE 'INSERT INTO run %'"),
			     join_cells, &b, e));
	}
	n = read(fds[0], result, sizeof(result) - 1);
	assert_true(n > 0);
	result[n] = 0;
	assert_true(strncmp(result, "-4 ", 3) == 0);
	assert_non_null(strstr(result, "went away"));
	waitpid(pid, NULL, 0);
	close(fds[0]);
	buf_clear(&b);
	OK(store_sql(s, STR("SELECT count(*) FROM run"), join_cells, &b, e));
	assert_non_null(strstr(buf_cstr(&b), ";0;")); /* nothing of it was kept */
	OK(store_check(s, e));
	store_close(s);
	FAILS(ERR_SYSTEM, "cannot connect",
	      store_open(&s, "postgresql://user:secret@127.0.0.1:1/x?password=secret", STORE_READ,
			 e));
}

static void no_password_in_messages(void **state)
{
	struct err e = {""};
	struct store *s;

	assert_true(store_open(&s, "postgresql://user:p@ss:word@127.0.0.1:1/x?password=word",
			       STORE_READ, &e) < 0);
	assert_null(strstr(e.msg, "ss:word"));
}

/* ---- a server that crashes ---- */

/* When a writer is in the middle of its rows, the server goes, and comes back. */
static void crash_during(const char *where, const char *what)
{
	CLEANUP_BUF struct buf b = {0};
	char sql[200];
	struct store *s;
	struct err err;

	if (store_open(&s, where, STORE_READ, &err))
		_exit(1);
	snprintf(
		sql, sizeof(sql),
		"SELECT 'there' FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE "
		"'%s%%' AND state = 'active'",
		what);
	for (int i = 0; i < 20000 && !strstr(buf_cstr(&b), ";there;"); i++) {
		buf_clear(&b);
		if (store_sql(s, str_of(sql), join_cells, &b, &err))
			_exit(2);
	}
	_exit(system(getenv("INQUEST_TEST_POSTGRES_CRASH")) ? 3 : 0); /* NOLINT */
}

static void crashed_server(void **state)
{
	struct place *p = *state;
	enum { N = 20000 };
	struct run_record *r = mem_zalloc(N * sizeof(*r)), got;
	struct variable v[] = {var("a", value_int(1)), var("b", value_text(STR("x"))),
			       var("c", value_real(2))};
	CLEANUP_BUF struct buf b = {0};
	struct err err = {""};
	struct store *s;
	struct arena a;
	char before[24];
	int status;
	pid_t pid;

	if (p->sqlite || !getenv("INQUEST_TEST_POSTGRES_CRASH")) {
		free(r);
		return;
	}
	arena_init(&a);
	for (size_t i = 0; i < N; i++)
		r[i] = (struct run_record){
			.variables = v, .nvariables = 3, .started_ns = (int64_t)i + 2};
	OK(store_open(&s, p->where, STORE_CREATE, e));
	put_one(s, "before", v, 3, before);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		crash_during(p->where, "COPY value");
	assert_int_equal(store_put_all(s, r, N, &err), -ERR_SYSTEM);
	assert_non_null(strstr(err.msg, "went away: nothing of this was kept"));
	assert_non_null(strstr(err.msg, "postgresql:///"));
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_int_equal(status, 0);
	/* The same store goes on when the server is back. */
	OK(store_get(s, str_of(before), &a, &got, e));
	OK(store_put_all(s, r, 10, e));
	OK(store_sql(s, STR("SELECT count(*) FROM run"), join_cells, &b, e));
	assert_non_null(strstr(buf_cstr(&b), ";11;"));
	OK(store_check(s, e));
	store_close(s);
	arena_release(&a);
	free(r);
}

/* ---- an old store ---- */

static void psql(const struct place *p, const char *words, const char *want)
{
	CLEANUP_BUF struct buf command = {0};
	char got[200] = "";
	FILE *f;

	buf_printf(&command, "psql -X -q -At -v ON_ERROR_STOP=1 '%s' %s", p->where, words);
	f = popen(buf_cstr(&command), "r"); /* NOLINT */
	assert_non_null(f);
	if (!fgets(got, sizeof(got), f))
		got[0] = 0;
	assert_int_equal(pclose(f), 0);
	got[strcspn(got, "\n")] = 0;
	if (want)
		assert_string_equal(got, want);
}

#define SUMS                                                                                     \
	"-c 'SELECT count(*), count(DISTINCT run), sum(integer), round(sum(real)::numeric, 3), " \
	"sum(text), sum(run * variable) FROM inquest.value'"

/* Migrations are killed, at last one is let through: nothing is lost, and who might read may. */
static void old_store(void **state)
{
	struct place *p = *state;
	const char *times = getenv("INQUEST_TEST_KILLS");
	int rounds = times ? atoi(times) : 4; /* NOLINT */
	struct run_record got;
	struct arena a;
	struct store *s;
	char sums[200];
	struct err err = {""};

	if (p->sqlite)
		return;
	arena_init(&a);
	psql(p, "-f tests/store-postgres-1.sql", "");
	snprintf(sums, sizeof(sums), "200000|20000|3600180000|266680000.000|120003|%lld",
		 200010000LL * 55);
	psql(p, SUMS, sums);
	FAILS(ERR_INPUT, "older version: open it for writing",
	      store_open(&s, p->where, STORE_READ, e));
	fflush(NULL);
	srand48(12);
	for (int i = 0; i < rounds; i++) {
		struct timespec pause = {.tv_nsec = (long)(drand48() * 400e6)};
		pid_t pid = fork();

		if (pid == 0)
			_exit(store_open(&s, p->where, STORE_WRITE, &err) ? 1 : 0);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	OK(store_open(&s, p->where, STORE_WRITE, e));
	psql(p, "-c 'SELECT version FROM inquest.store'", "2");
	psql(p, SUMS, sums);
	psql(p, "-c 'SET ROLE store_reader' -c 'SELECT count(*) FROM inquest.fact'", "200000");
	psql(p, "-c \"SELECT count(*) FROM pg_class WHERE relname LIKE '%\\_1'\"", "0");
	OK(store_check(s, e));
	OK(store_get(s, STR("run 300"), &a, &got, e));
	assert_int_equal(got.nvariables, 10);
	assert_true(got.variables[0].value.real == 100 && got.variables[0].n == 5);
	assert_str(got.variables[1].value.text, "red");
	assert_true(got.variables[2].value.integer == 900);
	put_one(s, "new", got.variables, got.nvariables, NULL);
	store_close(s);
	arena_release(&a);
}

/* ---- what psql, or a broken disk, may leave ---- */

static void bad_tables(void **state)
{
	static const struct {
		const char *sql, *says;
	} cases[] = {
		{"DELETE FROM run", "values without their run"},
		{"DELETE FROM variable", "values without their variable"},
		{"DELETE FROM string", "values without their text"},
		{"UPDATE run SET content = substr(content, 1, 3)", "runs without id or content"},
		{"INSERT INTO evidence VALUES (1, 7, 'x', 'x', 'x')", "evidence without"},
		{"UPDATE series SET x = substr(x, 1, 7)", "series without"},
		{"INSERT INTO test VALUES (1, 7, 1, -5, 0, 0, 0, 1, 1, 0)", "tests without"},
		{"INSERT INTO detail VALUES (99, 1, 1, 0, NULL, NULL, 0)", "details without"},
	};
	struct place *p = *state;
	double x[] = {1};
	struct series curve = {.name = STR("c"), .n = 1, .x = x, .y = x};
	struct variable v[] = {var("a", value_text(STR("x"))), var("b", value_int(1))};
	struct run_record r = {.variables = v, .nvariables = 2, .series = &curve, .nseries = 1};
	struct store *s;

	OK(store_open(&s, p->where, STORE_CREATE, e));
	OK(store_put(s, &r, NULL, e));
	OK(store_check(s, e));
	store_close(s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char command[600];

		if (p->sqlite)
			snprintf(command, sizeof(command), "cp $S $S.good; sqlite3 $S \"%s\"",
				 cases[i].sql);
		else
			snprintf(command, sizeof(command),
				 "pg_dump -n inquest \"$S\" >%s/good && psql -q -X \"$S\" -c 'SET "
				 "search_path = inquest' -c \"%s\"",
				 p->dir, cases[i].sql);
		spoil(p, command);
		OK(store_open(&s, p->where, STORE_READ, e));
		FAILS(ERR_INPUT, cases[i].says, store_check(s, e));
		store_close(s);
		if (p->sqlite)
			snprintf(command, sizeof(command), "mv $S.good $S");
		else
			snprintf(command, sizeof(command),
				 "psql -q -X \"$S\" -c 'DROP SCHEMA inquest CASCADE' -f %s/good "
				 ">%s/out 2>&1",
				 p->dir, p->dir);
		spoil(p, command);
	}
	if (p->sqlite)
		return;
	psql(p, "-c 'UPDATE inquest.store SET version = 999'", "");
	for (enum store_mode m = STORE_READ; m <= STORE_CREATE; m++)
		FAILS(ERR_INPUT, "version 999", store_open(&s, p->where, m, e));
}

/* A page of an index is overwritten in the server's files: --check finds it by amcheck. */
static void bad_index(void **state)
{
	struct place *p = *state;
	struct variable v = var("a", value_int(1));
	struct store *s;

	if (p->sqlite || !getenv("INQUEST_TEST_POSTGRES_CRASH") ||
	    system("psql -q -X \"$INQUEST_TEST_POSTGRES\" -c 'CREATE EXTENSION IF NOT EXISTS " /* NOLINT
												*/
		   "amcheck WITH SCHEMA public' >/dev/null 2>&1"))
		return;
	OK(store_open(&s, p->where, STORE_CREATE, e));
	put_one(s, "x", &v, 1, NULL);
	OK(store_check(s, e));
	spoil(p, "psql -q -X \"$S\" -c CHECKPOINT; dd if=/dev/zero bs=8192 seek=1 count=1 "
		 "conv=notrunc 2>/dev/null of=\"$(psql -X -At \"$S\" -c \"SELECT "
		 "current_setting('data_directory') || '/' || "
		 "pg_relation_filepath('inquest.value_run')\")\"");
	assert_int_equal(system(getenv("INQUEST_TEST_POSTGRES_CRASH")), 0); /* NOLINT */
	FAILS(ERR_INPUT, "postgresql:///postgres: ", store_check(s, e));
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bad_files),      TEST(locked),           TEST(locked_table),
		TEST(full_disk),      TEST(read_only),        TEST(bad_tables),
		TEST(bad_index),      TEST(damaged_anywhere), TEST(lost_server),
		TEST(crashed_server), TEST(old_store),        TEST(no_password_in_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
