// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff of runs. A word names a run by its id or the beginning of it, or runs: all of a
 * name, all that are good or bad, or those that satisfy a condition in the language of --where.
 */
#include "cli/diff-runs.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/records.h"
#include "cli/diff-code.h"
#include "cli/diff-run-logs.h"
#include "text/quote.h"
#include "text/shell.h"

#define ALPHA      .05
#define MAX_RUNS   10000 /* of one side */
#define MAX_CURVES 1000

struct selection {
	struct records in;
	struct arena arena;
	struct rundiff_side side[2];
	struct rundiff_run *runs[2];
	size_t cap[2];
	struct str *ids; /* that a condition chose */
	size_t nids, cap_ids;
	struct run_record *records[2]; /* of the same runs */
	size_t nrecords[2], cap_records[2];
	struct curve_metric *curves;
	size_t ncurves, cap_curves;
	struct diff_run_logs logs;
	struct diff_code code;
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
	int rc = derived_get(&s->in.derived, s->in.store, id, &s->arena, &r, err);

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
	array_push(s->records[side], s->nrecords[side], s->cap_records[side]) = r;
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
	rc = derived_runs(&s->in.derived, s->in.store,
			  &(struct store_query){.where = buf_str(&where)}, take_id, s, err);
	if (!rc && !s->nids)
		rc = err_set(
			err, ERR_NOTFOUND,
			is_condition(word) ? "no run satisfies '%s'"
			: is_verdict(word)
				? "no run is marked as %s (--as of inquest run and inquest add)"
				: "'%s' is no file, and no run has that id or name; "
				  "inquest runs lists them",
			word);
	for (size_t i = 0; !rc && i < s->nids; i++)
		rc = add_run(s, side, s->ids[i], err);
	return rc;
}

static int select_runs(struct selection *s, const struct diff_runs *d, struct err *err)
{
	int rc = records_open(&s->in, d->store, err);

	for (size_t i = 0; !rc && i < d->good->n; i++)
		rc = add_word(s, 0, d->good->items[i], err);
	for (size_t i = 0; !rc && i < d->bad->n; i++)
		rc = add_word(s, 1, d->bad->items[i], err);
	return rc;
}

/* ---- logs ---- */

static void add_words(struct buf *b, const char *option, const struct option_list *words)
{
	buf_printf(b, " %s", option);
	for (size_t i = 0; i < words->n; i++) {
		buf_add_char(b, ' ');
		shell_add_word(b, str_of(words->items[i]));
	}
}

/* What compares the logs alone. */
static const char *logs_command(struct selection *s, const struct diff_runs *d)
{
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "inquest diff --logs");
	if (d->store) {
		BUF_LIT(&b, " --store ");
		shell_add_word(&b, str_of(d->store));
	}
	add_words(&b, "--good", d->good);
	add_words(&b, "--bad", d->bad);
	return arena_str(&s->arena, buf_str(&b)).p;
}

static int compare_logs(struct cli *cli, struct selection *s, const struct diff_runs *d,
			struct err *err)
{
	const struct diff_run_logs_opts o = {
		.evidence = s->in.workspace.evidence,
		.runs = {s->records[0], s->records[1]},
		.n = {s->nrecords[0], s->nrecords[1]},
		.values = d->values,
		.command = d->print_logs ? d->command : logs_command(s, d),
		.all = d->print_logs != NULL,
		.verbose = d->verbose,
	};

	return diff_run_logs(&s->logs, cli, &o, err);
}

/* --logs */
static int print_logs(const struct diff_runs *d, const struct diff_run_logs *logs, int *status,
		      struct err *err)
{
	static const char *const sides[] = {"good", "bad"};
	bool read[2] = {false, false};

	for (size_t i = 0; i < logs->report.n; i++)
		read[logs->report.runs[i].side] |= logs->report.runs[i].state == RUNDIFF_LOGS_READ;
	if (!logs->compared)
		return err_set(err, ERR_NOTFOUND, "of the %s runs no log is kept on this machine",
			       sides[read[0]]);
	*status = diff_logs_differ(&logs->diff) ? EXIT_FOUND : EXIT_DONE;
	return d->print_logs(d->print_arg, logs->report.report, err);
}

/* ---- series ---- */

static const struct series *series_named(const struct run_record *r, struct str name)
{
	for (size_t i = 0; i < r->nseries; i++)
		if (str_eq(r->series[i].name, name))
			return &r->series[i];
	return NULL;
}

static struct curve curve_of(const struct run_record *r, const struct series *x)
{
	return (struct curve){r->id, x->x, x->y, x->n};
}

