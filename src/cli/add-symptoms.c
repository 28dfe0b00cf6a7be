// SPDX-License-Identifier: GPL-3.0-or-later
/* The symptoms of one call of `inquest add`: grouped among themselves, failed tests, and what the
 * good runs say of them. */
#include <stdlib.h>

#include "base/hash.h"
#include "cli/add.h"
#include "compare/range.h"

#define ALIKE         5 /* failed tests with one message that are one symptom */
#define MAX_SYMPTOMS  ((size_t)5000)
#define MAX_METRICS   2000 /* variables compared with good runs */
#define MAX_GOOD_RUNS 200

/* Everything that s is made of, without secrets, in the arena. */
static struct grouping_symptom copied(struct add *a, const struct grouping_symptom *s)
{
	struct grouping_symptom c = *s;

	c.type = add_safe(a, s->type);
	c.text = add_safe(a, s->text);
	for (size_t i = 0; i < s->nframes; i++)
		c.frames[i] = add_safe(a, s->frames[i]);
	return c;
}

/* Which one of this call s is; SIZE_MAX: none. */
static size_t same(struct add *a, const struct grouping_symptom *s, const char *key)
{
	double most = GROUPING_JOIN, q;
	size_t best = SIZE_MAX;
	uint32_t id;
	bool known = map_get(&a->by_key, hash_str(str_of(key)), &id);

	if (known)
		best = id;
	else if (grouping_exact(s))
		return SIZE_MAX; /* of thousands of failed tests none is like another */
	for (size_t i = 0; i < a->nsymptoms && !known && most < 1; i++) {
		const char *why;

		q = grouping_compare(&a->symptoms[i].is, s, &why);
		if (q < most || (best != SIZE_MAX && q == most))
			continue;
		best = i;
		most = q;
	}
	if (best == SIZE_MAX)
		return best;
	q = grouping_compare(&a->symptoms[best].is, s, &a->symptoms[best].why);
	if (q < a->symptoms[best].quality)
		a->symptoms[best].quality = q;
	return best;
}

struct add_symptom *add_symptom(struct add *a, const struct grouping_symptom *s, uint32_t file,
				uint64_t line)
{
	struct grouping_symptom safe = copied(a, s);
	char key[GROUPING_KEY + 1];
	CLEANUP_BUF struct buf what = {0};
	struct add_symptom *y;
	size_t at;

	grouping_key(&safe, key);
	at = same(a, &safe, key);
	if (at == SIZE_MAX && a->nsymptoms == MAX_SYMPTOMS)
		at = MAX_SYMPTOMS - 1;
	if (at != SIZE_MAX) {
		a->symptoms[at].count++;
		return &a->symptoms[at];
	}
	grouping_what(&safe, ADD_WHAT, &what);
	array_push(a->symptoms, a->nsymptoms, a->cap_symptoms) = (struct add_symptom){
		.is = safe, .file = file, .line = line, .count = 1, .why = "", .quality = 1};
	y = &a->symptoms[a->nsymptoms - 1];
	y->what = arena_str(&a->arena, buf_str(&what));
	memcpy(y->key, key, sizeof(key));
	map_put(&a->by_key, hash_str(str_of(key)), (uint32_t)a->nsymptoms - 1, NULL);
	return y;
}

/* ---- failed tests ---- */

static struct str test_name(struct add *a, const struct test_result *t)
{
	if (!t->suite.n || str_starts(t->name, t->suite))
		return t->name;
	return str_of(
		arena_printf(&a->arena, STR_FMT "." STR_FMT, STR_ARG(t->suite), STR_ARG(t->name)));
}

static bool failed(const struct test_result *t)
{
	return t->status == TEST_FAILED || t->status == TEST_ERROR;
}

/* How many failed tests have each message. */
static void count_messages(const struct add *a, struct map *counts)
{
	for (size_t i = 0; i < a->nfiles; i++)
		for (size_t k = 0; k < a->files[i].im.ntests; k++) {
			const struct test_result *t = &a->files[i].im.tests[k];
			uint64_t h = hash_str(t->message);
			uint32_t n = 0;

			if (!failed(t) || !t->message.n)
				continue;
			map_get(counts, h, &n);
			if (!n)
				map_put(counts, h, (uint32_t)counts->n, NULL);
		}
}

struct message {
	uint64_t n, seen;
};

void add_failed_tests(struct add *a)
{
	struct map ids = {0};
	struct message *messages;

	count_messages(a, &ids);
	messages = mem_zalloc((ids.n + 1) * sizeof(*messages));
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < a->nfiles; i++)
			for (size_t k = 0; k < a->files[i].im.ntests; k++) {
				const struct test_result *t = &a->files[i].im.tests[k];
				struct grouping_symptom s = {.kind = GROUPING_TEST};
				struct message *m = &messages[ids.n];
				uint32_t id;

				if (!failed(t))
					continue;
				if (t->message.n && map_get(&ids, hash_str(t->message), &id))
					m = &messages[id];
				if (pass == 0) {
					m->n += t->message.n > 0;
					continue;
				}
				if (m->n >= ALIKE && m != &messages[ids.n]) {
					if (!m->seen++) {
						grouping_alike(&s, &a->arena, t->message, m->n);
						add_symptom(a, &s, i, t->line)->rank = 900;
					}
					continue;
				}
				s.text = test_name(a, t);
				s.type = t->message;
				add_symptom(a, &s, i, t->line)->rank = 800;
			}
	free(messages);
	map_release(&ids);
}

