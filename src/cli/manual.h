/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manual pages, from the same tables as the help: they cannot drift apart. */
#pragma once

#include "cli/command.h"

/* The page of one command, or (c NULL) of the program, in scdoc's language (scdoc(5)). */
void manual_print(const struct command *c, FILE *f);
