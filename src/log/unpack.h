/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compressed data and archives, through libarchive: a source in, the members as sources out.
 * Filters gzip, xz, zstd, bzip2, lz4; formats tar, zip, none (compressed data) and empty; never
 * more, because libarchive's guesses would take plain logs for something else.
 */
#pragma once

#include "log/source.h"

struct unpack;

struct unpack_member {
	struct str name; /* as stored, not trusted; valid until the next member */
	bool archive;    /* false: the content of compressed data, without a name */
	bool file;       /* a regular file with content: worth reading */
	bool encrypted;
	struct source *content; /* valid until the next member */
};

/* from must outlive it, and is read to where the reading of members got to. */
int unpack_new(struct unpack **u, struct source *from, struct err *err) ERR_CHECK;
void unpack_free(struct unpack *u);

/* 1: *m is the next member; 0: no more; or an error. */
int unpack_next(struct unpack *u, struct unpack_member *m, struct err *err) ERR_CHECK;
/* Why the end came too early; NULL: it did not. */
const char *unpack_note(const struct unpack *u);
