// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Conditions: see where.h. A recursive descent over the text with a cap on depth builds nodes in an
 * array; evaluation walks them with short circuits.
 */
#include "text/where.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "text/level.h"
#include "text/lexer.h"
#include "text/pattern.h"

#define MAX_DEPTH  64
#define MAX_NODES  4096
#define MAX_VALUES ((size_t)1 << 20) /* of one "in" */

struct node {
	enum where_op op;
	uint32_t left, right; /* nodes of OR, AND, NOT (left) */
	size_t from, to;      /* its text, with its parentheses */
	struct where_leaf leaf;
	struct pattern *pattern; /* the leaf's, owned */
};

struct where {
	struct arena arena;
	struct node *nodes;
	size_t n, cap;
	uint32_t root;
	struct str text;
};

/* Signs that bare words may hold: paths, times, versions. */
#define SIGNS "_.-:/$@+%#*[]"

struct parser {
	struct where *w;
	struct lexer lex;
	const char *const *fields;
	size_t nfields;
	struct err *err;
};

static const struct {
	struct str word;
	enum where_op op;
} operators[] = {
	{{"==", 2}, WHERE_EQ}, {{"!=", 2}, WHERE_NE},      {{"<=", 2}, WHERE_LE},
	{{">=", 2}, WHERE_GE}, {{"!~", 2}, WHERE_NOMATCH}, {{"<", 1}, WHERE_LT},
	{{">", 1}, WHERE_GT},  {{"=", 1}, WHERE_EQ},       {{"~", 1}, WHERE_MATCH},
};

static int fail(struct parser *p, const char *what)
{
	return lexer_fail(&p->lex, what);
}

static bool take(struct parser *p, struct str token)
{
	return lexer_take(&p->lex, token);
}

static bool take_word(struct parser *p, const char *word)
{
	return lexer_take_word(&p->lex, word);
}

static int new_node(struct parser *p, struct node node, uint32_t *out)
{
	if (p->w->n >= MAX_NODES)
		return fail(p, "too long");
	*out = (uint32_t)p->w->n;
	array_push(p->w->nodes, p->w->n, p->w->cap) = node;
	return 0;
}

static int parse_value(struct parser *p, struct str *out)
{
	struct str word;

	if (lexer_at_quote(&p->lex))
		return lexer_quoted(&p->lex, &p->w->arena, out);
	word = lexer_peek(&p->lex);
	if (!word.n)
		return fail(p, "a value is missing (quote it if it holds signs)");
	p->lex.at += word.n;
	*out = arena_str(&p->w->arena, word);
	return 0;
}

static int parse_operator(struct parser *p, enum where_op *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (take(p, operators[i].word)) {
			*op = operators[i].op;
			return 0;
		}
	}
	return fail(p, "an operator is missing (== != < <= > >= ~ !~ in)");
}

static int where_value(struct parser *p, struct where_value *v)
{
	int rc = parse_value(p, &v->text);

	if (rc)
		return rc;
	v->numeric = where_number(v->text, &v->number);
	v->whole = str_i64(v->text, &v->integer);
	return 0;
}

/* values are copied to the arena. */
static int leaf_node(struct parser *p, unsigned field, enum where_op op,
		     const struct where_value *values, size_t n, uint32_t *out)
{
	struct where_value *kept = arena_alloc(&p->w->arena, n * sizeof(*kept));
	struct node node = {.op = op};
	int rc = 0;

	memcpy(kept, values, n * sizeof(*kept));
	node.leaf = (struct where_leaf){.field = field, .op = op, .values = kept, .n = n};
	for (size_t i = 0; strcmp(p->fields[field], "level") == 0 && i < n; i++)
		node.leaf.severity |= level_of_any(kept[i].text) != LEVEL_UNKNOWN;
	if (op == WHERE_MATCH || op == WHERE_NOMATCH) {
		rc = pattern_new(&node.pattern, kept[0].text, p->err);
		if (rc)
			return err_prepend(p->err, rc, "condition, column %zu: ", p->lex.at);
	}
	node.leaf.pattern = node.pattern;
	rc = new_node(p, node, out);
	if (rc)
		pattern_free(node.pattern);
	return rc;
}

static int compare_node(struct parser *p, unsigned field, enum where_op op, uint32_t *out)
{
	struct where_value v = {0};
	int rc = where_value(p, &v);

	return rc ? rc : leaf_node(p, field, op, &v, 1, out);
}

