/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files below a directory, each once, in byte order of their names. */
#pragma once

#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"

struct walk_file {
	const char *path; /* as it can be opened */
	const char *rel;  /* its part below the directory */
	int error;        /* errno: this directory or file could not be looked at; 0: all is well */
	mode_t mode;      /* of the file itself, if a link: of what it leads to */
};

struct walk {
	struct arena arena;
	struct walk_file *files;
	size_t n, cap;
};

/*
 * Collect what lies below dir, which may be a link to a directory; links to directories below it
 * are not followed, links to files are. A file or directory met a second time (by another link) is
 * left out. More than max entries are -ERR_LIMIT.
 */
int walk_dir(struct walk *w, const char *dir, size_t max, struct err *err) ERR_CHECK;
void walk_release(struct walk *w);
