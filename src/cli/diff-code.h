/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code that recorded runs ran, and what lies between the commits of good ones and bad ones. */
#pragma once

#include "report/rundiff.h"

struct diff_code {
	struct rundiff_code report;
	struct code_range range;
	const char *next; /* commands, a line each; NULL */
};

/* All is in the arena. What git cannot tell is said in the report, and no error. */
void diff_code(struct diff_code *c, struct arena *a, const char *root,
	       const struct rundiff_side side[2]);
