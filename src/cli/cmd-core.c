// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest core: why a program died, from the memory that it left. */
#include <stddef.h>

#include "cli/core-find.h"
#include "cli/corefile.h"
#include "cli/stacks.h"

struct values {
	bool find;
	struct stacks_values stacks;
};

static const struct option options[] = {
	{OPTION_FLAG, 0, "find", NULL,
	 "list the cores of this machine, or those of programs with that in their name",
	 offsetof(struct values, find)},
	STACKS_OPTIONS(struct values, stacks),
	{.kind = OPTION_END},
};

static int show(struct cli *cli, const struct values *v, const char *path, int argc, char **argv,
		struct err *err)
{
	struct look_opts o = {0};
	struct stack_death death;
	struct stacks_print p = {.values = &v->stacks, .death = &death};
	struct look look;
	int fd, rc = corefile_open(path, cli->tmpdir, &fd, err);

	if (rc)
		return rc;
	stacks_opts(&v->stacks, &o);
	rc = look_core(&look, fd, &o, &death, err);
	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	rc = stacks_print(cli, &p, &look.stacks, argc, argv, err);
	look_release(&look);
	return rc;
}

static int check(const struct values *v, const struct option_list *rest, struct err *err)
{
	if (v->find && rest->n > 1)
		return err_set(err, ERR_USAGE, "--find takes one name, not %zu", rest->n);
	if (!v->find && rest->n != 1)
		return err_set(err, ERR_USAGE,
			       rest->n ? "one core, not %zu"
				       : "which core file? (--find lists them)",
			       rest->n);
	if (v->stacks.json && v->stacks.folded)
		return err_set(err, ERR_USAGE, "--json and --folded exclude each other");
	return 0;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct err err = {""};
	int status = EXIT_DONE, rc = options_parse(options, argc, argv, &v, &rest, &err);

	if (!rc)
		rc = check(&v, &rest, &err);
	command_color(cli, v.stacks.color);
	if (!rc && v.find)
		rc = core_find(cli, rest.n ? rest.items[0] : NULL, v.stacks.json, &status, &err);
	else if (!rc)
		rc = show(cli, &v, rest.items[0], argc, argv, &err);
	options_list_release(&rest);
	return rc ? command_status(&cmd_core, rc, &err) : status;
}

const struct command cmd_core = {
	.name = "core",
	.stage = "observe",
	.summary = "why a program died, and where each thread stood, from its core file",
	.usage = "FILE [OPTIONS]\n--find [PROGRAM] [--json]",
	.details =
		"Says the signal and what caused it, the message of a failed assertion, the type\n"
		"and text of a C++ exception, and the stack of every thread in the same form as\n"
		"'inquest stacks'. Memory that was not dumped is read from the program's files, "
		"if\n"
		"they are still the same builds. A core is read piece by piece: its size does not\n"
		"matter. What is cut off gives what it holds.",
	.examples = "why did it crash\tinquest core core.4711\n"
		    "for a program\tinquest core core.4711 --json\n"
		    "where cores are\tinquest core --find",
	.options = options,
	.run = run,
};
