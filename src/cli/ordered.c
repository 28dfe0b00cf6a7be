// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Ordered output: see ordered.h. A thread that has formatted its part waits for its turn to write;
 * as parts are handed out in rising order, the one whose turn it is has always been started.
 */
#include "cli/ordered.h"

#include <errno.h>
#include <pthread.h>

#include "base/mem.h"
#include "base/task.h"

#define KEEP_BYTES ((size_t)8 << 20) /* a buffer grown beyond this is given back after its part */

struct ordered {
	void (*format)(void *arg, size_t part, struct buf *out);
	void *arg;
	FILE *f;
	size_t drop;
	struct buf bufs[256]; /* one a worker */
	pthread_mutex_t mutex;
	pthread_cond_t turn;
	size_t next;     /* part to be written */
	int write_errno; /* 0: all well */
};

static void write_in_turn(struct ordered *o, size_t part, struct str out)
{
	pthread_mutex_lock(&o->mutex);
	while (o->next != part)
		pthread_cond_wait(&o->turn, &o->mutex);
	pthread_mutex_unlock(&o->mutex);
	if (o->drop) {
		size_t n = out.n < o->drop ? out.n : o->drop;

		out = str_from(out, n);
		o->drop -= n;
	}
	if (!o->write_errno && out.n && fwrite(out.p, 1, out.n, o->f) != out.n)
		o->write_errno = errno;
	pthread_mutex_lock(&o->mutex);
	o->next++;
	pthread_cond_broadcast(&o->turn);
	pthread_mutex_unlock(&o->mutex);
}

static void run_part(void *arg, size_t part, unsigned worker)
{
	struct ordered *o = arg;
	struct buf b = o->bufs[worker]; /* on the stack: neighbours would share a cache line */

	buf_clear(&b);
	if (!o->write_errno) /* a stale 0 costs one part's work */
		o->format(o->arg, part, &b);
	write_in_turn(o, part, buf_str(&b));
	if (b.cap > KEEP_BYTES)
		buf_release(&b);
	o->bufs[worker] = b;
}

int ordered_output(unsigned threads, size_t n,
		   void (*format)(void *arg, size_t part, struct buf *out), void *arg, size_t drop,
		   FILE *f, struct err *err)
{
	struct ordered *o = mem_zalloc(sizeof(*o));
	int rc = 0;

	o->format = format;
	o->arg = arg;
	o->f = f;
	o->drop = drop;
	pthread_mutex_init(&o->mutex, NULL);
	pthread_cond_init(&o->turn, NULL);
	task_run(threads, n, run_part, o);
	pthread_cond_destroy(&o->turn);
	pthread_mutex_destroy(&o->mutex);
	if (o->write_errno && o->write_errno != EPIPE) {
		errno = o->write_errno;
		rc = err_errno(err, "output");
	}
	for (size_t i = 0; i < ARRAY_SIZE(o->bufs); i++)
		buf_release(&o->bufs[i]);
	mem_free_cleanup(&o);
	return rc;
}
