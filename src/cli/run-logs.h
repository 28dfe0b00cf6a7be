/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs that are kept of recorded runs. */
#pragma once

#include "cli/workspace.h"

/*
 * `inquest diff LOG LOG` of the latest of the good and of the bad runs of which logs are kept, of
 * one name if they have such; in the arena. NULL: there are none.
 */
const char *run_logs_diff(const struct workspace *w, struct store *s, const struct str *good,
			  size_t ngood, const struct str *bad, size_t nbad, struct arena *a);
