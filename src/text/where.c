// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Conditions: see where.h. A recursive descent over the text with a cap on depth builds nodes in an
 * array; evaluation walks them with short circuits.
 */
#include "text/where.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "text/level.h"
#include "text/pattern.h"

#define MAX_DEPTH 64
#define MAX_NODES 4096

enum op { OP_OR, OP_AND, OP_NOT, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_MATCH, OP_NOMATCH };

struct node {
	enum op op;
	uint32_t left, right; /* nodes of OR, AND, NOT (left) */
	unsigned field;
	bool severity; /* compare as levels */
	struct str value;
	double number;
	bool numeric;
	struct pattern *pattern;
};

struct where {
	struct arena arena;
	struct node *nodes;
	size_t n, cap;
	uint32_t root;
};

struct parser {
	struct where *w;
	struct str text; /* all of it, for columns */
	size_t at;
	const char *const *fields;
	size_t nfields;
	unsigned depth;
	struct err *err;
};

static const struct {
	struct str word;
	enum op op;
} operators[] = {
	{{"==", 2}, OP_EQ}, {{"!=", 2}, OP_NE},      {{"<=", 2}, OP_LE},
	{{">=", 2}, OP_GE}, {{"!~", 2}, OP_NOMATCH}, {{"<", 1}, OP_LT},
	{{">", 1}, OP_GT},  {{"=", 1}, OP_EQ},       {{"~", 1}, OP_MATCH},
};

static int fail(struct parser *p, const char *what)
{
	return err_set(p->err, ERR_USAGE, "condition, column %zu: %s, at '%.20s'", p->at + 1, what,
		       p->at < p->text.n ? p->text.p + p->at : "the end");
}

static void skip_blanks(struct parser *p)
{
	while (p->at < p->text.n && (p->text.p[p->at] == ' ' || p->text.p[p->at] == '\t'))
		p->at++;
}

static bool word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       (c && strchr("_.-:/$@+%#*[]", c)) || (c & 0x80);
}

static struct str peek_word(struct parser *p)
{
	size_t n = 0;

	skip_blanks(p);
	while (p->at + n < p->text.n && word_char(p->text.p[p->at + n]))
		n++;
	return (struct str){p->text.p + p->at, n};
}

static bool take(struct parser *p, struct str token)
{
	skip_blanks(p);
	if (!str_starts(str_from(p->text, p->at), token))
		return false;
	p->at += token.n;
	return true;
}

static bool take_word(struct parser *p, const char *word)
{
	struct str w = peek_word(p);

	if (!str_eq_nocase(w, str_of(word)))
		return false;
	p->at += w.n;
	return true;
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
	char quote, *to;
	size_t n = 0;

	skip_blanks(p);
	quote = p->at < p->text.n ? p->text.p[p->at] : 0;
	if (quote != '\'' && quote != '"') {
		word = peek_word(p);
		if (!word.n)
			return fail(p, "a value is missing (quote it if it holds signs)");
		p->at += word.n;
		*out = arena_str(&p->w->arena, word);
		return 0;
	}
	to = arena_bytes(&p->w->arena, p->text.n - p->at);
	for (size_t i = p->at + 1; i < p->text.n; i++) {
		char c = p->text.p[i];

		if (c == quote) {
			p->at = i + 1;
			*out = (struct str){to, n};
			return 0;
		}
		if (c == '\\' && i + 1 < p->text.n && p->text.p[i + 1] == quote)
			c = p->text.p[++i];
		to[n++] = c;
	}
	return fail(p, "a quote is not closed");
}

static int parse_operator(struct parser *p, enum op *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (take(p, operators[i].word)) {
			*op = operators[i].op;
			return 0;
		}
	}
	return fail(p, "an operator is missing (== != < <= > >= ~ !~ in)");
}

/* One comparison with a value; severity words are turned into their level's number. */
static int compare_node(struct parser *p, unsigned field, enum op op, uint32_t *out)
{
	struct node n = {.op = op, .field = field};
	int rc = parse_value(p, &n.value);

	if (rc)
		return rc;
	n.numeric = str_double(n.value, &n.number);
	n.severity =
		strcmp(p->fields[field], "level") == 0 && level_of_any(n.value) != LEVEL_UNKNOWN;
	if (op == OP_MATCH || op == OP_NOMATCH) {
		rc = pattern_new(&n.pattern, n.value, p->err);
		if (rc)
			return err_prepend(p->err, rc, "condition, column %zu: ", p->at);
	}
	rc = new_node(p, n, out);
	if (rc)
		pattern_free(n.pattern);
	return rc;
}

