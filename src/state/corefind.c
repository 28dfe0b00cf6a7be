// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Core files: see corefind.h. In the folders of the pattern and of the known handlers all files are
 * looked at whose names look like a core's; an uncompressed one is one if it is an ELF core.
 */
#include "state/corefind.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "state/core.h"
#include "state/proc.h"

#define FILES_MOST ((size_t)10000) /* of a folder */
#define FOUND_MOST ((size_t)1000)

/* Where handlers keep cores, in folders of their own. */
static const char *const handlers[] = {"/var/lib/systemd/coredump", "/var/lib/apport/coredump",
				       "/var/crash", "/cores"};
#define ABRT "/var/spool/abrt"

struct looking {
	struct corefind *f;
	struct arena *a;
	const char *program;
	size_t cap, capplaces;
};

static bool is_packed(struct str name)
{
	return str_ends(name, STR(".zst")) || str_ends(name, STR(".lz4")) ||
	       str_ends(name, STR(".xz")) || str_ends(name, STR(".gz"));
}

/* The nth part of a name between dots; empty if there is none. */
static struct str part_of(struct str name, unsigned n)
{
	struct str part = {0};

	while (str_next(&name, '.', &part))
		if (n-- == 0)
			return part;
	return STR("");
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* systemd writes dots and blanks in a program's name as \x2e. */
static struct str unescape(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int high = -1, low = -1;

		if (s.n - i >= 4 && s.p[i] == '\\' && s.p[i + 1] == 'x') {
			high = digit(s.p[i + 2]);
			low = digit(s.p[i + 3]);
		}
		if (high >= 0 && low >= 0)
			i += 3;
		p[n++] = high >= 0 && low >= 0 ? (char)(16 * high + low) : s.p[i];
	}
	return (struct str){p, n};
}

/* systemd: core.PROGRAM.UID.BOOT.PID.TIME; others: core.PID, PROGRAM.core, core. */
static void by_name(struct looking *l, struct str name, struct found_core *c)
{
	uint64_t pid;

	if (str_starts(name, STR("core.")) && part_of(name, 3).n == 32) {
		c->program = unescape(l->a, part_of(name, 1));
		if (str_u64(part_of(name, 4), &pid) && pid <= INT32_MAX)
			c->pid = (int)pid;
	} else if (str_starts(name, STR("core.")) && str_u64(part_of(name, 1), &pid) &&
		   pid <= INT32_MAX) {
		c->pid = (int)pid;
	} else if (str_ends(name, STR(".core"))) {
		c->program = str_head(name, name.n - 5);
	}
}

/* By what it says itself; false: it is no core. */
static bool by_content(struct looking *l, int fd, struct found_core *c)
{
	struct core core;

	if (core_open(&core, fd, &(struct core_where){0}, NULL) != 0)
		return false;
	c->program = arena_str(l->a, core.name);
	c->pid = core.pid;
	core_release(&core);
	return true;
}

static bool is_there(const struct looking *l, struct str path)
{
	for (size_t i = 0; i < l->f->n; i++)
		if (str_eq(l->f->items[i].path, path))
			return true;
	return false;
}

static void consider(struct looking *l, const char *path)
{
	struct found_core c = {.program = STR(""), .path = str_of(path)};
	struct str name = str_of(strrchr(path, '/') + 1);
	struct stat st;
	int fd;

	if (l->f->n >= FOUND_MOST || is_there(l, c.path))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return;
	}
	c.path = arena_str(l->a, c.path);
	c.time_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
	c.size = (uint64_t)st.st_size;
	c.packed = is_packed(name);
	by_name(l, arena_str(l->a, name), &c);
	if (c.packed)
		close(fd);
	else if (!by_content(l, fd, &c))
		return;
	if (!l->program || str_contains(c.program, str_of(l->program)))
		array_push(l->f->items, l->f->n, l->cap) = c;
}

