/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the files of rundiff.h. */
#pragma once

#include "report/rundiff.h"
#include "report/style.h"

/* What the logs say; what lies between the commits. Nothing if there is nothing to say. */
void rundiff_add_logs(struct buf *b, const struct rundiff_report *rep);
void rundiff_add_code(struct buf *b, const struct rundiff_report *rep);

static inline void rundiff_add_heading(struct buf *b, const struct rundiff_report *rep,
				       const char *text)
{
	buf_add_char(b, '\n');
	style_add(b, rep->color, STYLE_BOLD, str_of(text));
	buf_add_char(b, '\n');
}
