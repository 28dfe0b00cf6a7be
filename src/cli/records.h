/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command opens that reads recorded runs: the workspace, its store, derived variables. */
#pragma once

#include "cli/derived.h"

struct records {
	struct workspace workspace;
	struct store *store;
	struct derived derived;
};

/* store: what --store says, or NULL. Release also after a failure, or of {0}. */
int records_open(struct records *r, const char *store, struct err *err) ERR_CHECK;
void records_release(struct records *r);
