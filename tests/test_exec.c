// SPDX-License-Identifier: GPL-3.0-or-later
/* Running a command: how it ends, its output, limits, what it leaves behind, the verdict. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/task.h"
#include "exec/exec.h"
#include "exec/groupstat.h"
#include "exec/program.h"

#define MSEC INT64_C(1000000)

static char pids_path[] = "/tmp/test-exec-XXXXXX";

struct got {
	struct buf out, err;
	uint64_t samples, max_rss, max_pss, max_faults, bytes;
	uint64_t samples_of_two;
	bool bad_psi, unfair;
	uint32_t max_processes, max_threads, max_fds;
	int64_t last_at;
	int pid;
	bool unordered;
	volatile int stop;
	int stop_at; /* the sample that sets it */
};

static void on_output(void *arg, enum exec_stream s, int64_t at_ns, struct str bytes)
{
	struct got *g = arg;

	g->unordered |= at_ns < g->last_at;
	g->last_at = at_ns;
	g->bytes += bytes.n;
	if (g->bytes < 1 << 20)
		buf_add_str(s == EXEC_STDOUT ? &g->out : &g->err, bytes);
}

static void on_sample(void *arg, const struct exec_sample *s)
{
	struct got *g = arg;

	for (size_t i = 0; i < EXEC_PSI; i++)
		g->bad_psi |= !isnan(s->psi[i]) && !(s->psi[i] >= 0 && s->psi[i] <= 1);
	g->unfair |= s->alike > s->processes || s->alike_rss > s->rss;
	if (s->pss != EXEC_UNKNOWN && s->pss > g->max_pss)
		g->max_pss = s->pss;
	if (s->minor_faults > g->max_faults)
		g->max_faults = s->minor_faults;
	if (s->rss > g->max_rss)
		g->max_rss = s->rss;
	if (s->processes > g->max_processes)
		g->max_processes = s->processes;
	if (s->threads > g->max_threads)
		g->max_threads = s->threads;
	if (s->fds > g->max_fds)
		g->max_fds = s->fds;
	g->samples_of_two += s->processes >= 2;
	if (++g->samples == (uint64_t)g->stop_at)
		g->stop = SIGINT;
}

static void on_start(void *arg, int pid)
{
	((struct got *)arg)->pid = pid;
}

