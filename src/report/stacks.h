/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stacks of threads for people, as JSON, and folded for flame graphs. */
#pragma once

#include "report/style.h"
#include "types/stack.h"

struct stacks_look {
	bool color;
	size_t width; /* columns; 0: no limit */
	bool verbose; /* every frame of every thread, and what the kernel says */
};

/* The circles first, then groups of threads in the same place: the likely culprit first. */
void stacks_text(const struct stacks *st, const struct stacks_look *look, struct buf *out);
/* inquest.stacks/1, docs/formats.md. command: what made it. */
void stacks_json(const struct stacks *st, struct str command, struct buf *out);
/* "process;outermost;...;innermost 12", a line for each different stack. */
void stacks_folded(const struct stacks *st, struct buf *out);

/* One frame, a line; its values below. */
void stacks_frame(const struct frame *f, const struct stacks_look *look, struct buf *out);
/* The frames of one thread, a line each; own ones stand out. */
void stacks_frames(const struct stack_thread *t, const struct stacks_look *look, struct buf *out);
const char *stacks_how(enum stack_how how);
const char *stacks_wait(enum wait_kind kind);
