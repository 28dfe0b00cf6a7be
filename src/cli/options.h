/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command line options from a table: parsing into a struct of the command, and help text. */
#pragma once

#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

enum option_kind {
	OPTION_END,
	OPTION_FLAG,   /* bool */
	OPTION_COUNT,  /* unsigned: how often it was given */
	OPTION_STRING, /* const char * */
	OPTION_NUMBER, /* uint64_t; suffixes k, M, G (powers of 1024) */
	OPTION_LIST,   /* struct option_list: may be repeated */
	OPTION_WORDS,  /* the same, and words that follow up to the next option belong to it too */
	OPTION_CHOICE, /* const char *, one of the words in arg, separated by | */
	OPTION_HEAD,   /* no option: a heading in the help */
};

struct option {
	enum option_kind kind;
	char letter;      /* 0: none */
	const char *name; /* "json" for --json */
	const char *arg;  /* name of the argument in help; the words of a choice */
	const char *help;
	size_t offset; /* of the field in the command's struct */
};

struct option_list {
	const char **items;
	size_t n, cap;
};

/*
 * Parse argv[1...] by the table into values; what is no option goes to rest, in order ("-" counts
 * as one; after "--" everything does). -ERR_USAGE with a message, and a suggestion when a name is
 * nearly right.
 */
int options_parse(const struct option *table, int argc, char **argv, void *values,
		  struct option_list *rest, struct err *err) ERR_CHECK;
void options_list_release(struct option_list *l);
void options_print(const struct option *table, FILE *f);

/* The word of words[0...n-1] closest to given, or NULL if none is close. */
const char *options_suggest(const char *given, const char *const *words, size_t n);

/* "90s", "5m", "1h30m"; a number alone is seconds. option: for the message of -ERR_USAGE. */
int options_time(const char *option, const char *text, int64_t *ns, struct err *err) ERR_CHECK;
