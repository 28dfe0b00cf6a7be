// SPDX-License-Identifier: GPL-3.0-or-later
/* Where things lie: see workspace.h. */
#include "cli/workspace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/live.h"
#include "cli/settings.h"

#define FOLDER ".inquest"

static char *joined(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", dir, strcmp(dir, "/") == 0 ? "" : "/", name) < 0)
		abort();
	return path;
}

static bool holds(const char *dir, const char *name)
{
	CLEANUP_FREE char *path = joined(dir, name);

	return access(path, F_OK) == 0;
}

static char *find_root(struct err *err)
{
	CLEANUP_FREE char *here = getcwd(NULL, 0), *dir = NULL;

	if (!here) {
		(void)err_errno(err, "the current folder");
		return NULL;
	}
	dir = mem_strdup(here);
	while (!holds(dir, FOLDER) && !holds(dir, ".git")) {
		char *slash = strrchr(dir, '/');

		if (!slash[1]) /* the root of all: nothing found */
			return mem_strdup(here);
		slash[slash == dir] = 0;
	}
	return mem_strdup(dir);
}

/* The folder of a store in an .inquest, else NULL. */
static char *folder_of(const char *store)
{
	CLEANUP_FREE char *dir = mem_strdup(store);
	char *slash = strrchr(dir, '/'), *name;

	if (!slash || strstr(store, "://"))
		return NULL;
	*slash = 0;
	name = strrchr(dir, '/');
	return strcmp(name ? name + 1 : dir, FOLDER) == 0 ? mem_strdup(dir) : NULL;
}

int workspace_find(struct workspace *w, const char *store, struct err *err)
{
	const char *env = getenv("INQUEST_STORE");
	char *setting = NULL;
	int rc = 0;

	*w = (struct workspace){.root = find_root(err)};
	if (!w->root)
		return -ERR_SYSTEM;
	if (store && !*store)
		return err_set(err, ERR_USAGE, "--store wants a path or postgresql://...");
	if (!store && env && *env)
		store = env;
	if (!store)
		rc = settings_value("store", &setting, err);
	if (rc)
		return rc;
	w->store = store ? mem_strdup(store) : setting;
	w->dir = w->store ? folder_of(w->store) : NULL;
	if (!w->dir)
		w->dir = joined(w->root, FOLDER);
	if (!w->store)
		w->store = joined(w->dir, "store.db");
	w->evidence = joined(w->dir, "evidence");
	w->live = joined(w->dir, "live");
	return 0;
}

void workspace_release(struct workspace *w)
{
	free(w->root);
	free(w->dir);
	free(w->store);
	free(w->evidence);
	free(w->live);
	*w = (struct workspace){0};
}

static int make_folder(const char *path, struct err *err)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST
		       ? 0
		       : err_errno(err, "%s: cannot make the folder", path);
}

int workspace_make(const struct workspace *w, struct err *err)
{
	CLEANUP_FREE char *ignore = joined(w->dir, ".gitignore");
	struct file_replace f;
	int rc = make_folder(w->dir, err);

	if (!rc)
		rc = make_folder(w->live, err);
	if (rc || access(ignore, F_OK) == 0)
		return rc;
	rc = file_replace_open(&f, ignore, err);
	if (rc)
		return rc;
	fputs("*\n", f.f);
	return file_replace_commit(&f, err);
}

/* Runs that were killed are recorded now. If they cannot be, it is told, and they stay. */
static void take_left(const struct workspace *w)
{
	struct live_target target = {.evidence_dir = w->evidence, .workspace = w};
	struct err err;
	size_t n = 0;
	int rc;

	if (!live_left(w->live))
		return;
	rc = store_open(&target.store, w->store, STORE_CREATE, &err);
	if (!rc) {
		rc = live_take_left(w->live, &target, &n, &err);
		store_close(target.store);
	}
	if (n)
		fprintf(stderr, "inquest: %zu interrupted run%s recorded\n", n, n > 1 ? "s" : "");
	if (rc)
		fprintf(stderr, "inquest: an interrupted run is not recorded: %s\n", err.msg);
}

int workspace_open(const struct workspace *w, enum store_mode mode, struct store **s,
		   struct err *err)
{
	int rc = mode == STORE_CREATE ? workspace_make(w, err) : 0;

	if (rc)
		return rc;
	take_left(w);
	return store_open(s, w->store, mode, err);
}
