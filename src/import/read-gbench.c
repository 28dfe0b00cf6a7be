// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Google Benchmark: its JSON, its CSV and its table. Rows of repetitions become one measurement;
 * the rows of aggregates (mean, median, stddev, cv) are told from them, and count only where the
 * report has nothing else (--benchmark_report_aggregates_only): the median with the deviation.
 * Format: docs/user_guide.md of the library.
 */
#include <stdio.h>

#include "import/bench-json.h"
#include "text/csv.h"

static const struct str aggregates[] = {STR("mean"), STR("median"), STR("stddev"), STR("cv")};

static struct str counter_unit(struct str name)
{
	if (str_eq(name, STR("bytes_per_second")))
		return STR("B/s");
	return str_ends(name, STR("_per_second")) ? STR("1/s") : STR("");
}

/* The row that is read: aggregate is empty for a repetition, else "mean", "median" ...; n:
 * repetitions, of an aggregate. */
struct row {
	struct bench *b;
	struct str aggregate;
	uint64_t n, line;
};

static void figure(const struct row *r, const char *what, double v, struct str unit)
{
	if (!r->aggregate.n)
		bench_rep(r->b, what, v, unit, r->line);
	else if (str_eq(r->aggregate, STR("median")))
		bench_sum(r->b, what, v, unit, r->n, NAN, r->line);
	else if (str_eq(r->aggregate, STR("stddev")))
		bench_spread(r->b, what, v, unit);
}

static void counter(const struct row *r, struct str name, double v)
{
	CLEANUP_BUF struct buf key = {0};

	buf_add_str(&key, name);
	figure(r, buf_cstr(&key), v, counter_unit(name));
}

/* It ended with an error, or was skipped. */
static void failed(struct bench *b, struct str name, enum test_status status, struct str why,
		   uint64_t line)
{
	struct test_result *r = import_add_test(b->im, STR(""), name, status);

	if (!r)
		return;
	r->line = line;
	import_explain(b->im, r, why);
}

/* ---- JSON ---- */

/* What is the row's own, not a counter of the user */
static bool is_own(struct str key)
{
	static const struct str own[] = {STR("name"),
					 STR("family_index"),
					 STR("per_family_instance_index"),
					 STR("run_name"),
					 STR("run_type"),
					 STR("repetitions"),
					 STR("threads"),
					 STR("iterations"),
					 STR("repetition_index"),
					 STR("real_time"),
					 STR("cpu_time"),
					 STR("time_unit"),
					 STR("aggregate_name"),
					 STR("big_o"),
					 STR("aggregate_unit"),
					 STR("cpu_coefficient"),
					 STR("real_coefficient"),
					 STR("rms")};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (str_eq(own[i], key))
			return true;
	return false;
}

static struct str run_name(const struct jsontree *t)
{
	const struct jsontree *run = jsontree_get(t, "run_name");

	return jsontree_text(run ? run : jsontree_get(t, "name"));
}

/* The name of the aggregate; empty for an iteration. Before version 1.5 only the row's name says.
 */
static struct str aggregate_of(const struct jsontree *t)
{
	struct str name = jsontree_text(jsontree_get(t, "aggregate_name"));

	if (name.n || jsontree_get(t, "run_type"))
		return name;
	name = jsontree_text(jsontree_get(t, "name"));
	for (size_t i = 0; i < ARRAY_SIZE(aggregates); i++)
		if (str_ends(name, aggregates[i]) && name.n > aggregates[i].n &&
		    name.p[name.n - aggregates[i].n - 1] == '_')
			return aggregates[i];
	if (jsontree_get(t, "big_o"))
		return STR("BigO");
	return jsontree_get(t, "rms") ? STR("RMS") : STR("");
}

static void figures(const struct row *r, const struct jsontree *t)
{
	const struct jsontree *real = jsontree_get(t, "real_time");
	const struct jsontree *cpu = jsontree_get(t, "cpu_time");
	struct str unit = jsontree_text(jsontree_get(t, "time_unit"));

	if (!unit.n)
		unit = STR("ns");
	if (jsontree_is_number(real))
		figure(r, "time", jsontree_number(real), unit);
	if (jsontree_is_number(cpu))
		figure(r, "cpu_time", jsontree_number(cpu), unit);
	for (const struct jsontree *c = jsontree_first(t); c; c = c->next)
		if ((c->kind == JSONTREE_INT || c->kind == JSONTREE_REAL) && !is_own(c->key))
			counter(r, c->key, jsontree_number(c));
}

