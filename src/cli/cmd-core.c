// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest core: why a program died, from the memory that it left. */
#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/core-find.h"
#include "cli/corefile.h"
#include "cli/stacks.h"

struct values {
	bool find;
	const char *root, *exe;
	struct stacks_values stacks;
};

static const struct option options[] = {
	{OPTION_FLAG, 0, "find", NULL,
	 "list the cores of this machine, or those of programs with that in their name",
	 offsetof(struct values, find)},
	{OPTION_STRING, 0, "exe", "FILE", "the program, if it is not where the core says",
	 offsetof(struct values, exe)},
	{OPTION_STRING, 0, "root", "DIR",
	 "where the files are that the core names: of a container or another machine",
	 offsetof(struct values, root)},
	STACKS_OPTIONS(struct values, stacks),
	{.kind = OPTION_END},
};

/* What is given to look into must be there: else its absence would go unnoticed. */
static int check_places(const struct values *v, struct err *err)
{
	struct stat st;

	if (v->exe && access(v->exe, R_OK) != 0)
		return err_errno(err, "--exe: %s", v->exe);
	if (v->root && stat(v->root, &st) != 0)
		return err_errno(err, "--root: %s", v->root);
	if (v->root && !S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, "--root: %s: not a folder", v->root);
	return 0;
}

static int show(struct cli *cli, const struct values *v, const char *path, int argc, char **argv,
		struct err *err)
{
	struct look_opts o = {.core = {v->root, v->exe}};
	struct stack_death death;
	struct stacks_print p = {.values = &v->stacks, .death = &death};
	struct look look;
	int fd, rc = stacks_opts(&v->stacks, &o, err);

	if (!rc)
		rc = check_places(v, err);
	if (!rc)
		rc = corefile_open(path, cli->tmpdir, &fd, err);
	if (rc)
		return rc;
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
		    "of a container, its files being there\tinquest core core.7 --root rootfs\n"
		    "where cores are\tinquest core --find",
	.options = options,
	.run = run,
};
