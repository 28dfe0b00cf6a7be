// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff: good against bad. It tells by content what it was given: runs
 * (diff-runs.c), curves (diff-curves.c), or logs, directories of logs, archives and digests of
 * logs.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/diff-config.h"
#include "cli/diff-curves.h"
#include "cli/diff-logs.h"
#include "cli/diff-runs.h"
#include "text/shell.h"

struct values {
	struct logs_values logs;
	struct option_list good, bad;
	const char *baseline, *metric, *store, *within, *svg;
	bool update, as_good;
	bool lines, vim, of_runs;
	const char *format;
	unsigned verbose;
};

static const struct option options[] = {
	{OPTION_WORDS, 'g', "good", "LOG...", "logs, curves or ids of runs that worked",
	 offsetof(struct values, good)},
	{OPTION_WORDS, 'b', "bad", "LOG...", "those of runs that failed",
	 offsetof(struct values, bad)},
	{OPTION_STRING, 0, "metric", "NAME",
	 "curves, runs: the series or variable to compare (default: all)",
	 offsetof(struct values, metric)},
	{OPTION_STRING, 0, "svg", "FILE", "curves: write the plot to FILE too",
	 offsetof(struct values, svg)},
	{OPTION_STRING, 0, "within", "PERCENT",
	 "runs: metrics that differ by less are equivalent (default: 5)",
	 offsetof(struct values, within)},
	{OPTION_FLAG, 0, "logs", NULL, "runs: their logs and nothing else, as logs are compared",
	 offsetof(struct values, of_runs)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "runs: file or postgresql:// address (default: .inquest/store.db)",
	 offsetof(struct values, store)},
	{OPTION_STRING, 0, "baseline", "X.digest", "a digest of the runs that worked",
	 offsetof(struct values, baseline)},
	{OPTION_FLAG, 0, "update", NULL,
	 "add the bad logs to the baseline if nothing differs; make it if it is not there",
	 offsetof(struct values, update)},
	{OPTION_FLAG, 0, "as-good", NULL, "with --update: the run was good, whatever differs",
	 offsetof(struct values, as_good)},
	{OPTION_COUNT, 'v', "verbose", NULL, "all findings, with what follows from each",
	 offsetof(struct values, verbose)},
	{OPTION_FLAG, 0, "json", NULL,
	 "one JSON document (inquest.diff/1, inquest.curve/1, inquest.rundiff/1)",
	 offsetof(struct values, logs.json)},
	{OPTION_FLAG, 0, "lines", NULL, "only file:line of the bad side, best first",
	 offsetof(struct values, lines)},
	{OPTION_FLAG, 0, "vim", NULL, "file:line:col: message, for vim -q",
	 offsetof(struct values, vim)},
	{OPTION_CHOICE, 0, "format", "github|gitlab|markdown",
	 "annotations or a comment for a pipeline", offsetof(struct values, format)},
	LOGS_OPTIONS(struct values, logs),
	{.kind = OPTION_END},
};

/* Is it -j N, in how many words? The number of threads changes nothing of the result. */
static int threads_words(const char *arg)
{
	if (strcmp(arg, "-j") == 0 || strcmp(arg, "--threads") == 0)
		return 2;
	return strncmp(arg, "-j", 2) == 0 || strncmp(arg, "--threads=", 10) == 0;
}

static const char *command_line(int argc, char **argv, struct buf *b)
{
	bool options_end = false;

	BUF_LIT(b, "inquest diff");
	for (int i = 1; i < argc; i++) {
		int skip = options_end ? 0 : threads_words(argv[i]);

		if (skip) {
			i += skip - 1;
			continue;
		}
		options_end = options_end || strcmp(argv[i], "--") == 0;
		buf_add_char(b, ' ');
		shell_add_word(b, str_of(argv[i]));
	}
	return buf_cstr(b);
}

