// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Process trees: see tree.h. A process may end between any two reads: what cannot be read counts as
 * nothing. Everything is read with plain system calls into buffers on the stack, because the
 * supervisor may not take locks (supervise.h).
 */
#include "exec/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

static bool read_file(const char *path, char *buf, size_t cap, struct str *out)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, cap);

	*out = (struct str){buf, n > 0 ? (size_t)n : 0};
	return n >= 0;
}

static bool push(struct tree *t, uint64_t pid)
{
	if (t->n == TREE_MAX)
		return false;
	t->pids[t->n++] = (int)pid;
	return true;
}

/* Append the children of one thread, of which the file has a line of any length. */
static bool add_children(struct tree *t, const char *path)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t pid = 0;
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] >= '0' && buf[i] <= '9')
				pid = pid * 10 + (unsigned)(buf[i] - '0');
			else if (pid && !push(t, pid))
				return true;
			else
				pid = 0;
		}
	}
	return true;
}

/* Call fn for each entry of a folder whose name is a number. */
static void each_number(const char *path, void (*fn)(void *arg, uint64_t number), void *arg)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(struct dirent64) char buf[8192];
	long n;

	if (fd < 0)
		return;
	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long i = 0; i < n;) {
			const struct dirent64 *d = (const void *)(buf + i);
			uint64_t number;

			if (str_u64(str_of(d->d_name), &number))
				fn(arg, number);
			i += d->d_reclen;
		}
	}
}

struct of_process {
	struct tree *t;
	int pid;
};

static void add_thread(void *arg, uint64_t tid)
{
	struct of_process *p = arg;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", p->pid, (int)tid);
	add_children(p->t, path);
}

/* The fields of /proc/PID/stat from the state on, which stands behind the name in parentheses. */
static bool read_stat(int pid, char *buf, size_t cap, struct str fields[24])
{
	struct str s, rest;
	char path[32];
	size_t at;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (!read_file(path, buf, cap, &s))
		return false;
	for (at = s.n; at > 0 && s.p[at - 1] != ')'; at--)
		;
	rest = str_from(s, at + 1);
	for (size_t i = 0; i < 24; i++)
		if (!str_next(&rest, ' ', &fields[i]))
			return false;
	return at > 0;
}

#define EXITING 4 /* PF_EXITING of the kernel's include/linux/sched.h */

enum stat_field {
	STAT_STATE = 0,
	STAT_PPID = 1,
	STAT_FLAGS = 6,
	STAT_MINOR = 7,
	STAT_CHILDREN_MINOR,
	STAT_MAJOR,
	STAT_CHILDREN_MAJOR,
	STAT_UTIME = 11,
	STAT_STIME,
	STAT_CUTIME,
	STAT_CSTIME,
	STAT_THREADS = 17,
	STAT_RSS = 21
};

static uint64_t number(struct str s)
{
	uint64_t v;

	return str_u64(s, &v) ? v : 0;
}

struct scan {
	struct tree *t;
	int root;
	bool more;
};

static bool has(const struct tree *t, int pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->pids[i] == pid)
			return true;
	return false;
}

static void add_if_below(void *arg, uint64_t pid)
{
	struct scan *s = arg;
	struct str fields[24];
	char buf[1024];
	int parent;

	if (has(s->t, (int)pid) || !read_stat((int)pid, buf, sizeof(buf), fields))
		return;
	parent = (int)number(fields[STAT_PPID]);
	if (parent == s->root || has(s->t, parent))
		s->more |= push(s->t, pid);
}

static void walk_all(struct tree *t, int root)
{
	struct scan s = {t, root, true};

	t->n = 0;
	while (s.more) {
		s.more = false;
		each_number("/proc", add_if_below, &s);
	}
}

/*
 * Threads have children of their own, but nearly all processes have one thread, whose folder need
 * not be listed: its link count tells. False: there is no file of children to be read.
 */
