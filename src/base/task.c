// SPDX-License-Identifier: GPL-3.0-or-later
/* Parallel loop: see task.h. */
#include "base/task.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/mem.h"

struct task_pool {
	void (*fn)(void *arg, size_t part, unsigned worker);
	void *arg;
	size_t n;
	_Atomic size_t next;
};

struct task_worker {
	struct task_pool *pool;
	unsigned id;
	pthread_t thread;
};

static void *worker_main(void *p)
{
	struct task_worker *w = p;

	for (;;) {
		size_t part = atomic_fetch_add(&w->pool->next, 1);

		if (part >= w->pool->n)
			return NULL;
		w->pool->fn(w->pool->arg, part, w->id);
	}
}

void task_run(unsigned nthreads, size_t n, void (*fn)(void *arg, size_t part, unsigned worker),
	      void *arg)
{
	struct task_pool pool = {.fn = fn, .arg = arg, .n = n};
	struct task_worker workers[256];
	unsigned started = 1;

	if (nthreads > ARRAY_SIZE(workers))
		nthreads = ARRAY_SIZE(workers);
	if (nthreads > n)
		nthreads = n ? (unsigned)n : 1;
	workers[0] = (struct task_worker){.pool = &pool};
	for (; started < nthreads; started++) {
		struct task_worker *w = &workers[started];

		*w = (struct task_worker){.pool = &pool, .id = started};
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0)
			break; /* fewer threads do the same work */
	}
	worker_main(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}

unsigned task_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}
