// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The store with many runs: bench_store WHERE RUNS [VARIABLES] makes one (if there is none), then
 * times the fixed queries: runs by a condition on two variables with ten columns; the history of
 * one variable; all variables of two groups of 1,000 runs. Each is done twice: the second time
 * what it reads is in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/store.h"

#define BATCH  ((size_t)10000)
#define WORDS  16
#define GROUPS 1000 /* runs in each of the groups "a" and "b" */

/* Wall clock, and the processor time of this process and of PostgreSQL's server: on a busy machine
 * only that means something. */
struct times {
	double wall, cpu, server;
};

static pid_t server; /* process of the server; 0: there is none */

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool take_pid(void *arg, const struct str *cells, size_t n, bool head)
{
	uint64_t pid;

	if (!head && str_u64(cells[0], &pid))
		server = (pid_t)pid;
	return true;
}

static double server_seconds(void)
{
	char path[64];
	unsigned long long ns = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)server);
	f = server ? fopen(path, "r") : NULL;
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &ns) != 1) /* NOLINT */
		ns = 0;
	fclose(f);
	return (double)ns / 1e9;
}

static struct times now(void)
{
	return (struct times){seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID),
			      server_seconds()};
}

static void print_times(const char *what, struct times start, size_t runs, size_t values)
{
	struct times end = now();

	printf("%s: %.2f s, %.2f s of processor", what, end.wall - start.wall, end.cpu - start.cpu);
	if (server)
		printf(" and %.2f s of the server's", end.server - start.server);
	printf(" (%zu runs, %zu values)\n", runs, values);
}

static void must(int rc, const struct err *err)
{
	if (!rc)
		return;
	fprintf(stderr, "bench_store: %s\n", err->msg);
	exit(4);
}

/* Three in five are reals, one in five whole numbers, one in five words. */
static struct value any_value(size_t variable, char words[WORDS][32])
{
	switch (variable % 5) {
	case 3: return value_int(lrand48() % 100000);
	case 4: return value_text(str_of(words[lrand48() % WORDS]));
	default: return value_real(drand48());
	}
}

static void load(struct store *s, size_t runs, size_t nvariables)
{
	struct variable *v = mem_zalloc(BATCH * nvariables * sizeof(*v));
	struct run_record *r = mem_zalloc(BATCH * sizeof(*r));
	char words[WORDS][32], (*names)[32] = mem_zalloc(nvariables * sizeof(*names));
	size_t stride = runs / (2 * GROUPS + 1);
	struct times start = now();
	struct err err;

	for (size_t i = 0; i < WORDS; i++)
		snprintf(words[i], sizeof(words[i]), "word-%zu", i);
	for (size_t i = 0; i < nvariables; i++)
		snprintf(names[i], sizeof(names[i]), "v%zu", i);
	srand48(1);
	for (size_t at = 0; at < runs; at += BATCH) {
		size_t n = runs - at < BATCH ? runs - at : BATCH;

		memset(r, 0, BATCH * sizeof(*r));
		for (size_t i = 0; i < n; i++) {
			struct variable *w = v + i * nvariables;
			size_t run = at + i;

			for (size_t k = 0; k < nvariables; k++)
				w[k] = (struct variable){.name = str_of(names[k]),
							 .value = any_value(k, words),
							 .n = 1,
							 .spread = NAN};
			w[0].value =
				value_text(stride && run % stride == 0 && run / stride < 2 * GROUPS
						   ? (run / stride % 2 ? STR("a") : STR("b"))
						   : STR("none"));
			r[i] = (struct run_record){.variables = w,
						   .nvariables = nvariables,
						   .command = STR("make check"),
						   .started_ns = (int64_t)(run + 1) * 1000000000};
		}
		must(store_put_all(s, r, n, &err), &err);
	}
	print_times("load", start, runs, runs * nvariables);
	free(v);
	free(r);
	free(names);
}

struct count {
	size_t runs, values;
	size_t columns;
};

static bool count_row(void *arg, const struct store_row *r)
{
	struct count *c = arg;

	c->runs++;
	for (size_t i = 0; i < c->columns; i++)
		c->values += r->values[i].kind != VALUE_NONE;
	return true;
}

static void time_query(struct store *s, const char *what, const char *where,
		       const struct str *columns, size_t n)
{
	struct store_query q = {.where = str_of(where), .columns = columns, .ncolumns = n};
	struct err err;

	for (int i = 0; i < 2; i++) {
		struct count c = {.columns = n};
		struct times start = now();

		must(store_runs(s, &q, count_row, &c, &err), &err);
		print_times(what, start, c.runs, c.values);
	}
}

static void time_history(struct store *s, const char *variable)
{
	struct store_point *points;
	struct arena a;
	struct err err;
	size_t n;

	for (int i = 0; i < 2; i++) {
		struct times start = now();

		arena_init(&a);
		must(store_history(s, str_of(variable), STR(""), &a, &points, &n, &err), &err);
		print_times("history of one variable", start, n, n);
		arena_release(&a);
	}
}

int main(int argc, char **argv)
{
	size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	size_t nvariables = argc > 3 ? strtoul(argv[3], NULL, 10) : 100;
	struct store_variable *v = NULL;
	struct str *names;
	struct store *s;
	struct arena a;
	struct err err;
	char where[80];
	size_t n = 0;

	if (argc < 3 || nvariables < 20) {
		fprintf(stderr, "usage: bench_store WHERE RUNS [VARIABLES, at least 20]\n");
		return 2;
	}
	arena_init(&a);
	must(store_open(&s, argv[1], STORE_CREATE, &err), &err);
	if (strncmp(argv[1], "postgres", 8) == 0)
		must(store_sql(s, STR("SELECT pg_backend_pid()"), take_pid, NULL, &err), &err);
	must(store_variables(s, false, &a, &v, &n, &err), &err);
	if (!n) {
		load(s, runs, nvariables);
		must(store_variables(s, false, &a, &v, &n, &err), &err);
	}
	names = mem_alloc(n * sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = v[i].name;
	/* About 300 runs, whatever their number. */
	snprintf(where, sizeof(where), "v1 < %.17g and v4 == word-3", 300.0 * WORDS / (double)runs);
	time_query(s, "two conditions, ten columns", where, names, 10);
	time_history(s, "v10"); /* reals */
	time_history(s, "v9");  /* words */
	time_query(s, "all variables of two groups", "v0 in (a, b)", names, n);
	store_close(s);
	arena_release(&a);
	free(names);
	return 0;
}
