// SPDX-License-Identifier: GPL-3.0-or-later
/* Snapshots: see snapshot.h. What can be read, opened and allocated before is, so that the time in
 * which a thread stands still is for registers and one copy of memory. */
#include "state/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "state/snapshot-priv.h"

#define DEADLINE_NS INT64_C(100000000)
#define STACK_MOST  ((size_t)256 << 10)
#define RED_ZONE    128 /* below the stack pointer: a leaf function's (System V ABI, 3.2.2) */
#define BATCH       512 /* pieces of memory: IOV_MAX is 1024 */
#define FUTEX_CALL  202 /* of x86-64 */

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int64_t snapshot_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static bool read_memory(void *arg, uint64_t addr, void *to, size_t n)
{
	struct snapshot *s = arg;
	struct iovec here = {to, n}, there = {(void *)(uintptr_t)addr, n};

	return process_vm_readv(s->pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

/* Open a path if it is the file of that device and inode. */
static int open_if_same(const char *path, const struct image_map *m)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_ino == m->inode)
		return fd;
	close(fd);
	return -1;
}

/*
 * map_files (root) is the mapped file itself, whatever became of its name; exe too, of the program.
 * The path is looked up where the process sees it, then here. Devices are not compared: layered
 * file systems show another one in maps.
 */
static int open_mapped(void *arg, const struct image_map *m)
{
	struct snapshot *s = arg;
	char path[PATH_MAX + 64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", s->pid,
		 (unsigned long long)m->start, (unsigned long long)m->end);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/exe", s->pid);
	fd = open_if_same(path, m);
	if (fd < 0 && !m->deleted) {
		snprintf(path, sizeof(path), "/proc/%d/root" STR_FMT, s->pid, STR_ARG(m->path));
		fd = open_if_same(path, m);
	}
	if (fd < 0 && !m->deleted) {
		snprintf(path, sizeof(path), STR_FMT, STR_ARG(m->path));
		fd = open_if_same(path, m);
	}
	return fd;
}

bool snapshot_look_again(struct snapshot *s, struct snapshot_thread *t, struct buf *scratch)
{
	char name[64];

	snprintf(name, sizeof(name), "task/%d/status", t->tid);
	if (proc_read(s->pid, name, scratch) != 0 ||
	    !proc_parse_status(buf_str(scratch), &t->status))
		return false;
	snprintf(name, sizeof(name), "task/%d/syscall", t->tid);
	t->call = (struct proc_syscall){.number = -1};
	if (proc_read(s->pid, name, scratch) == 0)
		proc_parse_syscall(buf_str(scratch), &t->call);
	return true;
}

bool snapshot_look(struct snapshot *s, struct snapshot_thread *t, struct buf *scratch)
{
	char name[64];
	struct proc_stat stat;

	snprintf(name, sizeof(name), "task/%d/stat", t->tid);
	if (proc_read(s->pid, name, scratch) != 0 || !proc_parse_stat(buf_str(scratch), &stat))
		return false;
	t->state = stat.state;
	t->cpu_ns = (stat.user_ticks + stat.system_ticks) *
		    (INT64_C(1000000000) / sysconf(_SC_CLK_TCK));
	snprintf(t->name, sizeof(t->name), STR_FMT, STR_ARG(stat.name));
	return snapshot_look_again(s, t, scratch);
}

void snapshot_set_registers(struct snapshot_thread *t)
{
	/* DWARF numbers of rdi, rsi, rdx, r10, r8, r9. */
	static const unsigned char arguments[] = {5, 4, 1, 10, 8, 9};

	t->regs = (struct image_regs){.known = UINT32_C(1) << IMAGE_SP | UINT32_C(1) << IMAGE_PC};
	t->regs.r[IMAGE_SP] = t->call.sp;
	t->regs.r[IMAGE_PC] = t->call.pc;
	for (size_t i = 0; t->call.number >= 0 && i < ARRAY_SIZE(arguments); i++) {
		t->regs.r[arguments[i]] = t->call.args[i];
		t->regs.known |= UINT32_C(1) << arguments[i];
	}
}

/* Where the memory to be copied begins, and how much of it there is. */
static size_t span(const struct snapshot *s, uint64_t sp, size_t most, uint64_t *from)
{
	const struct image_map *m = image_find(&s->image, sp);

	*from = sp;
	if (!m)
		return 0;
	if (sp - m->start >= RED_ZONE)
		*from = sp - RED_ZONE;
	return m->end - *from < most ? (size_t)(m->end - *from) : most;
}

void snapshot_make_room(struct snapshot *s, struct snapshot_thread *t, size_t most)
{
	uint64_t from;
	size_t n = span(s, t->regs.r[IMAGE_SP], most, &from);

	if (!(t->regs.known >> IMAGE_SP & 1))
		n = 0;
	if (n > t->stack.n || !t->stack.bytes)
		t->stack.bytes = (unsigned char *)arena_bytes(&s->arena, n + 1);
	t->stack.addr = from;
	t->stack.n = n;
}

