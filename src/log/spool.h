/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that cannot be mapped where they are: collected in one unnamed temporary file, in order. */
#pragma once

#include "base/buf.h"
#include "base/file.h"
#include "base/task.h"

struct spool {
	const char *tmpdir;
	struct progress *progress;
	uint64_t limit;  /* as asked for, for messages */
	uint64_t cap;    /* bytes at most: the limit less what was skipped */
	uint64_t n;      /* bytes so far; what comes next begins here */
	int fd;          /* -1: nothing was written to disk yet */
	struct buf wait; /* the last bytes, not yet written */
};

void spool_init(struct spool *s, const char *tmpdir, uint64_t cap, struct progress *progress);
void spool_release(struct spool *s);
/* -ERR_LIMIT past the cap, -ERR_SYSTEM if the disk is full. */
int spool_add(struct spool *s, struct str bytes, struct err *err) ERR_CHECK;
/* Count bytes that are not worth keeping against the cap. */
int spool_skip(struct spool *s, uint64_t n, struct err *err) ERR_CHECK;
void spool_cut(struct spool *s, uint64_t n); /* forget what came after the first n bytes */
/* Map all of it; the spool is empty afterwards. */
int spool_map(struct spool *s, struct file_map *m, struct err *err) ERR_CHECK;