static int parse_in(struct parser *p, unsigned field, uint32_t *out)
{
	struct where_value *values = NULL;
	size_t n = 0, cap = 0;
	int rc = 0;

	if (!take(p, STR("(")))
		return fail(p, "'(' must follow 'in'");
	do {
		struct where_value v = {0};

		rc = n < MAX_VALUES ? where_value(p, &v) : fail(p, "too long");
		if (!rc)
			array_push(values, n, cap) = v;
	} while (!rc && take(p, STR(",")));
	if (!rc && !take(p, STR(")")))
		rc = fail(p, "')' is missing");
	if (!rc)
		rc = leaf_node(p, field, WHERE_EQ, values, n, out);
	free(values);
	return rc;
}

static int unknown_field(struct parser *p, struct str name)
{
	char list[256];
	size_t n = 0;

	list[0] = 0;
	for (size_t i = 0; i < p->nfields && n < sizeof(list) - 24; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i ? " " : "",
				      p->fields[i]);
	if (!name.n)
		return fail(p, "a field is missing");
	return err_set(p->err, ERR_USAGE,
		       "condition, column %zu: no field '" STR_FMT "'; there are: %s",
		       p->lex.at + 1, STR_ARG(str_head(name, 40)), list);
}

/* What stands on the left; *end is behind it, where nothing was taken yet. */
static int parse_name(struct parser *p, struct str *name, size_t *end)
{
	size_t start;
	int rc = 0;

	*name = lexer_peek(&p->lex);
	start = p->lex.at;
	if (lexer_at_quote(&p->lex))
		rc = parse_value(p, name);
	else
		p->lex.at += name->n;
	*end = p->lex.at;
	p->lex.at = start; /* where errors point */
	return rc;
}

static int parse_or(struct parser *p, uint32_t *out);

static int parse_factor(struct parser *p, uint32_t *out);

static int parse_inner(struct parser *p, uint32_t *out)
{
	enum where_op op = WHERE_EQ;
	struct str name;
	size_t end;
	int rc;

	if (p->lex.depth > MAX_DEPTH)
		return fail(p, "nested too deeply");
	if (take_word(p, "not")) {
		uint32_t inner;

		p->lex.depth++;
		rc = parse_factor(p, &inner);
		p->lex.depth--;
		return rc ? rc : new_node(p, (struct node){.op = WHERE_NOT, .left = inner}, out);
	}
	if (take(p, STR("("))) {
		p->lex.depth++;
		rc = parse_or(p, out);
		p->lex.depth--;
		if (!rc && !take(p, STR(")")))
			rc = fail(p, "')' is missing");
		return rc;
	}
	rc = parse_name(p, &name, &end);
	if (rc)
		return rc;
	for (unsigned f = 0; f < p->nfields; f++) {
		if (!str_eq(name, str_of(p->fields[f])))
			continue;
		p->lex.at = end;
		if (take_word(p, "in"))
			return parse_in(p, f, out);
		rc = parse_operator(p, &op);
		return rc ? rc : compare_node(p, f, op, out);
	}
	return unknown_field(p, name);
}

static int parse_factor(struct parser *p, uint32_t *out)
{
	size_t from;
	int rc;

	lexer_skip(&p->lex);
	from = p->lex.at;
	rc = parse_inner(p, out);
	if (!rc) {
		p->w->nodes[*out].from = from;
		p->w->nodes[*out].to = p->lex.at;
	}
	return rc;
}

static int join_node(struct parser *p, enum where_op op, uint32_t right, uint32_t *left)
{
	struct node node = {.op = op,
			    .left = *left,
			    .right = right,
			    .from = p->w->nodes[*left].from,
			    .to = p->w->nodes[right].to};

	return new_node(p, node, left);
}

static int parse_and(struct parser *p, uint32_t *out)
{
	int rc = parse_factor(p, out);
	uint32_t right = 0;

	while (!rc && take_word(p, "and")) {
		rc = parse_factor(p, &right);
		if (!rc)
			rc = join_node(p, WHERE_AND, right, out);
	}
	return rc;
}

static int parse_or(struct parser *p, uint32_t *out)
{
	int rc = parse_and(p, out);
	uint32_t right;

	while (!rc && take_word(p, "or")) {
		rc = parse_and(p, &right);
		if (!rc)
			rc = join_node(p, WHERE_OR, right, out);
	}
	return rc;
}

int where_new(struct where **out, struct str text, const char *const *fields, size_t nfields,
	      struct err *err)
{
	struct where *w = mem_zalloc(sizeof(*w));
	struct parser p = {.w = w, .fields = fields, .nfields = nfields, .err = err};
	int rc;

	arena_init(&w->arena);
	w->text = arena_str(&w->arena, text);
	p.lex = (struct lexer){
		.text = w->text, .language = "condition", .signs = SIGNS, .err = err};
	rc = parse_or(&p, &w->root);
	lexer_skip(&p.lex);
	if (!rc && p.lex.at < p.lex.text.n)
		rc = fail(&p, "'and' or 'or' expected");
	if (rc) {
		where_free(w);
		return rc;
	}
	*out = w;
	return 0;
}

