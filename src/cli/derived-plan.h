/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must be fetched and computed, in which order, to know some variables of a run: a list of
 * slots, each after those that it is computed of.
 */
#pragma once

#include "cli/derived.h"

struct plan_slot;

struct plan {
	const struct derived *d;
	struct arena arena;
	struct plan_slot *slots;
	size_t n, cap;
	struct str *columns; /* stored variables to fetch */
	size_t ncolumns, cap_columns;
	struct value *values; /* of the slots, of the run looked at last */
	struct buf started;
};

void plan_init(struct plan *p, const struct derived *d);
void plan_release(struct plan *p);
/* The slot of a variable, or of a field of runs where fields is set ("var.id" is then a variable).
 */
unsigned plan_add(struct plan *p, struct str name, bool fields);
/* The values of all slots, of a run that was fetched with the plan's columns. */
const struct value *plan_values(struct plan *p, const struct store_row *row);

/* A condition on slots. */
struct plan_filter;
int plan_filter_new(struct plan_filter **f, struct plan *p, struct str where,
		    struct err *err) ERR_CHECK;
void plan_filter_free(struct plan_filter *f);
/* The part of it that the store can decide by itself, as a condition; empty: none. */
struct str plan_filter_rest(const struct plan_filter *f);
bool plan_filter_test(struct plan_filter *f, const struct value *values);
