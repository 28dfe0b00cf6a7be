/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A causal diagram as SVG. Where nodes and edges go is asked of Graphviz's `dot` (a process of its
 * own, through exec/): it is given numbers and sizes, never a name, and gives numbers back (its
 * format "plain", dot(1)); what is drawn is ours. So nothing of a diagram's text can reach dot, nor
 * anything of dot the page, and fonts that a machine has or lacks change nothing.
 *
 * The picture is one <svg> element without script, link or font; colours are classes, for light and
 * for dark. Roles are told by shape and line, with a legend.
 */
#pragma once

#include "base/buf.h"
#include "causal/dag.h"

#define DIAGRAM_MAX_EDGES 2000
#define DIAGRAM_MAX_NODES 1000

/* What dot is asked. */
void diagram_dot(const struct dag *g, struct buf *out);
/* What it answered, drawn. -ERR_INPUT: it is not what dot writes for this diagram. */
int diagram_draw(const struct dag *g, struct str plain, struct buf *svg, struct err *err) ERR_CHECK;
/*
 * Both, with dot looked up in path (the variable PATH) and 5 s of time, within 1 GB of memory.
 * tmpdir: for its input. -ERR_NOTFOUND: there is no dot; -ERR_LIMIT: more nodes or edges than
 * above, or dot took too long.
 */
int diagram_svg(const struct dag *g, const char *path, const char *tmpdir, struct buf *svg,
		struct err *err) ERR_CHECK;
