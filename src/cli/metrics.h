/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the output of a command holds of metrics and results of tests, by the readers of import/. */
#pragma once

#include "base/buf.h"
#include "store/store.h"

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* Read one output by the reader that recognises it, if one is sure. data need not outlive the call.
 */
void metrics_read(struct metrics *m, struct str name, struct str data);
/* The matches of a regular expression with named groups (the option --pattern); data must live as
 * long as m. */
void metrics_pattern(struct metrics *m, const char *regex, struct str data);
/*
 * Add what was found to a record, whose variables are an array of *cap elements (freed by its
 * owner); the rest lives as long as m and the arena. Names that the record has already stay as they
 * are there.
 */
void metrics_add(const struct metrics *m, struct run_record *r, size_t *cap, struct arena *a);
/* What readers could not read, a line each. */
void metrics_notes(const struct metrics *m, struct buf *out);
