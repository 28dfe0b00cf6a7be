// SPDX-License-Identifier: GPL-3.0-or-later
/* Diagrams in DAGitty's syntax: what is read, neighbours, errors with their place. */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "causal/dag.h"

static const char *const kinds[] = {"dag", "pdag", "mag", "pag", "graph"};

static void add_mark(struct buf *b, enum dag_mark m, bool left)
{
	buf_add_char(b, m == DAG_TAIL ? '-' : m == DAG_CIRCLE ? 'o' : left ? '<' : '>');
}

/* "dag a[e] b(var)@1,2 | a->b" */
static void dump(const struct dag *g, struct buf *b)
{
	static const char letters[] = "eolas"; /* exposure, outcome, latent, adjusted, selected */

	buf_printf(b, "%s", kinds[g->kind]);
	for (size_t i = 0; i < g->n; i++) {
		const struct dag_node *n = &g->nodes[i];

		buf_printf(b, " " STR_FMT, STR_ARG(n->name));
		if (n->roles)
			buf_add_char(b, '[');
		for (size_t k = 0; letters[k]; k++)
			if (n->roles & 1u << k)
				buf_add_char(b, letters[k]);
		if (n->roles)
			buf_add_char(b, ']');
		if (!str_eq(n->name, n->var))
			buf_printf(b, "(" STR_FMT ")", STR_ARG(n->var));
		if (n->has_pos)
			buf_printf(b, "@%g,%g", n->x, n->y);
	}
	BUF_LIT(b, " |");
	for (size_t i = 0; i < g->nedges; i++) {
		const struct dag_edge *e = &g->edges[i];

		buf_printf(b, " " STR_FMT, STR_ARG(g->nodes[e->from].name));
		add_mark(b, e->at_from, true);
		add_mark(b, e->at_to, false);
		buf_printf(b, STR_FMT, STR_ARG(g->nodes[e->to].name));
	}
}

static void test_read(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"dag {}", "dag |"},
		{"{ a }", "dag a |"},
		{"dag{a->b}", "dag a b | a->b"},
		{"dag name { a -> b }", "dag a b | a->b"},
		{"dag \"a name\" { a -> b }", "dag a b | a->b"},
		{"digraph { a -> b; }", "dag a b | a->b"},
		{"dag { a -> b -> c <- d }", "dag a b c d | a->b b->c d->c"},
		{"dag { a <- b }", "dag a b | b->a"},
		{"dag { a <-> b b <-> a }", "dag a b | a<>b"},
		{"dag { a -> b a -> b b <- a }", "dag a b | a->b"},
		{"dag { a -> b a <-> b }", "dag a b | a->b a<>b"},
		{"pdag { a -- b <- c }", "pdag a b c | a--b c->b"},
		{"mag { a -- b <-> c }", "mag a b c | a--b b<>c"},
		{"pag { a @-> b @-@ c <-@ d @-- e --@ f }",
		 "pag a b c d e f | ao>b booc do>c e-od e-of"},
		{"graph { a -- b }", "graph a b | a--b"},
		{"graph { a -> b -> a }", "graph a b | a->b b->a"},
		{"dag { a -> { b c } -> d }", "dag a b c d | a->b a->c b->d c->d"},
		{"dag { {a; b} -> {c, d} }", "dag a b c d | a->c a->d b->c b->d"},
		{"dag { { a -> b } -> c }", "dag a b c | a->b a->c b->c"},
		{"dag { { { a } b } -> c }", "dag a b c | a->c b->c"},
		{"dag { a [exposure] b [outcome] a -> b }", "dag a[e] b[o] | a->b"},
		{"dag { a[exposure,pos=\"-1.5,2\"] }", "dag a[e]@-1.5,2 |"},
		{"dag { a [latent adjusted;selected] }", "dag a[las] |"},
		{"dag { x[source] y[target] z[unobserved] }", "dag x[e] y[o] z[l] |"},
		{"dag { a [var=\"latency.p99\", label=x] }", "dag a(latency.p99) |"},
		{"dag { {a b} [latent] }", "dag a[l] b[l] |"},
		{"dag { a [exposure] [outcome] }", "dag a[eo] |"},
		{"dag { a -> b [beta=-.5] }", "dag a b | a->b"},
		{"dag { bb=\"-1,-1,1,1\" a }", "dag a |"},
		{"dag { \"a b\" -> \"say \\\"x\\\" \\\\\" }",
		 "dag a b say \"x\" \\ | a b->say \"x\" \\"},
		{"dag {\n// a -> b\n# c\n/* d\n */ e }\n", "dag e |"},
		{"dag { gr\303\266\303\237e -> rss.peak_1 }",
		 "dag gr\303\266\303\237e rss.peak_1 | gr\303\266\303\237e->rss.peak_1"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf b = {0};
		struct dag g;
		struct err err = {""};
		int rc = dag_parse(&g, str_of(cases[i].text), 1, &err);

		if (rc)
			fail_msg("%s: %s", cases[i].text, err.msg);
		dump(&g, &b);
		assert_string_equal(buf_cstr(&b), cases[i].want);
		dag_release(&g);
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"", "7:1: a diagram begins with \"dag {\", at the end"},
		{"  a -> b", "7:3: a diagram begins with \"dag {\", at 'a'"},
		{"dag a b { }", "7:7: a diagram begins with \"dag {\", at 'b'"},
		{"dag ;{ }", "7:5: no name, at ';{'"},
		{"dag { a -> b", "7:13: '}' is missing, at the end"},
		{"dag {\n a ->\n}", "9:1: no name, at '}'"},
		{"dag { a => b }", "7:10: no value, at '>'"},
		{"dag { a - b }", "7:9: no name, at '-'"},
		{"dag { \"dag\" -> dag }", "7:13: an edge from a node to itself"},
		{"dag { a -> a }", "7:9: an edge from a node to itself"},
		{"dag { a -- b }",
		 "7:9: '--' does not stand in a diagram of this kind (pdag and mag "
		 "have --, pag has @)"},
		{"mag { a @-> b }", "7:9: '@->' does not stand in a diagram of this kind (pdag and "
				    "mag have --, pag has @)"},
		{"dag { a -> b -> c\nc -> a }", "8:3: a cycle: a -> b -> c -> a"},
		{"pdag { b -> a <- c -> b a -> c }", "7:20: a cycle: b -> a -> c -> b"},
		{"dag { a1->a2->a3->a4->a5->a6->a7->a8->a9->a0->a1 }",
		 "7:45: a cycle: a1 -> a2 -> a3 -> a4 -> a5 -> a6 -> a7 -> a8 -> a9 -> ... -> a1"},
		{"dag { \"a", "7:7: a quoted text has no end, at '\"a'"},
		{"dag { \"a\\\"", "7:7: a quoted text has no end, at '\"a\\\"'"},
		{"dag { \"a\nb\" }", "7:7: a quoted text is one line of text, at '\"a'"},
		{"dag { \"\" }", "7:7: a name is empty"},
		{"dag { a [pos=\"1\"] }",
		 "7:17: pos is no pair of numbers, \"1,2\", in what stands "
		 "before, at ']'"},
		{"dag { a [pos=\"nan,1\"] }",
		 "7:21: pos is no pair of numbers, \"1,2\", in what stands before, at ']'"},
		{"dag { a [pos",
		 "7:13: pos is no pair of numbers, \"1,2\", in what stands before, at "
		 "the end"},
		{"dag { a [latent", "7:16: ']' is missing, at the end"},
		{"dag { a [x=] }", "7:12: no value, at ']'"},
		{"dag { a [=] }", "7:10: no name, at '=]'"},
		{"dag { a -> b [outcome] }", "7:22: an edge has no role and no variable: give the "
					     "node a statement of its own, in "
					     "what stands before, at ']'"},
		{"dag { /* a }", "7:13: a comment has no end, at the end"},
		{"dag { } b", "7:9: more behind the diagram's end, at 'b'"},
		{"dag {{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{",
		 "7:39: groups are nested too deeply, at '{{{{{{{{{'"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dag g = {.n = 7};
		struct err err = {""};

		assert_int_equal(dag_parse(&g, str_of(cases[i].text), 7, &err), -ERR_INPUT);
		assert_string_equal(err.msg, cases[i].want);
		assert_int_equal(g.n, 7);
	}
}

