/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report on a case, in two halves: what the document says up to its timeline, then what others
 * put between (comparison of its runs, history of its outcome), then hypotheses to conclusion.
 */
#pragma once

#include "case/summary.h"
#include "report/page-parts.h"

/* A hypothesis' diagram: drawn, or why not. */
struct page_case_diagram {
	struct str svg;
	const char *problem;
};

/* A run that the case names. */
struct page_case_run {
	struct str id;
	const struct run_record *run; /* NULL: the records do not have it */
};

struct page_case {
	const struct casedoc *doc;
	const struct case_summary *summary;
	const char *path; /* of the document */
	size_t nproblems; /* that casedoc_check() found */
	/* One each for the rows of symptoms and timeline: the lines that they name; NULL: not kept.
	 */
	const struct page_evidence *const *symptom_quotes, *const *timeline_quotes;
	const struct page_case_diagram *diagrams; /* one each for the hypotheses */
	const struct page_case_run *runs;
	size_t nruns;
	bool store; /* are there records at all */
};

void page_case_begin(struct page *p, const struct page_case *in);
void page_case_runs(struct page *p, const struct page_case *in);
void page_case_end(struct page *p, const struct page_case *in);
