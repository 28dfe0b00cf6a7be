/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exceptions and crash reports inside the text of one event: Java, Python (chained), Go panics,
 * Rust, Node, .NET, C++ terminate, ASan/UBSan/TSan/MSan/LSan reports, gdb and eu-stack text.
 */
#pragma once

#include "base/mem.h"

struct exception_frame {
	struct str function; /* "org.apache.Foo.bar", "main", "std::vector<int>::at" */
	struct str file;     /* "Foo.java", "/src/main.c"; empty if unknown */
	uint32_t line;       /* 0 if unknown */
	bool own;            /* not of a runtime, a sanitizer or a system library */
};

struct exception {
	struct str type;                /* "java.io.IOException", "heap-use-after-free", "panic" */
	struct str message;             /* first line of its message */
	struct exception_frame *frames; /* innermost first */
	size_t nframes;
	struct exception *cause; /* the exception that led to this one, or NULL */
};

/*
 * Find the first exception in text (the event's lines joined by \n). NULL if there is none.
 * All is allocated in the arena; slices point into text.
 */
struct exception *exception_parse(struct arena *a, struct str text);

/* The root of the chain of causes. */
const struct exception *exception_root(const struct exception *e);
