// SPDX-License-Identifier: GPL-3.0-or-later
/* Holding a command's tree: see hold.h. hold_begin(), _go() and _end() are
 * called by others than the tracer. */
#include "exec/hold.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define STOP_MS     300
#define PATIENCE_MS 150 /* with those between vfork() and exec */
#define AGAIN_MS    2000
#define LOOK_MS     100 /* at what did not stop in time, while the rest is held */
#define MAX_STATUS  65536
/* What linux/ptrace.h and sys/ptrace.h have, which cannot be included together. */
#define CALL_INFO   0x420e /* PTRACE_GET_SYSCALL_INFO */
#define CALL_ENTRY  1      /* PTRACE_SYSCALL_INFO_ENTRY */

#define CHILDREN (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)
#define OPTIONS  (PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD)

struct hold_owed {
	int pid, tid;
	siginfo_t info;
};

/* A signal in the way of a thread. */
struct arrival {
	int pid, tid;
	siginfo_t info;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

/* ---- all of a tree ---- */

static bool read_status(int tid, char **data, struct str *text)
{
	char path[32];
	struct err err;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	return !file_read_small(path, MAX_STATUS, data, &text->n, &err) && (text->p = *data);
}

/* A line "Name:\tvalue" of it: the value. */
static bool is_field(struct str line, struct str name, struct str *value)
{
	*value = str_trim(str_from(line, name.n));
	return str_starts(line, name);
}

/* What /proc/PID/status says of a process; state 'X' where there is none. */
struct standing {
	char state;
	bool pending; /* SIGSTOP is on its way */
	int parent, tracer;
};

static void look_at(int pid, struct standing *s)
{
	CLEANUP_FREE char *data = NULL;
	struct str rest, line, v;

	*s = (struct standing){.state = 'X'};
	if (!read_status(pid, &data, &rest))
		return;
	while (str_next(&rest, '\n', &line)) {
		if (is_field(line, STR("State:"), &v))
			s->state = v.n ? *v.p : 'X';
		if (is_field(line, STR("PPid:"), &v))
			s->parent = atoi(v.p);
		if (is_field(line, STR("TracerPid:"), &v))
			s->tracer = atoi(v.p);
		if (is_field(line, STR("ShdPnd:"), &v))
			s->pending = strtoull(v.p, NULL, 16) >> (SIGSTOP - 1) & 1;
	}
}

static bool is_stopped(const struct standing *s)
{
	return s->state == 'T' || s->state == 't';
}

bool hold_lasts(int pid)
{
	struct standing s;

	look_at(pid, &s);
	return is_stopped(&s) || s.tracer;
}

/* Is it between vfork() and exec? Were it stopped, its parent could not stop. */
static bool keeps_parent(const struct standing *child)
{
	struct standing parent;

	look_at(child->parent, &parent);
	return parent.state == 'D';
}

/*
 * SIGSTOP to all below root that run, but one; all stand if it is true. One that has stopped is not
 * sent it again: a debugger would see it as news.
 */
static bool stop_round(struct tree *t, int root, int except, bool patient)
{
	bool all = true;

	tree_walk(t, root);
	for (size_t i = 0; i < t->n; i++) {
		struct standing s;

		look_at(t->pids[i], &s);
		if (is_stopped(&s) || s.state == 'X' || s.state == 'Z')
			continue;
		all = false;
		if (t->pids[i] != except && !s.pending && !(patient && keeps_parent(&s)))
			kill(t->pids[i], SIGSTOP);
	}
	return all;
}

/* What sleeps in the kernel (state D) stops later. */
void hold_stop(struct tree *t, int root)
{
	int64_t begin = now_ms(), now;

	while ((now = now_ms()) < begin + STOP_MS &&
	       !stop_round(t, root, 0, now < begin + PATIENCE_MS))
		nap();
}

void hold_continue(struct tree *t, int root)
{
	tree_walk(t, root);
	for (size_t i = 0; i < t->n; i++)
		kill(t->pids[i], SIGCONT);
}

/* ---- what a stop is ---- */

static int tell(int pid, int tid, int sig)
{
	return (int)syscall(SYS_tgkill, pid, tid, sig);
}

/* The signal that a stop is about; 0: it is about something else. */
static int signal_of(int status)
{
	return status >> 16 || WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
}

static bool stops(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/* Does it end a process that does not care for it? (signal(7)) */
static bool ends(int sig)
{
	return !stops(sig) && sig != SIGCHLD && sig != SIGCONT && sig != SIGURG && sig != SIGWINCH;
}

/* A key on the terminal, or its end; or the supervisor: meant to end it, by whoever runs us. */
static bool is_wanted(const struct hold *h, const siginfo_t *i)
{
	if (i->si_code == SI_KERNEL)
		return i->si_signo == SIGINT || i->si_signo == SIGQUIT || i->si_signo == SIGHUP;
	return i->si_code == SI_USER && i->si_pid == atomic_load(&h->s->self);
}

/* Does the process handle or ignore a signal? Its id goes to *pid. Without the file it is gone. */
static bool cares(int tid, int sig, int *pid)
{
	CLEANUP_FREE char *data = NULL;
	struct str rest, line, v;
	bool any = false;

	*pid = tid;
	if (!read_status(tid, &data, &rest))
		return true;
	while (str_next(&rest, '\n', &line)) {
		if (is_field(line, STR("Tgid:"), &v))
			*pid = atoi(v.p);
		/* The first process of a container does not die of what it does not handle. */
		if (is_field(line, STR("NSpid:"), &v))
			any |= str_ends(v, STR("\t1"));
		if (is_field(line, STR("SigIgn:"), &v) || is_field(line, STR("SigCgt:"), &v))
			any |= strtoull(v.p, NULL, 16) >> (sig - 1) & 1;
	}
	return any;
}

static bool is_deadly(const struct hold *h, int tid, int sig, struct arrival *a)
{
	*a = (struct arrival){.tid = tid};
	return h->on == EXEC_HOLD_SIGNAL && sig && ends(sig) &&
	       atomic_load(&h->s->state) < SUPERVISE_ENDED &&
	       ptrace(PTRACE_GETSIGINFO, tid, NULL, &a->info) == 0 && !is_wanted(h, &a->info) &&
	       !cares(tid, sig, &a->pid);
}

#ifdef __x86_64__
/* struct ptrace_syscall_info of linux/ptrace.h, as far as it is of a call's entry. */
struct call_info {
	uint8_t op, pad[3];
	uint32_t arch;
	uint64_t pc, sp, nr, args[6];
};

/*
 * Is the command about to end by itself? Then it is set back to before the instruction (of two
 * bytes) that calls the kernel, and the call is not made (number -1).
 */
static bool is_exit(const struct hold *h, int tid, int *code)
{
	struct call_info c;
	struct user_regs_struct r;
	struct iovec v = {&r, sizeof(r)};
	int pid;

	if (h->on != EXEC_HOLD_EXIT || atomic_load(&h->s->state) >= SUPERVISE_ENDED ||
	    ptrace(CALL_INFO, tid, (void *)sizeof(c), &c) <= 0 || c.op != CALL_ENTRY ||
	    c.arch != AUDIT_ARCH_X86_64 || c.nr != SYS_exit_group)
		return false;
	cares(tid, SIGKILL, &pid);
	if (pid != h->command || ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) < 0)
		return false;
	*code = (int)(c.args[0] & 0xff);
	r.rip -= 2;
	r.rax = c.nr;
	r.orig_rax = UINT64_MAX;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v) == 0;
}
#else
static bool is_exit(const struct hold *h, int tid, int *code)
{
	(void)h, (void)tid, (void)code;
	return false;
}
#endif

