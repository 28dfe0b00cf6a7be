// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "text/where.h"

static const char *const fields[] = {"thread", "level", "message", "line"};

static struct str get(void *row, unsigned field)
{
	return str_of(((const char **)row)[field]);
}

static void conditions(void **state)
{
	static const char *row[] = {"7", "WARN", "pool exhausted in 12 ms", "1423"};
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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(conditions),
					   cmocka_unit_test(refusals)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
