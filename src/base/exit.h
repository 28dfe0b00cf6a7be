/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exit statuses of the program; the man page and the help print the same table. */
#pragma once

enum exit_status {
	EXIT_DONE = 0,      /* done, or nothing found */
	EXIT_FOUND = 1,     /* found: something differs */
	EXIT_USAGE = 2,     /* wrong usage */
	EXIT_INPUT = 3,     /* input is not what it claims to be */
	EXIT_SYSTEM = 4,    /* I/O, permission, missing tool */
	EXIT_UNDECIDED = 5, /* not enough evidence to decide */
	EXIT_BUG = 70,      /* a bug of ours */
};
