/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who waits for whom: what each thread of a snapshot is blocked on, and the circles. Owners come
 * from memory that was copied while waiter and owner were proven to stand still, so that a circle
 * is one. Layouts: glibc's pthread_mutex_t, pthread_rwlock_t and struct pthread (x86-64), which
 * need no symbols.
 */
#pragma once

#include "state/fds.h"
#include "state/snapshot.h"

/* fds: NULL of those who are dead: their files cannot be asked for. Fill wait, wait_text,
 * waits_for, wait_address and system_call of threads[i], which is of s->threads[i] and has its
 * frames. Text is the arena's. */
void waits_find(const struct snapshot *s, struct stack_thread *threads, struct fds *fds,
		struct arena *a);

/* "4711 (name)": how it is called in a sentence. */
const char *waits_thread(const struct stack_thread *t, struct arena *a);

/* Circles and who is behind them; of all threads of all processes. Pure. */
void waits_deadlocks(struct stacks *st, struct arena *a);
/* Threads with the same frames together, the likely culprit first. Pure. */
void waits_groups(struct stacks *st, struct arena *a);
