// SPDX-License-Identifier: GPL-3.0-or-later
/* Settings from files: see settings.h. */
#include "cli/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "cli/options.h"
#include "report/style.h"
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

/* ---- what there is ---- */

static const struct settings_section sections[] = {
	{"", {"store"}},
	{"log-format", {"regex", "lnav"}},
	{"variable", {"regex", "template", "define", "unit", "better"}},
};

struct str settings_kind(struct str section)
{
	return str_head(section, str_find_char(section, ' '));
}

static const struct settings_section *find_section(struct str kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (str_eq(kind, str_of(sections[i].kind)))
			return &sections[i];
	return NULL;
}

static void add_suggestion(struct str given, const char *const *words, size_t n, const char *before,
			   struct buf *out)
{
	CLEANUP_BUF struct buf b = {0};
	const char *near;

	buf_add_str(&b, str_head(given, 60));
	near = options_suggest(buf_cstr(&b), words, n);
	if (near)
		buf_printf(out, "; did you mean %s%s?", before, near);
	for (size_t i = 0; !near && i < n; i++)
		buf_printf(out, "%s%s%s", i ? " " : "; there are: ", before, words[i]);
}

bool settings_known(struct str section, struct str key, struct buf *why)
{
	const struct settings_section *s = find_section(settings_kind(section));
	const char *kinds[ARRAY_SIZE(sections)];
	size_t n = 0;

	if (!s) {
		for (size_t i = 1; i < ARRAY_SIZE(sections); i++)
			kinds[i - 1] = sections[i].kind;
		buf_printf(why, "no section [" STR_FMT "]", STR_ARG(str_head(section, 60)));
		add_suggestion(settings_kind(section), kinds, ARRAY_SIZE(sections) - 1, "", why);
		return false;
	}
	for (; n < SETTINGS_KEYS && s->keys[n]; n++)
		if (str_eq(key, str_of(s->keys[n])))
			return true;
	buf_printf(why, "no setting '" STR_FMT "'", STR_ARG(str_head(key, 60)));
	if (*s->kind)
		buf_printf(why, " in [%s]", s->kind);
	add_suggestion(key, s->keys, n, "", why);
	return false;
}

struct warning {
	const char *path;
	struct str text;
};

static int warn(void *arg, struct str section, struct str key, struct str value, struct err *err)
{
	const struct warning *w = arg;
	CLEANUP_BUF struct buf why = {0}, line = {0};

	if (settings_known(section, key, &why))
		return 0;
	style_add_foreign(&line, buf_str(&why), 0);
	fprintf(stderr, "inquest: %s:%zu: %s\n", w->path, ini_line(w->text, key), buf_cstr(&line));
	return 0;
}

/* Once for each file, whoever reads it first. */
static void warn_of_unknown(const char *path, struct str text)
{
	static uint64_t told[4];
	struct warning w = {path, text};
	uint64_t id = hash_str(str_of(path));
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		if (told[i] == id)
			return;
		if (told[i])
			continue;
		told[i] = id;
		(void)!ini_parse(text, warn, &w,
				 &err); /* who wants its values says what is wrong */
		return;
	}
}

static int setting(void *arg, struct str section, struct str key, struct str value, struct err *err)
{
	struct reading *r = arg;
	struct str name = str_trim(str_from(section, sizeof("log-format") - 1));

	if (!str_eq(settings_kind(section), STR("log-format")))
		return 0;
	if (!*r->formats)
		*r->formats = logformat_set_new();
	if (str_eq(key, STR("regex")))
		return logformat_set_add_regex(*r->formats, name, value, err);
	return str_eq(key, STR("lnav")) ? read_lnav(r, value, err) : 0;
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
		warn_of_unknown(path, (struct str){data, n});
		rc = ini_parse((struct str){data, n}, setting, &r, err);
	}
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

static int visit_if_there(const char *dir, const char *name, settings_file_fn *fn, void *arg,
			  bool *found, bool *stop, struct err *err)
{
	CLEANUP_FREE char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	*found = access(path, R_OK) == 0;
	return *found ? fn(arg, path, stop, err) : 0;
}

/* The nearest inquest.conf from here up to the repository's root. */
static int visit_project(settings_file_fn *fn, void *arg, bool *stop, struct err *err)
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

int settings_files(settings_file_fn *fn, void *arg, struct err *err)
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
	return settings_files(read_file, formats, err);
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
	if (!rc && n && data[0] != '{') {
		warn_of_unknown(path, (struct str){data, n});
		rc = ini_parse((struct str){data, n}, take_value, w, err);
	}
	*stop = w->value != NULL;
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

int settings_value(const char *key, char **value, struct err *err)
{
	struct wanted w = {.key = str_of(key)};
	int rc = settings_files(look_for_value, &w, err);

	if (rc)
		free(w.value);
	else
		*value = w.value;
	return rc;
}
