/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the timeline share. */
#pragma once

#include "logset/timeline.h"

/* timeline-marks.c: rows of each log for its templates, symptoms and ends, in the order of its
 * lines; *from (caller frees) gets where each log's rows begin, one more at the end. */
void timeline_choose(struct timeline *t, size_t **from);

/* timeline-time.c: keys of all rows; rows for silences are added. */
void timeline_times(struct timeline *t, const size_t *from, unsigned threads, struct buf *notes);
