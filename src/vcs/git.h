/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside vcs/: the git program, run so that nothing of the repository's configuration is run. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct git {
	const char *dir;
	struct arena *arena;
	char **env; /* ends in NULL */
	size_t n, cap;
	unsigned settings;
	int64_t limit_ns; /* of each call; a minute at first */
};

void git_init(struct git *g, const char *dir, struct arena *a);
void git_release(struct git *g);
/* One setting more that overrides the repository's. */
void git_add_setting(struct git *g, struct str key, const char *value);
/* git ARGS (at most 11, separated by blanks): its output. -ERR_NOTFOUND if it fails, -ERR_LIMIT if
 * it takes too long or says too much. */
int git_run(struct git *g, const char *args, struct buf *out, struct err *err) ERR_CHECK;
