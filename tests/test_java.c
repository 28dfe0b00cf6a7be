// SPDX-License-Identifier: GPL-3.0-or-later
/* Dumps of threads by JVMs: recorded ones of tests/state/Waits.java, and lines that are none. */
#include "unit.h"

#include <stdlib.h>

#include "base/file.h"
#include "state/java.h"

static const struct java_thread *find(const struct java_dump *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq(d->threads[i].name, str_of(name)))
			return &d->threads[i];
	fail_msg("no thread %s", name);
	return NULL;
}

static const struct frame *frame(const struct java_thread *t, const char *function)
{
	for (size_t i = 0; i < t->nframes; i++)
		if (str_eq(t->frames[i].function, str_of(function)))
			return &t->frames[i];
	fail_msg("no frame %s", function);
	return NULL;
}

static void test_recorded(void **state)
{
	static const struct {
		const char *path;
		size_t n;
		int main, two;
		uint64_t lock;
	} cases[] = {
		{"fuzz/corpus/java/jstack-17", 26, 0x221a, 0x2284, 0x69ec1aab8},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct java_thread *t;
		struct java_dump d;
		struct arena a;
		struct err err;
		char *text;
		size_t n;

		arena_init(&a);
		assert_int_equal(file_read_small(cases[i].path, 1 << 20, &text, &n, &err), 0);
		assert_true(java_parse((struct str){text, n}, &a, &d));
		assert_int_equal(d.n, cases[i].n);
		assert_int_equal(d.deadlocks, 2);
		assert_int_equal(find(&d, "main")->native, cases[i].main);
		assert_int_equal(find(&d, "main")->lock, 0);
		assert_int_equal(find(&d, "GC Thread#0")->nframes, 0);
		t = find(&d, "two");
		assert_int_equal(t->native, cases[i].two);
		assert_int_equal(t->lock, cases[i].lock);
		assert_str(t->lock_type, "java.lang.Object");
		assert_str(t->holder, "one \"quoted\"");
		assert_str(find(&d, "one \"quoted\"")->holder, "two");
		assert_str(find(&d, "behind")->holder, "one \"quoted\"");
		assert_str(find(&d, "three")->holder, "four");
		assert_str(find(&d, "three")->lock_type,
			   "java.util.concurrent.locks.ReentrantLock$NonfairSync");
		assert_int_equal(find(&d, "sleeper")->lock, 0);
		assert_int_equal(find(&d, "Finalizer")->lock, 0);
		assert_true(find(&d, "Finalizer")->condition != 0);
		assert_int_equal(frame(t, "Waits.cross")->line, 25);
		assert_str(frame(t, "Waits.cross")->file, "Waits.java");
		assert_true(frame(t, "Waits.cross")->own);
		assert_false(frame(t, "java.lang.Thread.run")->own);
		assert_str(frame(t, "java.lang.Thread.run")->file, "Thread.java");
		assert_int_equal(frame(find(&d, "sleeper"), "java.lang.Thread.sleep")->line, 0);
		free(text);
		arena_release(&a);
	}
}

