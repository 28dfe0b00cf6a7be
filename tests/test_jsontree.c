// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON as a tree: every kind of value, what is lenient, what is refused, what is cut off. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/json.h"
#include "text/jsontree.h"

/* Written again, without recursion deeper than the tree's cap. */
static void render(const struct jsontree *t, struct buf *b)
{
	bool object = t->kind == JSONTREE_OBJECT;

	switch (t->kind) {
	case JSONTREE_NULL: BUF_LIT(b, "null"); return;
	case JSONTREE_BOOL: buf_add_str(b, t->truth ? STR("true") : STR("false")); return;
	case JSONTREE_INT: buf_i64(b, t->integer); return;
	case JSONTREE_REAL: buf_printf(b, "%g", t->real); return;
	case JSONTREE_STRING: json_add_string(b, t->text); return;
	default: break;
	}
	buf_add_char(b, object ? '{' : '[');
	for (const struct jsontree *c = jsontree_first(t); c; c = c->next) {
		if (c != jsontree_first(t))
			buf_add_char(b, ',');
		if (object) {
			json_add_string(b, c->key);
			buf_add_char(b, ':');
		}
		render(c, b);
	}
	buf_add_char(b, object ? '}' : ']');
}

struct sample {
	const char *text, *tree;
	bool cut;
};

static void test_trees(void **state)
{
	static const struct sample cases[] = {
		{"{\"a\":[1,-2,3.5,true,false,null],\"b\":{\"c\":\"x\"}}",
		 "{\"a\":[1,-2,3.5,true,false,null],\"b\":{\"c\":\"x\"}}", false},
		{"\xef\xbb\xbf [ ] ", "[]", false},
		{"[NaN,Infinity,-Infinity,nan]", "[nan,inf,-inf,nan]", false},
		{"[9223372036854775807,9223372036854775808,1e400]",
		 "[9223372036854775807,9.22337e+18,inf]", false},
		{"\"\\u00e9\\n\\ud83d\\ude00\"", "\"\u00e9\\n\U0001f600\"", false},
		{"{\"\\u0061\":1,\"a\":2,}", "{\"a\":1,\"a\":2}", false},
		{"[1,]", "[1]", false},
		{"\"a\nb\"", "\"a\\nb\"", false},
		{"5", "5", false},
		{"[1,2", "[1]", true}, /* 2 may have gone on */
		{"[1,2,", "[1,2]", true},
		{"{\"a\":{\"b\":[\"cd", "{\"a\":{\"b\":[\"cd\"]}}", true},
		{"{\"a\":1,\"b", "{\"a\":1}", true},
		{"{\"a\":1,\"b\"", "{\"a\":1}", true},
		{"{\"a\":1,\"b\":", "{\"a\":1}", true},
		{"{\"a\":\"x\\", "{\"a\":\"x\\\\\"}", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf got = {0};
		struct jsontree_doc doc;
		struct arena a;
		struct err err = {0};

		arena_init(&a);
		assert_int_equal(jsontree_read(&doc, &a, str_of(cases[i].text), 1, &err), 0);
		render(doc.root, &got);
		assert_string_equal(buf_cstr(&got), cases[i].tree);
		assert_int_equal(doc.cut, cases[i].cut);
		assert_int_equal(doc.rest.n, 0);
		arena_release(&a);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *why;
		int code;
	} cases[] = {
		{"[1 2]", "line 7: JSON: a comma or a closing bracket is missing", ERR_INPUT},
		{"{1:2}", "line 7: JSON: a key in quotes is missing", ERR_INPUT},
		{"{\"a\" 2}", "line 7: JSON: a colon is missing after a key", ERR_INPUT},
		{"\n\n[,]", "line 9: JSON: a value is missing", ERR_INPUT},
		{"[tru]", "line 7: JSON: neither number nor word", ERR_INPUT},
		{"[1.2.3]", "line 7: JSON: neither number nor word", ERR_INPUT},
		{"[0x10]", "line 7: JSON: neither number nor word", ERR_INPUT},
		{"[1}", "line 7: JSON: a comma or a closing bracket is missing", ERR_INPUT},
	};
	struct jsontree_doc doc = {.line = 5};
	struct arena a;
	struct err err = {0};

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(jsontree_read(&doc, &a, str_of(cases[i].text), 7, &err),
				 -cases[i].code);
		assert_string_equal(err.msg, cases[i].why);
		assert_int_equal(doc.line, 5); /* untouched */
	}
	arena_release(&a);
}

