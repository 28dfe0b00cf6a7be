/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of diagrams share. */
#pragma once

#include "causal/dag.h"

/* Fill the lists of neighbours, once all edges are there: edges that stand twice go. */
void dag_link(struct dag *g);
/* -ERR_INPUT if directed edges form a cycle, at one of its edges. */
int dag_check_cycle(const struct dag *g, struct err *err) ERR_CHECK;
