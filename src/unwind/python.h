/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CPython's frames, read from its memory without stopping it (a copy that changed while it was read
 * is found out and read again): thread states hang on _PyRuntime, frames on thread states. Layouts
 * differ by version: see python-layout.h. Nothing that is read is trusted.
 *
 * Sources: CPython's headers of each version (Include/internal/pycore_frame.h and others), its
 * Objects/lnotab_notes.txt and InternalDocs for the tables of lines; glibc's struct pthread.
 */
#pragma once

#include "base/mem.h"
#include "types/stack.h"
#include "unwind/unwind.h"

/* Where an interpreter is. */
struct python_where {
	uint64_t runtime; /* _PyRuntime */
	unsigned minor;   /* of version 3 */
};

struct python_thread {
	uint64_t state; /* PyThreadState */
	uint64_t ident; /* pthread_self() of it */
	int tid; /* as the process itself sees it (its innermost pid namespace); 0: unknown */
	bool holds_gil;
	bool exact;           /* nothing changed while it was read */
	bool stood;           /* set by who knows: it was read while it stood still */
	bool complete;        /* up to its first frame */
	struct frame *frames; /* innermost first; pc: of the instruction; cfa: 0 */
	size_t nframes;
	/* How many of frames belong to each run of the evaluation loop, innermost first: they stand
	 * for one native frame _PyEval_EvalFrameDefault each. */
	size_t *runs;
	size_t nruns;
};

struct python {
	struct python_where where;
	bool tested; /* this version's layout is covered by a test */
	struct python_thread *threads;
	size_t nthreads;
	/* Addresses between which a thread that waits for the interpreter's lock waits; one an
	 * interpreter from 3.12 on. */
	struct python_gil {
		uint64_t lock;
		uint64_t start, end;
		size_t holder; /* index of threads; nthreads: nobody, or unknown */
	} * gils;
	size_t ngils;
};

/* False if there is no CPython in the image, or one that cannot be read: then why is not empty. */
bool python_find(struct unwind *u, const struct image *im, struct python_where *w, struct str *why);
/* All threads of all interpreters. False if there are none where they should be. Memory is the
 * arena's. */
bool python_read(const struct image *im, const struct python_where *w, struct arena *a,
		 struct python *out);

/* One of the threads anew, and who holds the locks by now. */
void python_read_again(const struct image *im, struct arena *a, struct python *p, size_t thread);

struct python_exception {
	struct str type, text; /* "ValueError", "no such thing"; text may be empty */
	bool handled;          /* it was caught */
};

/* What a thread has raised or, if nothing, is handling. */
bool python_find_exception(const struct image *im, const struct python_where *w,
			   const struct python_thread *pt, struct arena *a,
			   struct python_exception *out);

enum python_lock_kind { PYTHON_NO_LOCK, PYTHON_LOCK, PYTHON_RLOCK };

/* The lock object of a thread that waits on a semaphore, found by what its native stack points to.
 * owner: pthread_self() of the thread that holds an RLock; 0: unknown. Up to Python 3.13. */
enum python_lock_kind python_find_lock(const struct image *im, const struct image_stack *stack,
				       uint64_t semaphore, uint64_t *owner);

/*
 * Put the Python frames of pt in place of the evaluation loop's native ones in t; of more than most
 * frames (0: all stay) the middle is left out. If the runs of the loop are not as many in both,
 * they are of different moments, or the native stack is not whole: t is not exact.
 */
void python_merge(struct stack_thread *t, const struct python_thread *pt, size_t most,
		  struct arena *a);
