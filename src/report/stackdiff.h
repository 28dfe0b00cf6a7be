/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What moved between two snapshots of threads, for people and as JSON (inquest.stackdiff/1). */
#pragma once

#include "compare/stackdiff.h"
#include "report/stacks.h"

struct stackdiff_report {
	const struct stackdiff *diff;
	const struct stacks *before, *after;
	struct str before_name, after_name, command;
};

void stackdiff_text(const struct stackdiff_report *r, const struct stacks_look *look,
		    struct buf *out);
void stackdiff_json(const struct stackdiff_report *r, struct buf *out);
