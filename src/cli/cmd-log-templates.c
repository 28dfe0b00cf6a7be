// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest log templates: the constant parts of a log's messages, with counts. */
#include <stddef.h>
#include <stdlib.h>

#include "cli/logs.h"

struct values {
	struct logs_values logs;
};

static const struct option options[] = {
	LOGS_OUTPUT_OPTIONS(struct values, logs),
	LOGS_OPTIONS(struct values, logs),
	{OPTION_END},
};

/* Where a template stands. */
struct use {
	uint64_t count;
	uint32_t first_file, last_file;
	uint64_t first, last; /* lines */
};

static struct use *count_uses(const struct logset *s)
{
	struct use *uses = mem_zalloc(templates_count(s->templates) * sizeof(*uses));

	for (uint32_t i = 0; i < s->nfiles; i++) {
		const struct logset_file *f = &s->files[i];

		for (uint64_t k = 0; k < f->nlines; k++) {
			struct use *u = &uses[f->recs[k].tmpl & ~LOGREC_CONT];

			if (!u->count++) {
				u->first_file = i;
				u->first = k + 1;
			}
			u->last_file = i;
			u->last = k + 1;
		}
	}
	return uses;
}

static void print(const struct logset *s, const struct use *uses)
{
	puts("id,count,level,first,last,template");
	for (uint32_t i = 0; i < templates_count(s->templates); i++) {
		const struct template *t = templates_get(s->templates, i);

		if (!uses[i].count)
			continue;
		printf(STR_FMT ",%llu,%d,%llu,%llu,\"", STR_ARG(t->id),
		       (unsigned long long)uses[i].count, t->level,
		       (unsigned long long)uses[i].first, (unsigned long long)uses[i].last);
		for (size_t k = 0; k < t->text.n; k++) {
			if (t->text.p[k] == '"')
				putchar('"');
			putchar(t->text.p[k]);
		}
		puts("\"");
	}
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct logs logs = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status;

	if (!rc && !rest.n)
		rc = err_set(&err, ERR_USAGE, "name a log");
	if (!rc)
		rc = logs_init(&logs, cli, &v.logs, &err);
	for (size_t i = 0; !rc && i < rest.n; i++)
		rc = logs_add(&logs, rest.items[i], 0, &err);
	if (!rc) {
		struct use *uses;

		logs_mine(&logs, cli);
		uses = count_uses(&logs.set);
		print(&logs.set, uses);
		free(uses);
	}
	status = !rc                ? EXIT_DONE
		 : rc == -ERR_USAGE ? command_usage(&cmd_log_templates, &err)
				    : command_fail(rc, &err);
	logs_release(&logs);
	logs_values_release(&v.logs);
	options_list_release(&rest);
	return status;
}

const struct command cmd_log_templates = {
	.name = "log templates",
	.stage = "analyse",
	.summary = "the constant parts of the messages, with counts and places",
	.usage = "[OPTIONS] FILE...",
	.options = options,
	.run = run,
};
