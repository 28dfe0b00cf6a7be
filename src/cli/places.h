/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where runs are recorded: .inquest/ of the repository, or of the working directory. */
#pragma once

#include "base/err.h"

struct places {
	char *dir;   /* .inquest */
	char *store; /* path of the database, or a postgresql:// address */
	char *evidence, *live, *cache;
};

/*
 * store: as the option --store or INQUEST_STORE says; NULL: .inquest/store.db. Makes .inquest/ with
 * a .gitignore if there is none.
 */
int places_open(struct places *p, const char *store, struct err *err) ERR_CHECK;
void places_release(struct places *p);
