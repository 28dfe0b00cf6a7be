/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stacks from a memory image: call frame information (DWARF, .eh_frame and .debug_frame) says how
 * to find each caller; where there is none, frame pointers, then a search of the stack, and such
 * frames say so. Rules, symbols and lines are cached by address, because threads of a program stand
 * in the same few places. Made for one thread (of ours) at a time; nothing is stopped, nothing is
 * written.
 *
 * Sources: DWARF 5 section 6.4; LSB 5.0 for .eh_frame; System V ABI, AMD64.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "types/stack.h"
#include "unwind/image.h"

struct unwind;

/* File, line and inlined frames, from DWARF: of which modules? */
enum unwind_lines { UNWIND_LINES_NONE, UNWIND_LINES_OWN, UNWIND_LINES_ALL };

struct unwind_opts {
	enum unwind_lines lines; /* those of libraries cost the time to unpack their debug files */
	size_t max_frames;       /* of a thread; 0: 1,000. Of more, the middle is left out. */
	bool online;             /* debug information from debuginfod servers (DEBUGINFOD_URLS) */
};

/* image must outlive it. */
int unwind_new(struct unwind **u, const struct image *image, const struct unwind_opts *o,
	       struct err *err) ERR_CHECK;
void unwind_free(struct unwind *u);

/*
 * The frames of a thread, innermost first, with their names; fills frames, nframes, skipped,
 * complete and why_not of t. Memory is u's.
 */
void unwind_thread(struct unwind *u, const struct image_regs *regs, const struct image_stack *stack,
		   struct stack_thread *t);

/* Arguments and local variables of the frames of the thread just unwound, before anything is put
 * among its frames; of the program's own functions. */
void unwind_values(struct unwind *u, const struct image_stack *stack, bool arguments, bool locals,
		   struct stack_thread *t);

/* The address of a symbol in any module, or in the one whose path ends in module; 0: none. */
uint64_t unwind_symbol(struct unwind *u, const char *module, const char *symbol);
/* The same of a section. */
uint64_t unwind_section(struct unwind *u, const char *module, const char *section);
/* The name of what lies at an address: a symbol and the offset from it, else the map's path. */
void unwind_describe(struct unwind *u, uint64_t addr, struct arena *a, struct str *out);

/* What was mapped but could not be read, or was another build: a line each. */
size_t unwind_notes(struct unwind *u, const struct str **notes);

/* How many of the files that were wanted are not there, so that memory was read instead; the first
 * of them. */
size_t unwind_missing(const struct unwind *u, struct str *path);

/* A C++ or Rust name as its source has it; s itself if it is neither. */
struct str unwind_demangle(struct arena *a, struct str s);
