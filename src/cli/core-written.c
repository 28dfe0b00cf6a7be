// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The core of a process that ended just now: see core-written.h. In the folder of systemd-coredump
 * the names are core.PROGRAM.UID.BOOT.PID.TIME, with .zst, .xz or .lz4 behind; while it is written
 * its name begins with ".#". The process is gone before the core is there: so one that is sure to
 * come is waited for, as long as something shows that it comes.
 */
#include "cli/core-written.h"

#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/corefile.h"
#include "exec/environment.h"
#include "exec/exec.h"
#include "state/corefind.h"

#define MAX_PATTERN 4096
#define SYSTEMD     "/var/lib/systemd/coredump/"
#define STEP_NS     50000000
#define STEPS       100  /* to wait for what does not show */
#define STEPS_MOST  2400 /* to wait for what is being written */
#define DUMP_NS     (INT64_C(60) * 1000000000)

static bool read_setting(const char *path, struct buf *out)
{
	CLEANUP_FREE char *data = NULL;
	struct err err;
	size_t n;

	if (file_read_small(path, MAX_PATTERN, &data, &n, &err))
		return false;
	buf_add_str(out, str_trim((struct str){data, n}));
	return true;
}

static char *newest(const char *pattern, int64_t since_ns)
{
	glob_t g = {0};
	char *best = NULL;
	int64_t best_ns = since_ns;

	if (glob(pattern, GLOB_NOSORT, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			struct stat st;
			int64_t ns;

			if (stat(g.gl_pathv[i], &st) < 0 || !S_ISREG(st.st_mode))
				continue;
			ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
			if (ns < best_ns)
				continue;
			best_ns = ns;
			free(best);
			best = mem_strdup(g.gl_pathv[i]);
		}
	}
	globfree(&g);
	return best;
}

static bool exists(const char *pattern)
{
	glob_t g = {0};
	bool any = glob(pattern, GLOB_NOSORT, NULL, &g) == 0;

	globfree(&g);
	return any;
}

static char *wait_for_systemd(const struct core_wanted *want)
{
	CLEANUP_BUF struct buf done = {0}, begun = {0};
	const struct timespec step = {.tv_nsec = STEP_NS};
	char *found;

	buf_printf(&done, SYSTEMD "core.*.*.*.%d.*", want->pid);
	buf_printf(&begun, SYSTEMD ".#core.*.*.*.%d.*", want->pid);
	for (int i = 0;; i++) {
		found = newest(buf_cstr(&done), want->since_ns);
		if (found || !want->dumped || i == STEPS_MOST ||
		    (i >= STEPS && !exists(buf_cstr(&begun))))
			return found;
		nanosleep(&step, NULL);
	}
}

/* The journal may hold it: coredumpctl writes it out. */
static int from_journal(const struct core_wanted *want, struct arena *a)
{
	char *at = arena_printf(a, "%s/inquest-core-XXXXXX",
				want->tmpdir && *want->tmpdir ? want->tmpdir : "/tmp");
	char *argv[] = {arena_printf(a, "coredumpctl"),   arena_printf(a, "dump"),
			arena_printf(a, "--output"),      at,
			arena_printf(a, "%d", want->pid), NULL};
	struct exec_result result = {0};
	CLEANUP_BUF struct buf out = {0};
	struct err err;
	int fd = mkostemp(at, O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (exec_output(argv, environ, NULL, DUMP_NS, 65536, &out, &result, &err) || result.code ||
	    result.sig) {
		close(fd);
		fd = -1;
	}
	unlink(at);
	return fd;
}

static void open_at(struct core_written *w, const struct core_wanted *want, const char *path,
		    struct arena *a)
{
	struct err err;

	w->name = arena_printf(a, "%s", path);
	if (corefile_open(path, want->tmpdir, &w->fd, &err)) {
		w->fd = -1;
		w->why = arena_printf(a, "%s", err.msg);
	}
}

/* It keeps cores of any size where the pattern does not tell it the limit (Debian's does not). */
static void of_systemd(struct core_written *w, const struct core_wanted *want, struct str pattern,
		       struct arena *a)
{
	CLEANUP_FREE char *path = NULL;

	if (want->off && str_contains(pattern, STR("%c"))) {
		w->why = "systemd-coredump keeps no core of a program whose limit is 0 (ulimit -c "
			 "unlimited, or LimitCORE=infinity in its unit)";
		return;
	}
	path = access(SYSTEMD, X_OK) == 0 ? wait_for_systemd(want) : NULL;
	if (path) {
		open_at(w, want, path, a);
		return;
	}
	w->fd = want->dumped ? from_journal(want, a) : -1;
	w->name = arena_printf(a, "coredumpctl dump %d", want->pid);
	if (w->fd < 0)
		w->why = arena_printf(
			a,
			"systemd-coredump got its core, which cannot be had from there "
			"(coredumpctl info %d may say why)",
			want->pid);
}

void core_written_open(struct core_written *w, const struct core_wanted *want, struct arena *a)
{
	CLEANUP_BUF struct buf pattern = {0}, path = {0};
	CLEANUP_FREE char *found = NULL;
	struct str handler;

	*w = (struct core_written){.fd = -1, .name = "", .why = ""};
	if (!read_setting("/proc/sys/kernel/core_pattern", &pattern))
		return;
	handler = buf_str(&pattern);
	if (str_starts(handler, STR("|"))) {
		handler = str_head(str_from(handler, 1), str_find_char(handler, ' ') - 1);
		if (str_contains(handler, STR("systemd-coredump")))
			of_systemd(w, want, buf_str(&pattern), a);
		else
			w->why = arena_printf(
				a, "the kernel gave its core to " STR_FMT " (kernel.core_pattern)",
				STR_ARG(handler));
		return;
	}
	corefind_glob(buf_str(&pattern), want->pid, &path);
	found = newest(buf_cstr(&path), want->since_ns);
	if (found)
		open_at(w, want, found, a);
	else
		w->why = "no core was written where kernel.core_pattern says";
}
