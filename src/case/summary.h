/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a case says, gathered for its home page; and what to do next. */
#pragma once

#include "case/casedoc.h"

struct case_hypothesis {
	struct str id, title;        /* "H1", "The pool is exhausted" */
	struct str prior, posterior; /* as they stand there, may be empty */
	double rank;                 /* posterior, else prior, else 0 */
	uint64_t predictions, tested;
	uint64_t line;
	struct casedoc_table table; /* of its predictions */
	struct str prose;           /* but for prior and posterior */
	struct str diagram;         /* its first block of dagitty; p NULL: none */
	uint64_t diagram_line;      /* of that text's first */
};

/* All text belongs to the arena or the document. A section without a table has no rows. */
struct case_summary {
	struct str title, status, outcome, test, closed;
	struct str *good, *bad, *evidence;
	size_t ngood, nbad, nevidence;
	struct casedoc_table symptoms, timeline, experiments;
	struct case_hypothesis *hypotheses; /* the most probable first, then in their order */
	size_t nhypotheses;
	struct str conclusion;
	const char **unknown; /* what is not known yet, in plain words */
	size_t nunknown;
	const char *next_why;     /* what to do next; NULL: nothing, it is closed */
	const char *next_command; /* ready to paste; words in capitals are to be filled in */
};

/*
 * path: of the document. named: commands must name it, because it is not the only open one.
 * nproblems: what casedoc_check() found.
 */
void case_summary(const struct casedoc *d, struct str path, bool named, size_t nproblems,
		  struct arena *a, struct case_summary *s);

bool case_experiment_open(const struct case_summary *s, size_t row);