/* The words of a command line with %s for the file of process ids, in static memory. */
static char **words(const char *line)
{
	static char text[512], *v[16], misbehave[] = "misbehave";
	const char *program = getenv("MISBEHAVE");
	size_t n = 0;
	char *save, *w;

	snprintf(text, sizeof(text), "%s", line);
	for (w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		v[n++] = strcmp(w, "%s") == 0 ? pids_path : w;
	v[n] = NULL;
	if (strcmp(v[0], misbehave) == 0)
		v[0] = (char *)(uintptr_t)program;
	return v;
}

static int run(const char *line, struct exec_opts o, struct got *g, struct exec_result *r)
{
	struct err err;

	*g = (struct got){.stop_at = g->stop_at};
	o.argv = words(line);
	o.envp = environ;
	o.stdin_fd = o.stdin_fd ? o.stdin_fd : -1;
	o.output_max = o.output_max ? o.output_max : UINT64_MAX;
	o.on_output = on_output;
	o.on_sample = on_sample;
	o.on_start = on_start;
	o.arg = g;
	assert_int_equal(truncate(pids_path, 0), 0);
	return exec_run(&o, r, &err);
}

static void release(struct got *g)
{
	buf_release(&g->out);
	buf_release(&g->err);
}

/* None of the processes in the file of ids lives, or is a zombie. */
static void assert_all_gone(size_t at_least)
{
	FILE *f = fopen(pids_path, "r");
	size_t n = 0;
	int pid;

	assert_non_null(f);
	while (fscanf(f, "%d", &pid) == 1) {
		n++;
		assert_int_equal(kill(pid, 0), -1);
		assert_int_equal(errno, ESRCH);
	}
	fclose(f);
	assert_true(n >= at_least);
}

static void test_ends(void **state)
{
	static const struct {
		const char *line;
		enum exec_end end;
		int code, sig;
		enum verdict verdict, oom_verdict;
	} cases[] = {
		{"true", EXEC_EXITED, 0, 0, VERDICT_GOOD, VERDICT_GOOD},
		{"misbehave exit 1", EXEC_EXITED, 1, 0, VERDICT_BAD, VERDICT_BAD},
		{"misbehave exit 124", EXEC_EXITED, 124, 0, VERDICT_BAD, VERDICT_BAD},
		{"misbehave exit 125", EXEC_EXITED, 125, 0, VERDICT_UNTESTABLE, VERDICT_UNTESTABLE},
		{"misbehave exit 126", EXEC_EXITED, 126, 0, VERDICT_STOP, VERDICT_STOP},
		{"misbehave exit 127", EXEC_EXITED, 127, 0, VERDICT_STOP, VERDICT_STOP},
		{"misbehave exit 128", EXEC_EXITED, 128, 0, VERDICT_UNTESTABLE, VERDICT_UNTESTABLE},
		{"misbehave exit 130", EXEC_EXITED, 130, 0, VERDICT_STOP, VERDICT_STOP},
		{"misbehave exit 139", EXEC_EXITED, 139, 0, VERDICT_BAD, VERDICT_BAD},
		{"misbehave exit 143", EXEC_EXITED, 143, 0, VERDICT_STOP, VERDICT_STOP},
		{"misbehave exit 255", EXEC_EXITED, 255, 0, VERDICT_UNTESTABLE, VERDICT_UNTESTABLE},
		{"misbehave die 11", EXEC_SIGNALED, 0, 11, VERDICT_BAD, VERDICT_BAD},
		{"misbehave die 6", EXEC_SIGNALED, 0, 6, VERDICT_BAD, VERDICT_BAD},
		{"misbehave die 5", EXEC_SIGNALED, 0, 5, VERDICT_BAD, VERDICT_BAD},
		{"misbehave die 31", EXEC_SIGNALED, 0, 31, VERDICT_BAD, VERDICT_BAD},
		{"misbehave die 9", EXEC_SIGNALED, 0, 9, VERDICT_UNTESTABLE, VERDICT_UNTESTABLE},
		{"misbehave die 13", EXEC_SIGNALED, 0, 13, VERDICT_UNTESTABLE, VERDICT_UNTESTABLE},
		{"misbehave die 2", EXEC_SIGNALED, 0, 2, VERDICT_STOP, VERDICT_STOP},
		{"misbehave die 15", EXEC_SIGNALED, 0, 15, VERDICT_STOP, VERDICT_STOP},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct exec_result r;
		struct got g = {0};

		assert_int_equal(run(cases[i].line, (struct exec_opts){0}, &g, &r), 0);
		assert_int_equal(r.end, cases[i].end);
		assert_int_equal(r.code, cases[i].code);
		assert_int_equal(r.sig, cases[i].sig);
		assert_false(r.core);
		assert_int_equal(r.left_behind, 0);
		assert_int_equal(exec_verdict(&r, false), cases[i].verdict);
		assert_int_equal(exec_verdict(&r, true), cases[i].oom_verdict);
		assert_true(g.pid > 0 && r.wall_ns > 0 && r.added_ns > 0 && r.started_ns > 0);
		assert_true(r.added_ns <= r.wall_ns);
		release(&g);
	}
}

static void test_verdict_of_memory(void **state)
{
	struct exec_result killed = {.end = EXEC_SIGNALED, .sig = SIGKILL, .oom_kills = 1},
			   code = {.end = EXEC_EXITED, .code = 137, .oom_kills = 1},
			   ours = {.end = EXEC_MEMORY, .sig = SIGTERM},
			   late = {.end = EXEC_TIMEOUT, .sig = SIGTERM},
			   stopped = {.end = EXEC_STOPPED, .code = 0};

	assert_int_equal(exec_verdict(&killed, true), VERDICT_BAD);
	assert_int_equal(exec_verdict(&killed, false), VERDICT_UNTESTABLE);
	assert_int_equal(exec_verdict(&code, true), VERDICT_BAD);
	assert_int_equal(exec_verdict(&ours, true), VERDICT_BAD);
	assert_int_equal(exec_verdict(&ours, false), VERDICT_UNTESTABLE);
	assert_int_equal(exec_verdict(&late, true), VERDICT_UNTESTABLE);
	assert_int_equal(exec_verdict(&stopped, true), VERDICT_STOP);
}

static void test_not_started(void **state)
{
	static const struct {
		const char *line;
		const char *dir;
		int rc, error;
	} cases[] = {
		{"no-such-command-anywhere", NULL, -ERR_NOTFOUND, ENOENT},
		{"/no/such/file", NULL, -ERR_NOTFOUND, ENOENT},
		{"/etc/passwd", NULL, -ERR_SYSTEM, EACCES},
		{"/etc", NULL, -ERR_SYSTEM, EACCES},
		{"/bin/true", "/no/such/folder", -ERR_NOTFOUND, ENOENT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct exec_result r = {.code = 77};
		struct got g = {0};

		errno = 0;
		assert_int_equal(
			run(cases[i].line, (struct exec_opts){.dir = cases[i].dir}, &g, &r),
			cases[i].rc);
		assert_int_equal(errno, cases[i].error);
		assert_int_equal(r.code, 77);
		assert_int_equal(g.pid, 0);
	}
}

static void test_core(void **state)
{
	struct exec_result r;
	char *argv[] = {(char *)(uintptr_t) "/bin/sh", (char *)(uintptr_t) "-c",
			(char *)(uintptr_t) "ulimit -c unlimited; kill -SEGV $$", NULL};
	struct exec_opts o = {.argv = argv, .envp = environ, .stdin_fd = -1, .dir = "/tmp"};
	CLEANUP_FREE char *pattern = NULL;
	struct err err;
	size_t n;

	if (file_read_small("/proc/sys/kernel/core_pattern", 4096, &pattern, &n, &err) ||
	    strcmp(pattern, "core\n") != 0)
		skip();
	assert_int_equal(exec_run(&o, &r, &err), 0);
	assert_int_equal(r.sig, SIGSEGV);
	assert_true(r.core);
	unlink("/tmp/core");
}

static void test_pressure(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t some, full;
	} cases[] = {
		{"some avg10=1.00 avg60=0.50 avg300=0.10 total=123\n"
		 "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n",
		 true, 123, 7},
		{"some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n", true, 5, 99}, /* before 5.13 */
		{"some avg10=0.00 avg60=0.00 avg300=0.00 total=\n", false, 99, 99},
		{"some avg10=0.00", false, 99, 99},
		{"full avg10=0.00 avg60=0.00 avg300=0.00 total=5\n", false, 99, 5},
		{"", false, 99, 99},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t t[2] = {99, 99};

		assert_int_equal(groupstat_parse(str_of(cases[i].text), t), cases[i].ok);
		assert_int_equal(t[0], cases[i].some);
		assert_int_equal(t[1], cases[i].full);
	}
}

static void test_output(void **state)
{
	struct exec_result r;
	struct got g = {0};

	assert_int_equal(run("misbehave write 3 5", (struct exec_opts){0}, &g, &r), 0);
	assert_str(buf_str(&g.out), "xxx");
	assert_str(buf_str(&g.err), "xxxxx");
	assert_int_equal(r.output_bytes, 8);
	assert_false(g.unordered);
	release(&g);
	/* more than is taken: read and counted */
	assert_int_equal(run("misbehave write 1000000000 3000000",
			     (struct exec_opts){.output_max = 1000000}, &g, &r),
			 0);
	assert_int_equal(r.code, 0);
	assert_int_equal(g.bytes, 1000000);
	assert_int_equal(r.output_bytes, 1003000000);
	release(&g);
	/* closed streams do not end the command */
	assert_int_equal(run("misbehave close 50", (struct exec_opts){0}, &g, &r), 0);
	assert_int_equal(r.code, 7);
	assert_true(r.wall_ns >= 50 * MSEC);
	release(&g);
}

static void test_stdin(void **state)
{
	struct exec_result r;
	struct got g = {0};
	CLEANUP_FD int fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);

	assert_int_equal(run("misbehave cat", (struct exec_opts){0}, &g, &r), 0);
	assert_int_equal(g.out.n, 0);
	assert_int_equal(run("misbehave cat", (struct exec_opts){.stdin_fd = fd}, &g, &r), 0);
	assert_str(buf_str(&g.out), "test_exec\n");
	release(&g);
}

