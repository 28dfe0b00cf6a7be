// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The store, the same tests for SQLite and, when INQUEST_TEST_POSTGRES names a server, PostgreSQL.
 * INQUEST_TEST_KILLS: how often a writer is killed (default 8).
 */
#include "store-unit.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/evidence.h"
#include "store/store.h"

#define WRITERS 16
#define EACH    12 /* runs of each writer, and one that they share */

/* ---- what is put comes back ---- */

static void whole_run(void **state)
{
	struct place *p = *state;
	double x[] = {1, 2, 3, 4}, y[] = {0.5, NAN, -INFINITY, 1e300};
	struct variable v[] = {
		var("z", value_int(INT64_MIN)),
		var("big", value_int(9007199254740993)),
		var("third", value_real(1.0 / 3)),
		var("nan", value_real(NAN)),
		var("inf", value_real(INFINITY)),
		var("text", value_text(STR("a\tb\\c\nd"))),
		var("empty", value_text(STR(""))),
		var("bytes", value_text(STR("a\xff"
					    "b\0c"))),
		var("none", (struct value){0}),
		var("twice", value_int(1)),
		var("twice", value_int(2)),
		var("mean", value_real(2.5)),
	};
	struct series s[] = {{.name = STR("loss"), .axis = STR("step"), .n = 4, .x = x, .y = y},
			     {.name = STR("none"), .n = 0}};
	struct test_result t[] = {{.suite = STR("s"),
				   .name = STR("t"),
				   .status = TEST_FAILED,
				   .seconds = 0.25,
				   .message = STR("expected 1"),
				   .detail = STR("line 1\nline 2"),
				   .line = 7}};
	struct run_evidence ev[] = {
		{STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
		 STR("app.log"), STR("log")}};
	struct run_record r = {.name = STR("nightly"),
			       .verdict = RUN_BAD,
			       .started_ns = INT64_C(1700000000123456789),
			       .command = STR("make check"),
			       .variables = v,
			       .nvariables = ARRAY_SIZE(v),
			       .series = s,
			       .nseries = 2,
			       .tests = t,
			       .ntests = 1,
			       .evidence = ev,
			       .nevidence = 1},
			  got;
	static const char *const names[] = {"big", "bytes", "empty", "inf",   "mean",
					    "nan", "text",  "third", "twice", "z"};
	struct store *st;
	struct arena a;
	bool known;

	arena_init(&a);
	v[11].n = 20;
	v[11].spread = 0.125;
	v[11].unit = STR("s");
	v[11].better = BETTER_LOWER;
	v[11].line = 99;
	OK(store_open(&st, p->where, STORE_CREATE, e));
	OK(store_put(st, &r, &known, e));
	assert_false(known);
	assert_int_equal(r.id.n, 18);
	OK(store_get(st, r.id, &a, &got, e));
	assert_true(str_eq(got.id, r.id) && got.started_ns == r.started_ns);
	assert_int_equal(got.verdict, RUN_BAD);
	assert_str(got.command, "make check");
	assert_int_equal(got.nvariables, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(str_eq(got.variables[i].name, str_of(names[i])));
	assert_true(got.variables[0].value.integer == 9007199254740993);
	assert_str(got.variables[1].value.text, "a\xef\xbf\xbd"
						"b\xef\xbf\xbd"
						"c");
	assert_int_equal(got.variables[2].value.kind, VALUE_TEXT);
	assert_true(isinf(got.variables[3].value.real) && isnan(got.variables[5].value.real));
	assert_str(got.variables[6].value.text, "a\tb\\c\nd");
	assert_true(got.variables[7].value.real == 1.0 / 3);
	assert_true(got.variables[8].value.integer == 2); /* the last counts */
	assert_true(got.variables[9].value.integer == INT64_MIN);
	assert_true(got.variables[4].n == 20 && got.variables[4].spread == 0.125);
	assert_true(got.variables[4].line == 99 && got.variables[4].better == BETTER_LOWER);
	assert_str(got.variables[4].unit, "s");
	assert_int_equal(got.nseries, 2);
	assert_memory_equal(got.series[0].y, y, sizeof(y));
	assert_memory_equal(got.series[0].x, x, sizeof(x));
	assert_int_equal(got.ntests, 1);
	assert_str(got.tests[0].detail, "line 1\nline 2");
	assert_true(got.tests[0].seconds == 0.25 && got.tests[0].status == TEST_FAILED);
	assert_str(got.evidence[0].name, "app.log");

	/* Again: one run. What people said of it stays. */
	r.id = STR("");
	r.name = STR("");
	r.verdict = RUN_UNKNOWN;
	OK(store_put(st, &r, &known, e));
	assert_true(known && str_eq(r.id, got.id));
	OK(store_get(st, STR("nightly"), &a, &got, e));
	assert_int_equal(got.verdict, RUN_BAD);

	/* The same id with other content: replaced. */
	r.nvariables = 1;
	OK(store_put(st, &r, &known, e));
	assert_false(known);
	OK(store_get(st, str_head(r.id, 8), &a, &got, e));
	assert_int_equal(got.nvariables, 1);
	OK(store_check(st, e));
	store_close(st);
	arena_release(&a);
}

static void changes(void **state)
{
	struct place *p = *state;
	struct variable v[] = {var("a", value_int(1)), var("b", value_int(2))}, w[2];
	struct run_record got;
	struct store *s;
	struct arena a;
	char one[24], two[24];

	arena_init(&a);
	OK(store_open(&s, p->where, STORE_CREATE, e));
	v[0].unit = STR("s");
	put_one(s, "twin", v, 2, one);
	put_one(s, "twin", v, 1, two);
	assert_string_not_equal(one, two);
	w[0] = var("b", value_text(STR("new")));
	w[1] = var("a", value_real(7));
	w[1].unit = STR("ms"); /* unlike the variable's: kept with the value */
	OK(store_add_variables(s, str_of(two), w, 2, e));
	OK(store_get(s, str_of(two), &a, &got, e));
	assert_int_equal(got.nvariables, 2);
	assert_true(got.variables[0].value.real == 7);
	assert_str(got.variables[0].unit, "ms");
	assert_str(got.variables[1].value.text, "new");
	OK(store_set_verdict(s, str_of(two), RUN_GOOD, e));
	OK(store_get(s, str_of(two + 2), &a, &got, e)); /* without r- */
	assert_int_equal(got.verdict, RUN_GOOD);
	FAILS(ERR_USAGE, "may be several", store_get(s, STR("twin"), &a, &got, e));
	FAILS(ERR_USAGE, "may be several", store_get(s, STR("r-"), &a, &got, e));
	FAILS(ERR_NOTFOUND, "no run", store_get(s, STR("nosuch"), &a, &got, e));
	FAILS(ERR_NOTFOUND, "no such run", store_get(s, STR("\xff"), &a, &got, e));
	FAILS(ERR_NOTFOUND, "no run 'r-x'", store_set_verdict(s, STR("r-x"), RUN_GOOD, e));
	FAILS(ERR_NOTFOUND, "no run 'r-x'", store_add_variables(s, STR("r-x"), w, 2, e));
	OK(store_remove(s, str_of(one), e));
	FAILS(ERR_NOTFOUND, "no run", store_remove(s, str_of(one), e));
	OK(store_get(s, STR("twin"), &a, &got, e));
	OK(store_check(s, e));
	store_close(s);
	arena_release(&a);
}

static void refusals(void **state)
{
	struct place *p = *state;
	char *long_text = mem_zalloc(STORE_MAX_TEXT + 2);
	struct variable v = var("a", value_text((struct str){long_text, STORE_MAX_TEXT + 1}));
	struct variable unnamed = var("", value_int(1));
	struct series big = {.name = STR("s"), .n = STORE_MAX_POINTS + 1};
	struct run_evidence odd = {STR("../../etc/passwd"), STR("x"), STR("log")};
	struct test_result loud = {.name = STR("t"), .message = {long_text, STORE_MAX_TEXT + 1}};
	struct run_record r[] = {
		{.variables = &v, .nvariables = 1},
		{.variables = &unnamed, .nvariables = 1},
		{.series = &big, .nseries = 1},
		{.evidence = &odd, .nevidence = 1},
		{.tests = &loud, .ntests = 1},
		{.id = STR("r-0123456789012345678901234567890123456789")},
		{.variables = &v, .nvariables = STORE_MAX_LIST + 1},
		{.tests = &loud, .ntests = STORE_MAX_LIST + 1},
	};
	static const struct {
		int code;
		const char *says;
	} want[] = {
		{ERR_LIMIT, "longer than"},     {ERR_INPUT, "without a name"},
		{ERR_LIMIT, "more than"},       {ERR_INPUT, "no SHA-256"},
		{ERR_LIMIT, "message of test"}, {ERR_INPUT, "too long"},
		{ERR_LIMIT, "more than"},       {ERR_LIMIT, "more than"},
	};
	struct store *s;

	memset(long_text, 'x', STORE_MAX_TEXT + 1);
	FAILS(ERR_NOTFOUND, "there is no store", store_open(&s, p->where, STORE_READ, e));
	FAILS(ERR_NOTFOUND, "there is no store", store_open(&s, p->where, STORE_WRITE, e));
	OK(store_open(&s, p->where, STORE_CREATE, e));
	for (size_t i = 0; i < ARRAY_SIZE(r); i++)
		FAILS(want[i].code, want[i].says, store_put(s, &r[i], NULL, e));
	OK(store_check(s, e));
	store_close(s);
	free(long_text);
}

/* ---- conditions ---- */

static bool note_name(void *arg, const struct store_row *r)
{
	buf_add_str(arg, r->name);
	return true;
}

static const char *chosen(struct store *s, const char *where, bool newest, uint64_t limit,
			  struct buf *b)
{
	struct store_query q = {.where = str_of(where), .newest_first = newest, .limit = limit};

	buf_clear(b);
	OK(store_runs(s, &q, note_name, b, e));
	return buf_cstr(b);
}

static void conditions(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *where, *names;
	} cases[] = {
		{"", "abcdef"},
		{"n == 1", "a"},
		{"n == 1.0", "a"},
		{"n != 1", "bcdef"},
		{"n > 1", "bcdf"}, /* f: "7" is a number too */
		{"n >= 2.5 and n < 1000", "cf"},
		{"n < 1", ""},
		{"n == 9007199254740993", "d"},
		{"n == 9007199254740992", ""},
		{"n in (1, 2, 7)", "abf"},
		{"n == ''", "e"}, /* lacks it */
		{"n != ''", "abcdf"},
		{"not n > 1", "ae"},
		{"text == apple", "a"},
		{"text > b", "bcd"},
		{"text >= 2", "abcd"},
		{"text ~ '^[ab]'", "ab"},
		{"text !~ '^[ab]'", "cdef"},
		{"n ~ '^2'", "bc"},
		{"x == nan", "a"},
		{"x > 3", "b"},
		{"x == inf", "b"},
		{"x < 0", "c"},
		{"x == -inf", "c"},
		{"verdict == good", "ab"},
		{"verdict != good", "cdef"},
		{"verdict in (good, bad) and n > 1", "bc"},
		{"state == complete", "abcdef"},
		{"name == a or name == f", "af"},
		{"name ~ '[a-c]'", "abc"},
		{"id ~ '^r-'", "abcdef"},
		{"command == 'run b'", "b"},
		{"started >= 1970-01-01T00:00:03", "cdef"},
		{"started < 1970-01-01T00:00:02", "a"},
		{"\"test.a b\" == 1", "a"},
		{"var.name == x", "a"}, /* a variable called name */
		{"(n == 1 or n == 2) and not name == b", "a"},
	};
	struct variable v[6][5] = {
		{var("n", value_int(1)), var("text", value_text(STR("apple"))),
		 var("x", value_real(NAN)), var("test.a b", value_int(1)),
		 var("name", value_text(STR("x")))},
		{var("n", value_real(2)), var("text", value_text(STR("bear"))),
		 var("x", value_real(INFINITY))},
		{var("n", value_real(2.5)), var("text", value_text(STR("cat"))),
		 var("x", value_real(-INFINITY))},
		{var("n", value_int(9007199254740993)), var("text", value_text(STR("dog")))},
		{var("other", value_int(1))},
		{var("n", value_text(STR("7")))},
	};
	static const size_t nv[] = {5, 3, 3, 2, 1, 1};
	CLEANUP_BUF struct buf b = {0};
	struct store *s;

	OK(store_open(&s, p->where, STORE_CREATE, e));
	for (int i = 0; i < 6; i++) {
		char name[2] = {(char)('a' + i), 0}, command[] = "run a";
		struct run_record r = {.name = str_of(name),
				       .verdict = i < 2    ? RUN_GOOD
						  : i == 2 ? RUN_BAD
							   : RUN_UNKNOWN,
				       .started_ns = (i + 1) * INT64_C(1000000000),
				       .command = str_of(command),
				       .variables = v[i],
				       .nvariables = nv[i]};
		command[4] = name[0];
		OK(store_put(s, &r, NULL, e));
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (strcmp(chosen(s, cases[i].where, false, 0, &b), cases[i].names) != 0)
			fail_msg("%s: %s, not %s", cases[i].where, buf_cstr(&b), cases[i].names);
	assert_string_equal(chosen(s, "", true, 0, &b), "fedcba");
	assert_string_equal(chosen(s, "n > 1", true, 2, &b), "fd");
	assert_string_equal(chosen(s, "", false, 3, &b), "abc");
	FAILS(ERR_USAGE, "no field 'nosuch'",
	      store_runs(s, &(struct store_query){.where = STR("nosuch == 1")}, note_name, &b, e));
	store_close(s);
}

/* Many runs: batches, named and ranged fetches, columns that are absent or asked for twice. */
struct seen {
	size_t n, wrong;
	int64_t last, step;
};

static bool check_row(void *arg, const struct store_row *r)
{
	struct seen *seen = arg;
	int64_t i = r->values[0].integer;

	seen->wrong += r->values[0].kind != VALUE_INT || r->values[2].kind != VALUE_NONE ||
		       r->values[3].integer != i || r->values[1].kind != VALUE_TEXT ||
		       r->values[1].text.p[0] != (char)('a' + i % 7);
	seen->wrong += seen->n && (i - seen->last) * seen->step <= 0;
	seen->last = i;
	seen->n++;
	return true;
}

static void many_rows(void **state)
{
	struct place *p = *state;
	enum { N = 3000 };
	struct run_record *r = mem_zalloc(N * sizeof(*r));
	struct variable(*v)[3] = mem_zalloc(N * sizeof(*v));
	static const struct str columns[] = {STR("i"), STR("word"), STR("absent"), STR("i")};
	static const char letters[] = "abcdefg";
	static const struct {
		const char *where;
		size_t n;
	} cases[] = {{"", N},
		     {"i < 100", 100},
		     {"sparse == 1", N / 30},
		     {"i > 5 and i <= 2900", 2895},
		     {"word == c", 429}};
	struct store_variable *vars;
	struct store_point *points;
	struct store_row *rows;
	struct store *s;
	struct arena a;
	size_t n;

	arena_init(&a);
	for (size_t i = 0; i < N; i++) {
		v[i][0] = var("i", value_int((int64_t)i));
		v[i][1] = var("word", value_text((struct str){letters + i % 7, 1}));
		v[i][2] = var("sparse", value_int(i % 30 == 0));
		r[i] = (struct run_record){
			.variables = v[i], .nvariables = 3, .started_ns = (int64_t)i + 1};
	}
	OK(store_open(&s, p->where, STORE_CREATE, e));
	OK(store_put_all(s, r, N, e));
	OK(store_put_all(s, r, N, e)); /* again: nothing changes */
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		bool newest = i & 1;
		struct seen seen = {.step = newest ? -1 : 1};
		struct store_query q = {.where = str_of(cases[i / 2].where),
					.columns = columns,
					.ncolumns = 4,
					.newest_first = newest};

		OK(store_runs(s, &q, check_row, &seen, e));
		assert_int_equal(seen.n, cases[i / 2].n);
		assert_int_equal(seen.wrong, 0);
	}
	OK(store_history(s, STR("i"), STR("sparse == 1"), &a, &points, &n, e));
	assert_int_equal(n, N / 30);
	assert_int_equal(points[99].value.integer, 2970);
	const int64_t numbers[] = {points[99].run, points[0].run, points[99].run + N};
	OK(store_numbered(s, numbers, 3, &a, &rows, e));
	assert_int_equal(rows[0].started_ns, 2971);
	assert_int_equal(rows[1].started_ns, 1);
	assert_int_equal(rows[2].id.n, 0);
	OK(store_history(s, STR("word"), STR("i < 20"), &a, &points, &n, e));
	assert_int_equal(n, 20);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(points[i].value.text.p[0], 'a' + i % 7);
	OK(store_history(s, STR("absent"), STR(""), &a, &points, &n, e));
	assert_int_equal(n, 0);
	OK(store_variables(s, true, &a, &vars, &n, e));
	assert_int_equal(n, 3);
	assert_str(vars[1].name, "sparse");
	assert_int_equal(vars[1].runs, N);
	OK(store_check(s, e));
	store_close(s);
	arena_release(&a);
	free(r);
	free(v);
}

