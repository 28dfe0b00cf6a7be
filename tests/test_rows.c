// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows in every form; escaping of JSON and CSV; the forms read back give the same cells. */
#include "unit.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/rows.h"
#include "text/csv.h"
#include "text/json.h"
#include "text/utf8.h"

static void strings(void **state)
{
	static const struct {
		struct str in;
		const char *json, *csv;
	} cases[] = {
		{STR(""), "\"\"", ""},
		{STR("plain text, of more than 16"), "\"plain text, of more than 16\"",
		 "\"plain text, of more than 16\""},
		{STR("say \"hi\""), "\"say \\\"hi\\\"\"", "\"say \"\"hi\"\"\""},
		{STR("\""), "\"\\\"\"", "\"\"\"\""},
		{STR("a\\b\tc"), "\"a\\\\b\\tc\"", "a\\b\tc"},
		{STR("a\nb\rc"), "\"a\\nb\\rc\"", "\"a\nb\rc\""},
		{STR("\033[31m\x7f\x01"), "\"\\u001b[31m\x7f\\u0001\"", "\033[31m\x7f\x01"},
		{STR("nul\0byte"),
		 "\"nul\xef\xbf\xbd"
		 "byte\"",
		 "nul\xef\xbf\xbd"
		 "byte"},
		{STR("\xc3\xa9\xff,\xe2\x82"), "\"\xc3\xa9\xef\xbf\xbd,\xef\xbf\xbd\xef\xbf\xbd\"",
		 "\"\xc3\xa9\xef\xbf\xbd,\xef\xbf\xbd\xef\xbf\xbd\""},
		{STR("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"",
		 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{STR("0123456789abcde\""), "\"0123456789abcde\\\"\"", "\"0123456789abcde\"\"\""},
		{STR("0123456789abcdef\n"), "\"0123456789abcdef\\n\"", "\"0123456789abcdef\n\""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};

		json_add_string(&b, cases[i].in);
		assert_string_equal(buf_cstr(&b), cases[i].json);
		buf_clear(&b);
		csv_add_cell(&b, cases[i].in);
		assert_string_equal(buf_cstr(&b), cases[i].csv);
		buf_release(&b);
	}
}

static void reals(void **state)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = {
		{0, "0"},
		{-1.5, "-1.5"},
		{0.1, "0.1"},
		{1e300, "1e+300"},
		{1.0 / 3, "0.3333333333333333"},
		{0.0 / 0.0, "null"},
		{1.0 / 0.0, "null"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};

		json_add_real(&b, cases[i].v);
		assert_string_equal(buf_cstr(&b), cases[i].text);
		buf_release(&b);
	}
}

static void csv_reading(void **state)
{
	static const struct {
		const char *text, *want; /* cells in [], rows end in ; - or the error */
	} cases[] = {
		{"a,b\n1,2\n", "[a][b];[1][2];"},
		{"a,b\r\n1,\"2\"\r\n", "[a][b];[1][2];"},
		{"\xef\xbb\xbf"
		 "a",
		 "[a];"},
		{"a,\n,\n", "[a][];[][];"},
		{"\n\n\"x\ny\"\n", "[x\ny];"},
		{"\"a\"\"b\",\"\"\"\",\"\"\n", "[a\"b][\"][];"},
		{"a\"b,c\n", "[a\"b][c];"},
		{"\"a,b\"", "[a,b];"},
		{"x\n\"a", "[x];line 2: quotes do not close"},
		{"\"a\nb\"x\n", "line 1: text after closing quotes"},
		{"\"a\nb\"\n\"", "[a\nb];line 3: quotes do not close"},
		{"", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};
		struct err err;
		struct csv c;
		int rc;

		csv_init(&c, str_of(cases[i].text));
		while ((rc = csv_next(&c, &err)) > 0) {
			for (size_t k = 0; k < c.n; k++)
				buf_printf(&b, "[" STR_FMT "]", STR_ARG(c.cells[k]));
			buf_add_char(&b, ';');
		}
		if (rc)
			buf_add_str(&b, str_of(err.msg));
		assert_int_equal(rc, strstr(cases[i].want, "line ") ? -ERR_INPUT : 0);
		assert_string_equal(buf_cstr(&b), cases[i].want);
		csv_release(&c);
		buf_release(&b);
	}
}

static const struct rows_column columns[] = {
	{"id", ROWS_FIXED, 0},    {"n", ROWS_NUMBER, 0},  {"none", ROWS_STRING, 2},
	{"what", ROWS_STRING, 0}, {"list", ROWS_LIST, 1},
};

static void add_row(struct rows_out *o, struct str id, int64_t n, struct str what,
		    const struct str *list, size_t nlist)
{
	rows_begin(o);
	rows_string(o, id);
	rows_int(o, n);
	rows_none(o);
	rows_string(o, what);
	rows_list(o, list, nlist);
	rows_end(o);
}

/* The rows of a small table in a form; the caller frees. */
static char *table(enum rows_form form, size_t width, bool color)
{
	static const struct str list[] = {STR("a"), STR("b \"c\"")};
	struct rows_file f;
	struct err err;
	char *text;
	size_t n;
	FILE *stream = open_memstream(&text, &n);

	rows_file_init(&f, form, "test", columns, ARRAY_SIZE(columns), width, color,
		       STR("\"more\":1,"), stream);
	add_row(&f.out, STR("x"), 5, STR("\033[31mred\007, long\tenough"), list, 2);
	assert_true(rows_file_next(&f));
	add_row(&f.out, STR("longer"), -12345678901, STR("\xe6\x97\xa5\xff"), list, 1);
	assert_true(rows_file_next(&f));
	add_row(&f.out, STR(""), 0, STR(""), NULL, 0);
	assert_true(rows_file_next(&f));
	assert_int_equal(rows_file_close(&f, &err), 0);
	fclose(stream);
	return text;
}

static void forms(void **state)
{
	static const struct {
		enum rows_form form;
		size_t width;
		bool color;
		const char *want;
	} cases[] = {
		{ROWS_TEXT, 0, false,
		 "id                 n  none  what              list\n"
		 "x                  5        red, long enough  [\"a\",\"b \\\"c\\\"\"]\n"
		 "longer  -12345678901        \xe6\x97\xa5\xef\xbf\xbd               [\"a\"]\n"
		 "                   0\n"},
		{ROWS_TEXT, 50, true,
		 "\033[1mid                 n  what           list\033[0m\n"
		 "x                  5  red, long ...  [\"a\",\"b \\\"...\n"
		 "longer  -12345678901  \xe6\x97\xa5\xef\xbf\xbd            [\"a\"]\n"
		 "                   0\n"},
		{ROWS_CSV, 0, false,
		 "id,n,none,what,list\n"
		 "x,5,,\"\033[31mred\007, long\tenough\",\"[\"\"a\"\",\"\"b \\\"\"c\\\"\"\"\"]\"\n"
		 "longer,-12345678901,,\xe6\x97\xa5\xef\xbf\xbd,\"[\"\"a\"\"]\"\n"
		 ",0,,,[]\n"},
		{ROWS_JSONL, 0, false,
		 "{\"id\":\"x\",\"n\":5,\"none\":null,\"what\":\"\\u001b[31mred\\u0007, "
		 "long\\tenough\","
		 "\"list\":[\"a\",\"b \\\"c\\\"\"]}\n"
		 "{\"id\":\"longer\",\"n\":-12345678901,\"none\":null,\"what\":"
		 "\"\xe6\x97\xa5\xef\xbf\xbd"
		 "\",\"list\":[\"a\"]}\n"
		 "{\"id\":\"\",\"n\":0,\"none\":null,\"what\":\"\",\"list\":[]}\n"},
		{ROWS_JSON, 0, false,
		 "{\"schema\":\"inquest.test/1\",\"more\":1,\"rows\":[\n"
		 "{\"id\":\"x\",\"n\":5,\"none\":null,\"what\":\"\\u001b[31mred\\u0007, "
		 "long\\tenough\","
		 "\"list\":[\"a\",\"b \\\"c\\\"\"]},\n"
		 "{\"id\":\"longer\",\"n\":-12345678901,\"none\":null,\"what\":"
		 "\"\xe6\x97\xa5\xef\xbf\xbd"
		 "\",\"list\":[\"a\"]},\n"
		 "{\"id\":\"\",\"n\":0,\"none\":null,\"what\":\"\",\"list\":[]}\n]}\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *got = table(cases[i].form, cases[i].width, cases[i].color);

		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

/* Hostile cells in CSV and JSON, read back: the same. */
static void forms_agree(void **state)
{
	struct rows csv, json;
	struct rows_out oc, oj;
	struct buf bc = {0}, bj = {0};
	uint32_t seed = 1;
	json_error_t e;
	json_t *doc, *rows;
	struct csv c;
	struct err err;

	rows_init(&csv, ROWS_CSV, "test", columns, ARRAY_SIZE(columns), 0, false);
	rows_init(&json, ROWS_JSON, "test", columns, ARRAY_SIZE(columns), 0, false);
	rows_out_init(&oc, &csv, &bc);
	rows_out_init(&oj, &json, &bj);
	rows_head(&csv, STR(""), &bc);
	rows_head(&json, STR(""), &bj);
	for (size_t i = 0; i < 3000; i++) {
		static const char letters[] = "\"\\,\r\n\t\0\033\x7f\xc3\xa9\xff\xe2\x82\xac a[]{}";
		char text[3][40];
		struct str s[3];

		for (size_t k = 0; k < 3; k++) {
			s[k] = (struct str){text[k], 0};
			seed = seed * 1664525 + 1013904223;
			for (size_t n = (seed >> 16) % sizeof(text[k]); s[k].n < n; s[k].n++) {
				seed = seed * 1664525 + 1013904223;
				text[k][s[k].n] = letters[(seed >> 16) % (sizeof(letters) - 1)];
			}
		}
		add_row(&oc, s[0], (int32_t)seed, s[1], s, i % 4);
		add_row(&oj, s[0], (int32_t)seed, s[1], s, i % 4);
	}
	rows_tail(&json, &bj);
	bj.p[str_find(buf_str(&bj), STR("\"rows\":[")) + 8] = ' '; /* rows_separator() */
	assert_int_equal(rows_separator(&json), 1);
	doc = json_loadb(bj.p, bj.n, JSON_ALLOW_NUL, &e);
	if (!doc)
		fail_msg("%s at %d", e.text, e.position);
	rows = json_object_get(doc, "rows");
	assert_int_equal(json_array_size(rows), 3000);
	csv_init(&c, buf_str(&bc));
	assert_int_equal(csv_next(&c, &err), 1);
	for (size_t i = 0; i < 3000; i++) {
		json_t *row = json_array_get(rows, i), *list;

		assert_int_equal(csv_next(&c, &err), 1);
		assert_int_equal(c.n, ARRAY_SIZE(columns));
		for (size_t k = 0; k < c.n; k++) {
			json_t *v = json_object_get(row, columns[k].name);
			int64_t n;

			assert_true(utf8_valid(c.cells[k]));
			switch (json_typeof(v)) {
			case JSON_STRING:
				assert_true(
					str_eq(c.cells[k], (struct str){json_string_value(v),
									json_string_length(v)}));
				break;
			case JSON_INTEGER:
				assert_true(str_i64(c.cells[k], &n) && n == json_integer_value(v));
				break;
			case JSON_NULL: assert_int_equal(c.cells[k].n, 0); break;
			default:
				list = json_loadb(c.cells[k].p, c.cells[k].n, 0, &e);
				assert_true(json_equal(list, v));
				json_decref(list);
			}
		}
	}
	assert_int_equal(csv_next(&c, &err), 0);
	csv_release(&c);
	json_decref(doc);
	rows_release(&csv);
	rows_release(&json);
	buf_release(&bc);
	buf_release(&bj);
}

/* Slices of known memory are written as any others: cells, lists and rows of them. */
static void slices(void **state)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyz 0123456789:.-_/[]\"\\,\r\n\t\0\xc3\xa9\xff";
	static const struct rows_column three[] = {
		{"a", ROWS_STRING, 0}, {"n", ROWS_NUMBER, 0}, {"b", ROWS_STRING, 0}};
	const size_t size = 300;
	CLEANUP_FREE char *text = mem_alloc(size); /* nothing beyond may be read */
	struct str around = {text, size};
	uint32_t seed = 1;

	for (size_t i = 0; i < 5000; i++) {
		size_t kinds = i % 3 ? sizeof(letters) - 1 : 44; /* of the first, none is special */
		struct buf plain = {0}, fast = {0};
		struct rows_out oplain, ofast;
		struct str s[3];
		struct rows r;

		for (size_t k = 0; k < size; k++) {
			seed = seed * 1664525 + 1013904223;
			text[k] = letters[(seed >> 16) % kinds];
		}
		for (size_t k = 0; k < 3; k++) {
			size_t from = (seed >> 8) % (size + 1), n;

			seed = seed * 1664525 + 1013904223;
			n = (seed >> 8) % (seed & 64 ? 20 : 140);
			s[k] = str_head(str_from(around, from), n);
		}
		csv_add_cells(&fast, s, 3, around);
		csv_add_strings(&fast, s, 3, around);
		for (size_t k = 0; k < 3; k++) {
			if (k)
				buf_add_char(&plain, ',');
			csv_add_cell(&plain, s[k]);
		}
		csv_add_strings(&plain, s, 3, (struct str){0});
		assert_true(str_eq(buf_str(&plain), buf_str(&fast)));
		s[1] = STR("12");
		for (int form = ROWS_TEXT; form <= ROWS_JSON; form++) {
			rows_init(&r, (enum rows_form)form, "test", three, 3, 0, false);
			rows_out_init(&oplain, &r, &plain);
			rows_out_init(&ofast, &r, &fast);
			ofast.around = around;
			rows_begin(&oplain);
			rows_string(&oplain, s[0]);
			rows_count(&oplain, 12);
			rows_string(&oplain, s[2]);
			rows_end(&oplain);
			rows_begin(&ofast);
			rows_cells(&ofast, s, 3);
			rows_end(&ofast);
			assert_true(str_eq(buf_str(&plain), buf_str(&fast)));
			rows_out_release(&oplain);
			rows_out_release(&ofast);
			rows_release(&r);
		}
		buf_release(&plain);
		buf_release(&fast);
	}
}

/* The widths come from the first rows only; later ones stand out, or are cut on a terminal. */
static void long_tables(void **state)
{
	for (size_t width = 0; width <= 40; width += 40) {
		struct rows_file f;
		struct err err;
		char *text;
		size_t n, lines = 0;
		FILE *stream = open_memstream(&text, &n);

		rows_file_init(&f, ROWS_TEXT, "test", columns, ARRAY_SIZE(columns), width, false,
			       STR(""), stream);
		for (size_t i = 0; i < 5000; i++) {
			add_row(&f.out, STR("id"), (int64_t)i,
				i < 4000 ? STR("short")
					 : STR("a very much longer text than before"),
				NULL, 0);
			assert_true(rows_file_next(&f));
		}
		assert_int_equal(rows_file_close(&f, &err), 0);
		fclose(stream);
		for (struct str rest = str_of(text), line; str_next(&rest, '\n', &line); lines++)
			if (width)
				assert_in_range(line.n, 0, width);
		assert_int_equal(lines, 5002);
		free(text);
	}
}

/* The one cell of a row may be empty. */
static void one_column(void **state)
{
	static const struct rows_column one[] = {{"x", ROWS_STRING, 0}};
	struct rows_out o;
	struct buf b = {0};
	struct rows r;

	rows_init(&r, ROWS_CSV, "test", one, 1, 0, false);
	rows_out_init(&o, &r, &b);
	for (int i = 0; i < 3; i++) {
		rows_begin(&o);
		rows_string(&o, i == 1 ? STR("a") : STR(""));
		rows_end(&o);
	}
	assert_string_equal(buf_cstr(&b), "\"\"\na\n\"\"\n");
	buf_release(&b);
	rows_out_release(&o);
	rows_release(&r);
}

static void write_errors(void **state)
{
	FILE *stream = fopen("/dev/full", "w");
	struct rows_file f;
	struct err err = {0};
	size_t n = 0;

	assert_non_null(stream);
	rows_file_init(&f, ROWS_CSV, "test", columns, ARRAY_SIZE(columns), 0, false, STR(""),
		       stream);
	do
		add_row(&f.out, STR("id"), 1, STR("text"), NULL, 0);
	while (rows_file_next(&f) && n++ < 1000000);
	assert_in_range(n, 1, 100000);
	assert_int_equal(rows_file_close(&f, &err), -ERR_SYSTEM);
	assert_string_equal(err.msg, "output: No space left on device");
	fclose(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings),      cmocka_unit_test(reals),
		cmocka_unit_test(csv_reading),  cmocka_unit_test(forms),
		cmocka_unit_test(forms_agree),  cmocka_unit_test(slices),
		cmocka_unit_test(long_tables),  cmocka_unit_test(one_column),
		cmocka_unit_test(write_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
