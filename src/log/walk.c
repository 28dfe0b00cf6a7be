// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Depth first with a stack of its own, so that neither deep trees nor loops (bind mounts) can
 * exhaust anything: every entry is counted, and what device and inode number say was there before
 * is left out.
 */
#include "log/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

struct walk_stack {
	const char **paths;
	size_t n, cap;
	struct map seen; /* (device, inode) */
	size_t entries, max;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int skip_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* Put the entries of a directory on the stack, the first name on top; 1 (and errno): unreadable. */
static int push_entries(struct walk *w, struct walk_stack *st, const char *dir, struct err *err)
{
	const char *slash = *dir && dir[strlen(dir) - 1] == '/' ? "" : "/";
	size_t from = st->n;
	struct dirent *d;
	DIR *stream = opendir(dir);

	if (!stream)
		return 1;
	while ((d = readdir(stream))) {
		if (!skip_dots(d))
			continue;
		if (st->entries++ == st->max) {
			closedir(stream);
			return err_set(err, ERR_LIMIT, "more than %zu files", st->max);
		}
		array_push(st->paths, st->n, st->cap) =
			arena_printf(&w->arena, "%s%s%s", dir, slash, d->d_name);
	}
	closedir(stream);
	if (st->n == from)
		return 0;
	qsort(st->paths + from, st->n - from, sizeof(*st->paths), by_name);
	for (size_t i = from, j = st->n; i + 1 < j; i++, j--) {
		const char *swap = st->paths[i];

		st->paths[i] = st->paths[j - 1];
		st->paths[j - 1] = swap;
	}
	return 0;
}

static bool seen_before(struct walk_stack *st, const struct stat *s)
{
	uint64_t id[2] = {s->st_dev, s->st_ino};
	bool fresh;

	map_put(&st->seen, hash_bytes(id, sizeof(id), 0), 0, &fresh);
	return !fresh;
}

static int visit(struct walk *w, struct walk_stack *st, const char *path, size_t rel,
		 struct err *err)
{
	struct walk_file f = {.path = path, .rel = path + rel};
	struct stat s = {0};

	if (lstat(path, &s) != 0 || (S_ISLNK(s.st_mode) && stat(path, &s) != 0)) {
		f.error = errno;
	} else {
		struct stat self;

		if (seen_before(st, &s))
			return 0;
		if (S_ISDIR(s.st_mode)) {
			if (lstat(path, &self) == 0 && S_ISLNK(self.st_mode))
				return 0;
			int rc = push_entries(w, st, path, err);

			if (rc != 1)
				return rc;
			f.error = errno;
		}
		f.mode = s.st_mode;
	}
	array_push(w->files, w->n, w->cap) = f;
	return 0;
}

int walk_dir(struct walk *w, const char *dir, size_t max, struct err *err)
{
	struct walk_stack st = {.max = max};
	size_t rel = strlen(dir) + (*dir && dir[strlen(dir) - 1] != '/');
	struct stat s;
	int rc;

	*w = (struct walk){0};
	if (stat(dir, &s) == 0)
		seen_before(&st, &s);
	rc = push_entries(w, &st, dir, err);
	if (rc == 1)
		rc = err_errno(err, "cannot read the directory");
	while (!rc && st.n)
		rc = visit(w, &st, st.paths[--st.n], rel, err);
	map_release(&st.seen);
	free(st.paths);
	if (rc)
		walk_release(w);
	return rc;
}

void walk_release(struct walk *w)
{
	arena_release(&w->arena);
	free(w->files);
	*w = (struct walk){0};
}
