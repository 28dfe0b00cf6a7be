// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Threads that wait in every way: threads ROLE[:N]..., N threads (1) of each role, each in the
 * middle of calls. Prints "ROLE TID" for each thread, and "ready PID" when all stand where they are
 * to stand. At SIGUSR1 it prints what the probes saw, and forgets it.
 */
#include <dirent.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

#include "ready.h"

#define NEVER     for (;;)
#define PROBES    16
#define PROBE_NAP 50000L /* ns */

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER,
		       third = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t busy_first = PTHREAD_MUTEX_INITIALIZER,
		       busy_second = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inherit_first, inherit_second, robust_first, robust_second;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int ends[2];
static int depth = 3;
static atomic_int held, inherited, robustly, written, started, joined_started;
static volatile long sink;
static pthread_t joined;
static struct {
	atomic_long longest;
	char apart[56];
} probes[PROBES];
static atomic_int nprobes;

/* Until n threads have come here: each has its first lock. */
static void meet(atomic_int *n, int wanted)
{
	atomic_fetch_add(n, 1);
	while (atomic_load(n) < wanted)
		nap(1000000);
}

static void cross(pthread_mutex_t *one, pthread_mutex_t *other, atomic_int *n)
{
	pthread_mutex_lock(one);
	meet(n, 2);
	pthread_mutex_lock(other);
}

static void role_first(void)
{
	cross(&first, &second, &held);
}

static void role_second(void)
{
	cross(&second, &first, &held);
}

static void role_inherit_first(void)
{
	cross(&inherit_first, &inherit_second, &inherited);
}

static void role_inherit_second(void)
{
	cross(&inherit_second, &inherit_first, &inherited);
}

static void role_robust_first(void)
{
	cross(&robust_first, &robust_second, &robustly);
}

static void role_robust_second(void)
{
	cross(&robust_second, &robust_first, &robustly);
}

static void role_behind(void)
{
	while (atomic_load(&held) < 2)
		nap(1000000);
	pthread_mutex_lock(&first);
}

static void role_self(void)
{
	pthread_mutex_lock(&third);
	pthread_mutex_lock(&third);
}

/* Has the lock for writing, and waits for the end of one that wants it for reading. */
static void role_writer(void)
{
	pthread_rwlock_wrlock(&lock);
	atomic_store(&written, 1);
	while (!atomic_load(&joined_started))
		nap(1000000);
	pthread_join(joined, NULL);
}

static void role_reader(void)
{
	joined = pthread_self();
	atomic_store(&joined_started, 1);
	while (!atomic_load(&written))
		nap(1000000);
	pthread_rwlock_rdlock(&lock);
}

static void role_condition(void)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&mutex);
	NEVER pthread_cond_wait(&condition, &mutex);
}

static void role_semaphore(void)
{
	sem_wait(&semaphore);
}

static void role_poll(void)
{
	struct pollfd p = {ends[0], POLLIN, 0};

	poll(&p, 1, -1);
}

static void role_epoll(void)
{
	struct epoll_event e = {.events = EPOLLIN};
	int fd = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &e);
	epoll_wait(fd, &e, 1, -1);
}

static void role_read(void)
{
	char byte;

	if (read(ends[0], &byte, 1) < 0)
		perror("read");
}

/* May only read and write from then on. */
static void role_seccomp(void)
{
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	role_read();
}

static void role_sleep(void)
{
	sleep(LIFE);
}

static void role_spin(void)
{
	NEVER sink++;
}

static void role_pause(void)
{
	pause();
}

static void role_undumpable(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	pause();
}

/* Two locks in the same order, over and over. */
static void role_busy(void)
{
	NEVER
	{
		pthread_mutex_lock(&busy_first);
		pthread_mutex_lock(&busy_second);
		for (int i = 0; i < 2000; i++)
			sink++;
		pthread_mutex_unlock(&busy_second);
		pthread_mutex_unlock(&busy_first);
	}
}

/* The parent of vfork() waits in the kernel, and cannot be stopped, until its child is gone. */
static void role_vfork(void)
{
	if (vfork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(LIFE);
		pause();
		_exit(0);
	}
}

static void __attribute__((noinline)) recurse(int n)
{
	volatile char room[64] = {0};

	if (n)
		recurse(n - 1);
	else
		pause();
	sink += room[3];
}

static void role_recursion(void)
{
	recurse(5000);
}

static inline void __attribute__((always_inline)) innermost(void)
{
	pause();
	sink++;
}

static inline void __attribute__((always_inline)) between(void)
{
	innermost();
	sink++;
}

static void role_inlined(void)
{
	between();
}

static void __attribute__((noinline)) on_signal(int number)
{
	pause();
	sink += number;
}

static void role_handler(void)
{
	raise(SIGUSR2);
}

static void role_altstack(void)
{
	stack_t s = {.ss_size = 65536};

	s.ss_sp = malloc(s.ss_size);
	sigaltstack(&s, NULL);
	raise(SIGWINCH);
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

/* Sleeps shortly, and notes the longest time that it could not run. */
static void role_probe(void)
{
	struct sched_param p = {.sched_priority = 50};
	int me = atomic_fetch_add(&nprobes, 1) % PROBES;
	long last = now();

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &p);
	NEVER
	{
		long t, gap;

		nap(PROBE_NAP);
		t = now();
		gap = t - last - PROBE_NAP;
		last = t;
		if (gap > atomic_load(&probes[me].longest))
			atomic_store(&probes[me].longest, gap);
	}
}

