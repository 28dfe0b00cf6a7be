// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff of runs. A word names a run by its id or the beginning of it, or runs: all of a
 * name, all that are good or bad, or those that satisfy a condition in the language of --where.
 */
#include "cli/diff-runs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/derived.h"
#include "cli/run-logs.h"
#include "report/rundiff.h"
#include "text/quote.h"
#include "text/shell.h"

#define ALPHA    .05
#define MAX_RUNS 10000 /* of one side */

struct selection {
	struct store *store;
	struct arena arena;
	struct workspace workspace;
	struct derived derived;
	struct rundiff_side side[2];
	struct rundiff_run *runs[2];
	size_t cap[2];
	struct str *ids; /* that a condition chose */
	size_t nids, cap_ids;
};

static bool is_verdict(const char *word)
{
	return strcmp(word, "good") == 0 || strcmp(word, "bad") == 0;
}

static bool is_condition(const char *word)
{
	return strpbrk(word, "=<>~!") != NULL;
}

static bool is_id(const char *word)
{
	return strncmp(word, "r-", 2) == 0 && word[2] &&
	       strspn(word + 2, "0123456789abcdef") == strlen(word + 2);
}

/* What --where would be asked for a word. */
static void condition_of(const char *word, struct buf *b)
{
	if (is_condition(word)) {
		buf_add_str(b, str_of(word));
		return;
	}
	buf_add_str(b, is_verdict(word) ? STR("verdict == ") : STR("name == "));
	quote_add(b, str_of(word));
}

static bool take_id(void *arg, const struct store_row *r)
{
	struct selection *s = arg;

	array_push(s->ids, s->nids, s->cap_ids) = arena_str(&s->arena, r->id);
	return s->nids < MAX_RUNS;
}

static bool is_chosen(const struct rundiff_side *side, struct str id)
{
	for (size_t i = 0; i < side->n; i++)
		if (str_eq(side->runs[i].id, id))
			return true;
	return false;
}

static int add_run(struct selection *s, int side, struct str id, struct err *err)
{
	struct run_record r;
	int rc = derived_get(&s->derived, s->store, id, &s->arena, &r, err);

	if (rc || is_chosen(&s->side[side], r.id))
		return rc;
	if (is_chosen(&s->side[!side], r.id))
		return err_set(err, ERR_USAGE, "run " STR_FMT " is on both sides", STR_ARG(r.id));
	array_push(s->runs[side], s->side[side].n, s->cap[side]) = (struct rundiff_run){
		.id = r.id,
		.started_ns = r.started_ns,
		.variables = r.variables,
		.nvariables = r.nvariables,
		.tests = r.tests,
		.ntests = r.ntests,
	};
	s->side[side].runs = s->runs[side];
	return 0;
}

static int add_word(struct selection *s, int side, const char *word, struct err *err)
{
	CLEANUP_BUF struct buf where = {0};
	int rc;

	if (is_id(word))
		return add_run(s, side, str_of(word), err);
	condition_of(word, &where);
	s->nids = 0;
	rc = derived_runs(&s->derived, s->store, &(struct store_query){.where = buf_str(&where)},
			  take_id, s, err);
	if (!rc && !s->nids)
		rc = err_set(err, ERR_NOTFOUND, "no run is '%s'; inquest runs lists them", word);
	for (size_t i = 0; !rc && i < s->nids; i++)
		rc = add_run(s, side, s->ids[i], err);
	return rc;
}

static int select_runs(struct selection *s, const struct diff_runs *d, struct err *err)
{
	int rc = workspace_find(&s->workspace, d->store, err);

	if (!rc)
		rc = workspace_open(&s->workspace, STORE_READ, &s->store, err);
	if (!rc)
		rc = derived_load(&s->derived, &s->workspace, s->store, err);
	for (size_t i = 0; !rc && i < d->good->n; i++)
		rc = add_word(s, 0, d->good->items[i], err);
	for (size_t i = 0; !rc && i < d->bad->n; i++)
		rc = add_word(s, 1, d->bad->items[i], err);
	return rc;
}

/* The value of a text variable that all runs of a side share; empty if they do not. */
static struct str shared_value(const struct rundiff_side *side, const char *name)
{
	struct str v = {0};

	for (size_t i = 0; i < side->n; i++)
		for (size_t k = 0; k < side->runs[i].nvariables; k++) {
			const struct variable *x = &side->runs[i].variables[k];

			if (!str_eq(x->name, str_of(name)))
				continue;
			if (v.n && !str_eq(v, x->value.text))
				return (struct str){0};
			v = x->value.text;
		}
	return v;
}

