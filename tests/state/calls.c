// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Twenty calls that wait, a thread each. At SIGUSR1: "returned N of 20: NAME..." of those that came
 * back, which none does unless somebody disturbs it; then they are forgotten.
 */
#include <errno.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "ready.h"

static const struct timespec long_time = {LIFE, 0};
static int queue, semaphores; /* of System V, which outlive us unless taken away */

/* The end of a pipe that nobody writes to. */
static int quiet(void)
{
	int ends[2];

	if (pipe(ends) != 0)
		exit(1);
	return ends[0];
}

static void wait_epoll(int limit)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN};

	epoll_ctl(fd, EPOLL_CTL_ADD, quiet(), &e);
	epoll_wait(fd, &e, 1, limit);
	close(fd);
}

static void call_epoll(void)
{
	wait_epoll(-1);
}

static void call_epoll_limit(void)
{
	wait_epoll(LIFE * 1000);
}

static void call_nanosleep(void)
{
	nanosleep(&long_time, NULL);
}

static void call_nanosleep_rest(void)
{
	struct timespec rest;

	nanosleep(&long_time, &rest);
}

static void call_clock_nanosleep(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += LIFE;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void call_poll(void)
{
	struct pollfd p = {quiet(), POLLIN, 0};

	poll(&p, 1, -1);
}

static void call_poll_limit(void)
{
	struct pollfd p = {quiet(), POLLIN, 0};

	poll(&p, 1, LIFE * 1000);
}

static void call_select(void)
{
	int fd = quiet();
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	select(fd + 1, &set, NULL, NULL, NULL);
}

static void call_read(void)
{
	char byte;

	if (read(quiet(), &byte, 1) < 0)
		nap(1);
}

static void call_futex(void)
{
	static int word;

	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
}

static void call_futex_limit(void)
{
	static int word;

	syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &long_time, NULL, 0);
}

static void call_sigwaitinfo(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigwaitinfo(&set, NULL);
}

static void call_semop(void)
{
	struct sembuf down = {0, -1, 0};

	semop(semaphores, &down, 1);
}

static void call_msgrcv(void)
{
	struct {
		long type;
		char text[8];
	} message;

	msgrcv(queue, &message, sizeof(message.text), 0, 0);
}

static void call_recv_limit(void)
{
	struct timeval limit = {LIFE, 0};
	int ends[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		exit(1);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	recv(ends[0], &byte, 1, 0);
}

static void call_accept(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(fd, 1) != 0)
		exit(1);
	accept(fd, NULL, NULL);
}

static void call_inotify(void)
{
	char event[512];
	int fd = inotify_init1(IN_CLOEXEC);

	inotify_add_watch(fd, "/", IN_DELETE_SELF);
	if (read(fd, event, sizeof(event)) < 0)
		nap(1);
}

static void call_waitpid(void)
{
	pid_t child = fork();

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(LIFE);
		for (;;)
			pause();
	}
	waitpid(child, NULL, 0);
}

static void call_sem_wait(void)
{
	sem_t s;

	sem_init(&s, 0, 0);
	sem_wait(&s);
}

static void call_pause(void)
{
	pause();
}

static struct call {
	const char *name;
	void (*run)(void);
	atomic_int returned;
} calls[] = {
	{"epoll_wait", call_epoll, 0},
	{"epoll_wait(limit)", call_epoll_limit, 0},
	{"nanosleep", call_nanosleep, 0},
	{"nanosleep(rest)", call_nanosleep_rest, 0},
	{"clock_nanosleep", call_clock_nanosleep, 0},
	{"poll", call_poll, 0},
	{"poll(limit)", call_poll_limit, 0},
	{"select", call_select, 0},
	{"read", call_read, 0},
	{"futex", call_futex, 0},
	{"futex(limit)", call_futex_limit, 0},
	{"sigwaitinfo", call_sigwaitinfo, 0},
	{"semop", call_semop, 0},
	{"msgrcv", call_msgrcv, 0},
	{"recv(limit)", call_recv_limit, 0},
	{"accept", call_accept, 0},
	{"inotify", call_inotify, 0},
	{"waitpid", call_waitpid, 0},
	{"sem_wait", call_sem_wait, 0},
	{"pause", call_pause, 0},
};
#define CALLS (sizeof(calls) / sizeof(*calls))

static void *work(void *arg)
{
	struct call *c = arg;

	for (;;) {
		c->run();
		atomic_fetch_add(&c->returned, 1);
		nap(1000000);
	}
	return NULL;
}

static void tell(void)
{
	char names[1024] = "";
	size_t n = 0, at = 0;

	nap(100000000); /* what was disturbed has come back by now */
	for (size_t i = 0; i < CALLS; i++)
		if (atomic_exchange(&calls[i].returned, 0)) {
			at += (size_t)snprintf(names + at, sizeof(names) - at, " %s",
					       calls[i].name);
			n++;
		}
	printf("returned %zu of %zu:%s\n", n, CALLS, names);
	fflush(stdout);
}

static void set_up(sigset_t *ours)
{
	alarm(LIFE);
	queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	semaphores = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
	sigemptyset(ours);
	sigaddset(ours, SIGUSR1);
	sigaddset(ours, SIGUSR2);
	sigaddset(ours, SIGTERM);
	sigaddset(ours, SIGALRM);
	pthread_sigmask(SIG_BLOCK, ours, NULL);
	sigdelset(ours, SIGUSR2);
}

int main(void)
{
	sigset_t ours;
	pthread_t t;
	int got;

	set_up(&ours);
	for (size_t i = 0; i < CALLS; i++)
		if (pthread_create(&t, NULL, work, &calls[i]) != 0)
			return 1;
	nap(300000000);
	ready();
	while ((got = sigwaitinfo(&ours, NULL)) < 0 || got == SIGUSR1)
		if (got == SIGUSR1)
			tell();
	msgctl(queue, IPC_RMID, NULL);
	semctl(semaphores, 0, IPC_RMID);
	return 0;
}
