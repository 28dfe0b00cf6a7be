/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands: each is one file (cmd-NAME.c) with its option table, help and examples, and one const
 * struct command. command.c lists them.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"
#include "base/exit.h"
#include "base/task.h"
#include "cli/options.h"

struct cli {
	bool color_out, color_err; /* may colour be printed there */
	bool utf8;                 /* the locale's characters are */
	struct progress *progress; /* NULL: silence */
	const char *tmpdir;
	uint64_t nofile; /* the limit of open files that we were given: for commands we run */
	int width;       /* columns of the terminal, or 100 */
	int table_width; /* where tables are cut: the terminal's columns, 0 if there is none */
};

struct command {
	const char *name;     /* "diff", "log table" */
	const char *stage;    /* "analyse": groups help -a */
	bool front;           /* in the short help */
	const char *summary;  /* one line */
	const char *usage;    /* "GOOD BAD", what stands after the name; lines separated by \n */
	const char *details;  /* paragraphs, may be NULL */
	const char *examples; /* "what it does\tcommand line" per line */
	const struct option *options;
	/* argv[0] is the command's name. Returns an exit status. */
	int (*run)(struct cli *cli, int argc, char **argv);
};

/* clang-format off: one a line */
extern const struct command cmd_add;
extern const struct command cmd_close;
extern const struct command cmd_config;
extern const struct command cmd_core;
extern const struct command cmd_diff;
extern const struct command cmd_help;
extern const struct command cmd_history;
extern const struct command cmd_log_digest;
extern const struct command cmd_log_table;
extern const struct command cmd_log_templates;
extern const struct command cmd_log_timeline;
extern const struct command cmd_new;
extern const struct command cmd_report;
extern const struct command cmd_run;
extern const struct command cmd_runs;
extern const struct command cmd_runs_remove;
extern const struct command cmd_runs_show;
extern const struct command cmd_stacks;
extern const struct command cmd_status;
extern const struct command cmd_why_died;
/* clang-format on */
extern const struct command *const commands[]; /* ends in NULL */

/* The command that argv[1...] names; *used = words of its name (1 or 2). NULL if none. */
const struct command *command_find(int argc, char **argv, int *used);
/* Says that words[0...n-1] name none, and which ones are meant; returns EXIT_USAGE. */
int command_unknown(int n, char **words);
/* The commands whose name begins with the word first, as its help; false if there are none. */
bool command_print_group(const char *first, FILE *f);
void command_print_help(const struct command *c, FILE *f);

/* As --color says: auto (or NULL), always, never. */
void command_color(struct cli *cli, const char *word);
/* What a command prints, onto stdout. A reader that went away is no error; others are -ERR_SYSTEM.
 */
int command_output(const struct buf *out, struct err *err) ERR_CHECK;

/* "inquest: message" on stderr and the exit status for code. */
int command_fail(int code, const struct err *err);
/* The same for wrong usage, with the pointer to --help. */
int command_usage(const struct command *c, const struct err *err);
/* One of the two, or EXIT_DONE when code is 0. */
int command_status(const struct command *c, int code, const struct err *err);
