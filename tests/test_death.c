// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <signal.h>

#include "state/container.h"
#include "state/hang.h"
#include "state/lastwords.h"

struct verdict {
	struct arena a;
	struct death_clues clues;
	struct death d;
};

static void begin(struct verdict *v)
{
	arena_init(&v->a);
	death_clues_init(&v->clues, &v->a);
}

static void end(struct verdict *v)
{
	death_clues_release(&v->clues);
	arena_release(&v->a);
}

static void judge(struct verdict *v, struct death_facts f, const char *text)
{
	begin(v);
	lastwords_text(&v->clues, STR("err"), str_of(text));
	f.clues = &v->clues;
	death_judge(&f, &v->a, &v->d);
}

/* What a program printed, how it ended (code, or -signal), and what the verdict must be. */
static const struct {
	const char *text;
	int end;
	enum death_cause cause;
	enum death_sure sure;
} said[] = {
	{"", 0, DEATH_NONE, DEATH_PROVEN},
	{"", 1, DEATH_EXIT, DEATH_LIKELY},
	{"", 137, DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"", -SIGKILL, DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"", -SIGSEGV, DEATH_FAULT, DEATH_LIKELY},
	{"", 139, DEATH_FAULT, DEATH_POSSIBLE},
	{"", -SIGTERM, DEATH_SENT, DEATH_PROVEN},
	{"", -SIGSYS, DEATH_SECCOMP, DEATH_LIKELY},
	{"", -SIGXFSZ, DEATH_RLIMIT_FSIZE, DEATH_LIKELY},
	{"", -SIGPIPE, DEATH_PIPE, DEATH_LIKELY},
	{"", -SIGINT, DEATH_INTERRUPTED, DEATH_LIKELY},
	{"", 124, DEATH_TIME_LIMIT, DEATH_POSSIBLE},
	{"", 126, DEATH_NOT_EXECUTABLE, DEATH_POSSIBLE},
	{"", 127, DEATH_NO_COMMAND, DEATH_POSSIBLE},
	{"sh: 1: ./x: Permission denied", 126, DEATH_NOT_EXECUTABLE, DEATH_POSSIBLE},
	{"cp: cannot stat 'a': No such file or directory", 1, DEATH_EXIT, DEATH_LIKELY},
	{"terminate called after throwing an instance of 'std::bad_alloc'", -SIGABRT,
	 DEATH_ALLOCATION, DEATH_PROVEN},
	{"terminate called after throwing an instance of 'X'\n  what():  no", -SIGABRT,
	 DEATH_EXCEPTION, DEATH_PROVEN},
	/* handled, and then killed: it did not die of that */
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 1", -SIGKILL,
	 DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 1", 1,
	 DEATH_EXCEPTION, DEATH_PROVEN},
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nMemoryError", 1,
	 DEATH_ALLOCATION, DEATH_PROVEN},
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n"
	 "OSError: [Errno 28] No space left on device",
	 1, DEATH_SPACE, DEATH_PROVEN},
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n"
	 "RuntimeError: can't start new thread",
	 1, DEATH_PROCESSES, DEATH_PROVEN},
	/* in a log with headers it may have been handled */
	{"2026-01-01 10:00:00 ERROR Traceback (most recent call last):\n  File \"a.py\", line 1\n"
	 "ValueError: x",
	 1, DEATH_EXCEPTION, DEATH_LIKELY},
	{"x: a.c:3: main: Assertion `n > 0' failed.\nAborted (core dumped)", 134, DEATH_ASSERT,
	 DEATH_PROVEN},
	{"panic: runtime error: index out of range", 2, DEATH_PANIC, DEATH_LIKELY},
	{"panic: test timed out after 1m0s", 2, DEATH_TIME_LIMIT, DEATH_PROVEN},
	{"x.c:3:5: runtime error: signed integer overflow", 1, DEATH_SANITIZER, DEATH_LIKELY},
	{"./a.sh: line 3:  2211 Killed                  ./x", 137, DEATH_UNKNOWN, DEATH_NO_IDEA},
	{"make: *** [Makefile:2: all] Error 139", 2, DEATH_EXIT, DEATH_LIKELY},
	{"bash: line 1: 12 Segmentation fault      ./x", 139, DEATH_FAULT, DEATH_LIKELY},
	{"Killed by the new record of 10 points, the old one was forgotten", 3, DEATH_EXIT,
	 DEATH_LIKELY},
	/* what names another's death is that */
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n"
	 "subprocess.CalledProcessError: Command './x' died with <Signals.SIGSEGV: 11>.",
	 1, DEATH_FAULT, DEATH_LIKELY},
	/* what broke goes before how it ended, and who ended it before that */
	{"Exception in thread \"main\" a.B: report\n\tat a.C.d(C.java:1)\n"
	 "Caused by: java.io.IOException: No space left on device",
	 1, DEATH_SPACE, DEATH_PROVEN},
	{"x: Container killed by YARN for exceeding physical memory limits.\n"
	 "Exception in thread \"main\" a.B: stage failed",
	 1, DEATH_MEMORY_LIMIT, DEATH_PROVEN},
	{"terminate called after throwing an instance of 'std::system_error'\n"
	 "  what():  Resource temporarily unavailable",
	 -SIGABRT, DEATH_PROCESSES, DEATH_PROVEN},
	/* it wrote lines after that */
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 1\n"
	 "starting cold\nreading plan\nplan has steps\n",
	 1, DEATH_EXCEPTION, DEATH_LIKELY},
	{"Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 1\n"
	 "starting cold\nreading plan\nplan has steps\nnext one\nand another one\n",
	 1, DEATH_EXIT, DEATH_LIKELY},
	/* Rust's main thread ends with 101 */
	{"thread 'main' panicked at src/a.rs:1:2:\nno", 101, DEATH_PANIC, DEATH_PROVEN},
	{"thread 'main' panicked at src/a.rs:1:2:\nno", 5, DEATH_PANIC, DEATH_POSSIBLE},
	{"panic: no\n\ngoroutine 1 [running]:\nmain.main()", 2, DEATH_PANIC, DEATH_PROVEN},
	{"panic: nil\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x4]\n", 2,
	 DEATH_PANIC, DEATH_LIKELY},
	{"SIGSEGV: segmentation violation\nPC=0x4", 2, DEATH_FAULT, DEATH_PROVEN},
	{"SIGQUIT: quit", 2, DEATH_INTERRUPTED, DEATH_PROVEN},
	{"  + Exception Group Traceback (most recent call last):\n  |   File \"a.py\", line 1\n"
	 "  | ExceptionGroup: 2 rows (2 sub-exceptions)",
	 1, DEATH_EXCEPTION, DEATH_PROVEN},
	{"\033[31mFatal Python error: Segmentation fault\033[0m", 1, DEATH_FAULT, DEATH_PROVEN},
	{"ok 3 - a worker that is killed by SIGSEGV is replaced", 1, DEATH_EXIT, DEATH_LIKELY},
	{"CUDA out of memory caught, halving the batch", 1, DEATH_EXIT, DEATH_LIKELY},
};

