/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file is, told by its first bytes. Pure. */
#pragma once

#include "base/str.h"

#define SNIFF_HEAD ((size_t)64 << 10) /* bytes that are enough to judge by */

enum sniff_kind {
	SNIFF_TEXT,
	SNIFF_UTF16LE,
	SNIFF_UTF16BE,
	SNIFF_GZIP,
	SNIFF_PACKED, /* otherwise compressed or an archive: for libarchive */
	SNIFF_BINARY, /* anything else that is no text */
};

struct sniff {
	enum sniff_kind kind;
	const char *what; /* for people: "gzip data", "an ELF file (...)"; static */
	const char *hint; /* SNIFF_BINARY: what to do instead; static, or NULL */
	size_t at;        /* SNIFF_BINARY: offset of what gave it away */
	size_t skip;      /* bytes that are no text: a byte order mark */
};

/* head: the first SNIFF_HEAD bytes, or all if there are fewer. */
void sniff(struct str head, struct sniff *out);
