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

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "types/record.h"

#define IMPORT_MAX_ROWS ((size_t)4 << 20)
#define IMPORT_MAX_TEXT ((size_t)64 << 10)
#define IMPORT_MAX_NAME ((size_t)1 << 10) /* names: cut with "..." too */
#define IMPORT_MAX_TOTAL                                                        \
	((size_t)1 << 30) /* of all texts; later ones are left out, with a note \
			   */
#define IMPORT_MAX_NOTES ((size_t)1000)
#define IMPORT_NO_RUN    UINT32_MAX
#define IMPORT_HEAD      ((size_t)64 << 10) /* what recognition looks at */
#define IMPORT_SURE      50                 /* of 100: as sure as a reader must be to be chosen */

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
	/* Of a folder, for each file in order: the run that it is of, or IMPORT_NO_RUN. NULL: every
	 * file is of all runs. */
	uint32_t *file_runs;
	struct import_note *notes;
	size_t nnotes, cap_notes;
	uint64_t skipped_lines; /* of line-based formats: lines that belong to something else */
	bool full;              /* a cap was reached: a note says so in the end */
};

/* A file of the source: most readers take one, some (mlruns) a folder of them. */
struct import_file {
	struct str path; /* relative to what was named; its name tells some formats */
	struct str data;
};

struct import_reader {
	const char *name; /* "junit" */
	const char *what; /* "JUnit XML": for help and lists */
	/*
	 * 0: surely not; 1 ... 100: how sure, by the file's name and IMPORT_HEAD bytes of it, as
	 * UTF-8: its head, and if no reader is sure then, its tail (from a line's beginning on).
	 */
	int (*recognise)(struct str path, struct str head);
	int (*read)(struct import *im, const struct import_file *files, size_t n,
		    struct err *err) ERR_CHECK;
	bool folder; /* takes all files of a folder together */
	bool tests;  /* gives results of tests: tests.passed and so on are made, be they all 0 */
};

extern const struct import_reader *const import_readers[]; /* ends in NULL */

void import_init(struct import *im);
void import_release(struct import *im);

/* The reader for a file, or NULL if none is sure (a log, a text without results). */
const struct import_reader *import_recognise(struct str path, struct str data);
/* The reader of that name, or NULL. */
const struct import_reader *import_reader_named(const char *name);
/*
 * Read by a reader; what was read before stays, also on failure. UTF-16 is converted and byte order
 * marks are taken off before the reader sees the files. If the source has results of tests, the
 * variables tests.passed, tests.failed, tests.error, tests.skipped and tests.seconds (if any time
 * is known) are counted from them, for each run. -ERR_INPUT: "line 12: ...".
 */
int import_read(struct import *im, const struct import_reader *r, const struct import_file *files,
		size_t n, struct err *err) ERR_CHECK;
/*
 * Metrics of any text by a regular expression (PCRE2) with named groups: every match gives a point
 * of the series of each group's name (axis: group "step" or "epoch" if there is one, else the
 * number of the match), or a variable if there is only one match.
 */
int import_pattern(struct import *im, struct str regex, struct str data, struct err *err) ERR_CHECK;

/*
 * ---- for readers: adding to what was read ----
 * Text is copied and cleaned as types/record.h asks. Past the caps functions that add return NULL
 * (im->full is set, import_read() says so in a note): the reader goes on or stops as it likes.
 */

uint32_t import_add_run(struct import *im, struct str name);
/* The new element, zeroed but for n = 1, spread = NAN, seconds = NAN, and run = the last run. */
struct variable *import_add_variable(struct import *im, struct str name, struct value v);
struct test_result *import_add_test(struct import *im, struct str suite, struct str name,
				    enum test_status status);
/* A series to which import_add_point() adds; x and y belong to the arena. The pointer is valid
 * until the next series is added. */
struct series *import_add_series(struct import *im, struct str name, struct str axis);
void import_add_point(struct import *im, struct series *s, double x, double y);
void import_note(struct import *im, uint64_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A note if a total that the report states (not of what: "failures") is not what was found. */
void import_claim(struct import *im, uint64_t line, const char *what, uint64_t claimed,
		  uint64_t found);

/* ---- text.c ---- */

/* A text cut to IMPORT_MAX_TEXT, control characters but newline and tab replaced, valid UTF-8. */
struct str import_text(struct import *im, struct str s);
/* The same for a name: on one line, cut to IMPORT_MAX_NAME. */
struct str import_name(struct import *im, struct str s);
/* The first line that is not blank, and the next if the first is only a place ("g.cc:2"); *text is
 * then what follows (its p is NULL at the end). If it ends in a colon, the next few lines say what,
 * and stay in *text too. */
struct str import_headline(struct import *im, struct str *text);
/* The headline becomes the message, what follows it the detail. */
void import_explain(struct import *im, struct test_result *t, struct str text);
/* Collect a line or more of a text up to IMPORT_MAX_TEXT; it ends in a newline. Blanks come only
 * after something else. */
void import_keep(struct buf *b, struct str s);
/* A time in seconds as reports write it: "1234.5", "1,234.5", "1,5", "0.5s", "12 ms"; false if it
 * is no finite number. */
bool import_seconds(struct str s, double *out);
/* A number with separators: as above without a unit. */
bool import_number(struct str s, double *out);

/* The lines of a text as a terminal would show them, without what ends them. If the first begins
 * with a time as CI services put it there (RFC 3339, Z), it is taken off of every line. */
struct import_lines {
	struct str rest; /* after the line; rest.p is NULL at the end */
	const char *at;  /* where the line begins in the text */
	uint64_t no;     /* of the line, from 1 */
	bool stamped;
	struct buf scratch; /* holds a line that had escape sequences, until the next */
};

#define IMPORT_LINES(text)              \
	{                               \
		.rest = (text), .no = 0 \
	}
void import_lines_release(struct import_lines *l);
#define CLEANUP_IMPORT_LINES __attribute__((cleanup(import_lines_release)))
bool import_next_line(struct import_lines *l, struct str *line);

/* If s begins with the prefix, take it off. */
static inline bool import_skip(struct str *s, struct str prefix)
{
	if (!str_starts(*s, prefix))
		return false;
	*s = str_from(*s, prefix.n);
	return true;
}
