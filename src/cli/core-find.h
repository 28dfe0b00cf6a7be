/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inquest core --find: the core files of this machine. */
#pragma once

#include "cli/command.h"

/* program: a part of its name; NULL: all. *status: EXIT_FOUND if there are any. */
int core_find(struct cli *cli, const char *program, bool json, int *status,
	      struct err *err) ERR_CHECK;