static void test_limits(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct jsontree_doc doc;
	struct arena a;
	struct err err = {0};

	arena_init(&a);
	for (int i = 0; i < JSONTREE_DEPTH; i++)
		buf_add_char(&b, '[');
	assert_int_equal(jsontree_read(&doc, &a, buf_str(&b), 1, &err), 0);
	buf_add_char(&b, '[');
	assert_int_equal(jsontree_read(&doc, &a, buf_str(&b), 1, &err), -ERR_LIMIT);
	buf_clear(&b);
	buf_add_char(&b, '[');
	for (size_t i = 0; i < JSONTREE_MAX; i++)
		BUF_LIT(&b, "1,");
	assert_int_equal(jsontree_read(&doc, &a, buf_str(&b), 1, &err), -ERR_LIMIT);
	buf_clear(&b); /* more digits than a double has, and more than are read */
	BUF_LIT(&b, "[1.");
	for (int i = 0; i < 100; i++)
		buf_add_char(&b, '5');
	buf_add_char(&b, ']');
	assert_int_equal(jsontree_read(&doc, &a, buf_str(&b), 1, &err), 0);
	assert_true(fabs(jsontree_number(jsontree_first(doc.root)) - 14. / 9) < 1e-15);
	b.n--;
	for (int i = 0; i < 1000; i++)
		buf_add_char(&b, '5');
	buf_add_char(&b, ']');
	assert_int_equal(jsontree_read(&doc, &a, buf_str(&b), 1, &err), -ERR_INPUT);
	arena_release(&a);
}

static void test_access(void **state)
{
	struct jsontree_doc doc;
	struct arena a;
	struct err err = {0};
	const struct jsontree *t;

	arena_init(&a);
	assert_int_equal(
		jsontree_read(&doc, &a,
			      STR("{\"n\":1,\"s\":\"2.5\",\"t\":true,\n\"n\":2,\"x\":\"y\"}\nrest"),
			      1, &err),
		0);
	t = doc.root;
	assert_str(doc.rest, "rest");
	assert_int_equal(doc.line, 3);
	assert_int_equal(jsontree_count(t), 5);
	assert_true(jsontree_number(jsontree_get(t, "n")) == 2); /* the last one */
	assert_int_equal(jsontree_get(t, "n")->line, 2);
	assert_true(jsontree_number(jsontree_get(t, "s")) == 2.5);
	assert_true(jsontree_is_number(jsontree_get(t, "s")));
	assert_false(jsontree_is_number(jsontree_get(t, "x")));
	assert_false(jsontree_is_number(NULL));
	assert_true(isnan(jsontree_number(jsontree_get(t, "x"))));
	assert_true(jsontree_true(jsontree_get(t, "t")));
	assert_false(jsontree_true(jsontree_get(t, "n")));
	assert_str(jsontree_text(jsontree_get(t, "x")), "y");
	assert_int_equal(jsontree_text(jsontree_get(t, "n")).n, 0);
	assert_null(jsontree_get(t, "none"));
	assert_null(jsontree_get(jsontree_get(t, "s"), "x"));
	assert_null(jsontree_first(jsontree_get(t, "s")));
	assert_int_equal(jsontree_read(&doc, &a, STR(" \n "), 1, &err), 0);
	assert_null(doc.root);
	assert_false(doc.cut);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_access),
	};

	return cmocka_run_group_tests_name("jsontree", tests, NULL, NULL);
}
