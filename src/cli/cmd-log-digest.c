// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest log digest: a compact summary of logs that can be merged and compared. */
#include <stddef.h>

#include "base/mem.h"
#include "cli/logs.h"
#include "logset/digest.h"

struct values {
	struct logs_values logs;
	const char *output;
	bool merge;
};

static const struct option options[] = {
	{OPTION_STRING, 'o', "output", "FILE",
	 "write to FILE, at once or not at all (default: stdout)", offsetof(struct values, output)},
	{OPTION_FLAG, 0, "merge", NULL, "the arguments are digests: make one of them",
	 offsetof(struct values, merge)},
	{OPTION_NUMBER, 'j', "threads", "N", "threads to use (default: all processors)",
	 offsetof(struct values, logs.threads)},
	{OPTION_LIST, 0, "config", "FILE", "more settings: log formats, as in inquest.conf",
	 offsetof(struct values, logs.formats)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct values, logs.help)},
	{.kind = OPTION_END},
};

static int digest_logs(struct cli *cli, struct logs *logs, const struct option_list *paths,
		       struct digest *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < paths->n; i++)
		rc = logs_add(logs, paths->items[i], 0, err);
	if (!rc && logs->set.ndigests)
		rc = err_set(err, ERR_USAGE, STR_FMT ": is a digest already; merge with --merge",
			     STR_ARG(logs->set.digests[0].name));
	if (!rc)
		logs_digest(logs, 0, cli, out);
	return rc;
}

/* Each digest is given up as soon as it is merged. */
static int merge_digests(struct logs *logs, const struct option_list *paths, struct digest *out,
			 struct err *err)
{
	struct logset *s = &logs->set;
	struct digest sum = {0};
	int rc = 0;

	for (size_t i = 0, k = 0; !rc && i < paths->n; i++) {
		rc = logs_add(logs, paths->items[i], 0, err);
		if (!rc && s->ndigests < s->inputs.n)
			rc = err_set(err, ERR_INPUT,
				     "%s: is no digest (" DIGEST_SCHEMA
				     "); without --merge it is made one",
				     paths->items[i]);
		for (; !rc && k < s->ndigests; k++) {
			digest_add(&sum, &s->digests[k].digest);
			digest_release(&s->digests[k].digest);
		}
	}
	if (rc)
		digest_release(&sum);
	else
		*out = sum;
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct logs logs = {0};
	struct digest d = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status;

	if (!rc && !rest.n)
		rc = err_set(&err, ERR_USAGE, v.merge ? "name a digest" : "name a log");
	if (!rc)
		rc = logs_init(&logs, cli, &v.logs, &err);
	logs.opts.digests = true;
	if (!rc)
		rc = v.merge ? merge_digests(&logs, &rest, &d, &err)
			     : digest_logs(cli, &logs, &rest, &d, &err);
	if (!rc)
		rc = logs_write_digest(v.output ? v.output : "-", &d, &err);
	status = command_status(&cmd_log_digest, rc, &err);
	digest_release(&d);
	logs_release(&logs);
	logs_values_release(&v.logs);
	options_list_release(&rest);
	return status;
}

const struct command cmd_log_digest = {
	.name = "log digest",
	.stage = "analyse",
	.front = true,
	.summary = "a compact summary of logs, which can be merged, and compared in their place",
	.usage = "[OPTIONS] [-o X.digest] FILE...\n--merge [-o X.digest] DIGEST...",
	.details = "All FILEs together are one run. A digest holds each distinct masked message "
		   "with its\n"
		   "counts, values, first and last line, what came next and after what time; its "
		   "size\n"
		   "does not grow with the logs. Merging gives the same bytes in any order and "
		   "grouping,\n"
		   "so logs too large for one machine are digested where they lie. A digest may "
		   "stand\n"
		   "for a log in inquest diff.",
	.examples =
		"digest a green run\tinquest log digest -o green.digest green.log\n"
		"what two green runs have in common with none lost\tinquest log digest --merge -o "
		"both.digest a.digest b.digest\n"
		"compare with it\tinquest diff green.digest red.log",
	.options = options,
	.run = run,
};
