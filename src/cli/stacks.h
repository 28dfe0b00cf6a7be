/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about stacks share. */
#pragma once

#include <stddef.h>

#include "cli/command.h"
#include "report/stacks.h"
#include "state/look.h"

/* What both commands are told. */
struct stacks_values {
	bool args, locals, json, folded, verbose, debuginfod, help;
	const char *lines, *color;
	uint64_t frames;
};

/* Their options, in a table of options of a struct that holds the above. */
/* clang-format off */
#define STACKS_OPTIONS(type, member) \
	{OPTION_CHOICE, 0, "lines", "none|own|all", \
	 "source lines and inlined calls: of the program's own code (default), of libraries\n" \
	 "too (slower), of none", \
	 offsetof(type, member.lines)}, \
	{OPTION_FLAG, 0, "args", NULL, "with the arguments of each function", \
	 offsetof(type, member.args)}, \
	{OPTION_FLAG, 0, "locals", NULL, "with local variables too", \
	 offsetof(type, member.locals)}, \
	{OPTION_NUMBER, 0, "frames", "N", "of a deeper stack the middle is left out (1000)", \
	 offsetof(type, member.frames)}, \
	{OPTION_FLAG, 0, "debuginfod", NULL, \
	 "ask the servers of DEBUGINFOD_URLS for debug information; without this nothing is\n" \
	 "asked over a network", \
	 offsetof(type, member.debuginfod)}, \
	{OPTION_FLAG, 0, "json", NULL, "one JSON document", offsetof(type, member.json)}, \
	{OPTION_FLAG, 0, "folded", NULL, "folded stacks, for flame graphs", \
	 offsetof(type, member.folded)}, \
	{OPTION_FLAG, 'v', "verbose", NULL, "every frame, and what the kernel says", \
	 offsetof(type, member.verbose)}, \
	{OPTION_CHOICE, 0, "color", "auto|always|never", "colour (default: auto)", \
	 offsetof(type, member.color)}, \
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(type, member.help)}
/* clang-format on */

struct stacks_print {
	const struct stacks_values *values;
	const struct stack_death *death; /* of a core; else NULL */
};

/* What they mean for looking; the rest is left as it is. -ERR_USAGE: they exclude each other, or
 * ask for servers when none are known. */
int stacks_opts(const struct stacks_values *v, struct look_opts *o, struct err *err) ERR_CHECK;
int stacks_print(struct cli *cli, const struct stacks_print *p, const struct stacks *st, int argc,
		 char **argv, struct err *err) ERR_CHECK;
