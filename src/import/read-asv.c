// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * asv run (airspeed velocity): "[ 35.00%] ··· benchmarks.TimeSuite.time_keys   11.2±0.01μs". The
 * figure is a median and, behind ±, half of the interquartile range. The environment is a
 * parameter of the name. A benchmark with parameters is followed by a table: its columns are the
 * parameters and the result, or there is a column of results for each value of the last one:
 *
 *   ======= ==========        ===== ======= =======
 *      n                      --           m
 *   ------- ----------        ----- ---------------
 *      10    1.2±0.1ms          n      1       2
 *   ======= ==========        ===== ======= =======
 *                               10   1.2ms   2.3ms
 */
#include "import/bench.h"

#define IQR_HALF  1.4826 /* standard deviations of a normal distribution */
#define MAX_CELLS 32

struct asv {
	struct bench *b;
	struct buf environment;     /* "virtualenv-py3.6" */
	struct buf name;            /* of the benchmark whose table follows; empty: none */
	struct str head[MAX_CELLS]; /* the table's heading, in the arena */
	size_t nhead;
	struct str across; /* the parameter whose values are columns */
	size_t leading;    /* columns of parameters, where one stands across */
	bool rows;         /* the heading is over */
};

static void failed(struct bench *b, enum test_status status, uint64_t no)
{
	struct test_result *t =
		import_add_test(b->im, STR(""), (struct str){b->name.p + 6, b->prefix - 7}, status);

	if (t)
		t->line = no;
}

/* "11.1±0.01μs", "2.42k", "35", "n/a", "failed" */
static void result(struct bench *b, struct str text, uint64_t no)
{
	static const char steps[] = "kMGT";
	const char *step;
	double v, half = NAN;
	struct metric_unit u;

	if (!metric_cut_number(&text, &v)) {
		failed(b, str_eq(text, STR("n/a")) ? TEST_SKIPPED : TEST_FAILED, no);
		return;
	}
	if (import_skip(&text, STR("\u00b1")) && !metric_cut_number(&text, &half))
		half = NAN;
	step = text.n == 1 ? strchr(steps, text.p[0]) : NULL;
	if (step) { /* a benchmark of memory: "2.42k" bytes */
		for (long i = step - steps; i >= 0; i--)
			v *= 1000;
		bench_sum(b, "memory", v, STR("bytes"), 0, NAN, no);
		return;
	}
	metric_unit(text, &u);
	bench_sum(b, str_eq(u.base, STR("s")) ? "time" : "value", v, text, 0, half * IQR_HALF, no);
}

static void begin(struct asv *a, struct str name)
{
	bench_row(a->b, name);
	if (a->environment.n)
		bench_param(a->b, STR("env"), buf_str(&a->environment));
}

/* "[ 35.00%] ··· ": cut off. */
static bool skip_progress(struct str *line)
{
	struct str s = *line;
	double v;

	if (!import_skip(&s, STR("[")) || !metric_cut_number(&s, &v) ||
	    !import_skip(&s, STR("%] ")))
		return false;
	while (import_skip(&s, STR("\u00b7")))
		;
	*line = str_trim(s);
	return true;
}

static void benchmark(struct asv *a, struct str s, uint64_t no)
{
	size_t gap = str_find(s, STR("  "));
	struct str name, text;

	if (import_skip(&s, STR("Benchmarking "))) {
		buf_clear(&a->environment);
		buf_add_str(&a->environment, str_head(s, IMPORT_MAX_NAME));
		return;
	}
	if (gap == s.n)
		gap = str_find_char(s, ' '); /* a long name leaves one blank */
	name = str_head(s, gap);
	text = str_trim(str_from(s, gap));
	if (!text.n || str_find_char(name, ' ') < name.n || str_find_char(name, '.') == name.n ||
	    str_find_char(text, '(') == 0) {
		a->b->im->skipped_lines++;
		return;
	}
	buf_clear(&a->name);
	a->nhead = a->leading = 0;
	a->rows = false;
	if (str_eq(text, STR("ok")) || str_ends(text, STR(" failed"))) { /* "1/3 failed" */
		buf_add_str(&a->name, name);
		return;
	}
	begin(a, name);
	result(a->b, text, no);
}

/* Cells are parted by at least two blanks. */
static size_t cells_of(struct str line, struct str cells[MAX_CELLS])
{
	size_t n = 0;

	for (line = str_trim(line); line.n && n < MAX_CELLS;) {
		size_t gap = str_find(line, STR("  "));

		cells[n++] = str_trim(str_head(line, gap));
		line = str_trim(str_from(line, gap));
	}
	return n;
}

static void row(struct asv *a, const struct str *cells, size_t n, uint64_t no)
{
	size_t params = a->leading ? a->leading : n - 1;

	for (size_t i = params; i < n; i++) {
		begin(a, buf_str(&a->name));
		for (size_t k = 0; k < params && k < a->nhead; k++)
			bench_param(a->b, a->head[k], cells[k]);
		if (a->leading && i < a->nhead)
			bench_param(a->b, a->across, a->head[i]);
		result(a->b, cells[i], no);
	}
}

static void table_line(struct asv *a, struct str line, uint64_t no)
{
	struct str cells[MAX_CELLS], s = str_trim(line);
	size_t n;

	if (str_starts(s, STR("==="))) {
		a->rows = a->rows || (a->nhead && a->leading);
		return;
	}
	if (str_starts(s, STR("---"))) {
		a->rows = a->nhead && !a->leading;
		return;
	}
	n = cells_of(s, cells);
	if (n && str_eq(cells[0], STR("--"))) {
		while (a->leading < n && str_eq(cells[a->leading], STR("--")))
			a->leading++;
		a->across = import_name(a->b->im, cells[n - 1]);
	} else if (a->rows) {
		row(a, cells, n, no);
	} else {
		for (size_t i = 0; i < n; i++)
			a->head[i] = import_name(a->b->im, cells[i]);
		a->nhead = n;
	}
}

static void read_lines(struct bench *b, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct asv a = {.b = b};
	struct str line;

	while (import_next_line(&l, &line)) {
		bool progress = skip_progress(&line);

		if (a.name.n && str_trim(line).n && (!progress || str_starts(line, STR("==="))))
			table_line(&a, line, l.no);
		else if (progress)
			benchmark(&a, line, l.no);
		else
			b->im->skipped_lines += line.n > 0;
	}
	buf_release(&a.environment);
	buf_release(&a.name);
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line;

	while (import_next_line(&l, &line))
		if (skip_progress(&line) && (str_starts(line, STR("Benchmarking ")) ||
					     str_starts(line, STR("For project commit "))))
			return 85;
	return 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH struct bench b;

	bench_init(&b, im);
	read_lines(&b, files->data);
	bench_end(&b);
	return 0;
}

const struct import_reader read_asv = {
	.name = "asv",
	.what = "asv run (airspeed velocity)",
	.recognise = recognise,
	.read = read_file,
};
