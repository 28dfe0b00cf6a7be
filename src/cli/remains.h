/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is left of a program that died, as clues and facts (state/death.h): files of any kind, a
 * recorded run, the machine's own log, a core. `inquest why-died` and the end of `inquest run`
 * share it.
 */
#pragma once

#include "cli/window.h"
#include "cli/workspace.h"
#include "state/death.h"

struct remains {
	struct arena arena;
	struct death_clues clues;
	struct death_facts facts;
	const char *tmpdir;
	const struct window *window; /* lines of other times do not count; NULL: all do */
	struct buf stacks;           /* of a core: the thread that died, for people */
	struct buf notes;            /* what could not be read, a line each */
	size_t read;                 /* texts that were read */
	enum death_cause told;       /* the verdict that a run was recorded with, and how sure */
	enum death_sure told_sure;
	int *pids;
	size_t npids, cappids;
};

void remains_init(struct remains *r);
void remains_release(struct remains *r);
void remains_pid(struct remains *r, int pid); /* one of the program's processes, each once */

/* Logs (the last 16 MB of each), states of containers, cores, archives of them, "-". */
int remains_file(struct remains *r, const char *path, struct err *err) ERR_CHECK;
/* A core; fd is taken over. Without the readers of cores a note. */
int remains_core(struct remains *r, int fd, const char *name, struct err *err) ERR_CHECK;
struct stack_death;
struct stack_thread;
/* What a thread was about to die of, as a clue; own: it was of the command itself, which then ends
 * by that signal. It is also returned as a sentence. */
struct str remains_held(struct remains *r, const struct stack_death *d,
			const struct stack_thread *t, bool own);
/* A recorded run by id or name; an empty id: the latest that did not end well. Its id goes to *name
 * (the arena's). */
int remains_run(struct remains *r, const struct workspace *w, const char *id, struct str *name,
		struct err *err) ERR_CHECK;
/* What all that says. */
void remains_judge(struct remains *r, struct death *d);
/* dmesg and the kernel's part of the journal. */
void remains_system(struct remains *r);
