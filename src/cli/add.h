/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of `inquest add` share. The command goes through these steps: open what was named
 * (add-files.c), tell what each file is and read it (add-read.c, add-log.c, add-core.c,
 * add-stacks.c), make the
 * record of a run (add-record.c), put the symptoms to those of the case (add-case.c), say what was
 * done (add-print.c).
 */
#pragma once

#include "base/hash.h"
#include "cli/command.h"
#include "cli/workspace.h"
#include "compare/grouping.h"
#include "import/import.h"
#include "log/input.h"
#include "log/reader.h"
#include "text/symptom.h"

struct templates_known;

#define ADD_MAX_FILES    ((size_t)100000)
#define ADD_MAX_ROWS     40                /* symptoms of one kind that one call adds to a case */
#define ADD_MAX_COUNTS   100               /* templates that become variables */
#define ADD_WHAT         200               /* bytes of a symptom's text */
#define ADD_MAX_EVIDENCE ((size_t)1 << 30) /* bytes of a file that is kept */

struct add_values {
	const char *as, *run, *name, *case_name, *store, *reader, *around;
	struct option_list patterns, extracts;
	bool system, dry_run, json, help;
};

struct add_symptom {
	struct grouping_symptom is;
	char key[GROUPING_KEY + 1];
	struct str what; /* for people */
	uint32_t file;   /* of its first place */
	uint64_t line;   /* 0: none */
	uint64_t count;
	struct str seen;    /* when first: as the log says, or "" */
	struct str id;      /* of its row in the case; empty: not in it */
	const char *why;    /* by what it was put to a row, or to others of this call */
	double quality;     /* how sure that is; 1: alone */
	unsigned rank;      /* the higher, the sooner it is shown */
	bool fresh;         /* the row was not there before */
	struct str in_good; /* a good run that has it too: it is no symptom then */
};

struct add_file {
	struct str name; /* as shown */
	struct str rel;  /* below what was named */
	struct str data;
	struct str rest; /* data as a log: what a reader took is blank; p NULL: data itself */
	char *path;      /* of the file itself; NULL: a member of an archive, or standard input */
	bool named;      /* by the user, rather than found in a folder or an archive */
	bool text;
	bool also_log;    /* a report in the midst of a log */
	const char *kind; /* "log", "stack", "tests", "metrics", "config", "core", "file" */
	const struct import_reader *reader;
	const struct import_file *parts; /* of a folder that is read as one; else NULL */
	size_t nparts;
	struct import im;
	struct str *hashes; /* of its evidence: one, or one a part; empty: not kept */
	size_t nhashes;
	bool known; /* the run has it already */
	uint64_t lines;
	struct buf notes; /* a line each */
	struct buf error; /* it cannot be read as what it seems to be */
	/* The variables of a configuration are in add.variables[first_variable ... ] */
	size_t first_variable, nvariables;
};

struct add {
	struct cli *cli;
	const struct add_values *v;
	struct arena arena;
	struct workspace workspace;
	struct logformat_set *formats;
	struct loginputs inputs;
	struct file_map *maps; /* of files that are no text */
	size_t nmaps, cap_maps;
	struct buf *texts; /* that were made: output of programs */
	size_t ntexts, cap_texts;

	struct add_file *files;
	size_t nfiles, cap_files;
	struct variable *variables; /* besides those of imports */
	size_t nvariables, cap_variables;
	struct add_symptom *symptoms;
	size_t nsymptoms, cap_symptoms;
	struct map by_key;    /* of symptoms: their indices */
	struct buf notes;     /* of no file, a line each */
	struct buf templates; /* "id<TAB>level<TAB>text" of the logs, for later calls */
	int64_t started_ns;   /* of the earliest log with full times; 0: unknown */

	struct extract_set *extracts; /* add-extract.h */
	uint64_t filled, runs;        /* by new extracts: runs that got a value, of all */

	/* What was recorded. */
	struct run_record *was; /* the run as it was before; NULL: it is new */
	struct str run_id, run_name;
	enum run_verdict verdict;
	bool run_known;
	struct str *more_runs; /* of sources that hold several */
	size_t nmore_runs, cap_more_runs;
	char *case_path; /* NULL: none */
};

/* A text without secrets, in the arena. */
struct str add_safe(struct add *a, struct str s);
void add_note(struct add_file *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct variable *add_variable(struct add *a, struct str name, struct value v);

/* All that it holds. */
void add_release(struct add *a);

/* ---- add-files.c ---- */
/* Everything that path names. */
int add_open(struct add *a, const char *path, struct err *err) ERR_CHECK;
/* A text that we made ourselves; taken over. */
struct add_file *add_text(struct add *a, const char *name, struct buf *text);

/* ---- add-read.c ---- */
/* Tell what every file is and read it. */
int add_read(struct add *a, struct err *err) ERR_CHECK;

/* ---- add-log.c ---- */
/* All files of kind "log": their symptoms, and counts of templates as variables. */
int add_logs(struct add *a, struct err *err) ERR_CHECK;

/* ---- add-core.c ---- */
bool add_is_core(struct str data);
void add_core(struct add *a, uint32_t file);

/* ---- add-stacks.c ---- */
struct stacks;
/* A snapshot of threads in JSON. */
void add_stacks(struct add *a, uint32_t file);
/* What stacks that were read tell. */
void add_stacks_of(struct add *a, const struct stacks *st, uint32_t file);

/* ---- add-valgrind.c ---- */
void add_valgrind(struct add *a, uint32_t file);

/* ---- add-symptoms.c ---- */
/* The symptom that s is: a new one, or one seen before in this call, whose count then rises. */
struct add_symptom *add_symptom(struct add *a, const struct grouping_symptom *s, uint32_t file,
				uint64_t line);
/* Failed tests of all files. */
void add_failed_tests(struct add *a);
/* Variables out of the range of the good runs; symptoms that good runs have too. */
int add_against_good(struct add *a, struct store *s, struct err *err) ERR_CHECK;

/* ---- add-evidence.c ---- */
/* Keep every file's bytes, redacted; once it is known which of several runs a file is of. */
int add_evidence(struct add *a, struct err *err) ERR_CHECK;

/* ---- add-record.c ---- */
/* The run that --run names, or the one that has this evidence; files that it has are marked. Its
 * absence is no error but for --run. */
int add_find_run(struct add *a, struct store *s, struct err *err) ERR_CHECK;
/* Store the run. */
int add_record(struct add *a, struct store *s, struct err *err) ERR_CHECK;
/* Known templates: before reading and after recording. */
int add_read_templates(struct add *a, struct templates_known **known, struct err *err) ERR_CHECK;
int add_keep_templates(struct add *a, struct err *err) ERR_CHECK;

/* ---- add-case.c ---- */
struct casefile;
/* Put the symptoms to the rows of the case, or make new ones; the run to its lists. */
int add_to_case(struct add *a, struct casefile *c, struct err *err) ERR_CHECK;

/* ---- add-system.c ---- */
/* This machine's logs between two times (since 1970, UTC), as files. */
int add_system(struct add *a, int64_t from_ns, int64_t to_ns, struct err *err) ERR_CHECK;

/* ---- add-print.c ---- */
void add_print(const struct add *a);
void add_print_json(const struct add *a);
