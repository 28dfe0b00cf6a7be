/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lines of text say of an end: output of programs, of shells, of schedulers (Slurm), of CI
 * services, of systemd, of the kernel (state/kernlog.h). Line by line; each that tells something
 * becomes a clue. No format is asked for: what a line says is known by its words, wherever it was
 * written down.
 */
#pragma once

#include "state/death.h"
#include "state/kernlog.h"

struct lastwords {
	struct death_clues *clues;
	struct str file; /* as evidence names it */
	struct kernlog kernel;
	const struct lastwords_index *index;
	unsigned log; /* the number of this reader among those of clues */
	/* What the lines above opened: */
	bool traceback;    /* of Python, whose last line names the exception */
	bool caret;        /* node's "^" under the statement: the exception follows */
	bool plain;        /* it began without a log's header */
	size_t throw_at;   /* 1 + the clue that waits for "what():"; 0: none */
	size_t panic_at;   /* 1 + the clue of Rust that waits for its message */
	size_t go_at;      /* 1 + the clue of Go's that waits for the dump of goroutines */
	bool dump;         /* such a dump follows */
	bool thrown;       /* an exception of Java's, whose causes follow */
	bool crashed;      /* dumps of registers and memory may follow */
	uint64_t failures; /* verdicts of failure: "FAILED" */
	char above[200];   /* the line above, if it is no reader's */
	size_t nabove;
	uint64_t above_no;
	uint64_t ordinary;      /* lines so far that tell nothing */
	struct death_clue good; /* the last word of a good end, if cause is DEATH_NONE */
	/* Columns of sacct's table. */
	struct str header;
	bool piped; /* its columns are separated by | */
};

/* file must outlive it. */
void lastwords_init(struct lastwords *w, struct death_clues *c, struct str file);
void lastwords_release(struct lastwords *w);
/* message: the line without a log's header (or all of it); raw: the line as it stands. */
void lastwords_line(struct lastwords *w, struct str message, struct str raw, uint64_t no);
/* All lines of a text that has no headers. */
void lastwords_text(struct death_clues *c, struct str file, struct str text);
