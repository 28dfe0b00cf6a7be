/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes that come one after the other from anywhere: memory, a file descriptor, a member of an
 * archive. The beginning can be looked at before it is read.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define SOURCE_CHUNK ((size_t)1 << 20)

struct source {
	/* The next bytes, valid until the next call; *n = 0 at the end. */
	int (*pull)(struct source *s, struct str *chunk, struct err *err);
	struct str memory; /* the whole content, if it lies in memory; else p is NULL */
	struct buf head;   /* what was looked at and not yet read */
	bool ahead;        /* head is still to be read */
	bool ended, failed;
	uint64_t given; /* bytes read so far */
	char note[256]; /* why the end came too early; empty: it did not */
};

/* All of a piece of memory, which must outlive the source. */
void source_init_memory(struct source *s, struct str bytes);
void source_release(struct source *s);

/* The first want bytes (all, if there are fewer), without reading them. Before the first
 * source_next(), once. */
int source_peek(struct source *s, size_t want, struct str *head, struct err *err) ERR_CHECK;
int source_next(struct source *s, struct str *chunk, struct err *err) ERR_CHECK;

/*
 * A file descriptor that is no regular file. It may be non-blocking. If fifo_wait_ms is not 0, a
 * FIFO that nobody writes to for so long is -ERR_SYSTEM. The descriptor stays the caller's.
 */
struct source_fd {
	struct source base;
	int fd, fifo_wait_ms;
	char *room; /* SOURCE_CHUNK bytes */
};

void source_fd_init(struct source_fd *s, int fd, int fifo_wait_ms);
void source_fd_release(struct source_fd *s);
