/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: mapping for reading, spooling to an unnamed temporary file, atomic replacement. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* A close() that runs at the end of the scope; -1 is left alone. */
void file_close_cleanup(int *fd);
#define CLEANUP_FD __attribute__((cleanup(file_close_cleanup)))

/*
 * A read-only view of a regular file's bytes, as long as it was when mapped. A file that shrinks
 * while it is read raises SIGBUS, which cli/ turns into zero pages; file_map_shrank() tells
 * afterwards. An empty file is a valid map with size 0. fd -1: no map of its own but a view of
 * bytes that somebody else owns; releasing it does nothing.
 */
struct file_map {
	const char *data;
	size_t size;
	size_t skipped; /* bytes at the beginning that are mapped, but not part of the view */
	int fd;         /* kept open, so that shrinking can be noticed */
};

int file_map_fd(struct file_map *m, int fd, struct err *err) ERR_CHECK; /* takes fd over */
int file_map_path(struct file_map *m, const char *path, struct err *err) ERR_CHECK;
void file_map_skip(struct file_map *m, size_t n); /* leave the first n bytes (at most size) out */
bool file_map_shrank(const struct file_map *m);
void file_map_release(struct file_map *m);

/* An unnamed, unlinked temporary file ($TMPDIR handed in as dir, NULL for /tmp), or -ERR_SYSTEM. */
int file_temp(const char *dir, int *fd, struct err *err) ERR_CHECK;
int file_write_all(int fd, const void *p, size_t n, struct err *err) ERR_CHECK;

/* A whole small file; longer than max bytes is -ERR_LIMIT. The buffer is the caller's (free). */
int file_read_small(const char *path, size_t max, char **data, size_t *n,
		    struct err *err) ERR_CHECK;

/*
 * Replace path at once or not at all: write to the stream, then file_replace_commit() (flush,
 * fsync, rename) or file_replace_abort(). Until then the new file has no name, so that nothing of
 * it stays behind when the process is killed (a name beside path where the file system has no
 * unnamed files). Symbolic links are followed. What cannot be replaced is written to as it is: path
 * "-", which means stdout, devices and pipes.
 */
struct file_replace {
	FILE *f;
	char *path; /* NULL: written to as it is */
	char *tmp;  /* the new file's name, NULL while it has none */
};

int file_replace_open(struct file_replace *r, const char *path, struct err *err) ERR_CHECK;
int file_replace_commit(struct file_replace *r, struct err *err) ERR_CHECK;
/* The same of what the caller has flushed and put on disk already, with other files at once. */
int file_replace_name(struct file_replace *r, struct err *err) ERR_CHECK;
void file_replace_abort(struct file_replace *r);