static void test_limits(void **state)
{
	static const struct {
		const char *piece;
		size_t times;
		const char *want;
	} cases[] = {
		{"n%zu ", DAG_MAX_NODES + 1, "more than 10000 nodes"},
		{"{a b c d e f g h i j} -> {n%zu k l m n o p q r s} ", 1001,
		 "more than 100000 edges"},
		{"// a line that fills it up, number %zu ........................\n", 20000,
		 "a diagram of more than 1048576 bytes"},
		{"{ a %zu } ", 1, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf b = {0};
		struct dag g;
		struct err err = {""};
		int rc;

		BUF_LIT(&b, "dag { ");
		for (size_t k = 0; k < cases[i].times; k++)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			buf_printf(&b, cases[i].piece, k);
#pragma GCC diagnostic pop
		BUF_LIT(&b, "}");
		rc = dag_parse(&g, buf_str(&b), 1, &err);
		assert_int_equal(rc, cases[i].want ? -ERR_LIMIT : 0);
		if (cases[i].want)
			assert_non_null(strstr(err.msg, cases[i].want));
		else
			dag_release(&g);
	}
}

static void add_list(struct buf *b, const struct dag *g, const struct dag_lists *l, uint32_t i)
{
	for (uint32_t k = l->start[i]; k < l->start[i + 1]; k++)
		buf_printf(b, STR_FMT, STR_ARG(g->nodes[l->items[k]].name));
	buf_add_char(b, '/');
}

static void test_neighbours(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct dag g;

	assert_int_equal(dag_parse(&g, STR("pdag { d -> a; c -> a; b -> a a -- e a <-> f a -> g }"),
				   1, NULL),
			 0);
	for (uint32_t i = 0; i < g.n; i++) {
		add_list(&b, &g, &g.parents, i);
		add_list(&b, &g, &g.children, i);
		add_list(&b, &g, &g.others, i);
		buf_add_char(&b, ' ');
	}
	assert_string_equal(buf_cstr(&b), "/a// dcb/g/ef/ /a// /a// //a/ //a/ a/// ");
	assert_int_equal(dag_find(&g, STR("c")), 2);
	assert_int_equal(dag_find(&g, STR("nobody")), DAG_NONE);
	dag_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
