/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Variables that are taken from what logs say: a regular expression of which the first group is the
 * value. They are defined in inquest.conf at the root of the workspace,
 *
 *	[variable NAME]
 *	template = the template that it was made of, for people
 *	regex = PCRE2, matched with every line of a run's evidence
 *
 * and filled for every run when it is recorded. Of several matches the last is the value, with
 * their number and, of numbers, their standard deviation.
 */
#pragma once

#include "cli/workspace.h"

struct extract_set;

/* Read the definitions; none is no error. */
int extract_load(struct extract_set **set, const struct workspace *w, struct err *err) ERR_CHECK;
void extract_free(struct extract_set *set);
/* Add or replace "NAME=/regex/" or "NAME=TEMPLATE:PARAM" (PARAM from 1), in the set only. */
int extract_define(struct extract_set *set, const struct workspace *w, const char *spec,
		   struct err *err) ERR_CHECK;
/* Write the definitions made by extract_define() to inquest.conf. */
int extract_save(const struct extract_set *set, const struct workspace *w,
		 struct err *err) ERR_CHECK;

/* The variables of a run, from its evidence: appended to *v, text in the arena. */
int extract_run(const struct extract_set *set, const char *evidence_dir, struct arena *a,
		const struct run_record *r, struct variable **v, size_t *n, size_t *cap,
		struct err *err) ERR_CHECK;
/* All stored runs; how many runs and how many of them got a value. */
int extract_fill(const struct extract_set *set, const struct workspace *w, struct store *s,
		 uint64_t *runs, uint64_t *filled, struct err *err) ERR_CHECK;
