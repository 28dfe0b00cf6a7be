/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reports and metrics of other tools -> variables, series and results of tests. One file a format
 * (read-NAME.c), each with one const struct import_reader; import.c lists them and chooses by
 * content first, by name where content does not decide.
 *
 * Conventions of all readers: testcases win over totals that disagree with them (a note says so);
 * numbers with units become base units (s, bytes, 1/s) with the unit named; what cannot be read is
 * an error with a line where the whole is unreadable, a note with a line where a part of it is; a
 * report that is cut off gives what it holds, and a note. Caps: IMPORT_MAX_ROWS rows,
 * IMPORT_MAX_TEXT bytes a text (cut, with "..." at the end). Input is hostile: no recursion as deep
 * as the input says, no external entities.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "types/record.h"

#define IMPORT_MAX_ROWS ((size_t)4 << 20)
#define IMPORT_MAX_TEXT ((size_t)64 << 10)

struct import_note {
	uint64_t line; /* 0: of the whole */
	struct str text;
};

/* What was read. Everything is in the arena; slices may point into the input, which must outlive
 * it. */
struct import {
	struct arena arena;
	const char *format; /* name of the reader */
	struct str *runs;   /* names of the runs that the source holds; runs[0] is "" for most */
	size_t nruns, cap_runs;
	struct variable *variables;
	size_t nvariables, cap_variables;
	struct series *series;
	size_t nseries, cap_series;
	struct test_result *tests;
	size_t ntests, cap_tests;
	struct import_note *notes;
	size_t nnotes, cap_notes;
	uint64_t skipped_lines; /* of line-based formats: lines that belong to something else */
};

/* A file of the source: most readers take one, some (mlruns) a folder of them. */
struct import_file {
	struct str path; /* relative to what was named; its name tells some formats */
	struct str data;
};

struct import_reader {
	const char *name; /* "junit" */
	const char *what; /* "JUnit XML": for help and lists */
	/* 0: surely not; 1 ... 100: how sure, by the file's name and its first 64 KiB. */
	int (*recognise)(struct str path, struct str head);
	int (*read)(struct import *im, const struct import_file *files, size_t n,
		    struct err *err) ERR_CHECK;
	bool folder; /* takes all files of a folder together */
};

extern const struct import_reader *const import_readers[]; /* ends in NULL */

void import_init(struct import *im);
void import_release(struct import *im);

/* The reader for a file, or NULL if none is sure (a log, a text without results). */
const struct import_reader *import_recognise(struct str path, struct str data);
/* The reader of that name, or NULL. */
const struct import_reader *import_reader_named(const char *name);
/* Read by a reader; what was read before stays. -ERR_INPUT: "line 12: ...". */
int import_read(struct import *im, const struct import_reader *r, const struct import_file *files,
		size_t n, struct err *err) ERR_CHECK;
/*
 * Metrics of any text by a regular expression (PCRE2) with named groups: every match gives a point
 * of the series of each group's name (axis: group "step" or "epoch" if there is one, else the
 * number of the match), or a variable if there is only one match.
 */
int import_pattern(struct import *im, struct str regex, struct str data, struct err *err) ERR_CHECK;

/* ---- for readers: adding to what was read; text is copied and cleaned as types/record.h asks ----
 */

uint32_t import_add_run(struct import *im, struct str name);
/* The new element, zeroed but for n = 1 and spread = NAN; -ERR_LIMIT past the cap is NULL. */
struct variable *import_add_variable(struct import *im, struct str name, struct value v);
struct test_result *import_add_test(struct import *im, struct str suite, struct str name,
				    enum test_status status);
/* A series to which import_add_point() adds; x and y belong to the arena. */
struct series *import_add_series(struct import *im, struct str name, struct str axis);
void import_add_point(struct import *im, struct series *s, double x, double y);
void import_note(struct import *im, uint64_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A text cut to IMPORT_MAX_TEXT, control characters but newline and tab replaced, valid UTF-8. */
struct str import_text(struct import *im, struct str s);