static bool is_commit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return s.n >= 7;
}

static struct str *ids_of(struct arena *a, const struct rundiff_side *side)
{
	struct str *ids = arena_alloc(a, side->n * sizeof(*ids));

	for (size_t i = 0; i < side->n; i++)
		ids[i] = side->runs[i].id;
	return ids;
}

static void next_commands(struct selection *s, struct buf *b)
{
	struct str *good_ids = ids_of(&s->arena, &s->side[0]),
		   *bad_ids = ids_of(&s->arena, &s->side[1]);
	const char *logs;
	struct str good = shared_value(&s->side[0], "git.commit"),
		   bad = shared_value(&s->side[1], "git.commit");

	if (is_commit(good) && is_commit(bad) && !str_eq(good, bad))
		buf_printf(b, "Next: git log --oneline %.12s..%.12s\n", good.p, bad.p);
	logs = run_logs_diff(&s->workspace, s->store, good_ids, s->side[0].n, bad_ids, s->side[1].n,
			     &s->arena);
	if (logs)
		buf_printf(b, "Next: %s\n", logs);
}

/* Only what is named is judged. */
static int keep_only(struct selection *s, const char *name, struct err *err)
{
	size_t kept = 0;

	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < s->side[side].n; i++) {
			struct rundiff_run *r = &s->runs[side][i];
			const struct variable *v = r->variables;
			size_t n = r->nvariables;

			r->nvariables = r->ntests = 0;
			for (size_t k = 0; k < n; k++)
				if (str_eq(v[k].name, str_of(name))) {
					r->variables = &v[k];
					r->nvariables = 1;
					kept++;
				}
		}
	return kept ? 0 : err_set(err, ERR_NOTFOUND, "none of the runs has a variable '%s'", name);
}

static int status_of(const struct rundiff *d)
{
	const size_t *m = d->count[RUNDIFF_METRIC], *t = d->count[RUNDIFF_TEST];

	if (m[RUNDIFF_WORSE] || t[RUNDIFF_WORSE])
		return EXIT_FOUND;
	return m[RUNDIFF_UNDECIDED] || t[RUNDIFF_UNDECIDED] ? EXIT_UNDECIDED : EXIT_DONE;
}

static int print(struct cli *cli, struct selection *s, const struct diff_runs *d,
		 const struct rundiff *diff, const struct rundiff_opts *opts, struct err *err)
{
	CLEANUP_BUF struct buf out = {0}, next = {0};
	struct rundiff_report r = {.diff = diff,
				   .side = s->side,
				   .opts = opts,
				   .command = d->command,
				   .color = cli->color_out,
				   .verbose = d->verbose || d->metric,
				   .width = (size_t)cli->width};

	next_commands(s, &next);
	r.next = next.n ? buf_cstr(&next) : NULL;
	if (d->json)
		rundiff_report_json(&r, &out);
	else
		rundiff_report_text(&r, &out);
	if ((fwrite(buf_cstr(&out), 1, out.n, stdout) != out.n || fflush(stdout) != 0) &&
	    errno != EPIPE)
		return err_errno(err, "output");
	return 0;
}

static bool is_path(const char *word)
{
	return strcmp(word, "-") == 0 || access(word, F_OK) == 0;
}

static bool any_path(const struct option_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_path(l->items[i]))
			return true;
	return false;
}

bool diff_runs_given(const struct diff_runs *d)
{
	struct workspace w;
	struct err err;
	bool stored;

	if (!d->good->n || !d->bad->n || any_path(d->good) || any_path(d->bad))
		return false;
	stored = !workspace_find(&w, d->store, &err) &&
		 (strncmp(w.store, "postgres", 8) == 0 || access(w.store, F_OK) == 0);
	workspace_release(&w);
	return stored;
}

int diff_runs(struct cli *cli, const struct diff_runs *d, int *status, struct err *err)
{
	struct rundiff_opts opts = {.alpha = ALPHA, .equivalence = d->equivalence};
	struct selection s = {0};
	struct rundiff diff;
	int rc;

	arena_init(&s.arena);
	rc = select_runs(&s, d, err);
	if (!rc && d->metric)
		rc = keep_only(&s, d->metric, err);
	if (!rc) {
		rundiff_run(&diff, s.side, &opts);
		rc = print(cli, &s, d, &diff, &opts, err);
		*status = status_of(&diff);
		rundiff_release(&diff);
	}
	derived_release(&s.derived);
	store_close(s.store);
	workspace_release(&s.workspace);
	free(s.runs[0]);
	free(s.runs[1]);
	free(s.ids);
	arena_release(&s.arena);
	return rc;
}
