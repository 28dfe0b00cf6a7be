// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Many short commands in parallel: exec COUNT THREADS [MEGABYTES] runs `true` so often through
 * exec_run() and as often by posix_spawn() and waitpid() alone, in turns, with so much memory
 * resident, and prints what one takes each way.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/task.h"
#include "exec/exec.h"

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

int main(int argc, char **argv)
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
