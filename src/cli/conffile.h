/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changing inquest.conf at the root of the workspace: read whole, changed in memory (text/ini.h),
 * written whole or not at all.
 */
#pragma once

#include "cli/workspace.h"
#include "text/ini.h"

struct conffile {
	char *path;
	struct buf text; /* empty if there is no such file */
};

/* Also without a file; release after a failure, too. */
int conffile_read(struct conffile *c, const struct workspace *w, struct err *err) ERR_CHECK;
void conffile_release(struct conffile *c);
void conffile_set(struct conffile *c, struct str section, const struct ini_pair *pairs, size_t n);
void conffile_remove(struct conffile *c, struct str section);
int conffile_write(const struct conffile *c, struct err *err) ERR_CHECK;
