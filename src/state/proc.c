// SPDX-License-Identifier: GPL-3.0-or-later
/* /proc: see proc.h. */
#include "state/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

static bool hex(struct str *s, char end, uint64_t *out)
{
	size_t i = 0;

	*out = 0;
	if (str_starts(*s, STR("0x")))
		*s = str_from(*s, 2);
	for (; i < s->n && s->p[i] != end; i++) {
		char c = s->p[i];
		int d = c >= '0' && c <= '9'                 ? c - '0'
			: (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
							     : -1;

		if (d < 0 || i == 16)
			return false;
		*out = *out << 4 | (uint64_t)d;
	}
	if (!i || (end && i == s->n))
		return false;
	*s = str_from(*s, i + (i < s->n));
	return true;
}

/* What the kernel writes as \012 in a path. */
static struct str unescape(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.n - i >= 4 && memcmp(s.p + i, "\\012", 4) == 0) {
			p[n++] = '\n';
			i += 3;
		} else {
			p[n++] = s.p[i];
		}
	}
	p[n] = 0;
	return (struct str){p, n};
}

/* "55d0-55d1 r-xp 00001000 fd:01 123   /usr/bin/x (deleted)" */
static bool parse_map(struct str line, struct arena *a, struct image_map *m)
{
	struct str prot, inode;
	uint64_t major, minor;

	*m = (struct image_map){.path = STR("")};
	if (!hex(&line, '-', &m->start) || !hex(&line, ' ', &m->end) || m->start >= m->end ||
	    !str_next(&line, ' ', &prot) || prot.n != 4 || !hex(&line, ' ', &m->offset) ||
	    !hex(&line, ':', &major) || !hex(&line, ' ', &minor) || !str_next(&line, ' ', &inode) ||
	    !str_u64(inode, &m->inode))
		return false;
	m->prot = (prot.p[0] == 'r' ? IMAGE_READ : 0u) | (prot.p[1] == 'w' ? IMAGE_WRITE : 0u) |
		  (prot.p[2] == 'x' ? IMAGE_EXEC : 0u);
	m->device = major << 32 | minor;
	while (line.n && line.p[0] == ' ')
		line = str_from(line, 1);
	m->deleted = m->inode && str_ends(line, STR(" (deleted)"));
	if (m->deleted)
		line.n -= sizeof(" (deleted)") - 1;
	if (line.n)
		m->path = unescape(a, line);
	return true;
}

size_t proc_parse_maps(struct str text, struct arena *a, struct image_map **maps)
{
	struct image_map *items = NULL, *out;
	size_t n = 0, cap = 0;
	uint64_t last = 0;
	struct str line;

	while (n < PROC_MAPS && str_next(&text, '\n', &line)) {
		struct image_map m;

		/* The vsyscall page lies beyond what can be read. */
		if (!parse_map(line, a, &m) || m.start < last || m.start >> 63)
			continue;
		last = m.end;
		array_push(items, n, cap) = m;
	}
	out = arena_alloc(a, n * sizeof(*out));
	if (n)
		memcpy(out, items, n * sizeof(*out));
	free(items);
	*maps = out;
	return n;
}

/* The next number of a line of words. */
static bool next_number(struct str *line, int64_t *out)
{
	struct str word;

	return str_next(line, ' ', &word) && str_i64(word, out);
}

bool proc_parse_stat(struct str text, struct proc_stat *s)
{
	size_t open = str_find_char(text, '('), close = text.n;
	int64_t v[22];

	*s = (struct proc_stat){.state = ' '};
	/* A name may hold anything, ')' too. */
	while (close > 0 && text.p[close - 1] != ')')
		close--;
	if (!close || open >= close)
		return false;
	s->name = str_head(str_from(text, open + 1), close - 1 - open - 1);
	text = str_from(text, close + 1);
	if (text.n < 3)
		return false;
	s->state = text.p[0];
	text = str_from(text, 2);
	for (size_t i = 4; i < ARRAY_SIZE(v); i++)
		if (!next_number(&text, &v[i]))
			return false;
	s->parent = (int)v[4];
	s->user_ticks = v[14];
	s->system_ticks = v[15];
	if (next_number(&text, &v[0]))
		s->start_ticks = (uint64_t)v[0];
	return true;
}

