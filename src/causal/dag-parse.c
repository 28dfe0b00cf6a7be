// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Parsing of diagrams: see dag.h. Recursive descent over one text; a group is the set of the nodes
 * that its statements name.
 */
#include <math.h>
#include <stdlib.h>

#include "causal/dag-priv.h"

#define MAX_DEPTH 32 /* of groups */

struct parser {
	struct str text;
	size_t at;
	uint64_t line;
	size_t line_start;
	unsigned depth;
	struct dag *g;
	struct err *err;
};

/* The nodes of one end of an edge. */
struct set {
	uint32_t *items;
	size_t n, cap;
};

static const struct {
	const char *text;
	enum dag_mark left, right;
} signs[] = {
	{"<->", DAG_ARROW, DAG_ARROW},  {"<-@", DAG_ARROW, DAG_CIRCLE},
	{"<-", DAG_ARROW, DAG_TAIL},    {"->", DAG_TAIL, DAG_ARROW},
	{"--@", DAG_TAIL, DAG_CIRCLE},  {"--", DAG_TAIL, DAG_TAIL},
	{"@->", DAG_CIRCLE, DAG_ARROW}, {"@-@", DAG_CIRCLE, DAG_CIRCLE},
	{"@--", DAG_CIRCLE, DAG_TAIL},
};

static const struct {
	const char *word;
	enum dag_kind kind;
} kinds[] = {{"dag", DAG_DAG}, {"digraph", DAG_DAG}, {"pdag", DAG_PDAG},
	     {"mag", DAG_MAG}, {"pag", DAG_PAG},     {"graph", DAG_GRAPH}};

static const struct {
	const char *word;
	enum dag_role role;
} roles[] = {{"exposure", DAG_EXPOSURE}, {"source", DAG_EXPOSURE},  {"outcome", DAG_OUTCOME},
	     {"target", DAG_OUTCOME},    {"latent", DAG_LATENT},    {"unobserved", DAG_LATENT},
	     {"adjusted", DAG_ADJUSTED}, {"selected", DAG_SELECTED}};

static uint64_t column(const struct parser *p)
{
	return p->at - p->line_start + 1;
}

static int fail(struct parser *p, const char *what)
{
	struct str rest = str_head(str_from(p->text, p->at), 20);
	size_t n = 0;

	while (n < rest.n && (unsigned char)rest.p[n] > ' ')
		n++;
	if (!rest.n)
		return err_set(p->err, ERR_INPUT, "%llu:%llu: %s, at the end",
			       (unsigned long long)p->line, (unsigned long long)column(p), what);
	return err_set(p->err, ERR_INPUT, "%llu:%llu: %s, at '%.*s'", (unsigned long long)p->line,
		       (unsigned long long)column(p), what, (int)(n ? n : 1), rest.p);
}

static int too_many(struct parser *p, size_t max, const char *what)
{
	return err_set(p->err, ERR_LIMIT, "%llu:%llu: more than %zu %s",
		       (unsigned long long)p->line, (unsigned long long)column(p), max, what);
}

/* ---- the text ---- */

static bool at_text(const struct parser *p, const char *s)
{
	return str_starts(str_from(p->text, p->at), str_of(s));
}

static bool at_byte(const struct parser *p, const char *any)
{
	return p->at < p->text.n && p->text.p[p->at] && strchr(any, p->text.p[p->at]);
}

static void step(struct parser *p, size_t n)
{
	for (; n && p->at < p->text.n; n--)
		if (p->text.p[p->at++] == '\n') {
			p->line++;
			p->line_start = p->at;
		}
}

static void skip_until(struct parser *p, const char *end)
{
	while (p->at < p->text.n && !at_text(p, end))
		step(p, 1);
}

/* Blanks and comments. */
static int skip(struct parser *p)
{
	for (;;) {
		if (at_byte(p, " \t\r\n\f\v")) {
			step(p, 1);
		} else if (at_text(p, "//") || at_text(p, "#")) {
			skip_until(p, "\n");
		} else if (at_text(p, "/*")) {
			skip_until(p, "*/");
			if (p->at == p->text.n)
				return fail(p, "a comment has no end");
			step(p, 2);
		} else {
			return 0;
		}
	}
}

