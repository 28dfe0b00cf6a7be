/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A set of logs opened, recognised and mined together, so that they share templates: what every
 * command on logs starts from. Memory beside the mapped inputs: 8 bytes a line, and a sparse index.
 */
#pragma once

#include "base/hash.h"
#include "log/input.h"
#include "log/reader.h"
#include "logset/entity.h"
#include "mine/digest.h"
#include "mine/mine.h"
#include "types/logrec.h"

#define LOGSET_PART         ((size_t)1 << 20) /* bytes that one thread reads at a time */
#define LOGSET_MARK         512               /* lines between two entries of a part's index */
#define LOGSET_MAX_ENTITIES ((size_t)1 << 22)

/* A piece of a file that can be read alone. */
struct logset_part {
	uint32_t file;     /* index into logset.files */
	uint64_t from, to; /* bytes */
	uint64_t line0;    /* lines of the file before it */
	uint64_t nlines;
	uint64_t cut_lines; /* longer than LOG_LINE_MAX */
	uint64_t *marks;    /* offset of its line i * LOGSET_MARK, i = 0, 1, ... */
	uint32_t worker;    /* whose miner and entities its records refer to while mining */
};

struct logset_file {
	struct str name; /* as shown */
	struct str rel;  /* below the directory or archive that was named */
	struct str data;
	const struct loginput *input;
	uint32_t side; /* as given to logset_add(): 0 good, 1 bad */
	struct logreader *reader;
	struct entity_source entities;
	size_t part0, nparts; /* its parts in logset.parts */
	uint64_t line0;       /* lines of the files before it */
	uint64_t nlines;
	uint64_t cut_lines;  /* longer than LOG_LINE_MAX */
	struct logrec *recs; /* of its lines */
	struct str note;     /* what a user should know of the reading; empty if nothing */
};

struct logset_origin {
	uint32_t side;
	bool several; /* it came with others, from a directory or an archive */
	bool digest;  /* it is in logset.digests, not in logset.files */
};

/* A digest in place of logs. */
struct logset_digest {
	struct str name;
	uint32_t side;
	struct digest digest;
	uint32_t *tmpl; /* template of each of its shapes, once mined */
};

struct logset {
	struct arena arena;
	struct loginputs inputs;
	struct logset_origin *origins; /* of each input */
	size_t norigins, origins_cap;
	struct logset_file *files;
	size_t nfiles;
	struct logset_digest *digests;
	size_t ndigests, digests_cap;
	struct logset_part *parts;
	size_t nparts, parts_cap;
	struct logrec *recs; /* of all lines of all files */
	uint64_t nlines;
	uint32_t nentities; /* threads and requests, numbered in order of appearance */
	struct templates *templates;
	unsigned coarse; /* as templates_coarse(), of what was mined or digested */
};

struct logset_opts {
	struct loginput_opts input;
	unsigned threads;                    /* 0: all processors */
	bool digests;                        /* inputs that are digests count as such */
	const struct logformat_set *formats; /* may be NULL */
	const struct templates_known *known; /* may be NULL */
	struct progress *progress;           /* bytes mined */
};

void logset_init(struct logset *s);
void logset_release(struct logset *s);

/* Open path (file, directory, archive, "-") for a side; read it if it is a digest. */
int logset_add(struct logset *s, const char *path, uint32_t side, const struct logset_opts *o,
	       struct err *err) ERR_CHECK;

/* The same of a file that is shown as name, and that is one of several of its run if rel, its name
 * among them, is not empty. */
int logset_add_named(struct logset *s, const char *path, struct str name, struct str rel,
		     uint32_t side, const struct logset_opts *o, struct err *err) ERR_CHECK;

/* Recognise what was added: what logset_mine() and logset_digest() begin with; the second call does
 * nothing. */
void logset_open(struct logset *s, const struct logset_opts *o);

/* Recognise and mine all that was added; call once. The result is the same for any number of
 * threads. */
void logset_mine(struct logset *s, const struct logset_opts *o);

/* Bytes of all inputs. */
uint64_t logset_size(const struct logset *s);

/* A cursor that returns line no (from 1) of a file next; logcursor_release() it. */
void logset_seek(const struct logset *s, uint32_t file, uint64_t no, struct logcursor *c);

/* Have the system bring a part's bytes into memory, before it is read. */
void logset_part_fetch(const struct logset *s, size_t part);

/* A cursor over one part. */
void logset_part_cursor(const struct logset *s, size_t part, struct logcursor *c);

/* The event of a head as its lines stand in the file, without the last line's ending; how many. */
struct str logset_event_text(const struct logset_file *f, const struct logline *head,
			     uint64_t *lines);

/* Number of the last line of the event whose head is line no. */
uint64_t logset_event_end(const struct logset *s, uint32_t file, uint64_t no);
