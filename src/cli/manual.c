// SPDX-License-Identifier: GPL-3.0-or-later
/* Manual pages: see manual.h. */
#include "cli/manual.h"

/* Text of ours as scdoc takes it: its signs escaped; lines as far in as the first. */
static void plain_in(struct str s, const char *indent, FILE *f)
{
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("_*\\#`<>[]|~", s.p[i]))
			fputc('\\', f);
		fputc(s.p[i], f);
		if (s.p[i] == '\n')
			fputs(indent, f);
	}
}

static void plain(struct str s, FILE *f)
{
	plain_in(s, "", f);
}

static void print_options(const struct option *table, FILE *f)
{
	fputs("\n# OPTIONS\n", f);
	for (const struct option *o = table; o->kind != OPTION_END; o++) {
		if (o->kind == OPTION_HEAD)
			continue;
		fputs("\n*", f);
		if (o->letter)
			fprintf(f, "-%c*, *", o->letter);
		fprintf(f, "--%s*", o->name);
		if (o->arg) {
			fputs("=", f);
			plain(str_of(o->arg), f);
		}
		fputs("\n\t", f);
		plain_in(str_of(o->help), "\t", f);
		fputs("\n", f);
	}
}

static void print_examples(const char *examples, FILE *f)
{
	struct str rest = str_of(examples), line;

	fputs("\n# EXAMPLES\n", f);
	while (str_next(&rest, '\n', &line)) {
		size_t tab = str_find_char(line, '\t');

		fputs("\n", f);
		plain(str_head(line, tab), f);
		fprintf(f, ":\n\n```\n" STR_FMT "\n```\n", STR_ARG(str_from(line, tab + 1)));
	}
}

static void print_statuses(FILE *f)
{
	fputs("\n# EXIT STATUS\n\n"
	      "0 done, or nothing found; 1 found: something differs; 2 wrong usage;\n"
	      "3 input is not what it claims to be; 4 system error (I/O, permission, a missing\n"
	      "tool); 5 not enough evidence to decide; 70 a bug in inquest.\n",
	      f);
}

static void print_title(const char *name, FILE *f)
{
	for (const char *p = name; *p; p++)
		fputc(*p == ' ' ? '-' : *p, f);
}

static void print_command(const struct command *c, FILE *f)
{
	struct str rest = str_of(c->usage), line;

	fputs("inquest-", f);
	print_title(c->name, f);
	fputs("(1)\n\n# NAME\n\ninquest-", f);
	print_title(c->name, f);
	fputs(" - ", f);
	plain(str_of(c->summary), f);
	fputs("\n\n# SYNOPSIS\n", f);
	while (str_next(&rest, '\n', &line)) {
		fprintf(f, "\n*inquest %s* ", c->name);
		plain(line, f);
		fputs("\n", f);
	}
	if (c->details) {
		fputs("\n# DESCRIPTION\n\n", f);
		plain(str_of(c->details), f);
		fputs("\n", f);
	}
	if (c->options)
		print_options(c->options, f);
	if (c->examples)
		print_examples(c->examples, f);
	print_statuses(f);
}

void manual_print(const struct command *c, FILE *f)
{
	if (c) {
		print_command(c, f);
		return;
	}
	fputs("inquest(1)\n\n# NAME\n\ninquest - a root-cause workbench\n\n# SYNOPSIS\n\n"
	      "*inquest* COMMAND \\[OPTIONS\\] ...\n\n# DESCRIPTION\n\n"
	      "Takes an engineer from \"it used to work\" to the cause. Each command has a page\n"
	      "of its own.\n\n# COMMANDS\n",
	      f);
	for (size_t i = 0; commands[i]; i++) {
		fputs("\n*inquest-", f);
		print_title(commands[i]->name, f);
		fputs("*(1)\n\t", f);
		plain(str_of(commands[i]->summary), f);
		fputs("\n", f);
	}
	print_statuses(f);
	fputs("\n# ENVIRONMENT\n\n"
	      "*INQUEST\\_STORE*, *INQUEST\\_CASE*\n\tthe store and the case, unless --store and "
	      "--case say\n\n"
	      "*NO\\_COLOR*, *CLICOLOR\\_FORCE*, *TERM*\n\tcolour, unless --color says\n\n"
	      "*TMPDIR*\n\twhere compressed logs and standard input are spooled\n\n"
	      "*XDG\\_CONFIG\\_HOME*\n\tinquest/inquest.conf there is read after ./inquest.conf\n",
	      f);
}
