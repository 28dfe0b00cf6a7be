// SPDX-License-Identifier: GPL-3.0-or-later
/* What lines say of an end, when nothing else is known. */
#include "unit.h"

#include "state/lastwords-priv.h"

struct verdict {
	struct arena a;
	struct death_clues clues;
	struct death d;
};

static void judge(struct verdict *v, const char *text)
{
	struct death_facts f = {.cpu_seconds = -1, .clues = &v->clues};

	arena_init(&v->a);
	death_clues_init(&v->clues, &v->a);
	lastwords_text(&v->clues, STR("err"), str_of(text));
	death_judge(&f, &v->a, &v->d);
}

static void end(struct verdict *v)
{
	death_clues_release(&v->clues);
	arena_release(&v->a);
}

static const struct {
	const char *text;
	enum death_cause cause;
	enum death_sure sure;
} told[] = {
	{"x: a.c:3: main: Assertion `n' failed.\nAborted\nall 4 tests ok", DEATH_NONE,
	 DEATH_LIKELY},
	{"KeyError happened, see above\nJob succeeded", DEATH_NONE, DEATH_LIKELY},
	{"test result: FAILED. 1 passed; 1 failed\ntest result: ok. 1 passed; 0 failed",
	 DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"=== 1 failed, 3 passed in 0.1s ===", DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"step 4 done", DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"error: connection refused\nretry 1\nconnected again\nprocessed rows", DEATH_UNKNOWN,
	 DEATH_NO_IDEA},
	{"TERM_MEMLIMIT: job killed\nexited with exit code 0", DEATH_MEMORY_LIMIT, DEATH_PROVEN},
	{"The command \"x\" exited with 137.\nYour build exited with 1.", DEATH_UNKNOWN,
	 DEATH_NO_IDEA},
	{"received signal terminated, shutting down", DEATH_SENT, DEATH_LIKELY},
	{"sending signal SIGTERM to worker 3", DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"exitcode  : -11 (pid: 4)", DEATH_FAULT, DEATH_LIKELY},
	{"Exit status 124 if it times out", DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"Memory Size: 128 MB\tMax Memory Used: 128 MB", DEATH_MEMORY_LIMIT, DEATH_LIKELY},
	{"Memory Size: 128 MB\tMax Memory Used: 12 MB", DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"[    1.000000] Out of memory handling: on", DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"lua: a.lua:1: nothing here\nstack traceback:\n\t[C]: in ?", DEATH_EXCEPTION,
	 DEATH_LIKELY},
	{"^C", DEATH_INTERRUPTED, DEATH_LIKELY},
};

static void texts_alone(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		struct verdict v;

		judge(&v, told[i].text);
		if (v.d.cause != told[i].cause || v.d.sure != told[i].sure)
			fail_msg("\"%s\": %s %s, not %s %s", told[i].text,
				 death_sure_word(v.d.sure), death_word(v.d.cause),
				 death_sure_word(told[i].sure), death_word(told[i].cause));
		end(&v);
	}
}

/* Phrases stand at the borders of words, in either case, and the first of the tables counts. */
static void phrases(void **state)
{
	static const struct {
		const char *line;
		bool found;
		enum death_cause cause;
	} cases[] = {
		{"open: no space left on device", true, DEATH_SPACE},
		{"OPEN: NO SPACE LEFT ON DEVICE", true, DEATH_SPACE},
		{"x ENOSPC", true, DEATH_SPACE},
		{"xENOSPC", false, DEATH_UNKNOWN},
		{"ENOSPC2", false, DEATH_UNKNOWN},
		{"0 failed", true, DEATH_NONE},
		{"10 failed", false, DEATH_UNKNOWN},
		{"slurmstepd: error: *** JOB 1 ON n CANCELLED AT x DUE TO TIME LIMIT ***", true,
		 DEATH_TIME_LIMIT},
		{"slurmstepd: error: *** JOB 1 ON n CANCELLED AT x ***", true, DEATH_CANCELLED},
		{"java.lang.OutOfMemoryError: unable to create native thread", true,
		 DEATH_PROCESSES},
		{"java.lang.OutOfMemoryError: Java heap space", true, DEATH_HEAP},
		{"", false, DEATH_UNKNOWN},
		{"ab", false, DEATH_UNKNOWN},
	};
	struct arena a;
	const struct lastwords_index *x;

	arena_init(&a);
	x = lastwords_index_new(&a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct death_clue c = {.cause = DEATH_UNKNOWN};

		if (lastwords_find(x, str_of(cases[i].line), &c) != cases[i].found ||
		    c.cause != cases[i].cause)
			fail_msg("\"%s\": %s", cases[i].line, death_word(c.cause));
	}
	arena_release(&a);
}

/* Every phrase is found in itself, and the first of them for it is no other's. */
static void every_phrase(void **state)
{
	const struct lastwords_table *const tables[] = {&lastwords_outside, &lastwords_runtimes};
	const struct lastwords_index *x;
	struct arena a;

	arena_init(&a);
	x = lastwords_index_new(&a);
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct lastwords_phrase *p = &tables[t]->phrases[i];
			const char *line =
				arena_printf(&a, "%s %s", p->has, p->also ? p->also : "");
			struct death_clue c;

			if (!lastwords_find(x, str_of(line), &c))
				fail_msg("\"%s\" is not found", p->has);
			assert_true(strlen(p->has) >= 3);
			assert_true(p->what != WHAT_TEXT || p->text);
		}
	arena_release(&a);
}

static void parse_limits(void **state)
{
	static const char text[] =
		"Limit                     Soft Limit           Hard Limit           Units\n"
		"Max cpu time              3                    unlimited            seconds\n"
		"Max open files            1024                 524288               files\n"
		"Max processes             x                    1                    processes\n";
	struct death_rlimit l[DEATH_LIMITS] = {0};

	assert_true(death_parse_limits(str_of(text), l));
	assert_int_equal(l[DEATH_LIMIT_CPU].soft, 3);
	assert_true(l[DEATH_LIMIT_CPU].hard == DEATH_UNLIMITED);
	assert_int_equal(l[DEATH_LIMIT_NOFILE].hard, 524288);
	assert_false(l[DEATH_LIMIT_NPROC].known);
	assert_false(death_parse_limits(STR("nothing"), l));
}

static void sizes(void **state)
{
	struct arena a;

	arena_init(&a);
	assert_string_equal(death_size(&a, 100 << 20), "100 MiB");
	assert_string_equal(death_size(&a, UINT64_C(4) << 30), "4 GiB");
	assert_string_equal(death_size(&a, 512 << 10), "512 KiB");
	assert_string_equal(death_size(&a, 300000 << 10), "307.2 MB");
	assert_string_equal(death_size(&a, 12), "12 bytes");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_alone),  cmocka_unit_test(phrases),
		cmocka_unit_test(every_phrase), cmocka_unit_test(parse_limits),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests_name("lastwords", tests, NULL, NULL);
}
