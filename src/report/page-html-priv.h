/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files page-html*.c. */
#pragma once

#include "base/buf.h"
#include "report/page-html.h"

struct html {
	const struct page *p;
	struct buf *out;
	unsigned level;     /* of the last heading, as it is shown */
	struct str section; /* its text */
	bool scripts;
	size_t *cited; /* how often, of each piece of evidence */
};

void html_cite(struct html *h, size_t evidence);
void html_pre(struct html *h, const char *class, struct str text);
/* A box of its own for what may be wider than the page; to be closed with </div>. */
void html_scroll_open(struct html *h, struct str name);

void html_chart(struct html *h, const struct page_block *b);
void html_bars(struct html *h, const struct page_block *b);
void html_diagram(struct html *h, const struct page_block *b);
