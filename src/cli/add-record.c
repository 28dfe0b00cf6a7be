// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The record of what was added. A run that is made of files is what these files are: its id is a
 * hash of their hashes, so the same files added again are the same run, whatever else has become
 * known of them. Adding to a run that is there (--run) adds counts of logs, and replaces the rest.
 */
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/sha256.h"
#include "cli/add-extract.h"
#include "cli/derived.h"
#include "cli/add.h"
#include "text/secret.h"

#define MAX_TEST_VARIABLES 2000

/* A record in the making: variables by name. */
struct making {
	struct add *a;
	struct run_record r;
	size_t cap_variables;
	struct map names, hashes; /* of variables, of evidence */
	struct series *series;
	size_t cap_series, cap_tests, cap_evidence;
	bool adds; /* counts to those that are there */
};

static void put(struct making *m, const struct variable *v)
{
	struct variable safe = *v;
	uint32_t at;
	bool fresh;

	safe.name = add_safe(m->a, v->name);
	at = map_put(&m->names, hash_str(safe.name), (uint32_t)m->r.nvariables, &fresh);
	if (fresh) {
		array_push(m->r.variables, m->r.nvariables, m->cap_variables) = safe;
		return;
	}
	if (m->adds && safe.value.kind == VALUE_INT && m->r.variables[at].value.kind == VALUE_INT &&
	    (str_starts(safe.name, STR("log.")) || str_starts(safe.name, STR("symptom.")) ||
	     str_starts(safe.name, STR("tests."))))
		safe.value.integer += m->r.variables[at].value.integer;
	m->r.variables[at] = safe;
}

static void put_int(struct making *m, const char *name, uint64_t v, enum better better)
{
	struct variable var = {.name = str_of(name),
			       .value = value_int((int64_t)v),
			       .better = better,
			       .n = 1,
			       .spread = NAN};

	put(m, &var);
}

/* ---- results of tests ---- */

static bool is_total(struct str name)
{
	static const struct str totals[] = {STR("tests.passed"), STR("tests.failed"),
					    STR("tests.error"), STR("tests.skipped"),
					    STR("tests.seconds")};

	for (size_t i = 0; i < ARRAY_SIZE(totals); i++)
		if (str_eq(name, totals[i]))
			return true;
	return false;
}

static void put_test(struct making *m, const struct test_result *t)
{
	static const char *const status[] = {"passed", "failed", "error", "skipped"};
	struct test_result safe = *t;

	safe.suite = add_safe(m->a, t->suite);
	safe.name = add_safe(m->a, t->name);
	array_push(m->r.tests, m->r.ntests, m->cap_tests) = safe;
	if (m->r.ntests > MAX_TEST_VARIABLES && t->status != TEST_FAILED && t->status != TEST_ERROR)
		return;
	put(m,
	    &(struct variable){.name = str_of(arena_printf(
				       &m->a->arena, "test." STR_FMT "%s" STR_FMT,
				       STR_ARG(str_head(safe.suite, 200)), safe.suite.n ? "." : "",
				       STR_ARG(str_head(safe.name, 400)))),
			       .value = value_text(str_of(status[t->status])),
			       .n = 1,
			       .spread = NAN});
}

static void put_totals(struct making *m, uint32_t run)
{
	uint64_t n[TEST_SKIPPED + 1] = {0};
	double seconds = 0;
	bool any = false, timed = false;

	for (size_t i = 0; i < m->a->nfiles; i++) {
		const struct add_file *f = &m->a->files[i];

		any = any || (f->reader && f->reader->tests && !f->error.n && !f->known);
		for (size_t k = 0; !f->known && k < f->im.ntests; k++) {
			const struct test_result *t = &f->im.tests[k];

			if (t->run != run)
				continue;
			n[t->status]++;
			timed = timed || !isnan(t->seconds);
			seconds += isnan(t->seconds) ? 0 : t->seconds;
		}
	}
	if (!any)
		return;
	put_int(m, "tests.passed", n[TEST_PASSED], BETTER_HIGHER);
	put_int(m, "tests.failed", n[TEST_FAILED], BETTER_LOWER);
	put_int(m, "tests.error", n[TEST_ERROR], BETTER_LOWER);
	put_int(m, "tests.skipped", n[TEST_SKIPPED], BETTER_UNKNOWN);
	if (timed)
		put(m, &(struct variable){.name = STR("tests.seconds"),
					  .value = value_real(seconds),
					  .unit = STR("s"),
					  .better = BETTER_LOWER,
					  .n = 1,
					  .spread = NAN});
}