static void output_and_end(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		int n = said[i].end;
		struct death_facts f = {.ended = true,
					.code = n > 0 ? n : 0,
					.sig = n < 0 ? -n : 0,
					.cpu_seconds = -1};
		struct verdict v;

		judge(&v, f, said[i].text);
		if (v.d.cause != said[i].cause || v.d.sure != said[i].sure)
			fail_msg("\"%s\" and %d: %s %s, not %s %s", said[i].text, n,
				 death_sure_word(v.d.sure), death_word(v.d.cause),
				 death_sure_word(said[i].sure), death_word(said[i].cause));
		end(&v);
	}
}

/* ---- facts ---- */

static void oom_needs_counter_and_kill(void **state)
{
	struct death_facts f = {.ended = true,
				.sig = SIGKILL,
				.has_oom = true,
				.oom_before = 3,
				.oom_after = 4,
				.cpu_seconds = -1};
	struct verdict v;

	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_OOM);
	assert_int_equal(v.d.sure, DEATH_PROVEN);
	end(&v);
	f.group_limit = f.group_peak = 100 << 20;
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_OOM_GROUP);
	assert_true(str_contains(v.d.sentence, STR("limit 100 MiB")));
	end(&v);
	/* a child may have been the one */
	f.sig = 0;
	f.code = 137;
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_OOM_GROUP);
	assert_int_equal(v.d.sure, DEATH_LIKELY);
	end(&v);
	f.code = 0;
	f.sig = SIGSEGV; /* something else of the group was killed */
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_FAULT);
	end(&v);
}

