/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page as one HTML file (HTML living standard) that needs nothing else: no network, no script but
 * our own, which its Content-Security-Policy (CSP level 3) names by their hashes. Without scripts
 * and on paper charts are static; nothing else differs. The same page gives the same bytes.
 */
#pragma once

#include "report/page.h"

struct buf;

void page_html(const struct page *p, struct buf *out);
