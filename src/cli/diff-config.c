// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff of files of settings: their keys, whatever their order, as the settings of two runs.
 * What looks like a report of tests or metrics is none, though it may be JSON.
 */
#include "cli/diff-config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "exec/environment.h"
#include "import/import.h"
#include "report/rundiff.h"

/* Settings under a name of our own, so that files of different names have the same keys. */
#define NAME "it"

struct side {
	struct variable *v;
	size_t n, cap;
};

static bool is_regular(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static struct str extension(const char *path)
{
	const char *dot = strrchr(path, '.');

	return str_of(dot ? dot : "");
}

/* "config.it.json.server.port" is server.port; the rest (the file's hash) is left out. */
static void keep_keys(struct side *s, struct str prefix)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (str_starts(s->v[i].name, prefix) && s->v[i].name.n > prefix.n) {
			s->v[n] = s->v[i];
			s->v[n].name = str_from(s->v[i].name, prefix.n);
			n++;
		}
	s->n = n;
}

static int read_side(struct arena *a, const char *path, struct side *s, struct err *err)
{
	struct str ext = extension(path);
	const char *name = arena_printf(a, NAME STR_FMT, STR_ARG(ext));
	struct file_map map;
	int rc = file_map_path(&map, path, err);

	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	rc = environment_config(a, str_of(name), (struct str){map.data, map.size}, true, &s->v,
				&s->n, &s->cap, err);
	keep_keys(s, str_of(arena_printf(a, "config.%s.", name)));
	file_map_release(&map);
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

static bool holds_settings(const char *path)
{
	struct file_map map;
	struct side s = {0};
	struct arena a;
	struct err err;
	bool report;

	if (!is_regular(path) || !environment_is_config(str_of(path)) ||
	    file_map_path(&map, path, &err))
		return false;
	report = import_recognise(str_of(path), (struct str){map.data, map.size}) != NULL;
	file_map_release(&map);
	if (report)
		return false;
	arena_init(&a);
	report = read_side(&a, path, &s, &err) != 0;
	free(s.v);
	arena_release(&a);
	return !report && s.n > 0;
}

bool diff_config_given(const struct diff_config *d)
{
	return holds_settings(d->good) && holds_settings(d->bad);
}

static int print(struct cli *cli, const struct diff_config *d, const struct side *s, int *status,
		 struct err *err)
{
	const struct rundiff_opts opts = {.alpha = .05, .settings = true};
	const struct rundiff_run good = {.id = str_of(d->good),
					 .variables = s[0].v,
					 .nvariables = s[0].n},
				 bad = {.id = str_of(d->bad),
					.variables = s[1].v,
					.nvariables = s[1].n};
	const struct rundiff_side sides[2] = {{&good, 1}, {&bad, 1}};
	CLEANUP_BUF struct buf out = {0};
	struct rundiff diff;
	struct rundiff_report r = {.diff = &diff,
				   .side = sides,
				   .opts = &opts,
				   .command = d->command,
				   .color = cli->color_out,
				   .verbose = d->verbose,
				   .width = (size_t)cli->width};

	rundiff_run(&diff, sides, &opts);
	for (size_t i = 0; i < diff.n; i++)
		if (diff.rows[i].verdict != RUNDIFF_SAME)
			*status = EXIT_FOUND;
	if (d->json)
		rundiff_report_json(&r, &out);
	else
		rundiff_report_text(&r, &out);
	rundiff_release(&diff);
	return command_output(&out, err);
}

int diff_config(struct cli *cli, const struct diff_config *d, int *status, struct err *err)
{
	struct side s[2] = {{0}};
	struct arena a;
	int rc;

	arena_init(&a);
	rc = read_side(&a, d->good, &s[0], err);
	if (!rc)
		rc = read_side(&a, d->bad, &s[1], err);
	if (!rc)
		rc = print(cli, d, s, status, err);
	free(s[0].v);
	free(s[1].v);
	arena_release(&a);
	return rc;
}
