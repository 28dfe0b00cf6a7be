// SPDX-License-Identifier: GPL-3.0-or-later
/* Two snapshots of threads: matched by thread, or by place; and their JSON read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "compare/stackdiff.h"
#include "import/stacks.h"
#include "report/stacks.h"

#define MOST 8

/* Threads as a test writes them: "tid:inner<outer" a word each; of the process pid. */
struct snapshot_text {
	struct stacks st;
	struct stack_process process;
	struct stack_thread threads[MOST];
	struct frame frames[MOST][4];
};

static void make(struct snapshot_text *s, int pid, const char *text)
{
	struct str rest = str_of(text), word;

	*s = (struct snapshot_text){.process = {.pid = pid, .name = STR("p"), .command = STR("p")}};
	s->st.processes = &s->process;
	s->st.nprocesses = 1;
	s->st.threads = s->threads;
	while (rest.n && str_next(&rest, ' ', &word)) {
		struct stack_thread *t = &s->threads[s->st.nthreads];
		size_t colon = str_find_char(word, ':');
		struct str names = str_from(word, colon + 1), name;
		uint64_t tid;

		assert_true(str_u64(str_head(word, colon), &tid));
		*t = (struct stack_thread){.pid = pid,
					   .tid = (int)tid,
					   .state = 'S',
					   .name = STR("t"),
					   .wait_text = STR(""),
					   .frames = s->frames[s->st.nthreads]};
		while (str_next(&names, '<', &name))
			t->frames[t->nframes++] = (struct frame){.function = name,
								 .symbol = STR(""),
								 .module = STR(""),
								 .file = STR("")};
		s->st.nthreads++;
	}
}

static void counts(int pid, const char *before, const char *after, const char *expected)
{
	struct snapshot_text x, y;
	struct stackdiff d;
	char got[64];

	make(&x, 1, before);
	make(&y, pid, after);
	stackdiff_run(&d, &x.st, &y.st);
	snprintf(got, sizeof(got), "%zu %zu %zu %zu %zu", d.count[STACKDIFF_MOVED],
		 d.count[STACKDIFF_COUNT], d.count[STACKDIFF_NEW], d.count[STACKDIFF_GONE],
		 d.count[STACKDIFF_SAME]);
	assert_string_equal(got, expected);
	assert_int_equal(d.by_place, pid != 1);
	stackdiff_release(&d);
}

/* moved, another number, new, gone, same */
static void test_matching(void **state)
{
	counts(1, "1:read<main 2:wait<work", "1:read<main 2:wait<work", "0 0 0 0 2");
	counts(1, "1:read<main 2:wait<work", "1:read<main 2:run<work", "1 0 0 0 1");
	counts(1, "1:read<main 2:wait<work", "1:read<main 3:wait<work", "0 0 1 1 1");
	counts(1, "", "1:read<main", "0 0 1 0 0");
	counts(1, "", "", "0 0 0 0 0");
	/* Another process: ids say nothing. */
	counts(9, "1:read<main 2:wait<work", "7:read<main 8:wait<work", "0 0 0 0 2");
	counts(9, "1:wait<work 2:wait<work", "7:wait<work 8:run<work", "0 1 1 0 0");
	counts(9, "1:wait<work", "7:run<work 8:run<work", "0 0 1 1 0");
}

static void test_common(void **state)
{
	struct snapshot_text x, y;
	struct stackdiff d;

	make(&x, 1, "1:read<get<main");
	make(&y, 1, "1:write<put<main");
	stackdiff_run(&d, &x.st, &y.st);
	assert_int_equal(d.n, 1);
	assert_int_equal(d.rows[0].kind, STACKDIFF_MOVED);
	assert_int_equal(d.rows[0].common, 1);
	stackdiff_release(&d);
	y = x;
	y.st.threads = y.threads;
	y.threads[0].wait = WAIT_MUTEX;
	y.threads[0].wait_text = STR("mutex 0x1");
	stackdiff_run(&d, &x.st, &y.st);
	assert_int_equal(d.rows[0].kind, STACKDIFF_WAITS);
	stackdiff_release(&d);
}