static bool is_name_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c >= 0x80;
}

/* The word that stands here; empty if none does. Values may be numbers with signs. */
static struct str word(const struct parser *p, bool value)
{
	size_t n = 0;

	while (p->at + n < p->text.n) {
		char c = p->text.p[p->at + n];

		if (!is_name_byte((unsigned char)c) && !(value && (c == '-' || c == '+')))
			break;
		n++;
	}
	return (struct str){p->text.p + p->at, n};
}

/* "..." with \" and \\ in it. */
static int quoted(struct parser *p, struct str *out)
{
	struct str rest = str_from(p->text, p->at + 1);
	size_t n = 0, end = 0;
	char *to;

	while (end < rest.n && rest.p[end] != '"')
		end += rest.p[end] == '\\' && end + 1 < rest.n ? 2 : 1;
	if (end >= rest.n)
		return fail(p, "a quoted text has no end");
	to = arena_bytes(&p->g->arena, end + 1);
	for (size_t i = 0; i < end; i++) {
		i += rest.p[i] == '\\' && (rest.p[i + 1] == '"' || rest.p[i + 1] == '\\');
		if ((unsigned char)rest.p[i] < ' ' || rest.p[i] == 0x7f)
			return fail(p, "a quoted text is one line of text");
		to[n++] = rest.p[i];
	}
	step(p, end + 2);
	*out = (struct str){to, n};
	return 0;
}

/* A name, or a value of an attribute, and what is blank behind it. */
static int read_word(struct parser *p, bool value, struct str *out)
{
	if (at_byte(p, "\"")) {
		int rc = quoted(p, out);

		if (rc)
			return rc;
	} else {
		*out = arena_str(&p->g->arena, word(p, value));
		step(p, out->n);
		if (!out->n)
			return fail(p, value ? "no value" : "no name");
	}
	return skip(p);
}

static bool take(struct parser *p, const char *s)
{
	if (!at_text(p, s))
		return false;
	step(p, strlen(s));
	return true;
}

/* ---- attributes ---- */

static int set_pos(struct parser *p, struct dag_node *n, struct str value)
{
	size_t comma = str_find_char(value, ',');

	n->has_pos = str_double(str_trim(str_head(value, comma)), &n->x) &&
		     str_double(str_trim(str_from(value, comma + 1)), &n->y) && isfinite(n->x) &&
		     isfinite(n->y);
	return n->has_pos ? 0
			  : fail(p, "pos is no pair of numbers, \"1,2\", in what stands before");
}

/* key or key=value of these nodes; of an edge if there are none. */
static int attribute(struct parser *p, const struct set *nodes)
{
	struct str key, value = {0};
	bool is_role = false;
	int rc = read_word(p, false, &key);

	if (!rc && take(p, "=")) {
		rc = skip(p);
		if (!rc)
			rc = read_word(p, true, &value);
	}
	for (size_t i = 0; !rc && i < ARRAY_SIZE(roles); i++) {
		if (!str_eq(key, str_of(roles[i].word)))
			continue;
		is_role = true;
		for (size_t k = 0; k < nodes->n; k++)
			p->g->nodes[nodes->items[k]].roles |= roles[i].role;
	}
	if (!rc && !nodes->n && (is_role || str_eq(key, STR("var"))))
		return fail(p, "an edge has no role and no variable: give the node a statement of "
			       "its own, in what stands before");
	for (size_t k = 0; !rc && k < nodes->n; k++) {
		struct dag_node *n = &p->g->nodes[nodes->items[k]];

		if (str_eq(key, STR("pos")))
			rc = set_pos(p, n, value);
		else if (str_eq(key, STR("var")) && value.n)
			n->var = value;
	}
	return rc;
}

