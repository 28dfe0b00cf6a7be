// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Control groups: see cgroup.h. /proc/self/cgroup names the group from the root of the hierarchy;
 * inside a container that root may not be what is mounted: then our group is the mounted root.
 */
#include "exec/cgroup.h"

#include <stdlib.h>

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
bool cgroup_read(struct buf *out, const char *controller, const char *v1_name, const char *v2_name)
{
	CLEANUP_FREE char *data = NULL;
	struct str rest, line;
	struct err err;
	size_t n;

	if (file_read_small("/proc/self/cgroup", MAX_FILE, &data, &n, &err))
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