/* ---- what the files hold ---- */

/* Of several runs in one source each is a record of its own, and not of the main one. */
static bool holds_several(const struct add_file *f)
{
	return f->im.nruns > 1;
}

static void put_variable(struct making *m, const struct add_file *f, size_t i)
{
	if (!is_total(f->im.variables[i].name))
		put(m, &f->im.variables[i]);
}

static void put_series(struct making *m, const struct add_file *f, size_t i)
{
	struct series s = f->im.series[i];

	s.name = add_safe(m->a, s.name);
	array_push(m->series, m->r.nseries, m->cap_series) = s;
}

static void put_result(struct making *m, const struct add_file *f, size_t i)
{
	put_test(m, &f->im.tests[i]);
}

static void add_evidence_row(struct making *m, const struct run_evidence *e)
{
	bool fresh;

	map_put(&m->hashes, hash_str(e->hash), 0, &fresh);
	if (fresh)
		array_push(m->r.evidence, m->r.nevidence, m->cap_evidence) = *e;
}

static void put_file(struct making *m, const struct add_file *f, size_t i)
{
	struct str name = f->parts ? f->parts[i].path : f->name;

	if (f->hashes[i].n)
		add_evidence_row(
			m, &(struct run_evidence){f->hashes[i], add_safe(m->a, name),
						  str_of(f->reader ? f->reader->name : f->kind)});
}

static void put_evidence(struct making *m, const struct add_file *f)
{
	for (size_t i = 0; i < f->nhashes; i++)
		put_file(m, f, i);
}

static void put_import(struct making *m, const struct add_file *f)
{
	for (size_t i = 0; i < f->im.nvariables; i++)
		put_variable(m, f, i);
	for (size_t i = 0; i < f->im.nseries; i++)
		put_series(m, f, i);
	for (size_t i = 0; i < f->im.ntests; i++)
		put_result(m, f, i);
}

/* The rows of a table to the runs that they are of: run points to that of the first row. */
static void deal(struct making *runs, const struct add_file *f, const uint32_t *run, size_t stride,
		 size_t n, void (*put_row)(struct making *m, const struct add_file *f, size_t i))
{
	for (size_t i = 0; i < n; i++) {
		uint32_t to;

		memcpy(&to, (const char *)run + i * stride, sizeof(to));
		if (to < f->im.nruns)
			put_row(&runs[to], f, i);
	}
}

/* What a file with several runs holds, and its evidence. */
static void deal_import(struct making *runs, const struct add_file *f)
{
	const struct import *im = &f->im;

	if (im->nvariables)
		deal(runs, f, &im->variables->run, sizeof(*im->variables), im->nvariables,
		     put_variable);
	if (im->nseries)
		deal(runs, f, &im->series->run, sizeof(*im->series), im->nseries, put_series);
	if (im->ntests)
		deal(runs, f, &im->tests->run, sizeof(*im->tests), im->ntests, put_result);
	if (im->file_runs)
		deal(runs, f, im->file_runs, sizeof(*im->file_runs), f->nhashes, put_file);
	for (size_t i = 0; !im->file_runs && i < im->nruns; i++)
		put_evidence(&runs[i], f);
}

static int by_hash(const void *x, const void *y)
{
	const struct run_evidence *a = x, *b = y;

	return str_cmp(a->hash, b->hash);
}

/* By the evidence of r, in any order, and the name of one of several runs. */
static struct str id_of(struct add *a, const struct run_record *r, struct str run)
{
	CLEANUP_FREE struct run_evidence *e = mem_alloc((r->nevidence + 1) * sizeof(*e));
	CLEANUP_BUF struct buf b = {0};
	char hex[SHA256_HEX + 1];

	if (r->nevidence)
		memcpy(e, r->evidence, r->nevidence * sizeof(*e));
	qsort(e, r->nevidence, sizeof(*e), by_hash);
	BUF_LIT(&b, "inquest.add/1\n");
	for (size_t i = 0; i < r->nevidence; i++)
		buf_printf(&b, STR_FMT "\n", STR_ARG(e[i].hash));
	buf_add_str(&b, run);
	sha256_hex(buf_str(&b), hex);
	return str_of(arena_printf(&a->arena, "r-%.16s", hex));
}

