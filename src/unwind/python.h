/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CPython's frames, read from its memory without stopping it (a copy that changes while it is read
 * is found out and read again): thread states hang on _PyRuntime, frames on thread states. Layouts
 * differ by version: a table of offsets, 3.8 to 3.14. Which versions are tested is in the table.
 * Source: CPython's own headers (Include/internal/pycore_frame.h and others) of each version.
 */
#pragma once

#include "base/mem.h"
#include "types/stack.h"
#include "unwind/unwind.h"

struct python_thread {
	int tid; /* as the process itself sees it (its innermost pid namespace); 0: unknown */
	uint64_t ident; /* pthread_self() of it */
	bool holds_gil;
	struct frame *frames; /* innermost first; cfa: 0 */
	size_t nframes;
	/* How many of frames belong to each run of the evaluation loop, innermost first: they stand
	 * for one native frame _PyEval_EvalFrameDefault each. */
	size_t *runs;
	size_t nruns;
};

struct python {
	unsigned major, minor;
	bool tested; /* this version's offsets are covered by a test */
	struct python_thread *threads;
	size_t nthreads;
	struct str exception; /* of the current thread, "ValueError: text"; empty */
};

/* False if there is no CPython in the image; otherwise what could be read. why: what could not. */
bool python_read(struct unwind *u, const struct image *im, struct arena *a, struct python *out,
		 struct str *why);
/* Put the Python frames of pt in place of the evaluation loop's native ones in t. */
void python_merge(struct stack_thread *t, const struct python_thread *pt, struct arena *a);