static void user_queries(void **state)
{
	struct place *p = *state;
	struct variable v[] = {var("n", value_int(7)), var("t", value_text(STR("x")))};
	static const char *const refused[] = {
		"DELETE FROM run",
		"INSERT INTO variable (name, unit, better) VALUES ('x', '', 0)",
		"DROP TABLE run",
		"SELECT 1; DELETE FROM run",
		"CREATE TABLE x (a integer)",
		"SELECT nosuch FROM run",
		"not sql",
		"SELECT 1; SELECT 2",
	};
	CLEANUP_BUF struct buf b = {0};
	struct store *s;

	OK(store_open(&s, p->where, STORE_CREATE, e));
	put_one(s, "a", v, 2, NULL);
	OK(store_sql(s,
		     STR("SELECT r.name, f.variable, f.number, f.text FROM fact f JOIN run r ON "
			 "r.id = f.run ORDER BY 2"),
		     join_cells, &b, e));
	assert_string_equal(buf_cstr(&b), "name,variable,number,text;a,n,7,;a,t,,x;");
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		FAILS(ERR_USAGE, "--sql", store_sql(s, str_of(refused[i]), join_cells, &b, e));
	if (p->sqlite)
		FAILS(ERR_USAGE, "only reads",
		      store_sql(s, STR("ATTACH '/tmp/x' AS y"), join_cells, &b, e));
	OK(store_check(s, e));
	store_close(s);
}

