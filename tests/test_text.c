// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <stdio.h>

#include "report/style.h"
#include "text/ini.h"
#include "text/timestamp.h"
#include "text/quote.h"
#include "text/utf8.h"

static void utf8_decoding(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t code;
		size_t n;
	} cases[] = {
		{"a", 'a', 1},
		{"\xc3\xa9", 0xe9, 2},
		{"\xe2\x82\xac", 0x20ac, 3},
		{"\xf0\x9f\x98\x80", 0x1f600, 4},
		{"\xc3", UTF8_REPLACEMENT, 1},             /* cut off */
		{"\xc0\x80", UTF8_REPLACEMENT, 1},         /* overlong */
		{"\xe0\x80\x80", UTF8_REPLACEMENT, 1},     /* overlong */
		{"\xed\xa0\x80", UTF8_REPLACEMENT, 1},     /* surrogate */
		{"\xf4\x90\x80\x80", UTF8_REPLACEMENT, 1}, /* above U+10FFFF */
		{"\xff", UTF8_REPLACEMENT, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = str_of(cases[i].bytes);
		struct buf b = {0};
		uint32_t c;

		assert_int_equal(utf8_decode(s, &c), cases[i].n);
		assert_int_equal(c, cases[i].code);
		assert_int_equal(utf8_valid(s), c != UTF8_REPLACEMENT);
		if (c != UTF8_REPLACEMENT) {
			utf8_encode(&b, c);
			assert_true(str_eq(buf_str(&b), s));
		}
		buf_release(&b);
	}
	assert_int_equal(utf8_width(0x4e2d), 2);
	assert_int_equal(utf8_width(0x301), 0);
	assert_int_equal(utf8_width('x'), 1);
}

static void foreign_text_is_harmless(void **state)
{
	static const struct {
		const char *in;
		size_t width;
		const char *out;
	} cases[] = {
		{"plain", 0, "plain"},
		{"\033[31mred\033[0m", 0, "red"},
		{"\033]0;title\aafter", 0, "after"},
		{"\033]8;;http://x\033\\link", 0, "link"},
		{"a\tb\rc\bd", 0, "a bcd"},
		{"\xc2\x9b"
		 "31m",
		 0, "31m"}, /* C1 control */
		{"bad\xff", 0, "bad\xef\xbf\xbd"},
		{"0123456789", 10, "0123456789"},
		{"0123456789a", 10, "0123456..."},
		{"\033", 0, ""},
		{"\033[", 0, ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};

		style_add_foreign(&b, str_of(cases[i].in), cases[i].width);
		assert_string_equal(buf_cstr(&b), cases[i].out);
		buf_release(&b);
	}
}

static void counts_have_separators(void **state)
{
	struct buf b = {0};

	style_count(&b, 1234567);
	buf_add_char(&b, ' ');
	style_count(&b, 1000);
	buf_add_char(&b, ' ');
	style_count(&b, 0);
	assert_string_equal(buf_cstr(&b), "1,234,567 1,000 0");
	buf_release(&b);
}

static int collect(void *arg, struct str section, struct str key, struct str value, struct err *err)
{
	struct buf *b = arg;

	if (str_eq(key, STR("refuse")))
		return err_set(err, ERR_INPUT, "refused");
	buf_printf(b, "<" STR_FMT "|" STR_FMT "|" STR_FMT ">", STR_ARG(section), STR_ARG(key),
		   STR_ARG(value));
	return 0;
}

static void ini_files(void **state)
{
	static const struct {
		const char *text, *out;
	} cases[] = {
		{"", ""},
		{"# c\n; c\n\n k = v = w \r\n[a b]\nx=\n", "<|k|v = w><a b|x|>"},
		{"[a\n", "line 1: ']' is missing"},
		{"\n[a]\nnothing\n", "line 3: neither '[section]' nor 'key = value'"},
		{"=x\n", "line 1: neither '[section]' nor 'key = value'"},
		{"[s]\nrefuse = 1\n", "line 2: refused"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};
		struct err e;
		int rc = ini_parse(str_of(cases[i].text), collect, &b, &e);

		assert_string_equal(rc ? e.msg : buf_cstr(&b), cases[i].out);
		buf_release(&b);
	}
}

