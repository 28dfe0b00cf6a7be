// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The supervisor of one command: see supervise.h. All functions but those that supervise.h declares
 * run in it.
 */
#include "exec/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define SEC         INT64_C(1000000000)
#define GRACE_NS    (2 * SEC)
#define LINGER_NS   (SEC / 4)   /* orphans that are about to end (a "| tee") are let do so */
#define KILL_NS     (SEC / 100) /* between rounds of KILL, until nothing is left */
#define KILL_ROUNDS 500         /* then what cannot die (it sleeps in the kernel) is left to init */
#define HELD_NS     (SEC / 20)  /* between looks whether it is still held */
#define STACK_SIZE  ((size_t)256 << 10)

enum phase { PHASE_RUN, PHASE_LINGER, PHASE_TERM, PHASE_KILL };

/* Signals to the supervisor. */
enum { SIG_ORPHANED = SIGUSR1, SIG_ORDER = SIGUSR2 };

struct life {
	struct supervise *s;
	enum phase phase;
	int64_t deadline; /* 0: none */
	unsigned rounds;
	bool command_ended;
};

struct shared {
	struct supervise s; /* first */
	_Alignas(64) char stack[STACK_SIZE];
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * SEC + t.tv_nsec;
}

static void set_state(struct supervise *s, int state)
{
	uint64_t one = 1;

	atomic_store(&s->state, state);
	if (write(s->event_fd, &one, sizeof(one)) < 0)
		return; /* it is full of our events already */
}

static int spawn(struct supervise *s)
{
	pid_t pid = 0;
	int rc;

	s->real_ns = now_ns(CLOCK_REALTIME);
	s->start_ns = now_ns(CLOCK_MONOTONIC);
	rc = posix_spawn(&pid, s->path, s->files, s->attr, s->argv, s->envp);
	if (rc == ENOEXEC)
		rc = posix_spawn(&pid, s->script_argv[0], s->files, s->attr, s->script_argv,
				 s->envp);
	s->loaded_ns = now_ns(CLOCK_MONOTONIC);
	atomic_store(&s->pid, pid);
	return rc;
}

static void set_phase(struct life *l, enum phase phase, int64_t after_ns)
{
	l->phase = phase;
	l->deadline = after_ns ? now_ns(CLOCK_MONOTONIC) + after_ns : 0;
}

static void signal_tree(struct supervise *s, int sig)
{
	for (size_t i = 0; i < s->tree.n; i++) {
		kill(s->tree.pids[i], sig);
		if (sig != SIGKILL)
			kill(s->tree.pids[i], SIGCONT); /* else a stopped one would not see it */
	}
}

static void begin_end(struct life *l, int sig)
{
	struct supervise *s = l->s;

	if (l->phase >= PHASE_TERM)
		return;
	tree_walk(&s->tree, s->self);
	signal_tree(s, sig);
	set_phase(l, PHASE_TERM, s->grace_ns ? s->grace_ns : GRACE_NS);
}

static void add_usage(struct supervise *s, const struct rusage *u)
{
	s->user_ns += u->ru_utime.tv_sec * SEC + u->ru_utime.tv_usec * 1000;
	s->system_ns += u->ru_stime.tv_sec * SEC + u->ru_stime.tv_usec * 1000;
	if ((uint64_t)u->ru_maxrss * 1024 > s->max_rss)
		s->max_rss = (uint64_t)u->ru_maxrss * 1024;
	s->minor_faults += (uint64_t)u->ru_minflt;
	s->major_faults += (uint64_t)u->ru_majflt;
	s->voluntary += (uint64_t)u->ru_nvcsw;
	s->involuntary += (uint64_t)u->ru_nivcsw;
}

/* The limits under which the command ended: a zombie still has them. */
static void read_limits(struct supervise *s)
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/limits", (int)s->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, s->limits, sizeof(s->limits) - 1);
	s->limits[n > 0 ? n : 0] = '\0';
	close(fd);
}

/* False when no child is left. */
static bool reap(struct life *l)
{
	struct supervise *s = l->s;
	struct rusage usage;
	siginfo_t info;
	int status;
	pid_t pid;

	if (!l->command_ended) {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == s->pid)
			read_limits(s);
	}
	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
		add_usage(s, &usage);
		if (pid != s->pid)
			continue;
		s->end_ns = now_ns(CLOCK_MONOTONIC);
		s->status = status;
		s->killed = l->phase == PHASE_KILL;
		l->command_ended = true;
		if (l->phase == PHASE_RUN)
			set_phase(l, PHASE_LINGER, LINGER_NS);
		set_state(s, SUPERVISE_ENDED);
	}
	return pid == 0;
}

/* While it is held the limit of time stands still. */
static bool is_extended(struct life *l)
{
	struct supervise *s = l->s;
	bool held = atomic_load(&s->held);
	int64_t left =
		s->start_ns + s->time_limit_ns + atomic_load(&s->held_ns) - now_ns(CLOCK_MONOTONIC);

	if (held || left > 0)
		set_phase(l, PHASE_RUN, left > HELD_NS ? left : HELD_NS);
	return held || left > 0;
}

