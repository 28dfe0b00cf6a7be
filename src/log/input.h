/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the bytes of logs come from. Every named thing (file, directory, "-", FIFO, compressed
 * file, archive) becomes one or more inputs whose bytes lie in memory: a regular plain file is
 * mapped as it is; all else (stdin, FIFO, gz, xz, zst, bz2, lz4, members of tar and zip) is spooled
 * to an unnamed temporary file first and that is mapped.
 */
#pragma once

#include "base/err.h"
#include "base/file.h"
#include "base/task.h"

struct loginput_opts {
	const char *tmpdir;   /* for spooling; NULL: /tmp */
	uint64_t max_spool;   /* bytes that spooling may take in all; 0: the default, 16 GiB */
	uint32_t max_members; /* members of one archive, files of one directory; 0: 100,000 */
	struct progress *progress;
};

struct loginput {
	struct str name; /* as shown: "app.log", "ci.zip:logs/1.txt", "-" (owned) */
	struct str rel;  /* below the directory or archive that was named; pairs files by name */
	struct file_map map; /* the bytes, decompressed */
	struct str note; /* "truncated archive: 12,345 bytes recovered"; empty if none (owned) */
};

struct loginputs {
	struct loginput *in;
	size_t n, cap;
	uint64_t spooled; /* bytes in temporary files so far */
};

void loginputs_init(struct loginputs *s);
void loginputs_release(struct loginputs *s);

/*
 * Open path and append what it holds. A directory yields its files in byte order of their names,
 * recursively, without following links to directories; binaries within a directory are skipped
 * with a note, one named by the user is -ERR_INPUT. A truncated compressed file gives what could
 * be read, with a note. Errors name the path and, for damaged data, the offset: -ERR_SYSTEM cannot
 * be read, -ERR_INPUT not a log or a damaged archive, -ERR_LIMIT over a cap.
 */
int loginputs_add(struct loginputs *s, const char *path, const struct loginput_opts *o,
		  struct err *err) ERR_CHECK;