/* ---- the run that is there ---- */

/* Is the variable one that reading the same files again makes anew? */
static bool is_read(struct str name)
{
	return str_starts(name, STR("log.")) || str_starts(name, STR("symptom.")) ||
	       str_starts(name, STR("tests.")) || str_starts(name, STR("test."));
}

static void begin(struct making *m, struct add *a, const struct run_record *was)
{
	*m = (struct making){.a = a};
	if (a->v->as)
		m->r.verdict = strcmp(a->v->as, "good") == 0 ? RUN_GOOD : RUN_BAD;
	if (a->v->name)
		m->r.name = add_safe(a, str_of(a->v->name));
	m->r.started_ns = a->started_ns;
	if (!was)
		return;
	m->r.id = was->id;
	m->r.command = was->command;
	m->r.state = was->state;
	if (was->started_ns)
		m->r.started_ns = was->started_ns;
	if (!a->v->as)
		m->r.verdict = was->verdict;
	if (!a->v->name)
		m->r.name = was->name;
	m->adds = a->v->run != NULL;
	for (size_t i = 0; i < was->nvariables; i++)
		if (m->adds || !is_read(was->variables[i].name))
			put(m, &was->variables[i]);
	for (size_t i = 0; m->adds && i < was->nseries; i++)
		array_push(m->series, m->r.nseries, m->cap_series) = was->series[i];
	for (size_t i = 0; m->adds && i < was->ntests; i++)
		array_push(m->r.tests, m->r.ntests, m->cap_tests) = was->tests[i];
	for (size_t i = 0; i < was->nevidence; i++)
		add_evidence_row(m, &was->evidence[i]);
}

static void making_release(struct making *m)
{
	free(m->r.variables);
	free(m->series);
	free(m->r.tests);
	free(m->r.evidence);
	map_release(&m->names);
	map_release(&m->hashes);
}

static int get_run(struct add *a, struct store *s, struct str id, struct err *err)
{
	struct run_record *r = arena_zalloc(&a->arena, sizeof(*r));
	int rc = store_get(s, id, &a->arena, r, err);

	if (!rc)
		a->was = r;
	return rc;
}

int add_find_run(struct add *a, struct store *s, struct err *err)
{
	struct making m = {.a = a}, was = {.a = a};
	size_t known = 0;
	uint32_t no;
	int rc;

	if (a->v->run) {
		rc = get_run(a, s, str_of(a->v->run), err);
	} else {
		for (size_t i = 0; i < a->nfiles; i++)
			put_evidence(&m, &a->files[i]);
		rc = get_run(a, s, id_of(a, &m.r, STR("")), err);
		making_release(&m);
		return rc == -ERR_NOTFOUND ? 0 : rc;
	}
	for (size_t i = 0; !rc && i < a->was->nevidence; i++)
		add_evidence_row(&was, &a->was->evidence[i]);
	for (size_t i = 0; !rc && i < a->nfiles; i++) {
		struct add_file *f = &a->files[i];

		f->known = f->nhashes && map_get(&was.hashes, hash_str(f->hashes[0]), &no);
		known += f->known;
	}
	making_release(&was);
	if (!rc && known == a->nfiles)
		a->run_known = true;
	return rc;
}

/* ---- storing ---- */

static int put_extracted(struct making *m, struct err *err)
{
	struct variable *v = NULL;
	size_t n = 0, cap = 0;
	int rc = extract_run(m->a->extracts, m->a->workspace.evidence, &m->a->arena, &m->r, &v, &n,
			     &cap, err);

	for (size_t i = 0; !rc && i < n; i++)
		put(m, &v[i]);
	free(v);
	return rc;
}

static void put_derived(struct making *m, const struct derived *d)
{
	struct variable *v = NULL;
	size_t n = 0, cap = 0;

	derived_record(d, &m->a->arena, &m->r, &v, &n, &cap);
	for (size_t i = 0; i < n; i++)
		put(m, &v[i]);
	free(v);
}