static bool is_ruled_out(const struct death *d, enum death_cause cause)
{
	for (size_t i = 0; i < d->nruled_out; i++)
		if (d->ruled_out[i].cause == cause)
			return true;
	return false;
}

/* Somebody's kill -9 only when all else that kills without a word was looked at. */
static void kill_by_exclusion(void **state)
{
	struct death_facts f = {.ended = true,
				.sig = SIGKILL,
				.has_oom = true,
				.kernel_read = true,
				.cpu_seconds = 1};
	struct verdict v;

	f.limits[DEATH_LIMIT_CPU] = (struct death_rlimit){true, DEATH_UNLIMITED, DEATH_UNLIMITED};
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_SENT);
	assert_int_equal(v.d.sure, DEATH_LIKELY);
	assert_true(is_ruled_out(&v.d, DEATH_OOM_GROUP));
	assert_true(is_ruled_out(&v.d, DEATH_OOM_SYSTEM));
	assert_true(is_ruled_out(&v.d, DEATH_RLIMIT_CPU));
	end(&v);
	f.kernel_read = false;
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_UNKNOWN);
	assert_true(str_contains(v.d.next, STR("dmesg")));
	end(&v);
}

static void cpu_limit(void **state)
{
	struct death_facts f = {.ended = true, .sig = SIGKILL, .cpu_seconds = 9.9};
	struct verdict v;

	f.limits[DEATH_LIMIT_CPU] = (struct death_rlimit){true, 10, 10};
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_RLIMIT_CPU);
	assert_int_equal(v.d.sure, DEATH_PROVEN);
	end(&v);
	f.cpu_seconds = 1;
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_UNKNOWN);
	end(&v);
	f.sig = SIGXCPU;
	f.cpu_seconds = 9.9;
	f.limits[DEATH_LIMIT_CPU] = (struct death_rlimit){true, 11, DEATH_UNLIMITED};
	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_RLIMIT_CPU);
	assert_true(str_contains(v.d.sentence, STR("RLIMIT_CPU 10 s")));
	end(&v);
}

