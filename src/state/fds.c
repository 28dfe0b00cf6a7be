// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Files of a process: see fds.h. The ends of all pipes are collected once, when the first pipe is
 * asked for: /proc/PID/fd of all processes that may be looked at; the permission bits of these
 * links say whether an end reads or writes.
 */
#include "state/fds.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "state/proc.h"

#define ENDS_MOST ((size_t)1 << 20)
#define POLL_FEW  4 /* files that are named of those that one call waits for */

struct pipe_end {
	uint64_t inode;
	int pid;
	bool writes;
};

struct fds {
	struct arena arena;
	struct buf scratch;
	struct pipe_end *ends; /* by inode */
	size_t nends, cap;
	bool has_ends;
};

struct fds *fds_new(void)
{
	return mem_zalloc(sizeof(struct fds));
}

void fds_free(struct fds *f)
{
	if (!f)
		return;
	free(f->ends);
	buf_release(&f->scratch);
	arena_release(&f->arena);
	free(f);
}

/* "pipe:[123]" */
static bool numbered(struct str link, const char *kind, uint64_t *inode)
{
	struct str s = link;

	if (!str_starts(s, str_of(kind)))
		return false;
	s = str_from(s, strlen(kind));
	if (s.n < 4 || s.p[0] != ':' || s.p[1] != '[' || s.p[s.n - 1] != ']')
		return false;
	s = str_from(s, 2);
	s.n--;
	return str_u64(s, inode);
}

static void collect_of(struct fds *f, int pid)
{
	int *numbers = NULL;
	size_t cap = 0, n = proc_numbers(pid, "fd", &numbers, &cap);
	struct stat st;
	char path[64];

	/* proc_numbers() leaves 0 out, which is a number of a file. */
	array_push(numbers, n, cap) = 0;
	for (size_t i = 0; i < n && f->nends < ENDS_MOST; i++) {
		uint64_t inode;

		snprintf(path, sizeof(path), "fd/%d", numbers[i]);
		if (!proc_link(pid, path, &f->scratch) ||
		    !numbered(buf_str(&f->scratch), "pipe", &inode))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, numbers[i]);
		if (lstat(path, &st) != 0)
			continue;
		if (st.st_mode & S_IRUSR)
			array_push(f->ends, f->nends, f->cap) =
				(struct pipe_end){inode, pid, false};
		if (st.st_mode & S_IWUSR)
			array_push(f->ends, f->nends, f->cap) = (struct pipe_end){inode, pid, true};
	}
	free(numbers);
}

