// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * JMH, the Java microbenchmark harness: its JSON (-rf json) and the table that it prints last.
 * In JSON, every iteration of every fork is a repetition; a benchmark in sampling mode has a
 * histogram instead. Scores' errors are half of a 99.9 % confidence interval, no deviations: they
 * are left out.
 */
#include "import/bench-json.h"

static const struct str dot = STR("\u00b7"); /* before the names of profilers' metrics */

static const struct {
	struct str mode;
	const char *what;
} modes[] = {
	{STR("thrpt"), "throughput"},
	{STR("avgt"), "time"},
	{STR("sample"), "time_sample"},
	{STR("ss"), "time_single"},
};

/* The unit tells more than the mode. */
static const char *what_of(struct str mode, struct str unit)
{
	struct metric_unit u;
	const char *what = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (str_eq(modes[i].mode, mode))
			what = modes[i].what;
	metric_unit(unit, &u);
	if (what == modes[0].what && str_eq(u.base, STR("s")))
		what = "time";
	return what;
}

/* [[[value, count], ...], ...]: number, and standard deviation */
static uint64_t histogram(const struct jsontree *forks, double *spread)
{
	double n = 0, mean = 0, m2 = 0;

	for (forks = jsontree_first(forks); forks; forks = forks->next)
		for (const struct jsontree *i = jsontree_first(forks); i; i = i->next)
			for (const struct jsontree *p = jsontree_first(i); p; p = p->next) {
				const struct jsontree *v = jsontree_first(p);
				double count = jsontree_number(v ? v->next : NULL);
				double delta = jsontree_number(v) - mean;

				if (!(count > 0) || !isfinite(delta))
					continue;
				n += count;
				mean += delta * count / n;
				m2 += delta * (jsontree_number(v) - mean) * count;
			}
	*spread = n > 1 ? sqrt(m2 / (n - 1)) : NAN;
	return n < 1e18 ? (uint64_t)n : 0;
}

static void metric(struct bench *b, const char *what, const struct jsontree *m)
{
	struct str unit = jsontree_text(jsontree_get(m, "scoreUnit"));
	const struct jsontree *score = jsontree_get(m, "score");
	const struct jsontree *raw = jsontree_get(m, "rawData");
	const struct jsontree *hist = jsontree_get(m, "rawDataHistogram");
	const struct jsontree *median = jsontree_get(jsontree_get(m, "scorePercentiles"), "50.0");
	CLEANUP_BUF struct buf mean = {0};
	double spread = NAN;
	uint64_t n;

	if (bench_json_reps(b, what, raw, unit)) {
		buf_printf(&mean, "%s.mean", what);
		bench_json_number(b, buf_cstr(&mean), score, unit);
		return;
	}
	n = hist ? histogram(hist, &spread) : 0;
	if (!jsontree_is_number(median) || isnan(jsontree_number(median)))
		median = score;
	if (jsontree_is_number(median))
		bench_sum(b, what, jsontree_number(median), unit, n, spread, median->line);
}

static void row(struct bench *b, const struct jsontree *t)
{
	struct str name = jsontree_text(jsontree_get(t, "benchmark"));
	const struct jsontree *primary = jsontree_get(t, "primaryMetric");
	const char *what = what_of(jsontree_text(jsontree_get(t, "mode")),
				   jsontree_text(jsontree_get(primary, "scoreUnit")));

	if (!name.n) {
		import_note(b->im, t->line, "a result without the name of its benchmark");
		return;
	}
	bench_row(b, name);
	for (const struct jsontree *p = jsontree_first(jsontree_get(t, "params")); p; p = p->next)
		bench_param(b, p->key, jsontree_text(p));
	if (primary)
		metric(b, what ? what : "score", primary);
	else
		import_note(b->im, t->line, STR_FMT " has no primaryMetric", STR_ARG(name));
	t = jsontree_get(t, "secondaryMetrics");
	for (t = jsontree_first(t); t; t = t->next) {
		CLEANUP_BUF struct buf key = {0};
		struct str k = t->key;

		import_skip(&k, dot);
		buf_add_str(&key, k);
		metric(b, buf_cstr(&key), t);
	}
}

