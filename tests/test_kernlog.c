// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <signal.h>
#include <stdlib.h>

#include "base/file.h"
#include "exec/cgroup.h"
#include "state/kernlog.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_lines(struct death_clues *c, struct str text)
{
	struct kernlog k;
	struct str line;
	uint64_t no = 0;

	kernlog_init(&k, c);
	while (text.n && str_next(&text, '\n', &line))
		kernlog_line(&k, line, STR("f"), ++no);
	kernlog_release(&k);
}

static const struct {
	const char *line;
	enum death_cause cause;
	int sig, pid;
	const char *name, *what;
} table[] = {
	{"[ 12.5] x[5]: segfault at 10 ip 000055 sp 00007ffd0000 error 6 in x[55+1]", DEATH_FAULT,
	 SIGSEGV, 5, "x", "a write at address 0x10"},
	{"x[5]: segfault at 0 ip 0000000000000000 sp 00007ffcb521f188 error 14 likely on CPU 0",
	 DEATH_FAULT, SIGSEGV, 5, "x", "an instruction was fetched at address 0x0 (the null page)"},
	{"y[6]: segfault at 7ffcb4b90f90 ip 0000557e15c6a517 sp 00007ffcb4b90f90 error 6 in y[5+1]",
	 DEATH_STACK, SIGSEGV, 6, "y", "a write"},
	{"Nov 26 17:00:01 h kernel: traps: my app[7] general protection fault ip:56 sp:7f error:0",
	 DEATH_FAULT, SIGSEGV, 7, "app", "an address that cannot be one"},
	{"traps: d[8] trap divide error ip:56 sp:7f error:0 in d[1+1]", DEATH_FAULT, SIGFPE, 8, "d",
	 "division"},
	{"audit: type=1326 audit(1.7:9): pid=9 comm=\"s\" exe=\"/s\" sig=31 syscall=41 code=0x0",
	 DEATH_SECCOMP, SIGSYS, 9, "s", "system call 41"},
	{"NVRM: Xid (PCI:0000:3b:00): 31, pid=10, name=py, Ch 8, MMU Fault", DEATH_GPU, 0, 10, "py",
	 "Xid 31"},
	{"NVRM: Xid (PCI:0000:3b:00): 250, pid='<unknown>', name=<unknown>", DEATH_GPU, 0, 0,
	 "<unknown>", "Xid 250"},
	{"Out of memory: Killed process 11 (m) total-vm:1kB, anon-rss:1kB", DEATH_OOM_SYSTEM,
	 SIGKILL, 11, "m", ""},
	{"Memory cgroup out of memory: Killed process 12 (a b) total-vm:1kB", DEATH_OOM_GROUP,
	 SIGKILL, 12, "a b", ""},
	{"Killed process 13 (z) total-vm:1kB", DEATH_OOM, SIGKILL, 13, "z", ""},
	{"cgroup: fork rejected by pids controller in /a", DEATH_PIDS_LIMIT, 0, 0, "", "pids.max"},
	{"INFO: task k:14 blocked for more than 120 seconds.", DEATH_HARDWARE, 0, 0, "",
	 "stuck in the kernel"},
	{"Kernel panic - not syncing: x", DEATH_NODE, 0, 0, "", "panicked"},
	{"blk_update_request: I/O error, dev sda, sector 1", DEATH_HARDWARE, 0, 0, "", "disk"},
};

static void lines(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct death_clues c;
		struct arena a;

		arena_init(&a);
		death_clues_init(&c, &a);
		read_lines(&c, str_of(table[i].line));
		if (c.n != 1 || c.items[0].cause != table[i].cause ||
		    c.items[0].sig != table[i].sig || c.items[0].pid != table[i].pid ||
		    !str_eq(c.items[0].name, str_of(table[i].name)) ||
		    !str_contains(c.items[0].what, str_of(table[i].what)))
			fail_msg("%s: %zu, %s " STR_FMT " " STR_FMT, table[i].line, c.n,
				 c.n ? death_word(c.items[0].cause) : "",
				 STR_ARG(c.n ? c.items[0].name : STR("")),
				 STR_ARG(c.n ? c.items[0].what : STR("")));
		death_clues_release(&c);
		arena_release(&a);
	}
}

static void nothing(void **state)
{
	static const char *const no[] = {
		"",
		"eth0: link is up",
		"x: segfault",
		"Killed process",
		"Killed process x (y)",
		"NVRM: Xid",
		"audit: type=1326 sig=0",
		"[  pid  ]",
		"traps: x[1] something else",
	};

	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		struct death_clues c;
		struct arena a;

		arena_init(&a);
		death_clues_init(&c, &a);
		read_lines(&c, str_of(no[i]));
		if (c.n && !(c.n == 1 && strstr(no[i], "segfault")))
			fail_msg("%s: %s", no[i], death_word(c.items[0].cause));
		death_clues_release(&c);
		arena_release(&a);
	}
}

