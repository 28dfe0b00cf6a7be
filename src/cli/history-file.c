// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The series of `inquest history --file`: columns of CSV (the separator is what the first line has
 * most of), or keys of JSON lines. A first line of numbers only is no header: its columns are "1",
 * "2", ... A blank cell is a value that is missing; a cell that is no number is an error.
 */
#include <math.h>
#include <stdlib.h>

#include "cli/history.h"
#include "import/metric.h"
#include "log/input.h"
#include "text/csv.h"
#include "text/jsontree.h"

enum { VALUE, REFERENCE, STEP, LABEL, COLUMNS };

struct row {
	double number[3];
	struct str label;
};

struct reading {
	struct history *h;
	struct str name[COLUMNS]; /* p NULL: not wanted */
	size_t column[COLUMNS];   /* where it is in CSV */
	struct row *rows;
	size_t n, cap;
	double last_step;
	bool falls; /* steps are not in order */
};

static bool is_blank(struct str s)
{
	return !s.n || str_eq(s, STR("NA")) || str_eq(s, STR("null")) || str_eq(s, STR("None"));
}

static int number(const struct reading *r, int k, struct str cell, uint64_t line, double *v,
		  struct err *err)
{
	cell = str_trim(cell);
	*v = NAN;
	if (is_blank(cell) || metric_number(cell, v))
		return 0;
	return err_set(err, ERR_INPUT, "line %llu: '" STR_FMT "' in '" STR_FMT "' is no number",
		       (unsigned long long)line, STR_ARG(str_head(cell, 80)),
		       STR_ARG(str_head(r->name[k], 80)));
}

static int keep(struct reading *r, const struct row *row, uint64_t line, struct err *err)
{
	if (r->n == HISTORY_MOST)
		return err_set(err, ERR_LIMIT, "line %llu: more than %zu values",
			       (unsigned long long)line, HISTORY_MOST);
	if (r->name[STEP].p && !isfinite(row->number[STEP]))
		return err_set(err, ERR_INPUT, "line %llu: no step in '" STR_FMT "'",
			       (unsigned long long)line, STR_ARG(str_head(r->name[STEP], 80)));
	r->falls |= r->n && row->number[STEP] < r->last_step;
	r->last_step = row->number[STEP];
	array_push(r->rows, r->n, r->cap) = *row;
	return 0;
}

/* ---- CSV ---- */

static char separator(struct str data)
{
	static const char separators[] = ",;\t";
	struct str line = str_head(data, str_find_char(data, '\n'));
	char best = ',';
	size_t most = 0;

	for (const char *s = separators; *s; s++) {
		size_t n = 0;

		for (size_t i = 0; i < line.n; i++)
			n += line.p[i] == *s;
		if (n > most) {
			most = n;
			best = *s;
		}
	}
	return best;
}

static bool all_numbers(const struct csv *c)
{
	double v;

	for (size_t i = 0; i < c->n; i++)
		if (!metric_number(str_trim(c->cells[i]), &v))
			return false;
	return true;
}

static void list_names(const struct csv *c, bool header, struct buf *b)
{
	for (size_t i = 0; i < c->n && i < 20; i++) {
		if (header)
			buf_printf(b, "%s" STR_FMT, i ? ", " : "",
				   STR_ARG(str_head(str_trim(c->cells[i]), 40)));
		else
			buf_printf(b, "%s%zu", i ? ", " : "", i + 1);
	}
	if (c->n > 20)
		buf_printf(b, ", and %zu more", c->n - 20);
}

static int find_columns(struct reading *r, const struct csv *c, bool header, struct err *err)
{
	for (int k = 0; k < COLUMNS; k++) {
		bool found = false;

		for (size_t i = 0; i < c->n && r->name[k].p && !found; i++) {
			char digits[24];

			snprintf(digits, sizeof(digits), "%zu", i + 1);
			found = str_eq(r->name[k], header ? str_trim(c->cells[i]) : str_of(digits));
			r->column[k] = i;
		}
		if (r->name[k].p && !found) {
			CLEANUP_BUF struct buf names = {0};

			list_names(c, header, &names);
			return err_set(err, ERR_USAGE, "no column '" STR_FMT "'; there are: %s",
				       STR_ARG(str_head(r->name[k], 80)), buf_cstr(&names));
		}
	}
	return 0;
}

