/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A set of logs and digests as the comparison sees it. */
#pragma once

#include "base/hash.h"
#include "cli/logs.h"
#include "compare/logdiff.h"

/* The line that a digest cites of a shape. */
struct diff_cited {
	uint32_t side, log;
	uint64_t line;
	struct str raw;
};

/* What the call-backs of the analysis need. */
struct diff_input {
	struct logdiff_input in;
	struct arena arena;
	struct logs *logs;
	uint32_t *files[2]; /* index in the set of each side's logs that are not sparse */
	struct diff_cited *cited;
	size_t ncited, cap;
	struct map cited_at; /* hash of side, log and line -> cited */
};

/* Of what was added to side 0 and side 1, and mined. */
void diff_input_init(struct diff_input *d, struct logs *logs);
void diff_input_release(struct diff_input *d);
