/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of `inquest report` share: each fills a page about one kind of thing, from the
 * store, the evidence and the case.
 */
#pragma once

#include "cli/command.h"
#include "cli/diff-runs.h"
#include "cli/records.h"
#include "report/page-history.h"
#include "report/page-runs.h"

struct report_values {
	struct option_list good, bad;
	const char *given, *store, *metric, *title, *output, *format, *within;
	bool force, help;
};

struct report {
	struct cli *cli;
	const struct report_values *v;
	const char *made_by; /* the command */
	struct arena arena;
	struct records records; /* of store NULL: there is none */
	const char *sides;      /* how runs came to be good or bad here; NULL: it was said */
};

/* Each begins the page (page_init()); on failure there is none to release. */
int report_run(struct report *r, const char *word, struct page *p, struct err *err) ERR_CHECK;
/* Of v->good against v->bad. */
int report_runs(struct report *r, struct page *p, struct err *err) ERR_CHECK;
int report_history(struct report *r, const char *metric, struct page *p, struct err *err) ERR_CHECK;
/* given: as --case; NULL: the one that is open. */
int report_case(struct report *r, const char *given, struct page *p, struct err *err) ERR_CHECK;

/* Runs compared; fill() gets what goes onto a page, valid during the call. */
struct report_compare {
	const struct option_list *good, *bad;
	const char *metric; /* the only variable to judge by; NULL: all */
	void (*fill)(void *arg, struct page_runs *in);
	void *arg;
};
int report_compare(struct report *r, const struct report_compare *c, struct err *err) ERR_CHECK;

/* A metric along the stored runs, ready for a page; release it also after a failure. */
struct report_history {
	struct history history;
	struct changepoints found;
	struct page_history page; /* points into this struct */
};
int report_read_history(struct report *r, struct str metric, struct report_history *out,
			struct err *err) ERR_CHECK;
void report_history_release(struct report_history *h);

/* "inquest VERB WORD", with --store where that was said; in the arena. */
const char *report_command(struct report *r, const char *verb, struct str word);
/* The title: --title, else this. */
struct str report_title(const struct report *r, const char *title);

/*
 * The symptoms in the logs that are kept of a run, as `inquest add` finds them, each with the lines
 * around it; in the arena. *logs: how many were read, *away: how many are not on this machine.
 */
struct report_symptoms {
	struct page_symptom *items;
	size_t n, logs, away;
};
int report_symptoms(struct report *r, const struct run_record *run, struct report_symptoms *out,
		    struct err *err) ERR_CHECK;

/* The lines around a place NAME:LINE in the logs that are kept of a run, in the arena; NULL: it has
 * no such log, or that is not on this machine. */
const struct page_evidence *report_quote(struct report *r, const struct run_record *run,
					 struct str where);

/* The same of its text. */
const struct page_evidence *report_quote_text(struct report *r, const struct run_record *run,
					      const struct run_evidence *of, struct str text,
					      uint64_t no);

/* ---- report-target.c: what was asked for ---- */

enum report_kind { REPORT_CASE, REPORT_RUN, REPORT_RUNS, REPORT_HISTORY };

struct report_target {
	enum report_kind kind;
	const char *word; /* a case (may be NULL), a run, a metric */
	const char *name; /* for a file: "r-4f1c2a", "history-loss" */
};

/* Sides of a comparison go to v->good and v->bad. */
int report_find(struct report *r, struct report_values *v, const struct option_list *words,
		struct report_target *t, struct err *err) ERR_CHECK;
