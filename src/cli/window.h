/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A span of time, and whether what a log wrote lies in it. */
#pragma once

#include "base/err.h"
#include "types/event.h"

struct window {
	int64_t from_ns, to_ns; /* since 1970, UTC */
	int64_t east_ns;        /* of local time, which logs without zone have */
};

void window_init(struct window *w, int64_t from_ns, int64_t to_ns);
/* Times without date (seconds since boot) are in every window. */
bool window_has(const struct window *w, const struct event_time *t);
/* "2026-11-26T13:00:00Z", "2026-11-26 13:00:00" and others that logs have; "13:00:00" is today.
 * -ERR_USAGE. */
int window_parse(const char *text, int64_t *ns, struct err *err) ERR_CHECK;
