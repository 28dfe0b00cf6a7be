// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Dies with a core of a size of its own: large [touched=MB] [sparse=MB] [threads=N] [depth=N]
 * [maps=N]. touched: memory full of noise; sparse: memory of which one byte in 256 pages is
 * written; threads that pause; depth: of the recursion in which the main thread dies (its stack
 * must be unlimited); maps: pages with a map each. It dies by a null pointer, with a mutex held
 * that one thread waits for, so that the core has that to tell too.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "ready.h"

#define MB   ((size_t)1 << 20)
#define PAGE 4096

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile long sink;
static volatile long *volatile nothing;

static unsigned char *map(size_t n, int prot)
{
	void *p = mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	return p;
}

/* A page of noise differs from every other one, and from what compresses. */
static void touch(size_t megabytes)
{
	unsigned char *p = map(megabytes * MB, PROT_READ | PROT_WRITE);
	unsigned long x = 88172645463325252UL;

	for (size_t i = 0; i < megabytes * MB; i += sizeof(x)) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(p + i, &x, sizeof(x));
	}
}

static void touch_sparsely(size_t megabytes)
{
	volatile unsigned char *p = map(megabytes * MB, PROT_READ | PROT_WRITE);

	for (size_t i = 0; i < megabytes * MB; i += 256 * PAGE)
		p[i] = 1;
}

/* Neighbours that may do different things do not become one map. */
static void make_maps(long n)
{
	unsigned char *all = map((size_t)n * PAGE, PROT_NONE);

	for (long i = 0; i < n; i++) {
		mprotect(all + i * PAGE, PAGE, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE);
		if (i % 2 == 0)
			all[i * PAGE] = 1;
	}
}

static void *work(void *arg)
{
	if (arg)
		pthread_mutex_lock(&mutex);
	for (;;)
		pause();
	return NULL;
}

static void __attribute__((noinline)) descend(long n)
{
	volatile long here = n;

	if (n)
		descend(n - 1);
	else
		sink = *nothing;
	sink += here;
}

static void start_threads(long n)
{
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (long i = 0; i < n; i++) {
		pthread_t t;

		if (pthread_create(&t, &small, work, i ? NULL : &mutex) != 0) {
			perror("pthread_create");
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	long depth = 0;

	alarm(LIFE);
	signal(SIGSEGV, SIG_DFL);
	setrlimit(RLIMIT_CORE, &all);
	pthread_mutex_lock(&mutex);
	for (int i = 1; i < argc; i++) {
		const char *is = strchr(argv[i], '=');
		long n = is ? strtol(is + 1, NULL, 10) : 0;

		if (strncmp(argv[i], "touched=", 8) == 0)
			touch((size_t)n);
		else if (strncmp(argv[i], "sparse=", 7) == 0)
			touch_sparsely((size_t)n);
		else if (strncmp(argv[i], "threads=", 8) == 0)
			start_threads(n);
		else if (strncmp(argv[i], "maps=", 5) == 0)
			make_maps(n);
		else if (strncmp(argv[i], "depth=", 6) == 0)
			depth = n;
		else
			return 2;
	}
	nap(100000000); /* the threads stand by then */
	descend(depth);
	return 0;
}
