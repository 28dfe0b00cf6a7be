/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside log/: formats as programs of small steps, and what is shared by learning and reading.
 *
 * A format is a sequence of ops that walk over a line's header from left to right without ever
 * going back. The ops up to the required one must match; those after it may fail, and the message
 * then begins where the first of them failed.
 */
#pragma once

#include "base/mem.h"
#include "log/reader.h"
#include "text/timestamp.h"

#define HEADER_MAX_TOKENS 28
#define HEADER_MAX_BYTES  480
#define FORMAT_MAX_OPS    40
#define FORMATS_MAX       24
#define FORMAT_NONE       UINT32_MAX /* in logline.format: no header */

enum field {
	FIELD_NONE,
	FIELD_TIME,
	FIELD_LEVEL,
	FIELD_HOST,
	FIELD_PROCESS,
	FIELD_THREAD,
	FIELD_FUNCTION,
	FIELD_SOURCE,
	FIELD_COUNT,
};

/* ---- lex.c: the beginning of a line as typed tokens ---- */

enum token_kind {
	TOKEN_END,
	TOKEN_TIME,   /* sub: shape */
	TOKEN_LEVEL,  /* sub: 1 a word that is surely a level, 0 one that may be */
	TOKEN_LETTER, /* one capital letter that may be a level; sub: 1 glued to a timestamp */
	TOKEN_ATOM,   /* a run without blanks */
	TOKEN_TAG,    /* "name:" or "name[pid]:" before a blank; without the colon */
	TOKEN_GROUP,  /* [...] (...) <...>, balanced; sub: the opening bracket */
	TOKEN_QUOTED,
	TOKEN_SYMBOL, /* a column of punctuation that is a level; only of columns */
	TOKEN_PUNCT,  /* sub: the character; a run of - or = counts as one */
};

enum token_gap { GAP_NONE, GAP_BLANK, GAP_BLANKS, GAP_TAB };

struct token {
	uint8_t kind, sub, gap; /* gap: what stands before it */
	uint16_t at, n;
};

/* At most max tokens of the line's first HEADER_MAX_BYTES; how many. */
size_t lex_header(struct str line, struct token *t, size_t max);
/* Length of a balanced bracket group at the beginning of s, brackets included; 0 if none. */
size_t lex_group(struct str s, size_t max);

/* ---- format.c: running a learnt format over a line ---- */

enum op_kind {
	OP_TIME,
	OP_LEVEL,    /* a run of letters and digits; the level is looked up */
	OP_LETTER,   /* one letter */
	OP_PRIORITY, /* <34> */
	OP_ATOM,     /* up to a blank or the byte arg */
	OP_TAG,      /* up to ": ", with [pid] */
	OP_GROUP,    /* a balanced group that opens with arg; field gets its trimmed inside */
	OP_SYMBOL,   /* one of . - * #: redis' levels */
	OP_DATA,     /* structured data of RFC 5424: - or [...][...] */
	OP_CHAR,     /* the byte arg; a run of it for - and = */
	OP_BLANKS,   /* one or more */
	OP_BLANK,    /* exactly one, at the end of a header that is only a time */
	OP_SKIP,     /* any number of blanks, none too */
	OP_UNTIL,    /* up to the text lit, which is consumed too */
};

struct op {
	uint8_t kind, field;
	char arg;
	uint8_t split; /* OP_GROUP, OP_ATOM: how to take the inside apart, enum split */
	struct str lit;
	struct timestamp_plan plan;
};

enum split {
	SPLIT_NONE,
	SPLIT_CLASS_AT,   /* thread:class@line */
	SPLIT_LINE_HASH,  /* logger#line */
	SPLIT_FIRST_WORD, /* only the first word is the id */
	SPLIT_TAG,        /* name[12] */
	SPLIT_MODULE,     /* module:level */
	SPLIT_PID_TID,    /* pid 1:tid 2, 1#2, 1:M: first and second number */
	SPLIT_DASH,       /* a field that is "-" when it is empty */
};

enum format_kind { FORMAT_OPS, FORMAT_JSON, FORMAT_LOGFMT, FORMAT_USER };

/* Two-line records: what stands on the second line. */
enum below { BELOW_NONE, BELOW_LEVEL, BELOW_TEXT };

struct format {
	enum format_kind kind;
	enum below below;
	struct op ops[FORMAT_MAX_OPS];
	uint32_t nops, required;
	uint32_t rank; /* lines of the sample that it read */
	uint8_t shape; /* of its time */
	bool timed;
	bool bare; /* says nothing but when and where: a report may be cut into such lines */
	const struct userformat *user;     /* FORMAT_USER; NULL: a name at the end (tail.c) */
	const struct map *names;           /* of records */
	char *about;                       /* for people */
	struct format *inner[FORMATS_MAX]; /* formats of the message, most frequent first */
	uint32_t ninner;
};

/*
 * Read the header of a line (its visible text). On failure the fields of out are undefined. What an
 * inner header says wins, except for the time. scratch as for record_json().
 */
bool format_match(const struct format *f, struct str text, struct buf *scratch, struct logline *out,
		  bool *whole);
/* The ops alone, without the headers inside the message. *whole: all of them matched. */
bool format_ops(const struct format *f, struct str text, struct logline *out, bool *whole);
/* What the header looks like, for people; the caller frees it. */
char *format_describe(const struct format *f);
bool format_composes(const struct format *f);
void format_free(struct format *f);

/* ---- learn.c ---- */

/*
 * Formats of a sample of lines, most frequent first; at most max. outer: the format whose messages
 * the lines are, where only what is surely a header counts; NULL if they are lines.
 */
size_t learn_formats(const struct str *lines, size_t n, const struct format *outer,
		     struct format **out, size_t max);

/* ---- teach.c: a sample of the input and what is learnt from it ---- */

struct logreader;

void teach(struct logreader *r, const struct logformat_set *own);

/* ---- lines.c ---- */

/* The end of the line at p: the \n or end. *control: it holds control characters but tabs. */
const char *line_end(const char *p, const char *end, bool *control);
/* The text of a line as it is recognised; first: of the input. */
struct str line_text(struct str raw, bool first, bool control, struct buf *scratch);

/* ---- tail.c ---- */

/* The format of a name in parentheses at the end of nearly all messages; NULL if they have none. */
struct format *tail_learn(const struct str *messages, size_t n);
/* Do nearly all of n texts end so, of which have do? */
bool tail_usual(size_t have, size_t n);
/* Cut it off: fills function and message. */
bool tail_match(struct str text, struct logline *line);

/* ---- userformat.c ---- */

struct userformat;

size_t userformat_count(const struct logformat_set *s);
const struct userformat *userformat_get(const struct logformat_set *s, size_t i);
/* Read a line by a user-defined format. */
bool userformat_match(const struct userformat *u, struct str text, struct buf *scratch,
		      struct logline *line);
bool userformat_timed(const struct userformat *u);
