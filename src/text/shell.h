/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a command line that is shown for pasting into a shell. */
#pragma once

#include "base/buf.h"

/* w as a shell takes it: as it is, or quoted; control bytes as $'\ooo'. */
void shell_add_word(struct buf *b, struct str w);
