// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Expressions: see expr.h. A precedence climber writes steps for a stack machine, operators being
 * functions like the others; the stack that they need is known, and capped, when they are written.
 */
#include "text/expr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "text/expr-math.h"
#include "text/lexer.h"

#define MAX_TEXT  ((size_t)16384)
#define MAX_DEPTH 64
#define MAX_STACK 256 /* values that wait for others */

enum { LEVEL_OR = 1, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_POWER };

static const struct {
	struct str sign;
	unsigned level;
	const char *function;
} operators[] = {
	{STR("or"), LEVEL_OR, "or"},      {STR("and"), LEVEL_AND, "and"},
	{STR("=="), LEVEL_COMPARE, "=="}, {STR("!="), LEVEL_COMPARE, "!="},
	{STR("<="), LEVEL_COMPARE, "<="}, {STR(">="), LEVEL_COMPARE, ">="},
	{STR("<"), LEVEL_COMPARE, "<"},   {STR(">"), LEVEL_COMPARE, ">"},
	{STR("="), LEVEL_COMPARE, "=="},  {STR("+"), LEVEL_SUM, "+"},
	{STR("-"), LEVEL_SUM, "-"},       {STR("*"), LEVEL_PRODUCT, "*"},
	{STR("/"), LEVEL_PRODUCT, "/"},   {STR("^"), LEVEL_POWER, "^"},
};

enum step_kind { STEP_CONSTANT, STEP_NAME, STEP_CALL, STEP_FUNCTION };

struct step {
	enum step_kind kind;
	uint32_t index;  /* of the name or call; of a function: how many arguments it takes */
	struct value v;  /* a constant */
	expr_math_fn fn; /* a function */
};

struct expr {
	struct arena arena;
	struct step *steps;
	struct str *names;
	struct expr_call *calls;
	size_t n, cap, nnames, cap_names, ncalls, cap_calls;
};

struct parser {
	struct expr *e;
	struct lexer lex;
	const struct expr_reduction *reductions;
	size_t nreductions;
	unsigned stack;
};

static int fail(struct parser *p, const char *what)
{
	return lexer_fail(&p->lex, what);
}

/* pops: values that it takes from the stack; it leaves one. */
static int add_step(struct parser *p, struct step step, unsigned pops)
{
	p->stack = p->stack - pops + 1;
	if (p->stack > MAX_STACK)
		return fail(p, "too long");
	array_push(p->e->steps, p->e->n, p->e->cap) = step;
	return 0;
}

static int add_function(struct parser *p, const char *name, unsigned n)
{
	const struct expr_math *f = expr_math_find(str_of(name));

	return add_step(p, (struct step){.kind = STEP_FUNCTION, .index = n, .fn = f->fn}, n);
}

static uint32_t name_index(struct expr *e, struct str name)
{
	for (size_t i = 0; i < e->nnames; i++)
		if (str_eq(e->names[i], name))
			return (uint32_t)i;
	array_push(e->names, e->nnames, e->cap_names) = arena_str(&e->arena, name);
	return (uint32_t)(e->nnames - 1);
}

static uint32_t call_index(struct expr *e, struct expr_call call)
{
	for (size_t i = 0; i < e->ncalls; i++)
		if (e->calls[i].reduction == call.reduction &&
		    str_eq(e->calls[i].series, call.series) &&
		    e->calls[i].parameter == call.parameter)
			return (uint32_t)i;
	call.series = arena_str(&e->arena, call.series);
	array_push(e->calls, e->ncalls, e->cap_calls) = call;
	return (uint32_t)(e->ncalls - 1);
}

/* ---- operands ---- */

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 12, 1.5, .5, 1e-9: how many bytes; 0: no number. */
static size_t number_length(struct str s)
{
	size_t i = 0, exponent;

	while (i < s.n && (digit(s.p[i]) || s.p[i] == '.'))
		i++;
	if (!i || (i == 1 && s.p[0] == '.'))
		return 0;
	exponent = i;
	if (exponent < s.n && (s.p[exponent] | 32) == 'e') {
		exponent++;
		exponent += exponent < s.n && (s.p[exponent] == '-' || s.p[exponent] == '+');
		for (size_t k = exponent; k < s.n && digit(s.p[k]); k++)
			i = k + 1;
	}
	return i;
}

static int parse_number(struct parser *p, struct value *v)
{
	struct str rest = str_from(p->lex.text, p->lex.at), s = str_head(rest, number_length(rest));
	int64_t i;
	size_t at;
	double x;

	if (!str_double(s, &x) || !isfinite(x))
		return fail(p, "no number");
	*v = str_i64(s, &i) ? value_int(i) : value_real(x);
	p->lex.at += s.n;
	at = p->lex.at;
	if (lexer_peek(&p->lex).n && p->lex.at == at)
		return fail(p, "a name that begins with a digit stands in double quotes");
	return 0;
}

