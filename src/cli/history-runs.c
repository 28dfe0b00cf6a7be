// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The series of `inquest history METRIC`: a variable of the stored runs, in the order of their
 * commits if this repository has them all, else of the time at which they started, else as they
 * were added. And what else changed where it changed: variables that were one value in the last
 * runs before and another in the first runs after.
 */
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
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
	bool places, times; /* all are known */
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

/* Another variable of the same runs. */
static int join(struct runs *r, struct store *s, struct str variable, struct arena *a,
		void (*set)(struct run *run, struct value v), struct err *err)
{
	struct map by_id = {0};
	struct store_row *rows;
	size_t n;
	int rc = store_history(s, variable, STR(""), a, &rows, &n, err);

	for (size_t i = 0; i < r->n && !rc; i++)
		map_put(&by_id, hash_str(r->items[i].id), (uint32_t)i, NULL);
	for (size_t k = 0; k < n && !rc; k++) {
		uint32_t i;

		if (map_get(&by_id, hash_str(rows[k].id), &i))
			set(&r->items[i], rows[k].values[0]);
	}
	map_release(&by_id);
	return rc;
}

static void set_commit(struct run *r, struct value v)
{
	if (v.kind == VALUE_TEXT)
		r->commit = v.text;
}

static void set_reference(struct run *r, struct value v)
{
	r->reference = value_number(v);
}

/* --reference, else METRIC.reference if there is such a variable. */
static int find_reference(struct history *h, struct store *s, const struct history_values *v,
			  struct err *err)
{
	struct store_variable *variables;
	struct str name =
		v->reference
			? str_of(v->reference)
			: str_of(arena_printf(&h->arena, STR_FMT ".reference", STR_ARG(h->metric)));
	size_t n;
	bool known = false, metric = false;
	int rc = store_variables(s, false, &h->arena, &variables, &n, err);

	if (rc)
		return rc;
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

static int collect(struct history *h, struct runs *r, struct store *s,
		   const struct history_values *v, struct err *err)
{
	struct store_row *rows;
	size_t n;
	int rc = store_history(s, h->metric, str_of(v->where ? v->where : ""), &h->arena, &rows, &n,
			       err);

	if (!rc && n > HISTORY_MOST)
		rc = err_set(err, ERR_LIMIT, "more than %zu runs: --where chooses", HISTORY_MOST);
	if (rc)
		return rc;
	r->items = arena_zalloc(&h->arena, (n + 1) * sizeof(*r->items));
	for (size_t i = 0; i < n; i++) {
		double value = value_number(rows[i].values[0]);

		if (rows[i].values[0].kind == VALUE_TEXT)
			continue;
		r->items[r->n] =
			(struct run){rows[i].id, STR(""), value, NAN, rows[i].started_ns, -1, r->n};
		r->n++;
	}
	rc = join(r, s, COMMIT, &h->arena, set_commit, err);
	if (!rc && h->reference_name.n)
		rc = join(r, s, h->reference_name, &h->arena, set_reference, err);
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
	qsort(r->items, r->n, sizeof(*r->items), by_order);
}

int history_read_runs(struct history *h, struct store *s, struct str metric,
		      const struct history_values *v, const char *root, struct err *err)
{
	struct runs r = {0};
	size_t bytes;
	int rc;

	h->metric = metric;
	h->source = STR("the stored runs");
	rc = find_reference(h, s, v, err);
	if (!rc)
		rc = collect(h, &r, s, v, err);
	if (rc)
		return rc;
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