/* False when no more can be done. */
static bool time_is_up(struct life *l)
{
	struct supervise *s = l->s;

	switch (l->phase) {
	case PHASE_RUN:
		if (is_extended(l))
			return true;
		s->timed_out = true;
		begin_end(l, SIGTERM);
		return true;
	case PHASE_LINGER:
		begin_end(l, SIGTERM);
		s->left_behind = (uint32_t)s->tree.n;
		return true;
	default:
		if (l->rounds++ == KILL_ROUNDS)
			return false;
		tree_walk(&s->tree, s->self);
		signal_tree(s, SIGKILL);
		set_phase(l, PHASE_KILL, KILL_NS);
		return true;
	}
}

static int wait_signal(const struct life *l, const sigset_t *set)
{
	int64_t left = l->deadline - now_ns(CLOCK_MONOTONIC);
	struct timespec t;

	if (!l->deadline)
		return sigwaitinfo(set, NULL);
	if (left < 0)
		left = 0;
	t = (struct timespec){left / SEC, left % SEC};
	return sigtimedwait(set, NULL, &t);
}

static void watch(struct supervise *s)
{
	struct life l = {.s = s};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIG_ORPHANED);
	sigaddset(&set, SIG_ORDER);
	set_phase(&l, PHASE_RUN, s->time_limit_ns);
	while (reap(&l)) {
		int sig = wait_signal(&l, &set);

		if (sig == SIG_ORDER)
			begin_end(&l, atomic_load(&s->order));
		else if (sig == SIG_ORPHANED)
			begin_end(&l, SIGTERM);
		else if (sig < 0 && errno == EAGAIN && !time_is_up(&l))
			break;
	}
	if (!l.command_ended) /* it cannot be ended: we may lack the right to, or it sleeps */
		s->end_ns = now_ns(CLOCK_MONOTONIC);
}

/* False: whoever would trace it cannot, or has died. */
static bool may_spawn(struct supervise *s)
{
	sigset_t set;
	int sig;

	set_state(s, SUPERVISE_WAITING);
	sigemptyset(&set);
	sigaddset(&set, SIG_ORPHANED);
	sigaddset(&set, SIG_ORDER);
	do
		sig = sigwaitinfo(&set, NULL);
	while (sig < 0 && errno == EINTR);
	if (sig != SIG_ORDER)
		s->error = ECANCELED;
	return !s->error;
}

/* Returning ends the process: clone(2). */
static int supervisor_main(void *arg)
{
	struct supervise *s = arg;
	struct rlimit files;

	atomic_store(&s->self, getpid());
	prctl(PR_SET_PDEATHSIG, SIG_ORPHANED);
	if (getppid() != s->parent)
		return 0;
	signal(SIGCHLD, SIG_DFL); /* were it ignored, nothing could be waited for */
	setpgid(0, 0);            /* what is sent to our group is not for the supervisor */
	if (s->nofile && getrlimit(RLIMIT_NOFILE, &files) == 0 && s->nofile <= files.rlim_max) {
		files.rlim_cur = s->nofile;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (!s->traced || may_spawn(s))
		s->error = prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? errno : spawn(s);
	if (s->error) {
		set_state(s, SUPERVISE_FAILED);
		return 0;
	}
	set_state(s, SUPERVISE_RUNNING);
	watch(s);
	s->cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	set_state(s, SUPERVISE_DONE);
	return 0;
}

/* Shared, so that nothing depends on clone() really sharing our memory. */
struct supervise *supervise_new(void)
{
	struct shared *m =
		mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED)
		return NULL;
	m->s.parent = getpid();
	return &m->s;
}

void supervise_free(struct supervise *s)
{
	if (s)
		munmap(s, sizeof(struct shared));
}

static bool has_ended(const siginfo_t *i)
{
	return i->si_code == CLD_EXITED || i->si_code == CLD_KILLED || i->si_code == CLD_DUMPED;
}

/*
 * The two share the thread's local storage, so from clone() on this side makes system calls only,
 * and by syscall(2): waitid(3) would touch it. (A tracer's stops are told to its parent too.)
 */
void *supervise_thread(void *arg)
{
	struct shared *m = arg;
	struct supervise *s = arg;
	siginfo_t info = {0};
	pid_t pid = clone(supervisor_main, m->stack + STACK_SIZE, CLONE_VM | CLONE_FILES, s);
	long rc;

	if (pid < 0) {
		s->error = errno;
		set_state(s, SUPERVISE_FAILED);
		return NULL;
	}
	do
		rc = syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT | __WALL, NULL);
	while (rc < 0 ? errno == EINTR : !has_ended(&info));
	atomic_store(&s->self, pid);
	if (atomic_load(&s->state) != SUPERVISE_DONE && atomic_load(&s->state) != SUPERVISE_FAILED)
		set_state(s, SUPERVISE_LOST);
	return NULL;
}

int supervise_new_thread(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(thread, &attr, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

void supervise_go(struct supervise *s, int error)
{
	s->error = error;
	kill(s->self, SIG_ORDER);
}

void supervise_end(struct supervise *s, int sig)
{
	atomic_store(&s->order, sig);
	kill(s->self, SIG_ORDER);
}

void supervise_reap(struct supervise *s)
{
	if (s->self > 0)
		while (waitpid(s->self, NULL, __WALL) < 0 && errno == EINTR)
			;
}