/* Without --value: the only column, or the one of that name. */
static int choose_value(struct reading *r, const struct csv *c, bool header, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};

	for (size_t i = 0; i < c->n && header && !r->name[VALUE].p; i++)
		if (str_eq(str_trim(c->cells[i]), STR("value")))
			r->name[VALUE] = STR("value");
	if (!r->name[VALUE].p && c->n == 1)
		r->name[VALUE] = header ? arena_str(&r->h->arena, str_trim(c->cells[0])) : STR("1");
	if (r->name[VALUE].p)
		return 0;
	list_names(c, header, &names);
	return err_set(err, ERR_USAGE, "--value must say which column: %s", buf_cstr(&names));
}

static int read_cells(struct reading *r, const struct csv *c, struct err *err)
{
	struct row row = {{NAN, NAN, NAN}, {0}};
	int rc = 0;

	for (int k = 0; k < COLUMNS && !rc; k++) {
		struct str cell = r->column[k] < c->n ? c->cells[r->column[k]] : STR("");

		if (!r->name[k].p)
			continue;
		if (k == LABEL)
			row.label = arena_str(&r->h->arena, str_trim(cell));
		else
			rc = number(r, k, cell, c->line, &row.number[k], err);
	}
	return rc ? rc : keep(r, &row, c->line, err);
}

static int read_csv(struct reading *r, struct str data, struct err *err)
{
	struct csv c;
	int rc, more;
	bool header;

	csv_init(&c, data);
	c.sep = separator(c.rest);
	more = csv_next(&c, err);
	rc = more < 0 ? more : more ? 0 : err_set(err, ERR_INPUT, "it is empty");
	header = !rc && !all_numbers(&c);
	if (!rc)
		rc = choose_value(r, &c, header, err);
	if (!rc)
		rc = find_columns(r, &c, header, err);
	if (!rc && !header)
		rc = read_cells(r, &c, err);
	while (!rc && (more = csv_next(&c, err)) != 0)
		rc = more < 0 ? more : read_cells(r, &c, err);
	csv_release(&c);
	return rc;
}

/* ---- JSON lines ---- */

/* A key as it is, or with dots down into objects. */
static const struct jsontree *member(const struct jsontree *t, struct str name)
{
	char key[256];
	const struct jsontree *found;
	size_t dot;

	if (name.n >= sizeof(key))
		return NULL;
	memcpy(key, name.p, name.n);
	key[name.n] = 0;
	found = jsontree_get(t, key);
	dot = str_find_char(name, '.');
	if (found || dot == name.n)
		return found;
	key[dot] = 0;
	t = jsontree_get(t, key);
	return t ? member(t, str_from(name, dot + 1)) : NULL;
}

static int read_object(struct reading *r, const struct jsontree *t, uint64_t line, bool *seen,
		       struct err *err)
{
	struct row row = {{NAN, NAN, NAN}, {0}};

	for (int k = 0; k < COLUMNS; k++) {
		const struct jsontree *m = r->name[k].p ? member(t, r->name[k]) : NULL;

		seen[k] |= m != NULL;
		if (!m || m->kind == JSONTREE_NULL)
			continue;
		if (k == LABEL)
			row.label = arena_str(&r->h->arena, jsontree_text(m));
		else if (jsontree_is_number(m))
			row.number[k] = jsontree_number(m);
		else
			return err_set(err, ERR_INPUT, "line %llu: '" STR_FMT "' is no number",
				       (unsigned long long)line, STR_ARG(str_head(r->name[k], 80)));
	}
	return keep(r, &row, line, err);
}

