/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inquest diff of two files of settings: JSON, YAML, TOML, INI, or what `env` prints. */
#pragma once

#include "cli/command.h"

struct diff_config {
	const char *good, *bad; /* paths */
	const char *command;
	bool json, verbose;
};

/* Are both files of settings, by their names and by what they hold? */
bool diff_config_given(const struct diff_config *d);
int diff_config(struct cli *cli, const struct diff_config *d, int *status,
		struct err *err) ERR_CHECK;
