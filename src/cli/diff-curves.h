/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inquest diff of curves: files that hold variables along steps, such as a training's log in CSV.
 */
#pragma once

#include "cli/command.h"

struct diff_curves {
	const struct option_list *good, *bad; /* paths */
	const char *metric;                   /* --metric: the series to compare; NULL: all */
	const char *command;
	bool json, verbose;
};

/* Do the beginnings of all that is named hold curves? */
bool diff_curves_given(const struct diff_curves *d);
int diff_curves(struct cli *cli, const struct diff_curves *d, int *status,
		struct err *err) ERR_CHECK;
