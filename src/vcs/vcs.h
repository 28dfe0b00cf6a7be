/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What git knows of a work tree: the only user of the git program, which is run with a fixed
 * environment (no pager, no prompts, no optional locks, C locale, no hooks or configured commands
 * that a hostile repository could name).
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "types/code.h"
#include "types/record.h"

struct vcs_state {
	struct str root;   /* of the work tree */
	struct str commit; /* full id; empty: no commit yet */
	struct str branch; /* empty: detached */
	struct str remote; /* address of origin, without user and password */
	bool dirty;
	/* SHA-256 of the difference to HEAD, untracked files included; if dirty. Past 2,000 files
	 * or 256 MB by size and time, no longer by content. */
	struct str diff_hash;
	int64_t commit_time; /* seconds since 1970 */
};

/* -ERR_NOTFOUND: dir is in no work tree, or there is no git. */
int vcs_state(const char *dir, struct arena *a, struct vcs_state *s, struct err *err) ERR_CHECK;
/* The same as variables git.commit, git.branch, git.remote, git.dirty, git.diff, git.commit_time.
 */
void vcs_variables(struct arena *a, const struct vcs_state *s, struct variable **out, size_t *n,
		   size_t *cap);

/*
 * The place of each commit (full id) in the history of all branches, ancestors first; -1: not in
 * this repository. -ERR_NOTFOUND as above, or if there is no commit.
 */
int vcs_order(const char *dir, struct arena *a, const struct str *commits, size_t n, int64_t *place,
	      struct err *err) ERR_CHECK;

/* Is it an id of a commit, as far as its form tells: 40 or 64 hexadecimal digits? */
bool vcs_is_commit(struct str id);
/* Whether this repository has the commit; errors count as no. */
bool vcs_has_commit(const char *dir, struct str id);
/* Whether commit is old or descends from it. */
bool vcs_descends(const char *dir, struct str commit, struct str old);
/*
 * What lies between two commits that are here, in the arena. Each of four calls of git
 * may take 10 seconds; without the files if comparing those takes longer. -ERR_USAGE: no ids of
 * commits; -ERR_NOTFOUND: no repository, or one of them is not in it.
 */
int vcs_between(const char *dir, struct arena *a, struct str good, struct str bad,
		struct code_range *out, struct err *err) ERR_CHECK;