static bool at_number(const struct parser *p)
{
	return number_length(str_from(p->lex.text, p->lex.at)) > 0;
}

/* NAME or "any name". *found is false, and nothing taken, if there is none. */
static int parse_name(struct parser *p, struct str *name, bool *found)
{
	int rc = 0;

	*found = true;
	lexer_skip(&p->lex);
	if (p->lex.at < p->lex.text.n && p->lex.text.p[p->lex.at] == '"') {
		rc = lexer_quoted(&p->lex, &p->e->arena, name);
		if (!rc && !name->n)
			rc = fail(p, "a name is empty");
	} else if (at_number(p) || !(*name = lexer_peek(&p->lex)).n) {
		*found = false;
	} else {
		p->lex.at += name->n;
	}
	return rc;
}

static int parse_level(struct parser *p, unsigned level);

/* "SERIES)" or "SERIES, number)". *fits is false if it is something else: nothing is said then. */
static int parse_reduction(struct parser *p, unsigned reduction, bool *fits)
{
	struct expr_call call = {.reduction = reduction};
	bool found, negative;
	struct value v;
	int rc = parse_name(p, &call.series, &found);

	*fits = false;
	if (rc || !found)
		return rc;
	if (p->reductions[reduction].parameter) {
		if (!lexer_take(&p->lex, STR(",")))
			return 0;
		negative = lexer_take(&p->lex, STR("-"));
		lexer_skip(&p->lex);
		if (!at_number(p))
			return 0;
		rc = parse_number(p, &v);
		if (rc)
			return rc;
		call.parameter = negative ? -value_number(v) : value_number(v);
	}
	if (!lexer_take(&p->lex, STR(")")))
		return 0;
	*fits = true;
	return add_step(p, (struct step){.kind = STEP_CALL, .index = call_index(p->e, call)}, 0);
}

static int parse_arguments(struct parser *p, const struct expr_math *f)
{
	unsigned n = 0;
	char message[64];
	int rc = 0;

	if (!lexer_take(&p->lex, STR(")"))) {
		do {
			rc = parse_level(p, LEVEL_OR);
			n++;
		} while (!rc && lexer_take(&p->lex, STR(",")));
		if (!rc && !lexer_take(&p->lex, STR(")")))
			rc = fail(p, "')' is missing");
	}
	if (!rc && (n < f->least || n > f->most)) {
		snprintf(message, sizeof(message),
			 f->least == f->most   ? "%s() takes %u arguments"
			 : f->most == UINT_MAX ? "%s() takes at least %u arguments"
					       : "%s() takes %u to %u arguments",
			 f->name, f->least, f->most);
		rc = fail(p, message);
	}
	return rc ? rc
		  : add_step(p, (struct step){.kind = STEP_FUNCTION, .index = n, .fn = f->fn}, n);
}

static int unknown_function(struct parser *p, struct str name)
{
	CLEANUP_BUF struct buf list = {0};

	for (size_t i = 0; i < p->nreductions; i++)
		buf_printf(&list, " %s", p->reductions[i].name);
	return err_set(p->lex.err, ERR_USAGE,
		       "%s, column %zu: no function '" STR_FMT "'; there are:%s; of a series:%s",
		       p->lex.language, p->lex.at, STR_ARG(str_head(name, 40)), expr_math_list(),
		       buf_cstr(&list));
}

/* name( is taken. */
static int parse_call(struct parser *p, struct str name)
{
	const struct expr_math *f = expr_math_find(name);
	char message[80];

	f = f && f->listed ? f : NULL;
	for (unsigned i = 0; i < p->nreductions; i++) {
		size_t at = p->lex.at;
		bool fits;
		int rc;

		if (!str_eq(name, str_of(p->reductions[i].name)))
			continue;
		rc = parse_reduction(p, i, &fits);
		if (rc || fits)
			return rc;
		if (!f) {
			snprintf(message, sizeof(message), "%s() takes the name of a series%s",
				 p->reductions[i].name,
				 p->reductions[i].parameter ? " and a number" : "");
			return fail(p, message);
		}
		p->lex.at = at;
	}
	return f ? parse_arguments(p, f) : unknown_function(p, name);
}

