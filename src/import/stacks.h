/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A snapshot of threads as `inquest stacks --json` writes it (inquest.stacks/1), read again. */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "types/stack.h"

/* Does this beginning of a file look like one? */
bool stacks_recognise(struct str head);
/* Text belongs to the arena or to data. -ERR_INPUT: it is none, or a later version. */
int stacks_read(struct stacks *st, struct arena *a, struct str data, struct err *err) ERR_CHECK;