static uint64_t first_number(struct str s)
{
	uint64_t v = 0;
	struct str word;

	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\t')
			s.n = i;
	if (str_next(&s, ' ', &word))
		str_u64(word, &v);
	return v;
}

static int last_number(struct str s)
{
	uint64_t v = 0;
	struct str word;

	s = str_trim(s);
	while (str_next(&s, '\t', &word))
		str_u64(word, &v);
	return (int)v;
}

bool proc_parse_status(struct str text, struct proc_status *s)
{
	struct str line;

	*s = (struct proc_status){.kernel = true};
	while (str_next(&text, '\n', &line)) {
		size_t colon = str_find_char(line, ':');
		struct str name = str_head(line, colon), value = str_from(line, colon + 1);

		if (str_eq(name, STR("Pid"))) {
			s->pid = (int)first_number(value);
			if (!s->inner)
				s->inner = s->pid;
		} else if (str_eq(name, STR("Tgid"))) {
			s->group = (int)first_number(value);
		} else if (str_eq(name, STR("NSpid"))) {
			s->inner = last_number(value);
		} else if (str_eq(name, STR("TracerPid"))) {
			s->tracer = (int)first_number(value);
		} else if (str_eq(name, STR("Uid"))) {
			s->uid = (uint32_t)first_number(value);
		} else if (str_eq(name, STR("VmHWM"))) {
			s->rss_peak = first_number(value) * 1024;
		} else if (str_eq(name, STR("VmRSS"))) {
			s->rss = first_number(value) * 1024;
			s->kernel = false;
		} else if (str_eq(name, STR("voluntary_ctxt_switches"))) {
			s->switches = first_number(value);
		} else if (str_eq(name, STR("nonvoluntary_ctxt_switches"))) {
			s->forced_switches = first_number(value);
		}
	}
	return s->pid != 0;
}

bool proc_parse_syscall(struct str text, struct proc_syscall *s)
{
	struct str word;

	*s = (struct proc_syscall){.number = -1};
	text = str_trim(text);
	if (str_eq(text, STR("running"))) {
		s->running = true;
		return true;
	}
	if (!str_next(&text, ' ', &word) || !str_i64(word, &s->number))
		return false;
	for (size_t i = 0; s->number >= 0 && i < 6; i++)
		if (!hex(&text, ' ', &s->args[i]))
			return false;
	return hex(&text, ' ', &s->sp) && hex(&text, 0, &s->pc);
}

#define PATH_ROOM 128

static void path_of(char path[PATH_ROOM], int pid, const char *name)
{
	if (pid)
		snprintf(path, PATH_ROOM, "/proc/%d/%s", pid, name);
	else
		snprintf(path, PATH_ROOM, "/proc/%s", name);
}

/* Files of one record: the kernel gives all of it at once, so a short read is the last. */
static bool is_single(const char *name)
{
	static const char *const names[] = {"stat", "status", "syscall", "wchan"};
	const char *last = strrchr(name, '/');

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(last ? last + 1 : name, names[i]) == 0)
			return true;
	return false;
}

int proc_read(int pid, const char *name, struct buf *out)
{
	char path[PATH_ROOM];
	int fd, rc = 0;

	buf_clear(out);
	path_of(path, pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	for (;;) {
		ssize_t n;

		buf_reserve(out, 4096);
		n = read(fd, out->p + out->n, out->cap - out->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = errno;
		if (n <= 0)
			break;
		out->n += (size_t)n;
		if (out->n < out->cap && is_single(name))
			break;
	}
	close(fd);
	return rc;
}

size_t proc_numbers(int pid, const char *name, int **out, size_t *cap)
{
	char path[PATH_ROOM];
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	path_of(path, pid, name);
	d = opendir(path);
	while (d && n < PROC_TASKS && (e = readdir(d))) {
		uint64_t id;

		if (str_u64(str_of(e->d_name), &id) && id > 0 && id <= INT32_MAX)
			array_push(*out, n, *cap) = (int)id;
	}
	if (d)
		closedir(d);
	return n;
}

bool proc_link(int pid, const char *name, struct buf *out)
{
	char path[PATH_ROOM];
	ssize_t n;

	buf_clear(out);
	path_of(path, pid, name);
	buf_reserve(out, 4096);
	n = readlink(path, out->p, out->cap);
	if (n < 0)
		return false;
	out->n = (size_t)n;
	return true;
}