static int print(const void *arg, const struct diff_report *r, struct err *err)
{
	const struct values *v = arg;
	struct buf out = {0};
	int rc = 0;

	if (v->logs.json)
		diff_report_json(r, &out);
	else if (v->lines)
		diff_report_lines(r, &out);
	else if (v->vim)
		diff_report_vim(r, &out);
	else if (!v->format)
		diff_report_text(r, &out);
	else if (strcmp(v->format, "github") == 0)
		diff_report_github(r, &out);
	else if (strcmp(v->format, "gitlab") == 0)
		diff_report_gitlab(r, &out);
	else
		diff_report_markdown(r, &out);
	rc = command_output(&out, err);
	buf_release(&out);
	return rc;
}

/* Compare what was opened; *differs: whether something does. */
static int compare(struct cli *cli, struct logs *logs, const struct values *v, const char *command,
		   bool *differs, struct err *err)
{
	struct diff_logs d;
	int rc;

	diff_logs_compare(&d, cli, logs, command, v->verbose > 0);
	rc = print(v, &d.report, err);
	*differs = diff_logs_differ(&d);
	diff_logs_release(&d);
	return rc;
}

/* Read the baseline as a good side, if there is one to read. */
static int add_baseline(struct logs *logs, const struct values *v, bool *make, struct err *err)
{
	int rc = 0;

	*make = false;
	if (v->baseline && strcmp(v->baseline, "-") != 0 && access(v->baseline, F_OK) != 0 &&
	    errno == ENOENT) {
		*make = v->update;
		if (!*make)
			return err_set(err, ERR_NOTFOUND,
				       "%s: no such file; --update --as-good makes it from a "
				       "good run",
				       v->baseline);
	}
	if (v->baseline && !*make)
		rc = logs_add(logs, v->baseline, 0, err);
	if (!rc && v->baseline && !*make && !logs->set.ndigests)
		rc = err_set(err, ERR_INPUT,
			     "%s: is no digest (" DIGEST_SCHEMA "); inquest log digest makes one",
			     v->baseline);
	return rc;
}

/* The baseline, and the bad logs as one more run. */
static int update_baseline(struct logs *logs, const char *path, bool make, struct err *err)
{
	struct logset *s = &logs->set;
	struct digest sum = {0}, run;
	bool logs_too = false;
	int rc;

	if (!make)
		digest_add(&sum, &s->digests[0].digest); /* it was added first */
	for (size_t i = 0; i < s->ndigests; i++)
		if (s->digests[i].side == 1)
			digest_add(&sum, &s->digests[i].digest);
	for (size_t i = 0; i < s->norigins; i++)
		logs_too |= !s->origins[i].digest && s->origins[i].side == 1;
	if (logs_too) {
		logset_digest(s, 1, &logs->opts, &run);
		digest_add(&sum, &run);
		digest_release(&run);
	}
	rc = logs_write_digest(path, &sum, err);
	if (!rc)
		fprintf(stderr, "inquest: %s: %llu %s, %llu lines\n", path,
			(unsigned long long)sum.runs, sum.runs == 1 ? "run" : "runs",
			(unsigned long long)sum.lines);
	digest_release(&sum);
	return rc;
}

static int add_all(struct logs *logs, const struct option_list *paths, uint32_t side,
		   struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < paths->n; i++)
		rc = logs_add(logs, paths->items[i], side, err);
	return rc;
}

static void move_last(struct option_list *from, struct option_list *to)
{
	array_push(to->items, to->n, to->cap) = from->items[--from->n];
}