static void report_of(const char *path, void (*check)(const struct death_clues *c))
{
	struct death_clues c;
	struct arena a;
	struct err err;
	char *text;
	size_t n;

	assert_int_equal(file_read_small(path, 1 << 20, &text, &n, &err), 0);
	arena_init(&a);
	death_clues_init(&c, &a);
	read_lines(&c, (struct str){text, n});
	check(&c);
	death_clues_release(&c);
	arena_release(&a);
	free(text);
}

static void check_group(const struct death_clues *c)
{
	assert_int_equal(c->items[0].cause, DEATH_OOM_GROUP);
	assert_str(c->items[0].what, "limit 100 MiB of /jobs/12");
	assert_int_equal(c->nmemory, 2);
	assert_str(c->memory[0].name, "python3");
	assert_int_equal(c->memory[0].rss, 25400 * 4096);
	assert_true(c->memory[0].killed);
	assert_false(c->memory[1].killed);
}

static void check_old(const struct death_clues *c)
{
	assert_int_equal(c->items[0].cause, DEATH_OOM_GROUP);
	assert_int_equal(c->items[0].pid, 11402);
	assert_str(c->items[0].what, "limit 512 MiB of /kubepods/burstable/pod9");
	assert_int_equal(c->nmemory, 2);
}

static void check_system(const struct death_clues *c)
{
	assert_int_equal(c->items[0].cause, DEATH_OOM_SYSTEM);
	assert_str(c->items[0].name, "cc1plus");
	assert_int_equal(c->nmemory, 4);
	assert_int_equal(c->memory[1].swap, 900 * 4096);
	assert_str(c->memory[3].name, "systemd-journal");
}

/* All of the group are killed: they have what the report says. The next report is another. */
static void check_whole_group(const struct death_clues *c)
{
	static const struct {
		int pid;
		const char *what;
	} kills[] = {{620, "limit 50 MiB of /og"},
		     {617, "limit 50 MiB of /og"},
		     {618, "limit 50 MiB of /og"},
		     {701, ""},
		     {702, "limit 80 MiB"}};
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!c->items[i].ends)
			continue;
		assert_true(n < ARRAY_SIZE(kills));
		assert_int_equal(c->items[i].cause, DEATH_OOM_GROUP);
		assert_int_equal(c->items[i].pid, kills[n].pid);
		assert_true(str_eq(c->items[i].what, str_of(kills[n++].what)));
	}
	assert_int_equal(n, ARRAY_SIZE(kills));
}

static void reports(void **state)
{
	report_of("tests/death/oom-cgroup.whole-group.txt", check_whole_group);
	report_of("tests/death/oom-cgroup.dmesg.txt", check_group);
	report_of("tests/death/oom-cgroup.old-kernel.txt", check_old);
	report_of("tests/death/oom-system.journal.txt", check_system);
}

/* ---- the files of memory groups, of both versions ---- */

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void memory_groups(void **state)
{
	char dir[] = "/tmp/inquest-cgroup-XXXXXX", path[64];
	static const char *const names[] = {"memory.events", "memory.max", "memory.peak"};
	static const char *const old[] = {"memory.oom_control", "memory.limit_in_bytes",
					  "memory.max_usage_in_bytes"};
	struct cgroup_memory m;

	assert_non_null(mkdtemp(dir));
	cgroup_memory_read(dir, &m);
	assert_false(m.counts);
	assert_int_equal(m.limit, 0);
	write_file(dir, "memory.events",
		   "low 0\nhigh 0\nmax 12\noom 2\noom_kill 3\noom_group_kill 0\n");
	write_file(dir, "memory.max", "104857600\n");
	write_file(dir, "memory.peak", "104857000\n");
	cgroup_memory_read(dir, &m);
	assert_true(m.counts);
	assert_int_equal(m.oom_kills, 3);
	assert_int_equal(m.limit, 104857600);
	assert_int_equal(m.peak, 104857000);
	write_file(dir, "memory.max", "max\n");
	cgroup_memory_read(dir, &m);
	assert_int_equal(m.limit, 0);
	write_file(dir, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n");
	write_file(dir, "memory.limit_in_bytes", "9223372036854771712\n");
	cgroup_memory_read(dir, &m);
	assert_int_equal(m.oom_kills, 7);
	assert_int_equal(m.limit, 0);
	write_file(dir, "memory.limit_in_bytes", "1000\n");
	write_file(dir, "memory.max_usage_in_bytes", "900\n");
	cgroup_memory_read(dir, &m);
	assert_int_equal(m.limit, 1000);
	assert_int_equal(m.peak, 900);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
		snprintf(path, sizeof(path), "%s/%s", dir, old[i]);
		unlink(path);
	}
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(nothing),
		cmocka_unit_test(reports),
		cmocka_unit_test(memory_groups),
	};

	return cmocka_run_group_tests_name("kernlog", tests, NULL, NULL);
}
