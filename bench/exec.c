// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Many short commands in parallel: exec COUNT THREADS [MEGABYTES] runs `true` so often through
 * exec_run() and as often by posix_spawn() and waitpid() alone, in turns, with so much memory
 * resident, and prints what one takes each way.
 *
 * exec sample [MEGABYTES] prints the CPU time of the parts of a sample of a process of that size:
 * the least of many batches.
 */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/task.h"
#include "exec/groupstat.h"
#include "exec/tree.h"

#define ROUNDS 5

static char program[] = "/bin/true";
static char *const argv_true[] = {program, NULL};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void by_exec(void *arg, size_t part, unsigned worker)
{
	struct exec_opts o = {.argv = argv_true, .envp = environ, .stdin_fd = -1};
	struct exec_result r;
	struct err err;

	if (exec_run(&o, &r, &err) || r.end != EXEC_EXITED || r.code)
		++*(_Atomic unsigned *)arg;
	(void)part;
	(void)worker;
}

static void by_spawn(void *arg, size_t part, unsigned worker)
{
	pid_t pid;
	int status;

	if (posix_spawn(&pid, program, NULL, NULL, argv_true, environ) ||
	    waitpid(pid, &status, 0) != pid || status)
		++*(_Atomic unsigned *)arg;
	(void)part;
	(void)worker;
}

static struct tree tree;
static struct groupstat group;
static struct exec_sample sample;

static void take_tree(void)
{
	sample = (struct exec_sample){0};
	tree_walk(&tree, getpid());
	tree_sample(&tree, &sample);
}

static void take_group(void)
{
	groupstat_sample(&group, tree.pids[0], (int64_t)(now() * 1e9), &sample);
}

static void take_pss(void)
{
	sample.pss = tree_pss(&tree);
}

static double least_us(void (*fn)(void), int batch)
{
	double best = 1e9;

	for (int i = 0; i < 200; i++) {
		struct timespec a, b;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
		for (int k = 0; k < batch; k++)
			fn();
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
		if ((double)(b.tv_nsec - a.tv_nsec) > 0 &&
		    (double)(b.tv_nsec - a.tv_nsec) / 1e3 / batch < best)
			best = (double)(b.tv_nsec - a.tv_nsec) / 1e3 / batch;
	}
	return best;
}

static int samples(size_t resident)
{
	char *p = mem_alloc(resident + 1);
	pid_t pid;

	memset(p, 1, resident);
	pid = fork();
	if (pid == 0) {
		memset(p, 2, resident);
		pause();
	}
	sleep(1);
	take_tree();
	groupstat_init(&group, pid, (int64_t)(now() * 1e9));
	printf("a process of %zu MB: tree %.1f us, group and pressure %.1f us, PSS %.1f us\n",
	       resident >> 20, least_us(take_tree, 10), least_us(take_group, 10),
	       least_us(take_pss, 1));
	groupstat_release(&group);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	free(p);
	return 0;
}

static int many(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000,
	       resident = (argc > 3 ? strtoul(argv[3], NULL, 10) : 0) << 20;
	unsigned threads = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 8;
	double sums[2] = {0, 0};
	_Atomic unsigned failed = 0;
	char *p = mem_alloc(resident + 1);

	memset(p, 1, resident);
	for (int i = 0; i < ROUNDS; i++) {
		double t = now();

		task_run(threads, count / ROUNDS, by_exec, &failed);
		sums[0] += now() - t;
		t = now();
		task_run(threads, count / ROUNDS, by_spawn, &failed);
		sums[1] += now() - t;
	}
	printf("%zu commands in %u threads, %zu MB resident: exec_run %.3f ms each, posix_spawn "
	       "%.3f ms each, %u failed\n",
	       count / ROUNDS * ROUNDS, threads, resident >> 20,
	       sums[0] * 1e3 / (double)(count / ROUNDS * ROUNDS),
	       sums[1] * 1e3 / (double)(count / ROUNDS * ROUNDS), failed);
	free(p);
	return failed != 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "sample") == 0)
		return samples((argc > 2 ? strtoul(argv[2], NULL, 10) : 0) << 20);
	return many(argc, argv);
}