/* ---- holding ---- */

/* The next stop; 0: there is none yet, -1: nothing is traced any more. */
static int next_stop(int *status, int flags)
{
	int tid, was;

	/* The one place where hold_end() can end us: when it does, the kernel lets all go. */
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &was);
	do
		tid = waitpid(-1, status, __WALL | __WNOTHREAD | flags);
	while (tid < 0 && errno == EINTR);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was);
	return tid;
}

/* Leave a thread that has stopped without a tracer: its process gets, or got, SIGSTOP. */
static void leave(struct hold *h, int tid, int status)
{
	int sig = signal_of(status);
	struct arrival a;

	if (!WIFSTOPPED(status))
		return;
	if (is_deadly(h, tid, sig, &a)) {
		array_push(h->owed, h->nowed, h->capowed) = (struct hold_owed){a.pid, tid, a.info};
		sig = SIGSTOP;
	}
	ptrace(PTRACE_DETACH, tid, NULL, (void *)(intptr_t)sig);
}

/* SIGSTOP is no news to a thread that was stopped already: it would stay traced. */
static void interrupt_threads(int pid)
{
	char path[32];
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir)))
		ptrace(PTRACE_INTERRUPT, atoi(d->d_name), NULL, NULL);
	if (dir)
		closedir(dir);
}

