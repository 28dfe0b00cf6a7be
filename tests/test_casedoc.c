// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "../bench/casework.h"
#include "case/casedoc.h"
#include "case/summary.h"
#include "text/shell.h"

#define HEAD "---\ninquest: 1\ntitle: T\nstatus: open\n---\n"
#define ROWS "## Symptoms\n\n| id | what |\n| --- | --- |\n| S1 | one |\n| S2 | two |\n"

static struct casedoc *parsed(const char *text)
{
	struct casedoc *d;
	struct err err;

	if (casedoc_parse(&d, str_of(text), &err))
		fail_msg("%s: %s", text, err.msg);
	return d;
}

static void refusals(void **state)
{
	static const struct {
		struct str text;
		const char *says;
	} cases[] = {
		{STR(""), "1:1: no front matter"},
		{STR("# Title\n"), "1:1: no front matter"},
		{STR("---\ninquest: 1\n"), "1:1: the front matter has no end"},
		{STR("---\ntitle: x\n---\n"), "1:1: no key \"inquest: 1\""},
		{STR("---\n\ninquest: new\n---\n"), "3:1: the key inquest says no version"},
		{STR("---\ninquest: 2\n---\n"), "2:1: form 2 of the document is newer"},
		{STR("---\ninquest: 1\n---\na\rb\n"), "4:2: a carriage return"},
		{STR("---\ninquest: 1\n---\nab\0c\n"), "4:3: a NUL byte"},
		{STR("\177ELF\1\1\0\0"), "1:7: a NUL byte"},
		{STR("---\ninquest: 1\n<<<<<<< HEAD\na: b\n=======\n>>>>>>> x\n---\n"),
		 "3:1: a mark of an unfinished merge"},
		{STR("---\ninquest: 1\n---\n```\n>>>>>>> x\n```\n"), "5:1: a mark of"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct casedoc *d = NULL;
		struct err err;

		assert_int_equal(casedoc_parse(&d, cases[i].text, &err), -ERR_INPUT);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("%zu: %s", i, err.msg);
		assert_null(d);
	}
}

static void too_long(void **state)
{
	size_t n = CASEDOC_MAX + 1;
	char *p = mem_alloc(n);
	struct casedoc *d;
	struct err err;

	memset(p, 'x', n);
	assert_int_equal(casedoc_parse(&d, (struct str){p, n}, &err), -ERR_LIMIT);
	free(p);
}

static void front_matter(void **state)
{
	static const char text[] = "---\n"
				   "# ours\n"
				   "inquest: 1 # form\n"
				   "title: \"a \\\"b\\\": c\" # quoted\n"
				   "status: 'it''s'\n"
				   "outcome:   # to be named\n"
				   "good: [r-1, \"r,2\", # more\n  r-3]\n"
				   "bad:\n# why\n- r-4\n\n- 'r-5' # five\n"
				   "x: {a: b}\n"
				   "none: ~\n"
				   "url: http://a/#b\n"
				   "---\n";
	static const struct {
		const char *key, *value;
	} cases[] = {
		{"title", "a \"b\": c"},         {"status", "it's"},    {"outcome", ""},
		{"good", "[r-1, \"r,2\", r-3]"}, {"bad", "[r-4, r-5]"}, {"none", ""},
		{"url", "http://a/#b"},          {"absent", ""},
	};
	struct casedoc *d = parsed(text);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str v = casedoc_get(d, cases[i].key);

		if (!str_eq(v, str_of(cases[i].value)))
			fail_msg("%s: " STR_FMT, cases[i].key, STR_ARG(v));
	}
	assert_int_equal(casedoc_key_line(d, "bad"), 9);
	assert_int_equal(casedoc_key_line(d, "absent"), 0);
	casedoc_free(d);
}