static int attributes(struct parser *p, const struct set *nodes)
{
	int rc = skip(p);

	while (!rc && !take(p, "]")) {
		if (take(p, ",") || take(p, ";"))
			rc = skip(p);
		else if (p->at == p->text.n)
			rc = fail(p, "']' is missing");
		else
			rc = attribute(p, nodes);
	}
	return rc ? rc : skip(p);
}

/* ---- nodes and edges ---- */

static int node(struct parser *p, struct set *s)
{
	struct str name;
	uint64_t line = p->line, col = column(p);
	uint32_t id;
	int rc = read_word(p, false, &name);

	if (rc)
		return rc;
	if (!name.n)
		return err_set(p->err, ERR_INPUT, "%llu:%llu: a name is empty",
			       (unsigned long long)line, (unsigned long long)col);
	if (p->g->n == DAG_MAX_NODES && !intern_find(&p->g->names, name, &id))
		return too_many(p, DAG_MAX_NODES, "nodes");
	id = intern_add(&p->g->names, name);
	if (id == p->g->n)
		array_push(p->g->nodes, p->g->n, p->g->cap) =
			(struct dag_node){.name = name, .var = name, .line = line, .column = col};
	if (s->n == DAG_MAX_EDGES)
		return too_many(p, DAG_MAX_EDGES, "nodes in a group");
	array_push(s->items, s->n, s->cap) = id;
	return 0;
}

/* Is there an edge of this sort in a diagram of this kind? */
static bool is_allowed(enum dag_kind kind, enum dag_mark a, enum dag_mark b)
{
	if (kind == DAG_PAG || kind == DAG_GRAPH)
		return true;
	if (a == DAG_CIRCLE || b == DAG_CIRCLE)
		return false;
	return kind != DAG_DAG || a == DAG_ARROW || b == DAG_ARROW;
}

/* From the arrow's tail on; edges without direction from the node that was named first. */
static struct dag_edge edge_of(uint32_t a, uint32_t b, size_t sign)
{
	struct dag_edge e = {
		.from = a, .to = b, .at_from = signs[sign].left, .at_to = signs[sign].right};
	bool turn = e.at_from == e.at_to ? a > b : e.at_from == DAG_ARROW || e.at_to == DAG_TAIL;

	if (turn)
		e = (struct dag_edge){.from = b,
				      .to = a,
				      .at_from = signs[sign].right,
				      .at_to = signs[sign].left};
	return e;
}

static int connect(struct parser *p, const struct set *left, const struct set *right, size_t sign,
		   uint64_t line, uint64_t col)
{
	for (size_t i = 0; i < left->n; i++)
		for (size_t k = 0; k < right->n; k++) {
			struct dag_edge e = edge_of(left->items[i], right->items[k], sign);

			if (e.from == e.to)
				return err_set(p->err, ERR_INPUT,
					       "%llu:%llu: an edge from a node to itself",
					       (unsigned long long)line, (unsigned long long)col);
			if (p->g->nedges == DAG_MAX_EDGES)
				return too_many(p, DAG_MAX_EDGES, "edges");
			e.line = line;
			e.column = col;
			array_push(p->g->edges, p->g->nedges, p->g->cap_edges) = e;
		}
	return 0;
}

/* all: gets the nodes that are named, unless it is NULL. */
static int statements(struct parser *p, struct set *all);

/* A node or a group. */
static int operand(struct parser *p, struct set *s)
{
	int rc;

	if (!take(p, "{"))
		return node(p, s);
	if (p->depth == MAX_DEPTH)
		return fail(p, "groups are nested too deeply");
	p->depth++;
	rc = statements(p, s);
	p->depth--;
	return rc ? rc : skip(p);
}

static size_t take_sign(struct parser *p)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(signs) && !take(p, signs[i].text))
		i++;
	return i;
}

static int add_all(struct parser *p, struct set *to, const struct set *from)
{
	if (!to)
		return 0;
	if (to->n + from->n > DAG_MAX_EDGES)
		return too_many(p, DAG_MAX_EDGES, "nodes in a group");
	for (size_t i = 0; i < from->n; i++)
		array_push(to->items, to->n, to->cap) = from->items[i];
	return 0;
}

