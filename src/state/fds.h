/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a file descriptor of a process is, and who is at its other end: pipes by searching all
 * processes for the other end, TCP and Unix sockets by the kernel's tables, in the network that the
 * process sees. Answers of one snapshot are kept. Source: proc(5), sock_diag(7).
 */
#pragma once

#include "base/buf.h"
#include "base/mem.h"
#include "types/stack.h"

struct fd_info {
	enum wait_kind wait; /* WAIT_PIPE, WAIT_SOCKET, WAIT_FD */
	struct str text;     /* "pipe 3; the other end: 4711 (writer)", "TCP 10.0.0.1:80 -> ..." */
	int other;           /* the one process at the other end, not pid itself; 0: none, several,
				unknown */
	bool nobody; /* a pipe whose other end is closed, or held by nobody but pid itself */
};

struct fds;

struct fds *fds_new(void);
void fds_free(struct fds *f);

/* writing: the other end is the one that reads. */
void fds_describe(struct fds *f, int pid, int fd, bool writing, struct fd_info *out);
/* The files that one call waits for together: the first few of them. */
void fds_describe_several(struct fds *f, int pid, const int *fds, size_t n, struct fd_info *out);
/* Those that an epoll file has. */
void fds_describe_epoll(struct fds *f, int pid, int fd, struct fd_info *out);
/* The process that holds the file lock that a thread waits for (/proc/locks); 0: unknown. */
int fds_lock_holder(struct fds *f, int pid, int tid);
