// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Processes that wait for each other: processes MODE. Prints "child PID" and "ready PID".
 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "ready.h"

static int up[2], down[2]; /* pipes: from the child, to the child */

static void in_child(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(LIFE);
	close(up[0]);
	close(down[1]);
}

static void in_parent(void)
{
	close(up[1]);
	close(down[0]);
}

static void read_one(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0)
		;
}

static void idle(void)
{
	for (;;)
		pause();
}

static void read_down(void)
{
	read_one(down[0]);
}

static void read_up(void)
{
	read_one(up[0]);
}

static pid_t child;

static void wait_child(void)
{
	waitpid(child, NULL, 0);
}

static void wait_any(void)
{
	wait(NULL);
}

/* More than any pipe holds. */
static void fill_up(void)
{
	static char bytes[4 << 20];

	if (write(up[1], bytes, sizeof(bytes)) < 0)
		perror("write");
}

static int file;

static void hold_flock(void)
{
	flock(open("lockfile", O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX);
	idle();
}

static void want_flock(void)
{
	nap(200000000);
	flock(file, LOCK_EX);
}

static void lock_record(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	fcntl(file, F_SETLKW, &l);
}

static void hold_record(void)
{
	lock_record();
	idle();
}

static void want_record(void)
{
	nap(200000000);
	lock_record();
}

static const struct mode {
	const char *name;
	void (*child)(void), (*parent)(void);
} modes[] = {
	{"child", idle, wait_child},       {"any", idle, wait_any},
	{"pipe", idle, read_up},           {"circle", read_down, read_up},
	{"full", fill_up, wait_child}, /* the parent should read, and waits for the end */
	{"flock", hold_flock, want_flock}, {"record", hold_record, want_record},
};

int main(int argc, char **argv)
{
	const struct mode *m = modes;

	while (argc > 1 && m < modes + sizeof(modes) / sizeof(*modes) &&
	       strcmp(m->name, argv[1]) != 0)
		m++;
	if (argc != 2 || m == modes + sizeof(modes) / sizeof(*modes)) {
		fprintf(stderr, "processes: no such mode\n");
		return 2;
	}
	alarm(LIFE);
	file = open("lockfile", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (pipe(up) != 0 || pipe(down) != 0)
		return 1;
	child = fork();
	if (!child) {
		in_child();
		m->child();
		return 0;
	}
	in_parent();
	printf("child %d\n", (int)child);
	ready();
	m->parent();
	return 0;
}