static void quoted_strings(void **state)
{
	static const struct {
		const char *bytes, *quoted;
	} cases[] = {
		{"", "\"\""},
		{"a\"b\\c/", "\"a\\\"b\\\\c/\""},
		{"\n\t\x1b\x7f", "\"\\u000a\\u0009\\u001b\\u007f\""},
		{"\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
		{"\xff\xc3(", "\"\\udcff\\udcc3(\""},
	};
	static const char *const bad[] = {
		"",           "x",       "\"",     "\"a",         "\"\\",
		"\"\\u12\"",  "\"\\x\"", "\"\n\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
		"\"\\udc00\""};
	struct buf b = {0};
	struct str s = STR("\"\\u00e9\\ud83d\\ude00\\n\\/\"rest");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		quote_add(&b, str_of(cases[i].bytes));
		assert_string_equal(buf_cstr(&b), cases[i].quoted);
		struct str rest = str_of(cases[i].quoted);

		buf_clear(&b);
		assert_true(quote_cut(&rest, &b));
		assert_int_equal(rest.n, 0);
		assert_string_equal(buf_cstr(&b), cases[i].bytes);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct str rest = str_of(bad[i]);

		assert_false(quote_cut(&rest, &b));
	}
	buf_clear(&b);
	assert_true(quote_cut(&s, &b));
	assert_str(s, "rest");
	assert_string_equal(buf_cstr(&b), "\xc3\xa9\xf0\x9f\x98\x80\n/");
	buf_release(&b);
}

/* Line after line as alone, whatever changes from one to the next. */
static void cached_times_are_the_same(void **state)
{
	static const char *const texts[] = {
		"2024-06-14 15:16:01,250",
		"2024-06-14 15:16:01,251",
		"2024-06-14 15:16:01,999",
		"2024-06-14 15:16:02,000",
		"2024-06-14 15:16:02,001 CEST",
		"2024-06-14 15:16:02,002 CEST",
		"2024-06-14 15:16:02,002 UTC",
		"2024-06-14T15:16:02.123456+02:00",
		"2024-06-14T15:16:02.123999+02:00",
		"2024-06-14T15:16:02.123999+03:00",
		"Jun 14 15:16:01",
		"Jun 14 15:16:01",
		"Jun 14 15:16:02",
		"1700000000.125",
		"1700000000.250",
		"1700000001.250",
		"15:16:01.111",
		"15:16:01.222",
		"14.06.2024 15:16:01.061",
		"14.06.2024 15:16:01.062",
		"1:02:03",
		"1:02:04",
		"2024-06-14 15:16:01.1234567890123",
		"2024-06-14 15:16:01.1234567891123",
		"2024-06-14 15:16:01.2234567891123",
		"1969-12-31 23:59:59.250Z",
		"1969-12-31 23:59:59.251Z",
		"20240614-15:16:1:75",
		"20240614-15:16:1:76",
	};
	struct timestamp_cache cache = {0};
	struct buf text = {0};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct event_time alone, cached;
		struct str s = str_of(texts[i]);
		unsigned shape = TIMESTAMP_NONE;

		assert_int_equal(timestamp_match(s, TIMESTAMP_BARE, &shape), s.n);
		assert_true(timestamp_decode(s, shape, &alone));
		assert_true(timestamp_decode_cached(&cache, s, shape, &cached));
		if (alone.ns != cached.ns || alone.zone != cached.zone ||
		    alone.digits != cached.digits || alone.has_zone != cached.has_zone)
			fail_msg("%s", texts[i]);
		buf_clear(&text);
		timestamp_format(&alone, &text);
		if (!str_eq(timestamp_text_cached(&cache, s, &cached), buf_str(&text)))
			fail_msg("%s", texts[i]);
	}
	buf_release(&text);
}

