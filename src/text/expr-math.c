// SPDX-License-Identifier: GPL-3.0-or-later
/* See expr-math.h. */
#include "text/expr-math.h"

#include <math.h>

#include "base/mem.h"
#include "text/where.h"

#define EXACT 9007199254740992.0 /* 2^53: every whole number up to it is a double */

static const struct value missing;

/* Text that reads as a number is one. */
static struct value as_number(struct value v)
{
	int64_t i;
	double x;

	if (v.kind != VALUE_TEXT)
		return v;
	if (str_i64(v.text, &i))
		return value_int(i);
	return where_number(v.text, &x) ? value_real(x) : v;
}

static bool is_number(struct value v)
{
	return v.kind == VALUE_INT || v.kind == VALUE_REAL;
}

/* The numbers of all arguments; false if one is none. *finite: all of them are. */
static bool numbers(const struct value *v, unsigned n, double *x, bool *finite)
{
	*finite = true;
	for (unsigned i = 0; i < n; i++) {
		struct value a = as_number(v[i]);

		if (!is_number(a))
			return false;
		x[i] = value_number(a);
		*finite &= isfinite(x[i]) != 0;
	}
	return true;
}

static struct value result(double r, bool finite)
{
	return finite && !isfinite(r) ? missing : value_real(r);
}

/* As a whole number where it is one. */
static struct value whole(double r, bool finite)
{
	return r == trunc(r) && fabs(r) <= EXACT ? value_int((int64_t)r) : result(r, finite);
}

/* ---- arithmetic ---- */

enum sum { ADD, SUBTRACT, MULTIPLY };

static struct value arithmetic(const struct value *v, enum sum op)
{
	struct value a = as_number(v[0]), b = as_number(v[1]);
	double x[2];
	bool finite, over = true;
	int64_t i = 0;

	if (!numbers(v, 2, x, &finite))
		return missing;
	if (a.kind == VALUE_INT && b.kind == VALUE_INT)
		over = op == ADD        ? __builtin_add_overflow(a.integer, b.integer, &i)
		       : op == SUBTRACT ? __builtin_sub_overflow(a.integer, b.integer, &i)
					: __builtin_mul_overflow(a.integer, b.integer, &i);
	if (!over)
		return value_int(i);
	return result(op == ADD ? x[0] + x[1] : op == SUBTRACT ? x[0] - x[1] : x[0] * x[1], finite);
}

static struct value add(const struct value *v, unsigned n)
{
	return arithmetic(v, ADD);
}

static struct value subtract(const struct value *v, unsigned n)
{
	return arithmetic(v, SUBTRACT);
}

static struct value multiply(const struct value *v, unsigned n)
{
	return arithmetic(v, MULTIPLY);
}

static struct value sign(const struct value *v, unsigned n)
{
	const struct value pair[2] = {value_int(0), v[0]};
	struct value a = as_number(v[0]);

	return a.kind == VALUE_REAL ? value_real(-a.real) : arithmetic(pair, SUBTRACT);
}

static struct value divide(const struct value *v, unsigned n)
{
	struct value a = as_number(v[0]), b = as_number(v[1]);
	double x[2];
	bool finite;

	if (!numbers(v, 2, x, &finite) || x[1] == 0)
		return missing;
	if (a.kind == VALUE_INT && b.kind == VALUE_INT && b.integer != -1 &&
	    a.integer % b.integer == 0)
		return value_int(a.integer / b.integer);
	return result(x[0] / x[1], finite);
}

static struct value power(const struct value *v, unsigned n)
{
	bool finite, ints = as_number(v[0]).kind == VALUE_INT && as_number(v[1]).kind == VALUE_INT;
	double x[2];

	if (!numbers(v, 2, x, &finite))
		return missing;
	return ints ? whole(pow(x[0], x[1]), finite) : result(pow(x[0], x[1]), finite);
}

/* ---- functions of one number ---- */

static struct value apply(const struct value *v, double (*fn)(double x))
{
	double x;
	bool finite;

	return numbers(v, 1, &x, &finite) ? result(fn(x), finite) : missing;
}

static struct value apply_whole(const struct value *v, double (*fn)(double x))
{
	struct value a = as_number(v[0]);
	double x;
	bool finite;

	if (a.kind == VALUE_INT)
		return a;
	return numbers(v, 1, &x, &finite) ? whole(fn(x), finite) : missing;
}

static struct value math_log(const struct value *v, unsigned n)
{
	return apply(v, log);
}

static struct value math_log2(const struct value *v, unsigned n)
{
	return apply(v, log2);
}

static struct value math_log10(const struct value *v, unsigned n)
{
	return apply(v, log10);
}

static struct value math_exp(const struct value *v, unsigned n)
{
	return apply(v, exp);
}

static struct value math_sqrt(const struct value *v, unsigned n)
{
	return apply(v, sqrt);
}

static struct value math_floor(const struct value *v, unsigned n)
{
	return apply_whole(v, floor);
}

static struct value math_ceil(const struct value *v, unsigned n)
{
	return apply_whole(v, ceil);
}

static struct value math_abs(const struct value *v, unsigned n)
{
	struct value a = as_number(v[0]);

	return a.kind == VALUE_INT ? a.integer < 0 ? sign(v, 1) : a : apply(v, fabs);
}

/* Half away from zero, as people do. */
static struct value math_round(const struct value *v, unsigned n)
{
	double x[2], scale;
	bool finite;

