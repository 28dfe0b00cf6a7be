// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest new: open a case. */
#include <stddef.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/casefile.h"
#include "cli/command.h"
#include "text/secret.h"
#include "text/shell.h"

struct values {
	const char *outcome, *dir;
};

static const struct option options[] = {
	{OPTION_STRING, 0, "outcome", "NAME", "the variable that tells good from bad: latency.p99",
	 offsetof(struct values, outcome)},
	{OPTION_STRING, 0, "dir", "DIR", "the folder for it, instead of rca/ of the repository",
	 offsetof(struct values, dir)},
	{.kind = OPTION_END},
};

/* What to do next; the case is named where it is not the only open one. */
static void say_next(const char *path)
{
	CLEANUP_FREE char *found = NULL;
	CLEANUP_BUF struct buf word = {0};
	bool named;

	shell_add_word(&word, str_of(path));
	if (casefile_find(NULL, &found, &named, NULL) || strcmp(found, path) != 0)
		fprintf(stderr,
			"\nIt is not the only open case here, or not the one INQUEST_CASE says:\n"
			"  export INQUEST_CASE=%s\n",
			buf_cstr(&word));
	fputs("\nNext: add the logs, reports and outputs of what failed\n"
	      "  inquest add FILE...\n"
	      "or record a run that shows it\n"
	      "  inquest run --as bad -- COMMAND\n",
	      stderr);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	CLEANUP_FREE char *path = NULL;
	CLEANUP_BUF struct buf title = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err);

	if (!rc && rest.n != 1)
		rc = err_set(&err, ERR_USAGE,
			     rest.n ? "one title, in quotes" : "say what is wrong, in quotes");
	if (!rc && v.dir && !*v.dir)
		rc = err_set(&err, ERR_USAGE, "--dir needs a folder");
	if (!rc && secret_redact(&title, str_of(rest.items[0])))
		fputs("inquest new: what looks like a secret was taken out of the title\n", stderr);
	if (!rc)
		rc = casefile_create(v.dir, buf_cstr(&title), v.outcome, &path, &err);
	if (!rc) {
		puts(path);
		fflush(stdout);
		say_next(path);
	}
	options_list_release(&rest);
	return command_status(&cmd_new, rc, &err);
}

const struct command cmd_new = {
	.name = "new",
	.stage = "open",
	.front = false,
	.summary = "open a case: one document for an investigation",
	.usage = "[OPTIONS] \"TITLE\"",
	.details =
		"Makes rca/DATE-title.md in the repository: symptoms, timeline, hypotheses,\n"
		"experiments and conclusion, in Markdown, to be committed and edited by anybody.\n"
		"The program changes only the tables and keys that it owns (docs/case.md). Prints\n"
		"the document's path. A file that is there is never overwritten.",
	.examples =
		"open a case\tinquest new \"Checkout p99 doubled in 2.3.0\"\n"
		"and say what is measured\tinquest new --outcome latency.p99 \"Checkout is slow\"",
	.options = options,
	.run = run,
};
