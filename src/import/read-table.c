// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Tables with a row of names: CSV, TSV, and with semicolons. If a column counts along a run (step,
 * epoch, or a time that does not go back), every column of numbers is a series over it, and a cell
 * that is empty is no point: so write Keras's CSVLogger, Lightning's CSVLogger and many trainers.
 * Else every row is a run. A table is read twice: once to learn what the columns hold.
 */
#include <stdio.h>
#include <stdlib.h>

#include "import/metric.h"
#include "text/csv.h"

#define MAX_COLUMNS ((size_t)16384)

struct column {
	struct str name, unit;
	uint64_t numbers, texts, blanks;
	double last;
	bool falls;      /* a number is smaller than the one before */
	bool counts;     /* each is one more than the one before */
	bool varies;     /* texts differ */
	struct str text; /* the last one, in the arena */
};

struct table {
	struct import *im;
	struct str data;
	char sep;
	struct column *columns;
	size_t n;
	uint64_t rows, header; /* line of the names */
	size_t axis;           /* index of the column; n: none, rows are runs */
	size_t run;            /* index of the column that names runs; n: none */
	uint32_t *runs;        /* numbers of the runs, in the order of their names */
	size_t nruns, cap_runs;
};

/* Cells that say there is nothing */
static bool is_blank(struct str s)
{
	static const struct str words[] = {STR("NA"), STR("N/A"), STR("null"), STR("None"),
					   STR("-")};

	s = str_trim(s);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(words[i], s))
			return true;
	return !s.n;
}

static struct value cell_value(struct str s, char sep)
{
	struct value v;
	double d;

	if (is_blank(s))
		return (struct value){0};
	v = metric_value(s);
	/* Where semicolons part the cells, a comma is a decimal point. */
	if (v.kind == VALUE_TEXT && sep == ';' && import_number(s, &d))
		return value_real(d);
	return v;
}

/* "latency (ms)", "latency [ms]": the unit is taken off, if it is one. */
static void name_and_unit(struct column *c, struct str cell)
{
	struct metric_unit u;
	size_t open = cell.n;

	c->name = cell;
	if (cell.n < 3 || (cell.p[cell.n - 1] != ')' && cell.p[cell.n - 1] != ']'))
		return;
	while (open && cell.p[open - 1] != '(' && cell.p[open - 1] != '[')
		open--;
	if (open < 2 || !metric_unit((struct str){cell.p + open, cell.n - open - 1}, &u))
		return;
	c->unit = (struct str){cell.p + open, cell.n - open - 1};
	c->name = str_trim(str_head(cell, open - 1));
}

static void read_names(struct table *t, const struct csv *csv)
{
	struct intern seen;

	intern_init(&seen);
	t->n = csv->n < MAX_COLUMNS ? csv->n : MAX_COLUMNS;
	t->columns = mem_zalloc(t->n * sizeof(*t->columns));
	t->header = csv->line;
	for (size_t i = 0; i < t->n; i++) {
		struct column *c = &t->columns[i];
		struct str cell = str_trim(csv->cells[i]);
		size_t before = seen.n;

		if (i == 0 && import_skip(&cell, STR("#")))
			cell = str_trim(cell);
		name_and_unit(c, import_name(t->im, cell));
		c->unit = import_name(t->im, c->unit);
		intern_add(&seen, c->name);
		if (seen.n == before && c->name.n) {
			import_note(t->im, csv->line, "two columns are called " STR_FMT,
				    STR_ARG(c->name));
			c->name = str_of(arena_printf(&t->im->arena, STR_FMT "#%zu",
						      STR_ARG(c->name), i + 1));
		}
		c->counts = true;
	}
	if (t->n < csv->n)
		import_note(t->im, csv->line, "columns past %zu are left out", t->n);
	intern_release(&seen);
}

/* The next row of cells; lines that begin with # before the names are skipped. */
static int next_row(struct csv *csv, bool before, struct err *err)
{
	int rc;

	while ((rc = csv_next(csv, err)) > 0)
		if (!before || csv->n > 1 || !str_starts(csv->cells[0], STR("#")))
			return rc;
	return rc;
}