/* Changes of the front matter: what stands there before, the change, what stands there then. */
static void keys_change(void **state)
{
	static const struct {
		const char *before, *key, *value; /* key "+good": add to the list */
		const char *after;                /* NULL: refused */
		const char *says;
	} cases[] = {
		{"outcome:\n", "outcome", "p99", "outcome: p99\n", NULL},
		{"outcome:  # name it\n", "outcome", "p99", "outcome: p99  # name it\n", NULL},
		{"outcome: 'old' # c\n", "outcome", "a: b", "outcome: \"a: b\" # c\n", NULL},
		{"outcome: old\n", "outcome", "", "outcome: \n", NULL},
		{"outcome: p99\n", "outcome", "p99", "outcome: p99\n", NULL},
		{"", "outcome", "null", "outcome: \"null\"\n", NULL},
		{"outcome: |\n  text\n", "outcome", "x", NULL,
		 "3:1: the value of 'outcome' is a text"},
		{"outcome: a\n  b\n", "outcome", "x", NULL,
		 "3:1: the value of 'outcome' is a text"},
		{"outcome: &a b\n", "outcome", "x", NULL, "3:1: the value of 'outcome' is a tag"},
		{"outcome: \"open\n", "outcome", "x", NULL,
		 "3:1: the value of 'outcome' is a quoted"},
		{"outcome:\n  a: b\n", "outcome", "x", NULL,
		 "3:1: the value of 'outcome' is a map"},
		{"outcome: [a]\n", "outcome", "x", NULL, "3:1: the value of 'outcome' is a list"},
		{"a: b\noutcome: c\noutcome: d\n", "outcome", "x", NULL,
		 "5:1: the key 'outcome' stands here again, first in line 4"},
		{"outcome: a\n", "outcome", "\xff", NULL, "no UTF-8"},
		{"good:\n", "+good", "r-1", "good:\n  - r-1\n", NULL},
		{"good:\nbad:\n", "+good", "r-1", "good:\n  - r-1\nbad:\n", NULL},
		{"", "+good", "r-1", "good:\n  - r-1\n", NULL},
		{"good: []\n", "+good", "r-1", "good: [r-1]\n", NULL},
		{"good: [ a ]\n", "+good", "b, c", "good: [ a, \"b, c\" ]\n", NULL},
		{"good: [a,]\n", "+good", "b", "good: [a, b]\n", NULL},
		{"good: [a,\n  b]\n", "+good", "c", "good: [a,\n  b, c]\n", NULL},
		{"good: [a,\n  b\n]\n", "+good", "c", NULL,
		 "3:1: the value of 'good' is a list over"},
		{"good: [a\n", "+good", "c", NULL,
		 "3:1: the value of 'good' is a list without its ]"},
		{"good: [a b, [c]]\n", "+good", "c", NULL,
		 "3:1: the value of 'good' is a list or a map"},
		{"good: x\n", "+good", "c", NULL, "3:1: the value of 'good' is one text"},
		{"good:\n- b\n- d\n", "+good", "c", "good:\n- b\n- c\n- d\n", NULL},
		{"good:\n- b\n- d\n", "+good", "a", "good:\n- a\n- b\n- d\n", NULL},
		{"good:\n   - d # x\n\n   - b\n", "+good", "c",
		 "good:\n   - d # x\n\n   - b\n   - c\n", NULL},
		{"good:\n- b\n", "+good", "b", "good:\n- b\n", NULL},
		{"good:\n- a\n  b: c\n", "+good", "b", NULL, "3:1: the value of 'good' is a map"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool list = cases[i].key[0] == '+';
		char text[500], want[500];
		struct casedoc *d;
		struct err err = {""};
		int rc;

		snprintf(text, sizeof(text), "---\ninquest: 1\n%s---\n", cases[i].before);
		d = parsed(text);
		rc = list ? casedoc_add_to_list(d, cases[i].key + 1, str_of(cases[i].value), &err)
			  : casedoc_set(d, cases[i].key, str_of(cases[i].value), &err);
		snprintf(want, sizeof(want), "---\ninquest: 1\n%s---\n",
			 cases[i].after ? cases[i].after : cases[i].before);
		if (!str_eq(casedoc_text(d), str_of(want)) || (rc == 0) != (cases[i].after != NULL))
			fail_msg("%zu: %s\n" STR_FMT, i, err.msg, STR_ARG(casedoc_text(d)));
		if (rc && !strstr(err.msg, cases[i].says))
			fail_msg("%zu: %s", i, err.msg);
		casedoc_free(d);
	}
}

/* One row put; the body before and after. columns is "id,what", cells likewise. */
static void rows_change(void **state)
{
	static const struct {
		const char *before, *columns, *cells, *after, *says;
	} cases[] = {
		{ROWS, "id,what", "S2,new",
		 "## Symptoms\n\n| id | what |\n| --- | --- |\n| S1 | one |\n| S2 | new |\n", NULL},
		{ROWS, "id,what", "S3,a|b", ROWS "| S3 | a\\|b |\n", NULL},
		{ROWS "# H\n", "id", "S3", ROWS "| S3 |  |\n# H\n", NULL},
		{"## Symptoms\n\n|id|x|\n|-|-|\n|S1|a|\n", "id,x", "S1,b\\",
		 "## Symptoms\n\n|id|x|\n|-|-|\n|S1|b\\\\ |\n", NULL},
		{"## Symptoms\n\nid|x\n-|-\nS1|a", "id,x", "S2,b",
		 "## Symptoms\n\nid|x\n-|-\nS1|a\n| S2 | b |", NULL},
		{"## Symptoms\n\n| id | x |\n|-|-|\n| S1 |\n", "id,x", "S1,b",
		 "## Symptoms\n\n| id | x |\n|-|-|\n| S1 | b |\n", NULL},
		{"## Symptoms\n\n| id | x |\n|-|-|\n| S1 |  |\n", "id,x", "S1,b",
		 "## Symptoms\n\n| id | x |\n|-|-|\n| S1 | b |\n", NULL},
		/* a new column */
		{"## Symptoms\n\n| id |\n|---|\n| S1 |\n| S2\n", "id,y", "S2,b",
		 "## Symptoms\n\n| id | y |\n|---| --- |\n| S1 |\n| S2 | b |\n", NULL},
		/* a table of people above, and one in code */
		{"## Symptoms\n\n| host |\n|---|\n| S1 |\n\n```\n| id |\n|---|\n| S1 |\n```\n\n"
		 "| id |\n|---|\n",
		 "id", "S1",
		 "## Symptoms\n\n| host |\n|---|\n| S1 |\n\n```\n| id |\n|---|\n| S1 |\n```\n\n"
		 "| id |\n|---|\n| S1 |\n",
		 NULL},
		/* the table is missing, the section too */
		{"## Symptoms\ntext\n## Timeline\n", "id", "S1",
		 "## Symptoms\ntext\n\n| id |\n| --- |\n| S1 |\n\n## Timeline\n", NULL},
		{"text\n\n## Timeline\n", "id", "S1",
		 "text\n\n## Symptoms\n\n| id |\n| --- |\n| S1 |\n\n## Timeline\n", NULL},
		{"", "id", "S1", "\n## Symptoms\n\n| id |\n| --- |\n| S1 |\n", NULL},
		{"## symptoms ##\r\n", "id", "S1",
		 "## symptoms ##\r\n\r\n| id |\r\n| --- |\r\n| S1 |\r\n", NULL},
		/* refused */
		{ROWS "| S1 | again |\n", "id,what", "S1,x", NULL,
		 "12:1: 'S1' stands here again, first in line 10"},
		{"## Symptoms\n\n```\nopen\n", "id", "S1", NULL, "6:1: cannot write a row"},
		{"## Symptoms\n\n<!-- open\n", "id", "S1", NULL, "6:1: cannot write a row"},
		{"text\n\n```\nopen\n", "id", "S1", NULL, "cannot add the section 'Symptoms'"},
		{ROWS, "id", " ", NULL, "a row needs an id"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str columns_left = str_of(cases[i].columns),
			   cells_left = str_of(cases[i].cells);
		const char *columns[4];
		struct str cells[4], column;
		struct casedoc *d;
		struct arena a;
		struct err err = {""};
		char text[1000], want[1000];
		size_t n = 0;
		int rc;

		arena_init(&a);
		snprintf(text, sizeof(text), HEAD "%s", cases[i].before);
		snprintf(want, sizeof(want), HEAD "%s",
			 cases[i].after ? cases[i].after : cases[i].before);
		while (str_next(&columns_left, ',', &column) &&
		       str_next(&cells_left, ',', &cells[n]))
			columns[n++] = arena_str(&a, column).p;
		d = parsed(text);
		rc = casedoc_put_row(d, "Symptoms", columns, cells, n, &err);
		if (!str_eq(casedoc_text(d), str_of(want)) || (rc == 0) != (cases[i].after != NULL))
			fail_msg("%zu: %s\n" STR_FMT, i, err.msg, STR_ARG(casedoc_text(d)));
		if (rc && !strstr(err.msg, cases[i].says))
			fail_msg("%zu: %s", i, err.msg);
		casedoc_free(d);
		arena_release(&a);
	}
}

static void too_many_columns(void **state)
{
	static const char *const columns[] = {"id", "new"};
	const struct str cells[] = {STR("S1"), STR("x")};
	CLEANUP_BUF struct buf b = {0};
	struct casedoc *d;
	struct err err;

	BUF_LIT(&b, HEAD "## Symptoms\n\n| id ");
	for (int i = 0; i < 255; i++)
		BUF_LIT(&b, "| c ");
	BUF_LIT(&b, "|\n|");
	for (int i = 0; i < 256; i++)
		BUF_LIT(&b, "-|");
	BUF_LIT(&b, "\n");
	d = parsed(buf_cstr(&b));
	assert_int_equal(casedoc_put_row(d, "Symptoms", columns, cells, 2, &err), -ERR_LIMIT);
	assert_true(str_eq(casedoc_text(d), buf_str(&b)));
	casedoc_free(d);
}

static void too_many_cells(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct casedoc_table t;
	struct casedoc *d;
	struct arena a;
	struct err err;

	BUF_LIT(&b, HEAD "## Symptoms\n\n|id|");
	for (int i = 0; i < 255; i++)
		BUF_LIT(&b, "c|");
	BUF_LIT(&b, "\n|");
	for (int i = 0; i < 256; i++)
		BUF_LIT(&b, "-|");
	for (int i = 0; i < 20000; i++)
		BUF_LIT(&b, "\n|a|");
	d = parsed(buf_cstr(&b));
	arena_init(&a);
	assert_int_equal(casedoc_table(d, "Symptoms", &a, &t, &err), -ERR_LIMIT);
	assert_int_equal(casedoc_table(d, "Nothing", &a, &t, &err), -ERR_NOTFOUND);
	arena_release(&a);
	casedoc_free(d);
}

static void huge_cell(void **state)
{
	static const char *const columns[] = {"id", "what"};
	size_t n = 3 << 20;
	char *p = mem_alloc(n);
	struct str cells[] = {STR("S9"), {p, n}};
	struct casedoc_table t;
	struct casedoc *d = parsed(HEAD ROWS);
	struct arena a;
	struct err err;

	for (size_t i = 0; i < n; i++)
		p[i] = "|`\\<x>&~*_"[i % 10];
	arena_init(&a);
	assert_int_equal(casedoc_put_row(d, "Symptoms", columns, cells, 2, &err), 0);
	assert_int_equal(casedoc_table(d, "Symptoms", &a, &t, &err), 0);
	assert_true(str_eq(casedoc_cell(&t, 2, "what"), cells[1]));
	arena_release(&a);
	casedoc_free(d);
	free(p);
}

static void cells_read(void **state)
{
	static const struct {
		const char *cell, *text;
	} cases[] = {
		{"plain", "plain"},
		{"a\\|b", "a|b"},
		{"`a\\|b\\*`", "`a|b\\*`"},
		{"\\`a\\*b", "`a*b"},
		{"a<br>b<br />c<BR/>d", "a\nb\nc\nd"},
		{"\\<br>", "<br>"},
		{"`<br>`", "`<br>`"},
		{"C:\\dir", "C:\\dir"},
		{"\\\\\\|", "\\|"},
		{"<brx>", "<brx>"},
		{"`` a` ``\\_", "`` a` ``_"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[300];
		struct casedoc_table t;
		struct casedoc *d;
		struct arena a;
		struct err err;

		snprintf(text, sizeof(text), HEAD "## Symptoms\n\n| id |\n|---|\n| %s |\n",
			 cases[i].cell);
		d = parsed(text);
		arena_init(&a);
		assert_int_equal(casedoc_table(d, "Symptoms", &a, &t, &err), 0);
		if (!str_eq(t.rows[0][0], str_of(cases[i].text)))
			fail_msg("%s: " STR_FMT, cases[i].cell, STR_ARG(t.rows[0][0]));
		arena_release(&a);
		casedoc_free(d);
	}
}

static void sections(void **state)
{
	struct casedoc *d =
		parsed(HEAD "# T\n\n## Hypotheses\n\n### H1 The pool/queue is full\n\n"
			    "prior: 0.3\nposterior:\nnote\n\n```dagitty\nprior: 9\n```\n\n"
			    "| id | p |\n|---|---|\n| P1 | x |\n\nmore\n\n#### Sub\n\nprior: 8\n"
			    "### H2: other\n\n## Conclusion\n\n<!-- say it -->\n");
	struct casedoc_section s;
	struct arena a;
	struct err err;

	arena_init(&a);
	assert_true(casedoc_section(d, "Hypotheses/H1", &s));
	assert_str(s.heading, "H1 The pool/queue is full");
	assert_int_equal(s.level, 3);
	assert_int_equal(s.line, 10);
	assert_true(casedoc_section(d, "hypotheses/h1 the pool/queue is full", &s));
	assert_true(casedoc_section(d, "Hypotheses/H2", &s));
	assert_false(casedoc_section(d, "Hypotheses/H3", &s));
	assert_false(casedoc_section(d, "Conclusion/H1", &s));
	assert_str(casedoc_field(d, "Hypotheses/H1", "prior"), "0.3");
	assert_str(casedoc_field(d, "Hypotheses/H1", "posterior"), "");
	assert_str(casedoc_field(d, "Hypotheses/H2", "prior"), "");
	assert_str(casedoc_prose(d, "Conclusion", &a), "");
	assert_str(casedoc_prose(d, "Hypotheses/H1", &a),
		   "prior: 0.3\nposterior:\nnote\n\n\n\nmore\n\n#### Sub\n\nprior: 8");

	assert_int_equal(casedoc_set_field(d, "Hypotheses/H1", "posterior", STR("0.7"), &err), 0);
	assert_int_equal(casedoc_set_field(d, "Hypotheses/H1", "cost", STR("5m"), &err), 0);
	assert_int_equal(casedoc_set_field(d, "Hypotheses/H2", "prior", STR("0.1"), &err), 0);
	assert_true(
		str_contains(casedoc_text(d), STR("prior: 0.3\nposterior: 0.7\ncost: 5m\nnote\n")));
	assert_true(str_contains(casedoc_text(d), STR("### H2: other\n\nprior: 0.1\n\n## Concl")));
	assert_int_equal(casedoc_set_field(d, "Hypotheses/H3", "prior", STR("0.1"), &err),
			 -ERR_NOTFOUND);
	assert_int_equal(casedoc_set_field(d, "Hypotheses/H2", "prior", STR("a\nb"), &err),
			 -ERR_INPUT);

	assert_int_equal(casedoc_add_prose(d, "Conclusion", STR("It was\nthe pool.\n"), &err), 0);
	assert_str(casedoc_prose(d, "Conclusion", &a), "It was\nthe pool.");
	assert_int_equal(casedoc_add_prose(d, "Conclusion", STR("# No"), &err), -ERR_INPUT);
	assert_int_equal(casedoc_add_prose(d, "Conclusion", STR("```\n"), &err), -ERR_INPUT);
	assert_int_equal(casedoc_add_prose(d, "Conclusion", STR("a\rb"), &err), -ERR_INPUT);
	assert_int_equal(casedoc_add_prose(d, "Nowhere", STR("x"), &err), -ERR_NOTFOUND);
	assert_int_equal(casedoc_add_section(d, "Conclusion", &err), 0);
	assert_int_equal(casedoc_add_section(d, "Hypotheses/H3 new", &err), 0);
	assert_true(
		str_contains(casedoc_text(d), STR("prior: 0.1\n\n### H3 new\n\n## Conclusion")));
	assert_int_equal(casedoc_add_section(d, "a\nb", &err), -ERR_INPUT);
	arena_release(&a);
	casedoc_free(d);
}

static void next_ids(void **state)
{
	struct casedoc *d =
		parsed(HEAD "## Symptoms\n\n| id |\n|---|\n| S2 |\n| S10 |\n| other |\n| S3x |\n\n"
			    "## Timeline\n\n| no |\n|---|\n| 7 |\n");
	struct arena a;

	arena_init(&a);
	assert_str(casedoc_next_id(d, "Symptoms", 'S', &a), "S11");
	assert_str(casedoc_next_id(d, "Symptoms", 'X', &a), "X1");
	assert_str(casedoc_next_id(d, "Timeline", 0, &a), "8");
	assert_str(casedoc_next_id(d, "Experiments", 'E', &a), "E1");
	assert_true(casedoc_has_id(d, STR("S10")));
	assert_false(casedoc_has_id(d, STR("S1")));
	arena_release(&a);
	casedoc_free(d);
}

static void new_document(void **state)
{
	static const struct {
		const char *title, *says;
	} refused[] = {{"", "needs a title"},
		       {"  ", "needs a title"},
		       {"a\nb", "one line"},
		       {"\xff", "no UTF-8"}};
	static const char *const titles[] = {"Checkout p99", "a: b #c", "#",   "C#",     "x #",
					     "true",         "'q'",     "[l]", "`t` *s*"};
	struct casedoc_problem *p;
	struct casedoc *d;
	struct arena a;
	struct err err;
	char big[400];

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(titles); i++) {
		assert_int_equal(casedoc_new(&d, str_of(titles[i]), &err), 0);
		assert_true(str_eq(casedoc_get(d, "title"), str_of(titles[i])));
		assert_int_equal(casedoc_check(d, &a, &p), 0);
		casedoc_free(d);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		assert_int_equal(casedoc_new(&d, str_of(refused[i].title), &err), -ERR_USAGE);
		assert_non_null(strstr(err.msg, refused[i].says));
	}
	memset(big, 'x', sizeof(big));
	assert_int_equal(casedoc_new(&d, (struct str){big, sizeof(big)}, &err), -ERR_USAGE);
	arena_release(&a);
}

/* Every rule of the check: a document that breaks it, and nothing else. */
static void checks(void **state)
{
	static const struct {
		const char *front, *body; /* without "inquest: 1" */
		uint64_t line, column;
		const char *says;
	} cases[] = {
		{"status: open\n", "", 1, 1, "no title"},
		{"title: t\n", "", 1, 1, "no key status"},
		{"title: t\nstatus: done\n", "", 4, 1, "status is open or closed, not 'done'"},
		{"title: t\nstatus: open\nwhat\n", "", 5, 1, "not understood"},
		{"title: t\nstatus: open\nx: 1\nx: 2\n", "", 6, 1,
		 "the key 'x' stands here again, first in line 5"},
		{"title: t\nstatus: open\ngood: a\n", "", 5, 1, "'good' is a list"},
		{"title: t\nstatus: open\noutcome: [a]\n", "", 5, 1, "'outcome' is one text"},
		{"title: t\nstatus: open\noutcome: |\n  a\n", "", 5, 1,
		 "is a text of several lines"},
		{"title: t\nstatus: open\ngood: [a, a]\n", "", 5, 1, "run 'a' is named twice"},
		{"title: t\nstatus: open\ngood:\n- a\nbad:\n- a\n", "", 8, 1,
		 "run 'a' is named as good and as bad"},
		{NULL, "## Symptoms\n\n| id |\n|---|\n| S1 |\n| S1 |\n", 11, 3,
		 "'S1' stands here again, first in line 10"},
		{NULL, "## Symptoms\n\n| x | id |\n|---|---|\n| a |  |\n", 10, 1,
		 "a row without id"},
		{NULL, "## Symptoms\n\n| id | x |\n|---|---|\n| S1 | a | b |\n", 10, 12,
		 "more cells than"},
		{NULL, "## Symptoms\n\n| id | x |\n| S1 | a |\n", 8, 1, "a row outside of a table"},
		{NULL, "## Symptoms\n\n## Symptoms\n", 8, 1,
		 "the section Symptoms stands here again, first in line 6"},
		{NULL, "```\n", 6, 1, "code without an end"},
		{NULL, "<!-- x\n", 6, 1, "a comment without an end"},
		{NULL, "a \xff\n", 6, 3, "no UTF-8"},
		{NULL, "## Timeline\n\n| no |\n|---|\n| 1 |\n| 1 |\n", 11, 3,
		 "'1' stands here again"},
		{NULL, "## Experiments\n\n| id | H1 |\n|---|---|\n| E1 |\n", 8, 8,
		 "there is no hypothesis H1"},
		{NULL,
		 "## Hypotheses\n\n### H1 x\n\n## Experiments\n\n| id | H1 |\n|---|---|\n| E1 | 2 "
		 "|\n",
		 14, 8, "'2' is no probability"},
		{NULL, "## Experiments\n\n| id | outcome |\n|---|---|\n| E1 | 4/3 |\n", 10, 8,
		 "the outcome '4/3'"},
		{NULL,
		 "## Experiments\n\n| id | outcome |\n|---|---|\n| E1 | Yes |\n| E2 | 3/20 |\n| E3 "
		 "| maybe |\n",
		 12, 8, "the outcome 'maybe'"},
		{NULL, "## Hypotheses\n\n### H1 x\n\nprior: high\n", 10, 8, "the prior 'high'"},
		{NULL, "## Hypotheses\n\n### H1 x\n\n### H1 y\n", 10, 1,
		 "hypothesis H1 stands here again, first in line 8"},
		{NULL, "## Hypotheses\n\n### H1 x\n\n| id |\n|---|\n| P1 |\n| P1 |\n", 13, 3,
		 "'P1' stands here again"},
		{"title: t\nstatus: closed\ntest: t\nevidence: [S1]\n", "", 4, 1,
		 "closed without a conclusion"},
		{"title: t\nstatus: closed\nevidence: [S1]\n", "## Conclusion\n\nx\n", 4, 1,
		 "closed without a regression test"},
		{"title: t\nstatus: closed\ntest: t\n", "## Conclusion\n\nx\n", 4, 1,
		 "closed without evidence"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct casedoc_problem *p;
		struct casedoc *d;
		struct arena a;
		char text[1000];
		size_t n;

		snprintf(text, sizeof(text), "---\ninquest: 1\n%s---\n%s",
			 cases[i].front ? cases[i].front : "title: t\nstatus: open\n",
			 cases[i].body);
		d = parsed(text);
		arena_init(&a);
		n = casedoc_check(d, &a, &p);
		if (n != 1 || p->line != cases[i].line || p->column != cases[i].column ||
		    !str_contains(p->text, str_of(cases[i].says)))
			fail_msg("%zu: %zu problems, %llu:%llu: " STR_FMT, i, n,
				 n ? (unsigned long long)p->line : 0,
				 n ? (unsigned long long)p->column : 0,
				 STR_ARG(n ? p->text : STR("")));
		arena_release(&a);
		casedoc_free(d);
	}
}

#define SIDES(ours, theirs) "<<<<<<< HEAD\n" ours "=======\n" theirs ">>>>>>> other\n"
#define TABLE               "## Symptoms\n\n| id | kind | what |\n|---|---|---|\n"

static void settles(void **state)
{
	static const struct {
		const char *before, *after, *says;
	} cases[] = {
		{HEAD ROWS, HEAD ROWS, ""},
		{HEAD TABLE SIDES("| S1 | e | a |\n", "| S1 | e | b |\n| S2 | e | c |\n"),
		 HEAD TABLE "| S1 | e | a |\n| S3 | e | b |\n| S2 | e | c |\n",
		 "kept what both sides added at line 10\nthe second S1 (line 11) is now S3"},
		{HEAD TABLE SIDES("| S1 | e | a |\n", "| S1 | e | a |\n| S2 | e | c |\n"),
		 HEAD TABLE "| S1 | e | a |\n| S2 | e | c |\n", "kept"},
		{"---\ninquest: 1\ngood:\n" SIDES("  - r-1\n", "  - r-2\n") "---\n",
		 "---\ninquest: 1\ngood:\n  - r-1\n  - r-2\n---\n", "kept"},
		{HEAD TABLE "| S1 | e | a |\n| S1 | e | b |\n",
		 HEAD TABLE "| S1 | e | a |\n| S2 | e | b |\n",
		 "the second S1 (line 11) is now S2"},
		{HEAD TABLE "<<<<<<< HEAD\n| S1 | e | a |\n||||||| base\n=======\n| S1 | e | b |\n"
			    ">>>>>>> x\n",
		 HEAD TABLE "| S1 | e | a |\n| S2 | e | b |\n", "kept"},
		{HEAD TABLE "<<<<<<< HEAD\n| S1 | e | a |\n||||||| base\n| S1 | e | 0 |\n=======\n"
			    "| S1 | e | b |\n>>>>>>> x\n",
		 NULL, "10:1: this conflict changes or deletes lines"},
		{HEAD TABLE SIDES("| S1 | e | a | r-1 |\n", "| S1 | e | a | r-2 |\n"), NULL,
		 "10:1: this conflict changes one row in two ways"},
		{HEAD SIDES("ours\n", "theirs\n"), NULL, "6:1: this conflict is not only of rows"},
		{HEAD "<<<<<<< HEAD\n| a |\n", NULL, "6:1: a mark of a merge without the others"},
		{HEAD ">>>>>>> HEAD\n", NULL, "6:1: a mark of a merge without the others"},
		{HEAD "<<<<<<< A\n<<<<<<< B\n=======\n>>>>>>> B\n", NULL, "6:1: a mark of a merge"},
		{"no case\n", NULL, "1:1: no front matter"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf out = {0}, notes = {0};
		struct err err = {""};
		int rc = casedoc_settle(str_of(cases[i].before), &out, &notes, &err);

		if ((rc == 0) != (cases[i].after != NULL) ||
		    (rc == 0 && !str_eq(buf_str(&out), str_of(cases[i].after))) || (rc && out.n))
			fail_msg("%zu: %s\n" STR_FMT, i, err.msg, STR_ARG(buf_str(&out)));
		if (!strstr(rc ? err.msg : buf_cstr(&notes), cases[i].says))
			fail_msg("%zu: %s%s", i, err.msg, buf_cstr(&notes));
	}
}

static void too_many_conflicts(void **state)
{
	CLEANUP_BUF struct buf b = {0}, out = {0}, notes = {0};
	struct err err;

	BUF_LIT(&b, HEAD);
	for (int i = 0; i < 1001; i++)
		BUF_LIT(&b, SIDES("| a |\n", "| b |\n"));
	assert_int_equal(casedoc_settle(buf_str(&b), &out, &notes, &err), -ERR_LIMIT);
	buf_clear(&b);
	BUF_LIT(&b, HEAD "<<<<<<< a\n");
	for (int i = 0; i < 9000; i++)
		BUF_LIT(&b, "| row |\n");
	BUF_LIT(&b, "=======\n>>>>>>> b\n");
	assert_int_equal(casedoc_settle(buf_str(&b), &out, &notes, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, "is too long"));
}

/* The first step that has not been taken is the next one. */
static void next_steps(void **state)
{
	static const struct {
		const char *front, *body, *why, *command;
		size_t unknown;
	} cases[] = {
		{"", "", "add the logs", "inquest add FILE...", 5},
		{"", ROWS, "record a run that shows it", "inquest run --as bad -- COMMAND", 4},
		{"bad: [r-1]\n", "", "record a run that works", "inquest run --as good -- COMMAND",
		 4},
		{"bad: [r-1]\ngood: [r-2]\noutcome:\n", ROWS, "name the outcome",
		 "${EDITOR:-vi} +7 'a b.md'", 2},
		{"bad: [r-1]\ngood: [r-2]\noutcome: x\n", "## Hypotheses\n",
		 "write down what could explain", "${EDITOR:-vi} +9 'a b.md'", 2},
		{"bad: [r-1]\ngood: [r-2]\noutcome: x\n", "## Hypotheses\n### H1 x\n",
		 "write down an experiment", "${EDITOR:-vi} +1 'a b.md'", 3},
		{"bad: [r-1]\ngood: [r-2]\noutcome: x\n",
		 "## Hypotheses\n### H1 x\n## Experiments\n| id | experiment |\n|---|---|\n| E1 | "
		 "run it |\n",
		 "do experiment E1, and write down its outcome: run it",
		 "${EDITOR:-vi} +14 'a b.md'", 2},
		{"bad: [r-1]\ngood: [r-2]\noutcome: x\n",
		 "## Hypotheses\n### H1 x\n### H2 y\n## Experiments\n| id | outcome "
		 "|\n|---|---|\n| E1 | yes |\n",
		 "draw the conclusion", "inquest close", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct case_summary s;
		struct casedoc *d;
		struct arena a;
		char text[1000];

		snprintf(text, sizeof(text), "---\ninquest: 1\ntitle: t\nstatus: open\n%s---\n%s",
			 cases[i].front, cases[i].body);
		d = parsed(text);
		arena_init(&a);
		case_summary(d, STR("a b.md"), false, 0, &a, &s);
		if (strncmp(s.next_why, cases[i].why, strlen(cases[i].why)) != 0 ||
		    strcmp(s.next_command, cases[i].command) != 0)
			fail_msg("%zu: %s: %s", i, s.next_why, s.next_command);
		case_summary(d, STR("a b.md"), true, 1, &a, &s);
		assert_string_equal(s.next_command, "inquest status --case 'a b.md' --check");
		arena_release(&a);
		casedoc_free(d);
	}
}

static void summary_sorts(void **state)
{
	struct casedoc *d =
		parsed(HEAD "## Hypotheses\n\n### H1 a\n\nprior: 0.2\n\n### H2 b\n\nprior: 0.1\n"
			    "posterior: 0.9\n\n### H3 c\n\nprior: 0.2\n\n| id | result "
			    "|\n|---|---|\n| P1 | holds |\n| P2 |  |\n");
	struct case_summary s;
	struct arena a;

	arena_init(&a);
	case_summary(d, STR("x.md"), false, 0, &a, &s);
	assert_int_equal(s.nhypotheses, 3);
	assert_str(s.hypotheses[0].id, "H2");
	assert_str(s.hypotheses[1].id, "H1");
	assert_str(s.hypotheses[1].title, "a");
	assert_int_equal(s.hypotheses[2].predictions, 2);
	assert_int_equal(s.hypotheses[2].tested, 1);
	arena_release(&a);
	casedoc_free(d);
}

static void shell_words(void **state)
{
	static const struct {
		const char *word, *quoted;
	} cases[] = {
		{"plain/x-1.md", "plain/x-1.md"}, {"", "''"},         {"a b", "'a b'"},
		{"it's", "'it'\\''s'"},           {"$(x)", "'$(x)'"}, {"a\nb", "'a'$'\\012''b'"}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf b = {0};

		shell_add_word(&b, str_of(cases[i].word));
		assert_string_equal(buf_cstr(&b), cases[i].quoted);
	}
}

/* Program and person in turn; bench/case.py does ten thousand. */
static void edits_keep_every_byte(void **state)
{
	struct casework_result r = {0};

	casework_edits(600, 7, &r);
	assert_string_equal(r.fault, "");
	assert_int_equal(r.program + r.person, 600);
	assert_int_equal(r.refused, 0);
}

static void merges_hold_both_additions(void **state)
{
	char dir[] = "/tmp/inquest-merge-XXXXXX", command[100];
	struct casework_result r = {0};

	if (system("git --version >/dev/null 2>&1") != 0) {
		print_message("git is absent: merges are not tested\n");
		return;
	}
	assert_non_null(mkdtemp(dir));
	casework_merges(60, 7, dir, &r);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	assert_int_equal(system(command), 0);
	assert_string_equal(r.fault, "");
	assert_int_equal(r.clean + r.settled + r.reported, 60);
	assert_true(r.clean && r.settled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals),
		cmocka_unit_test(too_long),
		cmocka_unit_test(front_matter),
		cmocka_unit_test(keys_change),
		cmocka_unit_test(rows_change),
		cmocka_unit_test(too_many_columns),
		cmocka_unit_test(too_many_cells),
		cmocka_unit_test(huge_cell),
		cmocka_unit_test(cells_read),
		cmocka_unit_test(sections),
		cmocka_unit_test(next_ids),
		cmocka_unit_test(new_document),
		cmocka_unit_test(checks),
		cmocka_unit_test(settles),
		cmocka_unit_test(too_many_conflicts),
		cmocka_unit_test(next_steps),
		cmocka_unit_test(summary_sorts),
		cmocka_unit_test(shell_words),
		cmocka_unit_test(edits_keep_every_byte),
		cmocka_unit_test(merges_hold_both_additions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