static int parse_operand(struct parser *p)
{
	struct step step = {.kind = STEP_CONSTANT};
	struct str name;
	bool found;
	int rc;

	lexer_skip(&p->lex);
	if (lexer_take(&p->lex, STR("("))) {
		rc = parse_level(p, LEVEL_OR);
		if (!rc && !lexer_take(&p->lex, STR(")")))
			rc = fail(p, "')' is missing");
		return rc;
	}
	if (p->lex.at < p->lex.text.n && p->lex.text.p[p->lex.at] == '\'') {
		rc = lexer_quoted(&p->lex, &p->e->arena, &name);
		step.v = value_text(name);
		return rc ? rc : add_step(p, step, 0);
	}
	if (at_number(p)) {
		rc = parse_number(p, &step.v);
		return rc ? rc : add_step(p, step, 0);
	}
	rc = parse_name(p, &name, &found);
	if (!rc && !found)
		rc = fail(p, "a name, a number or '(' is missing");
	if (rc)
		return rc;
	if (lexer_take(&p->lex, STR("(")))
		return parse_call(p, name);
	return add_step(p, (struct step){.kind = STEP_NAME, .index = name_index(p->e, name)}, 0);
}

/* ---- operators ---- */

/* The sign's place in operators, if one of at least this level comes next; it is taken. */
static size_t take_operator(struct parser *p, unsigned level)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		bool word = operators[i].level <= LEVEL_AND;

		if (operators[i].level >= level &&
		    (word ? lexer_take_word(&p->lex, operators[i].sign.p)
			  : lexer_take(&p->lex, operators[i].sign)))
			return i;
	}
	return ARRAY_SIZE(operators);
}

static int parse_prefix(struct parser *p, unsigned level)
{
	int rc;

	if (level <= LEVEL_NOT && lexer_take_word(&p->lex, "not")) {
		rc = parse_level(p, LEVEL_NOT);
		return rc ? rc : add_function(p, "not", 1);
	}
	if (lexer_take(&p->lex, STR("-"))) {
		rc = parse_level(p, LEVEL_POWER);
		return rc ? rc : add_function(p, "sign", 1);
	}
	return parse_operand(p);
}

static int parse_operators(struct parser *p, unsigned level)
{
	int rc = parse_prefix(p, level);

	while (!rc) {
		size_t op = take_operator(p, level);
		unsigned own;

		if (op == ARRAY_SIZE(operators))
			break;
		own = operators[op].level;
		rc = parse_level(p, own == LEVEL_POWER ? own : own + 1);
		if (!rc)
			rc = add_function(p, operators[op].function, 2);
		if (!rc && own == LEVEL_COMPARE &&
		    take_operator(p, LEVEL_COMPARE) < ARRAY_SIZE(operators))
			rc = fail(p, "two comparisons in a row: join them by 'and'");
	}
	return rc;
}

static int parse_level(struct parser *p, unsigned level)
{
	int rc;

	if (p->lex.depth == MAX_DEPTH)
		return fail(p, "nested too deeply");
	p->lex.depth++;
	rc = parse_operators(p, level);
	p->lex.depth--;
	return rc;
}

int expr_new(struct expr **out, struct str text, const struct expr_reduction *reductions, size_t n,
	     struct err *err)
{
	struct expr *e = mem_zalloc(sizeof(*e));
	struct parser p = {.e = e, .reductions = reductions, .nreductions = n};
	int rc;

	arena_init(&e->arena);
	p.lex = (struct lexer){.text = arena_str(&e->arena, str_head(text, MAX_TEXT)),
			       .language = "expression",
			       .signs = "_.:$@#[]",
			       .err = err};
	rc = text.n > MAX_TEXT ? fail(&p, "too long") : parse_level(&p, LEVEL_OR);
	lexer_skip(&p.lex);
	if (!rc && p.lex.at < p.lex.text.n)
		rc = fail(&p, "an operator is missing");
	if (rc)
		expr_free(e);
	else
		*out = e;
	return rc;
}

void expr_free(struct expr *e)
{
	if (!e)
		return;
	free(e->steps);
	free(e->names);
	free(e->calls);
	arena_release(&e->arena);
	free(e);
}

size_t expr_names(const struct expr *e, const struct str **names)
{
	*names = e->names;
	return e->nnames;
}

size_t expr_calls(const struct expr *e, const struct expr_call **calls)
{
	*calls = e->calls;
	return e->ncalls;
}

struct value expr_value(const struct expr *e, const struct value *names, const struct value *calls)
{
	struct value stack[MAX_STACK];
	size_t n = 0;

	stack[0] = (struct value){.kind = VALUE_NONE}; /* a compiled one has steps */
	for (size_t i = 0; i < e->n; i++) {
		const struct step *s = &e->steps[i];

		switch (s->kind) {
		case STEP_CONSTANT: stack[n++] = s->v; break;
		case STEP_NAME: stack[n++] = names[s->index]; break;
		case STEP_CALL: stack[n++] = calls[s->index]; break;
		case STEP_FUNCTION:
			n -= s->index;
			stack[n] = s->fn(stack + n, s->index);
			n++;
			break;
		}
	}
	return stack[0];
}