/* ---- against the good runs ---- */

struct good {
	struct add *a;
	double *values; /* of each run, for each column */
	size_t ncolumns, nruns;
	struct str *names; /* of the run that has a symptom, for each */
};

static bool take_row(void *arg, const struct store_row *row)
{
	struct good *g = arg;

	for (size_t i = 0; i < g->ncolumns; i++)
		g->values[g->nruns * g->ncolumns + i] = row->values[i].kind == VALUE_NONE
								? -INFINITY
								: value_number(row->values[i]);
	g->names[g->nruns++] = arena_str(&g->a->arena, row->id);
	return g->nruns < MAX_GOOD_RUNS;
}

static void mark_in_good(struct add *a, const struct good *g)
{
	for (size_t i = 0; i < a->nsymptoms && i < g->ncolumns; i++)
		for (size_t k = 0; k < g->nruns && !a->symptoms[i].in_good.n; k++)
			if (g->values[k * g->ncolumns + i] > 0 && !str_eq(g->names[k], a->run_id))
				a->symptoms[i].in_good = g->names[k];
}

static void check_metric(struct add *a, const struct good *g, size_t column,
			 const struct variable *v, uint32_t file)
{
	struct grouping_symptom s = {.kind = GROUPING_METRIC, .text = v->name};
	CLEANUP_FREE double *good = mem_alloc((g->nruns + 1) * sizeof(*good));
	double value = value_number(v->value);
	struct range r;
	size_t n = 0;

	for (size_t k = 0; k < g->nruns; k++)
		if (g->values[k * g->ncolumns + column] != -INFINITY &&
		    !str_eq(g->names[k], a->run_id))
			good[n++] = g->values[k * g->ncolumns + column];
	if (range_outside(good, n, value, v->better, &r)) {
		s.type = str_of(arena_printf(
			&a->arena, "%.6g%s" STR_FMT ", good runs %.6g to %.6g (%zu)", value,
			v->unit.n ? " " : "", STR_ARG(v->unit), r.low, r.high, r.n));
		add_symptom(a, &s, file, v->line)->rank = 700;
	} else if (!isfinite(value) && r.n < RANGE_MIN_RUNS) {
		s.type = isnan(value) ? STR("is not a number") : STR("is infinite");
		add_symptom(a, &s, file, v->line)->rank = 700;
	}
}

static bool is_metric(const struct variable *v)
{
	return v->value.kind == VALUE_INT || v->value.kind == VALUE_REAL
		       ? v->run == 0 && !str_starts(v->name, STR("tests."))
		       : false;
}

int add_against_good(struct add *a, struct store *s, struct err *err)
{
	struct str *columns = mem_alloc((a->nsymptoms + MAX_METRICS) * sizeof(*columns));
	struct good g = {.a = a};
	size_t nsymptoms = a->nsymptoms;
	int rc;

	for (size_t i = 0; i < nsymptoms; i++)
		columns[g.ncolumns++] =
			str_of(arena_printf(&a->arena, "symptom.%s", a->symptoms[i].key));
	for (size_t i = 0; i < a->nfiles; i++)
		for (size_t k = 0; k < a->files[i].im.nvariables; k++)
			if (is_metric(&a->files[i].im.variables[k]) &&
			    g.ncolumns < nsymptoms + MAX_METRICS)
				columns[g.ncolumns++] = a->files[i].im.variables[k].name;
	g.values = mem_alloc((MAX_GOOD_RUNS * g.ncolumns + 1) * sizeof(*g.values));
	g.names = mem_alloc(MAX_GOOD_RUNS * sizeof(*g.names));
	rc = store_runs(s,
			&(struct store_query){.where = STR("verdict == good"),
					      .columns = columns,
					      .ncolumns = g.ncolumns,
					      .limit = MAX_GOOD_RUNS,
					      .newest_first = true},
			take_row, &g, err);
	if (!rc) {
		size_t column = nsymptoms;

		mark_in_good(a, &g);
		for (uint32_t i = 0; i < a->nfiles; i++)
			for (size_t k = 0; k < a->files[i].im.nvariables; k++)
				if (is_metric(&a->files[i].im.variables[k]) && column < g.ncolumns)
					check_metric(a, &g, column++, &a->files[i].im.variables[k],
						     i);
	}
	free(columns);
	free(g.values);
	free(g.names);
	return rc;
}
