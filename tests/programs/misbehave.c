// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A command that behaves as its first argument says, for the tests of exec/: each deed is a
 * function in a table. Files named in arguments get the ids of the processes it makes.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nap(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&t, &t) < 0)
		;
}

static void tell_pid(const char *path)
{
	FILE *f = fopen(path, "a");

	if (!f)
		exit(99);
	fprintf(f, "%d\n", getpid());
	fclose(f);
}

/* code */
static int do_exit(char **a)
{
	return atoi(a[0]);
}

/* signal number, without a core file */
static int do_die(char **a)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	signal(atoi(a[0]), SIG_DFL);
	raise(atoi(a[0]));
	return 98;
}

/* ms */
static int do_sleep(char **a)
{
	nap(atol(a[0]));
	return 0;
}

/* ms of processor time, so that a busy machine changes nothing of what is measured */
static int do_spin(char **a)
{
	struct timespec t, e;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &e);
	while ((e.tv_sec - t.tv_sec) * 1000 + (e.tv_nsec - t.tv_nsec) / 1000000 < atol(a[0]));
	return 0;
}

/* bytes to stdout, bytes to stderr */
static int do_write(char **a)
{
	static char block[1 << 16];

	memset(block, 'x', sizeof(block));
	for (int fd = 1; fd <= 2; fd++) {
		size_t left = (size_t)atoll(a[fd - 1]);

		while (left) {
			size_t n = left < sizeof(block) ? left : sizeof(block);
			ssize_t k = write(fd, block, n);

			if (k <= 0)
				return 97;
			left -= (size_t)k;
		}
	}
	return 0;
}

/* MB, ms */
static int do_memory(char **a)
{
	size_t n = (size_t)atoll(a[0]) << 20;
	char *p = malloc(n);

	if (!p)
		return 96;
	memset(p, 1, n);
	nap(atol(a[1]));
	return p[n / 2] - 1;
}

/* file: a process in a session of its own, whose parent has ended, which ignores TERM and HUP */
static int do_daemon(char **a)
{
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		if (fork() == 0) {
			tell_pid(a[0]);
			close(1);
			close(2);
			nap(60000);
		}
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	nap(20);
	return 0;
}

/* file, ms: the command ends, its child lives on for so long in its group, with its output */
static int do_outlive(char **a)
{
	if (fork() == 0) {
		tell_pid(a[0]);
		nap(atol(a[1]));
		(void)!write(1, "late", 4);
		_exit(0);
	}
	nap(20);
	return 0;
}

/* file: TERM is of no use */
static int do_ignore(char **a)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	tell_pid(a[0]);
	nap(60000);
	return 0;
}

/* ms: closes stdout and stderr, but lives on */
static int do_close(char **a)
{
	close(1);
	close(2);
	nap(atol(a[0]));
	return 7;
}

/* number, ms: so many children that end and are not waited for */
static int do_zombies(char **a)
{
	for (int i = 0; i < atoi(a[0]); i++)
		if (fork() == 0)
			_exit(0);
	nap(atol(a[1]));
	return 0;
}

/* number: so many orphans that end at once */
static int do_orphans(char **a)
{
	for (int i = 0; i < atoi(a[0]); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (fork() == 0)
				nap(5);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	return 0;
}

static void on_term(int sig)
{
	(void)sig;
	(void)!write(1, "bye", 3);
	_exit(3);
}

/* file: says goodbye on TERM, even while it is stopped */
static int do_polite(char **a)
{
	signal(SIGTERM, on_term);
	signal(SIGINT, on_term);
	tell_pid(a[0]);
	nap(60000);
	return 0;
}

/* stops itself, and would say goodbye on TERM */
static int do_stop(char **a)
{
	signal(SIGTERM, on_term);
	raise(SIGSTOP);
	nap(60000);
	return a[0] != NULL;
}

/* copies stdin to stdout */
static int do_cat(char **a)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(0, buf, sizeof(buf))) > 0)
		(void)!write(1, buf, (size_t)n);
	return n < 0 ? 95 : 0;
}

/* its signal mask, the ignored ones, open files, limit of files, working directory */
static int do_state(char **a)
{
	struct rlimit files;
	sigset_t mask;
	struct sigaction s;
	char dir[4096];

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int i = 1; i < 32; i++) {
		if (sigismember(&mask, i) == 1)
			printf("blocked %d\n", i);
		if (sigaction(i, NULL, &s) == 0 && s.sa_handler == SIG_IGN)
			printf("ignored %d\n", i);
	}
	for (int i = 0; i < 64; i++)
		if (fcntl(i, F_GETFD) >= 0)
			printf("fd %d\n", i);
	getrlimit(RLIMIT_NOFILE, &files);
	printf("files %llu\ndir %s\n", (unsigned long long)files.rlim_cur,
	       getcwd(dir, sizeof(dir)));
	printf("leader %d\n", getpgrp() == getpid());
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(char **a);
	int args;
} deeds[] = {
	{"exit", do_exit, 1},     {"die", do_die, 1},         {"sleep", do_sleep, 1},
	{"spin", do_spin, 1},     {"write", do_write, 2},     {"memory", do_memory, 2},
	{"daemon", do_daemon, 1}, {"outlive", do_outlive, 2}, {"ignore", do_ignore, 1},
	{"close", do_close, 1},   {"zombies", do_zombies, 2}, {"orphans", do_orphans, 1},
	{"polite", do_polite, 1}, {"stop", do_stop, 0},       {"cat", do_cat, 0},
	{"state", do_state, 0},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(deeds) / sizeof(*deeds); i++)
		if (strcmp(argv[1], deeds[i].name) == 0 && argc == deeds[i].args + 2)
			return deeds[i].fn(argv + 2);
	return 94;
}