/* What comes after the first operand of a statement: edges on, and attributes. */
static int chain(struct parser *p, struct set *left, struct set *all)
{
	const struct set none = {0};
	bool edges = false;
	int rc = 0;

	while (!rc) {
		uint64_t line = p->line, col = column(p);
		size_t sign = take_sign(p);
		struct set right = {0};

		if (sign == ARRAY_SIZE(signs))
			break;
		if (!is_allowed(p->g->kind, signs[sign].left, signs[sign].right))
			return err_set(p->err, ERR_INPUT,
				       "%llu:%llu: '%s' does not stand in a diagram of this kind "
				       "(pdag and mag have --, pag has @)",
				       (unsigned long long)line, (unsigned long long)col,
				       signs[sign].text);
		edges = true;
		rc = skip(p);
		if (!rc)
			rc = operand(p, &right);
		if (!rc)
			rc = connect(p, left, &right, sign, line, col);
		if (!rc)
			rc = add_all(p, all, &right);
		free(left->items);
		*left = right;
	}
	while (!rc && take(p, "["))
		rc = attributes(p, edges ? &none : left);
	return rc;
}

/* NAME=VALUE on its own: how the diagram is shown. */
static bool at_setting(const struct parser *p)
{
	struct parser q = *p;
	struct str w = word(p, false);

	q.err = NULL;
	step(&q, w.n);
	return w.n && !skip(&q) && at_text(&q, "=");
}

static int setting(struct parser *p)
{
	struct str ignored;
	int rc = read_word(p, false, &ignored);

	step(p, 1);
	if (!rc)
		rc = skip(p);
	return rc ? rc : read_word(p, true, &ignored);
}

static int statement(struct parser *p, struct set *all)
{
	struct set left = {0};
	int rc = operand(p, &left);

	if (!rc)
		rc = add_all(p, all, &left);
	if (!rc)
		rc = chain(p, &left, all);
	free(left.items);
	return rc;
}

/* Up to the brace that closes, which is taken. */
static int statements(struct parser *p, struct set *all)
{
	int rc = skip(p);

	while (!rc && !take(p, "}")) {
		if (take(p, ";") || take(p, ","))
			rc = skip(p);
		else if (p->at == p->text.n)
			rc = fail(p, "'}' is missing");
		else
			rc = at_setting(p) ? setting(p) : statement(p, all);
	}
	return rc;
}

/* "dag NAME {" */
static int head(struct parser *p)
{
	struct str name, w;
	bool known = false;
	int rc = skip(p);

	w = word(p, false);
	for (size_t i = 0; !rc && !known && i < ARRAY_SIZE(kinds); i++) {
		known = str_eq(w, str_of(kinds[i].word));
		if (known)
			p->g->kind = kinds[i].kind;
	}
	if (known) {
		step(p, w.n);
		rc = skip(p);
	}
	if (!rc && known && !at_text(p, "{"))
		rc = read_word(p, false, &name);
	if (!rc && !take(p, "{"))
		rc = fail(p, "a diagram begins with \"dag {\"");
	return rc;
}

int dag_parse(struct dag *out, struct str text, uint64_t line, struct err *err)
{
	struct dag g = {0};
	struct parser p = {.text = text, .line = line, .g = &g, .err = err};
	int rc;

	if (text.n > DAG_MAX_TEXT)
		return err_set(err, ERR_LIMIT, "%llu:1: a diagram of more than %zu bytes",
			       (unsigned long long)line, DAG_MAX_TEXT);
	arena_init(&g.arena);
	intern_init(&g.names);
	rc = head(&p);
	if (!rc)
		rc = statements(&p, NULL);
	if (!rc)
		rc = skip(&p);
	if (!rc && p.at < text.n)
		rc = fail(&p, "more behind the diagram's end");
	if (!rc) {
		dag_link(&g);
		if (g.kind != DAG_PAG && g.kind != DAG_GRAPH)
			rc = dag_check_cycle(&g, err);
	}
	if (rc)
		dag_release(&g);
	else
		*out = g;
	return rc;
}