static void learn_cell(struct table *t, struct column *c, struct str cell)
{
	struct value v = cell_value(cell, t->sep);
	double d = value_number(v);

	if (v.kind == VALUE_NONE) {
		c->blanks++;
	} else if (v.kind == VALUE_TEXT) {
		if (c->texts++ && !str_eq(c->text, str_head(v.text, 256)))
			c->varies = true;
		else if (c->texts == 1)
			c->text = arena_str(&t->im->arena, str_head(v.text, 256));
	} else {
		c->falls = c->falls || (c->numbers && !(d >= c->last));
		c->counts = c->counts && (!c->numbers || d == c->last + 1);
		c->last = d;
		c->numbers++;
	}
}

/* A first column that only numbers the rows, such as pandas writes */
static bool is_index(struct str name)
{
	static const struct str names[] = {STR(""), STR("index"), STR("idx"), STR("row"),
					   STR("Unnamed: 0")};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq_nocase(names[i], name))
			return true;
	return false;
}

/* Steps before times; a time only if it never goes back, over more than one row, and no column
 * names the rows. */
static size_t find_axis(const struct table *t)
{
	size_t best = t->n;
	unsigned least = UINT32_MAX;
	bool named = false;

	for (size_t i = 0; i < t->n; i++)
		named = named || (t->columns[i].varies && metric_is_run(t->columns[i].name));
	for (size_t i = 0; i < t->n; i++) {
		const struct column *c = &t->columns[i];
		unsigned a = metric_axis(c->name);

		if (!a && i == 0 && c->counts && t->rows > 1 && is_index(c->name))
			a = METRIC_AXIS_TIME;
		if (!a || a >= least || c->texts || !c->numbers)
			continue;
		if (a > METRIC_AXIS_TIME && (c->falls || t->rows < 2 || named || c->blanks))
			continue;
		least = a;
		best = i;
	}
	return best;
}

static size_t find_run(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (metric_is_run(t->columns[i].name) && i != t->axis &&
		    (t->axis == t->n || t->columns[i].varies))
			return i;
	return t->n;
}

static int learn(struct table *t, struct err *err)
{
	struct csv csv;
	uint64_t odd = 0, odd_line = 0;
	int rc;

	csv_init(&csv, t->data);
	csv.sep = t->sep;
	rc = next_row(&csv, true, err);
	if (rc > 0) {
		read_names(t, &csv);
		while ((rc = csv_next(&csv, err)) > 0) {
			if (csv.n != t->n && !odd++)
				odd_line = csv.line;
			for (size_t i = 0; i < t->n && i < csv.n; i++)
				learn_cell(t, &t->columns[i], csv.cells[i]);
			t->rows++;
		}
	}
	if (rc < 0 && t->rows) { /* what stands before can be read */
		import_note(t->im, csv.line, "the rest cannot be read: %s", err->msg);
		rc = 0;
	}
	if (odd)
		import_note(t->im, odd_line, "%llu row%s not as many cells as there are names",
			    (unsigned long long)odd, odd == 1 ? " has" : "s have");
	if (!rc && !t->n)
		rc = err_set(err, ERR_INPUT, "line 1: no row of names");
	csv_release(&csv);
	return rc;
}

/* ---- over an axis ---- */

static void add_point_row(struct table *t, struct metric_curves *curves, struct intern *runs,
			  const struct csv *csv, uint64_t row)
{
	double x = t->axis < csv->n ? value_number(cell_value(csv->cells[t->axis], t->sep)) : NAN;
	uint32_t run = METRIC_LAST_RUN;

	if (isnan(x))
		x = (double)row;
	if (t->run < t->n && t->run < csv->n) {
		struct str name = str_trim(csv->cells[t->run]);
		uint32_t id = intern_add(runs, name);

		if (id == t->nruns) {
			run = import_add_run(t->im, name);
			array_push(t->runs, t->nruns, t->cap_runs) = run;
		}
		run = t->runs[id];
	}
	for (size_t i = 0; i < t->n && i < csv->n; i++) {
		struct column *c = &t->columns[i];
		struct value v = cell_value(csv->cells[i], t->sep);

		if (i == t->axis || (v.kind != VALUE_INT && v.kind != VALUE_REAL))
			continue;
		metric_point(curves, run, c->name, c->unit,
			     t->columns[t->axis].name.n ? t->columns[t->axis].name : STR("row"), x,
			     value_number(v), csv->line);
	}
}