static void zone_names(void **state)
{
	static const char *const names[] = {
		"UTC", "GMT", "CEST", "CET",  "EEST", "EET", "WEST", "WET",  "EST",
		"EDT", "CST", "CDT",  "MST",  "MDT",  "PST", "PDT",  "JST",  "KST",
		"IST", "BST", "MSK",  "AEST", "AEDT", "HKT", "SGT",  "NZST", "NZDT",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char text[64];
		unsigned shape;
		int n = snprintf(text, sizeof(text), "2024-06-14 15:16:01 %s", names[i]);

		assert_int_equal(timestamp_match(str_of(text), TIMESTAMP_BARE, &shape), n);
	}
	/* A level is no zone. */
	for (size_t i = 0; i < 4; i++) {
		static const char *const levels[] = {"INFO", "WARN", "ERROR", "EMERG"};
		char text[64];
		unsigned shape;

		snprintf(text, sizeof(text), "2024-06-14 15:16:01 %s", levels[i]);
		assert_int_equal(timestamp_match(str_of(text), TIMESTAMP_BARE, &shape), 19);
	}
}

static void ini_changes(void **state)
{
	static const struct {
		const char *text, *key, *value, *want; /* value NULL: the key goes */
	} cases[] = {
		{"", "k", "1", "[s t]\nk = 1\n"},
		{"a = 1\n", "k", "1", "a = 1\n\n[s t]\nk = 1\n"},
		{"a = 1", "k", "1", "a = 1\n\n[s t]\nk = 1\n"},
		{"[s t]\n# mine\nk=2\nj = 3\n", "k", "1", "[s t]\n# mine\nk = 1\nj = 3\n"},
		{"[s t]\nj = 3\n\n# next\n[u]\nk = 5\n", "k", "1",
		 "[s t]\nj = 3\nk = 1\n\n# next\n[u]\nk = 5\n"},
		{"[s t]\nk = 2\nk = 3\n", "k", "1", "[s t]\nk = 1\n"},
		{"[s t]\nk = 2\nj = 3\n", "k", NULL, "[s t]\nj = 3\n"},
		{"k = 4\n[s t]\n", "k", "1", "k = 4\n[s t]\nk = 1\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ini_pair pair = {.key = str_of(cases[i].key)};
		struct buf b = {0};

		if (cases[i].value)
			pair.value = str_of(cases[i].value);
		ini_set(str_of(cases[i].text), STR("s t"), &pair, 1, &b);
		if (!str_eq(buf_str(&b), str_of(cases[i].want)))
			fail_msg("%zu: %s", i, buf_cstr(&b));
		buf_release(&b);
	}
}

static void ini_removals(void **state)
{
	static const char *const cases[][2] = {
		{"", ""},
		{"a = 1\n[s t]\nk = 1\n", "a = 1\n"},
		{"# of s\n[s t]\nk = 1\n# of u\n[u]\nk = 2\n", "# of u\n[u]\nk = 2\n"},
		{"[u]\nk = 2\n\n[s t]\n# in it\nk = 1\n\n[v]\n", "[u]\nk = 2\n\n[v]\n"},
		{"[u]\nk = 2\n# end\n", "[u]\nk = 2\n# end\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};

		ini_remove(str_of(cases[i][0]), STR("s t"), &b);
		if (!str_eq(buf_str(&b), str_of(cases[i][1])))
			fail_msg("%zu: %s", i, buf_cstr(&b));
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_decoding),
		cmocka_unit_test(foreign_text_is_harmless),
		cmocka_unit_test(counts_have_separators),
		cmocka_unit_test(ini_files),
		cmocka_unit_test(ini_changes),
		cmocka_unit_test(ini_removals),
		cmocka_unit_test(cached_times_are_the_same),
		cmocka_unit_test(zone_names),
		cmocka_unit_test(quoted_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
