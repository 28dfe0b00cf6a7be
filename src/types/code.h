/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The difference between two commits, as far as a report shows it. Text is foreign. */
#pragma once

#include "base/str.h"

#define CODE_COMMITS 50  /* kept of more */
#define CODE_FILES   200 /* likewise */

enum code_relation {
	CODE_SAME,     /* one commit */
	CODE_FORWARD,  /* bad descends from good */
	CODE_BACKWARD, /* good descends from bad */
	CODE_APART,    /* neither: there is a common ancestor */
	CODE_UNRELATED,
};

struct code_commit {
	struct str id, title;
	int64_t time; /* committed; seconds since 1970 */
};

struct code_file {
	struct str path;
	uint64_t added, removed; /* lines */
	bool binary;
};

struct code_range {
	enum code_relation relation;
	struct str base;                   /* the common ancestor; empty: none */
	uint64_t only_good, only_bad;      /* commits that the other does not have */
	const struct code_commit *commits; /* of what only bad has, the newest first; if bad has
					      nothing of its own, what only good has */
	size_t ncommits;
	bool has_files;                /* false: comparing the files took too long or too much */
	const struct code_file *files; /* those with the most lines changed first */
	size_t nfiles;
	uint64_t changed, added, removed; /* of all files */
};