/* Add what follows from the rest. */
static int complete(struct making *m, const struct derived *d, struct err *err)
{
	int rc = put_extracted(m, err);

	m->r.series = m->series;
	if (!rc)
		put_derived(m, d);
	return rc;
}

static int put_run(struct making *m, struct store *s, bool *known, struct err *err)
{
	struct derived d;
	int rc = derived_load(&d, &m->a->workspace, NULL, err);

	if (rc)
		return rc;
	rc = complete(m, &d, err);
	derived_release(&d);
	if (!rc)
		rc = store_put(s, &m->r, known, err);
	if (!rc)
		m->r.id = arena_str(&m->a->arena, m->r.id);
	return rc;
}

/* Those of the runs that hold anything, in one transaction. */
static int put_filled(struct add *a, struct making *runs, size_t n, struct store *s,
		      struct err *err)
{
	CLEANUP_FREE struct run_record *r = mem_alloc((n + 1) * sizeof(*r));
	struct derived d;
	size_t filled = 0;
	int rc = derived_load(&d, &a->workspace, NULL, err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < n; i++) {
		struct making *m = &runs[i];

		if (!m->r.nvariables && !m->r.nseries && !m->r.ntests)
			continue;
		rc = complete(m, &d, err);
		r[filled++] = m->r;
	}
	derived_release(&d);
	if (!rc)
		rc = store_put_all(s, r, filled, err);
	for (size_t i = 0; !rc && i < filled; i++)
		array_push(a->more_runs, a->nmore_runs, a->cap_more_runs) = r[i].id;
	return rc;
}

/* Every run of a source that holds several. */
static int put_several(struct add *a, const struct add_file *f, struct store *s, struct err *err)
{
	struct making *runs = mem_alloc(f->im.nruns * sizeof(*runs));
	int rc;

	for (size_t i = 0; i < f->im.nruns; i++) {
		begin(&runs[i], a, NULL);
		runs[i].r.name = add_safe(a, f->im.runs[i]);
	}
	deal_import(runs, f);
	for (size_t i = 0; i < f->im.nruns; i++)
		runs[i].r.id = id_of(a, &runs[i].r, f->im.runs[i]);
	rc = put_filled(a, runs, f->im.nruns, s, err);
	for (size_t i = 0; i < f->im.nruns; i++)
		making_release(&runs[i]);
	free(runs);
	return rc;
}

static void put_symptoms(struct making *m)
{
	for (size_t i = 0; i < m->a->nsymptoms; i++) {
		const struct add_symptom *y = &m->a->symptoms[i];

		put_int(m, arena_printf(&m->a->arena, "symptom.%s", y->key), y->count,
			BETTER_LOWER);
	}
}

static int put_main(struct add *a, struct store *s, struct err *err)
{
	struct making m;
	bool any = a->nvariables > 0;
	int rc;

	begin(&m, a, a->was);
	for (size_t i = 0; i < a->nfiles; i++) {
		struct add_file *f = &a->files[i];

		if (holds_several(f) || f->known)
			continue;
		any = true;
		put_import(&m, f);
		put_evidence(&m, f);
	}
	for (size_t i = 0; i < a->nvariables; i++)
		put(&m, &a->variables[i]);
	put_totals(&m, 0);
	put_symptoms(&m);
	if (!m.r.id.n && m.r.nevidence)
		m.r.id = id_of(a, &m.r, STR(""));
	rc = any ? put_run(&m, s, &a->run_known, err) : 0;
	if (!rc && any) {
		a->run_id = m.r.id;
		a->run_name = arena_str(&a->arena, m.r.name);
		a->verdict = m.r.verdict;
	}
	making_release(&m);
	return rc;
}

int add_record(struct add *a, struct store *s, struct err *err)
{
	int rc = 0;

	if (a->run_known) { /* --run, and it has all of these files */
		a->run_id = a->was->id;
		a->run_name = a->was->name;
		a->verdict = a->was->verdict;
		if (a->v->as) {
			a->verdict = strcmp(a->v->as, "good") == 0 ? RUN_GOOD : RUN_BAD;
			rc = store_set_verdict(s, a->run_id, a->verdict, err);
		}
		return rc;
	}
	for (size_t i = 0; !rc && i < a->nfiles; i++)
		if (holds_several(&a->files[i]))
			rc = put_several(a, &a->files[i], s, err);
	return rc ? rc : put_main(a, s, err);
}
