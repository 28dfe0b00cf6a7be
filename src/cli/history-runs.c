// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The series of `inquest history METRIC`: a variable of the stored runs, in the order of their
 * commits if this repository has them all, else of the time at which they started, else as they
 * were added. And what else changed where it changed: variables that were one value in the last
 * runs before and another in the first runs after.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/history.h"
#include "vcs/vcs.h"

#define NEAR            5 /* runs on either side of a change that are looked at */
#define FEWEST          2
#define MOST_COVARIATES 1000
#define COMMIT          STR("git.commit")

struct run {
	struct str id, commit;
	double value, reference;
	int64_t started_ns, place;
	size_t added;
};

struct runs {
	struct run *items;
	size_t n;
	bool full; /* there are more */
};

static int by_order(const void *x, const void *y)
{
	const struct run *a = x, *b = y;

	if (a->place != b->place)
		return a->place > b->place ? 1 : -1;
	if (a->started_ns != b->started_ns)
		return a->started_ns > b->started_ns ? 1 : -1;
	return (a->added > b->added) - (a->added < b->added);
}

/* --reference, else METRIC.reference if there is such a variable. */
static int find_reference(struct history *h, const struct derived *d,
			  const struct history_values *v, struct err *err)
{
	struct store_variable *variables;
	struct str name =
		v->reference
			? str_of(v->reference)
			: str_of(arena_printf(&h->arena, STR_FMT ".reference", STR_ARG(h->metric)));
	bool known = false, metric = false;
	size_t n;

	derived_variables(d, &h->arena, &variables, &n);
	for (size_t i = 0; i < n; i++) {
		known |= str_eq(variables[i].name, name);
		if (str_eq(variables[i].name, h->metric)) {
			metric = true;
			h->better = variables[i].better;
		}
	}
	if (!metric)
		return err_set(err, ERR_USAGE, "no run has a variable '" STR_FMT "'",
			       STR_ARG(str_head(h->metric, 200)));
	if (known)
		h->reference_name = name;
	else if (v->reference)
		return err_set(err, ERR_USAGE, "no run has a variable '" STR_FMT "'",
			       STR_ARG(str_head(name, 200)));
	return 0;
}

struct collecting {
	struct history *h;
	struct runs *r;
	size_t cap;
};

/* values: metric, commit, and reference if there is one. */
static bool take_run(void *arg, const struct store_row *row)
{
	struct collecting *c = arg;
	struct arena *a = &c->h->arena;
	bool reference = c->h->reference_name.n > 0;

	if (row->values[0].kind == VALUE_NONE || row->values[0].kind == VALUE_TEXT)
		return true;
	if (c->r->n == HISTORY_MOST) {
		c->r->full = true;
		return false;
	}
	array_push(c->r->items, c->r->n, c->cap) = (struct run){
		.id = arena_str(a, row->id),
		.commit = row->values[1].kind == VALUE_TEXT ? arena_str(a, row->values[1].text)
							    : STR(""),
		.value = value_number(row->values[0]),
		.reference = reference ? value_number(row->values[2]) : NAN,
		.started_ns = row->started_ns,
		.place = -1,
		.added = c->r->n,
	};
	return true;
}

static int collect(struct history *h, struct runs *r, struct store *s, const struct derived *d,
		   const struct history_values *v, struct err *err)
{
	struct collecting c = {.h = h, .r = r};
	const struct str columns[] = {h->metric, COMMIT, h->reference_name};
	int rc = derived_runs(d, s,
			      &(struct store_query){.where = str_of(v->where ? v->where : ""),
						    .columns = columns,
						    .ncolumns = h->reference_name.n ? 3 : 2},
			      take_run, &c, err);

	if (!rc && r->full)
		rc = err_set(err, ERR_LIMIT, "more than %zu runs: --where chooses", HISTORY_MOST);
	return rc;
}

/* Sort by what is known of all runs. */
static void sort(struct history *h, struct runs *r, const char *root)
{
	struct str *commits = arena_alloc(&h->arena, (r->n + 1) * sizeof(*commits));
	int64_t *place = arena_alloc(&h->arena, (r->n + 1) * sizeof(*place));
	bool times = true;

	h->by_commit = r->n > 0;
	for (size_t i = 0; i < r->n; i++) {
		commits[i] = r->items[i].commit;
		h->by_commit &= commits[i].n > 0;
		times &= r->items[i].started_ns != 0;
	}
	/* Without a repository the order is that of time. */
	h->by_commit = h->by_commit && !vcs_order(root, &h->arena, commits, r->n, place, NULL);
	for (size_t i = 0; i < r->n && h->by_commit; i++)
		h->by_commit = place[i] >= 0;
	for (size_t i = 0; i < r->n; i++) {
		r->items[i].place = h->by_commit ? place[i] : 0;
		r->items[i].started_ns = times ? r->items[i].started_ns : 0;
	}
	if (r->n)
		qsort(r->items, r->n, sizeof(*r->items), by_order);
}

