/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does a line of a log state that something went wrong, and how much does it tell? Decided by the
 * line alone, with words of programs in general; no product is named.
 */
#pragma once

#include "types/event.h"

enum symptom_class {
	SYMPTOM_NONE,
	SYMPTOM_SOFT,    /* a word such as "unexpected", or a warning: may matter, may not */
	SYMPTOM_VERDICT, /* a bare result or headline: "BUILD FAILED", "exit code 1" */
	SYMPTOM_FAILURE, /* says what failed */
	SYMPTOM_CAUSE,   /* names the type of an exception or the place of the failure */
};

struct symptom {
	enum symptom_class class;
	bool frame;       /* a line of a call stack, or a nested cause */
	bool advice;      /* tells the reader what to try or read */
	bool passed;      /* a test or step that succeeded */
	bool indented;    /* begins with a blank */
	bool blank;       /* nothing but blanks */
	bool typed;       /* begins with the type of an exception */
	enum level level; /* the line's own, or the word that its message begins with */
};

struct symptom symptom_of(struct str message, enum level level);
