/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a run's record as people, conditions and CSV see them. */
#pragma once

#include "base/buf.h"
#include "types/record.h"

/* "good"; "running". */
struct str run_verdict_name(enum run_verdict v);
struct str run_state_name(enum run_state s);
/* When a run started: RFC 3339 in UTC with milliseconds; nothing if it is not known. */
void run_started(int64_t started_ns, struct buf *out);
/* A value as people, conditions and CSV see it: whole numbers exactly, reals as short as reads back
 * the same, or nan, inf, -inf. */
void run_value(struct value v, struct buf *out);
