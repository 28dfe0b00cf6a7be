/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's bytes, decompressed if it is compressed (gz, xz, zst, bz2, lz4: told by content). */
#pragma once

#include "base/file.h"
#include "log/input.h"

struct unpacked {
	struct file_map map;
	struct loginputs inputs; /* of a compressed file */
	char *head;              /* of a compressed file of which only that is wanted */
	struct str name;         /* the path, without .gz and the like if that is what it was */
	struct str data;
};

void unpacked_init(struct unpacked *u);
void unpacked_release(struct unpacked *u);
/* All of it. path must outlive it. -ERR_INPUT: an archive of several files. */
int unpacked_open(struct unpacked *u, const char *path, const struct loginput_opts *o,
		  struct err *err) ERR_CHECK;
/* Only its first bytes, at most max, and whether that is all. */
int unpacked_head(struct unpacked *u, const char *path, size_t max, bool *all,
		  struct err *err) ERR_CHECK;
