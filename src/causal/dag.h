/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Causal diagrams in DAGitty's syntax (dagitty.net, "Primer": the textual form of a model):
 *
 *	dag {
 *	  pool_size -> wait -> latency      chains
 *	  commit -> { pool_size threads }   groups: an edge to each
 *	  load <-> latency                  a common cause that nobody measured
 *	  commit [exposure, pos="1,2"]  latency [outcome, var="latency.p99"]
 *	}
 *
 * Statements are separated by blanks, line breaks or semicolons. Names are letters, digits, "_" and
 * ".", or stand in double quotes. Edges are ->, <-, <->, --, and with circles @->, <-@, @-@, @--,
 * --@. Keywords: dag, pdag, mag, pag, graph, digraph (a dag); none is a dag. Comments: from "//" or
 * "#" to the end of the line, and between slash-star and star-slash. Attributes that are not known
 * are left out. The attribute "var" names the variable of the record that a node stands for;
 *without it that is the node's own name. An attribute behind a chain is one of its edges.
 *
 * Pure. The parser's work is linear in the text and the edges that it makes.
 */
#pragma once

#include "base/err.h"
#include "base/hash.h"

#define DAG_MAX_TEXT  ((size_t)1 << 20)
#define DAG_MAX_NODES 10000
#define DAG_MAX_EDGES 100000
#define DAG_NONE      UINT32_MAX

enum dag_kind { DAG_DAG, DAG_PDAG, DAG_MAG, DAG_PAG, DAG_GRAPH };

/* What stands at an end of an edge. */
enum dag_mark { DAG_TAIL, DAG_ARROW, DAG_CIRCLE };

enum dag_role {
	DAG_EXPOSURE = 1,
	DAG_OUTCOME = 2,
	DAG_LATENT = 4, /* not measured */
	DAG_ADJUSTED = 8,
	DAG_SELECTED = 16, /* what was looked at depends on it */
};

struct dag_node {
	struct str name, var;
	unsigned roles;
	bool has_pos;
	double x, y;
	uint64_t line, column; /* where it is first named */
};

/* An edge with one arrow points from `from` to `to`. */
struct dag_edge {
	uint32_t from, to;
	enum dag_mark at_from, at_to;
	uint64_t line, column;
};

/* Neighbours of each node: items[start[i] ... start[i + 1]), sorted. */
struct dag_lists {
	uint32_t *start, *items;
};

struct dag {
	struct arena arena;
	enum dag_kind kind;
	struct intern names; /* ids are those of nodes */
	struct dag_node *nodes;
	size_t n, cap;
	struct dag_edge *edges; /* none twice */
	size_t nedges, cap_edges;
	struct dag_lists parents, children; /* by edges with one arrow and one tail */
	struct dag_lists others;            /* by all other edges */
};

/*
 * Parse a diagram whose text begins in this line of its file (1, if that is all there is).
 * -ERR_INPUT: "line:column: what is wrong"; -ERR_LIMIT. What is called a dag has only -> and
 * <->, what is called a pdag or mag also --; none of them has a directed cycle. On failure *g is as
 * it was.
 */
int dag_parse(struct dag *g, struct str text, uint64_t line, struct err *err) ERR_CHECK;
void dag_release(struct dag *g);

/* The node of that name; DAG_NONE. */
uint32_t dag_find(const struct dag *g, struct str name);

static inline bool dag_is_directed(const struct dag_edge *e)
{
	return e->at_from == DAG_TAIL && e->at_to == DAG_ARROW;
}
