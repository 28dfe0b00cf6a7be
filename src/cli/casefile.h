/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The case that a command works on: which one, reading it, and writing it back. Cases are the files
 * rca/DATE-slug.md under the root of the repository (or here, where there is none).
 *
 * A writer holds a lock on the file's folder from reading to writing, so that programs wait for
 * each other. Editors do not: what was changed meanwhile by one is noticed before it would be lost.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "case/casedoc.h"
#include "cli/options.h"

struct casefile {
	char *path;
	struct casedoc *doc;
	bool named; /* it had to be named, because it is not the only open one */
	int lock;   /* the folder; -1: none */
	char *was;  /* the file's bytes as they were read */
	size_t nwas;
};

/* --case for a command's option table, into a const char * of its values. */
#define CASEFILE_OPTION(type, field)                                                            \
	{                                                                                       \
		OPTION_STRING, 0, "case", "CASE",                                               \
			"the case: its file, or the last part of its name (else INQUEST_CASE, " \
			"else the only open one)",                                              \
			offsetof(type, field)                                                   \
	}

/*
 * Open a case: given by --case (NULL: INQUEST_CASE, else the only one under rca/ that is not
 * closed). A given one is a file, or the name of one under rca/, its date may be left out. Parsed;
 * errors name path:line:column. -ERR_NOTFOUND: there is none; -ERR_USAGE: several are open (the
 * message lists them).
 */
int casefile_open(struct casefile *f, const char *given, bool write, struct err *err) ERR_CHECK;
/*
 * Open it for writing with what an unfinished merge left settled (casedoc_settle()), if that can
 * be: notes says what was done, empty if nothing was to be done.
 */
int casefile_open_settled(struct casefile *f, const char *given, struct buf *notes,
			  struct err *err) ERR_CHECK;
/* Only which one it is; the caller frees the path. */
int casefile_find(const char *given, char **path, bool *named, struct err *err) ERR_CHECK;
/*
 * Write the document back, whole or not at all; nothing happens if it is as it was. -ERR_SYSTEM,
 * too, if the file was changed since it was read.
 */
int casefile_commit(struct casefile *f, struct err *err) ERR_CHECK;
/* rc, with the path before the message: "rca/x.md:12:1: ..." if that begins with a place. */
int casefile_error(const char *path, int rc, struct err *err);
void casefile_release(struct casefile *f);

/*
 * A new case with this title and outcome (may be NULL) in dir (NULL: rca/ under the root), which is
 * made if it is missing. *path is the caller's.
 */
int casefile_create(const char *dir, const char *title, const char *outcome, char **path,
		    struct err *err) ERR_CHECK;

/*
 * Note a run among the good or the bad ones of a case: the one given, else INQUEST_CASE, else the
 * only open one. *path is the document (the caller's); NULL: none was named and there is not
 * exactly one, which is no error.
 */
int casefile_note_run(const char *given, bool good, struct str id, char **path,
		      struct err *err) ERR_CHECK;

/* All cases under rca/, closed ones too, sorted by name; items are the caller's, as is the list. */
int casefile_list(char ***paths, size_t *n, struct err *err) ERR_CHECK;
void casefile_list_free(char **paths, size_t n);

/* The root of the repository, as a relative path with its slash ("", "../"); the caller frees. */
char *casefile_root(void);
