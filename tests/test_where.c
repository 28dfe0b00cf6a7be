// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/buf.h"
#include "text/where.h"

static const char *const fields[] = {"thread", "level", "message", "line", "test.a b", "commit"};

static struct str get(void *row, unsigned field)
{
	return str_of(((const char **)row)[field]);
}

static void conditions(void **state)
{
	static const char *row[] = {
		"7", "WARN", "pool exhausted in 12 ms", "1423", "9007199254740993", "7e999"};
	static const struct {
		const char *text;
		bool holds;
	} cases[] = {
		{"thread == 7", true},
		{"thread = 7.0", true},
		{"thread != 7", false},
		{"line > 999", true}, /* as numbers, not as text */
		{"line <= 1423 and line >= 1423", true},
		{"level >= warning", true},
		{"level > warn", false},
		{"level < error", true},
		{"message ~ 'exh.*[0-9]+ ms'", true},
		{"message !~ pool", false},
		{"message == \"pool exhausted in 12 ms\"", true},
		{"thread in (1, 7, 9)", true},
		{"thread in (1)", false},
		{"not thread == 7 or line == 1423", true},
		{"not (thread == 7 or line == 1423)", false},
		{"thread == 8 and line == 1 or level == warn", true},
		{"message == 'it\\'s'", false},
		{"\"test.a b\" > 1", true}, /* names may be quoted */
		{"'line' in (1423)", true},
		{"\"test.a b\" == 9007199254740993", true}, /* whole numbers are exact */
		{"\"test.a b\" == 9007199254740992", false},
		{"commit == 7e999", true}, /* no number is infinite: names of commits */
		{"commit == 8e999", false},
		{"commit in (a, 7e999)", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct where *w;
		struct err e;

		if (where_new(&w, str_of(cases[i].text), fields, ARRAY_SIZE(fields), &e))
			fail_msg("%s: %s", cases[i].text, e.msg);
		if (where_test(w, get, row) != cases[i].holds)
			fail_msg("%s", cases[i].text);
		where_free(w);
	}
}

static void refusals(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"", "a field is missing"},
		{"colour == 3", "no field 'colour'; there are: thread level message line"},
		{"thread", "an operator is missing"},
		{"thread ==", "a value is missing"},
		{"thread == 'x", "a quote is not closed"},
		{"(thread == 1", "')' is missing"},
		{"thread in 1", "'(' must follow 'in'"},
		{"thread in (1", "')' is missing"},
		{"thread == 1 thread == 2", "'and' or 'or' expected"},
		{"message ~ '('", "column"},
		{"\"line == 1", "a quote is not closed"},
		{"\"no line\" == 1", "no field 'no line'"},
	};
	char deep[512] = "";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct where *w;
		struct err e;

		assert_int_equal(
			where_new(&w, str_of(cases[i].text), fields, ARRAY_SIZE(fields), &e),
			-ERR_USAGE);
		if (!strstr(e.msg, cases[i].says))
			fail_msg("%s: %s", cases[i].text, e.msg);
	}
	for (int i = 0; i < 200; i++)
		strcat(deep, "(");
	struct where *w;
	struct err e;

	assert_int_equal(where_new(&w, str_of(deep), fields, ARRAY_SIZE(fields), &e), -ERR_USAGE);
	assert_non_null(strstr(e.msg, "nested too deeply"));
}

/* The visit as text in postfix order. */
static int show_leaf(void *arg, const struct where_leaf *l, struct err *err)
{
	struct buf *b = arg;

	if (l->op == WHERE_MATCH)
		return err_set(err, ERR_INPUT, "stopped");
	buf_printf(b, "%s.%d(%zu) ", fields[l->field], l->op, l->n);
	return 0;
}

static int show_join(void *arg, enum where_op op, struct err *err)
{
	buf_printf(arg, "%s ", op == WHERE_OR ? "or" : op == WHERE_AND ? "and" : "not");
	return 0;
}

static void visiting(void **state)
{
	static const struct where_visitor visitor = {show_leaf, show_join};
	struct buf b = {0};
	struct where *w;
	struct err e;

	assert_int_equal(where_new(&w, STR("not thread < 3 and (level = x or line in (1,2,3))"),
				   fields, ARRAY_SIZE(fields), &e),
			 0);
	assert_int_equal(where_walk(w, &visitor, &b, &e), 0);
	assert_string_equal(buf_cstr(&b), "thread.5(1) not level.3(1) line.3(3) or and ");
	where_free(w);
	buf_clear(&b);
	assert_int_equal(where_new(&w, STR("thread = 1 and line ~ x or line = 2"), fields,
				   ARRAY_SIZE(fields), &e),
			 0);
	assert_int_equal(where_walk(w, &visitor, &b, &e), -ERR_INPUT);
	assert_string_equal(buf_cstr(&b), "thread.3(1) ");
	where_free(w);
	buf_release(&b);
}

static bool is_line(void *arg, unsigned field)
{
	return field == 3;
}

/* What is left of a condition without the terms that ask for the line. */
static void without(void **state)
{
	static const struct {
		const char *text, *rest;
	} cases[] = {
		{"thread == 7", "(thread == 7)"},
		{"line == 7", ""},
		{"line == 7 and thread == 8", "(thread == 8)"},
		{"thread == 7 and  line > 2 and (level > warn)  and commit ~ 'a b'",
		 "(thread == 7) and ((level > warn)) and (commit ~ 'a b')"},
		{"thread == 7 or line == 7", ""},
		{"(thread == 7 or commit == x) and line == 1", "((thread == 7 or commit == x))"},
		{"(thread == 7 and line == 1) and not level > warn",
		 "(thread == 7) and (not level > warn)"},
		{"not (line == 1) and thread in (1, 2)", "(thread in (1, 2))"},
		{"(thread == 1 or thread == 2) or commit == 3",
		 "((thread == 1 or thread == 2) or commit == 3)"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};
		struct where *w;
		struct err e;

		if (where_new(&w, str_of(cases[i].text), fields, ARRAY_SIZE(fields), &e))
			fail_msg("%s: %s", cases[i].text, e.msg);
		where_without(w, is_line, NULL, &b);
		if (!str_eq(buf_str(&b), str_of(cases[i].rest)))
			fail_msg("%s: %s", cases[i].text, buf_cstr(&b));
		where_free(w);
		if (b.n) { /* it is a condition again */
			assert_int_equal(where_new(&w, buf_str(&b), fields, ARRAY_SIZE(fields), &e),
					 0);
			where_free(w);
		}
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(conditions), cmocka_unit_test(refusals),
					   cmocka_unit_test(without), cmocka_unit_test(visiting)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