/* What the command is handed: nothing blocked or ignored, no file but the three. */
static void test_clean_state(void **state)
{
	struct exec_result r;
	struct got g = {0};
	sigset_t set, old;
	CLEANUP_FD int leak = open("/dev/null", O_RDONLY | O_CLOEXEC);

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGHUP, SIG_IGN); /* as nohup does: meant for the command */
	assert_int_equal(
		run("misbehave state", (struct exec_opts){.dir = "/usr", .nofile = 123}, &g, &r),
		0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	assert_true(leak >= 0);
	assert_str(buf_str(&g.out), "ignored 1\nfd 0\nfd 1\nfd 2\nfiles 123\ndir /usr\nleader 1\n");
	release(&g);
	assert_int_equal(run("misbehave state", (struct exec_opts){.same_group = true}, &g, &r), 0);
	assert_true(str_contains(buf_str(&g.out), STR("leader 0")));
	release(&g);
}

static void test_script_without_head(void **state)
{
	struct exec_result r;
	struct got g = {0};
	char path[] = "/tmp/test-exec-script-XXXXXX";
	int fd = mkstemp(path);

	assert_int_equal(write(fd, "echo ran\nexit 5\n", 16), 16);
	fchmod(fd, 0755);
	close(fd);
	assert_int_equal(run(path, (struct exec_opts){0}, &g, &r), 0);
	unlink(path);
	assert_str(buf_str(&g.out), "ran\n");
	assert_int_equal(r.code, 5);
	release(&g);
}