static bool copy_piece(struct snapshot *s, uint64_t addr, const void *to, size_t n, ssize_t *got)
{
	*got = 0;
	if (n) {
		struct iovec here = {(void *)(uintptr_t)to, n},
			     there = {(void *)(uintptr_t)addr, n};

		*got = process_vm_readv(s->pid, &here, 1, &there, 1, 0);
	}
	return *got == (ssize_t)n;
}

static void copy_one(struct snapshot *s, struct snapshot_thread *t)
{
	ssize_t n;

	if (!copy_piece(s, t->stack.addr, t->stack.bytes, t->stack.n, &n))
		t->why_not = "not all of its stack can be read";
	t->stack.n = n > 0 ? (size_t)n : 0;
	if (t->has_futex)
		t->has_futex = copy_piece(s, t->call.args[0], t->futex, sizeof(t->futex), &n);
}

static size_t add_pieces(struct snapshot_thread *t, struct iovec *here, struct iovec *there)
{
	here[0] = (struct iovec){(void *)(uintptr_t)t->stack.bytes, t->stack.n};
	there[0] = (struct iovec){(void *)(uintptr_t)t->stack.addr, t->stack.n};
	here[1] = (struct iovec){t->futex, t->has_futex ? sizeof(t->futex) : 0};
	there[1] = (struct iovec){(void *)(uintptr_t)t->call.args[0], here[1].iov_len};
	return here[0].iov_len + here[1].iov_len;
}

void snapshot_copy(struct snapshot *s, struct snapshot_thread *const *wanted, size_t n, size_t most)
{
	struct iovec here[2 * BATCH], there[2 * BATCH];

	for (size_t i = 0; i < n; i++) {
		snapshot_make_room(s, wanted[i], most);
		wanted[i]->has_futex =
			!wanted[i]->call.running && wanted[i]->call.number == FUTEX_CALL;
	}
	for (size_t from = 0; from < n; from += BATCH) {
		size_t k = n - from < BATCH ? n - from : BATCH, bytes = 0;

		for (size_t i = 0; i < k; i++)
			bytes += add_pieces(wanted[from + i], &here[2 * i], &there[2 * i]);
		if (process_vm_readv(s->pid, here, 2 * k, there, 2 * k, 0) != (ssize_t)bytes)
			for (size_t i = 0; i < k; i++)
				copy_one(s, wanted[from + i]);
	}
}

/* Whom Yama lets look at one's own processes (Documentation/admin-guide/LSM/Yama.rst). */
static const char *yama(int *scope)
{
	static const char *const rules[] = {
		"the process has made itself undumpable: run this as root",
		"kernel.yama.ptrace_scope is 1, so only what a program started itself may be "
		"looked at: run this as root, or the program by 'inquest run --hang-after 60s'",
		"kernel.yama.ptrace_scope is 2: run this as root",
		"kernel.yama.ptrace_scope is 3, so nobody may, not even root, until the machine is "
		"started again without it",
	};
	struct buf text = {0};
	uint64_t v = 0;

	if (proc_read(0, "sys/kernel/yama/ptrace_scope", &text) != 0 ||
	    !str_u64(str_trim(buf_str(&text)), &v) || v >= ARRAY_SIZE(rules))
		v = 0;
	buf_release(&text);
	*scope = (int)v;
	return rules[v];
}

/* Why it may not be looked at, and what helps. */
static int refuse(const struct snapshot *s, int error, struct err *err)
{
	char path[64];
	struct stat st;
	const struct passwd *user;
	int scope;
	const char *rule = yama(&scope);

	snprintf(path, sizeof(path), "/proc/%d", s->pid);
	if (error == ENOENT || error == ESRCH || stat(path, &st) != 0)
		return err_set(err, ERR_NOTFOUND, "no process %d", s->pid);
	if (scope < 3 && geteuid() == 0)
		rule = "root lacks CAP_SYS_PTRACE here (docker run --cap-add=SYS_PTRACE), or it is "
		       "in another user namespace";
	if (scope == 3 || st.st_uid == geteuid() || geteuid() == 0)
		return err_set(err, ERR_SYSTEM, "the kernel does not let us look at process %d: %s",
			       s->pid, rule);
	user = getpwuid(st.st_uid);
	return err_set(err, ERR_SYSTEM, "process %d belongs to %s: run this as root%s%s", s->pid,
		       user ? user->pw_name : "another user",
		       user && st.st_uid && !scope ? " or as " : "",
		       user && st.st_uid && !scope ? user->pw_name : "");
}

static int read_maps(struct snapshot *s, struct err *err)
{
	struct buf text = {0};
	int error = proc_read(s->pid, "maps", &text);

	if (!error)
		s->image.nmaps = proc_parse_maps(buf_str(&text), &s->arena, &s->maps);
	s->image.maps = s->maps;
	buf_release(&text);
	return error ? refuse(s, error, err) : 0;
}

