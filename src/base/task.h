/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work cut into numbered parts and spread over threads; a sink for progress. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Call fn(arg, part, worker) once for each part 0 ... n-1, on up to nthreads threads (the caller's
 * is one of them); worker is 0 ... nthreads-1. Parts are handed out in rising order; nothing may
 * depend on which worker got which. Returns when all are done.
 */
void task_run(unsigned nthreads, size_t n, void (*fn)(void *arg, size_t part, unsigned worker),
	      void *arg);

unsigned task_cpus(void); /* processors this process may use, at least 1 */

/*
 * Where work reports how far it is. cli/ decides what becomes of it; a NULL sink is silence.
 * Safe to call from several threads.
 */
struct progress {
	void (*step)(struct progress *p, uint64_t done); /* done more units (bytes) */
	uint64_t total;                                  /* 0: unknown */
};

static inline void progress_step(struct progress *p, uint64_t done)
{
	if (p && p->step)
		p->step(p, done);
}
