/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where things lie in CPython's structs on 64-bit machines, by version: a table for 3.8 to 3.12;
 * from 3.13 on the interpreter has a table of its own at the start of _PyRuntime, for debuggers.
 */
#pragma once

#include "unwind/image.h"

struct python_layout {
	/* _PyRuntimeState, PyInterpreterState */
	uint32_t interpreters; /* pointer to the first */
	uint32_t is_next, is_threads;
	/* The lock: within _PyRuntimeState, or a pointer to it in PyInterpreterState. */
	uint32_t gil, gil_pointer;
	uint32_t gil_holder, gil_locked; /* from its start */
	/* PyThreadState */
	uint32_t ts_next, ts_interp, ts_ident;
	uint32_t ts_native; /* the kernel's number; 0: none */
	uint32_t ts_cframe; /* pointer to what ts_frame is in; 0: it is here */
	uint32_t ts_frame;
	uint32_t ts_chunk;     /* where frames are kept; 0: each on its own */
	uint32_t ts_raised;    /* exception; 0: unknown */
	uint32_t ts_raised_as; /* its type, if it is an object yet to be made; 0: none */
	uint32_t ts_handled;   /* pointer to the innermost exception being handled */
	uint32_t ei_value, ei_previous;
	/* PyFrameObject, later _PyInterpreterFrame */
	uint32_t fr_previous, fr_code, fr_instr;
	uint32_t fr_owner; /* 0: none */
	uint32_t fr_entry; /* a run of the evaluation loop begins here; 0: fr_owner says so */
	/* PyCodeObject */
	uint32_t co_first, co_file, co_name, co_lines, co_code;
	/* str, tuple */
	uint32_t str_length, str_state, str_ascii;
	uint32_t str_compact; /* from the end of ascii */
	uint32_t tuple_items;
};

#define PYTHON_OLDEST 8
#define PYTHON_NEWEST 14

/* False if there is none for this version, its own table is not one, or it is of a build without
 * the interpreter's lock. */
bool python_layout(const struct image *im, uint64_t runtime, unsigned minor,
		   struct python_layout *l);
/* Is a version's layout covered by a test of this program? */
bool python_layout_tested(unsigned minor);