static int by_tid(const void *a, const void *b)
{
	const struct snapshot_thread *x = a, *y = b;

	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

static void list_threads(struct snapshot *s)
{
	struct buf scratch = {0};
	int *tids = NULL;
	size_t cap = 0, n = proc_numbers(s->pid, "task", &tids, &cap);

	for (size_t i = 0; i < n; i++) {
		struct snapshot_thread t = {.tid = tids[i]};

		if (snapshot_look(s, &t, &scratch))
			array_push(s->threads, s->n, s->cap) = t;
	}
	if (s->n)
		qsort(s->threads, s->n, sizeof(*s->threads), by_tid);
	free(tids);
	buf_release(&scratch);
}

/* May we read its memory at all? */
static int probe(struct snapshot *s, struct err *err)
{
	char byte;

	for (size_t i = 0; i < s->image.nmaps; i++) {
		if (!(s->maps[i].prot & IMAGE_READ) || s->maps[i].path.n == 0)
			continue;
		if (!read_memory(s, s->maps[i].start, &byte, 1) &&
		    (errno == EPERM || errno == ESRCH))
			return refuse(s, errno, err);
		return 0;
	}
	return 0;
}

static bool with_bpf(struct snapshot *s, const struct snapshot_opts *o)
{
#if HAVE_BPF
	return snapshot_bpf(s, o);
#else
	(void)s, (void)o;
	return false;
#endif
}

struct stopping {
	struct snapshot *s;
	const struct snapshot_opts *o;
};

static void *stop(void *arg)
{
	const struct stopping *x = arg;

	if (x->o->way == SNAPSHOT_STOP)
		snapshot_stop_all(x->s, x->o);
	else
		snapshot_stop_each(x->s, x->o);
	return NULL;
}

/*
 * By a thread of its own: when the thread that traces ends, the kernel lets go all that it traced,
 * those too that did not stop in time and would stop later, when nobody waits for them.
 */
static void stop_and_end(struct snapshot *s, const struct snapshot_opts *o)
{
	struct stopping x = {s, o};
	pthread_t thread;

	if (pthread_create(&thread, NULL, stop, &x) == 0)
		pthread_join(thread, NULL);
	else
		stop(&x);
}

static int take(struct snapshot *s, struct snapshot_opts o, struct err *err)
{
	o.deadline_ns = o.deadline_ns ? o.deadline_ns : DEADLINE_NS;
	o.stack_most = o.stack_most ? o.stack_most : STACK_MOST;
	if (o.way == SNAPSHOT_BPF && !with_bpf(s, &o))
		return err_set(err, ERR_SYSTEM,
			       "the kernel gives no registers by BPF: this needs root, Linux 6.1 "
			       "or later with BTF, and a build with libbpf, bpftool and clang");
	if (o.way != SNAPSHOT_STOP)
		snapshot_nostop(s, &o);
	if (o.way != SNAPSHOT_NOSTOP)
		stop_and_end(s, &o);
	return 0;
}

/* Where the process sees its files, if that is elsewhere; NULL. */
static const char *root_of(struct snapshot *s)
{
	const char *path = arena_printf(&s->arena, "/proc/%d/root/", s->pid);
	struct stat here, there;

	if (stat("/", &here) != 0 || stat(path, &there) != 0 ||
	    (here.st_dev == there.st_dev && here.st_ino == there.st_ino))
		return NULL;
	return path;
}

/* What a perf map is known by: the number of the process as it sees itself, and its age. */
static void identify(struct snapshot *s)
{
	struct buf text = {0};
	struct proc_stat st;

	for (size_t i = 0; i < s->n; i++)
		if (s->threads[i].tid == s->pid)
			s->image.inner = s->threads[i].status.inner;
	if (proc_read(s->pid, "stat", &text) == 0 && proc_parse_stat(buf_str(&text), &st))
		s->image.started_ns =
			clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME) +
			(int64_t)st.start_ticks * (INT64_C(1000000000) / sysconf(_SC_CLK_TCK));
	buf_release(&text);
}

int snapshot_take(struct snapshot *s, int pid, const struct snapshot_opts *o, struct err *err)
{
	int rc;

	*s = (struct snapshot){.pid = pid, .taken_ns = clock_ns(CLOCK_REALTIME)};
	arena_init(&s->arena);
	s->image = (struct image){.read = read_memory, .open = open_mapped, .arg = s, .pid = pid};
	s->image.root = root_of(s);
	rc = read_maps(s, err);
	if (!rc)
		rc = probe(s, err);
	if (!rc)
		list_threads(s);
	if (!rc)
		identify(s);
	if (!rc && !s->n)
		rc = err_set(err, ERR_NOTFOUND, "no process %d", pid);
	if (!rc && s->image.nmaps)
		rc = take(s, *o, err);
	if (rc) {
		snapshot_release(s);
		return rc;
	}
	if (!s->image.nmaps)
		for (size_t i = 0; i < s->n; i++)
			s->threads[i].why_not = s->threads[i].state == 'Z'
							? "it has ended (a zombie)"
							: "a thread of the kernel";
	return 0;
}

void snapshot_release(struct snapshot *s)
{
	free(s->threads);
	arena_release(&s->arena);
}