/* GOOD BAD stand for --good GOOD --bad BAD, and so does --good GOOD BAD. */
static int sort_paths(struct values *v, const struct option_list *rest, struct err *err)
{
	size_t i = 0;

	if (!rest->n && !v->bad.n && v->good.n > 1)
		move_last(&v->good, &v->bad);
	if (!rest->n && !v->good.n && !v->baseline && v->bad.n > 1)
		move_last(&v->bad, &v->good);
	if (!v->good.n && !v->baseline && i < rest->n)
		array_push(v->good.items, v->good.n, v->good.cap) = rest->items[i++];
	if (!v->bad.n && i < rest->n)
		array_push(v->bad.items, v->bad.n, v->bad.cap) = rest->items[i++];
	if (i < rest->n)
		return err_set(err, ERR_USAGE,
			       "'%s' is one too many: name several with --good and --bad",
			       rest->items[i]);
	if ((!v->good.n && !v->baseline) || !v->bad.n)
		return err_set(err, ERR_USAGE,
			       v->baseline ? "name a log to compare"
					   : "name a good log and a bad one");
	if (v->update && !v->baseline)
		return err_set(err, ERR_USAGE, "--update needs --baseline");
	if (v->as_good && !v->update)
		return err_set(err, ERR_USAGE, "--as-good needs --update");
	if (v->logs.json + v->lines + v->vim + (v->format != NULL) > 1)
		return err_set(err, ERR_USAGE,
			       "--json, --lines, --vim and --format exclude each other");
	return 0;
}

/* Compare, and update the baseline if that is asked for; *status: what to exit with. */
static int diff(struct cli *cli, struct logs *logs, const struct values *v, const char *command,
		int *status, struct err *err)
{
	bool make, differs = false;
	int rc = add_baseline(logs, v, &make, err);

	if (!rc)
		rc = add_all(logs, &v->good, 0, err);
	if (!rc)
		rc = add_all(logs, &v->bad, 1, err);
	if (!rc && (!make || v->good.n))
		rc = compare(cli, logs, v, command, &differs, err);
	if (rc)
		return rc;
	*status = differs && !v->as_good ? EXIT_FOUND : EXIT_DONE;
	if (v->update && *status == EXIT_DONE)
		return update_baseline(logs, v->baseline, make, err);
	if (v->update)
		fprintf(stderr,
			"inquest: %s: not updated, because something differs; --as-good "
			"does it all the same\n",
			v->baseline);
	return 0;
}

static int diff_logs(struct cli *cli, const struct values *v, const char *command, int *status,
		     struct err *err)
{
	struct logs logs = {0};
	int rc = logs_init(&logs, cli, &v->logs, err);

	logs.opts.digests = true;
	if (!rc)
		rc = diff(cli, &logs, v, command, status, err);
	logs_release(&logs);
	return rc;
}

/* By what was given: runs, curves, else logs. */
static int diff_any(struct cli *cli, const struct values *v, const char *command, int *status,
		    struct err *err)
{
	const struct diff_curves curves = {.good = &v->good,
					   .bad = &v->bad,
					   .metric = v->metric,
					   .command = command,
					   .svg = v->svg,
					   .json = v->logs.json,
					   .verbose = v->verbose > 0};
	struct diff_runs runs = {.good = &v->good,
				 .bad = &v->bad,
				 .store = v->store,
				 .metric = v->metric,
				 .command = command,
				 .values = &v->logs,
				 .print_logs = v->of_runs ? print : NULL,
				 .print_arg = v,
				 .equivalence = .05,
				 .json = v->logs.json,
				 .verbose = v->verbose > 0};
	const struct diff_config config = {.good = v->good.n == 1 ? v->good.items[0] : "-",
					   .bad = v->bad.n == 1 ? v->bad.items[0] : "-",
					   .command = command,
					   .json = v->logs.json,
					   .verbose = v->verbose > 0};
	bool of_logs = v->baseline || v->lines || v->vim || v->format;

	if (v->within && (!str_double(str_of(v->within), &runs.equivalence) ||
			  !(runs.equivalence >= 0 && runs.equivalence <= 1000)))
		return err_set(err, ERR_USAGE, "--within takes a percentage, not '%s'", v->within);
	if (v->within)
		runs.equivalence /= 100;
	if (v->metric && of_logs)
		return err_set(err, ERR_USAGE,
			       "--metric is of curves and runs: only --json and -v go with it");
	if (v->of_runs && (v->metric || v->within || v->baseline))
		return err_set(err, ERR_USAGE, "--logs excludes --metric, --within and --baseline");
	if (v->of_runs || (!of_logs && diff_runs_given(&runs)))
		return diff_runs(cli, &runs, status, err);
	if (v->metric || (!of_logs && diff_curves_given(&curves)))
		return diff_curves(cli, &curves, status, err);
	if (!of_logs && diff_config_given(&config))
		return diff_config(cli, &config, status, err);
	return diff_logs(cli, v, command, status, err);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct buf command = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status = EXIT_DONE;