static void aggregate(struct bench *b, const struct jsontree *t, struct str name, bool repeated)
{
	const struct jsontree *big_o = jsontree_get(t, "big_o");
	const struct jsontree *n = jsontree_get(t, "repetitions");

	if (!n)
		n = jsontree_get(t, "iterations");
	if (str_eq(name, STR("BigO"))) {
		bench_add(b, "BigO", bench_json_value(big_o), STR(""), t->line);
		bench_json_number(b, "BigO.time", jsontree_get(t, "real_coefficient"),
				  jsontree_text(jsontree_get(t, "time_unit")));
	} else if (str_eq(name, STR("RMS"))) {
		bench_json_number(b, "RMS", jsontree_get(t, "rms"), STR(""));
	} else if (!repeated) {
		figures(&(struct row){.b = b,
				      .aggregate = name,
				      .n = n && n->kind == JSONTREE_INT ? (uint64_t)n->integer : 0,
				      .line = t->line},
			t);
	}
}

/* Did it end with an error, or was it skipped? Then a result of a test says so. */
static bool is_failed(struct bench *b, const struct jsontree *t)
{
	static const struct {
		const char *flag, *message;
		enum test_status status;
	} ends[] = {{"error_occurred", "error_message", TEST_ERROR},
		    {"skipped", "skip_message", TEST_SKIPPED}};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (!jsontree_true(jsontree_get(t, ends[i].flag)))
			continue;
		failed(b, jsontree_text(jsontree_get(t, "name")), ends[i].status,
		       jsontree_text(jsontree_get(t, ends[i].message)), t->line);
		return true;
	}
	return false;
}

static void context(struct import *im, const struct jsontree *c)
{
	static const char *const keys[] = {
		"host_name",           "num_cpus",        "mhz_per_cpu",       "executable",
		"cpu_scaling_enabled", "library_version", "library_build_type"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct jsontree *t = jsontree_get(c, keys[i]);
		struct value v = bench_json_value(t);
		char name[64];

		snprintf(name, sizeof(name), "context.%s", keys[i]);
		if (v.kind != VALUE_NONE)
			metric_add(im, str_of(name), v, STR(""), t->line);
	}
}

static int read_json(struct bench *b, struct str data, struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	struct intern runs;
	const struct jsontree *rows;
	uint32_t id;
	int rc = bench_doc_read(&d, b->im, data, err);

	if (rc)
		return rc;
	context(b->im, jsontree_get(d.root, "context"));
	rows = jsontree_first(jsontree_get(d.root, "benchmarks"));
	intern_init(&runs);
	for (const struct jsontree *t = rows; t; t = t->next) {
		struct str run = run_name(t), name = aggregate_of(t);

		/* An old report's aggregate is named after its run. */
		if (name.n && !jsontree_get(t, "run_name") && run.n > name.n)
			run.n -= name.n + 1;
		bench_row(b, run);
		if (name.n) {
			aggregate(b, t, name, intern_find(&runs, run, &id));
		} else if (!is_failed(b, t)) {
			intern_add(&runs, run);
			figures(&(struct row){.b = b, .line = t->line}, t);
		}
	}
	intern_release(&runs);
	return 0;
}

/* ---- the table ---- */

static bool is_header(struct str line)
{
	return str_starts(line, STR("Benchmark ")) && str_contains(line, STR(" Time ")) &&
	       str_contains(line, STR(" CPU ")) && str_contains(line, STR(" Iterations"));
}

/* "185.386M/s", "88.1965Gi/s", "1.2k", "9.27%": in steps of 1000, of bytes (and with an i) 1024. */
static bool counter_value(struct str s, bool bytes, double *v)
{
	static const char steps[] = "kMGTP";
	const char *at;

	if (!metric_cut_number(&s, v))
		return false;
	at = s.n ? strchr(steps, s.p[0]) : NULL;
	if (!at)
		return true;
	bytes = bytes || (s.n > 1 && s.p[1] == 'i');
	for (long i = at - steps; i >= 0; i--)
		*v *= bytes ? 1024 : 1000;
	return true;
}

