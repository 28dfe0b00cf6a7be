/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of `inquest runs` share. */
#pragma once

#include "cli/options.h"

/* --define and --undefine: in inquest.conf, and what they take of stored series in the store; says
 * on stdout what was done. store: what --store says, or NULL. */
int runs_define(const struct option_list *define, const struct option_list *undefine,
		const char *store, struct err *err) ERR_CHECK;