int history_read_runs(struct history *h, struct store *s, const struct derived *d,
		      struct str metric, const struct history_values *v, const char *root,
		      struct err *err)
{
	struct runs r = {0};
	size_t bytes;
	int rc;

	h->metric = metric;
	h->source = STR("the stored runs");
	rc = find_reference(h, d, v, err);
	if (!rc)
		rc = collect(h, &r, s, d, v, err);
	if (rc) {
		free(r.items);
		return rc;
	}
	sort(h, &r, root);
	bytes = (r.n + 1) * sizeof(double);
	h->n = r.n;
	h->value = arena_alloc(&h->arena, bytes);
	h->reference = h->reference_name.n ? arena_alloc(&h->arena, bytes) : NULL;
	h->run = arena_alloc(&h->arena, (r.n + 1) * sizeof(*h->run));
	h->commit = arena_alloc(&h->arena, (r.n + 1) * sizeof(*h->commit));
	for (size_t i = 0; i < r.n; i++) {
		h->value[i] = r.items[i].value;
		if (h->reference)
			h->reference[i] = r.items[i].reference;
		h->run[i] = r.items[i].id;
		h->commit[i] = r.items[i].commit;
	}
	free(r.items);
	return 0;
}

/* ---- what else changed ---- */

/* The text of a run's variable; empty if it lacks it. */
static struct str text_of(const struct run_record *r, struct str name, struct arena *a)
{
	for (size_t i = 0; i < r->nvariables; i++) {
		if (str_eq(r->variables[i].name, name)) {
			CLEANUP_BUF struct buf b = {0};

			run_value(r->variables[i].value, &b);
			return arena_str(a, buf_str(&b));
		}
	}
	return STR("");
}

/* The same value in all of them; false if it varies. */
static bool constant(const struct run_record *r, size_t n, struct str name, struct arena *a,
		     struct str *value)
{
	*value = text_of(&r[0], name, a);
	for (size_t i = 1; i < n; i++)
		if (!str_eq(text_of(&r[i], name, a), *value))
			return false;
	return true;
}

static bool is_listed(const struct history_covariates *c, struct str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eq(c->items[i].name, name))
			return true;
	return false;
}

/* Variables of one run that are constant on both sides and differ. */
static void compare(struct history *h, const struct run_record *names,
		    const struct run_record *before, size_t nbefore, const struct run_record *after,
		    size_t nafter, struct history_covariates *out)
{
	for (size_t i = 0; i < names->nvariables && out->n < MOST_COVARIATES; i++) {
		struct history_covariate v = {.name = names->variables[i].name};

		if (!str_eq(v.name, h->metric) && !str_eq(v.name, h->reference_name) &&
		    constant(before, nbefore, v.name, &h->arena, &v.before) &&
		    constant(after, nafter, v.name, &h->arena, &v.after) &&
		    !str_eq(v.before, v.after) && !is_listed(out, v.name))
			out->items[out->n++] = v;
	}
}

static int by_name(const void *a, const void *b)
{
	const struct history_covariate *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

int history_covariates(struct history *h, struct store *s, const struct change *c,
		       struct history_covariates *out, struct err *err)
{
	struct run_record before[NEAR], after[NEAR];
	size_t nbefore = c->from - c->begin, nafter = c->end - c->to;
	int rc = 0;

	*out = (struct history_covariates){0};
	nbefore = nbefore < NEAR ? nbefore : NEAR;
	nafter = nafter < NEAR ? nafter : NEAR;
	if (nbefore < FEWEST || nafter < FEWEST)
		return 0;
	for (size_t i = 0; i < nbefore && !rc; i++)
		rc = store_get(s, h->run[c->from - 1 - i], &h->arena, &before[i], err);
	for (size_t i = 0; i < nafter && !rc; i++)
		rc = store_get(s, h->run[c->to + i], &h->arena, &after[i], err);
	if (rc)
		return rc;
	out->items = arena_alloc(&h->arena, MOST_COVARIATES * sizeof(*out->items));
	compare(h, &before[0], before, nbefore, after, nafter, out);
	compare(h, &after[0], before, nbefore, after, nafter, out);
	qsort(out->items, out->n, sizeof(*out->items), by_name);
	return 0;
}

const struct change *history_worst(const struct history *h, const struct changepoints *c)
{
	for (size_t i = c->n; i; i--) {
		const struct change *f = &c->changes[i - 1];
		bool rises = f->after > f->before;

		if (h->better == BETTER_UNKNOWN || rises == (h->better == BETTER_LOWER))
			return f;
	}
	return NULL;
}
