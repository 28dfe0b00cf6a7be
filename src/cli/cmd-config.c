// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest config: the settings in force, and where each comes from. */
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/casefile.h"
#include "cli/command.h"
#include "cli/settings.h"
#include "cli/workspace.h"
#include "report/rows.h"
#include "text/ini.h"
#include "text/secret.h"

#define MAX_CONFIG ((size_t)16 << 20)

struct values {
	bool origin, json, jsonl, csv, help;
	const char *store, *case_name, *color;
};

static const struct option options[] = {
	{OPTION_FLAG, 0, "show-origin", NULL,
	 "where each comes from: file:line, environment variable, option, or default",
	 offsetof(struct values, origin)},
	{OPTION_STRING, 0, "store", "WHERE", "as if this was given to the command that is meant",
	 offsetof(struct values, store)},
	CASEFILE_OPTION(struct values, case_name),
	{OPTION_CHOICE, 0, "color", "auto|always|never", "colour (default: auto)",
	 offsetof(struct values, color)},
	{OPTION_FLAG, 0, "json", NULL, "one JSON document (inquest.config/1)",
	 offsetof(struct values, json)},
	{OPTION_FLAG, 0, "jsonl", NULL, "one JSON object a line", offsetof(struct values, jsonl)},
	{OPTION_FLAG, 0, "csv", NULL, "CSV with a header row", offsetof(struct values, csv)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct values, help)},
	{.kind = OPTION_END},
};

enum origin { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_OPTION };

/* A setting in force; text is in the listing's arena. */
struct entry {
	struct str key, value, source; /* source: the file, the variable, the option */
	enum origin origin;
	size_t line; /* in the file; 0: none */
};

struct listing {
	struct arena arena;
	struct entry *e;
	size_t n, cap;
	const char *path; /* of the file that is read */
	struct str text;
};

static void add(struct listing *l, const char *key, const char *value, enum origin origin,
		const char *source)
{
	CLEANUP_BUF struct buf b = {0};

	secret_redact_value(&b, str_of(key), str_of(value));
	array_push(l->e, l->n, l->cap) =
		(struct entry){.key = arena_str(&l->arena, str_of(key)),
			       .value = arena_str(&l->arena, buf_str(&b)),
			       .source = arena_str(&l->arena, str_of(source)),
			       .origin = origin};
}

static bool has(const struct listing *l, struct str key)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->e[i].key, key))
			return true;
	return false;
}

/* ---- from files ---- */

static int take(void *arg, struct str section, struct str key, struct str value, struct err *err)
{
	struct listing *l = arg;
	struct str kind = settings_kind(section), name = str_trim(str_from(section, kind.n));
	CLEANUP_BUF struct buf b = {0}, why = {0};
	bool repeats = str_eq(kind, STR("log-format")); /* every one of them is in force */

	if (!section.n || !settings_known(section, key, &why))
		return 0;
	buf_printf(&b, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(kind), STR_ARG(name), STR_ARG(key));
	if (!repeats && has(l, buf_str(&b)))
		return 0;
	array_push(l->e, l->n, l->cap) = (struct entry){
		.key = arena_str(&l->arena, buf_str(&b)),
		.value = arena_str(&l->arena, value),
		.source = arena_str(&l->arena, str_of(l->path)),
		.origin = FROM_FILE,
		.line = ini_line(l->text, key),
	};
	return 0;
}

/* The line on which a key before any section stands. */
struct place {
	struct str text, key;
	size_t line;
};

static int find_line(void *arg, struct str section, struct str key, struct str value,
		     struct err *err)
{
	struct place *p = arg;

	if (!p->line && !section.n && str_eq(key, p->key))
		p->line = ini_line(p->text, key);
	return 0;
}

