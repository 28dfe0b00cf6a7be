// SPDX-License-Identifier: GPL-3.0-or-later
/* Circles of waiting, who stands behind them, and groups of threads: of tables of who waits for
 * whom. */
#include "unit.h"

#include "state/waits.h"

#define MOST 16

struct someone {
	int pid, tid, waits_for;
};

/* Sums a circle up as "1>2 +3" for threads 1 and 2, and 3 behind them; circles apart by ", ". */
static struct str summary(const struct stacks *st, struct arena *a)
{
	struct buf b = {0};
	struct str out;

	for (size_t i = 0; i < st->ndeadlocks; i++) {
		const struct stack_deadlock *d = &st->deadlocks[i];

		if (i)
			BUF_LIT(&b, ", ");
		for (size_t k = 0; k < d->n; k++)
			buf_printf(&b, k ? ">%d" : "%d", st->threads[d->threads[k]].tid);
		for (size_t k = 0; k < d->nbehind; k++)
			buf_printf(&b, " +%d", st->threads[d->behind[k]].tid);
	}
	out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static void test_circles(void **state)
{
	static const struct {
		const char *what, *wanted;
		struct someone threads[MOST];
	} cases[] = {
		{"nobody", "", {{0}}},
		{"alone", "", {{1, 1, 0}}},
		{"two", "1>2", {{1, 1, 2}, {1, 2, 1}}},
		{"with itself", "2", {{1, 1, 0}, {1, 2, 2}}},
		{"three", "1>3>2", {{1, 1, 3}, {1, 2, 1}, {1, 3, 2}}},
		{"a chain is no circle", "", {{1, 1, 2}, {1, 2, 3}, {1, 3, 0}}},
		{"for one that is gone", "", {{1, 1, 2}, {1, 2, 99}}},
		{"behind, and behind that",
		 "3>4 +1 +2 +5",
		 {{1, 1, 3}, {1, 2, 1}, {1, 3, 4}, {1, 4, 3}, {1, 5, 4}}},
		{"found from behind", "2>3 +1", {{1, 1, 2}, {1, 2, 3}, {1, 3, 2}}},
		{"two circles",
		 "1>2 +5, 3>4 +6",
		 {{1, 1, 2}, {1, 2, 1}, {1, 3, 4}, {1, 4, 3}, {1, 5, 2}, {1, 6, 4}}},
		{"beside one without", "1>2", {{1, 1, 2}, {1, 2, 1}, {1, 3, 4}, {1, 4, 0}}},
		{"two processes", "10>20", {{10, 10, 20}, {20, 20, 10}}},
		{"three processes, not in order",
		 "30>10>20",
		 {{30, 30, 10}, {10, 10, 20}, {20, 20, 30}}},
		{"another thread of it may do it", "", {{10, 10, 20}, {20, 20, 10}, {20, 21, 0}}},
		{"but not when it is waited for within",
		 "20>21",
		 {{10, 10, 0}, {20, 20, 21}, {20, 21, 20}}},
		{"a child in the way", "", {{10, 10, 20}, {20, 20, 0}}},
	};
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stack_thread threads[MOST] = {0};
		struct stacks st = {.threads = threads};
		int last = 0;

		for (const struct someone *s = cases[i].threads; s->tid; s++) {
			threads[st.nthreads++] = (struct stack_thread){
				.pid = s->pid, .tid = s->tid, .waits_for = s->waits_for};
			st.nprocesses += s->pid != last;
			last = s->pid;
		}
		waits_deadlocks(&st, &a);
		if (!str_eq(summary(&st, &a), str_of(cases[i].wanted)))
			fail_msg("%s: " STR_FMT, cases[i].what, STR_ARG(summary(&st, &a)));
	}
	arena_release(&a);
}

/* A long chain into a long circle: time and memory in proportion. */
static void test_many(void **state)
{
	enum { N = 100000 };
	struct stacks st = {.nthreads = N, .nprocesses = 1};
	struct arena a;

	arena_init(&a);
	st.threads = arena_zalloc(&a, N * sizeof(*st.threads));
	for (int i = 0; i < N; i++)
		st.threads[i] = (struct stack_thread){
			.pid = 1, .tid = i + 1, .waits_for = i == N - 1 ? N / 2 + 1 : i + 2};
	waits_deadlocks(&st, &a);
	assert_int_equal(st.ndeadlocks, 1);
	assert_int_equal(st.deadlocks[0].n, N / 2);
	assert_int_equal(st.deadlocks[0].nbehind, N / 2);
	arena_release(&a);
}

static struct frame native(uint64_t pc, bool own)
{
	return (struct frame){.pc = pc, .own = own, .function = STR("f"), .file = STR("")};
}

/* "3 1 2, 4": the threads of each group in order. */
static struct str groups(const struct stacks *st, struct arena *a)
{
	struct buf b = {0};
	struct str out;

	for (size_t i = 0; i < st->ngroups; i++)
		for (size_t k = 0; k < st->groups[i].n; k++)
			buf_printf(&b, "%s%d",
				   k   ? " "
				   : i ? ", "
				       : "",
				   st->threads[st->groups[i].threads[k]].tid);
	out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static void test_groups(void **state)
{
	struct frame lock[] = {native(0x10, false), native(0x20, true)},
		     other[] = {native(0x10, false), native(0x28, true)},
		     deeper[] = {native(0x10, false), native(0x20, true), native(0x30, true)},
		     library[] = {native(0x10, false)};
	struct frame python[] =
		{{.language = FRAME_PYTHON, .function = STR("f"), .file = STR("a.py"), .line = 3}},
		     python_on[] = {{.language = FRAME_PYTHON,
				     .function = STR("f"),
				     .file = STR("a.py"),
				     .line = 4}};
	struct stack_thread threads[] = {
		{.pid = 1, .tid = 1, .state = 'S', .frames = lock, .nframes = 2},
		{.pid = 1, .tid = 2, .state = 'S', .frames = lock, .nframes = 2},
		{.pid = 1, .tid = 3, .state = 'S', .frames = other, .nframes = 2, .waits_for = 6},
		{.pid = 1, .tid = 4, .state = 'R', .frames = lock, .nframes = 2},
		{.pid = 1, .tid = 5, .state = 'S', .frames = deeper, .nframes = 3},
		{.pid = 1, .tid = 6, .state = 'S', .frames = library, .nframes = 1},
		{.pid = 1, .tid = 7, .state = 'S'},
		{.pid = 1, .tid = 8, .state = 'D', .frames = lock, .nframes = 2},
		{.pid = 1, .tid = 9, .state = 'S', .frames = python, .nframes = 1},
		{.pid = 1, .tid = 10, .state = 'S', .frames = python, .nframes = 1},
		{.pid = 1, .tid = 11, .state = 'S', .frames = python_on, .nframes = 1},
		{.pid = 2, .tid = 12, .state = 'S', .frames = lock, .nframes = 2},
	};
	struct stacks st = {.threads = threads, .nthreads = ARRAY_SIZE(threads), .nprocesses = 2};
	struct arena a;

	arena_init(&a);
	waits_deadlocks(&st, &a);
	waits_groups(&st, &a);
	/* Waited for, runs, in the kernel, in own code (the most first), in a library, nowhere. */
	assert_str(groups(&st, &a), "6, 4, 8, 1 2, 3, 5, 12, 9 10, 11, 7");
	threads[11].crashed = true;
	threads[0].waits_for = 1;
	waits_deadlocks(&st, &a);
	waits_groups(&st, &a);
	assert_str(groups(&st, &a), "12, 1 2, 6, 4, 8, 3, 5, 9 10, 11, 7");
	arena_release(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