static int by_inode(const void *a, const void *b)
{
	const struct pipe_end *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void collect_ends(struct fds *f)
{
	int *pids = NULL;
	size_t cap = 0, n = proc_numbers(0, "", &pids, &cap);

	f->has_ends = true;
	for (size_t i = 0; i < n; i++)
		collect_of(f, pids[i]);
	if (f->nends)
		qsort(f->ends, f->nends, sizeof(*f->ends), by_inode);
	free(pids);
}

static void name_process(struct fds *f, struct buf *out, int pid)
{
	struct proc_stat st;

	buf_printf(out, "%d", pid);
	if (proc_read(pid, "stat", &f->scratch) == 0 && proc_parse_stat(buf_str(&f->scratch), &st))
		buf_printf(out, " (" STR_FMT ")", STR_ARG(st.name));
}

static void describe_pipe(struct fds *f, int pid, uint64_t inode, bool writing, struct buf *out,
			  struct fd_info *info)
{
	int others = 0, last = 0;
	bool self = false;

	if (!f->has_ends)
		collect_ends(f);
	info->wait = WAIT_PIPE;
	buf_printf(out,
		   writing ? "the full pipe, which is read by " : "the pipe that is written by ");
	for (size_t i = 0; i < f->nends; i++) {
		const struct pipe_end *e = &f->ends[i];

		if (e->inode != inode || e->writes == writing || e->pid == last)
			continue;
		last = e->pid;
		self = self || e->pid == pid;
		if (e->pid == pid || others++ >= POLL_FEW)
			continue;
		if (others > 1)
			BUF_LIT(out, ", ");
		name_process(f, out, e->pid);
		info->other = others == 1 ? e->pid : 0;
	}
	info->nobody = !others;
	if (others > POLL_FEW)
		buf_printf(out, " and %d more", others - POLL_FEW);
	else if (!others)
		buf_printf(out, self ? "nobody but this process" : "nobody that can be seen");
}

/* "0100007F:1F90" of /proc/net/tcp, or its longer form of tcp6 */
static void address(struct buf *out, struct str s)
{
	unsigned char raw[16];
	char text[INET6_ADDRSTRLEN];
	size_t colon = str_find_char(s, ':'), n = colon / 8;
	unsigned port = 0;

	if ((n != 1 && n != 4) || colon % 8 || s.n < colon + 5)
		return;
	for (size_t i = 0; i < n; i++) {
		char word[9];
		uint32_t v;

		memcpy(word, s.p + 8 * i, 8);
		word[8] = 0;
		v = (uint32_t)strtoul(word, NULL, 16);
		memcpy(raw + 4 * i, &v, 4);
	}
	for (size_t i = colon + 1; i < colon + 5; i++)
		port = port * 16 +
		       (unsigned)(s.p[i] <= '9' ? s.p[i] - '0' : (s.p[i] | 32) - 'a' + 10);
	if (!inet_ntop(n == 1 ? AF_INET : AF_INET6, raw, text, sizeof(text)))
		return;
	buf_printf(out, n == 1 ? "%s:%u" : "[%s]:%u", text, port);
}

/* A word of a line, counted from 0, blanks of any number between them. */
static struct str word_of(struct str line, unsigned at)
{
	struct str word = {0};

	while (str_next(&line, ' ', &word))
		if (word.n && at-- == 0)
			return word;
	return STR("");
}

static bool describe_inet(struct fds *f, int pid, const char *table, const char *name,
			  uint64_t inode, struct buf *out)
{
	struct str text, line;
	uint64_t v;

	if (proc_read(pid, table, &f->scratch) != 0)
		return false;
	text = buf_str(&f->scratch);
	while (str_next(&text, '\n', &line)) {
		if (!str_u64(word_of(line, 9), &v) || v != inode)
			continue;
		buf_printf(out, "the %s socket ", name);
		address(out, word_of(line, 1));
		if (str_eq(word_of(line, 3), STR("0A"))) {
			BUF_LIT(out, " (listens)");
		} else {
			BUF_LIT(out, " to ");
			address(out, word_of(line, 2));
		}
		return true;
	}
	return false;
}

static bool describe_unix(struct fds *f, int pid, uint64_t inode, struct buf *out)
{
	struct str text, line;
	uint64_t v;

	if (proc_read(pid, "net/unix", &f->scratch) != 0)
		return false;
	text = buf_str(&f->scratch);
	while (str_next(&text, '\n', &line)) {
		struct str path;

		if (!str_u64(word_of(line, 6), &v) || v != inode)
			continue;
		path = word_of(line, 7);
		buf_printf(out, path.n ? "the Unix socket " STR_FMT : "a Unix socket" STR_FMT,
			   STR_ARG(path));
		return true;
	}
	return false;
}

static void describe_socket(struct fds *f, int pid, uint64_t inode, struct buf *out,
			    struct fd_info *info)
{
	static const struct {
		const char *table, *name;
	} tables[] = {
		{"net/tcp", "TCP"}, {"net/tcp6", "TCP"}, {"net/udp", "UDP"}, {"net/udp6", "UDP"}};

	info->wait = WAIT_SOCKET;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (describe_inet(f, pid, tables[i].table, tables[i].name, inode, out))
			return;
	if (!describe_unix(f, pid, inode, out))
		BUF_LIT(out, "a socket");
}

static void describe(struct fds *f, int pid, int fd, bool writing, struct buf *out,
		     struct fd_info *info)
{
	char path[64];
	uint64_t inode;
	struct str link;

	snprintf(path, sizeof(path), "fd/%d", fd);
	if (!proc_link(pid, path, &f->scratch)) {
		buf_printf(out, "file %d", fd);
		return;
	}
	link = arena_str(&f->arena, buf_str(&f->scratch));
	if (numbered(link, "pipe", &inode))
		describe_pipe(f, pid, inode, writing, out, info);
	else if (numbered(link, "socket", &inode))
		describe_socket(f, pid, inode, out, info);
	else if (str_starts(link, STR("anon_inode:")))
		buf_printf(out, "%.*s", (int)(link.n - 11), link.p + 11);
	else
		buf_printf(out, STR_FMT, STR_ARG(link));
	buf_printf(out, " (file %d)", fd);
}

void fds_describe(struct fds *f, int pid, int fd, bool writing, struct fd_info *out)
{
	struct buf text = {0};

	*out = (struct fd_info){.wait = WAIT_FD};
	describe(f, pid, fd, writing, &text, out);
	out->text = arena_str(&f->arena, buf_str(&text));
	buf_release(&text);
}

void fds_describe_several(struct fds *f, int pid, const int *fds, size_t n, struct fd_info *out)
{
	struct buf text = {0};

	*out = (struct fd_info){.wait = WAIT_POLL};
	for (size_t i = 0; i < n && i < POLL_FEW; i++) {
		struct fd_info one = {0};

		if (i)
			BUF_LIT(&text, ", ");
		describe(f, pid, fds[i], false, &text, &one);
		if (n == 1)
			out->other = one.other;
	}
	if (n > POLL_FEW)
		buf_printf(&text, " and %zu more", n - POLL_FEW);
	out->text = arena_str(&f->arena, buf_str(&text));
	buf_release(&text);
}

void fds_describe_epoll(struct fds *f, int pid, int fd, struct fd_info *out)
{
	struct buf info = {0};
	struct str lines, line;
	char path[64];
	int *fds = NULL;
	size_t n = 0, cap = 0;

	snprintf(path, sizeof(path), "fdinfo/%d", fd);
	proc_read(pid, path, &info);
	lines = buf_str(&info);
	/* "tfd:        5 events:       19 data: ..." */
	while (str_next(&lines, '\n', &line)) {
		uint64_t target;

		if (str_starts(line, STR("tfd:")) && str_u64(word_of(line, 1), &target) &&
		    target <= INT32_MAX)
			array_push(fds, n, cap) = (int)target;
	}
	fds_describe_several(f, pid, fds, n, out);
	if (!n)
		out->text = STR("an epoll without files");
	free(fds);
	buf_release(&info);
}

/* Lines of /proc/locks: "1: POSIX  ADVISORY  WRITE 123 fd:01:4711 0 EOF", and of those that wait
 * for it below, "1: -> POSIX ...". */
int fds_lock_holder(struct fds *f, int pid, int tid)
{
	struct str text, line;
	uint64_t holder = 0, v;

	if (proc_read(0, "locks", &f->scratch) != 0)
		return 0;
	text = buf_str(&f->scratch);
	while (str_next(&text, '\n', &line)) {
		bool waits = str_eq(word_of(line, 1), STR("->"));

		if (!str_u64(word_of(line, waits ? 5 : 4), &v))
			continue;
		if (!waits)
			holder = v;
		else if (v == (uint64_t)pid || v == (uint64_t)tid)
			return holder != (uint64_t)pid ? (int)holder : 0;
	}
	return 0;
}
