// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What GoogleTest's programs print. A test that began and has no end (the program died in it) is an
 * error; what is printed between is said of it. With --gtest_brief=1 only failures are shown, what
 * is said before their end; those that passed are counted at the end and have no names then.
 */
#include <stdio.h>

#include "import/readers.h"

struct gtest {
	struct import *im;
	struct import_lines lines;
	size_t open; /* index + 1 */
	struct buf said;
	bool brief; /* no test began yet: what is printed may belong to the next end */
};

static const struct {
	struct str mark;
	enum test_status status;
} ends[] = {
	{STR("[       OK ] "), TEST_PASSED},
	{STR("[  FAILED  ] "), TEST_FAILED},
	{STR("[  SKIPPED ] "), TEST_SKIPPED},
};

static struct test_result *add(struct gtest *g, struct str s, enum test_status status)
{
	size_t n = str_find_char(s, '.');
	struct test_result *t;

	s = str_trim(s);
	t = import_add_test(g->im, n < s.n ? str_head(s, n) : STR(""),
			    n < s.n ? str_from(s, n + 1) : s, status);
	if (t)
		t->line = g->lines.no;
	return t;
}

static void close_test(struct gtest *g)
{
	struct test_result *t = g->open ? &g->im->tests[g->open - 1] : NULL;

	if (t && t->status != TEST_PASSED)
		import_explain(g->im, t, buf_str(&g->said));
	if (t && t->status == TEST_ERROR)
		t->message = STR("did not end");
	g->open = 0;
	buf_clear(&g->said);
}

/* "A.Ok (0 ms)", "R/P.Even/1, where GetParam() = 3 (0 ms)" after an end's mark */
static void end_test(struct gtest *g, struct str s, enum test_status status)
{
	struct test_result *t = &g->im->tests[g->open - 1];
	size_t n = s.n;

	t->status = status;
	while (n && s.p[n - 1] != '(')
		n--;
	s = str_from(s, n);
	if (str_ends(s, STR(")")))
		import_seconds(str_head(s, s.n - 1), &t->seconds);
	close_test(g);
}

/* "A.Bad (0 ms)" that did not begin; the list at the end has no times. */
static void open_brief(struct gtest *g, struct str s)
{
	struct test_result *t;

	s = str_trim(s);
	if (!str_ends(s, STR(" ms)")))
		return;
	s = str_head(s, str_find(s, STR(" (")));
	t = add(g, str_head(s, str_find(s, STR(", where "))), TEST_ERROR);
	g->open = t ? g->im->ntests : 0;
}

/* "[  PASSED  ] 5 tests." of tests that were not shown */
static void nameless(struct gtest *g, struct str s)
{
	uint64_t n;

	if (!import_skip(&s, STR("[  PASSED  ] ")) ||
	    !str_u64(str_head(s, str_find_char(s, ' ')), &n))
		return;
	for (uint64_t i = 0; i < n && !g->im->full; i++) {
		char name[24];

		snprintf(name, sizeof(name), "#%llu", (unsigned long long)i + 1);
		add(g, str_of(name), TEST_PASSED);
	}
}

static bool read_mark(struct gtest *g, struct str line)
{
	struct test_result *t;

	if (import_skip(&line, STR("[ RUN      ] "))) {
		close_test(g);
		g->brief = false;
		t = add(g, line, TEST_ERROR);
		g->open = t ? g->im->ntests : 0;
		return true;
	}
	if (import_skip(&line, STR("[ DISABLED ] "))) {
		close_test(g);
		t = add(g, line, TEST_SKIPPED);
		if (t)
			t->message = STR("disabled");
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t at = str_find(line, ends[i].mark); /* output may lack its newline */

		if (at == line.n)
			continue;
		if (!g->open && g->brief)
			open_brief(g, str_from(line, at + ends[i].mark.n));
		if (g->open) {
			import_keep(&g->said, str_head(line, at));
			end_test(g, str_trim(str_from(line, at + ends[i].mark.n)), ends[i].status);
		}
		return true; /* without an open test: the list at the end */
	}
	return false;
}

static bool other_mark(struct str s)
{
	return str_starts(s, STR("[----------]")) || str_starts(s, STR("[==========]")) ||
	       str_starts(s, STR("[  PASSED  ]")) || str_starts(s, STR("[ GLOBAL ERROR ]"));
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line;

	while (import_next_line(&l, &line))
		if (str_starts(line, STR("[ RUN      ] ")) ||
		    str_starts(line, STR("[==========] Running ")) ||
		    (str_starts(line, STR("[==========] ")) && str_contains(line, STR(" ran."))))
			return 90;
	return 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct gtest g = {.im = im, .lines = IMPORT_LINES(files[0].data), .brief = true};
	struct str line;

	while (import_next_line(&g.lines, &line)) {
		if (read_mark(&g, line))
			continue;
		if (other_mark(line)) {
			close_test(&g);
			if (g.brief)
				nameless(&g, line);
		} else if (g.open || g.brief)
			import_keep(&g.said, line);
		else
			im->skipped_lines += str_trim(line).n > 0;
	}
	close_test(&g);
	buf_release(&g.said);
	import_lines_release(&g.lines);
	return 0;
}

const struct import_reader read_gtest = {
	.name = "gtest",
	.what = "GoogleTest's text",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