static void test_nothing_left(void **state)
{
	struct exec_result r;
	struct got g = {0};

	assert_int_equal(
		run("misbehave daemon %s", (struct exec_opts){.grace_ns = 50 * MSEC}, &g, &r), 0);
	assert_int_equal(r.end, EXEC_EXITED);
	assert_int_equal(r.left_behind, 1);
	assert_all_gone(1);
	release(&g);
	/* one that ends by itself soon is let do so, and heard */
	assert_int_equal(run("misbehave outlive %s 60", (struct exec_opts){0}, &g, &r), 0);
	assert_int_equal(r.left_behind, 0);
	assert_str(buf_str(&g.out), "late");
	assert_all_gone(1);
	release(&g);
	assert_int_equal(run("misbehave outlive %s 60000", (struct exec_opts){0}, &g, &r), 0);
	assert_int_equal(r.left_behind, 1);
	assert_true(r.wall_ns < 10000 * MSEC);
	assert_all_gone(1);
	release(&g);
	assert_int_equal(run("misbehave orphans 50", (struct exec_opts){0}, &g, &r), 0);
	assert_int_equal(r.left_behind, 0);
	release(&g);
	assert_int_equal(
		run("misbehave zombies 50 100", (struct exec_opts){.sample_ns = 10 * MSEC}, &g, &r),
		0);
	assert_int_equal(r.left_behind, 0);
	assert_true(g.max_processes >= 1);
	release(&g);
}

