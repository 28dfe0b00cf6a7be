// SPDX-License-Identifier: GPL-3.0-or-later
/* Text of /proc: as the kernel writes it, and as nobody would. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "state/calls.h"
#include "state/proc.h"

static void test_maps(void **state)
{
	static const char text[] =
		"55d0c0a00000-55d0c0a01000 r--p 00000000 fd:01 4711                       "
		"/usr/bin/x\n"
		"55d0c0a01000-55d0c0a02000 r-xp 00001000 fd:01 4711                       "
		"/usr/bin/x\n"
		"55d0c1000000-55d0c1021000 rw-p 00000000 00:00 0                          [heap]\n"
		"7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n"
		"7f0000001000-7f0000002000 ---p 00002000 08:12 12  /tmp/a b (deleted)\n"
		"7f0000003000-7f0000004000 -w-s 00000000 00:01 1024  /new\\012line\n"
		"7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          "
		"[stack]\n"
		"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  "
		"[vsyscall]\n";
	struct arena a;
	struct image_map *m;

	arena_init(&a);
	assert_int_equal(proc_parse_maps(STR(text), &a, &m), 7);
	assert_int_equal(m[0].start, 0x55d0c0a00000);
	assert_int_equal(m[0].end, 0x55d0c0a01000);
	assert_int_equal(m[0].prot, IMAGE_READ);
	assert_int_equal(m[0].inode, 4711);
	assert_int_equal(m[0].device, UINT64_C(0xfd) << 32 | 1);
	assert_str(m[0].path, "/usr/bin/x");
	assert_int_equal(m[1].prot, IMAGE_READ | IMAGE_EXEC);
	assert_int_equal(m[1].offset, 0x1000);
	assert_str(m[2].path, "[heap]");
	assert_int_equal(m[3].path.n, 0);
	assert_int_equal(m[4].prot, 0);
	assert_true(m[4].deleted);
	assert_false(m[3].deleted);
	assert_str(m[4].path, "/tmp/a b");
	assert_int_equal(m[5].prot, IMAGE_WRITE);
	assert_str(m[5].path, "/new\nline");
	assert_int_equal(m[5].path.p[m[5].path.n], 0); /* it is handed to open() */
	assert_str(m[6].path, "[stack]");
	arena_release(&a);
}

/* Lines that are none, and what is left when they are gone. */
static void test_bad_maps(void **state)
{
	static const char *const lines[] = {
		"",
		"x",
		"-",
		"1000-",
		"1000-2000",
		"1000-2000 r-xp",
		"1000-2000 r-xp 0 0:0",
		"1000-2000 r-xp 0 0:0 x",
		"2000-1000 r-xp 0 0:0 0",
		"1000-1000 r-xp 0 0:0 0",
		"1000-2000 r-x 0 0:0 0",
		"1000-2000 r-xpp 0 0:0 0",
		"1000-2000 r-xp g 0:0 0",
		"1000-2000 r-xp 0 0-0 0",
		"11112222333344445-2 r-xp 0 0:0 0",
		"1000-11112222333344445 r-xp 0 0:0 0",
		" 1000-2000 r-xp 0 0:0 0",
		"1000-2000 r-xp 0 0:0 99999999999999999999999",
		"-1000-2000 r-xp 0 0:0 0",
		"8000000000000000-8000000000001000 r-xp 0 0:0 0",
	};
	struct image_map *m;
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *text = arena_printf(
			&a, "100-200 r--p 0 0:0 0 /a\n%s\n7000-8000 rw-p 0 0:0 0 /z", lines[i]);

		assert_int_equal(proc_parse_maps(str_of(text), &a, &m), 2);
		assert_str(m[0].path, "/a");
		assert_str(m[1].path, "/z");
	}
	/* One that overlaps the one before, or lies before it. */
	assert_int_equal(proc_parse_maps(STR("1000-3000 r--p 0 0:0 0\n2000-4000 r--p 0 0:0 0\n"
					     "500-600 r--p 0 0:0 0\n3000-4000 r--p 0 0:0 0\n"),
					 &a, &m),
			 2);
	assert_int_equal(m[1].start, 0x3000);
	assert_int_equal(proc_parse_maps(STR(""), &a, &m), 0);
	arena_release(&a);
}

