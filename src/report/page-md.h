/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page as Markdown that any forge renders (GitHub Flavored Markdown), with its charts as SVG
 * files beside it. Text stays text: addresses, mentions and references to issues stand in code
 * spans, where forges do not look for them. The same page gives the same bytes.
 */
#pragma once

#include "base/buf.h"
#include "report/page.h"

struct page_file {
	char *name; /* without a folder */
	struct buf bytes;
};

struct page_files {
	struct page_file *files;
	size_t n, cap;
};

/* {0} is an empty list. */
void page_files_release(struct page_files *f);

/* The files are called STEM-1.svg and so on. */
void page_md(const struct page *p, struct str stem, struct page_files *files, struct buf *out);