static bool add_process(struct tree *t, int pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	if (stat(path, &st) == 0 && st.st_nlink > 3) {
		each_number(path, add_thread, &(struct of_process){t, pid});
		return true;
	}
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	return add_children(t, path);
}

void tree_walk(struct tree *t, int root)
{
	t->n = 0;
	if (!add_process(t, root)) {
		walk_all(t, root);
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		add_process(t, t->pids[i]);
}

/* "read_bytes: 123" and the like. */
static uint64_t io_field(struct str s, struct str name)
{
	size_t at = str_find(s, name);
	struct str rest = str_from(s, at + name.n), line;

	return str_next(&rest, '\n', &line) ? number(line) : 0;
}

static void count(void *arg, uint64_t number)
{
	(void)number;
	++*(uint32_t *)arg;
}

/* The size of the folder is the number of files since Linux 6.2, and 0 before. */
static uint32_t open_files(int pid)
{
	uint32_t n = 0;
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	if (stat(path, &st) < 0)
		return 0;
	if (st.st_size > 0)
		return (uint32_t)st.st_size;
	each_number(path, count, &n);
	return n;
}

static void add_to_sample(int pid, uint64_t tick_ns, uint32_t *pages, struct exec_sample *s)
{
	struct str fields[24], io;
	char path[32], buf[1024];

	if (!read_stat(pid, buf, sizeof(buf), fields))
		return;
	for (size_t i = STAT_UTIME; i <= STAT_CSTIME; i++)
		s->cpu_ns += number(fields[i]) * tick_ns;
	s->minor_faults += number(fields[STAT_MINOR]) + number(fields[STAT_CHILDREN_MINOR]);
	s->major_faults += number(fields[STAT_MAJOR]) + number(fields[STAT_CHILDREN_MAJOR]);
	/* Of one that has ended only the time that it took is left; while it ends its memory goes.
	 */
	if (str_eq(fields[STAT_STATE], STR("Z")) || str_eq(fields[STAT_STATE], STR("X")) ||
	    number(fields[STAT_FLAGS]) & EXITING)
		return;
	s->processes++;
	s->threads += (uint32_t)number(fields[STAT_THREADS]);
	*pages = (uint32_t)number(fields[STAT_RSS]);
	s->fds += open_files(pid);
	snprintf(path, sizeof(path), "/proc/%d/io", pid);
	if (!read_file(path, buf, sizeof(buf), &io))
		return;
	s->read_bytes += io_field(io, STR("\nread_bytes: "));
	s->write_bytes += io_field(io, STR("\nwrite_bytes: "));
}

/* How many take at least half of the largest, which is what workers of a pool do. */
static void sum_up(const struct tree *t, uint64_t page, struct exec_sample *s)
{
	uint32_t most = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->pages[i] > most)
			most = t->pages[i];
	for (size_t i = 0; i < t->n; i++) {
		s->rss += t->pages[i] * page;
		if (most && t->pages[i] >= most / 2) {
			s->alike++;
			s->alike_rss += t->pages[i] * page;
		}
	}
}

void tree_sample(struct tree *t, struct exec_sample *s)
{
	uint64_t tick_ns = UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);

	for (size_t i = 0; i < t->n; i++) {
		t->pages[i] = 0;
		add_to_sample(t->pids[i], tick_ns, &t->pages[i], s);
	}
	sum_up(t, (uint64_t)sysconf(_SC_PAGESIZE), s);
}

uint64_t tree_pss(const struct tree *t)
{
	uint64_t kb = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct str text, pss = STR("\nPss:");
		char path[40], buf[2048];

		snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", t->pids[i]);
		if (!t->pages[i] || !read_file(path, buf, sizeof(buf), &text))
			continue;
		text = str_trim(str_from(text, str_find(text, pss) + pss.n));
		kb += number(str_head(text, str_find_char(text, ' ')));
	}
	return kb * 1024;
}
