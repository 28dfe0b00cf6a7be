// SPDX-License-Identifier: GPL-3.0-or-later
/* The list of commands, and what all share: looking them up, their help, their errors. */
#include "cli/command.h"

#include <errno.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config.h"

/* One a line: branches that add commands then merge by themselves. */
/* clang-format off */
const struct command *const commands[] = {
	&cmd_add,
	&cmd_close,
	&cmd_config,
	&cmd_diff,
	&cmd_help,
	&cmd_history,
	&cmd_log_digest,
	&cmd_log_table,
	&cmd_log_templates,
	&cmd_log_timeline,
	&cmd_new,
	&cmd_report,
	&cmd_run,
	&cmd_runs_remove,
	&cmd_runs_show,
	&cmd_status,
	&cmd_why_died,
#if HAVE_STACKS
	&cmd_core,
	&cmd_stacks,
#endif
	&cmd_runs, /* after those whose names begin with it */
	NULL,
};
/* clang-format on */

static bool name_is(const struct command *c, const char *first, const char *second)
{
	struct str name = str_of(c->name), word;
	size_t space = str_find_char(name, ' ');

	word = str_head(name, space);
	if (!str_eq(word, str_of(first)))
		return false;
	if (space == name.n)
		return true;
	return second && str_eq(str_from(name, space + 1), str_of(second));
}

const struct command *command_find(int argc, char **argv, int *used)
{
	const char *first = argc > 1 ? argv[1] : NULL, *second = argc > 2 ? argv[2] : NULL;

	for (size_t i = 0; first && commands[i]; i++) {
		if (!name_is(commands[i], first, second))
			continue;
		*used = strchr(commands[i]->name, ' ') ? 2 : 1;
		return commands[i];
	}
	return NULL;
}

/* The second words of the commands that begin with this one, as "a, b, c". */
static void list_group(const char *first, struct buf *b)
{
	for (size_t i = 0; commands[i]; i++) {
		struct str name = str_of(commands[i]->name);
		size_t space = str_find_char(name, ' ');

		if (space < name.n && str_eq(str_head(name, space), str_of(first)))
			buf_printf(b, "%s" STR_FMT, b->n ? ", " : "",
				   STR_ARG(str_from(name, space + 1)));
	}
}

bool command_print_group(const char *first, FILE *f)
{
	bool any = false;

	for (size_t i = 0; commands[i]; i++) {
		struct str name = str_of(commands[i]->name);
		size_t space = str_find_char(name, ' ');

		if (space == name.n || !str_eq(str_head(name, space), str_of(first)))
			continue;
		if (!any)
			fprintf(f, "Usage: inquest %s COMMAND [OPTIONS] ...\n\n", first);
		any = true;
		fprintf(f, "  %-14s %s\n", commands[i]->name, commands[i]->summary);
	}
	return any;
}

int command_unknown(int n, char **words)
{
	CLEANUP_BUF struct buf given = {0}, group = {0};
	const char *names[64], *near;
	size_t known = 0;

	for (size_t i = 0; commands[i] && known < ARRAY_SIZE(names); i++)
		names[known++] = commands[i]->name;
	list_group(words[0], &group);
	buf_printf(&given, "%s", words[0]);
	if (group.n && n > 1)
		buf_printf(&given, " %s", words[1]);
	near = options_suggest(buf_cstr(&given), names, known);
	fprintf(stderr, "inquest: no command '%s'; ", buf_cstr(&given));
	if (near)
		fprintf(stderr, "did you mean '%s'?\n", near);
	else if (group.n)
		fprintf(stderr, "after %s stands one of: %s\n", words[0], buf_cstr(&group));
	else
		fputs("inquest help -a lists all\n", stderr);
	return EXIT_USAGE;
}

/* "what it does<TAB>command" lines as two lines each. */
static void print_examples(const char *examples, FILE *f)
{
	struct str rest = str_of(examples), line;

	fputs("\nExamples:\n", f);
	while (str_next(&rest, '\n', &line)) {
		size_t tab = str_find_char(line, '\t');

		if (tab < line.n)
			fprintf(f, "  # " STR_FMT "\n  " STR_FMT "\n", STR_ARG(str_head(line, tab)),
				STR_ARG(str_from(line, tab + 1)));
	}
}

void command_print_help(const struct command *c, FILE *f)
{
	struct str rest = str_of(c->usage), line;
	const char *head = "Usage:";

	while (str_next(&rest, '\n', &line)) {
		fprintf(f, "%s inquest %s " STR_FMT "\n", head, c->name, STR_ARG(line));
		head = "      ";
	}
	fprintf(f, "\n%s\n", c->summary);
	if (c->details)
		fprintf(f, "\n%s\n", c->details);
	if (c->options && c->options->kind != OPTION_END) {
		fputs("\nOptions:\n", f);
		options_print(c->options, f);
	}
	if (c->examples)
		print_examples(c->examples, f);
}

void command_color(struct cli *cli, const char *word)
{
	bool always = word && strcmp(word, "always") == 0;

	if (!word)
		return;
	cli->color_out = always || (cli->color_out && strcmp(word, "never") != 0);
	cli->color_err = always || (cli->color_err && strcmp(word, "never") != 0);
}

int command_output(const struct buf *out, struct err *err)
{
	bool written = fwrite(out->n ? out->p : "", 1, out->n, stdout) == out->n;

	return (written && fflush(stdout) == 0) || errno == EPIPE ? 0 : err_errno(err, "output");
}

int command_fail(int code, const struct err *err)
{
	fprintf(stderr, "inquest: %s\n", err->msg);
	return err_exit_status(code);
}

int command_usage(const struct command *c, const struct err *err)
{
	fprintf(stderr, "inquest %s: %s\nTry: inquest %s --help\n", c->name, err->msg, c->name);
	return EXIT_USAGE;
}

int command_status(const struct command *c, int code, const struct err *err)
{
	if (!code)
		return EXIT_DONE;
	return code == -ERR_USAGE ? command_usage(c, err) : command_fail(code, err);
}