/* timeout(1) as the command: its time, and whether that was up. */
static void timeout_command(void **state)
{
	static const struct {
		const char *command;
		double seconds;
		int code, sig;
		enum death_cause cause;
		enum death_sure sure;
	} cases[] = {
		{"timeout 2 ./x", 2.01, 124, 0, DEATH_TIME_LIMIT, DEATH_PROVEN},
		{"/usr/bin/timeout -s KILL .5m ./x", 30, 0, SIGKILL, DEATH_TIME_LIMIT,
		 DEATH_LIKELY},
		{"timeout --kill-after 1 2 ./x", 3, 137, 0, DEATH_TIME_LIMIT, DEATH_LIKELY},
		{"timeout 10 ./x", .2, 124, 0, DEATH_EXIT, DEATH_LIKELY},
		{"timeout 10 ./x", .2, 1, 0, DEATH_EXIT, DEATH_LIKELY},
		{"timeout", 3, 125, 0, DEATH_EXIT, DEATH_LIKELY},
		{"./x 2", 3, 124, 0, DEATH_TIME_LIMIT, DEATH_POSSIBLE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct death_facts f = {.ended = true,
					.code = cases[i].code,
					.sig = cases[i].sig,
					.seconds = cases[i].seconds,
					.command = str_of(cases[i].command),
					.cpu_seconds = -1};
		struct verdict v;

		judge(&v, f, "");
		if (v.d.cause != cases[i].cause || v.d.sure != cases[i].sure)
			fail_msg("%s: %s %s", cases[i].command, death_sure_word(v.d.sure),
				 death_word(v.d.cause));
		end(&v);
	}
}

/* Ended by us, and with status 0 then. */
static void ours_ends_well(void **state)
{
	struct death_facts f = {.ended = true, .ours = DEATH_OUR_TIME, .cpu_seconds = -1};
	struct verdict v;

	judge(&v, f, "");
	assert_int_equal(v.d.cause, DEATH_TIME_LIMIT);
	end(&v);
}

/* A limit takes what it explains; without it the failure stands for itself. */
static const struct {
	const char *text;
	enum death_limit limit;
	uint64_t soft;
	enum death_cause with, without;
} limited[] = {
	{"die: cannot allocate memory", DEATH_LIMIT_AS, 1 << 28, DEATH_RLIMIT_AS, DEATH_ALLOCATION},
	{"die: cannot allocate memory", DEATH_LIMIT_DATA, 1 << 28, DEATH_RLIMIT_DATA,
	 DEATH_ALLOCATION},
	{"terminate called after throwing an instance of 'std::system_error'\n"
	 "  what():  Resource temporarily unavailable",
	 DEATH_LIMIT_NPROC, 20, DEATH_RLIMIT_NPROC, DEATH_PROCESSES},
	{"open: Too many open files", DEATH_LIMIT_NOFILE, 64, DEATH_RLIMIT_NOFILE,
	 DEATH_RLIMIT_NOFILE},
	{"sh: fork: Resource temporarily unavailable", DEATH_LIMIT_NPROC, 20, DEATH_RLIMIT_NPROC,
	 DEATH_PROCESSES},
	{"sh: fork: Resource temporarily unavailable", DEATH_LIMIT_NPROC, 96000, DEATH_PROCESSES,
	 DEATH_PROCESSES},
};

static void limits_claim(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(limited); i++) {
		struct death_facts f = {.ended = true, .code = 1, .cpu_seconds = -1};
		struct verdict v;

		judge(&v, f, limited[i].text);
		assert_int_equal(v.d.cause, limited[i].without);
		end(&v);
		f.limits[limited[i].limit] =
			(struct death_rlimit){true, limited[i].soft, limited[i].soft};
		judge(&v, f, limited[i].text);
		assert_int_equal(v.d.cause, limited[i].with);
		end(&v);
	}
}

static void ours(void **state)
{
	static const enum death_cause causes[] = {
		[DEATH_OUR_TIME] = DEATH_TIME_LIMIT,
		[DEATH_OUR_MEMORY] = DEATH_MEMORY_LIMIT,
		[DEATH_OUR_STOP] = DEATH_INTERRUPTED,
	};

	for (enum death_ours o = DEATH_OUR_TIME; o <= DEATH_OUR_STOP; o++) {
		struct death_facts f = {
			.ended = true, .sig = SIGTERM, .ours = o, .cpu_seconds = -1};
		struct verdict v;

		judge(&v, f, "");
		assert_int_equal(v.d.cause, causes[o]);
		assert_int_equal(v.d.sure, DEATH_PROVEN);
		end(&v);
	}
}

/* The kernel's line is of another process: what it proves of ours depends on the pid. */
static void whose_line(void **state)
{
	static const char line[] =
		"x[77]: segfault at 0 ip 000055 sp 00007ffd1000 error 4 in x[55+1]";
	static const int pids[] = {10, 77}, others[] = {10};
	static const struct {
		int pid;
		const int *pids;
		size_t npids;
		int code, sig;
		enum death_cause cause;
		enum death_sure sure;
	} whose[] = {
		{77, pids, 2, 0, SIGSEGV, DEATH_FAULT, DEATH_PROVEN},
		{10, pids, 2, 0, SIGKILL, DEATH_UNKNOWN, DEATH_NO_IDEA}, /* it was a child */
		{10, pids, 2, 139, 0, DEATH_FAULT, DEATH_PROVEN},
		{10, others, 1, 1, 0, DEATH_EXIT, DEATH_LIKELY},     /* a stranger */
		{0, NULL, 0, 0, SIGSEGV, DEATH_FAULT, DEATH_LIKELY}, /* no pids are known */
	};

	for (size_t i = 0; i < ARRAY_SIZE(whose); i++) {
		struct death_facts f = {.ended = true,
					.code = whose[i].code,
					.sig = whose[i].sig,
					.pid = whose[i].pid,
					.pids = whose[i].pids,
					.npids = whose[i].npids,
					.cpu_seconds = -1};
		struct verdict v;

		judge(&v, f, line);
		if (v.d.cause != whose[i].cause || v.d.sure != whose[i].sure)
			fail_msg("%zu: %s %s", i, death_sure_word(v.d.sure), death_word(v.d.cause));
		end(&v);
	}
}

