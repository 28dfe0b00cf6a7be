// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "cli/options.h"

struct values {
	bool json;
	unsigned verbose;
	const char *out;
	uint64_t size;
	struct option_list good;
	const char *color;
};

static const struct option table[] = {
	{OPTION_FLAG, 0, "json", NULL, "", offsetof(struct values, json)},
	{OPTION_COUNT, 'v', "verbose", NULL, "", offsetof(struct values, verbose)},
	{OPTION_STRING, 'o', "output", "FILE", "", offsetof(struct values, out)},
	{OPTION_NUMBER, 0, "size", "BYTES", "", offsetof(struct values, size)},
	{OPTION_LIST, 0, "good", "LOG", "", offsetof(struct values, good)},
	{OPTION_CHOICE, 0, "color", "auto|always|never", "", offsetof(struct values, color)},
	{.kind = OPTION_END},
};

static int parse(struct values *v, struct option_list *rest, struct err *err, const char *words)
{
	static char text[256];
	char *argv[16], *save = NULL;
	int argc = 0;

	options_list_release(rest);
	options_list_release(&v->good);
	*v = (struct values){0};
	snprintf(text, sizeof(text), "x %s", words);
	for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	return options_parse(table, argc, argv, v, rest, err);
}

static void accepts(void **state)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct err e;

	assert_int_equal(parse(&v, &rest, &e, "a --json -vv -oF --size=4k --good g1 --good=g2 - b"),
			 0);
	assert_true(v.json);
	assert_int_equal(v.verbose, 2);
	assert_string_equal(v.out, "F");
	assert_int_equal(v.size, 4096);
	assert_int_equal(v.good.n, 2);
	assert_string_equal(v.good.items[1], "g2");
	assert_int_equal(rest.n, 3);
	assert_string_equal(rest.items[1], "-");
	assert_int_equal(parse(&v, &rest, &e, "-o F -- --json"), 0);
	assert_false(v.json);
	assert_string_equal(rest.items[0], "--json");
	assert_int_equal(parse(&v, &rest, &e, "--color never"), 0);
	assert_string_equal(v.color, "never");
	options_list_release(&rest);
	options_list_release(&v.good);
}

static void refuses(void **state)
{
	static const struct {
		const char *words, *message;
	} cases[] = {
		{"--jsn", "no option --jsn; did you mean --json?"},
		{"--zzzzzz", "no option --zzzzzz; --help lists them"},
		{"-x", "no option -x; --help lists them"},
		{"--size", "--size needs an argument: BYTES"},
		{"-o", "-o needs an argument: FILE"},
		{"--size 4q", "--size takes a whole number, not '4q'"},
		{"--size 99999999999T", "--size takes a whole number, not '99999999999T'"},
		{"--json=1", "--json takes no argument"},
		{"--color red", "--color takes one of auto|always|never, not 'red'"},
	};
	struct values v = {0};
	struct option_list rest = {0};
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(&v, &rest, &e, cases[i].words), -ERR_USAGE);
		assert_string_equal(e.msg, cases[i].message);
	}
	options_list_release(&rest);
	options_list_release(&v.good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(accepts), cmocka_unit_test(refuses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
