/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What looks at live processes and at cores share. */
#pragma once

#include "state/look.h"

/* text must live as long as the look; cap: of stacks.notes. */
void look_note(struct look *l, struct str text, size_t *cap);

/* Python's frames among the native ones, who holds its lock and who waits for it: of a process of
 * which all else is known; of a core, with the exception of the thread that died. */
void look_python(struct look *l, size_t at, struct stack_thread *threads, const struct look_opts *o,
		 size_t *notes);
/* Before threads are stopped, and while one (NULL: all) stand still: of the snapshot that is being
 * taken as l->snapshots[l->n]. */
void look_python_ready(struct look *l, struct snapshot *s, const struct unwind_opts *o);
void look_python_stopped(struct look *l, struct snapshot *s, const struct snapshot_thread *t);
/* Java's frames and locks, of a JVM; if it is not to be asked, a note says that it can be. */
void look_java(struct look *l, size_t at, struct stack_thread *threads, const struct look_opts *o,
	       size_t *notes);
void look_python_core(struct look *l, const struct unwind_opts *o, struct stack_death *death,
		      size_t *notes);