/* ---- many processes ---- */

static void write_some(const struct place *p, int writer)
{
	struct err e;
	struct store *s;

	if (store_open(&s, p->where, STORE_CREATE, &e)) {
		fprintf(stderr, "# %s\n", e.msg);
		_exit(1);
	}
	for (int i = 0; i <= EACH; i++) {
		bool shared = i == EACH;
		char own[32];
		struct variable v[] = {var("writer", value_int(shared ? -1 : writer)),
				       var("i", value_int(i)), var("own", value_text(STR("all"))),
				       var("new", value_int(1))};
		struct run_record r = {.variables = v, .nvariables = 4, .started_ns = 5};

		snprintf(own, sizeof(own), "w%d-%d", writer, i);
		if (!shared) {
			v[2].value.text = str_of(own); /* new texts and names in each */
			v[3].name = str_of(own);
		}
		if (store_put(s, &r, NULL, &e)) {
			fprintf(stderr, "# %s\n", e.msg);
			_exit(1);
		}
	}
	store_close(s);
	_exit(0);
}

static void sixteen_writers(void **state)
{
	struct place *p = *state;
	CLEANUP_BUF struct buf b = {0};
	struct store *s;
	int status;

	fflush(NULL);
	for (int i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_some(p, i);
	for (int i = 0; i < WRITERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	OK(store_open(&s, p->where, STORE_READ, e));
	OK(store_sql(s, STR("SELECT count(*), count(DISTINCT id) FROM run"), join_cells, &b, e));
	buf_clear(&b);
	OK(store_sql(s,
		     STR("SELECT count(*), count(DISTINCT run), count(DISTINCT text) FROM fact "
			 "WHERE variable = 'own'"),
		     join_cells, &b, e));
	char want[80];

	snprintf(want, sizeof(want), "%d,%d,%d;", WRITERS * EACH + 1, WRITERS * EACH + 1,
		 WRITERS * EACH + 1);
	assert_non_null(strstr(buf_cstr(&b), want));
	OK(store_check(s, e));
	store_close(s);
}

/* Four processes put, replace, extend and remove the same three runs all the time. */
static void change_same(const struct place *p, int writer)
{
	static const char *const ids[] = {"r-one", "r-two", "r-three"};
	struct err e = {""};
	struct store *s;

	srand48(writer);
	if (store_open(&s, p->where, STORE_CREATE, &e))
		_exit(1);
	for (int i = 0; i < 60; i++) {
		struct variable v[] = {var("a", value_int(lrand48() % 3)), var("b", value_int(i)),
				       var("c", value_text(STR("x")))};
		struct run_record r[3];
		long what = lrand48() % 8, id = lrand48() % 3;
		int rc;

		v[1].n = 2;
		for (int k = 0; k < 3; k++) /* each in its own order */
			r[k] = (struct run_record){.id = str_of(ids[(k + writer) % 3]),
						   .variables = v,
						   .nvariables = 1 + (size_t)(lrand48() % 3)};
		if (what == 0)
			rc = store_remove(s, str_of(ids[id]), &e);
		else if (what < 4)
			rc = store_add_variables(s, str_of(ids[id]), v, 3, &e);
		else if (what < 5)
			rc = store_set_verdict(s, str_of(ids[id]), RUN_GOOD, &e);
		else
			rc = store_put_all(s, r, 3, &e);
		if (rc && rc != -ERR_NOTFOUND) {
			fprintf(stderr, "# %d: %s\n", rc, e.msg);
			_exit(1);
		}
	}
	store_close(s);
	_exit(0);
}

static void same_runs(void **state)
{
	struct place *p = *state;
	struct store *s;
	int status;

	fflush(NULL);
	for (int i = 0; i < 4; i++)
		if (fork() == 0)
			change_same(p, i);
	for (int i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	OK(store_open(&s, p->where, STORE_READ, e));
	OK(store_check(s, e));
	store_close(s);
}

/* A writer that says on a pipe what was acknowledged. */
static void write_until_killed(const struct place *p, int fd, int round)
{
	struct err e;
	struct store *s;

	if (store_open(&s, p->where, STORE_CREATE, &e))
		_exit(1);
	for (int i = 0; i < 100000; i++) {
		struct variable v[] = {var("round", value_int(round)), var("i", value_int(i)),
				       var("t", value_text(STR("text")))};
		struct run_record r = {.variables = v, .nvariables = 3, .started_ns = 5};

		if (store_put(s, &r, NULL, &e) || write(fd, r.id.p, 18) != 18)
			_exit(1);
	}
	_exit(0);
}

static void killed_writers(void **state)
{
	struct place *p = *state;
	const char *times = getenv("INQUEST_TEST_KILLS");
	int rounds = times ? atoi(times) : 8; /* NOLINT */
	CLEANUP_BUF struct buf acked = {0};
	struct run_record got;
	struct store *s;
	struct arena a;

	arena_init(&a);
	srand48(4711);
	fflush(NULL);
	for (int i = 0; i < rounds; i++) {
		struct timespec pause = {.tv_nsec = (long)(drand48() * 60e6)};
		char ids[18 * 4096];
		ssize_t n;
		int fds[2];
		pid_t pid;

		assert_int_equal(pipe(fds), 0);
		pid = fork();
		if (pid == 0) {
			close(fds[0]);
			write_until_killed(p, fds[1], i);
		}
		close(fds[1]);
		/* Every other one is killed while it writes, the rest whatever it does. */
		if (i % 2 == 0 && (n = read(fds[0], ids, 18)) > 0)
			buf_add(&acked, ids, (size_t)n);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while ((n = read(fds[0], ids, sizeof(ids))) > 0)
			buf_add(&acked, ids, (size_t)n);
		close(fds[0]);
	}
	assert_true(acked.n / 18 >= (size_t)rounds / 2);
	OK(store_open(&s, p->where, STORE_CREATE, e));
	OK(store_check(s, e));
	for (size_t i = 0; i + 18 <= acked.n; i += 18)
		OK(store_get(s, (struct str){acked.p + i, 18}, &a, &got, e));
	print_message("# %zu runs acknowledged before %d kills\n", acked.n / 18, rounds);
	store_close(s);
	arena_release(&a);
}

static void evidence(void **state)
{
	struct place *p = *state;
	char dir[64], hash[EVIDENCE_HASH + 1], again[EVIDENCE_HASH + 1], *path;
	static const char *const odd[] = {
		"",
		"../../../../etc/passwd",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde/",
		"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
	};
	struct stat st;

	snprintf(dir, sizeof(dir), "%s/evidence", p->dir);
	OK(evidence_put(dir, STR("some bytes\n"), true, hash, e));
	OK(evidence_put(dir, STR("some bytes\n"), true, again, e));
	assert_string_equal(hash, again);
	/* printf 'some bytes\n' | sha256sum */
	assert_string_equal(hash,
			    "0c169d5251a72b0c10c2a2957d0eacf02c1c5f43d80bc589abcb724df71b3a76");
	OK(evidence_path(dir, str_of(hash), &path, e));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0444);
	OK(evidence_check(dir, str_of(hash), e));
	assert_int_equal(chmod(path, 0644), 0); /* whoever does not run as root needs that */
	assert_int_equal(truncate(path, 4), 0);
	FAILS(ERR_INPUT, "was changed", evidence_check(dir, str_of(hash), e));
	OK(evidence_put(dir, STR("some bytes\n"), true, again, e)); /* it is made whole again */
	OK(evidence_check(dir, str_of(hash), e));
	assert_int_equal(unlink(path), 0);
	FAILS(ERR_SYSTEM, "cannot open", evidence_check(dir, str_of(hash), e));
	free(path);
	OK(evidence_put(dir, STR(""), false, hash, e));
	OK(evidence_check(dir, str_of(hash), e));
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		FAILS(ERR_USAGE, "names no evidence", evidence_path(dir, str_of(odd[i]), &path, e));
	FAILS(ERR_SYSTEM, "cannot make", evidence_put("/nonexistent/x", STR("x"), false, hash, e));
	FAILS(ERR_SYSTEM, "", evidence_put("/dev/null", STR("x"), false, hash, e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_run), TEST(changes),      TEST(refusals),        TEST(conditions),
		TEST(many_rows), TEST(user_queries), TEST(sixteen_writers), TEST(killed_writers),
		TEST(same_runs), TEST(evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
