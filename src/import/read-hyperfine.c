// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * hyperfine: what it prints, and what --export-json, --export-csv and --export-markdown write. Only
 * JSON has the single runs; the others have means and standard deviations.
 */
#include <stdlib.h>

#include "import/bench-json.h"
#include "text/csv.h"

static const struct str seconds = STR("s");

/* ---- JSON ---- */

/* Exit codes of runs: null is death by a signal. */
static void exit_codes(struct bench *b, const struct jsontree *codes)
{
	int64_t failed = 0;
	struct variable *v;

	if (!codes)
		return;
	for (const struct jsontree *c = jsontree_first(codes); c; c = c->next)
		failed += !(c->kind == JSONTREE_INT && c->integer == 0);
	v = bench_add(b, "failed", value_int(failed), STR(""), codes->line);
	if (v)
		v->n = jsontree_count(codes);
}

static void json_row(struct bench *b, const struct jsontree *t)
{
	static const struct {
		const char *key, *what;
	} rest[] = {{"mean", "time.mean"},
		    {"min", "time.min"},
		    {"max", "time.max"},
		    {"user", "user"},
		    {"system", "system"}};
	const struct jsontree *median = jsontree_get(t, "median");

	bench_row(b, jsontree_text(jsontree_get(t, "command")));
	for (const struct jsontree *p = jsontree_first(jsontree_get(t, "parameters")); p;
	     p = p->next)
		bench_param(b, p->key, jsontree_text(p));
	if (!bench_json_reps(b, "time", jsontree_get(t, "times"), seconds)) {
		if (!jsontree_is_number(median))
			median = jsontree_get(t, "mean");
		if (jsontree_is_number(median))
			bench_sum(b, "time", jsontree_number(median), seconds, 0,
				  jsontree_number(jsontree_get(t, "stddev")), median->line);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		bench_json_number(b, rest[i].what, jsontree_get(t, rest[i].key), seconds);
	bench_json_reps(b, "memory", jsontree_get(t, "memory_usage_byte"), STR("bytes"));
	exit_codes(b, jsontree_get(t, "exit_codes"));
}

static int read_json(struct bench *b, struct str data, struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	int rc = bench_doc_read(&d, b->im, data, err);

	if (rc)
		return rc;
	for (const struct jsontree *t = jsontree_first(jsontree_get(d.root, "results")); t;
	     t = t->next)
		if (t->kind == JSONTREE_OBJECT)
			json_row(b, t);
	return 0;
}

/* ---- CSV ---- */

static void csv_row(struct bench *b, const struct str *names, size_t n, const struct csv *c)
{
	static const struct {
		struct str key;
		const char *what;
	} rest[] = {{STR("mean"), "time.mean"},
		    {STR("min"), "time.min"},
		    {STR("max"), "time.max"},
		    {STR("user"), "user"},
		    {STR("system"), "system"}};
	double median = NAN, stddev = NAN, v;

	bench_row(b, c->cells[0]);
	for (size_t i = 1; i < n && i < c->n; i++) {
		struct str name = names[i];

		if (import_skip(&name, STR("parameter_")))
			bench_param(b, name, c->cells[i]);
	}
	for (size_t i = 1; i < n && i < c->n; i++) {
		if (!metric_number(c->cells[i], &v))
			continue;
		if (str_eq(names[i], STR("median")))
			median = v;
		if (str_eq(names[i], STR("stddev")))
			stddev = v;
		for (size_t k = 0; k < ARRAY_SIZE(rest); k++)
			if (str_eq(names[i], rest[k].key))
				bench_sum(b, rest[k].what, v, seconds, 0, NAN, c->line);
	}
	if (!isnan(median))
		bench_sum(b, "time", median, seconds, 0, stddev, c->line);
}

static int read_csv(struct bench *b, struct str data, struct err *err)
{
	struct str *names = NULL;
	size_t n = 0;
	struct csv c;
	int rc;

	csv_init(&c, data);
	rc = csv_next(&c, err);
	if (rc > 0) {
		n = c.n;
		names = mem_alloc(n * sizeof(*names));
		for (size_t i = 0; i < n; i++)
			names[i] = arena_str(&b->im->arena, c.cells[i]);
		while ((rc = csv_next(&c, err)) > 0)
			csv_row(b, names, n, &c);
	}
	free(names);
	csv_release(&c);
	return rc;
}

/* ---- what it prints ---- */

/* Cut "24.5 ms" off; the unit stays in the line. */
static bool cut_time(struct str *s, double *v, struct str *unit)
{
	if (!metric_cut_number(s, v))
		return false;
	*unit = metric_cut_word(s);
	while (unit->n && strchr(",])", unit->p[unit->n - 1]))
		unit->n--;
	return unit->n > 0;
}

/* After "Time (mean ± σ):" or "Time (abs ≡):" */
static void time_line(struct bench *b, struct str s, uint64_t no)
{
	struct str unit, sd_unit;
	struct metric_unit u, w;
	double mean, sd = NAN, v;
	size_t at = str_find(s, STR("["));
	struct str more = str_from(s, at);

	s = str_head(s, at);
	if (!cut_time(&s, &mean, &unit))
		return;
	metric_unit(unit, &u);
	s = str_trim(s);
	if (import_skip(&s, STR("\u00b1")) && cut_time(&s, &sd, &sd_unit)) {
		metric_unit(sd_unit, &w);
		sd *= w.factor / u.factor;
	}
	/* The number of runs stands in the next line; without it, it was one. */
	b->value[0] = mean * u.factor;
	b->value[1] = sd * u.factor;
	b->stage = 1;
	b->pending_line = no;
	if (import_skip(&more, STR("[User:")) && cut_time(&more, &v, &unit))
		bench_sum(b, "user", v, unit, 0, NAN, no);
	more = str_trim(more);
	if (import_skip(&more, STR("System:")) && cut_time(&more, &v, &unit))
		bench_sum(b, "system", v, unit, 0, NAN, no);
}

static void end_time(struct bench *b, uint64_t n)
{
	if (b->stage)
		bench_sum(b, "time", b->value[0], seconds, n, b->value[1], b->pending_line);
	b->stage = 0;
}

/* After "Range (min … max):" */
static void range_line(struct bench *b, struct str s, uint64_t no)
{
	struct str unit;
	uint64_t n = 0;
	double v;

	if (cut_time(&s, &v, &unit))
		bench_sum(b, "time.min", v, unit, 0, NAN, no);
	s = str_trim(s);
	if (import_skip(&s, STR("\u2026")) && cut_time(&s, &v, &unit))
		bench_sum(b, "time.max", v, unit, 0, NAN, no);
	if (!str_u64(metric_cut_word(&s), &n))
		n = 0;
	end_time(b, n);
}

/* "Benchmark 1: sleep 1", "Benchmark #1: sleep 1" */
static bool is_title(struct str s, struct str *command)
{
	uint64_t no;
	size_t colon;

	if (!import_skip(&s, STR("Benchmark ")))
		return false;
	import_skip(&s, STR("#"));
	colon = str_find(s, STR(": "));
	*command = str_from(s, colon + 2);
	return colon < s.n && str_u64(str_head(s, colon), &no);
}

static void read_console(struct bench *b, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line, command;
	bool open = false;

	while (import_next_line(&l, &line)) {
		struct str s = str_trim(line);
		size_t colon = str_find(s, STR("):"));

		if (is_title(s, &command)) {
			end_time(b, 1);
			bench_row(b, command);
			open = true;
		} else if (open && str_starts(s, STR("Time (")) && colon < s.n) {
			time_line(b, str_from(s, colon + 2), l.no);
		} else if (open && str_starts(s, STR("Range (")) && colon < s.n) {
			range_line(b, str_from(s, colon + 2), l.no);
		} else if (open && import_skip(&s, STR("Warning: "))) {
			import_note(b->im, l.no, STR_FMT, STR_ARG(s));
		} else if (s.n && !str_starts(s, STR("Summary"))) {
			b->im->skipped_lines++;
		}
	}
	end_time(b, 1);
}

/* ---- Markdown ---- */

#define MAX_CELLS 32

/* The cells of a row; "\|" is a pipe of the text. */
static size_t cells_of(struct str line, struct str cells[MAX_CELLS])
{
	struct str s = str_trim(line);
	size_t n = 0, from = 1;

	for (size_t i = 1; i < s.n && n < MAX_CELLS; i++)
		if (s.p[i] == '|' && s.p[i - 1] != '\\') {
			cells[n++] = str_trim((struct str){s.p + from, i - from});
			from = i + 1;
		}
	return n;
}

/* A command or parameter: without its quotes, pipes unescaped (in b). */
static struct str plain(struct str s, struct buf *b)
{
	if (s.n > 1 && s.p[0] == '`' && s.p[s.n - 1] == '`')
		s = (struct str){s.p + 1, s.n - 2};
	buf_clear(b);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\\' || i + 1 == s.n || s.p[i + 1] != '|')
			buf_add_char(b, s.p[i]);
	return buf_str(b);
}

/* "Mean [ms]": the unit; empty if the cell is no such */
static struct str unit_of(struct str cell, struct str what)
{
	size_t open = str_find_char(cell, '['), close = str_find_char(cell, ']');

	if (!str_starts(cell, what) || open >= close || close == cell.n)
		return STR("");
	return (struct str){cell.p + open + 1, close - open - 1};
}

static void markdown_row(struct bench *b, const struct str *names, size_t n, struct str line,
			 uint64_t no)
{
	static const struct {
		struct str name;
		const char *what;
	} columns[] = {{STR("Mean"), "time"}, {STR("Min"), "time.min"}, {STR("Max"), "time.max"}};
	CLEANUP_BUF struct buf name = {0}, value = {0};
	struct str cells[MAX_CELLS], unit;
	double v, sd;

	if (!n || cells_of(line, cells) != n || (cells[0].n && strchr(":-", cells[0].p[0])))
		return;
	bench_row(b, plain(cells[0], &name));
	for (size_t i = 1; i < n; i++)
		if (!unit_of(names[i], STR("M")).n && !str_eq(names[i], STR("Relative")))
			bench_param(b, plain(names[i], &name), plain(cells[i], &value));
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(columns); k++) {
			unit = unit_of(names[i], columns[k].name);
			if (!unit.n || !metric_cut_number(&cells[i], &v))
				continue;
			cells[i] = str_trim(cells[i]);
			sd = NAN;
			if (import_skip(&cells[i], STR("\u00b1")) &&
			    !metric_cut_number(&cells[i], &sd))
				sd = NAN;
			bench_sum(b, columns[k].what, v, unit, 0, sd, no);
		}
}

