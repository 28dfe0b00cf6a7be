/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inquest diff of two snapshots of threads (`inquest stacks --json`). */
#pragma once

#include "cli/command.h"

struct diff_stacks {
	const char *before, *after; /* paths */
	const char *command;
	bool json, verbose;
};

/* Do both files begin as snapshots do? */
bool diff_stacks_given(const struct diff_stacks *d);
int diff_stacks(struct cli *cli, const struct diff_stacks *d, int *status,
		struct err *err) ERR_CHECK;
