// SPDX-License-Identifier: GPL-3.0-or-later
/* Settings from files: see settings.h. */
#include "cli/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "text/ini.h"

#define MAX_CONFIG ((size_t)16 << 20)

struct reading {
	struct logformat_set **formats;
	const char *path; /* what relative paths in it are relative to */
};

static int read_lnav(struct reading *r, struct str value, struct err *err)
{
	CLEANUP_FREE char *path = NULL, *data = NULL;
	const char *slash = strrchr(r->path, '/');
	size_t n;
	int rc;

	if (value.n && value.p[0] != '/' && slash)
		rc = asprintf(&path, "%.*s/" STR_FMT, (int)(slash - r->path), r->path,
			      STR_ARG(value));
	else
		rc = asprintf(&path, STR_FMT, STR_ARG(value));
	if (rc < 0)
		abort();
	rc = file_read_small(path, MAX_CONFIG, &data, &n, err);
	if (rc)
		return rc;
	rc = logformat_set_add_lnav(*r->formats, (struct str){data, n}, err);
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

static int setting(void *arg, struct str section, struct str key, struct str value, struct err *err)
{
	struct reading *r = arg;
	struct str prefix = STR("log-format");

	if (!section.n && str_eq(key, STR("store")))
		return 0; /* settings_value() reads it */
	if (str_starts(section, STR("variable ")))
		return 0; /* cli/add-extract.h */
	if (!str_starts(section, prefix))
		return err_set(err, ERR_INPUT,
			       "no section [" STR_FMT
			       "]; there are: [log-format NAME] [variable NAME]",
			       STR_ARG(str_head(section, 60)));
	if (!*r->formats)
		*r->formats = logformat_set_new();
	if (str_eq(key, STR("regex")))
		return logformat_set_add_regex(*r->formats, str_trim(str_from(section, prefix.n)),
					       value, err);
	if (str_eq(key, STR("lnav")))
		return read_lnav(r, value, err);
	return err_set(err, ERR_INPUT,
		       "no setting '" STR_FMT "' in [log-format]; there are: regex lnav",
		       STR_ARG(str_head(key, 60)));
}

int settings_read(const char *path, struct logformat_set **formats, struct err *err)
{
	struct reading r = {.formats = formats, .path = path};
	CLEANUP_FREE char *data = NULL;
	size_t n;
	int rc = file_read_small(path, MAX_CONFIG, &data, &n, err);

	if (rc)
		return rc;
	if (n && data[0] == '{') { /* a format file of lnav by itself */
		if (!*formats)
			*formats = logformat_set_new();
		rc = logformat_set_add_lnav(*formats, (struct str){data, n}, err);
	} else {
		rc = ini_parse((struct str){data, n}, setting, &r, err);
	}
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

/* What is done with each file that applies; *stop: no more. */
typedef int file_fn(void *arg, const char *path, bool *stop, struct err *err);

static int visit_if_there(const char *dir, const char *name, file_fn *fn, void *arg, bool *found,
			  bool *stop, struct err *err)
{
	CLEANUP_FREE char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	*found = access(path, R_OK) == 0;
	return *found ? fn(arg, path, stop, err) : 0;
}

/* The nearest inquest.conf from here up to the repository's root. */
static int visit_project(file_fn *fn, void *arg, bool *stop, struct err *err)
{
	CLEANUP_FREE char *dir = getcwd(NULL, 0);
	bool found = false;

	while (dir && *dir) {
		CLEANUP_FREE char *git = NULL;
		int rc = visit_if_there(dir, "inquest.conf", fn, arg, &found, stop, err);
		char *slash = strrchr(dir, '/');

		if (rc || found)
			return rc;
		if (asprintf(&git, "%s/.git", dir) < 0)
			abort();
		if (access(git, F_OK) == 0 || !slash)
			return 0;
		*slash = 0;
	}
	return 0;
}

char *settings_user_path(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int rc;

	if (xdg && *xdg)
		rc = asprintf(&path, "%s/inquest/inquest.conf", xdg);
	else if (home)
		rc = asprintf(&path, "%s/.config/inquest/inquest.conf", home);
	else
		return NULL;
	if (rc < 0)
		abort();
	return path;
}

static int visit_files(file_fn *fn, void *arg, struct err *err)
{
	CLEANUP_FREE char *user = settings_user_path();
	bool stop = false;
	int rc = visit_project(fn, arg, &stop, err);

	if (rc || stop || !user || access(user, R_OK) != 0)
		return rc;
	return fn(arg, user, &stop, err);
}

static int read_file(void *arg, const char *path, bool *stop, struct err *err)
{
	return settings_read(path, arg, err);
}

int settings_read_default(struct logformat_set **formats, struct err *err)
{
	return visit_files(read_file, formats, err);
}

struct wanted {
	struct str key;
	const char *path;
	char *value;
};

static int take_value(void *arg, struct str section, struct str key, struct str value,
		      struct err *err)
{
	struct wanted *w = arg;
	const char *slash = strrchr(w->path, '/');
	int rc;

	if (section.n || !str_eq(key, w->key) || w->value)
		return 0;
	if (value.n && value.p[0] != '/' && !str_contains(value, STR("://")) && slash)
		rc = asprintf(&w->value, "%.*s/" STR_FMT, (int)(slash - w->path), w->path,
			      STR_ARG(value));
	else
		rc = asprintf(&w->value, STR_FMT, STR_ARG(value));
	if (rc < 0)
		abort();
	return 0;
}

static int look_for_value(void *arg, const char *path, bool *stop, struct err *err)
{
	struct wanted *w = arg;
	CLEANUP_FREE char *data = NULL;
	size_t n;
	int rc = file_read_small(path, MAX_CONFIG, &data, &n, err);

	w->path = path;
	if (!rc && n && data[0] != '{')
		rc = ini_parse((struct str){data, n}, take_value, w, err);
	*stop = w->value != NULL;
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

int settings_value(const char *key, char **value, struct err *err)
{
	struct wanted w = {.key = str_of(key)};
	int rc = visit_files(look_for_value, &w, err);

	if (rc)
		free(w.value);
	else
		*value = w.value;
	return rc;
}
