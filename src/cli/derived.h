/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Derived variables: computed of others by an expression (text/expr.h), or of series
 *(stats/series.h). They are defined in inquest.conf at the root of the workspace, or in the user's,
 *
 *	[variable NAME]
 *	define = work / time
 *	unit = 1/s          for people; may be absent
 *	better = higher     or lower; may be absent
 *
 * and are variables of all runs: derived_variables(), derived_runs() and derived_get() stand in for
 * the store's functions. Expressions are computed when runs are read, so that they hold for runs of
 * any age and follow their inputs; what they take of series is computed once a run, when it is
 * recorded or when the definition is made (derived_fill()), and is stored as a variable that is
 *named like the call: "time_to(loss,0.5)". Those are not shown.
 *
 * A variable that runs have recorded under a defined name is shown instead of the definition, which
 * is told on stderr once.
 */
#pragma once

#include "cli/workspace.h"
#include "text/expr.h"

struct definition {
	struct str name, text, unit;
	enum better better;
	struct expr *expr;
	char *path; /* where it is defined */
	size_t line;
	bool shadowed; /* runs have recorded a variable of that name */
};

struct derived {
	struct arena arena;
	struct definition *d;
	size_t n, cap;
	struct store_variable *recorded; /* of the store that it was loaded with, sorted by name */
	size_t nrecorded;
};

/* Read the definitions; none is no error. s may be NULL: what is recorded is not known then.
 * -ERR_INPUT: one that is wrong, or a cycle, with file:line. */
int derived_load(struct derived *d, const struct workspace *w, struct store *s,
		 struct err *err) ERR_CHECK;
void derived_release(struct derived *d);

/*
 * Make "NAME = EXPRESSION" a definition, in inquest.conf too; one of that name is replaced, its
 * unit and direction stay. -ERR_USAGE: not well formed, a name that is taken, unknown inputs (if
 * there are any runs), a cycle.
 */
int derived_define(struct derived *d, const struct workspace *w, struct str spec,
		   struct err *err) ERR_CHECK;
/* -ERR_NOTFOUND: there is none in the workspace's inquest.conf. */
int derived_undefine(struct derived *d, const struct workspace *w, struct str name,
		     struct err *err) ERR_CHECK;

/* Definition by name; NULL: none, or shadowed. */
const struct definition *derived_find(const struct derived *d, struct str name);
/* The name under which a call is stored. */
void derived_call_name(const struct expr_call *call, struct buf *out);
/* Is it such a name? */
bool derived_is_call(struct str name);

/*
 * What is taken of a run's series: what is always (docs/runs.md), and what definitions call;
 * appended to *v unless the run has a variable of that name. Text is in the arena.
 */
void derived_record(const struct derived *d, struct arena *a, struct run_record *r,
		    struct variable **v, size_t *n, size_t *cap);
/* The same for the runs that are stored: how many have such series, how many got a variable. */
int derived_fill(const struct derived *d, struct store *s, uint64_t *runs, uint64_t *filled,
		 struct err *err) ERR_CHECK;

/* As store_variables() without counts, store_runs() and store_get(). */
void derived_variables(const struct derived *d, struct arena *a, struct store_variable **v,
		       size_t *n);
int derived_runs(const struct derived *d, struct store *s, const struct store_query *q,
		 bool (*row)(void *arg, const struct store_row *r), void *arg,
		 struct err *err) ERR_CHECK;
int derived_get(const struct derived *d, struct store *s, struct str id, struct arena *a,
		struct run_record *r, struct err *err) ERR_CHECK;
