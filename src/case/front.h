/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The front matter of a case: lines "key: value" between two lines "---". It is YAML of our own few
 * keys: plain and quoted scalars, block lists and flow lists, comments. Whatever else stands there
 * is kept; it is an error only where it is to be changed.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum front_kind {
	FRONT_SCALAR,
	FRONT_FLOW,  /* [a, b] */
	FRONT_BLOCK, /* - a, one a line */
	FRONT_OTHER, /* not understood */
};

struct front_item {
	struct str text; /* what it stands for */
	uint64_t line;
	size_t start, end; /* block list: its line */
};

struct front_key {
	struct str name;
	enum front_kind kind;
	uint64_t line;
	size_t start, end;        /* its lines */
	size_t value, value_end;  /* what stands behind the colon on its line, without a comment */
	struct front_item *items; /* of a scalar: one, or none if it is empty */
	size_t nitems, capitems;
	unsigned indent; /* block list: blanks before its dashes */
	size_t close;    /* flow list: where ] stands */
	const char *why; /* FRONT_OTHER: what it is */
};

struct front_problem {
	uint64_t line, column;
	const char *text;
};

struct front {
	size_t body;        /* the first byte behind it */
	uint64_t body_line; /* its line */
	size_t close;       /* where the closing line begins */
	struct front_key *keys;
	size_t n, cap;
	struct front_problem *problems; /* lines that are not understood */
	size_t nproblems, capproblems;
};

/* Read it at the beginning of text. Decoded text is in the arena. Errors: "line:column: ". */
int front_parse(struct front *f, struct str text, struct arena *a, struct err *err) ERR_CHECK;
void front_release(struct front *f);
/* The first key of that name, NULL if there is none. */
const struct front_key *front_find(const struct front *f, struct str name);
/* s as a scalar; flow: as it may stand in [a, b]. */
void front_add_scalar(struct buf *b, struct str s, bool flow);