/* All others. What the deadline finds running (in state D it cannot stop) stays traced for now. */
static void leave_all(struct hold *h)
{
	int64_t begin = now_ms(), now;
	int root = h->s->self, tid = 0, status;
	bool all = false;

	for (bool first = true; (now = now_ms()) < begin + STOP_MS && !(all && tid < 0);) {
		all = stop_round(h->tree, root, h->held.pid, now < begin + PATIENCE_MS);
		for (size_t i = 0; first && i < h->tree->n; i++)
			interrupt_threads(h->tree->pids[i]);
		first = false;
		while ((tid = next_stop(&status, WNOHANG)) > 0)
			leave(h, tid, status);
		if (!all || !tid)
			nap();
	}
}

static void wait_for_go(struct hold *h)
{
	struct pollfd p = {.fd = h->go_fd, .events = POLLIN};
	uint64_t one = 1;
	int tid, status;

	atomic_store(&h->state, HOLD_HELD);
	if (write(h->event_fd, &one, sizeof(one)) < 0)
		return; /* it is full of events already */
	while (poll(&p, 1, LOOK_MS) <= 0)
		while ((tid = next_stop(&status, WNOHANG)) > 0)
			leave(h, tid, status);
}

/* Executing the instruction again has the same signal sent. */
static bool comes_again(const siginfo_t *i)
{
	bool fault = i->si_signo == SIGSEGV || i->si_signo == SIGBUS || i->si_signo == SIGFPE ||
		     i->si_signo == SIGILL;

	return fault && i->si_code > 0 && i->si_code < SI_KERNEL &&
	       !(i->si_signo == SIGBUS && i->si_code == BUS_MCEERR_AO);
}

/* Send the signal once more, and on its way put into it what was in it. */
static void pay_back(struct hold_owed *o)
{
	int64_t end = now_ms() + AGAIN_MS;
	int sig = o->info.si_signo, status, arrived;
	bool traced;

	if (comes_again(&o->info))
		return;
	traced = ptrace(PTRACE_SEIZE, o->tid, NULL, NULL) == 0; /* else a debugger is at it */
	tell(o->pid, o->tid, sig);
	kill(o->pid, SIGCONT);
	while (traced && now_ms() < end) {
		int tid = waitpid(o->tid, &status, __WALL | __WNOTHREAD | WNOHANG);

		if (tid < 0 || (tid && !WIFSTOPPED(status)))
			return;
		if (!tid) {
			nap();
			continue;
		}
		arrived = signal_of(status);
		if (arrived == sig) {
			ptrace(PTRACE_SETSIGINFO, tid, NULL, &o->info);
			ptrace(PTRACE_DETACH, tid, NULL, (void *)(intptr_t)sig);
			return;
		}
		ptrace(PTRACE_CONT, tid, NULL, (void *)(intptr_t)arrived);
	}
}

static void hold(struct hold *h, int tid, int status)
{
	int other;

	if (h->held.why == EXEC_HOLD_EXIT)
		tell(h->held.pid, tid, SIGSTOP);
	leave(h, tid, status);
	leave_all(h);
	wait_for_go(h);
	for (size_t i = 0; i < h->nowed; i++)
		pay_back(&h->owed[i]);
	hold_continue(h->tree, h->s->self);
	while ((other = next_stop(&status, 0)) > 0)
		if (WIFSTOPPED(status))
			ptrace(PTRACE_DETACH, other, NULL, (void *)(intptr_t)signal_of(status));
}

