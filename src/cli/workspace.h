/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the files of an investigation lie. The root is the nearest folder upwards from here that
 * has .inquest or .git in it, else the current one. The store is --store, else INQUEST_STORE, else
 * the setting `store` of inquest.conf, else ROOT/.inquest/store.db.
 */
#pragma once

#include "base/err.h"
#include "store/store.h"

struct workspace {
	char *root;  /* absolute */
	char *dir;   /* what the program keeps: ROOT/.inquest, or beside a store in another one */
	char *store; /* path of a SQLite file, or postgresql://... */
	char *evidence; /* dir/evidence: store/evidence.h */
	char *live;     /* dir/live: of runs that are being recorded */
};

/* store: what --store says, or NULL. Nothing is made; release also after a failure. */
int workspace_find(struct workspace *w, const char *store, struct err *err) ERR_CHECK;
void workspace_release(struct workspace *w);
/* Make dir with a .gitignore, and live, if they are missing. */
int workspace_make(const struct workspace *w, struct err *err) ERR_CHECK;
/* Open the store; STORE_CREATE makes what is missing. Runs whose recording was interrupted (live.h)
 * are taken in before, which is told on stderr. */
int workspace_open(const struct workspace *w, enum store_mode mode, struct store **s,
		   struct err *err) ERR_CHECK;
