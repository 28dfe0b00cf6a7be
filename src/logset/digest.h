/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A digest of all logs of a set, made in one pass without keeping anything of single lines. */
#pragma once

#include "logset/logset.h"
#include "mine/digest.h"

/* One run's digest of all that was added; instead of logset_mine(), once. The same for any number
 * of threads. */
void logset_digest(struct logset *s, const struct logset_opts *o, struct digest *out);
