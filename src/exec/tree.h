/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Process trees by /proc (proc(5)), without memory of the heap. Descendants are found through
 * /proc/PID/task/TID/children; on a kernel without it, by the parents of all processes.
 */
#pragma once

#include "exec/exec.h"

#define TREE_MAX 16384

struct tree {
	size_t n;
	uint32_t pages[TREE_MAX]; /* of RSS, by tree_sample() */
	int pids[TREE_MAX]; /* each after its parent; what is more than TREE_MAX is left out */
};

/* The descendants of root, itself not among them, as far as they can be seen at this moment. */
void tree_walk(struct tree *t, int root);
/* What they take together, but for at_ns, pss and what is of their group. */
void tree_sample(struct tree *t, struct exec_sample *s);
/* Their PSS together: the kernel walks over all their pages, 10 to 20 us/MB. */
uint64_t tree_pss(const struct tree *t);