	command_color(cli, v.logs.color);
	if (!rc)
		rc = sort_paths(&v, &rest, &err);
	if (!rc)
		rc = diff_any(cli, &v, command_line(argc, argv, &command), &status, &err);
	if (rc)
		status = rc == -ERR_USAGE ? command_usage(&cmd_diff, &err) : command_fail(rc, &err);
	logs_values_release(&v.logs);
	options_list_release(&v.good);
	options_list_release(&v.bad);
	options_list_release(&rest);
	buf_release(&command);
	return status;
}

const struct command cmd_diff = {
	.name = "diff",
	.stage = "analyse",
	.front = true,
	.summary = "good against bad: when and how it went off track, and what differs",
	.usage = "[OPTIONS] GOOD BAD\n[OPTIONS] --good LOG... --bad LOG...\n"
		 "[OPTIONS] --baseline X.digest [--update [--as-good]] BAD\n"
		 "[OPTIONS] [--metric NAME] --good CURVE... --bad CURVE",
	.details =
		"GOOD and BAD are logs: files, directories (paired by the names in them), "
		"archives,\n"
		"compressed or not, or - for standard input; or digests made by log digest. "
		"Prints\n"
		"the first divergence, what differs, ranked by how much it explains, and the way\n"
		"back from each symptom.\n"
		"\n"
		"Or they are curves: tables or logs of metrics with a column of steps (CSV, JSON "
		"lines,\n"
		"TensorBoard, trainer_state.json). Prints the first value that is not the same, "
		"and where\n"
		"the bad one leaves the band of the good ones (three at least) for good.\n"
		"\n"
		"Or they name recorded runs: by id, by name, `good` or `bad` for all of a verdict, "
		"or "
		"a\n"
		"condition as for runs --where. Prints what differs: tests that broke, metrics "
		"with "
		"their\n"
		"intervals, settings, versions, environment, what their logs say, the code "
		"between their\n"
		"commits.\n"
		"\n"
		"Or two files of settings (JSON, YAML, TOML, INI), or what one program printed of "
		"two\n"
		"environments (env, sysctl -a, ulimit -a, lscpu, pip freeze, dpkg -l, apt list, "
		"rpm -qa,\n"
		"conda list, npm ls): names and values that differ, whatever their order.\n"
		"\n"
		"With a digest, threads are not compared, and of its side only single lines are "
		"shown.\n"
		"Exit status: 0 nothing differs, 1 something does, 5 too few runs to tell. Of "
		"runs:\n"
		"1 a metric or a test is worse, or a bad run's log says that something failed, "
		"which no\n"
		"good one's does; 5 nothing is surely worse, but too few runs, or runs too "
		"unlike, to tell.",
	.examples =
		"yesterday's green build against today's red one\tinquest diff green.log red.log\n"
		"several good runs: what varies among them is no finding\tinquest diff --good "
		"a.log "
		"--good b.log --bad c.log\n"
		"walk the findings in an editor\tinquest diff --vim green.log red.log | vim -q -\n"
		"a pipeline after a green run: remember it\tinquest diff --baseline green.digest "
		"--update --as-good build.log\n"
		"a pipeline after a red run\tinquest diff --baseline green.digest build.log\n"
		"a worse loss curve against earlier runs\tinquest diff --good runs/*.csv --bad "
		"today.csv\n"
		"what is worse in the runs that were called bad\tinquest diff good bad\n"
		"all of what their logs say\tinquest diff --logs good bad\n"
		"two environments\tinquest diff pip-monday.txt pip-today.txt\n"
		"a gate: is it slower than release 1.2?\tinquest diff --metric run.wall 'build == "
		"\"1.2\"' HEAD\n"
		"comment on a pull request\tinquest diff --format markdown green.log red.log",
	.options = options,
	.run = run,
};