	if (n == 1)
		return apply_whole(v, round);
	if (!numbers(v, 2, x, &finite))
		return missing;
	scale = pow(10, round(x[1]));
	if (!isfinite(x[0] * scale) || scale == 0) /* it has no such digits */
		return v[0];
	return result(round(x[0] * scale) / scale, finite);
}

/* ---- order ---- */

/* < 0, 0, > 0; false: in no order. */
static bool compare(struct value a, struct value b, int *c)
{
	double x, y;

	a = as_number(a);
	b = as_number(b);
	if (a.kind == VALUE_TEXT && b.kind == VALUE_TEXT) {
		*c = str_cmp(a.text, b.text);
		return true;
	}
	if (!is_number(a) || !is_number(b))
		return false;
	if (a.kind == VALUE_INT && b.kind == VALUE_INT) {
		*c = (a.integer > b.integer) - (a.integer < b.integer);
		return true;
	}
	x = value_number(a);
	y = value_number(b);
	*c = (x > y) - (x < y);
	return !isnan(x) && !isnan(y);
}

enum order { LESS = 1, EQUAL = 2, GREATER = 4, NEITHER = 8 };

/* Whether it is one of these. */
static struct value ordered(const struct value *v, unsigned which)
{
	unsigned is = NEITHER;
	int c;

	if (!v[0].kind || !v[1].kind)
		return missing;
	if (compare(v[0], v[1], &c))
		is = c < 0 ? LESS : c > 0 ? GREATER : EQUAL;
	return value_int((is & which) != 0);
}

static struct value equal(const struct value *v, unsigned n)
{
	return ordered(v, EQUAL);
}

static struct value unequal(const struct value *v, unsigned n)
{
	return ordered(v, LESS | GREATER | NEITHER);
}

static struct value less(const struct value *v, unsigned n)
{
	return ordered(v, LESS);
}

static struct value at_most(const struct value *v, unsigned n)
{
	return ordered(v, LESS | EQUAL);
}

static struct value greater(const struct value *v, unsigned n)
{
	return ordered(v, GREATER);
}

static struct value at_least(const struct value *v, unsigned n)
{
	return ordered(v, GREATER | EQUAL);
}

/* The least (way -1) or the greatest; NaN if one is NaN. */
static struct value extreme(const struct value *v, unsigned n, int way)
{
	struct value best = missing;

	for (unsigned i = 0; i < n; i++) {
		struct value a = as_number(v[i]);
		int c = 0;

		if (!is_number(a))
			return missing;
		if (isnan(value_number(a)))
			best = a;
		else if (!i || (compare(a, best, &c) && c * way > 0))
			best = a;
	}
	return best;
}

static struct value math_min(const struct value *v, unsigned n)
{
	return extreme(v, n, -1);
}

static struct value math_max(const struct value *v, unsigned n)
{
	return extreme(v, n, 1);
}

/* ---- choice ---- */

/* 1, 0, or -1: not known. */
static int truth(struct value v)
{
	double x;
	bool finite;

	return !numbers(&v, 1, &x, &finite) || isnan(x) ? -1 : x != 0;
}

static struct value known(int t)
{
	return t < 0 ? missing : value_int(t);
}

static struct value math_not(const struct value *v, unsigned n)
{
	int t = truth(v[0]);

	return known(t < 0 ? t : !t);
}

static struct value math_and(const struct value *v, unsigned n)
{
	int a = truth(v[0]), b = truth(v[1]);

	return known(!a || !b ? 0 : a < 0 ? a : b);
}

static struct value math_or(const struct value *v, unsigned n)
{
	int a = truth(v[0]), b = truth(v[1]);

	return known(a > 0 || b > 0 ? 1 : a < 0 ? a : b);
}

static struct value choose(const struct value *v, unsigned n)
{
	int t = truth(v[0]);

	return t < 0 ? missing : t ? v[1] : v[2];
}

static struct value coalesce(const struct value *v, unsigned n)
{
	unsigned i = 0;

	while (i + 1 < n && !v[i].kind)
		i++;
	return v[i];
}

static const struct expr_math functions[] = {
	{"log", 1, 1, true, math_log},
	{"log2", 1, 1, true, math_log2},
	{"log10", 1, 1, true, math_log10},
	{"exp", 1, 1, true, math_exp},
	{"sqrt", 1, 1, true, math_sqrt},
	{"abs", 1, 1, true, math_abs},
	{"round", 1, 2, true, math_round},
	{"floor", 1, 1, true, math_floor},
	{"ceil", 1, 1, true, math_ceil},
	{"min", 2, UINT_MAX, true, math_min},
	{"max", 2, UINT_MAX, true, math_max},
	{"if", 3, 3, true, choose},
	{"coalesce", 1, UINT_MAX, true, coalesce},
	{"or", 2, 2, false, math_or},
	{"and", 2, 2, false, math_and},
	{"not", 1, 1, false, math_not},
	{"==", 2, 2, false, equal},
	{"!=", 2, 2, false, unequal},
	{"<", 2, 2, false, less},
	{"<=", 2, 2, false, at_most},
	{">", 2, 2, false, greater},
	{">=", 2, 2, false, at_least},
	{"+", 2, 2, false, add},
	{"-", 2, 2, false, subtract},
	{"*", 2, 2, false, multiply},
	{"/", 2, 2, false, divide},
	{"^", 2, 2, false, power},
	{"sign", 1, 1, false, sign},
};

const struct expr_math *expr_math_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (str_eq(str_of(functions[i].name), name))
			return &functions[i];
	return NULL;
}

const char *expr_math_list(void)
{
	return " log log2 log10 exp sqrt abs round floor ceil min max if coalesce";
}
