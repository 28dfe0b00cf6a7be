// SPDX-License-Identifier: GPL-3.0-or-later
/* Perf maps: lines of any runtime, and lines that are none. */
#include "unit.h"

#include <stdlib.h>

#include "unwind/perfmap.h"

static void test_lines(void **state)
{
	static const char text[] = "7f00 10 later\n"
				   "1000 20 LazyCompile:~main /srv/app.js:1\n"
				   "0x2000 10 no\n"
				   "x 10 no\n"
				   "3000\n"
				   "3000 \n"
				   "3000 10\n"
				   "3000 10 \n"
				   "3000 g name\n"
				   "\n"
				   "11112222333344445 10 long\n"
				   "4000 0 empty\n"
				   "1000 30 made again\n"
				   "ABC0 8 upper\n"
				   "fffffffffffffff0 ffffffffffffffff last";
	static const struct {
		uint64_t addr;
		const char *name;
	} cases[] = {
		{0xfff, NULL},  {0x1000, "made again"}, {0x102f, "made again"},
		{0x1030, NULL}, {0x2000, NULL},         {0x3000, NULL},
		{0x4000, NULL}, {0x7f00, "later"},      {0x7f0f, "later"},
		{0x7f10, NULL}, {0xabc7, "upper"},      {UINT64_C(0xfffffffffffffff5), "last"},
		{0, NULL},
	};
	struct perfmap p;

	perfmap_parse(&p, STR(text));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct perf_symbol *s = perfmap_find(&p, cases[i].addr);

		if (!cases[i].name)
			assert_null(s);
		else
			assert_true(s && str_eq(s->name, str_of(cases[i].name)));
	}
	free(p.items);
}

static void test_split(void **state)
{
	static const struct {
		const char *name, *function, *file;
		uint32_t line;
	} cases[] = {
		{"JS:*spin /srv/app.js:3:21", "spin", "/srv/app.js", 3},
		{"JS:~ node:internal/main/run_main_module:1:1", "(anonymous)",
		 "node:internal/main/run_main_module", 1},
		{"LazyCompile:~main /srv/a b.js:12", "main", "/srv/a b.js", 12},
		{"JS:^Module._load node:internal/modules/cjs/loader:949:24", "Module._load",
		 "node:internal/modules/cjs/loader", 949},
		{"JS:*x :7", "x", ":7", 0},
		{"JS:*none", "JS:*none", "", 0},
		{"JS:", "JS:", "", 0},
		{"JS: ", "JS: ", "", 0},
		{"JS:*far /a.js:99999999999:1", "far", "/a.js:99999999999", 1},
		{"py::handle:/srv/app.py", "handle", "/srv/app.py", 0},
		{"py::<module>:/srv/app.py", "<module>", "/srv/app.py", 0},
		{"py::", "py::", "", 0},
		{"py:::x", "py:::x", "", 0},
		{"Interpreter", "Interpreter", "", 0},
		{"Lshop/Cart;::checkout", "Lshop/Cart;::checkout", "", 0},
		{"", "", "", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str function, file;
		uint32_t line;

		perfmap_split(str_of(cases[i].name), &function, &file, &line);
		if (!str_eq(function, str_of(cases[i].function)) ||
		    !str_eq(file, str_of(cases[i].file)) || line != cases[i].line)
			fail_msg("%s: " STR_FMT ", " STR_FMT ", %u", cases[i].name,
				 STR_ARG(function), STR_ARG(file), line);
	}
}

static void test_nothing(void **state)
{
	struct perfmap p;

	perfmap_parse(&p, STR(""));
	assert_int_equal(p.n, 0);
	assert_null(perfmap_find(&p, 0));
	free(p.items);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