/* What is no number: a variable if it is the same in all rows. */
static void add_texts(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct column *c = &t->columns[i];

		if (!c->texts || i == t->run)
			continue;
		if (c->varies || c->numbers)
			import_note(t->im, t->header, "texts of column " STR_FMT " are left out",
				    STR_ARG(c->name));
		else
			metric_add(t->im, c->name, value_text(c->text), STR(""), t->header + 1);
	}
}

/* ---- rows are runs ---- */

static void add_run_row(struct table *t, const struct csv *csv, uint64_t row)
{
	char name[32];

	if (t->rows > 1) {
		snprintf(name, sizeof(name), "row %llu", (unsigned long long)row);
		import_add_run(t->im,
			       t->run < csv->n ? str_trim(csv->cells[t->run]) : str_of(name));
	}
	for (size_t i = 0; i < t->n && i < csv->n; i++) {
		struct column *c = &t->columns[i];
		struct value v = cell_value(csv->cells[i], t->sep);
		if (v.kind != VALUE_NONE && c->name.n)
			metric_add(t->im, c->name, v, c->unit, csv->line);
	}
}

static void read_rows(struct table *t)
{
	CLEANUP_CURVES struct metric_curves curves;
	struct csv csv;
	struct err err;
	struct intern runs;
	uint64_t row = 0;

	metric_curves_init(&curves, t->im);
	intern_init(&runs);
	csv_init(&csv, t->data);
	csv.sep = t->sep;
	if (next_row(&csv, true, &err) > 0)
		while (csv_next(&csv, &err) > 0 && !t->im->full) {
			if (t->axis < t->n)
				add_point_row(t, &curves, &runs, &csv, row);
			else
				add_run_row(t, &csv, row + 1);
			row++;
		}
	if (t->axis < t->n)
		add_texts(t);
	csv_release(&csv);
	intern_release(&runs);
}

/* ---- is it a table? ---- */

/* A row of names, rows with as many cells (half of them, if the file's name says that it is a
 * table), numbers in most of them. How many rows there are in head; 0: no table. */
static size_t looks_like(struct str head, char sep, bool named)
{
	struct csv csv;
	struct err err;
	size_t n = 0, rows = 0, numbers = 0, odd = 0;
	bool ok = true;
	double v;

	/* The last line may be cut. */
	if (head.n >= IMPORT_HEAD)
		while (head.n && head.p[head.n - 1] != '\n')
			head.n--;
	csv_init(&csv, head);
	csv.sep = sep;
	if (next_row(&csv, true, &err) > 0) {
		n = csv.n;
		ok = n > 1;
		for (size_t i = 0; i < n && ok; i++)
			ok = csv.cells[i].n < 100 && !metric_number(csv.cells[i], &v) &&
			     (csv.cells[i].n || i == 0);
	}
	while (ok && n && rows < 200 && csv_next(&csv, &err) > 0) {
		size_t numeric = 0;

		for (size_t i = 0; i < csv.n; i++)
			numeric += metric_number(csv.cells[i], &v) ||
				   (sep == ';' && import_number(csv.cells[i], &v));
		odd += csv.n != n;
		numbers += numeric > 0;
		rows++;
	}
	csv_release(&csv);
	return ok && odd * 2 <= (named ? rows : 0) && numbers * 2 > rows ? rows : 0;
}

static size_t best_sep(struct str head, bool named, char *sep)
{
	static const char seps[] = ",\t;";
	size_t most = 0;

	*sep = ',';
	for (size_t i = 0; i < sizeof(seps) - 1; i++) {
		size_t rows = looks_like(head, seps[i], named);

		if (rows > most) {
			most = rows;
			*sep = seps[i];
		}
	}
	return most;
}

static int recognise(struct str path, struct str head)
{
	char sep;
	bool named = str_ends(path, STR(".csv")) || str_ends(path, STR(".tsv"));
	size_t rows = best_sep(head, named, &sep);

	return rows && named ? 70 : rows > 1 ? 55 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct table t = {.im = im, .data = files->data};
	int rc;

	best_sep(str_head(files->data, IMPORT_HEAD), true, &t.sep);
	rc = learn(&t, err);
	if (!rc) {
		t.axis = t.n;
		t.axis = find_axis(&t);
		t.run = find_run(&t);
		read_rows(&t);
	}
	free(t.columns);
	free(t.runs);
	return rc;
}

const struct import_reader read_table = {
	.name = "table",
	.what = "CSV and TSV: series over a step or epoch, or a run a row",
	.recognise = recognise,
	.read = read_file,
};
