// SPDX-License-Identifier: GPL-3.0-or-later
/* Runs with derived variables: see derived.h. */
#include <math.h>
#include <stdlib.h>

#include "cli/derived-plan.h"

static int by_name(const void *x, const void *y)
{
	return str_cmp(((const struct store_variable *)x)->name,
		       ((const struct store_variable *)y)->name);
}

void derived_variables(const struct derived *d, struct arena *a, struct store_variable **v,
		       size_t *n)
{
	struct store_variable *all = arena_alloc(a, (d->nrecorded + d->n + 1) * sizeof(*all));
	size_t k = 0;

	for (size_t i = 0; i < d->nrecorded; i++)
		if (!derived_is_call(d->recorded[i].name))
			all[k++] = d->recorded[i];
	for (size_t i = 0; i < d->n; i++)
		if (!d->d[i].shadowed)
			all[k++] = (struct store_variable){.name = d->d[i].name,
							   .unit = d->d[i].unit,
							   .better = d->d[i].better};
	qsort(all, k, sizeof(*all), by_name);
	*v = all;
	*n = k;
}

struct reading {
	const struct store_query *q;
	struct plan plan;
	struct plan_filter *filter; /* NULL: none that has to be tested here */
	unsigned *columns;          /* slots of the query's columns */
	struct value *values;       /* of the query's columns */
	uint64_t given;
	bool (*row)(void *arg, const struct store_row *r);
	void *arg;
};

static bool take_row(void *arg, const struct store_row *row)
{
	struct reading *r = arg;
	struct store_row out = *row;
	const struct value *v = plan_values(&r->plan, row);

	if (r->filter && !plan_filter_test(r->filter, v))
		return true;
	for (size_t i = 0; i < r->q->ncolumns; i++)
		r->values[i] = v[r->columns[i]];
	out.values = r->values;
	r->given++;
	return r->row(r->arg, &out) && (!r->q->limit || r->given < r->q->limit);
}

static bool any_derived(const struct derived *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (!d->d[i].shadowed)
			return true;
	return false;
}

int derived_runs(const struct derived *d, struct store *s, const struct store_query *q,
		 bool (*row)(void *arg, const struct store_row *r), void *arg, struct err *err)
{
	struct reading r = {.q = q, .row = row, .arg = arg};
	struct store_query inner = *q;
	int rc = 0;

	if (!any_derived(d))
		return store_runs(s, q, row, arg, err);
	plan_init(&r.plan, d);
	r.columns = arena_alloc(&r.plan.arena, (q->ncolumns + 1) * sizeof(*r.columns));
	r.values = arena_alloc(&r.plan.arena, (q->ncolumns + 1) * sizeof(*r.values));
	for (size_t i = 0; i < q->ncolumns; i++)
		r.columns[i] = plan_add(&r.plan, q->columns[i], false);
	if (q->where.n)
		rc = plan_filter_new(&r.filter, &r.plan, q->where, err);
	if (r.filter) {
		inner.where = plan_filter_rest(r.filter);
		inner.limit = 0;
	}
	inner.columns = r.plan.columns;
	inner.ncolumns = r.plan.ncolumns;
	if (!rc)
		rc = store_runs(s, &inner, take_row, &r, err);
	plan_filter_free(r.filter);
	plan_release(&r.plan);
	return rc;
}

/* ---- one run ---- */

static int by_variable(const void *x, const void *y)
{
	return str_cmp(((const struct variable *)x)->name, ((const struct variable *)y)->name);
}

static struct value value_in(const struct run_record *r, struct str name)
{
	struct variable key = {.name = name};
	const struct variable *v =
		r->nvariables ? bsearch(&key, r->variables, r->nvariables, sizeof(key), by_variable)
			      : NULL;

	return v ? v->value : (struct value){0};
}

/* The values of the definitions of a run, whose variables are sorted by name. */
static void add_derived(const struct derived *d, struct arena *a, struct run_record *r)
{
	struct variable *v = arena_alloc(a, (r->nvariables + d->n + 1) * sizeof(*v));
	unsigned *slots = arena_alloc(a, (d->n + 1) * sizeof(*slots));
	struct store_row row = {.id = r->id,
				.name = r->name,
				.command = r->command,
				.verdict = r->verdict,
				.state = r->state,
				.started_ns = r->started_ns};
	struct value *columns;
	struct plan plan;
	size_t n = 0;

	plan_init(&plan, d);
	for (size_t i = 0; i < d->n; i++)
		slots[i] = plan_add(&plan, d->d[i].name, false);
	columns = arena_alloc(a, (plan.ncolumns + 1) * sizeof(*columns));
	for (size_t i = 0; i < plan.ncolumns; i++)
		columns[i] = value_in(r, plan.columns[i]);
	row.values = columns;
	plan_values(&plan, &row);
	for (size_t i = 0; i < r->nvariables; i++)
		if (!derived_is_call(r->variables[i].name))
			v[n++] = r->variables[i];
	for (size_t i = 0; i < d->n; i++) {
		struct value value = plan.values[slots[i]];

		if (value.kind == VALUE_TEXT) /* perhaps the plan's */
			value.text = arena_str(a, value.text);
		if (value.kind && !d->d[i].shadowed)
			v[n++] = (struct variable){.name = d->d[i].name,
						   .value = value,
						   .unit = d->d[i].unit,
						   .better = d->d[i].better,
						   .spread = NAN};
	}
	plan_release(&plan);
	qsort(v, n, sizeof(*v), by_variable);
	r->variables = v;
	r->nvariables = n;
}

int derived_get(const struct derived *d, struct store *s, struct str id, struct arena *a,
		struct run_record *r, struct err *err)
{
	int rc = store_get(s, id, a, r, err);

	if (!rc) {
		qsort(r->variables, r->nvariables, sizeof(*r->variables), by_variable);
		add_derived(d, a, r);
	}
	return rc;
}
