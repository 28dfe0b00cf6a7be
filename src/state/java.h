/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a JVM says of its threads: the text of "jstack PID" or "jcmd PID Thread.print" (HotSpot,
 * from JDK 8 on). Lines that are not understood are passed over.
 *
 * Source: OpenJDK, src/hotspot/share/runtime/thread.cpp and vframe.cpp, services/threadService.cpp.
 */
#pragma once

#include "base/mem.h"
#include "types/stack.h"

struct java_thread {
	struct str name;
	int native;           /* its number in the process's innermost pid namespace; 0: unknown */
	struct frame *frames; /* innermost first; empty: a thread of the JVM itself */
	size_t nframes;
	uint64_t lock;        /* that it waits to get; 0: none */
	uint64_t condition;   /* in Object.wait(): whose monitor it has given back; 0: none */
	struct str lock_type; /* "java.lang.Object" */
	struct str holder;    /* name of the thread that has it; empty: unknown */
};

struct java_dump {
	struct java_thread *threads;
	size_t n;
	size_t deadlocks; /* that the JVM found */
};

/* False if there is no thread in it. Text stays that of the dump; memory is the arena's. */
bool java_parse(struct str text, struct arena *a, struct java_dump *out);

/*
 * Put the Java frames of jt in place of the native frames without a name, which are what the JVM
 * made of them; of more than most frames the middle is left out. t gets the thread's name.
 */
void java_merge(struct stack_thread *t, const struct java_thread *jt, size_t most, struct arena *a);
