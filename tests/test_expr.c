// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>

#include "base/buf.h"
#include "store/store.h"
#include "text/expr.h"

static const struct expr_reduction reductions[] = {
	{"last", false}, {"min", false}, {"time_to", true}, {"n", false}};

/* What names and series have; all others are missing. */
static struct value value_of_name(struct str name)
{
	static const struct {
		struct str name;
		struct value v;
	} known[] = {
		{STR("work"), {.kind = VALUE_INT, .integer = 12}},
		{STR("time"), {.kind = VALUE_REAL, .real = 0.5}},
		{STR("zero"), {.kind = VALUE_INT}},
		{STR("big"), {.kind = VALUE_INT, .integer = INT64_MAX}},
		{STR("small"), {.kind = VALUE_INT, .integer = INT64_MIN}},
		{STR("nan"), {.kind = VALUE_REAL, .real = NAN}},
		{STR("inf"), {.kind = VALUE_REAL, .real = INFINITY}},
		{STR("host"), {.kind = VALUE_TEXT, .text = STR("alpha")}},
		{STR("env.N"), {.kind = VALUE_TEXT, .text = STR("4")}},
		{STR("test.a b"), {.kind = VALUE_INT, .integer = 3}},
		{STR("bench.x/64.time"), {.kind = VALUE_INT, .integer = 7}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(known[i].name, name))
			return known[i].v;
	return (struct value){0};
}

static void evaluate(const char *text, struct buf *out)
{
	const struct expr_call *calls;
	const struct str *names;
	struct value v[16], c[16];
	struct expr *e;
	struct err err;
	size_t n, ncalls;

	if (expr_new(&e, str_of(text), reductions, ARRAY_SIZE(reductions), &err))
		fail_msg("%s: %s", text, err.msg);
	n = expr_names(e, &names);
	ncalls = expr_calls(e, &calls);
	assert_true(n <= 16 && ncalls <= 16);
	for (size_t i = 0; i < n; i++)
		v[i] = value_of_name(names[i]);
	for (size_t i = 0; i < ncalls; i++)
		c[i] = value_real(calls[i].reduction * 100 + calls[i].parameter);
	buf_clear(out);
	run_value(expr_value(e, v, c), out);
	expr_free(e);
}

static void values(void **state)
{
	static const struct {
		const char *text, *value; /* "": missing */
	} cases[] = {
		{"work / time", "24"},
		{"work/time", "24"}, /* signs never belong to a name */
		{"1 + 2 * 3", "7"},
		{"(1 + 2) * 3", "9"},
		{"10 - 4 - 3", "3"},
		{"2 ^ 3 ^ 2", "512"},
		{"-2 ^ 2", "-4"},
		{"2 ^ -1", "0.5"},
		{"2 * -3", "-6"},
		{"- - 3", "3"},
		{"7 / 2", "3.5"},
		{"1.5e1 + .5", "15.5"},
		{"1e3", "1000"},
		{"big", "9223372036854775807"},
		{"big - 1", "9223372036854775806"},   /* exact */
		{"big + 1", "9.223372036854776e+18"}, /* a real, then */
		{"-small", "9.223372036854776e+18"},
		{"small / -1", "9.223372036854776e+18"},
		{"abs(small)", "9.223372036854776e+18"},
		{"work * 3", "36"},
		{"env.N + 1", "5"},
		{"host + 1", ""},
		{"\"test.a b\" * 2", "6"},
		{"\"bench.x/64.time\" + 1", "8"},
		{"absent + 1", ""},
		{"work / zero", ""},
		{"zero / zero", ""},
		{"log(zero)", ""},
		{"log(-1)", ""},
		{"sqrt(-1)", ""},
		{"exp(1000)", ""},
		{"1e308 * 10", ""},
		{"0 ^ -1", ""},
		{"nan + 1", "nan"},
		{"inf * 2", "inf"},
		{"-inf", "-inf"},
		{"exp(0) + log(1) + log2(8) + log10(1000)", "7"},
		{"sqrt(16)", "4"},
		{"abs(-3)", "3"},
		{"abs(-0.5)", "0.5"},
		{"round(2.5)", "3"},
		{"round(-2.5)", "-3"},
		{"round(3.14159, 2)", "3.14"},
		{"round(1234, -2)", "1200"},
		{"round(1.5, 400)", "1.5"},
		{"floor(-1.5)", "-2"},
		{"ceil(1.2)", "2"},
		{"min(3, work, 7)", "3"},
		{"max(3, work, 7)", "12"},
		{"max(3, absent)", ""},
		{"min(3, nan)", "nan"},
		{"min(nan, 3)", "nan"},
		{"work > 3", "1"},
		{"work < 3", "0"},
		{"work = 12.0", "1"},
		{"work != 12", "0"},
		{"work >= 12 and time <= 0.5", "1"},
		{"absent > 3", ""},
		{"nan == nan", "0"},
		{"nan != nan", "1"},
		{"nan < 1 or nan >= 1", "0"},
		{"host == 'alpha'", "1"},
		{"host < 'beta'", "1"},
		{"host == 3", "0"},
		{"host < 3", "0"},
		{"env.N == 4", "1"},
		{"not work", "0"},
		{"not zero and work", "1"},
		{"absent and zero", "0"},
		{"absent and work", ""},
		{"absent or work", "1"},
		{"absent or zero", ""},
		{"not absent", ""},
		{"NOT 0 AND 1 OR 0", "1"},
		{"if(work > 3, 'many', 'few')", "many"},
		{"if(work > 30, absent, 2)", "2"},
		{"if(absent, 1, 2)", ""},
		{"if(nan, 1, 2)", ""},
		{"coalesce(absent, gone, time)", "0.5"},
		{"coalesce(absent)", ""},
		{"coalesce(absent, 'none')", "none"},
		{"'it\\'s'", "it's"},
		{"last(loss)", "0"},
		{"min(loss)", "100"},
		{"min(last(loss), 5)", "0"},
		{"min(time, 5)", "0.5"}, /* not of a series */
		{"time_to(loss, 0.5)", "200.5"},
		{"time_to(loss,-1) + time_to(\"a b\", 2)", "401"},
		{"n(loss)", "300"},
		{"last", ""}, /* a name like any other */
	};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		evaluate(cases[i].text, &b);
		if (!str_eq(buf_str(&b), str_of(cases[i].value)))
			fail_msg("%s: %s", cases[i].text, buf_cstr(&b));
	}
	buf_release(&b);
}

