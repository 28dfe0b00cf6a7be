// SPDX-License-Identifier: GPL-3.0-or-later
/* Dies in the way that its argument names: for tests and bench/death.py. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int *volatile nowhere;
static volatile int zero;

static void null_page(void)
{
	*nowhere = 1;
}

static void wild(void)
{
	*(volatile int *)0x123456789000 = 1;
}

static void noncanonical(void)
{
	*(volatile int *)0x8123456789000000 = 1;
}

static int deep(int n)
{
	volatile char pad[4096];

	pad[0] = (char)n;
	return n < 0 ? 0 : deep(n + 1) + pad[0];
}

static void overflow(void)
{
	deep(0);
}

static void divide(void)
{
	zero = 7 / zero;
}

static void illegal(void)
{
	__asm__ volatile("ud2");
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void shorter(void)
{
	char name[] = "/tmp/inquest-die-XXXXXX";
	int fd = mkstemp(name);
	volatile char *p;

	unlink(name);
	if (ftruncate(fd, 8192) < 0)
		exit(9);
	p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	if (ftruncate(fd, 0) < 0)
		exit(9);
	zero = p[4096];
}

static void fails(void)
{
	assert(zero == 1);
}

static void free_twice(void)
{
	void *volatile p = malloc(24), *volatile q = p;

	free(p);
	free(q);
}

static void filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog p = {sizeof(code) / sizeof(code[0]), code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
	syscall(SYS_getppid);
}

static void hog(void)
{
	for (;;) {
		char *p = malloc(1 << 20);

		if (!p) {
			fprintf(stderr, "die: cannot allocate memory for the table\n");
			exit(1);
		}
		memset(p, 1, 1 << 20);
	}
}

static void spin(void)
{
	for (;;)
		zero++;
}

static void files(void)
{
	for (;;)
		if (open("/dev/null", O_RDONLY) < 0) {
			perror("die: /dev/null");
			exit(1);
		}
}

static void forks(void)
{
	for (;;) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("die: fork");
			exit(1);
		}
		if (!pid) {
			sleep(5);
			_exit(0);
		}
	}
}

static void grows(void)
{
	static char block[65536];
	int fd = open("/tmp/inquest-die-file", O_CREAT | O_WRONLY | O_TRUNC, 0600);

	unlink("/tmp/inquest-die-file");
	while (write(fd, block, sizeof(block)) > 0)
		;
	perror("die: write");
	exit(1);
}

static void pipes(void)
{
	int fds[2];

	if (pipe(fds) < 0)
		exit(9);
	close(fds[0]);
	if (write(fds[1], "x", 1) < 0)
		exit(9);
}

static void full(void)
{
	FILE *f = fopen("/dev/full", "w");

	fputs("text\n", f);
	if (fflush(f) < 0) {
		perror("die: out.dat");
		exit(1);
	}
}

static void timer(void)
{
	alarm(1);
	pause();
}

static void term(void)
{
	raise(SIGTERM);
}

static void kill9(void)
{
	kill(getpid(), SIGKILL);
	pause();
}

static void hup(void)
{
	raise(SIGHUP);
}

static void interrupt(void)
{
	raise(SIGINT);
}

static void code3(void)
{
	exit(3);
}

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void *other_order(void *arg)
{
	pthread_mutex_lock(&second);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&first);
	return arg;
}

static void deadlock(void)
{
	pthread_t t;

	pthread_barrier_init(&both, NULL, 2);
	pthread_create(&t, NULL, other_order, NULL);
	pthread_mutex_lock(&first);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&second);
}

static void rounds(void)
{
	for (unsigned i = 0;; i++) {
		printf("round %u\n", i);
		fflush(stdout);
		usleep(50000);
	}
}

static void leak(void)
{
	for (;;) {
		memset(malloc(1 << 20), 1, 1 << 20);
		usleep(20000);
	}
}

static const struct {
	const char *name;
	void (*die)(void);
} ways[] = {
	{"null", null_page},
	{"wild", wild},
	{"noncanonical", noncanonical},
	{"overflow", overflow},
	{"divide", divide},
	{"illegal", illegal},
	{"breakpoint", breakpoint},
	{"bus", shorter},
	{"abort", abort},
	{"assert", fails},
	{"free", free_twice},
	{"seccomp", filter},
	{"hog", hog},
	{"spin", spin},
	{"files", files},
	{"forks", forks},
	{"grows", grows},
	{"pipe", pipes},
	{"full", full},
	{"alarm", timer},
	{"term", term},
	{"kill", kill9},
	{"hup", hup},
	{"interrupt", interrupt},
	{"code3", code3},
	{"deadlock", deadlock},
	{"rounds", rounds},
	{"leak", leak},
};

int main(int argc, char **argv)
{
	/* Who starts us in the background ignores some signals. */
	for (int i = 1; i < SIGRTMIN; i++)
		signal(i, SIG_DFL);
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[1], ways[i].name) == 0) {
			ways[i].die();
			return 0;
		}
	fprintf(stderr, "die: there is no such way\n");
	return 2;
}
