/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One result of an analysis, and where its evidence stands. */
#pragma once

#include "base/str.h"

/* A place in a log: which file of the side, which line (from 1), how many lines. */
struct evidence {
	uint32_t side; /* 0 good, 1 bad */
	uint32_t file; /* index among that side's files */
	uint64_t line;
	uint32_t nlines;
};
