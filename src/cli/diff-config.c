// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff of what surrounds a program: files of settings (by their names: their keys, whatever
 * their order) and what programs print of an environment (by its look), as the settings of two
 * runs. What looks like a report of tests or metrics is neither, though it may be JSON.
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
	const char *path;
	struct file_map map;
	struct str data;
	const struct environment_dump *dump; /* NULL: by its name a file of settings */
	struct variable *v;
	size_t n, cap;
	size_t prefix;      /* bytes in front of each name where secrets were counted */
	struct map secrets; /* what was hidden, as environment_settings() has it */
	uint64_t left_out;
};

static bool is_regular(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int side_open(struct side *s, const char *path, struct err *err)
{
	int rc = file_map_path(&s->map, path, err);

	s->path = path;
	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	s->data = (struct str){s->map.data, s->map.size};
	return 0;
}

static void side_release(struct side *s)
{
	free(s->v);
	map_release(&s->secrets);
	file_map_release(&s->map);
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
	s->prefix = prefix.n;
}

static int read_settings(struct arena *a, struct side *s, struct err *err)
{
	struct str ext = extension(s->path);
	const char *name = arena_printf(a, NAME STR_FMT, STR_ARG(ext));
	int rc = environment_settings(a, str_of(name), s->data, &s->secrets, &s->v, &s->n, &s->cap,
				      err);

	keep_keys(s, str_of(arena_printf(a, "config.%s.", name)));
	return rc;
}

static int read_side(struct arena *a, struct side *s, struct err *err)
{
	int rc = s->dump ? environment_dump_read(s->dump, a, s->data, &s->secrets, &s->v, &s->n,
						 &s->cap, &s->left_out, err)
			 : read_settings(a, s, err);

	return rc ? err_prepend(err, rc, "%s: ", s->path) : 0;
}

static bool holds_settings(struct side *s)
{
	struct side probe = {.path = s->path, .data = s->data};
	struct arena a;
	struct err err;
	bool yes;

	if (!environment_is_config(str_of(s->path)) || import_recognise(str_of(s->path), s->data))
		return false;
	arena_init(&a);
	yes = !read_settings(&a, &probe, &err) && probe.n > 0;
	free(probe.v);
	map_release(&probe.secrets);
	arena_release(&a);
	return yes;
}

/* Both are files of settings, or print of the same program; an empty one is what the other is. */
static bool recognise(struct side s[2])
{
	if (holds_settings(&s[0]) && holds_settings(&s[1]))
		return true;
	for (int i = 0; i < 2; i++)
		s[i].dump = environment_dump_of(s[i].data);
	for (int i = 0; i < 2; i++)
		if (!s[i].data.n)
			s[i].dump = s[!i].dump;
	return s[0].dump && s[0].dump == s[1].dump;
}

static int open_sides(const struct diff_config *d, struct side s[2], bool *known, struct err *err)
{
	int rc = side_open(&s[0], d->good, err);

	if (!rc)
		rc = side_open(&s[1], d->bad, err);
	*known = !rc && recognise(s);
	return rc;
}

bool diff_config_given(const struct diff_config *d)
{
	struct side s[2] = {{.map = {.fd = -1}}, {.map = {.fd = -1}}};
	struct err err;
	bool known = false;

	if (is_regular(d->good) && is_regular(d->bad) && open_sides(d, s, &known, &err))
		known = false;
	side_release(&s[0]);
	side_release(&s[1]);
	return known;
}

static bool hidden(const struct side *s, size_t i, uint32_t *hash)
{
	struct str name = s->v[i].name;

	name = (struct str){name.p - s->prefix, name.n + s->prefix};
	return map_get(&s->secrets, hash_str(name), hash);
}

/* Two secrets that look alike without being the same are told apart. */
static void tell_secrets(struct arena *a, struct side s[2])
{
	struct map good = {0};
	uint32_t i, x, y;

	for (i = 0; i < s[0].n; i++)
		map_put(&good, hash_str(s[0].v[i].name), i, NULL);
	for (size_t k = 0; k < s[1].n; k++) {
		struct value *v = &s[1].v[k].value;

		if (v->kind == VALUE_TEXT && map_get(&good, hash_str(s[1].v[k].name), &i) &&
		    hidden(&s[0], i, &x) && hidden(&s[1], k, &y) && x != y &&
		    str_eq(v->text, s[0].v[i].value.text))
			v->text = str_of(arena_printf(a, "another " STR_FMT, STR_ARG(v->text)));
	}
	map_release(&good);
}

static int print(struct cli *cli, const struct diff_config *d, const struct side *s, int *status,
		 struct err *err)
{
	const struct rundiff_opts opts = {.alpha = .05, .settings = true};
	const struct environment_dump *dump = s[0].dump;
	const struct rundiff_run good = {.id = str_of(d->good),
					 .variables = s[0].v,
					 .nvariables = s[0].n},
				 bad = {.id = str_of(d->bad),
					.variables = s[1].v,
					.nvariables = s[1].n};
	const struct rundiff_side sides[2] = {{&good, 1}, {&bad, 1}};
	CLEANUP_BUF struct buf out = {0};
	struct rundiff diff;
	struct rundiff_report r = {
		.diff = &diff,
		.side = sides,
		.opts = &opts,
		.program = dump ? environment_dump_program(dump) : NULL,
		.holds = dump ? environment_dump_holds(dump) : "settings",
		.left_out = s[0].left_out > s[1].left_out ? s[0].left_out : s[1].left_out,
		.command = d->command,
		.color = cli->color_out,
		.verbose = d->verbose,
		.width = (size_t)cli->width,
	};

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
	struct side s[2] = {{.map = {.fd = -1}}, {.map = {.fd = -1}}};
	struct arena a;
	bool known;
	int rc = open_sides(d, s, &known, err);

	arena_init(&a);
	for (int i = 0; !rc && i < 2; i++)
		rc = read_side(&a, &s[i], err);
	if (!rc) {
		tell_secrets(&a, s);
		rc = print(cli, d, s, status, err);
	}
	side_release(&s[0]);
	side_release(&s[1]);
	arena_release(&a);
	return rc;
}
