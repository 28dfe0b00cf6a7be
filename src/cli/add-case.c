// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The symptoms of one call put to those of the case. A row that is the same symptom, by its key or
 * by what it says, gets the run's id; else a row is added. What people changed in a row stays.
 */
#include <stdlib.h>

#include "cli/add.h"
#include "cli/casefile.h"
#include "text/secret.h"

#define SECTION "Symptoms"

/* A row of the table, read back. */
struct row {
	struct grouping_symptom is;
	struct str id, key, runs;
	double quality;
	bool known; /* its kind is one of ours */
};

static struct row *read_rows(struct add *a, const struct casedoc *d, size_t *n)
{
	struct casedoc_table t;
	struct row *rows;
	struct err err;

	*n = 0;
	if (casedoc_table(d, SECTION, &a->arena, &t, &err))
		return NULL;
	rows = arena_zalloc(&a->arena, (t.nrows + 1) * sizeof(*rows));
	for (size_t i = 0; i < t.nrows; i++) {
		struct str group = casedoc_cell(&t, i, "group");
		size_t comma = str_find(group, STR(", ")), open = str_find_char(group, '(');
		struct row *r = &rows[(*n)++];
		enum grouping_kind kind;

		r->id = casedoc_cell(&t, i, "id");
		r->runs = casedoc_cell(&t, i, "runs");
		r->key = str_head(group, str_find_char(group, ' '));
		r->quality = 1;
		while (open < group.n && comma < group.n) { /* the last ", 0.95)" */
			struct str rest = str_from(group, comma + 2);
			size_t next = str_find(rest, STR(", "));

			if (next == rest.n) {
				if (!str_double(str_head(rest, str_find_char(rest, ')')),
						&r->quality))
					r->quality = 1;
				break;
			}
			comma += 2 + next;
		}
		r->known = grouping_kind_of(casedoc_cell(&t, i, "kind"), &kind);
		if (r->known)
			grouping_parse(kind, casedoc_cell(&t, i, "what"), &a->arena, &r->is);
	}
	return rows;
}

static const struct row *row_of(const struct row *rows, size_t n, const struct add_symptom *y,
				double *quality, const char **why)
{
	const struct row *best = NULL;

	*quality = 0;
	*why = "";
	for (size_t i = 0; i < n; i++) {
		const char *w = "";
		double q = rows[i].known ? grouping_compare(&rows[i].is, &y->is, &w) : 0;

		if (str_eq(rows[i].key, str_of(y->key))) {
			*quality = q >= GROUPING_JOIN ? q : 1;
			*why = q >= GROUPING_JOIN ? w : "same key";
			return &rows[i];
		}
		if (q >= GROUPING_JOIN && q > *quality) {
			best = &rows[i];
			*quality = q;
			*why = w;
		}
	}
	return best;
}

static struct str group_cell(struct add *a, const char *key, const char *why, double quality)
{
	if (!*why)
		return str_of(arena_printf(&a->arena, "%s", key));
	return str_of(arena_printf(&a->arena, "%s (%s, %.2f)", key, why, quality));
}

static bool has_run(struct str runs, struct str id)
{
	struct str one;

	while (str_next(&runs, ',', &one))
		if (str_eq(str_trim(one), id))
			return true;
	return false;
}

static int add_run(struct add *a, struct casedoc *d, const struct row *r, struct add_symptom *y,
		   struct err *err)
{
	static const char *const columns[] = {"id", "runs", "group"};
	struct str cells[3] = {r->id};
	struct str key = r->key.n ? r->key : str_of(y->key);

	if (has_run(r->runs, a->run_id))
		return 0;
	cells[1] = str_of(arena_printf(&a->arena, STR_FMT "%s" STR_FMT, STR_ARG(r->runs),
				       r->runs.n ? ", " : "", STR_ARG(a->run_id)));
	cells[2] = group_cell(a, arena_str(&a->arena, key).p, y->why,
			      y->quality < r->quality ? y->quality : r->quality);
	return casedoc_put_row(d, SECTION, columns, cells, 3, err);
}

static struct str place_of(struct add *a, const struct add_symptom *y)
{
	struct str name = add_safe(a, a->files[y->file].name);

	if (!y->line)
		return name;
	return str_of(arena_printf(&a->arena, STR_FMT ":%llu", STR_ARG(name),
				   (unsigned long long)y->line));
}

static int add_row(struct add *a, struct casedoc *d, struct add_symptom *y, struct err *err)
{
	static const char *const columns[] = {"id",    "kind", "what", "first seen",
					      "where", "runs", "group"};
	struct str cells[] = {
		casedoc_next_id(d, SECTION, 'S', &a->arena),
		str_of(grouping_kind_name(y->is.kind)),
		y->what,
		y->seen.n ? y->seen : STR(""),
		place_of(a, y),
		a->run_id,
		group_cell(a, y->key, y->count > 1 ? y->why : "", y->quality),
	};

	y->id = cells[0];
	y->fresh = true;
	return casedoc_put_row(d, SECTION, columns, cells, ARRAY_SIZE(cells), err);
}

/* The higher rank first, then in the order of files and lines. */
static int by_rank(const void *x, const void *y)
{
	const struct add_symptom *a = x, *b = y;

	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return a->line != b->line ? (a->line < b->line ? -1 : 1) : strcmp(a->key, b->key);
}

static int put_symptoms(struct add *a, struct casedoc *d, struct err *err)
{
	size_t n, added[2] = {0}, left = 0;
	struct row *rows = read_rows(a, d, &n);
	int rc = 0;

	for (size_t i = 0; !rc && i < a->nsymptoms; i++) {
		struct add_symptom *y = &a->symptoms[i];
		const char *why;
		double quality;
		const struct row *r = row_of(rows, n, y, &quality, &why);
		bool test = y->is.kind == GROUPING_TEST;

		if (r) {
			y->id = r->id;
			y->why = why;
			y->quality = quality;
		}
		if (a->verdict == RUN_GOOD) {
			if (r)
				buf_printf(&a->notes, STR_FMT " is in this good run too\n",
					   STR_ARG(r->id));
		} else if (r) {
			rc = add_run(a, d, r, y, err);
		} else if (y->in_good.n) {
			continue;
		} else if (added[test]++ < ADD_MAX_ROWS) {
			rc = add_row(a, d, y, err);
		} else {
			left++;
		}
	}
	if (left)
		buf_printf(&a->notes,
			   "%zu more symptoms are not in the case (%d of a kind at most): "
			   "inquest runs show " STR_FMT "\n",
			   left, ADD_MAX_ROWS, STR_ARG(a->run_id));
	return rc;
}

int add_to_case(struct add *a, struct casefile *c, struct err *err)
{
	const char *list = a->verdict == RUN_GOOD ? "good" : a->verdict == RUN_BAD ? "bad" : NULL;
	int rc = 0;

	if (a->nsymptoms)
		qsort(a->symptoms, a->nsymptoms, sizeof(*a->symptoms), by_rank);
	if (a->run_id.n)
		rc = put_symptoms(a, c->doc, err);
	if (!rc && list && a->run_id.n)
		rc = casedoc_add_to_list(c->doc, list, a->run_id, err);
	for (size_t i = 0; !rc && list && i < a->nmore_runs; i++)
		rc = casedoc_add_to_list(c->doc, list, a->more_runs[i], err);
	return rc ? casefile_error(c->path, rc, err) : casefile_commit(c, err);
}