static void many_clues(void **state)
{
	struct death_clue c = {.cause = DEATH_SPACE,
			       .sure = DEATH_LIKELY,
			       .weight = DEATH_FAIR,
			       .from = {.file = STR("f")},
			       .what = STR(""),
			       .name = STR("")};
	struct verdict v;

	begin(&v);
	for (unsigned i = 0; i < 1000; i++) {
		c.from.text = str_of(arena_printf(&v.a, "line %u", i));
		death_clue_add(&v.clues, &c);
	}
	assert_int_equal(v.clues.n, 16);
	assert_str(v.clues.items[0].from.text, "line 0");
	assert_str(v.clues.items[15].from.text, "line 999");
	end(&v);
}

/* ---- containers ---- */

static void containers(void **state)
{
	size_t found = 9;
	struct verdict v;
	struct err err;

	assert_true(container_is(STR("[{\"State\":{\"ExitCode\":1}}]")));
	assert_true(container_is(STR("{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}")));
	assert_false(container_is(STR("{\"level\":\"info\",\"kind\":\"x\"}")));
	assert_false(container_is(STR("State ExitCode")));
	begin(&v);
	assert_int_equal(container_read(&v.clues, STR("f"), STR("[{\"State\" 5}]"), &found, &err),
			 -ERR_INPUT);
	assert_int_equal(found, 9);
	assert_int_equal(container_read(&v.clues, STR("f"), STR("[]"), &found, &err), 0);
	assert_int_equal(found, 0);
	assert_int_equal(container_read(&v.clues, STR("f"),
					STR("[{\"State\":{\"ExitCode\":137,\"OOMKilled\":true}}]"),
					&found, &err),
			 0);
	assert_int_equal(found, 1);
	/* without a limit of its own whose memory it was is not known */
	assert_int_equal(v.clues.items[0].cause, DEATH_OOM);
	assert_int_equal(v.clues.items[0].code, 137);
	end(&v);
}

/* ---- hangs ---- */

#define SEC INT64_C(1000000000)

struct moment {
	struct stacks st;
	struct stack_process process;
	struct stack_thread threads[2];
	struct frame frames[2];
};

static void moment(struct moment *m, int64_t at, const char *function, char state, int64_t cpu)
{
	*m = (struct moment){.process = {.pid = 7, .name = STR("app"), .command = STR("app")}};
	for (size_t i = 0; i < 2; i++) {
		m->frames[i] = (struct frame){.pc = 0x1000 + (uint64_t)strlen(function) + i,
					      .function = str_of(function),
					      .symbol = STR(""),
					      .file = STR(""),
					      .module = STR(""),
					      .own = true};
		m->threads[i] = (struct stack_thread){.pid = 7,
						      .tid = 7 + (int)i,
						      .name = STR("app"),
						      .state = i ? 'S' : state,
						      .frames = &m->frames[i],
						      .nframes = 1,
						      .cpu_ns = i ? 0 : cpu,
						      .wait_text = STR(""),
						      .kernel_wait = STR("")};
	}
	m->st = (struct stacks){.processes = &m->process,
				.nprocesses = 1,
				.threads = m->threads,
				.nthreads = 2,
				.taken_ns = at};
}

static struct hang_verdict look(struct moment *a, struct moment *b, struct hang_throttle *t,
				struct arena *arena)
{
	const struct stacks *both[] = {&a->st, &b->st};
	struct hang_verdict v;

	hang_judge(both, 2, t, arena, &v);
	return v;
}

