// SPDX-License-Identifier: GPL-3.0-or-later
/* Diagrams as SVG: what dot is asked, how its answer is drawn, and answers that are none. */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "report/diagram.h"

static struct dag parsed(const char *text)
{
	struct dag g;
	struct err err = {""};

	if (dag_parse(&g, str_of(text), 1, &err))
		fail_msg("%s", err.msg);
	return g;
}

static void test_question(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct dag g =
		parsed("dag { \"a\\\"] URL=x\" -> b <-> c; \"a\\\"] URL=x\" [var=\"rss.peak\"] }");

	diagram_dot(&g, &b);
	assert_string_equal(buf_cstr(&b),
			    "digraph {\nrankdir=LR; nodesep=.35; ranksep=.6;\n"
			    "node [shape=ellipse, fixedsize=true, label=\"\"]; edge [dir=none];\n"
			    "0 [width=1.329, height=0.672];\n1 [width=0.518, height=0.500];\n"
			    "2 [width=0.518, height=0.500];\n"
			    "0 -> 1;\n1 -> 2 [constraint=false];\n}\n");
	dag_release(&g);
}

#define TWO                                                    \
	"node 0 1 2 1 .5 \"\" solid ellipse black lightgrey\n" \
	"node 1 2.5 1 1 .5 \"\" solid ellipse black lightgrey\n"
#define EDGE "edge 0 1 4 1.5 2 1.7 1.8 1.8 1.4 2 1 solid black\n"

static void test_drawing(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"dag { a -> b }", "<path class=\"dg-e\" d=\"M118.0,10.0 C132.4,24.4 139.6,53.2 "
				   "154.0,82.0\"/><polygon class=\"dg-h\" points=\"154.0,82.0 "},
		{"dag { a <-> b }", "<path class=\"dg-b\""},
		{"dag { a [exposure] a -> b }",
		 "<ellipse class=\"dg-n dg-x\" cx=\"82.0\" cy=\"10.0\""},
		{"dag { a -> b b [outcome] }",
		 "<ellipse class=\"dg-n dg-o\" cx=\"190.0\" cy=\"82.0\" "
		 "rx=\"18.6\" ry=\"18.0\"/><ellipse"},
		{"dag { a -> b b [latent adjusted] }", "<rect class=\"dg-n dg-l dg-a\""},
		{"dag { a -> b b [selected] }", ">selected</text>"},
		{"pdag { a -- b }", "154.0,82.0\"/>\n"},
		{"pag { a @-> b }", "<circle class=\"dg-c\""},
		{"dag { \"<b>&\\\"\" -> b }", "<title>&lt;b&gt;&amp;&quot;</title>"},
		{"dag { a -> b b [var=\"loss.final\"] }", "<title>b = loss.final</title>"},
	};
	const struct str plain = STR("graph 1 3 2\n" TWO EDGE "stop\n");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf b = {0};
		struct dag g;

		g = parsed(cases[i].text);
		assert_int_equal(diagram_draw(&g, plain, &b, NULL), 0);
		if (!strstr(buf_cstr(&b), cases[i].want))
			fail_msg("%s: no %s in %s", cases[i].text, cases[i].want, buf_cstr(&b));
		dag_release(&g);
	}
}

static void test_no_drawing(void **state)
{
	static const char *const cases[] = {
		"",
		"graph 1 3\n",
		"graph 1 nan 2\n" TWO EDGE "stop\n",
		"graph 1 3 2\n" TWO EDGE,
		"graph 1 3 2\n" TWO "stop\n",
		"graph 1 3 2\n" EDGE "stop\n",
		"graph 1 3 2\n" TWO EDGE EDGE "stop\n",
		"graph 1 3 2\n" TWO "edge 0 1 3 1.5 2 1.7 1.8 1.8 1.4 solid black\nstop\n",
		"graph 1 3 2\n" TWO "edge 0 1 4 1.5 2 1.7 1.8 1.8 1.4 2\nstop\n",
		"graph 1 3 2\n" TWO "edge 1 0 4 1.5 2 1.7 1.8 1.8 1.4 2 1 solid black\nstop\n",
		"graph 1 3 2\n" TWO "edge 0 7 4 1.5 2 1.7 1.8 1.8 1.4 2 1 solid black\nstop\n",
		"graph 1 3 2\n" TWO "edge 0 1 100003 1.5 2 1.7 1.8 1.8 1.4 2 1 solid black\nstop\n",
		"graph 1 3 2\nnode 2 1 2 1 .5\nnode 1 2.5 1 1 .5\n" EDGE "stop\n",
		"graph 1 3 2\nnode 0 1e9 2 1 .5\nnode 1 2.5 1 1 .5\n" EDGE "stop\n",
	};
	struct dag g = parsed("dag { a -> b }");

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf b = {0};
		struct err err = {""};

		assert_int_equal(diagram_draw(&g, str_of(cases[i]), &b, &err), -ERR_INPUT);
		assert_int_equal(b.n, 0);
	}
	dag_release(&g);
}

static void test_program(void **state)
{
	CLEANUP_BUF struct buf once = {0}, again = {0};
	struct dag g = parsed("dag { a -> {b c} -> d; a <-> d; d [outcome]; a [exposure] }");
	struct err err = {""};
	int rc = diagram_svg(&g, getenv("PATH"), NULL, &once, &err);

	if (rc == -ERR_NOTFOUND) {
		dag_release(&g);
		skip(); /* no dot */
	}
	if (rc)
		fail_msg("%s", err.msg);
	assert_int_equal(diagram_svg(&g, getenv("PATH"), NULL, &again, &err), 0);
	assert_string_equal(buf_cstr(&once), buf_cstr(&again));
	dag_release(&g);
}

static void test_errors(void **state)
{
	CLEANUP_BUF struct buf many = {0}, b = {0};
	struct dag g = parsed("dag { a -> b }");
	struct err err = {""};

	assert_int_equal(diagram_svg(&g, "/nowhere", NULL, &b, &err), -ERR_NOTFOUND);
	assert_int_equal(diagram_svg(&g, "/nowhere", "/nowhere", &b, &err), -ERR_SYSTEM);
	dag_release(&g);
	BUF_LIT(&many, "dag { ");
	for (int i = 0; i <= DIAGRAM_MAX_NODES; i++)
		buf_printf(&many, "n%d ", i);
	BUF_LIT(&many, "}");
	g = parsed(buf_cstr(&many));
	assert_int_equal(diagram_svg(&g, getenv("PATH"), NULL, &b, &err), -ERR_LIMIT);
	assert_int_equal(b.n, 0);
	dag_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question),   cmocka_unit_test(test_drawing),
		cmocka_unit_test(test_no_drawing), cmocka_unit_test(test_program),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