static int read_json(struct bench *b, struct str data, struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	int rc = bench_doc_read(&d, b->im, data, err);

	if (rc)
		return rc;
	for (const struct jsontree *t = jsontree_first(d.root); t; t = t->next)
		row(b, t);
	return 0;
}

/* ---- the table ---- */

#define MAX_WORDS 64

struct table {
	struct str params[MAX_WORDS]; /* names, from the header */
	size_t nparams;
	bool open;
};

static bool is_header(struct str line)
{
	return str_starts(line, STR("Benchmark ")) && str_contains(line, STR(" Mode ")) &&
	       str_contains(line, STR(" Score ")) && str_ends(str_trim(line), STR("Units"));
}

static void header(struct table *t, struct str line)
{
	struct str w;

	*t = (struct table){.open = true};
	while ((w = metric_cut_word(&line)).n)
		if (w.p[0] == '(' && w.p[w.n - 1] == ')' && w.n > 2 && t->nparams < MAX_WORDS)
			t->params[t->nparams++] = str_head(str_from(w, 1), w.n - 2);
}

/* name, parameters, mode, number, score, "±", error, unit */
static void table_row(struct bench *b, const struct table *t, struct str line, uint64_t no)
{
	struct str w[MAX_WORDS + 8] = {{NULL, 0}}, rest = line, word;
	size_t n = 0, at, colon;
	const char *what;
	uint64_t count = 0;
	double score;

	while (n < ARRAY_SIZE(w) && (word = metric_cut_word(&rest)).n)
		w[n++] = word;
	at = 1 + t->nparams; /* of the mode */
	what = n > at + 2 ? what_of(w[at], w[n - 1]) : NULL;
	if (!what) {
		b->im->skipped_lines++;
		return;
	}
	colon = str_find_char(w[0], ':');
	bench_row(b, str_head(w[0], colon));
	for (size_t i = 0; i < t->nparams; i++)
		if (!str_eq(w[1 + i], STR("N/A")))
			bench_param(b, t->params[i], w[1 + i]);
	at++;
	if (str_u64(w[at], &count) && n > at + 2)
		at++;
	if (!metric_grouped(w[at], &score)) { /* "≈ 10⁻³" */
		import_note(b->im, no, "the score of " STR_FMT " is no number", STR_ARG(w[0]));
		return;
	}
	CLEANUP_BUF struct buf name = {0};

	word = str_from(w[0], colon + 1);
	import_skip(&word, dot);
	buf_add_str(&name, word);
	bench_sum(b, colon < w[0].n ? buf_cstr(&name) : what, score, w[n - 1], count, NAN, no);
}

static void read_text(struct bench *b, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct table t = {0};
	struct str line;

	while (import_next_line(&l, &line)) {
		if (is_header(line))
			header(&t, line);
		else if (!str_trim(line).n)
			t.open = false;
		else if (t.open)
			table_row(b, &t, line, l.no);
		else
			b->im->skipped_lines++;
	}
}

static int recognise(struct str path, struct str head)
{
	static const char *const keys[] = {"benchmark", "mode", "primaryMetric", NULL};
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line;

	if (bench_doc_has(head, keys))
		return 95;
	while (import_next_line(&l, &line))
		if (is_header(line))
			return 90;
	return 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	static const char *const keys[] = {"primaryMetric", NULL};
	CLEANUP_BENCH struct bench b;
	int rc = 0;

	bench_init(&b, im);
	if (bench_doc_has(files->data, keys))
		rc = read_json(&b, files->data, err);
	else
		read_text(&b, files->data);
	bench_end(&b);
	return rc;
}

const struct import_reader read_jmh = {
	.name = "jmh",
	.what = "JMH: JSON and the table of results",
	.recognise = recognise,
	.read = read_file,
};