static void test_stat(void **state)
{
	static const struct {
		const char *text;
		bool good;
		const char *name;
		char state;
		int parent;
		int64_t user;
		uint64_t start;
	} cases[] = {
		{"12 (cat) S 3 12 12 0 -1 4194304 1 2 3 4 77 5 6 7 20 0 1 0 4242 8", true, "cat",
		 'S', 3, 77, 4242},
		{"12 (a) b (c) R 3 12 12 0 -1 4 1 2 3 4 9 5 6 7 20 0 1 0 1 8\n", true, "a) b (c",
		 'R', 3, 9, 1},
		{"12 () Z 1 12 12 0 -1 4 1 2 3 4 0 5 6 7 20 0 1 0 1 8", true, "", 'Z', 1, 0, 1},
		{"12 (\n) D 1 12 12 0 -1 4 1 2 3 4 0 5 6 7 20 0 1 0 1 8", true, "\n", 'D', 1, 0, 1},
		{"12 (x) S 3 12 12 0 -1 4 1 2 3 4 1 5 6 7 20 0 1 0", true, "x", 'S', 3, 1, 0},
		{"", false, "", ' ', 0, 0, 0},
		{"12", false, "", ' ', 0, 0, 0},
		{"12 (cat", false, "", ' ', 0, 0, 0},
		{"12 (cat)", false, "", ' ', 0, 0, 0},
		{"12 (cat) S", false, "", ' ', 0, 0, 0},
		{"12 (cat) S 3", false, "", ' ', 0, 0, 0},
		{"12 (cat) S x 12 12 0 -1 4 1 2 3 4 1 5 6 7 20 0 1 0 1", false, "", ' ', 0, 0, 0},
		{") S 3 12 12 0 (-1 4 1 2", false, "", ' ', 0, 0, 0},
		{")", false, "", ' ', 0, 0, 0},
		{"(", false, "", ' ', 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_stat s;

		assert_int_equal(proc_parse_stat(str_of(cases[i].text), &s), cases[i].good);
		if (!cases[i].good)
			continue;
		assert_true(str_eq(s.name, str_of(cases[i].name)));
		assert_int_equal(s.state, cases[i].state);
		assert_int_equal(s.parent, cases[i].parent);
		assert_int_equal(s.user_ticks, cases[i].user);
		assert_int_equal(s.start_ticks, cases[i].start);
	}
}

static void test_status(void **state)
{
	struct proc_status s;

	assert_true(proc_parse_status(STR("Name:\tcat\nTgid:\t4711\nPid:\t4712\nPPid:\t1\n"
					  "TracerPid:\t99\nUid:\t1000\t1001\t1002\t1003\n"
					  "NSpid:\t4712\t30\t7\nVmHWM:\t    2048 kB\n"
					  "VmRSS:\t    1024 kB\nvoluntary_ctxt_switches:\t150\n"
					  "nonvoluntary_ctxt_switches:\t545\n"),
				      &s));
	assert_int_equal(s.pid, 4712);
	assert_int_equal(s.group, 4711);
	assert_int_equal(s.inner, 7);
	assert_int_equal(s.tracer, 99);
	assert_int_equal(s.uid, 1000);
	assert_int_equal(s.rss_peak, 2048 * 1024);
	assert_int_equal(s.rss, 1024 * 1024);
	assert_int_equal(s.switches, 150);
	assert_int_equal(s.forced_switches, 545);
	assert_false(s.kernel);
	assert_true(proc_parse_status(STR("Pid:\t2\nName:\tkthreadd\n"), &s));
	assert_true(s.kernel);
	assert_int_equal(s.inner, 2);
	assert_false(proc_parse_status(STR(""), &s));
	assert_false(proc_parse_status(STR("Pid:"), &s));
	assert_false(proc_parse_status(STR("Pid:\tx\n:\n::\n"), &s));
	assert_false(proc_parse_status(STR("Name:\tPid: 12\n"), &s));
}

static void test_syscall(void **state)
{
	static const struct {
		const char *text;
		bool good, running;
		int64_t number;
		uint64_t first, last, sp, pc;
	} cases[] = {
		{"running\n", true, true, -1, 0, 0, 0, 0},
		{"202 0x7f01 0x80 0x2 0x0 0x0 0xffffffffffffffff 0x7ffd10 0x7f02\n", true, false,
		 202, 0x7f01, UINT64_MAX, 0x7ffd10, 0x7f02},
		{"-1 0x7ffd10 0x7f02", true, false, -1, 0, 0, 0x7ffd10, 0x7f02},
		{"0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0", true, false, 0, 0, 0, 0, 0},
		{"", false, false, 0, 0, 0, 0, 0},
		{"run", false, false, 0, 0, 0, 0, 0},
		{"1", false, false, 0, 0, 0, 0, 0},
		{"1 0x1 0x2 0x3 0x4 0x5 0x6 0x7", false, false, 0, 0, 0, 0, 0},
		{"1 0x1 0x2 0x3 0x4 0x5 x6 0x7 0x8", false, false, 0, 0, 0, 0, 0},
		{"1 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8 0x9", false, false, 0, 0, 0, 0, 0},
		{"1 0x11112222333344445 0x2 0x3 0x4 0x5 0x6 0x7 0x8", false, false, 0, 0, 0, 0, 0},
		{"-1 0x", false, false, 0, 0, 0, 0, 0},
		{"99999999999999999999 0x1 0x2", false, false, 0, 0, 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_syscall s;

		assert_int_equal(proc_parse_syscall(str_of(cases[i].text), &s), cases[i].good);
		if (!cases[i].good)
			continue;
		assert_int_equal(s.running, cases[i].running);
		assert_int_equal(s.number, cases[i].number);
		assert_int_equal(s.args[0], cases[i].first);
		assert_int_equal(s.args[5], cases[i].last);
		assert_int_equal(s.sp, cases[i].sp);
		assert_int_equal(s.pc, cases[i].pc);
	}
}

static void test_call_text(void **state)
{
	static const struct {
		struct proc_syscall call;
		const char *text;
	} cases[] = {
		{{.running = true, .number = 1}, ""},
		{{.number = -1}, ""},
		{{.number = 0, .args = {3, 0x7ffd10, 4096}}, "read(3, 0x7ffd10, 4096)"},
		{{.number = 202, .args = {0x55d0, 0x189, 2, 0}},
		 "futex(0x55d0, WAIT_BITSET, 2, no limit)"},
		{{.number = 202, .args = {0x55d0, 0x7f, 2, 1}},
		 "futex(0x55d0, 0x7f, 2, time limit)"},
		{{.number = 7, .args = {0, 1, UINT32_MAX}}, "poll(NULL, 1, no limit)"},
		{{.number = 7, .args = {1, 1, 250}}, "poll(0x1, 1, 250 ms)"},
		{{.number = 61, .args = {UINT32_MAX}}, "wait4(-1, NULL, 0, NULL)"},
		{{.number = 34}, "pause()"},
		{{.number = 100000}, "system call 100000"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};

		call_text(&b, &cases[i].call);
		assert_true(str_eq(buf_str(&b), str_of(cases[i].text)));
		buf_release(&b);
	}
	assert_null(call_find(-1));
	assert_string_equal(call_find(202)->name, "futex");
}

/* Of ourselves, and of nobody. */
static void test_files(void **state)
{
	struct buf b = {0};
	int *numbers = NULL;
	size_t cap = 0;

	assert_int_equal(proc_read(getpid(), "stat", &b), 0);
	assert_true(b.n > 0);
	assert_int_equal(proc_read(getpid(), "nothing", &b), ENOENT);
	assert_int_equal(b.n, 0);
	assert_int_equal(proc_read(INT32_MAX, "stat", &b), ENOENT);
	assert_int_equal(proc_numbers(getpid(), "task", &numbers, &cap), 1);
	assert_int_equal(numbers[0], getpid());
	assert_int_equal(proc_numbers(INT32_MAX, "task", &numbers, &cap), 0);
	assert_true(proc_link(getpid(), "exe", &b));
	assert_true(str_contains(buf_str(&b), STR("test_proc")));
	assert_false(proc_link(INT32_MAX, "exe", &b));
	buf_release(&b);
	free(numbers);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps),    cmocka_unit_test(test_bad_maps),
		cmocka_unit_test(test_stat),    cmocka_unit_test(test_status),
		cmocka_unit_test(test_syscall), cmocka_unit_test(test_call_text),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
