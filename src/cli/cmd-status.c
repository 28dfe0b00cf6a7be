// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest status: the home page of an investigation; its document checked, or mended after a merge.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/casefile.h"
#include "cli/command.h"
#include "cli/run-logs.h"
#include "report/case-status.h"

struct values {
	const char *given;
	bool check, settle, json;
	unsigned verbose;
};

static const struct option options[] = {
	CASEFILE_OPTION(struct values, given),
	{OPTION_FLAG, 0, "check", NULL,
	 "only what is wrong, as path:line:column; without CASE of all in rca/, closed ones too",
	 offsetof(struct values, check)},
	{OPTION_FLAG, 0, "settle", NULL,
	 "after a merge: keep the rows that both sides added, number those anew whose ids collide",
	 offsetof(struct values, settle)},
	{OPTION_FLAG, 0, "json", NULL, "one JSON document (inquest.status/1)",
	 offsetof(struct values, json)},
	{OPTION_COUNT, 'v', "verbose", NULL, "all rows, not only a screen",
	 offsetof(struct values, verbose)},
	{.kind = OPTION_END},
};

/* Also nothing at all. */
static void print(const struct buf *b)
{
	if (b->n)
		fwrite(b->p, 1, b->n, stdout);
}

/* NULL if nothing is kept that could be compared. */
static const char *offer_diff(const struct case_summary *c, struct arena *a)
{
	const char *command = NULL;
	struct store *s = NULL;
	struct workspace w;
	int rc;

	if (!c->ngood || !c->nbad || str_eq(c->status, STR("closed")))
		return NULL;
	rc = workspace_find(&w, NULL, NULL);
	if (!rc)
		rc = store_open(&s, w.store, STORE_READ, NULL);
	if (!rc)
		command = run_logs_diff(&w, s, c->good, c->ngood, c->bad, c->nbad, a);
	store_close(s);
	workspace_release(&w);
	return command;
}

static void report(struct cli *cli, const struct casefile *f, const struct values *v,
		   struct buf *out, size_t *nproblems)
{
	struct case_report r = {.path = f->path,
				.color = cli->color_out,
				.verbose = v->verbose > 0,
				.width = (size_t)cli->width};
	struct casedoc_problem *problems;
	struct case_summary summary;
	struct arena a;

	arena_init(&a);
	r.nproblems = casedoc_check(f->doc, &a, &problems);
	r.problems = problems;
	case_summary(f->doc, str_of(f->path), f->named, r.nproblems, &a, &summary);
	if (!v->check)
		r.compare = offer_diff(&summary, &a);
	r.summary = &summary;
	if (v->json) {
		case_report_json(&r, out);
	} else if (v->check) {
		case_report_problems(&r, out);
	} else {
		case_report_text(&r, out);
	}
	*nproblems += r.nproblems;
	arena_release(&a);
}

static int show(struct cli *cli, const struct values *v, int *status, struct err *err)
{
	CLEANUP_BUF struct buf out = {0};
	struct casefile f;
	size_t nproblems = 0;
	int rc = casefile_open(&f, v->given, false, err);

	if (rc)
		return rc;
	report(cli, &f, v, &out, &nproblems);
	if (v->json)
		buf_add_char(&out, '\n');
	print(&out);
	if (v->check && nproblems)
		*status = EXIT_INPUT;
	else if (v->check && !v->json)
		printf("%s: nothing wrong\n", f.path);
	casefile_release(&f);
	return 0;
}

/* One case among others; what cannot be read is told in its place. */
static bool check_one(struct cli *cli, const struct values *v, const char *path, bool first)
{
	CLEANUP_BUF struct buf out = {0};
	size_t nproblems = 0;
	struct casefile f;
	struct err err;

	if (v->json && !first)
		BUF_LIT(&out, ",\n");
	if (casefile_open(&f, path, false, &err)) {
		if (v->json)
			case_report_error(path, err.msg, &out);
		else
			buf_printf(&out, "%s\n", err.msg);
		print(&out);
		return false;
	}
	report(cli, &f, v, &out, &nproblems);
	print(&out);
	casefile_release(&f);
	return !nproblems;
}

/* Every case in rca/; one that cannot be read is a line among the others. */
static int check_all(struct cli *cli, const struct values *v, int *status, struct err *err)
{
	size_t n, bad = 0;
	char **paths;
	int rc = casefile_list(&paths, &n, err);

	if (rc)
		return rc;
	if (v->json)
		fputs("{\"schema\":\"inquest.status-list/1\",\"cases\":[", stdout);
	for (size_t i = 0; i < n; i++)
		bad += !check_one(cli, v, paths[i], i == 0);
	if (v->json)
		printf("],\"wrong\":%zu}\n", bad);
	else if (!n)
		printf("no case in rca/\n");
	else if (!bad)
		printf("%zu %s in rca/: nothing wrong\n", n, n == 1 ? "case" : "cases");
	if (bad)
		*status = EXIT_INPUT;
	casefile_list_free(paths, n);
	return 0;
}

/* Settle what a merge left. The document need not parse before. */
static int settle(const struct values *v, struct err *err)
{
	CLEANUP_BUF struct buf notes = {0};
	struct casefile f;
	int rc = casefile_open_settled(&f, v->given, &notes, err);

	if (rc)
		return rc;
	rc = casefile_commit(&f, err);
	if (!rc && notes.n)
		print(&notes);
	else if (!rc)
		printf("%s: nothing to settle\n", f.path);
	casefile_release(&f);
	return rc;
}

static int check_usage(struct values *v, const struct option_list *rest, struct err *err)
{
	if (rest->n > 1 || (rest->n && v->given))
		return err_set(err, ERR_USAGE, "name one case");
	if (rest->n)
		v->given = rest->items[0];
	if (v->settle && (v->check || v->json))
		return err_set(err, ERR_USAGE,
			       "--settle changes the document and prints no report");
	return 0;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status = EXIT_DONE;

	if (!rc)
		rc = check_usage(&v, &rest, &err);
	if (!rc && v.settle)
		rc = settle(&v, &err);
	else if (!rc && v.check && !v.given && !getenv("INQUEST_CASE"))
		rc = check_all(cli, &v, &status, &err);
	else if (!rc)
		rc = show(cli, &v, &status, &err);
	options_list_release(&rest);
	return rc ? command_status(&cmd_status, rc, &err) : status;
}

const struct command cmd_status = {
	.name = "status",
	.stage = "open",
	.front = true,
	.summary = "where an investigation stands, and the next thing to do",
	.usage = "[OPTIONS] [CASE]\n--check [CASE]\n--settle [CASE]",
	.details =
		"The home page of a case: outcome, symptoms, timeline, hypotheses with the most\n"
		"probable first, open experiments, what is not known, and the next step with its\n"
		"command.\n"
		"\n"
		"With --check it is for a pipeline: exit status 3 if something is wrong. With\n"
		"the option --settle it mends a document after a merge, in which git left\n"
		"conflicts because two branches added rows at one place, or in which ids stand\n"
		"twice. Conflicts of any other kind are named with their place and left to\n"
		"people, and nothing is changed.",
	.examples = "where are we\tinquest status\n"
		    "a pipeline\tinquest status --check\n"
		    "two branches have added symptoms\tgit merge other; inquest status --settle",
	.options = options,
	.run = run,
};