void where_free(struct where *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n; i++)
		pattern_free(w->nodes[i].pattern);
	free(w->nodes);
	arena_release(&w->arena);
	free(w);
}

bool where_number(struct str s, double *out)
{
	double v;

	if (!str_double(s, &v) || !isfinite(v))
		return false;
	*out = v;
	return true;
}

/* < 0, 0, > 0; *ordered is false when the two cannot be ordered (a level that is none). */
static int compare(const struct where_leaf *l, const struct where_value *v, struct str cell,
		   bool *ordered)
{
	int64_t i;
	double x;

	*ordered = true;
	if (l->severity) {
		enum level a = level_of_any(cell), b = level_of_any(v->text);

		*ordered = a != LEVEL_UNKNOWN;
		return (a > b) - (a < b);
	}
	if (v->whole && str_i64(cell, &i))
		return (i > v->integer) - (i < v->integer);
	if (v->numeric && where_number(cell, &x))
		return (x > v->number) - (x < v->number);
	return str_cmp(cell, v->text);
}

static bool holds(const struct where_leaf *l, const struct where_value *v, struct str cell)
{
	bool ordered;
	int c = compare(l, v, cell, &ordered);

	switch (l->op) {
	case WHERE_EQ: return ordered && c == 0;
	case WHERE_NE: return !ordered || c != 0;
	case WHERE_LT: return ordered && c < 0;
	case WHERE_LE: return ordered && c <= 0;
	case WHERE_GT: return ordered && c > 0;
	default: return ordered && c >= 0;
	}
}

bool where_leaf_test(const struct where_leaf *l, struct str cell)
{
	if (l->pattern)
		return pattern_find(l->pattern, cell) == (l->op == WHERE_MATCH);
	for (size_t i = 0; i < l->n; i++)
		if (holds(l, &l->values[i], cell))
			return true;
	return false;
}

static bool test_node(const struct where *w, uint32_t i,
		      struct str (*get)(void *row, unsigned field), void *row)
{
	const struct node *n = &w->nodes[i];

	switch (n->op) {
	case WHERE_OR: return test_node(w, n->left, get, row) || test_node(w, n->right, get, row);
	case WHERE_AND: return test_node(w, n->left, get, row) && test_node(w, n->right, get, row);
	case WHERE_NOT: return !test_node(w, n->left, get, row);
	default: return where_leaf_test(&n->leaf, get(row, n->leaf.field));
	}
}

bool where_test(const struct where *w, struct str (*get)(void *row, unsigned field), void *row)
{
	return test_node(w, w->root, get, row);
}

static int walk_node(const struct where *w, uint32_t i, const struct where_visitor *v, void *arg,
		     struct err *err)
{
	const struct node *n = &w->nodes[i];
	int rc = 0;

	if (n->op != WHERE_OR && n->op != WHERE_AND && n->op != WHERE_NOT)
		return v->leaf(arg, &n->leaf, err);
	rc = walk_node(w, n->left, v, arg, err);
	if (!rc && n->op != WHERE_NOT)
		rc = walk_node(w, n->right, v, arg, err);
	return rc ? rc : v->join(arg, n->op, err);
}

int where_walk(const struct where *w, const struct where_visitor *v, void *arg, struct err *err)
{
	return walk_node(w, w->root, v, arg, err);
}

static bool uses(const struct where *w, uint32_t i, bool (*is)(void *arg, unsigned field),
		 void *arg)
{
	const struct node *n = &w->nodes[i];

	switch (n->op) {
	case WHERE_OR:
	case WHERE_AND: return uses(w, n->left, is, arg) || uses(w, n->right, is, arg);
	case WHERE_NOT: return uses(w, n->left, is, arg);
	default: return is(arg, n->leaf.field);
	}
}

static void add_terms(const struct where *w, uint32_t i, bool (*is)(void *arg, unsigned field),
		      void *arg, struct buf *out)
{
	const struct node *n = &w->nodes[i];

	if (n->op == WHERE_AND) {
		add_terms(w, n->left, is, arg, out);
		add_terms(w, n->right, is, arg, out);
	} else if (!uses(w, i, is, arg)) {
		buf_printf(out, "%s(", out->n ? " and " : "");
		buf_add(out, w->text.p + n->from, n->to - n->from);
		buf_add_char(out, ')');
	}
}

void where_without(const struct where *w, bool (*is)(void *arg, unsigned field), void *arg,
		   struct buf *out)
{
	add_terms(w, w->root, is, arg, out);
}
