/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Markdown that people wrote, as part of a page. Links and images become their text and their
 * address as text; HTML is shown as it stands; headings go below the one that the prose stands
 * under. What is longer than PROSE_MAX, and everything in a build without libcmark-gfm, is shown as
 * it stands.
 */
#pragma once

#include "base/buf.h"

#define PROSE_MAX ((size_t)256 << 10)

/* level: of the heading above. */
void prose_html(struct buf *out, struct str markdown, unsigned level);
void prose_md(struct buf *out, struct str markdown, unsigned level);

/* Would a forge make a link of this word: an address, a mention, a reference to an issue? */
bool prose_is_link(struct str word);
