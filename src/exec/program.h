/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where programs are: execvp(3)'s search, with a PATH that is handed in. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* The value of a variable in an environment; NULL if it is not there. */
const char *program_env(char *const *envp, const char *name);
/*
 * The path of the program that name means to a command in dir (NULL: ours) with this environment,
 * into path (NUL-terminated). 0, or the errno that execvp() would give: ENOENT, or EACCES where
 * there is a file that may not be executed.
 */
int program_find(struct buf *path, const char *name, char *const *envp, const char *dir);