static void counters(const struct row *r, struct str rest)
{
	struct str w;
	double v;

	while ((w = metric_cut_word(&rest)).n) {
		size_t eq = str_find_char(w, '=');
		struct str name = str_head(w, eq);

		if (eq < w.n &&
		    counter_value(str_from(w, eq + 1), str_eq(name, STR("bytes_per_second")), &v))
			counter(r, name, v);
	}
}

/* Cut "2250 ns" off. */
static bool cut_time(struct str *s, double *v, struct str *unit)
{
	if (!metric_cut_number(s, v))
		return false;
	*unit = metric_cut_word(s);
	return unit->n > 0;
}

struct cut {
	struct str name, unit[2];
	double time[2];
	struct str rest;
};

/* Names may hold blanks: the row's figures begin where two times with units do. */
static bool cut_row(struct str line, struct cut *r)
{
	for (size_t i = 1; i < line.n; i++) {
		if (line.p[i - 1] != ' ' || line.p[i] == ' ')
			continue;
		r->rest = str_from(line, i);
		if (!cut_time(&r->rest, &r->time[0], &r->unit[0]) ||
		    !cut_time(&r->rest, &r->time[1], &r->unit[1]))
			continue;
		r->name = str_trim(str_head(line, i));
		return true;
	}
	return false;
}

static struct str suffix_of(struct str name)
{
	static const struct str suffixes[] = {STR("_mean"), STR("_median"), STR("_stddev"),
					      STR("_cv"),   STR("_BigO"),   STR("_RMS")};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (str_ends(name, suffixes[i]))
			return suffixes[i];
	return STR("");
}

static void table_failed(struct bench *b, struct str line, size_t at, enum test_status status,
			 uint64_t no)
{
	struct str name = str_trim(str_head(line, at));

	bench_row(b, name);
	line = str_from(line, at);
	line = str_trim(str_from(line, str_find_char(line, '\'') + 1));
	if (line.n && line.p[line.n - 1] == '\'')
		line.n--;
	failed(b, name, status, line, no);
}

/* The figures of a row that has a name; of a table or of CSV: BigO and RMS have their unit before
 * the counters. */
static bool is_fit(struct bench *b, struct str suffix, double v, struct str unit, uint64_t line)
{
	if (str_eq(suffix, STR("_BigO"))) {
		bench_add(b, "BigO", value_text(unit), STR(""), line);
		bench_sum(b, "BigO.time", v, STR("ns"), 1, NAN, line);
	} else if (str_eq(suffix, STR("_RMS"))) {
		bench_sum(b, "RMS", v, STR(""), 1, NAN, line);
	} else {
		return false;
	}
	return true;
}

static void table_row(struct bench *b, struct intern *runs, struct str line, uint64_t no)
{
	size_t error = str_find(line, STR("ERROR OCCURRED: ")),
	       skip = str_find(line, STR("SKIPPED: "));
	struct row row = {.b = b, .line = no};
	struct cut r;
	struct str suffix;
	uint32_t id;

	if (error < line.n || skip < line.n) {
		table_failed(b, line, error < skip ? error : skip,
			     error < skip ? TEST_ERROR : TEST_SKIPPED, no);
		return;
	}
	if (!cut_row(line, &r)) {
		b->im->skipped_lines++;
		return;
	}
	suffix = suffix_of(r.name);
	r.name.n -= suffix.n;
	bench_row(b, r.name);
	if (is_fit(b, suffix, str_eq(r.unit[0], STR("%")) ? r.time[0] / 100 : r.time[0], r.unit[0],
		   no))
		return;
	if (!str_u64(metric_cut_word(&r.rest), &row.n))
		row.n = 0;
	row.aggregate = str_from(suffix, 1);
	if (!suffix.n)
		intern_add(runs, r.name);
	else if (intern_find(runs, r.name, &id))
		return;
	figure(&row, "time", r.time[0], r.unit[0]);
	figure(&row, "cpu_time", r.time[1], r.unit[1]);
	counters(&row, r.rest);
}

