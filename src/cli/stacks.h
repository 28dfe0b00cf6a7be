/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about stacks share. */
#pragma once

#include "cli/command.h"
#include "report/stacks.h"
#include "state/look.h"

struct stacks_print {
	bool json, folded, verbose;
	const struct stack_death *death;      /* of a core; else NULL */
	const struct stacks_verdict *verdict; /* of --watch; else NULL */
};

enum unwind_lines stacks_lines(const char *word); /* of --lines */
int stacks_print(struct cli *cli, const struct stacks_print *p, const struct stacks *st, int argc,
		 char **argv, struct err *err) ERR_CHECK;
