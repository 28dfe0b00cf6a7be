/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A digest of all logs of a set, made without keeping anything of single lines. */
#pragma once

#include "logset/logset.h"
#include "mine/digest.h"

/* One run's digest of the logs of one side, in one pass; logset_mine() need not have been called.
 * The same for any number of threads. */
void logset_digest(struct logset *s, uint32_t side, const struct logset_opts *o,
		   struct digest *out);