static void read_table(struct bench *b, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct intern runs;
	struct str line;
	bool open = false;

	intern_init(&runs);
	while (import_next_line(&l, &line)) {
		if (is_header(line))
			open = true;
		else if (!open)
			b->im->skipped_lines++;
		else if (line.n && line.p[0] != '-')
			table_row(b, &runs, line, l.no);
	}
	intern_release(&runs);
}

/* ---- CSV ---- */

/* Its first line, maybe after what the program says of the machine. */
static const struct str csv_header = STR("name,iterations,real_time,cpu_time,time_unit,");
enum { NAME, ITERATIONS, REAL, CPU, UNIT, BYTES, ITEMS, LABEL, ERROR, MESSAGE, COUNTERS };

static struct str csv_begin(struct str data, uint64_t *no)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;

	while (import_next_line(&l, &line))
		if (str_starts(line, csv_header)) {
			*no = l.no;
			return str_from(data, (size_t)(l.at - data.p));
		}
	return STR("");
}

static void csv_row(struct bench *b, struct intern *runs, const struct str *names, size_t n,
		    const struct csv *c)
{
	struct str name = c->cells[NAME], suffix = suffix_of(name);
	struct row row = {.b = b, .line = c->line, .aggregate = str_from(suffix, 1)};
	double v;
	uint32_t id;

	name.n -= suffix.n;
	bench_row(b, name);
	if (c->n > MESSAGE && str_eq(c->cells[ERROR], STR("true"))) {
		failed(b, c->cells[NAME], TEST_ERROR, c->cells[MESSAGE], c->line);
		return;
	}
	if (!metric_number(c->cells[REAL], &v) || is_fit(b, suffix, v, c->cells[UNIT], c->line))
		return;
	if (!str_u64(c->cells[ITERATIONS], &row.n))
		row.n = 0;
	if (!suffix.n)
		intern_add(runs, name);
	else if (intern_find(runs, name, &id))
		return;
	figure(&row, "time", v, c->cells[UNIT]);
	if (metric_number(c->cells[CPU], &v))
		figure(&row, "cpu_time", v, c->cells[UNIT]);
	for (size_t i = BYTES; i < n && i < c->n; i++)
		if (i != LABEL && i != ERROR && i != MESSAGE && metric_number(c->cells[i], &v))
			counter(&row, names[i], v);
}

static int read_csv(struct bench *b, struct str data, uint64_t line, struct err *err)
{
	struct csv c;
	struct intern runs;
	struct str *names = NULL;
	size_t n = 0;
	int rc;

	csv_init(&c, data);
	c.next_line = line;
	intern_init(&runs);
	while ((rc = csv_next(&c, err)) > 0) {
		if (!names) {
			n = c.n;
			names = arena_alloc(&b->im->arena, n * sizeof(*names));
			for (size_t i = 0; i < n; i++)
				names[i] = import_name(b->im, c.cells[i]);
		} else if (c.n > UNIT) {
			csv_row(b, &runs, names, n, &c);
		} else {
			b->im->skipped_lines++;
		}
	}
	intern_release(&runs);
	csv_release(&c);
	return rc;
}

static const char *const json_keys[] = {"context", "benchmarks", "num_cpus", NULL};

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line;

	if (bench_doc_has(head, json_keys))
		return 92;
	while (import_next_line(&l, &line))
		if (is_header(line) || str_starts(line, csv_header))
			return 90;
	return 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH struct bench b;
	uint64_t line;
	struct str csv = csv_begin(files->data, &line);
	int rc = 0;

	bench_init(&b, im);
	if (bench_doc_has(files->data, json_keys))
		rc = read_json(&b, files->data, err);
	else if (csv.n)
		rc = read_csv(&b, csv, line, err);
	else
		read_table(&b, files->data);
	bench_end(&b);
	return rc;
}

const struct import_reader read_gbench = {
	.name = "google-benchmark",
	.what = "Google Benchmark: JSON, CSV and its table",
	.recognise = recognise,
	.read = read_file,
};
