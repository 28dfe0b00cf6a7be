/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work on a case document, simulated: the program and a person edit in turn, and two branches are
 * merged. What is checked is checked on the bytes, not by the code under test.
 */
#pragma once

#include <stdint.h>

struct casework_result {
	uint64_t program, person, refused; /* edits */
	uint64_t clean, settled, reported; /* merges */
	char fault[1200];                  /* the first thing that went wrong; empty: nothing */
};

void casework_edits(uint64_t n, uint64_t seed, struct casework_result *r);
/* dir: for files. Needs git. */
void casework_merges(uint64_t n, uint64_t seed, const char *dir, struct casework_result *r);
