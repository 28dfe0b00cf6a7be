// SPDX-License-Identifier: GPL-3.0-or-later
/* Dies as its argument says, in the middle of calls, with two more threads that wait. */
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "ready.h"

struct order {
	int number;
	struct order *next;
};

static volatile long sink;
static struct order *volatile nothing;
static volatile int zero;
static atomic_int started;

static void null_pointer(void)
{
	sink = nothing->next->number;
}

static void wild_pointer(void)
{
	struct order *volatile wild = (struct order *)0x123456789000;

	sink = wild->number;
}

static void bad_pointer(void)
{
	struct order *volatile damaged = (struct order *)0x4141414141414141;

	sink = damaged->number;
}

static void __attribute__((noinline)) endless(int n)
{
	volatile char room[512];

	room[0] = (char)n;
	if (!zero)
		endless(n + 1);
	sink += room[0];
}

static void stack_overflow(void)
{
	endless(1);
}

static void read_only(void)
{
	*(volatile char *)(char *)(unsigned long)"text" = 'x';
}

static void no_code(void)
{
	static long data[4] = {1};
	void (*volatile call)(void) = (void (*)(void))(unsigned long)data;

	call();
	sink++;
}

static void null_call(void)
{
	void (*volatile call)(void) = NULL;

	call();
	sink++;
}

static void assertion(void)
{
	assert(zero == 42 && "the answer is wrong");
}

static void aborts(void)
{
	abort();
}

static void double_free(void)
{
	char *volatile p = malloc(40);

	free(p);
	free(p);
}

static void division(void)
{
	sink = 7 / zero;
}

static void illegal(void)
{
	__asm__ volatile("ud2");
}

/* A page of a file behind its end. */
static void bus(void)
{
	int fd = open("short", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	volatile char *p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);

	sink = p[4096];
}

static void killed(void)
{
	kill(getpid(), SIGQUIT);
	pause();
}

static const struct {
	const char *name;
	void (*run)(void);
} deeds[] = {
	{"null", null_pointer},
	{"wild", wild_pointer},
	{"bad", bad_pointer},
	{"stack", stack_overflow},
	{"readonly", read_only},
	{"nocode", no_code},
	{"nullcall", null_call},
	{"assert", assertion},
	{"abort", aborts},
	{"doublefree", double_free},
	{"division", division},
	{"illegal", illegal},
	{"bus", bus},
	{"quit", killed},
};

static void __attribute__((noinline)) handle_order(struct order *o, const char *how)
{
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++)
		if (strcmp(deeds[i].name, how) == 0)
			deeds[i].run();
	sink += o->number;
}

static void __attribute__((noinline)) handle_all(const char *how)
{
	struct order o = {.number = 4711};

	handle_order(&o, how);
	sink++;
}

static void *work(void *arg)
{
	atomic_fetch_add(&started, 1);
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	pthread_t t;

	alarm(LIFE);
	/* Who starts us in the background ignores some signals. */
	for (int i = 1; i < SIGRTMIN; i++)
		signal(i, SIG_DFL);
	setrlimit(RLIMIT_CORE, &all);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&t, NULL, work, NULL) != 0)
			return 1;
	while (started < 2)
		nap(1000000);
	nap(100000000); /* they are in pause() by then */
	ready();
	handle_all(argc > 1 ? argv[1] : "abort");
	return 0;
}