/* A series of a bad run against those of that name of the good ones. */
static void add_curve(struct selection *s, const struct run_record *r, const struct series *x)
{
	struct curve *v = arena_alloc(&s->arena, (s->nrecords[0] + 1) * sizeof(*v));
	struct curve_metric m = {
		.name = x->name, .axis = x->axis, .better = x->better, .good = v, .bad = v};

	*v++ = curve_of(r, x);
	m.good = v;
	for (size_t i = 0; i < s->nrecords[0]; i++) {
		const struct series *g = series_named(&s->records[0][i], x->name);

		if (g)
			v[m.ngood++] = curve_of(&s->records[0][i], g);
	}
	if (!m.ngood)
		return;
	curvediff_run(&m.diff, m.good, m.ngood, m.bad);
	array_push(s->curves, s->ncurves, s->cap_curves) = m;
}

/* What is sampled over seconds has no steps that two runs could share. */
static void add_curves(struct selection *s, const char *metric)
{
	for (size_t i = 0; i < s->nrecords[1]; i++)
		for (size_t k = 0; k < s->records[1][i].nseries; k++) {
			const struct series *x = &s->records[1][i].series[k];

			if (s->ncurves < MAX_CURVES && !str_eq(x->axis, STR("s")) &&
			    (!metric || str_eq(x->name, str_of(metric))))
				add_curve(s, &s->records[1][i], x);
		}
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
	return kept || s->ncurves
		       ? 0
		       : err_set(err, ERR_NOTFOUND, "none of the runs has a variable '%s'", name);
}

/* Does it leave its band to the worse side, or to one of which nobody said whether it is worse? */
static bool is_worse(const struct curve_metric *m)
{
	const struct curve_departure *d = &m->diff.departure;

	if (!d->found)
		return false;
	return m->better == BETTER_UNKNOWN || (d->direction > 0) == (m->better == BETTER_LOWER);
}

static int status_of(const struct rundiff *d, const struct selection *s)
{
	const size_t *m = d->count[RUNDIFF_METRIC], *t = d->count[RUNDIFF_TEST];
	bool worse = m[RUNDIFF_WORSE] || t[RUNDIFF_WORSE] || s->logs.report.errors;

	for (size_t i = 0; i < s->ncurves; i++)
		worse = worse || is_worse(&s->curves[i]);
	if (worse)
		return EXIT_FOUND;
	/* Nothing in common is nothing that could be said. */
	return m[RUNDIFF_UNDECIDED] || t[RUNDIFF_UNDECIDED] || !d->common ? EXIT_UNDECIDED
									  : EXIT_DONE;
}

static int print(struct cli *cli, struct selection *s, const struct diff_runs *d,
		 const struct rundiff *diff, const struct rundiff_opts *opts, struct err *err)
{
	CLEANUP_BUF struct buf out = {0};
	struct rundiff_report r = {.diff = diff,
				   .side = s->side,
				   .opts = opts,
				   .curves = s->curves,
				   .ncurves = s->ncurves,
				   .logs = d->metric ? NULL : &s->logs.report,
				   .code = d->metric ? NULL : &s->code.report,
				   .command = d->command,
				   .next = d->metric ? NULL : s->code.next,
				   .color = cli->color_out,
				   .verbose = d->verbose || d->metric,
				   .width = (size_t)cli->width};

	if (d->print_runs)
		return d->print_runs(d->print_arg, &r, err);
	if (d->json)
		rundiff_report_json(&r, &out);
	else
		rundiff_report_text(&r, &out);
	return command_output(&out, err);
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

static void selection_release(struct selection *s)
{
	records_release(&s->in);
	for (int side = 0; side < 2; side++) {
		free(s->runs[side]);
		free(s->records[side]);
	}
	for (size_t i = 0; i < s->ncurves; i++)
		curvediff_release(&s->curves[i].diff);
	free(s->curves);
	free(s->ids);
	diff_run_logs_release(&s->logs);
	arena_release(&s->arena);
}

static int compare(struct cli *cli, struct selection *s, const struct diff_runs *d, int *status,
		   struct err *err)
{
	const struct rundiff_opts opts = {.alpha = ALPHA, .equivalence = d->equivalence};
	struct rundiff diff;
	int rc;

	add_curves(s, d->metric);
	rc = d->metric ? keep_only(s, d->metric, err) : 0;
	if (rc)
		return rc;
	rundiff_run(&diff, s->side, &opts);
	rc = print(cli, s, d, &diff, &opts, err);
	*status = status_of(&diff, s);
	rundiff_release(&diff);
	return rc;
}

int diff_runs(struct cli *cli, const struct diff_runs *d, int *status, struct err *err)
{
	struct selection s = {0};
	int rc;

	arena_init(&s.arena);
	rc = select_runs(&s, d, err);
	if (!rc && !d->metric)
		rc = compare_logs(cli, &s, d, err);
	if (!rc && !d->metric && !d->print_logs)
		diff_code(&s.code, &s.arena, s.in.workspace.root, s.side);
	if (!rc)
		rc = d->print_logs ? print_logs(d, &s.logs, status, err)
				   : compare(cli, &s, d, status, err);
	selection_release(&s);
	return rc;
}