/* What is written is read again. */
static void test_round_trip(void **state)
{
	struct snapshot_text x;
	size_t both[] = {1, 0}, second[] = {1};
	struct stack_deadlock circle = {.threads = both, .n = 2, .behind = second, .nbehind = 1};
	struct stack_group group = {.threads = second, .n = 1};
	struct stack_verdict verdict = {STR("busy loop"), STR("It spins.")};
	struct stack_death death = {.signal = 6,
				    .has_address = true,
				    .address = 0x1f,
				    .exception = STR("std::bad_alloc"),
				    .what = STR("no room")};
	struct stacks st;
	struct arena a;
	struct buf json = {0};
	struct err err;

	make(&x, 5, "1:read<main 2:wait<work");
	x.threads[1].wait = WAIT_MUTEX;
	x.threads[1].waits_for = 1;
	x.threads[1].wait_text = STR("mutex \"0x1\"");
	x.frames[1][1].line = 12;
	x.frames[1][1].file = STR("a.c");
	x.st.deadlocks = &circle;
	x.st.ndeadlocks = 1;
	x.st.groups = &group;
	x.st.ngroups = 1;
	x.st.verdict = &verdict;
	x.st.death = &death;
	stacks_json(&x.st, STR("inquest stacks 5"), &json);
	arena_init(&a);
	assert_true(stacks_recognise(buf_str(&json)));
	assert_int_equal(stacks_read(&st, &a, buf_str(&json), &err), 0);
	assert_int_equal(st.nthreads, 2);
	assert_int_equal(st.nprocesses, 1);
	assert_int_equal(st.threads[1].wait, WAIT_MUTEX);
	assert_int_equal(st.threads[1].waits_for, 1);
	assert_true(str_eq(st.threads[1].wait_text, STR("mutex \"0x1\"")));
	assert_int_equal(st.threads[1].nframes, 2);
	assert_int_equal(st.threads[1].frames[1].line, 12);
	assert_true(str_eq(st.threads[1].frames[1].file, STR("a.c")));
	assert_int_equal(st.ndeadlocks, 1);
	assert_int_equal(st.deadlocks[0].n, 2);
	assert_int_equal(st.deadlocks[0].threads[0], 1);
	assert_int_equal(st.deadlocks[0].nbehind, 1);
	assert_int_equal(st.ngroups, 1);
	assert_int_equal(st.groups[0].threads[0], 1);
	assert_true(str_eq(st.verdict->kind, STR("busy loop")));
	assert_int_equal(st.death->signal, 6);
	assert_true(st.death->has_address);
	assert_int_equal(st.death->address, 0x1f);
	assert_true(str_eq(st.death->exception, STR("std::bad_alloc")));
	/* Ids of threads that are not there are left out; nothing is no verdict. */
	assert_int_equal(stacks_read(&st, &a,
				     STR("{\"schema\":\"inquest.stacks/1\",\"verdict\":null,"
					 "\"death\":null,\"deadlocks\":[{\"threads\":[7]}],"
					 "\"groups\":[[\"x\"],3]}"),
				     &err),
			 0);
	assert_int_equal(st.deadlocks[0].n, 0);
	assert_int_equal(st.groups[0].n, 0);
	assert_null(st.verdict);
	assert_null(st.death);
	/* cut off, another kind, a later version */
	assert_true(stacks_read(&st, &a, str_head(buf_str(&json), json.n - 3), &err) != 0);
	assert_true(stacks_read(&st, &a, STR("{\"schema\":\"inquest.run/1\"}"), &err) != 0);
	assert_true(stacks_read(&st, &a, STR("{\"schema\":\"inquest.stacks/2\"}"), &err) != 0);
	assert_true(stacks_read(&st, &a, STR("[]"), &err) != 0);
	assert_true(stacks_read(&st, &a, STR(""), &err) != 0);
	arena_release(&a);
	buf_release(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matching),
		cmocka_unit_test(test_common),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
