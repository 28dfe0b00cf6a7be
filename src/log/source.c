// SPDX-License-Identifier: GPL-3.0-or-later
/* Byte sources: see source.h. */
#include "log/source.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

static int pull_memory(struct source *s, struct str *chunk, struct err *err)
{
	*chunk = str_head(str_from(s->memory, s->given), SOURCE_CHUNK);
	return 0;
}

void source_init_memory(struct source *s, struct str bytes)
{
	*s = (struct source){.pull = pull_memory, .memory = bytes};
}

void source_release(struct source *s)
{
	buf_release(&s->head);
}

int source_peek(struct source *s, size_t want, struct str *head, struct err *err)
{
	if (s->memory.p) {
		*head = str_head(s->memory, want);
		return 0;
	}
	s->ahead = true;
	while (s->head.n < want && !s->ended) {
		struct str chunk;
		int rc = s->pull(s, &chunk, err);

		s->failed = rc != 0;
		if (rc)
			return rc;
		s->ended = chunk.n == 0;
		buf_add_str(&s->head, chunk);
	}
	*head = s->head.n ? str_head(buf_str(&s->head), want) : STR("");
	return 0;
}

int source_next(struct source *s, struct str *chunk, struct err *err)
{
	int rc = 0;

	if (s->ahead && s->head.n) {
		*chunk = buf_str(&s->head);
	} else if (s->ended) {
		*chunk = (struct str){"", 0};
	} else {
		rc = s->pull(s, chunk, err);
		s->failed = rc != 0;
		if (rc)
			return rc;
	}
	s->ahead = false;
	s->ended = s->ended || chunk->n == 0;
	s->given += chunk->n;
	return 0;
}

/*
 * Wait until fd can be read. A FIFO without a writer reads as empty, which is not its end before a
 * writer has come: poll() tells these apart, by saying nothing at all before the first writer.
 */
static int wait_readable(struct source_fd *s, int ms, struct err *err)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(err, "poll");
	return n;
}

static int pull_fd(struct source *base, struct str *chunk, struct err *err)
{
	struct source_fd *s = (struct source_fd *)base;
	bool waited = s->fifo_wait_ms == 0;

	for (;;) {
		ssize_t n;

		if (!waited && wait_readable(s, s->fifo_wait_ms, err) > 0)
			waited = true;
		n = read(s->fd, s->room, SOURCE_CHUNK);
		if (n == 0 && !waited)
			return err_set(err, ERR_SYSTEM,
				       "nothing writes to this FIFO (waited %.3g s): start the "
				       "program that writes to it first",
				       s->fifo_wait_ms / 1000.0);
		waited = true;
		s->fifo_wait_ms = 0;
		if (n >= 0) {
			*chunk = (struct str){s->room, (size_t)n};
			return 0;
		}
		if (errno == EAGAIN) {
			int rc = wait_readable(s, -1, err);

			if (rc < 0)
				return rc;
		} else if (errno != EINTR) {
			return err_errno(err, "cannot read");
		}
	}
}

void source_fd_init(struct source_fd *s, int fd, int fifo_wait_ms)
{
	*s = (struct source_fd){.base = {.pull = pull_fd},
				.fd = fd,
				.fifo_wait_ms = fifo_wait_ms,
				.room = mem_alloc(SOURCE_CHUNK)};
}

void source_fd_release(struct source_fd *s)
{
	free(s->room);
	source_release(&s->base);
}