static bool is_markdown(struct str line)
{
	return str_starts(line, STR("| Command |")) && str_contains(line, STR("| Mean ["));
}

static void read_markdown(struct bench *b, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line, names[MAX_CELLS], kept;
	size_t n = 0;

	while (import_next_line(&l, &line)) {
		if (is_markdown(line)) {
			kept = arena_str(&b->im->arena, line);
			n = cells_of(kept, names);
		} else if (n && str_starts(line, STR("|"))) {
			markdown_row(b, names, n, line, l.no);
		} else {
			n = 0;
			b->im->skipped_lines += line.n > 0;
		}
	}
}

/* ---- which of them ---- */

enum form { NONE, JSON, CSV, MARKDOWN, CONSOLE };

static enum form form_of(struct str head)
{
	static const char *const keys[] = {"results", "command", NULL};
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line, command;
	bool title = false;

	if (bench_doc_has(head, keys) &&
	    (str_contains(head, STR("\"times\"")) || str_contains(head, STR("\"mean\""))))
		return JSON;
	while (import_next_line(&l, &line)) {
		if (l.no == 1 && str_starts(line, STR("command,mean,stddev,median,user,system")))
			return CSV;
		if (is_markdown(line))
			return MARKDOWN;
		line = str_trim(line);
		if (title && (str_starts(line, STR("Time (mean \u00b1")) ||
			      str_starts(line, STR("Time (abs"))))
			return CONSOLE;
		title = title || is_title(line, &command);
	}
	return NONE;
}

static int recognise(struct str path, struct str head)
{
	return form_of(head) ? 92 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH struct bench b;
	int rc = 0;

	bench_init(&b, im);
	switch (form_of(files->data)) {
	case JSON: rc = read_json(&b, files->data, err); break;
	case CSV: rc = read_csv(&b, files->data, err); break;
	case MARKDOWN: read_markdown(&b, files->data); break;
	default: read_console(&b, files->data);
	}
	bench_end(&b);
	return rc;
}

const struct import_reader read_hyperfine = {
	.name = "hyperfine",
	.what = "hyperfine: JSON, CSV, Markdown and what it prints",
	.recognise = recognise,
	.read = read_file,
};
