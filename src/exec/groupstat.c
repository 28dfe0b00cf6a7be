// SPDX-License-Identifier: GPL-3.0-or-later
/* A group's memory and pressure along a run: see groupstat.h. */
#include "exec/groupstat.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "exec/cgroup.h"

#define MAX_GROUPS ((size_t)64 << 10)
#define AGAIN      16 /* looks after which it is asked again which group it is in */

static const char *const pressures[GROUPSTAT_PRESSURES] = {"cpu", "memory", "io"};

static bool read_groups(int pid, struct buf *out)
{
	CLEANUP_FREE char *data = NULL;
	char path[32];
	struct err err;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	if (file_read_small(path, MAX_GROUPS, &data, &n, &err))
		return false;
	buf_clear(out);
	buf_add(out, data, n);
	return true;
}

/* Its group in the one hierarchy, "0::/path"; empty: it has none, or it is the root. */
static struct str unified_group(struct str groups)
{
	struct str line;

	while (str_next(&groups, '\n', &line))
		if (str_starts(line, STR("0::/")))
			return str_from(line, line.n > 4 ? 3 : 4);
	return STR("");
}

static int open_in(const char *dir, struct str group, const char *name, const char *after)
{
	CLEANUP_BUF struct buf path = {0};

	buf_printf(&path, "%s" STR_FMT "/%s%s", dir, STR_ARG(group), name, after);
	return open(buf_cstr(&path), O_RDONLY | O_CLOEXEC);
}

/* The version 2 hierarchy is all there is, or lies beside those of version 1. In a container what
 * is mounted is the group itself. */
static int open_pressure(struct groupstat *g, struct str group, const char *what)
{
	static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		int fd = group.n ? open_in(mounts[i], group, what, ".pressure") : -1;
		CLEANUP_FD int type = -1;

		if (fd < 0)
			fd = open_in(mounts[i], STR(""), what, ".pressure");
		else
			g->group = true;
		if (fd < 0)
			continue;
		type = open_in(mounts[i], STR(""), "cgroup.type", ""); /* a root has none */
		g->group = g->group || type >= 0;
		return fd;
	}
	return open_in("/proc/pressure", STR(""), what, "");
}

static void open_memory(struct groupstat *g, int pid)
{
	CLEANUP_BUF struct buf dir = {0};

	if (!cgroup_memory_of(pid, &dir))
		return;
	g->memory = open_in(buf_cstr(&dir), STR(""), "memory.current", "");
	g->swap = open_in(buf_cstr(&dir), STR(""), "memory.swap.current", "");
	if (g->memory >= 0)
		return;
	g->swap_has_memory = true;
	g->memory = open_in(buf_cstr(&dir), STR(""), "memory.usage_in_bytes", "");
	g->swap = open_in(buf_cstr(&dir), STR(""), "memory.memsw.usage_in_bytes", "");
}

static size_t read_again(int fd, char *buf, size_t cap)
{
	ssize_t n = fd < 0 ? -1 : pread(fd, buf, cap, 0);

	return n > 0 ? (size_t)n : 0;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123", and the same of "full" */
bool groupstat_parse(struct str text, uint64_t totals[2])
{
	struct str line, name = STR("total=");
	bool some = false;

	while (str_next(&text, '\n', &line)) {
		struct str total = str_trim(str_from(line, str_find(line, name) + name.n));

		if (str_starts(line, STR("some ")))
			some |= str_u64(total, &totals[0]);
		else if (str_starts(line, STR("full ")))
			str_u64(total, &totals[1]);
	}
	return some;
}

static void read_totals(const struct groupstat *g, size_t i, uint64_t totals[2])
{
	char buf[256];
	size_t n = read_again(g->pressure[i], buf, sizeof(buf));

	totals[0] = totals[1] = UINT64_MAX;
	groupstat_parse((struct str){buf, n}, totals);
	/* Of a machine "all wait for a processor" is not defined (psi.rst): always 0. */
	if (i == GROUPSTAT_CPU && !g->group)
		totals[1] = UINT64_MAX;
}

static void open_all(struct groupstat *g, int pid, int64_t at_ns)
{
	struct str group = unified_group(buf_str(&g->groups));

	*g = (struct groupstat){.memory = -1, .swap = -1, .groups = g->groups, .last_ns = at_ns};
	for (size_t i = 0; i < GROUPSTAT_PRESSURES; i++) {
		g->pressure[i] = open_pressure(g, group, pressures[i]);
		read_totals(g, i, &g->totals[2 * i]);
	}
	open_memory(g, pid);
}

static void close_all(struct groupstat *g)
{
	int *fds[] = {&g->pressure[0], &g->pressure[1], &g->pressure[2], &g->memory, &g->swap};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

void groupstat_init(struct groupstat *g, int pid, int64_t at_ns)
{
	*g = (struct groupstat){0};
	read_groups(pid, &g->groups);
	open_all(g, pid, at_ns);
}

void groupstat_release(struct groupstat *g)
{
	close_all(g);
	buf_release(&g->groups);
}

static void follow(struct groupstat *g, int pid, int64_t at_ns)
{
	CLEANUP_BUF struct buf now = {0};

	if (++g->looks % AGAIN || !read_groups(pid, &now) ||
	    str_eq(buf_str(&now), buf_str(&g->groups)))
		return;
	close_all(g);
	buf_clear(&g->groups);
	buf_add_str(&g->groups, buf_str(&now));
	open_all(g, pid, at_ns);
}

static uint64_t read_number(int fd)
{
	char buf[32];
	uint64_t v;

	return str_u64(str_trim((struct str){buf, read_again(fd, buf, sizeof(buf))}), &v)
		       ? v
		       : EXEC_UNKNOWN;
}

void groupstat_sample(struct groupstat *g, int pid, int64_t at_ns, struct exec_sample *s)
{
	double us = (double)(at_ns - g->last_ns) / 1e3;

	for (size_t i = 0; i < GROUPSTAT_PRESSURES; i++) {
		uint64_t now[2];

		read_totals(g, i, now);
		for (size_t k = 0; k < 2; k++) {
			uint64_t *before = &g->totals[2 * i + k];

			s->psi[2 * i + k] = (double)NAN;
			if (now[k] != UINT64_MAX && *before != UINT64_MAX && now[k] >= *before &&
			    us > 0)
				s->psi[2 * i + k] = fmin(1, (double)(now[k] - *before) / us);
			*before = now[k];
		}
	}
	g->last_ns = at_ns;
	s->psi_of_group = g->group;
	s->group_memory = read_number(g->memory);
	s->group_swap = read_number(g->swap);
	if (g->swap_has_memory && s->group_swap != EXEC_UNKNOWN)
		s->group_swap =
			s->group_memory <= s->group_swap ? s->group_swap - s->group_memory : 0;
	follow(g, pid, at_ns);
}
