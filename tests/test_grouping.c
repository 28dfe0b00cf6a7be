// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <math.h>

#include "compare/grouping.h"
#include "compare/range.h"

static struct arena arena;

static int setup(void **state)
{
	arena_init(&arena);
	return 0;
}

static int teardown(void **state)
{
	arena_release(&arena);
	return 0;
}

static void functions(void **state)
{
	static const struct {
		const char *function, *file, *want;
	} t[] = {
		{"u8_byte2char", "/build/awk/run.c", "u8_byte2char"},
		{"std::vector<int, std::allocator<int> >::at(unsigned long) const", "",
		 "std::vector::at const"},
		{"core::ptr::drop<T>::h0123456789abcdef", "", "core::ptr::drop"},
		{"parse.constprop.0", "", "parse"},
		{"parse.isra.0.cold", "", "parse"},
		{"com.example.Foo$1.run", "Foo.java", "com.example.Foo.run"},
		{"com.example.Foo.lambda$main$0", "", "com.example.Foo.lambda$main"},
		{"com.example.Foo.<init>", "", "com.example.Foo.<init>"},
		{"main.(*Server).Serve(0xc000, 0x1)", "", "main.(*Server).Serve"},
		{"async fetchAll", "a.js", "fetchAll"},
		{"<module>", "/srv/app.py", "app.py"},
		{"", "C:\\src\\app.cs", "app.cs"},
		{"operator->", "", "operator->"},
		{"operator()", "race.cc", "operator()"},
		{"main::$_0::operator()() const", "", "main::$_0::operator() const"},
		{"key::operator<(key const&) const", "", "key::operator< const"},
		{"print::operator<<(std::ostream&, int)", "", "print::operator<<"},
		{"my_operator(int)", "", "my_operator"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct str got =
			grouping_function(&arena, str_of(t[i].function), str_of(t[i].file));

		if (!str_eq(got, str_of(t[i].want)))
			fail_msg("%s: %.*s, not %s", t[i].function, STR_ARG(got), t[i].want);
	}
}

/* "kind|type|text|frame<frame" */
static struct grouping_symptom symptom(const char *spec)
{
	struct grouping_symptom s = {0};
	struct str rest = str_of(spec), field[4] = {{0}};

	for (int i = 0; i < 4; i++)
		str_next(&rest, '|', &field[i]);
	assert_true(grouping_kind_of(field[0], &s.kind));
	s.type = field[1];
	s.text = field[2];
	while (field[3].n) {
		size_t n = str_find_char(field[3], '<');

		grouping_add_frame(&s, &arena, str_head(field[3], n), STR(""), true);
		field[3] = str_from(field[3], n + 1);
	}
	return s;
}

static void same_or_not(void **state)
{
	static const struct {
		const char *x, *y;
		double least, most;
		const char *why;
	} t[] = {
		{"exception|IOError|disk 1|f<g<h", "exception|IOError|disk 2|f<g<h", .99, 1,
		 "same type and 3 innermost own frames"},
		{"exception|IOError|a b|f<g<h", "exception|IOError|c d|f<g<i", .85, .95,
		 "same type and 2 innermost own frames"},
		{"exception|IOError|a|f<g", "exception|IOError|b|f<x", .8, .9,
		 "same type and innermost own frame"},
		{"exception|IOError|a|f<g<h", "exception|IOError|a|x<g<h", 0, 0, NULL},
		{"exception|IOError|a|f<g<h", "exception|KeyError|a|f<g", 0, 0, NULL},
		{"exception|IOError|a|f<g<h", "call stack||a|f<g<h", .6, .8,
		 "same 3 innermost own frames"},
		{"exception|Error|cannot find /a/b|", "exception|Error|cannot find /c|", .8, .8,
		 "same type and message; no frames of the program's own"},
		{"exception|Error|cannot find it|", "exception|Error|cannot open it|", 0, .6, NULL},
		{"exception|Error|cannot find it|f", "exception|Error|cannot find it|", .6, .7,
		 "same type and message; one without own frames"},
		{"exception|KeyError||", "exception|KeyError||", .7, .7, NULL},
		{"error||disk <*> is full|", "error||disk <*> is full|", .95, .95, "same template"},
		{"error||user <*> not found|", "error||user 17 not found|", .85, .85,
		 "same template, but for values"},
		{"error||connection to <*> lost after <*> ms|",
		 "error||connection to <*> lost after <*> ms again|", .6, .75, "similar template"},
		{"error||disk full|", "error||disk empty|", 0, 0, NULL},
		{"error||disk full|", "metric||disk full|", 0, 0, NULL},
		{"failed test|one|a.b|", "failed test|two|a.b|", 1, 1, "same test"},
		{"failed test|x|a.b|", "failed test|x|a.c|", 0, 0, NULL},
		{"metric|1|rss.peak|", "metric|2|rss.peak|", 1, 1, "same variable"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct grouping_symptom x = symptom(t[i].x), y = symptom(t[i].y);
		const char *why, *why_back;
		double q = grouping_compare(&x, &y, &why),
		       back = grouping_compare(&y, &x, &why_back);

		if (q < t[i].least - 1e-9 || q > t[i].most + 1e-9 || q != back)
			fail_msg("%s, %s: %g and %g", t[i].x, t[i].y, q, back);
		if (t[i].why && strcmp(why, t[i].why) != 0)
			fail_msg("%s, %s: %s", t[i].x, t[i].y, why);
	}
}

/* What people read can be read back, and is the same symptom with the same key. */
static void back(void **state)
{
	static const char *const specs[] = {
		"exception|java.io.IOException|No space left: /x|com.A.f<com.B.g",
		"exception|heap-use-after-free||u8_byte2char<matchop<execute",
		"exception|Error||",
		"call stack|||f<g<h",
		"error||connection to <*> failed: <*>, in <*> ms|",
		"failed test|assert 1 == 2|a.TestB.test_c[1-2]|",
		"metric|7 s, good runs 1 to 2 (5)|wall|",
	};

	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		struct grouping_symptom s = symptom(specs[i]), r;
		char key[GROUPING_KEY + 1], again[GROUPING_KEY + 1];
		CLEANUP_BUF struct buf what = {0};
		const char *why;

		grouping_what(&s, 200, &what);
		grouping_parse(s.kind, buf_str(&what), &arena, &r);
		grouping_key(&s, key);
		grouping_key(&r, again);
		if (strcmp(key, again) != 0 || grouping_compare(&s, &r, &why) < GROUPING_JOIN)
			fail_msg("%s: \"%s\" is another: %.*s|%.*s", specs[i], buf_cstr(&what),
				 STR_ARG(r.type), STR_ARG(r.text));
	}
}

static void keys(void **state)
{
	struct grouping_symptom a = symptom("exception|Error|at 17 ms in /a|"),
				b = symptom("exception|Error|at 18 ms in /b|"),
				c = symptom("exception|Error|at 17 ms in /a|f");
	char x[GROUPING_KEY + 1], y[GROUPING_KEY + 1];

	grouping_key(&a, x);
	grouping_key(&b, y);
	assert_string_equal(x, y); /* values do not count */
	grouping_key(&c, y);
	assert_string_not_equal(x, y);
}

static void long_texts(void **state)
{
	CLEANUP_BUF struct buf text = {0}, what = {0};
	struct grouping_symptom s = {.kind = GROUPING_EXCEPTION, .type = STR("Error")}, r;
	const char *why;

	for (int i = 0; i < 300; i++)
		BUF_LIT(&text, "wörd ");
	s.text = buf_str(&text);
	grouping_what(&s, 200, &what);
	assert_true(what.n <= 200);
	assert_true(str_ends(buf_str(&what), STR("wörd...")));
	grouping_parse(GROUPING_EXCEPTION, buf_str(&what), &arena, &r);
	assert_true(grouping_compare(&s, &r, &why) >= GROUPING_JOIN); /* as far as it goes */
}

static void alike(void **state)
{
	struct grouping_symptom x, y, z;
	const char *why;

	grouping_alike(&x, &arena, STR("no route to 10.0.0.1"), 7);
	grouping_alike(&y, &arena, STR("no route to 10.0.0.2"), 9);
	grouping_alike(&z, &arena, STR("no memory"), 9);
	assert_true(grouping_compare(&x, &y, &why) >= GROUPING_JOIN);
	assert_string_equal(why, "tests with the same message");
	assert_true(grouping_compare(&x, &z, &why) == 0);
}

static void ranges(void **state)
{
	static const struct {
		double good[8];
		size_t n;
		double value;
		enum better better;
		bool outside;
	} t[] = {
		{{10, 11, 9, 10, 10, 11}, 6, 30, BETTER_UNKNOWN, true},
		{{10, 11, 9, 10, 10, 11}, 6, 30, BETTER_LOWER, true},
		{{10, 11, 9, 10, 10, 11}, 6, 30, BETTER_HIGHER, false},
		{{10, 11, 9, 10, 10, 11}, 6, 1, BETTER_HIGHER, true},
		{{10, 11, 9, 10, 10, 11}, 6, 10.5, BETTER_UNKNOWN, false},
		{{10, 10, 10, 10, 10}, 5, 11, BETTER_UNKNOWN, false}, /* within 25 % */
		{{10, 10, 10, 10, 10}, 5, 13, BETTER_UNKNOWN, true},
		{{10, 11, 9, 10}, 4, 1000, BETTER_UNKNOWN, false}, /* too few */
		{{10, 11, 9, 10, 10, 11}, 6, NAN, BETTER_UNKNOWN, true},
		{{10, 11, 9, 10, 10, 11, NAN}, 7, NAN, BETTER_UNKNOWN, false},
		{{10, 11, 9, 10, 10, 11}, 6, INFINITY, BETTER_LOWER, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		double good[8];
		struct range r;

		memcpy(good, t[i].good, sizeof(good));
		if (range_outside(good, t[i].n, t[i].value, t[i].better, &r) != t[i].outside)
			fail_msg("case %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions), cmocka_unit_test(same_or_not), cmocka_unit_test(back),
		cmocka_unit_test(keys),      cmocka_unit_test(long_texts),  cmocka_unit_test(alike),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