static void test_time_limit(void **state)
{
	static const struct {
		const char *line, *out;
		int code, sig;
	} cases[] = {
		{"misbehave sleep 60000", "", 0, SIGTERM},
		{"misbehave ignore %s", "", 0, SIGKILL},
		{"misbehave polite %s", "bye", 3, 0},
		{"misbehave stop", "bye", 3, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct exec_result r;
		struct got g = {0};
		struct exec_opts o = {.time_limit_ns = 100 * MSEC, .grace_ns = 150 * MSEC};

		assert_int_equal(run(cases[i].line, o, &g, &r), 0);
		assert_int_equal(r.end, EXEC_TIMEOUT);
		assert_int_equal(r.code, cases[i].code);
		assert_int_equal(r.sig, cases[i].sig);
		assert_true(r.wall_ns >= 100 * MSEC);
		assert_int_equal(g.out.n, strlen(cases[i].out));
		assert_all_gone(0);
		release(&g);
	}
}

static void test_stop(void **state)
{
	struct exec_result r;
	struct got g = {.stop_at = 2};
	struct exec_opts o = {.sample_ns = 10 * MSEC, .stop = &g.stop};

	assert_int_equal(run("misbehave polite %s", o, &g, &r), 0);
	assert_int_equal(r.end, EXEC_STOPPED);
	assert_int_equal(r.code, 3);
	assert_all_gone(1);
	release(&g);
}

/* Whoever is killed by somebody else while we are told to stop was not interrupted. */
static void test_died_before_stop(void **state)
{
	static const struct {
		const char *script;
		enum exec_end end;
	} cases[] = {
		{"trap '' INT; sleep .3; kill -9 $$", EXEC_SIGNALED},
		{"trap '' INT; sleep 60", EXEC_STOPPED}, /* our own KILL ends it */
		{"sleep 60", EXEC_STOPPED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, strdup(cases[i].script), NULL};
		struct got g = {.stop_at = 2};
		struct exec_opts o = {.argv = argv,
				      .envp = environ,
				      .stdin_fd = -1,
				      .output_max = UINT64_MAX,
				      .sample_ns = 10 * MSEC,
				      .grace_ns = 1000 * MSEC,
				      .on_sample = on_sample,
				      .arg = &g,
				      .stop = &g.stop};
		struct exec_result r;

		assert_int_equal(exec_run(&o, &r, NULL), 0);
		assert_int_equal(r.end, cases[i].end);
		assert_int_equal(r.sig, i == 2 ? SIGINT : SIGKILL);
		free(argv[2]);
		release(&g);
	}
}

static void test_memory(void **state)
{
	struct exec_result r;
	struct got g = {0};
	struct exec_opts o = {.sample_ns = 10 * MSEC, .memory_limit = 50 << 20};

	assert_int_equal(run("misbehave memory 100 60000", o, &g, &r), 0);
	assert_int_equal(r.end, EXEC_MEMORY);
	assert_int_equal(r.sig, SIGTERM);
	assert_true(g.max_rss > 50 << 20);
	release(&g);
	o = (struct exec_opts){0}; /* wait4() knows it without a sample */
	assert_int_equal(run("misbehave memory 100 0", o, &g, &r), 0);
	assert_int_equal(g.samples, 0);
	assert_int_equal(r.samples, 0);
	assert_true(r.max_rss > 100 << 20 && r.max_rss < 120 << 20);
	assert_true(r.peak_rss == r.max_rss && r.rss_floor < r.max_rss);
	assert_true(r.minor_faults > 1000);
	release(&g);
	/* less than we have ourselves: unknown, not wrong */
	assert_int_equal(run("true", o, &g, &r), 0);
	assert_true(r.max_rss <= r.rss_floor);
	assert_int_equal(r.peak_rss, 0);
	release(&g);
}

/* Of two processes: PSS is less than RSS. */
static void test_pss(void **state)
{
	struct exec_result r;
	char *argv[] = {(char *)(uintptr_t) "/bin/sh", (char *)(uintptr_t) "-c",
			(char *)(uintptr_t) "sleep 2 & sleep 2; wait", NULL};
	struct got g = {0};
	struct exec_opts o = {.argv = argv,
			      .envp = environ,
			      .stdin_fd = -1,
			      .sample_ns = 20 * MSEC,
			      .on_sample = on_sample,
			      .arg = &g};
	struct err err;

	assert_int_equal(exec_run(&o, &r, &err), 0);
	assert_true(g.samples_of_two > 0);
	assert_true(g.max_pss > 0 && g.max_pss < g.max_rss);
	assert_false(g.unfair);
	release(&g);
}

static void test_samples(void **state)
{
	struct exec_result r;
	struct got g = {0};

	assert_int_equal(
		run("misbehave spin 300", (struct exec_opts){.sample_ns = 20 * MSEC}, &g, &r), 0);
	assert_true(g.samples >= 2 && g.samples == r.samples);
	assert_int_equal(g.max_processes, 1);
	assert_int_equal(g.max_threads, 1);
	assert_int_equal(g.max_fds, 3);
	assert_true(g.max_faults > 0);
	assert_int_equal(g.max_pss, 0); /* of one process it tells nothing more */
	assert_false(g.bad_psi);
	assert_false(g.unfair);
	assert_true(r.user_ns + r.system_ns > 50 * MSEC);
	assert_true(r.sampler_ns > 0 && r.peak_rss > 0);
	release(&g);
}

struct many {
	_Atomic uint32_t good, wrong;
};

static void one_of_many(void *arg, size_t part, unsigned worker)
{
	struct many *m = arg;
	char code[16];
	const char *program = getenv("MISBEHAVE");
	char *argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "exit", code, NULL};
	struct exec_opts o = {
		.argv = argv, .envp = environ, .stdin_fd = -1, .output_max = UINT64_MAX};
	struct exec_result r;
	struct err err;

	snprintf(code, sizeof(code), "%zu", part % 100);
	if (exec_run(&o, &r, &err) == 0 && r.end == EXEC_EXITED && r.code == (int)(part % 100))
		m->good++;
	else
		m->wrong++;
	(void)worker;
}

