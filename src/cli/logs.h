/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all commands on logs share: the options, opening and mining, notes on what was read. */
#pragma once

#include "cli/command.h"
#include "logset/digest.h"
#include "logset/logset.h"
#include "report/rows.h"

struct logs_values {
	bool help, json, csv, jsonl;
	uint64_t threads;
	struct option_list known;   /* --templates */
	struct option_list formats; /* --config */
	const char *color;
};

#define LOGS_OPTIONS(type, member)                                                       \
	{OPTION_NUMBER,                                                                  \
	 'j',                                                                            \
	 "threads",                                                                      \
	 "N",                                                                            \
	 "threads to use (default: all processors)",                                     \
	 offsetof(type, member.threads)},                                                \
		{OPTION_LIST,                                                            \
		 0,                                                                      \
		 "templates",                                                            \
		 "FILE",                                                                 \
		 "known templates, so that ids and counts of different logs compare",    \
		 offsetof(type, member.known)},                                          \
		{OPTION_LIST,                                                            \
		 0,                                                                      \
		 "config",                                                               \
		 "FILE",                                                                 \
		 "more settings: log formats, as in inquest.conf",                       \
		 offsetof(type, member.formats)},                                        \
		{OPTION_CHOICE,                                                          \
		 0,                                                                      \
		 "color",                                                                \
		 "auto|always|never",                                                    \
		 "colour (default: auto)",                                               \
		 offsetof(type, member.color)},                                          \
	{                                                                                \
		OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(type, member.help) \
	}

#define LOGS_OUTPUT_OPTIONS(type, member)                                                        \
	{OPTION_FLAG, 0, "json", NULL, "one JSON document", offsetof(type, member.json)},        \
		{OPTION_FLAG,                                                                    \
		 0,                                                                              \
		 "jsonl",                                                                        \
		 NULL,                                                                           \
		 "one JSON object a line",                                                       \
		 offsetof(type, member.jsonl)},                                                  \
	{                                                                                        \
		OPTION_FLAG, 0, "csv", NULL, "CSV with a header row", offsetof(type, member.csv) \
	}

/* A set of logs together with what was needed to open it. */
struct logs {
	struct logset set;
	struct logset_opts opts;
	struct templates_known *known;
	struct logformat_set *formats;
	bool stdin_taken;
};

/* Ready for logs_add(): options checked, formats and known templates read. On failure all is
 * released. */
int logs_init(struct logs *l, struct cli *cli, const struct logs_values *v,
	      struct err *err) ERR_CHECK;
int logs_add(struct logs *l, const char *path, uint32_t side, struct err *err) ERR_CHECK;
/* logs_init() and logs_add() for all paths on side 0. */
int logs_open(struct logs *l, struct cli *cli, const struct logs_values *v,
	      const struct option_list *paths, struct err *err) ERR_CHECK;
/* The form that the options ask for. */
enum rows_form logs_form(const struct logs_values *v);
/* Recognise and mine; then say on stderr what is noteworthy of the inputs. */
void logs_mine(struct logs *l, struct cli *cli);
/* As logs_mine(), but all that is kept is a digest. */
void logs_digest(struct logs *l, uint32_t side, struct cli *cli, struct digest *out);
/* Write a digest to path ("-" for stdout), at once or not at all. */
int logs_write_digest(const char *path, const struct digest *d, struct err *err) ERR_CHECK;
/*
 * What all commands that list logs do: parse argv into values (of which v is a part), open every
 * path, call work(), say what went wrong, release. check() (may be NULL) looks at the options
 * first. Returns the exit status.
 */
int logs_main(const struct command *c, struct cli *cli, int argc, char **argv, void *values,
	      struct logs_values *v, int (*check)(const void *values, struct err *err),
	      int (*work)(struct cli *cli, struct logs *l, const void *values, struct err *err));
void logs_release(struct logs *l);
void logs_values_release(struct logs_values *v);