static int parse_in(struct parser *p, unsigned field, uint32_t *out)
{
	uint32_t one;
	int rc;

	if (!take(p, STR("(")))
		return fail(p, "'(' must follow 'in'");
	rc = compare_node(p, field, OP_EQ, out);
	while (!rc && take(p, STR(","))) {
		rc = compare_node(p, field, OP_EQ, &one);
		if (!rc)
			rc = new_node(p, (struct node){.op = OP_OR, .left = *out, .right = one},
				      out);
	}
	if (!rc && !take(p, STR(")")))
		rc = fail(p, "')' is missing");
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
		       "condition, column %zu: no field '" STR_FMT "'; there are: %s", p->at + 1,
		       STR_ARG(str_head(name, 40)), list);
}

static int parse_or(struct parser *p, uint32_t *out);

static int parse_factor(struct parser *p, uint32_t *out)
{
	struct str name;
	enum op op = OP_EQ;
	int rc;

	if (p->depth > MAX_DEPTH)
		return fail(p, "nested too deeply");
	if (take_word(p, "not")) {
		uint32_t inner;

		p->depth++;
		rc = parse_factor(p, &inner);
		p->depth--;
		return rc ? rc : new_node(p, (struct node){.op = OP_NOT, .left = inner}, out);
	}
	if (take(p, STR("("))) {
		p->depth++;
		rc = parse_or(p, out);
		p->depth--;
		if (!rc && !take(p, STR(")")))
			rc = fail(p, "')' is missing");
		return rc;
	}
	name = peek_word(p);
	for (unsigned f = 0; f < p->nfields; f++) {
		if (!str_eq(name, str_of(p->fields[f])))
			continue;
		p->at += name.n;
		if (take_word(p, "in"))
			return parse_in(p, f, out);
		rc = parse_operator(p, &op);
		return rc ? rc : compare_node(p, f, op, out);
	}
	return unknown_field(p, name);
}

static int parse_and(struct parser *p, uint32_t *out)
{
	int rc = parse_factor(p, out);
	uint32_t right;

	while (!rc && take_word(p, "and")) {
		rc = parse_factor(p, &right);
		if (!rc)
			rc = new_node(p, (struct node){.op = OP_AND, .left = *out, .right = right},
				      out);
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
			rc = new_node(p, (struct node){.op = OP_OR, .left = *out, .right = right},
				      out);
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
	p.text = arena_str(&w->arena, text);
	rc = parse_or(&p, &w->root);
	skip_blanks(&p);
	if (!rc && p.at < p.text.n)
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

/* < 0, 0, > 0; *ordered is false when the two cannot be ordered (a level that is none). */
static int compare(const struct node *n, struct str v, bool *ordered)
{
	double x;

	*ordered = true;
	if (n->severity) {
		enum level a = level_of_any(v), b = level_of_any(n->value);

		*ordered = a != LEVEL_UNKNOWN;
		return (a > b) - (a < b);
	}
	if (n->numeric && str_double(v, &x))
		return (x > n->number) - (x < n->number);
	return str_cmp(v, n->value);
}

static bool test_leaf(const struct node *n, struct str v)
{
	bool ordered;
	int c;

	if (n->pattern)
		return pattern_find(n->pattern, v) == (n->op == OP_MATCH);
	c = compare(n, v, &ordered);
	switch (n->op) {
	case OP_EQ: return ordered && c == 0;
	case OP_NE: return !ordered || c != 0;
	case OP_LT: return ordered && c < 0;
	case OP_LE: return ordered && c <= 0;
	case OP_GT: return ordered && c > 0;
	default: return ordered && c >= 0;
	}
}

static bool test_node(const struct where *w, uint32_t i,
		      struct str (*get)(void *row, unsigned field), void *row)
{
	const struct node *n = &w->nodes[i];

	switch (n->op) {
	case OP_OR: return test_node(w, n->left, get, row) || test_node(w, n->right, get, row);
	case OP_AND: return test_node(w, n->left, get, row) && test_node(w, n->right, get, row);
	case OP_NOT: return !test_node(w, n->left, get, row);
	default: return test_leaf(n, get(row, n->field));
	}
}

bool where_test(const struct where *w, struct str (*get)(void *row, unsigned field), void *row)
{
	return test_node(w, w->root, get, row);
}