static void inputs(void **state)
{
	const struct expr_call *calls;
	const struct str *names;
	struct expr *e;
	struct err err;

	assert_int_equal(expr_new(&e,
				  STR("a + b.c * a + last(loss) + time_to(loss, 2) + last(loss)"),
				  reductions, ARRAY_SIZE(reductions), &err),
			 0);
	assert_int_equal(expr_names(e, &names), 2);
	assert_true(str_eq(names[0], STR("a")) && str_eq(names[1], STR("b.c")));
	assert_int_equal(expr_calls(e, &calls), 2);
	assert_true(str_eq(calls[1].series, STR("loss")) && calls[1].parameter == 2);
	expr_free(e);
}

static void refusals(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"", "column 1: a name, a number or '(' is missing"},
		{"a +", "column 4: a name"},
		{"a b", "column 3: an operator is missing, at 'b'"},
		{"(a", "column 3: ')' is missing"},
		{"a)", "column 2: an operator is missing"},
		{"2x", "a name that begins with a digit"},
		{"1.2.3", "no number"},
		{"1e999", "no number"},
		{"a == b == c", "two comparisons in a row"},
		{"\"a", "a quote is not closed"},
		{"'a", "a quote is not closed"},
		{"\"\" + 1", "a name is empty"},
		{"frob(1)", "no function 'frob'; there are: log log2"},
		{"sqrt()", "sqrt() takes 1 arguments"},
		{"if(1, 2)", "if() takes 3 arguments"},
		{"coalesce()", "coalesce() takes at least 1 arguments"},
		{"round(1, 2, 3)", "round() takes 1 to 2 arguments"},
		{"max(2)", "max() takes at least 2 arguments"},
		{"last(1 + 2)", "last() takes the name of a series"},
		{"last(loss, 2)", "last() takes the name of a series"},
		{"time_to(loss)", "time_to() takes the name of a series and a number"},
		{"time_to(loss, a)", "and a number"},
		{"sqrt(1", "')' is missing"},
		{"or(1, 2)", "no function 'or'"},
		{"a $ b", "an operator is missing"},
		{"a % b", "an operator is missing"},
	};
	char deep[400], wide[4000];
	struct expr *e;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int rc = expr_new(&e, str_of(cases[i].text), reductions, ARRAY_SIZE(reductions),
				  &err);

		if (rc != -ERR_USAGE || !strstr(err.msg, cases[i].message))
			fail_msg("%s: %s", cases[i].text, rc ? err.msg : "accepted");
	}
	memset(deep, '(', sizeof(deep));
	assert_int_equal(expr_new(&e, (struct str){deep, sizeof(deep)}, NULL, 0, &err), -ERR_USAGE);
	assert_non_null(strstr(err.msg, "nested too deeply"));
	memcpy(wide, "max(", 4); /* more values than the stack holds */
	for (size_t i = 4; i < sizeof(wide); i += 2)
		memcpy(wide + i, "1,", 2);
	assert_int_equal(expr_new(&e, (struct str){wide, sizeof(wide)}, NULL, 0, &err), -ERR_USAGE);
	assert_non_null(strstr(err.msg, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(inputs),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests_name("expr", tests, NULL, NULL);
}
