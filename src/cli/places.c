// SPDX-License-Identifier: GPL-3.0-or-later
/* Where runs are recorded: see places.h. */
#include "cli/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static char *join(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return path;
}

static bool is_there(const char *dir, const char *name)
{
	CLEANUP_FREE char *path = join(dir, name);

	return access(path, F_OK) == 0;
}

/* The nearest folder upwards with .inquest/ in it or that is a repository; else this one. */
static char *find_root(void)
{
	CLEANUP_FREE char *here = getcwd(NULL, 0);
	char *dir = here ? mem_strdup(here) : mem_strdup(".");

	for (;;) {
		char *slash;

		if (is_there(dir, ".inquest") || is_there(dir, ".git"))
			return dir;
		slash = strrchr(dir, '/');
		if (!slash || slash == dir)
			break;
		*slash = 0;
	}
	free(dir);
	return mem_strdup(here ? here : ".");
}

static int make_dir(const char *dir, struct err *err)
{
	CLEANUP_FREE char *ignore = join(dir, ".gitignore");
	CLEANUP_FD int fd = -1;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return err_errno(err, "%s: cannot create", dir);
	fd = open(ignore, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0)
		return file_write_all(fd, "*\n", 2, err);
	return 0;
}

int places_open(struct places *p, const char *store, struct err *err)
{
	CLEANUP_FREE char *root = find_root();
	struct places q = {.dir = join(root, ".inquest")};
	int rc = make_dir(q.dir, err);

	q.store = store ? mem_strdup(store) : join(q.dir, "store.db");
	q.evidence = join(q.dir, "evidence");
	q.live = join(q.dir, "live");
	q.cache = join(q.dir, "cache");
	if (rc)
		places_release(&q);
	else
		*p = q;
	return rc;
}

void places_release(struct places *p)
{
	free(p->dir);
	free(p->store);
	free(p->evidence);
	free(p->live);
	free(p->cache);
	*p = (struct places){0};
}