static void test_lines(void **state)
{
	static const char text[] = "noise\n"
				   "\tat before.any(Thread.java:1)\n"
				   "\"old\" prio=10 tid=0x00007f nid=0x10 runnable [0x0]\n"
				   "\tat no.place\n"
				   "\tat (Nothing.java:3)\n"
				   "\tat a.B.c(B.java)\n"
				   "\tat a.B.<init>(B.java:99999999999)\n"
				   "\tat app//a.B.d(app@1/B.kt:7)\n"
				   "\t- locked <0x0000000000000abc> (a a.B)\n"
				   "\"new\" #3 [17] prio=5 os_prio=0 tid=0x1 nid=17 waiting\n"
				   "\t- waiting to lock <0xabc> (a a.B)\n"
				   "\"wait\" #4 prio=5 nid=0x12 in Object.wait()\n"
				   "\t- waiting on <0xdef> (a a.C)\n"
				   "\t- locked <0xdef> (a a.C)\n"
				   "\"other\" #5 prio=5 nid=0x13\n"
				   "\t- waiting to lock <0xdef> (a a.C)\n"
				   "\"no number\" prio=5\n"
				   "\"far\" prio=5 nid=0xffffffffffff\n"
				   "no quote\" prio=5 nid=0x14\n"
				   "Found one Java-level deadlock:\n"
				   "\"nobody\":\n"
				   "  which is held by \"new\"\n"
				   "\"old\":\n"
				   "  which is held by \"nobody\"\n"
				   "  which is held by \"wait\"\n";
	struct java_dump d;
	struct arena a;

	arena_init(&a);
	assert_true(java_parse(STR(text), &a, &d));
	assert_int_equal(d.n, 4);
	assert_int_equal(d.threads[0].native, 16);
	assert_int_equal(d.threads[1].native, 17);
	assert_int_equal(d.threads[0].nframes, 3);
	assert_str(d.threads[0].frames[0].file, "B.java");
	assert_int_equal(d.threads[0].frames[0].line, 0);
	assert_str(d.threads[0].frames[1].function, "a.B.<init>");
	assert_str(d.threads[0].frames[1].file, "");
	assert_str(d.threads[0].frames[2].file, "B.kt");
	assert_int_equal(d.threads[0].frames[2].line, 7);
	assert_str(d.threads[1].holder, "old");
	assert_int_equal(d.threads[2].condition, 0xdef);
	assert_str(d.threads[3].holder, ""); /* who waits to be notified has given it back */
	assert_str(d.threads[0].holder, "wait");
	assert_int_equal(d.deadlocks, 1);
	assert_false(java_parse(STR("no dump\n\"x\" y\n"), &a, &d));
	assert_int_equal(d.n, 0);
	arena_release(&a);
}

/* Native frames by a letter: l of a library, j made by the JVM, g the same, guessed. */
static void test_merge(void **state)
{
	static const struct {
		const char *native;
		bool complete;
		size_t most;
		const char *merged;
		uint64_t skipped;
	} cases[] = {
		{"lljjll", true, 100, "llJJJll", 0}, {"jjll", true, 100, "JJJll", 0},
		{"lljj", false, 100, "llJJJ", 0},    {"lljlj", false, 100, "llJJJ", 0},
		{"lljgll", true, 100, "llJJJ", 0},   {"ll", false, 100, "llJJJ", 0},
		{"ll", true, 100, "llJJJ", 0},       {"", false, 100, "JJJ", 0},
		{"lljjll", true, 4, "llll", 3},      {"lljlll", true, 0, "llJJJlll", 0},
	};
	struct frame java[3], native[8];
	const struct java_thread jt = {.name = STR("worker"), .frames = java, .nframes = 3};
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < 3; i++)
		java[i] = (struct frame){.language = FRAME_JAVA, .pc = i};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stack_thread t = {.frames = native,
					 .nframes = strlen(cases[i].native),
					 .complete = cases[i].complete};
		char got[16] = "";

		for (size_t k = 0; k < t.nframes; k++)
			native[k] = (struct frame){
				.module = cases[i].native[k] == 'l' ? STR("/lib/libx.so") : STR(""),
				.trust = cases[i].native[k] == 'g' ? FRAME_GUESSED : FRAME_EXACT};
		java_merge(&t, &jt, cases[i].most, &a);
		for (size_t k = 0; k < t.nframes; k++)
			got[k] = t.frames[k].language == FRAME_JAVA ? 'J'
				 : t.frames[k].module.n             ? 'l'
								    : 'j';
		assert_string_equal(got, cases[i].merged);
		assert_int_equal(t.skipped, cases[i].skipped);
		assert_str(t.name, "worker");
		assert_true(t.complete);
	}
	arena_release(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_recorded),
						  cmocka_unit_test(test_lines),
						  cmocka_unit_test(test_merge)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