static int read_jsonl(struct reading *r, struct str data, struct err *err)
{
	struct str line;
	uint64_t no = 0;
	bool seen[COLUMNS] = {0};

	if (!r->name[VALUE].p)
		r->name[VALUE] = STR("value");
	while (str_next(&data, '\n', &line)) {
		struct jsontree_doc doc;
		struct arena a;
		int rc;

		no++;
		if (!str_trim(line).n)
			continue;
		arena_init(&a);
		rc = jsontree_read(&doc, &a, line, no, err);
		if (!rc && (doc.cut || !doc.root || doc.root->kind != JSONTREE_OBJECT))
			rc = err_set(err, ERR_INPUT, "line %llu: not a JSON object",
				     (unsigned long long)no);
		if (!rc)
			rc = read_object(r, doc.root, no, seen, err);
		arena_release(&a);
		if (rc)
			return rc;
	}
	for (int k = 0; k < COLUMNS; k++)
		if (r->name[k].p && !seen[k])
			return err_set(err, ERR_USAGE, "no object has the key '" STR_FMT "'",
				       STR_ARG(str_head(r->name[k], 80)));
	return 0;
}

/* ---- rows -> series ---- */

static int by_step(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

	if (x->number[STEP] != y->number[STEP])
		return x->number[STEP] > y->number[STEP] ? 1 : -1;
	return (x > y) - (x < y);
}

static void to_series(struct reading *r)
{
	struct history *h = r->h;
	const struct row **order = mem_alloc((r->n + 1) * sizeof(*order));
	size_t bytes = (r->n + 1) * sizeof(double);

	for (size_t i = 0; i < r->n; i++)
		order[i] = &r->rows[i];
	if (r->name[STEP].p && r->falls)
		qsort(order, r->n, sizeof(*order), by_step);
	h->n = r->n;
	h->metric = arena_str(&h->arena, r->name[VALUE]);
	h->value = arena_alloc(&h->arena, bytes);
	h->reference = r->name[REFERENCE].p ? arena_alloc(&h->arena, bytes) : NULL;
	h->step = r->name[STEP].p ? arena_alloc(&h->arena, bytes) : NULL;
	h->label =
		r->name[LABEL].p ? arena_alloc(&h->arena, (r->n + 1) * sizeof(struct str)) : NULL;
	for (size_t i = 0; i < r->n; i++) {
		h->value[i] = order[i]->number[VALUE];
		if (h->reference)
			h->reference[i] = order[i]->number[REFERENCE];
		if (h->step)
			h->step[i] = order[i]->number[STEP];
		if (h->label)
			h->label[i] = order[i]->label;
	}
	if (h->reference)
		h->reference_name = arena_str(&h->arena, r->name[REFERENCE]);
	free(order);
}

static struct str wanted(const char *name)
{
	return name ? str_of(name) : (struct str){0};
}

int history_read_data(struct history *h, const struct history_values *v, struct str data,
		      struct err *err)
{
	struct reading r = {.h = h,
			    .name = {wanted(v->value), wanted(v->reference), wanted(v->step),
				     wanted(v->label)}};
	struct str head = str_trim(str_head(data, 4096));
	int rc;

	rc = head.n && *head.p == '{' ? read_jsonl(&r, data, err) : read_csv(&r, data, err);
	if (!rc)
		to_series(&r);
	free(r.rows);
	return rc;
}

int history_read_file(struct history *h, const struct history_values *v, struct cli *cli,
		      struct err *err)
{
	struct loginput_opts o = {.tmpdir = cli->tmpdir, .progress = cli->progress};
	struct loginputs in;
	int rc;

	loginputs_init(&in);
	rc = loginputs_add(&in, v->file, &o, err);
	if (!rc && in.n != 1)
		rc = err_set(err, ERR_INPUT, "%s: it holds %zu files, one is wanted", v->file,
			     in.n);
	if (!rc) {
		struct file_map *m = &in.in[0].map;

		rc = history_read_data(h, v, (struct str){m->data, m->size}, err);
		if (rc && rc != -ERR_USAGE)
			rc = err_prepend(err, rc, "%s: ", v->file);
		h->source = arena_str(&h->arena, in.in[0].name);
	}
	loginputs_release(&in);
	return rc;
}
