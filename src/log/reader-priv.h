/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside log/: what was learnt about an input. */
#pragma once

#include "base/hash.h"
#include "log/log-priv.h"
#include "log/wrap.h"

struct logreader {
	struct str data;
	struct format *formats[FORMATS_MAX]; /* in the order in which they are tried */
	uint32_t nformats;
	enum wrap wrap;
	bool composes;    /* lines may need room in the scratch buffer */
	bool headed;      /* lines without a header continue the event above */
	struct map names; /* of the fields of records */
};

/* "INFO: text": the second line of a two-line record. */
bool reader_second_line(struct str s);
/*
 * Read the header of a line by the reader's wrapper and formats. *inner is its text without the
 * wrapper, *flags as of wrap_open(); true if a format fitted.
 */
bool reader_header(const struct logreader *r, struct str text, struct buf *scratch,
		   struct logline *line, struct str *inner, unsigned *flags);