void corefind_glob(struct str pattern, int pid, struct buf *out)
{
	struct buf uses = {0};
	bool has_pid = false;

	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];

		if (c != '%' || i + 1 == pattern.n) {
			if (strchr("*?[\\", c))
				buf_add_char(out, '\\');
			buf_add_char(out, c);
			continue;
		}
		c = pattern.p[++i];
		has_pid = has_pid || c == 'p' || c == 'P';
		if (pid && (c == 'p' || c == 'P'))
			buf_printf(out, "%d", pid);
		else
			buf_add_char(out, c == '%' ? '%' : '*');
	}
	if (!has_pid && proc_read(0, "sys/kernel/core_uses_pid", &uses) == 0 &&
	    !str_eq(str_trim(buf_str(&uses)), STR("0"))) {
		if (pid)
			buf_printf(out, ".%d", pid);
		else
			BUF_LIT(out, ".*");
	}
	buf_release(&uses);
}

static bool looks_like_core(struct str name)
{
	return str_contains_nocase(name, STR("core"));
}

static void look_into(struct looking *l, const char *folder)
{
	DIR *d;
	struct dirent *e;
	size_t n = 0;

	for (size_t i = 0; i < l->f->nplaces; i++)
		if (str_eq(l->f->places[i], str_of(folder)))
			return;
	d = opendir(folder);
	if (!d)
		return;
	array_push(l->f->places, l->f->nplaces, l->capplaces) = arena_str(l->a, str_of(folder));
	while (n++ < FILES_MOST && (e = readdir(d)))
		if (looks_like_core(str_of(e->d_name)))
			consider(l, arena_printf(l->a, "%s/%s", folder, e->d_name));
	closedir(d);
}

/* What the pattern names in other ways, wherever it says. */
static void look_by_pattern(struct looking *l, const char *dir)
{
	struct buf names = {0};
	glob_t g = {0};

	if (!str_starts(l->f->pattern, STR("/")))
		buf_printf(&names, "%s/", dir);
	corefind_glob(l->f->pattern, 0, &names);
	if (glob(buf_cstr(&names), GLOB_NOSORT, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc && i < FILES_MOST; i++)
			consider(l, g.gl_pathv[i]);
	globfree(&g);
	buf_release(&names);
}

/* ABRT has a folder for each crash. */
static void look_into_abrt(struct looking *l)
{
	DIR *d = opendir(ABRT);
	struct dirent *e;
	size_t n = 0;

	while (d && n++ < FILES_MOST && (e = readdir(d)))
		if (e->d_name[0] != '.')
			look_into(l, arena_printf(l->a, ABRT "/%s", e->d_name));
	if (d)
		closedir(d);
}

static int newest_first(const void *a, const void *b)
{
	const struct found_core *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns > y->time_ns ? -1 : 1;
	return str_cmp(x->path, y->path);
}

static void read_pattern(struct looking *l)
{
	struct buf text = {0};
	struct rlimit limit = {.rlim_cur = 1};

	l->f->pattern = l->f->handler = STR("");
	if (proc_read(0, "sys/kernel/core_pattern", &text) == 0)
		l->f->pattern = arena_str(l->a, str_trim(buf_str(&text)));
	buf_release(&text);
	if (str_starts(l->f->pattern, STR("|"))) {
		struct str rest = str_from(l->f->pattern, 1);

		str_next(&rest, ' ', &l->f->handler);
	}
	getrlimit(RLIMIT_CORE, &limit);
	l->f->off = limit.rlim_cur == 0 && !l->f->handler.n;
}

/* What was collected, into the arena. */
static void *keep(struct arena *a, void *items, size_t n, size_t size)
{
	void *copy = arena_alloc(a, n * size);

	if (n)
		memcpy(copy, items, n * size);
	free(items);
	return copy;
}

void corefind_look(struct corefind *f, const char *program, const char *dir, struct arena *a)
{
	struct looking l = {.f = f, .a = a, .program = program};

	*f = (struct corefind){0};
	read_pattern(&l);
	look_into(&l, dir);
	if (str_starts(f->pattern, STR("/"))) {
		size_t n = f->pattern.n;

		while (n > 1 && f->pattern.p[n - 1] != '/')
			n--;
		n -= n > 1;
		look_into(&l, arena_str(a, str_head(f->pattern, n)).p);
	}
	if (f->pattern.n && !f->handler.n)
		look_by_pattern(&l, dir);
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++)
		look_into(&l, handlers[i]);
	look_into_abrt(&l);
	if (f->n)
		qsort(f->items, f->n, sizeof(*f->items), newest_first);
	f->items = keep(a, f->items, f->n, sizeof(*f->items));
	f->places = keep(a, f->places, f->nplaces, sizeof(*f->places));
}