static void hangs(void **state)
{
	static const struct {
		const char *first, *second;
		char state;
		int64_t cpu;
		enum hang_kind kind;
	} cases[] = {
		{"spin", "spin", 'R', 2 * SEC, HANG_BUSY},
		{"parse", "write", 'R', 2 * SEC, HANG_MOVING},
		{"read", "read", 'S', 0, HANG_EXTERNAL},
		{"load", "store", 'S', SEC / 100, HANG_MOVING},
		{"fsync", "fsync", 'D', 0, HANG_KERNEL},
	};
	struct moment a, b;
	struct arena arena;

	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hang_verdict v;

		moment(&a, SEC, cases[i].first, cases[i].state, 0);
		moment(&b, 3 * SEC, cases[i].second, cases[i].state, cases[i].cpu);
		v = look(&a, &b, NULL, &arena);
		if (v.kind != cases[i].kind)
			fail_msg("%s: %s: " STR_FMT, cases[i].first, hang_word(v.kind),
				 STR_ARG(v.sentence));
	}
	arena_release(&arena);
}

static void hangs_of_other_kinds(void **state)
{
	size_t circle[] = {0, 1};
	struct stack_deadlock d = {.threads = circle, .n = 2};
	struct hang_throttle t = {10, 30, 0, 1800000};
	struct moment a, b;
	struct arena arena;

	arena_init(&arena);
	moment(&a, SEC, "lock", 'S', 0);
	moment(&b, 3 * SEC, "lock", 'S', 0);
	b.st.deadlocks = &d;
	b.st.ndeadlocks = 1;
	assert_int_equal(look(&a, &b, NULL, &arena).kind, HANG_DEADLOCK);
	b.threads[1].switches = 5; /* it ran meanwhile: no circle of one moment */
	assert_int_equal(look(&a, &b, NULL, &arena).kind, HANG_EXTERNAL);
	b.st.ndeadlocks = 0;
	assert_int_equal(look(&a, &b, &t, &arena).kind, HANG_THROTTLED);
	t.after_usec = 1000;
	assert_int_equal(look(&a, &b, &t, &arena).kind, HANG_EXTERNAL);
	b.threads[0].state = b.threads[1].state = 'T';
	assert_int_equal(look(&a, &b, NULL, &arena).kind, HANG_STOPPED);
	b.st.taken_ns = SEC + 1;
	assert_int_equal(look(&a, &b, NULL, &arena).kind, HANG_UNDECIDED);
	b.st.nthreads = 0;
	assert_int_equal(look(&a, &b, NULL, &arena).kind, HANG_GONE);
	arena_release(&arena);
}

/* A shell waits for its child: what that waits for is told. */
static void follows_children(void **state)
{
	struct stack_process two[2] = {
		{.pid = 7, .name = STR("sh"), .command = STR("")},
		{.pid = 8, .parent = 7, .name = STR("x"), .command = STR("")}};
	struct moment a, b;
	struct arena arena;
	struct hang_verdict v;

	arena_init(&arena);
	for (int i = 0; i < 2; i++) {
		struct moment *m = i ? &b : &a;

		moment(m, i ? 3 * SEC : SEC, "wait", 'S', 0);
		m->st.processes = two;
		m->st.nprocesses = 2;
		m->threads[0].wait = WAIT_CHILD;
		m->threads[1].pid = 8;
		m->threads[1].wait_text = STR("read from pipe 3");
	}
	v = look(&a, &b, NULL, &arena);
	assert_int_equal(v.kind, HANG_EXTERNAL);
	assert_int_equal(v.pid, 8);
	assert_true(str_contains(v.sentence, STR("read from pipe 3")));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_end),
		cmocka_unit_test(timeout_command),
		cmocka_unit_test(ours_ends_well),
		cmocka_unit_test(oom_needs_counter_and_kill),
		cmocka_unit_test(kill_by_exclusion),
		cmocka_unit_test(cpu_limit),
		cmocka_unit_test(limits_claim),
		cmocka_unit_test(ours),
		cmocka_unit_test(whose_line),
		cmocka_unit_test(many_clues),
		cmocka_unit_test(containers),
		cmocka_unit_test(hangs),
		cmocka_unit_test(hangs_of_other_kinds),
		cmocka_unit_test(follows_children),
	};

	return cmocka_run_group_tests_name("death", tests, NULL, NULL);
}
