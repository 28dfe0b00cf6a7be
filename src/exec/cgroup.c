// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Control groups: see cgroup.h. /proc/self/cgroup names the group from the root of the hierarchy;
 * inside a container that root may not be what is mounted: then our group is the mounted root.
 */
#include "exec/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define MOUNT    "/sys/fs/cgroup"
#define MAX_FILE ((size_t)64 << 10)

static bool read_at(struct buf *out, const char *mount, struct str group, const char *name)
{
	CLEANUP_BUF struct buf path = {0};
	CLEANUP_FREE char *data = NULL;
	struct err err;
	size_t n;

	buf_printf(&path, MOUNT "%s%s" STR_FMT "/%s", *mount ? "/" : "", mount, STR_ARG(group),
		   name);
	if (file_read_small(buf_cstr(&path), MAX_FILE, &data, &n, &err))
		return false;
	buf_add_str(out, str_trim((struct str){data, n}));
	return true;
}

static bool read_group(struct buf *out, const char *mount, struct str group, const char *name)
{
	if (str_eq(group, STR("/")))
		group = STR("");
	return read_at(out, mount, group, name) || (group.n && read_at(out, mount, STR(""), name));
}

static bool lists(struct str controllers, struct str name)
{
	struct str one;

	while (str_next(&controllers, ',', &one))
		if (str_eq(one, name))
			return true;
	return false;
}

/* Lines are "4:memory:/path", in version 2 "0::/path". */
bool cgroup_read_of(int pid, struct buf *out, const char *controller, const char *v1_name,
		    const char *v2_name)
{
	CLEANUP_FREE char *data = NULL;
	char path[32] = "/proc/self/cgroup";
	struct str rest, line;
	struct err err;
	size_t n;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	if (file_read_small(path, MAX_FILE, &data, &n, &err))
		return false;
	rest = (struct str){data, n};
	while (str_next(&rest, '\n', &line)) {
		struct str controllers, group = line, number;

		if (!str_next(&group, ':', &number) || !str_next(&group, ':', &controllers))
			continue;
		if (!controllers.n ? read_group(out, "", group, v2_name)
				   : lists(controllers, str_of(controller)) &&
					     read_group(out, controller, group, v1_name))
			return true;
	}
	return false;
}

bool cgroup_read(struct buf *out, const char *controller, const char *v1_name, const char *v2_name)
{
	return cgroup_read_of(0, out, controller, v1_name, v2_name);
}

uint64_t cgroup_oom_kills(void)
{
	CLEANUP_BUF struct buf b = {0};
	struct str rest, line, word = STR("oom_kill ");
	uint64_t n;

	if (!cgroup_read(&b, "memory", "memory.oom_control", "memory.events"))
		return 0;
	rest = buf_str(&b);
	while (str_next(&rest, '\n', &line))
		if (str_starts(line, word) && str_u64(str_from(line, word.n), &n))
			return n;
	return 0;
}

/* The group of a process: "" is the root; *v2: of the one hierarchy. */
static bool memory_group(int pid, struct buf *group, bool *v2)
{
	CLEANUP_FREE char *path = NULL, *data = NULL;
	struct str rest, line, unified = STR("");
	bool any = false;
	struct err err;
	size_t n;

	if ((pid ? asprintf(&path, "/proc/%d/cgroup", pid) : asprintf(&path, "/proc/self/cgroup")) <
	    0)
		abort();
	if (file_read_small(path, MAX_FILE, &data, &n, &err))
		return false;
	rest = (struct str){data, n};
	while (str_next(&rest, '\n', &line)) {
		struct str name = line, controllers, number;

		if (!str_next(&name, ':', &number) || !str_next(&name, ':', &controllers))
			continue;
		if (!controllers.n) {
			unified = name;
			any = true;
		} else if (lists(controllers, STR("memory"))) {
			buf_add_str(group, name);
			*v2 = false;
			return true;
		}
	}
	buf_add_str(group, unified);
	*v2 = true;
	return any;
}

bool cgroup_memory_of(int pid, struct buf *dir)
{
	CLEANUP_BUF struct buf group = {0};
	const char *mount;
	bool v2;

	if (!memory_group(pid, &group, &v2))
		return false;
	mount = v2 ? MOUNT : MOUNT "/memory";
	buf_clear(dir);
	buf_printf(dir, "%s" STR_FMT, mount, STR_ARG(buf_str(&group)));
	if (access(buf_cstr(dir), X_OK) == 0)
		return true;
	buf_clear(dir); /* in a container what is mounted is our group itself */
	buf_printf(dir, "%s", mount);
	return access(buf_cstr(dir), X_OK) == 0;
}

static bool number_in(const char *dir, const char *v1, const char *v2, uint64_t *out)
{
	const char *const names[] = {v1, v2};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *path = NULL, *data = NULL;
		struct err err;
		size_t n;

		if (asprintf(&path, "%s/%s", dir, names[i]) < 0)
			abort();
		if (!file_read_small(path, MAX_FILE, &data, &n, &err))
			return str_u64(str_trim((struct str){data, n}), out);
	}
	return false;
}

static bool oom_kills_in(const char *dir, uint64_t *out)
{
	static const char *const names[] = {"memory.oom_control", "memory.events"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *path = NULL, *data = NULL;
		struct str rest, line, word = STR("oom_kill ");
		struct err err;
		size_t n;

		if (asprintf(&path, "%s/%s", dir, names[i]) < 0)
			abort();
		if (file_read_small(path, MAX_FILE, &data, &n, &err))
			continue;
		rest = (struct str){data, n};
		while (str_next(&rest, '\n', &line))
			if (str_starts(line, word) && str_u64(str_from(line, word.n), out))
				return true;
	}
	return false;
}

void cgroup_memory_read(const char *dir, struct cgroup_memory *m)
{
	CLEANUP_FREE char *at = mem_strdup(dir);

	*m = (struct cgroup_memory){0};
	m->counts = oom_kills_in(dir, &m->oom_kills);
	/* A limit of a group above counts too; version 1 writes a huge number for none. */
	while (strlen(at) >= strlen(MOUNT) || strcmp(at, dir) == 0) {
		uint64_t limit;
		char *slash = strrchr(at, '/');

		if (number_in(at, "memory.limit_in_bytes", "memory.max", &limit) &&
		    limit < UINT64_C(1) << 62) {
			m->limit = limit;
			number_in(at, "memory.max_usage_in_bytes", "memory.peak", &m->peak);
			return;
		}
		if (!slash || slash == at)
			return;
		*slash = '\0';
	}
}
