// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest help: the short list, all commands by stage, or the help of one command. */
#include <stddef.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/manual.h"

struct values {
	bool all;
	bool man;
	bool help;
};

static const struct option options[] = {
	{OPTION_FLAG, 'a', "all", NULL, "all commands, by the stage of an investigation",
	 offsetof(struct values, all)},
	{OPTION_FLAG, 0, "man", NULL, "the manual page, as source for scdoc",
	 offsetof(struct values, man)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct values, help)},
	{.kind = OPTION_END},
};

static const char *const stages[] = {"open",       "observe",           "analyse",  "hypothesise",
				     "experiment", "source and people", "conclude", "about"};

static void print_stage(const char *stage)
{
	bool any = false;

	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->stage, stage) != 0)
			continue;
		if (!any)
			printf("\n%s\n", stage);
		any = true;
		printf("  %-14s %s\n", commands[i]->name, commands[i]->summary);
	}
}

static void print_overview(bool all)
{
	puts("inquest takes you from \"it used to work\" to the cause.\n\n"
	     "Usage: inquest COMMAND [OPTIONS] ...");
	if (all) {
		for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
			print_stage(stages[i]);
	} else {
		puts("");
		for (size_t i = 0; commands[i]; i++)
			if (commands[i]->front)
				printf("  %-14s %s\n", commands[i]->name, commands[i]->summary);
	}
	puts("\ninquest COMMAND --help tells more; inquest help -a lists all commands.\n"
	     "Exit status: 0 done or nothing found, 1 found, 2 wrong usage, 3 bad input,\n"
	     "4 system error, 5 not enough evidence, 70 a bug in inquest.");
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), used;
	const struct command *c = NULL;

	if (rc)
		return command_usage(&cmd_help, &err);
	if (rest.n) {
		char *words[3] = {argv[0], (char *)(uintptr_t)rest.items[0],
				  rest.n > 1 ? (char *)(uintptr_t)rest.items[1] : NULL};
		int n = rest.n > 1 ? 2 : 1;

		c = command_find(n + 1, words, &used);
		if (!c && n == 1 && !v.man && command_print_group(words[1], stdout))
			goto out;
		if (!c)
			rc = command_unknown(n, words + 1);
	}
	if (!rc && v.man)
		manual_print(c, stdout);
	else if (!rc && (c || v.help))
		command_print_help(c ? c : &cmd_help, stdout);
	else if (!rc)
		print_overview(v.all);
out:
	options_list_release(&rest);
	return rc;
}

const struct command cmd_help = {
	.name = "help",
	.stage = "about",
	.summary = "what there is, and how it is used",
	.usage = "[-a] [COMMAND]",
	.options = options,
	.run = run,
};