static const struct role {
	const char *name;
	void (*run)(void);
} roles[] = {
	{"first", role_first},
	{"second", role_second},
	{"behind", role_behind},
	{"self", role_self},
	{"inherit_first", role_inherit_first},
	{"inherit_second", role_inherit_second},
	{"robust_first", role_robust_first},
	{"robust_second", role_robust_second},
	{"writer", role_writer},
	{"reader", role_reader},
	{"condition", role_condition},
	{"semaphore", role_semaphore},
	{"poll", role_poll},
	{"epoll", role_epoll},
	{"read", role_read},
	{"seccomp", role_seccomp},
	{"sleep", role_sleep},
	{"spin", role_spin},
	{"pause", role_pause},
	{"undumpable", role_undumpable},
	{"busy", role_busy},
	{"vfork", role_vfork},
	{"recursion", role_recursion},
	{"inlined", role_inlined},
	{"handler", role_handler},
	{"altstack", role_altstack},
	{"probe", role_probe},
};

static void descend(const struct role *r, int n);

static void __attribute__((noinline)) descend_again(const struct role *r, int n)
{
	volatile char room[128] = {0};

	if (n > 0)
		descend(r, n - 1);
	else
		r->run();
	sink += room[7];
}

static void __attribute__((noinline)) descend(const struct role *r, int n)
{
	volatile char room[200] = {0};

	if (n > 0)
		descend_again(r, n - 1);
	else
		r->run();
	sink += room[3];
}

static void *work(void *arg)
{
	const struct role *r = arg;

	printf("%s %d\n", r->name, (int)gettid());
	pthread_setname_np(pthread_self(), r->name);
	atomic_fetch_add(&started, 1);
	descend(r, depth);
	return NULL;
}

static int start(const char *word)
{
	const char *colon = strchrnul(word, ':');
	size_t length = (size_t)(colon - word);
	int n = *colon ? atoi(colon + 1) : 1;
	pthread_attr_t a;
	pthread_t t;

	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, strncmp(word, "recursion", 9) == 0 ? 2 << 20 : 256 << 10);
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (strlen(roles[i].name) != length || strncmp(roles[i].name, word, length) != 0)
			continue;
		for (int k = 0; k < n; k++)
			if (pthread_create(&t, &a, work, (void *)&roles[i]) != 0)
				return -1;
		return n;
	}
	return -1;
}

static void make_mutexes(void)
{
	pthread_mutexattr_t inherit, robust;

	pthread_mutexattr_init(&inherit);
	pthread_mutexattr_setprotocol(&inherit, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&inherit_first, &inherit);
	pthread_mutex_init(&inherit_second, &inherit);
	pthread_mutexattr_init(&robust);
	pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust_first, &robust);
	pthread_mutex_init(&robust_second, &robust);
}

/* Does a thread run that is to stand? On a busy machine it may take a while to get there. */
static int any_on_its_way(void)
{
	static const char *const running[] = {"spin", "busy", "probe"};
	DIR *tasks = opendir("/proc/self/task");
	int found = 0;

	for (const struct dirent *e; tasks && !found && (e = readdir(tasks));) {
		char path[300], name[32], state = 'S';
		FILE *f;

		snprintf(path, sizeof(path), "/proc/self/task/%s/stat", e->d_name);
		f = e->d_name[0] == '.' || atoi(e->d_name) == getpid() ? NULL : fopen(path, "r");
		if (!f)
			continue;
		found = fscanf(f, "%*d (%31[^)]) %c", name, &state) == 2 && state == 'R';
		for (size_t i = 0; i < sizeof(running) / sizeof(*running); i++)
			found = found && strcmp(name, running[i]) != 0;
		fclose(f);
	}
	if (tasks)
		closedir(tasks);
	return found;
}

static void settle(void)
{
	nap(300000000);
	for (int quiet = 0, i = 0; quiet < 3 && i < 1000; i++) {
		quiet = any_on_its_way() ? 0 : quiet + 1;
		nap(20000000);
	}
}

static void tell_gaps(void)
{
	printf("gaps");
	for (int i = 0; i < nprobes && i < PROBES; i++)
		printf(" %ld", atomic_exchange(&probes[i].longest, 0));
	printf("\n");
	fflush(stdout);
}

static void set_up(void)
{
	struct sigaction on_stack = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK},
			 plain = {.sa_handler = on_signal};

	alarm(LIFE);
	sem_init(&semaphore, 0, 0);
	make_mutexes();
	sigaction(SIGWINCH, &on_stack, NULL);
	sigaction(SIGUSR2, &plain, NULL);
	if (pipe(ends) != 0)
		exit(1);
	if (getenv("DEPTH"))
		depth = atoi(getenv("DEPTH"));
}

int main(int argc, char **argv)
{
	int n = 0;
	sigset_t report;

	set_up();
	sigemptyset(&report);
	sigaddset(&report, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &report, NULL);
	for (int i = 1; i < argc; i++) {
		int made = start(argv[i]);

		if (made < 0) {
			fprintf(stderr, "threads: no role '%s', or no thread\n", argv[i]);
			return 2;
		}
		n += made;
	}
	while (atomic_load(&started) < n)
		nap(1000000);
	settle();
	ready();
	for (;;)
		if (sigwaitinfo(&report, NULL) == SIGUSR1)
			tell_gaps();
}
