/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cores as files, compressed (gz, xz, zst, bz2, lz4: told by content, as systemd-coredump and
 * others keep them) or not. A compressed one is unpacked into an unnamed temporary file, with holes
 * where it is zero, as reading it means to jump about in it.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* Does a file begin as a core does, once unpacked? */
bool corefile_is(const char *path);
/*
 * For core_open(); one that is not compressed is not looked at. tmpdir: NULL for /tmp. -ERR_SYSTEM:
 * no such file, no room; -ERR_INPUT: damaged; -ERR_LIMIT: over 64 GiB. The message names the path.
 */
int corefile_open(const char *path, const char *tmpdir, int *fd, struct err *err) ERR_CHECK;