/* Open files afterwards are those from before. */
static size_t open_fds(void)
{
	size_t n = 0;

	for (int i = 0; i < 1024; i++)
		n += fcntl(i, F_GETFD) >= 0;
	return n;
}

static void test_many_threads(void **state)
{
	struct many m = {0};
	size_t before = open_fds();

	task_run(8, 1000, one_of_many, &m);
	assert_int_equal(m.good, 1000);
	assert_int_equal(m.wrong, 0);
	assert_int_equal(open_fds(), before);
}

static pid_t first_pid(void)
{
	FILE *f = fopen(pids_path, "r");
	int pid;

	assert_non_null(f);
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	fclose(f);
	return pid;
}

/* When we are killed, the command and what it orphaned are ended. */
static void test_survives_us(void **state)
{
	pid_t us = fork(), pid = 0;
	struct exec_result r;
	struct got g = {0};

	if (us == 0) {
		(void)!run("misbehave polite %s", (struct exec_opts){0}, &g, &r);
		_exit(0);
	}
	for (int i = 0; i < 1000 && !(pid = first_pid()); i++)
		usleep(10000);
	assert_true(pid > 0);
	kill(us, SIGKILL);
	assert_int_equal(waitpid(us, NULL, 0), us);
	for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++)
		usleep(10000);
	assert_int_equal(kill(pid, 0), -1);
}

static void test_output_helper(void **state)
{
	struct exec_result r;
	struct buf out = {0};
	struct err err;

	assert_int_equal(
		exec_output(words("misbehave write 10 10"), environ, NULL, 0, 10, &out, &r, &err),
		0);
	assert_str(buf_str(&out), "xxxxxxxxxx");
	assert_int_equal(
		exec_output(words("misbehave write 11 0"), environ, NULL, 0, 10, &out, &r, &err),
		-ERR_LIMIT);
	assert_int_equal(
		exec_output(words("no-such-command"), environ, NULL, 0, 10, &out, &r, &err),
		-ERR_NOTFOUND);
	buf_release(&out);
}

static void test_find(void **state)
{
	static const struct {
		const char *name, *path, *dir, *found;
		int rc;
	} cases[] = {
		{"sh", "PATH=/nowhere:/bin", NULL, "/bin/sh", 0},
		{"sh", "PATH=/nowhere", NULL, NULL, ENOENT},
		{"passwd", "PATH=/etc:/nowhere", NULL, NULL, EACCES},
		{"./sh", "PATH=", "/bin", "./sh", 0},
		{"sh", "PATH=bin", "/", "bin/sh", 0},
		{"sh", "PATH=/nowhere:", "/bin", "./sh", 0},
		{"sh", "OTHER=1", NULL, "/usr/bin/sh", 0},
		{"", "PATH=/bin", NULL, NULL, ENOENT},
	};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *env[] = {(char *)(uintptr_t)cases[i].path, NULL};

		assert_int_equal(program_find(&b, cases[i].name, env, cases[i].dir), cases[i].rc);
		if (cases[i].found)
			assert_string_equal(buf_cstr(&b), cases[i].found);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_verdict_of_memory),
		cmocka_unit_test(test_not_started),
		cmocka_unit_test(test_core),
		cmocka_unit_test(test_pressure),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_stdin),
		cmocka_unit_test(test_clean_state),
		cmocka_unit_test(test_script_without_head),
		cmocka_unit_test(test_nothing_left),
		cmocka_unit_test(test_time_limit),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_pss),
		cmocka_unit_test(test_many_threads),
		cmocka_unit_test(test_survives_us),
		cmocka_unit_test(test_output_helper),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_died_before_stop),
	};
	int fd = mkstemp(pids_path), rc;

	/* Who starts us in the background ignores these. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	assert_true(fd >= 0);
	for (int i = 3; i < 1024; i++) /* also what we were handed */
		close(i);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(pids_path);
	return rc;
}
