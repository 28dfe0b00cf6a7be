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

	if (!str_starts(section, prefix))
		return err_set(err, ERR_INPUT,
			       "no section [" STR_FMT "]; there is: [log-format NAME]",
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

static int read_if_there(const char *dir, const char *name, struct logformat_set **formats,
			 bool *found, struct err *err)
{
	CLEANUP_FREE char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	*found = access(path, R_OK) == 0;
	return *found ? settings_read(path, formats, err) : 0;
}

/* The nearest inquest.conf from here up to the repository's root. */
static int read_project(struct logformat_set **formats, struct err *err)
{
	CLEANUP_FREE char *dir = getcwd(NULL, 0);
	bool found = false;

	while (dir && *dir) {
		CLEANUP_FREE char *git = NULL;
		int rc = read_if_there(dir, "inquest.conf", formats, &found, err);
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

int settings_read_default(struct logformat_set **formats, struct err *err)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	CLEANUP_FREE char *dir = NULL;
	bool found;
	int rc = read_project(formats, err);

	if (rc)
		return rc;
	if (xdg && *xdg)
		dir = mem_strdup(xdg);
	else if (!home || asprintf(&dir, "%s/.config", home) < 0)
		return 0;
	return read_if_there(dir, "inquest/inquest.conf", formats, &found, err);
}