static int read_file(void *arg, const char *path, bool *stop, struct err *err)
{
	struct listing *l = arg;
	CLEANUP_FREE char *data = NULL;
	struct entry *store = &l->e[0];
	struct place place = {.key = STR("store")};
	size_t n;
	int rc = file_read_small(path, MAX_CONFIG, &data, &n, err);

	l->path = path;
	l->text = place.text = (struct str){data, n};
	if (!rc && (!n || data[0] == '{'))
		return 0;
	if (!rc)
		rc = ini_parse(l->text, take, l, err);
	if (!rc)
		rc = ini_parse(l->text, find_line, &place, err);
	if (!rc && store->origin == FROM_FILE && !store->line && place.line) {
		store->line = place.line;
		store->source = arena_str(&l->arena, str_of(path));
	}
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

/* ---- from everywhere else ---- */

static bool set(const char *value)
{
	return value && *value;
}

static int add_store(struct listing *l, const struct values *v, struct err *err)
{
	CLEANUP_FREE char *setting = NULL;
	const char *env = getenv("INQUEST_STORE");
	struct workspace w;
	int rc = workspace_find(&w, v->store, err);

	if (!rc)
		rc = settings_value("store", &setting, err);
	if (!rc)
		add(l, "store", w.store,
		    v->store   ? FROM_OPTION
		    : set(env) ? FROM_ENVIRONMENT
		    : setting  ? FROM_FILE
			       : FROM_DEFAULT,
		    v->store   ? "--store"
		    : set(env) ? "INQUEST_STORE"
			       : "");
	workspace_release(&w);
	return rc;
}

static void add_case(struct listing *l, const struct values *v)
{
	CLEANUP_FREE char *path = NULL;
	const char *env = getenv("INQUEST_CASE");
	struct err err;
	bool named;
	int rc = casefile_find(v->case_name, &path, &named, &err);

	if (rc)
		path = NULL;
	if (rc && (rc != -ERR_NOTFOUND || v->case_name || set(env)))
		fprintf(stderr, "inquest: case: %s\n", err.msg);
	add(l, "case", path ? path : "",
	    v->case_name ? FROM_OPTION
	    : set(env)   ? FROM_ENVIRONMENT
			 : FROM_DEFAULT,
	    v->case_name ? "--case"
	    : set(env)   ? "INQUEST_CASE"
			 : "");
}

static void add_color(struct listing *l, const struct values *v)
{
	const char *force = getenv("CLICOLOR_FORCE"), *term = getenv("TERM");

	if (v->color)
		add(l, "color", v->color, FROM_OPTION, "--color");
	else if (set(getenv("NO_COLOR")))
		add(l, "color", "never", FROM_ENVIRONMENT, "NO_COLOR");
	else if (set(force) && strcmp(force, "0") != 0)
		add(l, "color", "always", FROM_ENVIRONMENT, "CLICOLOR_FORCE");
	else if (!term || strcmp(term, "dumb") == 0)
		add(l, "color", "never", FROM_ENVIRONMENT, "TERM");
	else
		add(l, "color", "auto", FROM_DEFAULT, "");
}

static void add_folder(struct listing *l)
{
	const char *dir = getenv("TMPDIR");

	add(l, "tmpdir", set(dir) ? dir : "/tmp", set(dir) ? FROM_ENVIRONMENT : FROM_DEFAULT,
	    set(dir) ? "TMPDIR" : "");
}

/* INQUEST_... that means nothing. */
static void warn_of_environment(void)
{
	static const char *const known[] = {"INQUEST_STORE", "INQUEST_CASE"};

	for (char **e = environ; *e; e++) {
		CLEANUP_FREE char *name = mem_strdup(*e);
		const char *near;

		name[strcspn(name, "=")] = 0;
		if (strncmp(name, "INQUEST_", 8) != 0 || strcmp(name, known[0]) == 0 ||
		    strcmp(name, known[1]) == 0)
			continue;
		near = options_suggest(name, known, ARRAY_SIZE(known));
		fprintf(stderr, "inquest: environment: no setting '%s'%s%s%s\n", name,
			near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
}

/* ---- printing ---- */

static const char *const origin_names[] = {"default", "file", "environment", "command line"};

static const struct rows_column all_columns[] = {{"key", ROWS_STRING, 0},
						 {"value", ROWS_PROSE, 0},
						 {"origin", ROWS_FIXED, 0},
						 {"source", ROWS_STRING, 0},
						 {"line", ROWS_NUMBER, 0}};
static const struct rows_column text_columns[] = {
	{"key", ROWS_STRING, 0}, {"value", ROWS_PROSE, 0}, {"origin", ROWS_STRING, 0}};

static void add_origin(struct rows_out *o, const struct entry *e, bool text)
{
	CLEANUP_BUF struct buf b = {0};

	if (!text) {
		rows_string(o, str_of(origin_names[e->origin]));
		if (e->source.n)
			rows_string(o, e->source);
		else
			rows_none(o);
		if (e->line)
			rows_count(o, e->line);
		else
			rows_none(o);
		return;
	}
	buf_add_str(&b, e->source.n ? e->source : str_of(origin_names[e->origin]));
	if (e->line)
		buf_printf(&b, ":%zu", e->line);
	rows_string(o, buf_str(&b));
}

static int print(struct cli *cli, const struct values *v, const struct listing *l, struct err *err)
{
	enum rows_form form = v->json    ? ROWS_JSON
			      : v->jsonl ? ROWS_JSONL
			      : v->csv   ? ROWS_CSV
					 : ROWS_TEXT;
	bool text = form == ROWS_TEXT;
	struct rows_file f;

	rows_file_init(&f, form, "config", text ? text_columns : all_columns,
		       !text       ? ARRAY_SIZE(all_columns)
		       : v->origin ? 3
				   : 2,
		       text ? (size_t)cli->table_width : 0, cli->color_out, STR(""), stdout);
	for (size_t i = 0; i < l->n; i++) {
		rows_begin(&f.out);
		rows_string(&f.out, l->e[i].key);
		rows_string(&f.out, l->e[i].value);
		if (!text || v->origin)
			add_origin(&f.out, &l->e[i], text);
		rows_end(&f.out);
		if (!rows_file_next(&f))
			break;
	}
	return rows_file_close(&f, err);
}

static int work(struct cli *cli, const struct values *v, struct err *err)
{
	struct listing l = {0};
	struct logformat_set *formats = NULL;
	int rc;

	arena_init(&l.arena);
	rc = add_store(&l, v, err);
	if (!rc) {
		add_case(&l, v);
		add_color(&l, v);
		add_folder(&l);
		rc = settings_files(read_file, &l, err);
	}
	if (!rc) /* what is wrong with a format is told now */
		rc = settings_read_default(&formats, err);
	if (!rc) {
		warn_of_environment();
		rc = print(cli, v, &l, err);
	}
	logformat_set_free(formats);
	free(l.e);
	arena_release(&l.arena);
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct err err = {""};
	int rc = options_parse(options, argc, argv, &v, &rest, &err);

	if (!rc && rest.n)
		rc = err_set(&err, ERR_USAGE, "config takes no arguments: inquest.conf is edited");
	if (!rc && v.json + v.csv + v.jsonl > 1)
		rc = err_set(&err, ERR_USAGE, "--json, --jsonl and --csv exclude each other");
	if (!rc)
		rc = work(cli, &v, &err);
	options_list_release(&rest);
	return command_status(&cmd_config, rc, &err);
}

const struct command cmd_config = {
	.name = "config",
	.stage = "open",
	.summary = "the settings in force, and where each comes from",
	.usage = "[OPTIONS]",
	.details =
		"An option counts before an environment variable, that before inquest.conf here "
		"or\n"
		"in the nearest folder above (up to the root of the repository), that before\n"
		"inquest/inquest.conf in XDG_CONFIG_HOME, else ~/.config. What a file holds that\n"
		"is no setting is warned of with its place.",
	.examples = "what is this, and why\tinquest config --show-origin\n"
		    "for a script\tinquest config --json",
	.options = options,
	.run = run,
};