/* ---- until then ---- */

static void resume(const struct hold *h, int tid, int sig)
{
	ptrace(h->on == EXEC_HOLD_EXIT ? PTRACE_SYSCALL : PTRACE_CONT, tid, NULL,
	       (void *)(intptr_t)sig);
}

/* The supervisor is let go when it has started the command. */
static void pass_supervisor(const struct hold *h, int status)
{
	ptrace(h->command && status >> 16 == PTRACE_EVENT_STOP ? PTRACE_DETACH : PTRACE_CONT,
	       h->s->self, NULL, (void *)(intptr_t)signal_of(status));
}

static void pass_event(struct hold *h, int tid, int status)
{
	int event = status >> 16;

	if (event == PTRACE_EVENT_STOP && stops(WSTOPSIG(status))) {
		ptrace(PTRACE_LISTEN, tid, NULL, NULL); /* it stays stopped until it is continued */
		return;
	}
	/* Of an exit only the command's threads matter, not its children. */
	if (event == PTRACE_EVENT_STOP && h->on == EXEC_HOLD_EXIT)
		ptrace(PTRACE_SETOPTIONS, tid, NULL,
		       (void *)(intptr_t)(OPTIONS | PTRACE_O_TRACECLONE));
	if (event == PTRACE_EVENT_EXEC && !h->command) {
		h->command = tid;
		ptrace(PTRACE_INTERRUPT, h->s->self, NULL, NULL);
	}
	resume(h, tid, 0);
}

/* True: it was held, and all is over. */
static bool on_stop(struct hold *h, int tid, int status)
{
	int sig = signal_of(status), code = 0;
	struct arrival a;

	if (!WIFSTOPPED(status))
		return false;
	if (tid == h->s->self) {
		pass_supervisor(h, status);
	} else if (is_deadly(h, tid, sig, &a)) {
		h->held = (struct exec_held){EXEC_HOLD_SIGNAL, a.pid, tid, 0, a.info};
		hold(h, tid, status);
		return true;
	} else if (WSTOPSIG(status) == (SIGTRAP | 0x80) && is_exit(h, tid, &code)) {
		h->held = (struct exec_held){
			.why = EXEC_HOLD_EXIT, .pid = h->command, .tid = tid, .code = code};
		hold(h, tid, status);
		return true;
	} else if (status >> 16) {
		pass_event(h, tid, status);
	} else {
		resume(h, tid, sig);
	}
	return false;
}

static void *trace(void *arg)
{
	struct hold *h = arg;
	int tid, status;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &status);
	if (ptrace(PTRACE_SEIZE, h->s->self, NULL, (void *)(intptr_t)(OPTIONS | CHILDREN)) < 0)
		h->error = errno;
	supervise_go(h->s, h->error);
	while (!h->error && (tid = next_stop(&status, 0)) > 0)
		if (on_stop(h, tid, status))
			break;
	atomic_store(&h->state, HOLD_OVER);
	return NULL;
}

void hold_begin(struct hold *h)
{
	h->tree = mem_zalloc(sizeof(*h->tree));
	h->go_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	h->error = h->go_fd < 0 ? errno : supervise_new_thread(&h->thread, trace, h);
	h->begun = !h->error;
	if (!h->begun)
		supervise_go(h->s, h->error);
}

void hold_go(struct hold *h)
{
	uint64_t one = 1;

	if (write(h->go_fd, &one, sizeof(one)) < 0)
		hold_end(h);
}

void hold_end(struct hold *h)
{
	if (h->begun) {
		pthread_cancel(h->thread);
		pthread_join(h->thread, NULL);
	}
	h->begun = false;
	atomic_store(&h->state, HOLD_OVER);
	if (h->go_fd >= 0)
		close(h->go_fd);
	h->go_fd = -1;
	free(h->owed);
	h->owed = NULL;
	free(h->tree);
	h->tree = NULL;
}
