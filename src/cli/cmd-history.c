// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest history: where a metric changed along the stored runs, or along the rows of a file. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "cli/history.h"
#include "cli/records.h"
#include "import/metric.h"

static const struct option options[] = {
	{OPTION_STRING, 0, "file", "FILE",
	 "instead of stored runs: CSV or JSON lines, '-' is stdin",
	 offsetof(struct history_values, file)},
	{OPTION_STRING, 0, "value", "COLUMN", "the file's column (or key) with the values",
	 offsetof(struct history_values, value)},
	{OPTION_STRING, 0, "reference", "COLUMN",
	 "of a reference workload measured beside them: values are divided by it; of stored\n"
	 "runs a variable (default: METRIC.reference, if there is one)",
	 offsetof(struct history_values, reference)},
	{OPTION_STRING, 0, "step", "COLUMN", "the file's rows are sorted by it",
	 offsetof(struct history_values, step)},
	{OPTION_STRING, 0, "label", "COLUMN", "what rows are called: a commit, a date",
	 offsetof(struct history_values, label)},
	{OPTION_STRING, 0, "where", "EXPR", "only runs that satisfy it: 'host == a'",
	 offsetof(struct history_values, where)},
	{OPTION_FLAG, 0, "restore", NULL,
	 "name the last run that had the old performance, and how to have it again",
	 offsetof(struct history_values, restore)},
	{OPTION_CHOICE, 0, "model", "auto|level|trend",
	 "changes of level or of trend (default: level, unless the series wanders)",
	 offsetof(struct history_values, model)},
	{OPTION_STRING, 0, "min-effect", "PERCENT", "smaller changes of level are left out (0.5)",
	 offsetof(struct history_values, min_effect)},
	{OPTION_STRING, 0, "min-sd", "NUMBER",
	 "so are those below so many standard deviations of the noise (1)",
	 offsetof(struct history_values, min_sd)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "file or postgresql:// address (default: .inquest/store.db)",
	 offsetof(struct history_values, store)},
	{OPTION_FLAG, 0, "json", NULL, "one JSON document", offsetof(struct history_values, json)},
	{OPTION_CHOICE, 0, "color", "auto|always|never", "colour (default: auto)",
	 offsetof(struct history_values, color)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct history_values, help)},
	{.kind = OPTION_END},
};

static int not_negative(const char *text, const char *what, double *v, struct err *err)
{
	struct str s;

	if (!text)
		return 0;
	s = str_trim(str_of(text));
	if (s.n && s.p[s.n - 1] == '%')
		s.n--;
	if (!metric_number(s, v) || !isfinite(*v) || *v < 0)
		return err_set(err, ERR_USAGE, "--%s: '%s' is no number from 0 up", what, text);
	return 0;
}

static int check_options(const struct history_values *v, const struct option_list *rest,
			 struct changepoint_options *o, struct err *err)
{
	double percent = 100 * HISTORY_MIN_EFFECT, sd = HISTORY_MIN_SD;
	int rc;

	if (v->file && rest->n)
		return err_set(err, ERR_USAGE, "'%s': with --file, --value says which column",
			       rest->items[0]);
	if (!v->file && rest->n != 1)
		return err_set(err, ERR_USAGE,
			       rest->n ? "one metric, not %zu" : "which metric? (or --file FILE)",
			       rest->n);
	if (!v->file && (v->value || v->step || v->label))
		return err_set(err, ERR_USAGE, "--value, --step and --label belong to --file");
	if (v->file && (v->where || v->store || v->restore))
		return err_set(err, ERR_USAGE, "--where, --store and --restore are of stored runs");
	if (v->restore && v->json)
		return err_set(err, ERR_USAGE, "--restore and --json exclude each other");
	rc = not_negative(v->min_effect, "min-effect", &percent, err);
	if (!rc)
		rc = not_negative(v->min_sd, "min-sd", &sd, err);
	o->mode = !v->model || strcmp(v->model, "auto") == 0 ? CHANGEPOINT_AUTO
		  : strcmp(v->model, "level") == 0           ? CHANGEPOINT_LEVEL
							     : CHANGEPOINT_TREND;
	o->min_effect = percent / 100;
	o->min_sd = sd;
	return rc;
}

static int print(struct cli *cli, const struct history_values *v, struct history *h,
		 struct store *s, const struct changepoints *c, struct err *err)
{
	struct history_covariates *covariates = NULL;
	int rc = 0;

	if (v->restore && c->used >= CHANGEPOINT_MIN)
		return history_print_restore(h, s, c, err);
	if (s)
		covariates = arena_zalloc(&h->arena, (c->n + 1) * sizeof(*covariates));
	for (size_t i = 0; s && i < c->n && !rc; i++)
		rc = history_covariates(h, s, &c->changes[i], &covariates[i], err);
	if (rc)
		return rc;
	if (v->json)
		history_print_json(h, c, covariates);
	else
		history_print_text(cli, h, c, covariates);
	return 0;
}

/* status: what the exit status is if all goes well. */
static int work(struct cli *cli, const struct history_values *v, const char *metric,
		const struct changepoint_options *o, int *status, struct err *err)
{
	struct records in = {0};
	struct changepoints c;
	struct history h = {0};
	int rc;

	arena_init(&h.arena);
	if (v->file) {
		rc = history_read_file(&h, v, cli, err);
	} else {
		rc = records_open(&in, v->store, err);
		if (!rc)
			rc = history_read_runs(&h, in.store, &in.derived, str_of(metric), v,
					       in.workspace.root, err);
	}
	if (!rc)
		rc = changepoint_find(h.value, h.reference, h.n, o, &h.arena, &c, err);
	if (!rc)
		rc = print(cli, v, &h, in.store, &c, err);
	if (!rc)
		*status = c.used < CHANGEPOINT_MIN ? EXIT_UNDECIDED : c.n ? EXIT_FOUND : EXIT_DONE;
	records_release(&in);
	arena_release(&h.arena);
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct history_values v = {0};
	struct changepoint_options o;
	struct option_list rest = {0};
	struct err err = {""};
	int status = EXIT_DONE, rc = options_parse(options, argc, argv, &v, &rest, &err);

	if (!rc)
		rc = check_options(&v, &rest, &o, &err);
	command_color(cli, v.color);
	if (!rc)
		rc = work(cli, &v, rest.n ? rest.items[0] : "", &o, &status, &err);
	options_list_release(&rest);
	return rc ? command_status(&cmd_history, rc, &err) : status;
}

const struct command cmd_history = {
	.name = "history",
	.stage = "analyse",
	.summary = "where a metric changed: between which runs and commits, by how much",
	.usage = "METRIC [OPTIONS]\n--file FILE --value COLUMN [--reference COLUMN] [OPTIONS]",
	.details =
		"Values above 0 are compared by ratio. A reference workload, run beside the "
		"metric\n"
		"and never changed, takes the machine's own ups and downs away: record one. Every\n"
		"change comes with the interval in which it lies, the medians before and after,\n"
		"their ratio with its interval (95 %), and the variables that changed there too.\n"
		"Exit status: 1 if there is a change, 0 if there is none, 5 if there are too few\n"
		"values to tell.",
	.examples = "did the benchmark become slower, and when\tinquest history bench.sort.time\n"
		    "a file\tinquest history --file bench.csv --value time --reference ref --label "
		    "commit\n"
		    "what to go back to\tinquest history bench.sort.time --restore",
	.options = options,
	.run = run,
};
