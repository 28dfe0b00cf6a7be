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
	int fifo_wait_ms;     /* how long a FIFO may be without a writer; 0: 10 s */
	struct progress *progress;
};

struct loginput {
	struct str name; /* as shown: "app.log", "ci.zip:logs/1.txt", "-" (owned) */
	struct str rel;  /* below the directory or archive that was named, without .gz; pairs files
			    by  name (owned) */
	struct file_map map; /* the bytes, decompressed, as UTF-8 */
	struct str note;     /* "truncated: ...", about this input; empty if none (owned) */
};

struct loginputs {
	struct loginput *in;
	size_t n, cap;
	uint64_t spooled;  /* bytes in temporary files so far */
	struct str *notes; /* what was left out: "ci.zip: 3 binary files skipped: ..." (owned) */
	size_t nnotes, notes_cap;
	struct file_map *spools; /* the temporary files; maps of inputs are views of them */
	size_t nspools, spools_cap;
};

void loginputs_init(struct loginputs *s);
void loginputs_release(struct loginputs *s);

/*
 * Open path and append what it holds; on failure nothing is appended. What a file is, its first
 * bytes tell, never its name. A directory yields its files in byte order of their names,
 * recursively, without following links to directories; each file once. What is no log or cannot be
 * read within a directory or archive is skipped with a note; named by the user it is an error.
 * A truncated compressed file gives what could be read, with a note. UTF-16 becomes UTF-8; a byte
 * order mark and NUL bytes at the very beginning are left out. Names of archive members come from
 * strangers: they are for display and pairing only, control bytes in them become "?".
 * Errors name the path and, for damaged data, the offset: -ERR_NOTFOUND no such file, -ERR_SYSTEM
 * cannot be read or spooled, -ERR_INPUT not a log or a damaged archive, -ERR_LIMIT over a cap,
 * -ERR_USAGE "-" is a terminal.
 */
int loginputs_add(struct loginputs *s, const char *path, const struct loginput_opts *o,
		  struct err *err) ERR_CHECK;
/* What was added as input i is shown and paired under other names than those of its file. */
void loginputs_name(struct loginputs *s, size_t i, struct str name, struct str rel);
