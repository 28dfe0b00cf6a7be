/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gzip data as a source, by zlib: unlike libarchive's filter it checks the checksums, and gives
 * every byte of truncated data. Members one after the other are one stream (RFC 1952, 2.2).
 */
#pragma once

#define ZLIB_CONST
#include <zlib.h>

#include "log/source.h"

struct gunzip {
	struct source base;
	struct source *from;
	z_stream z;
	uint64_t fed; /* packed bytes handed to zlib */
	bool done;
	char *room;
};

void gunzip_init(struct gunzip *g, struct source *from); /* from must outlive it */
void gunzip_release(struct gunzip *g);
