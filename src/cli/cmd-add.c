// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest add: anything that an investigation has to go by. The order of steps is what makes it
 * safe to be killed at any moment: evidence first, then the record in one transaction, then the
 * case at once. Whatever is missing then is made up by adding the same again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/add-extract.h"
#include "cli/add.h"
#include "cli/casefile.h"
#include "cli/settings.h"
#include "text/secret.h"

#define AROUND_NS (INT64_C(15) * 60 * 1000000000) /* before and after a run */

static const struct option options[] = {
	{OPTION_CHOICE, 0, "as", "good|bad", "which kind of run this is",
	 offsetof(struct add_values, as)},
	{OPTION_STRING, 0, "run", "RUN", "add to this run (id, beginning of it, or name)",
	 offsetof(struct add_values, run)},
	{OPTION_STRING, 0, "name", "NAME", "a name for the run", offsetof(struct add_values, name)},
	CASEFILE_OPTION(struct add_values, case_name),
	{OPTION_FLAG, 0, "dry-run", NULL, "only say what would be added",
	 offsetof(struct add_values, dry_run)},
	{OPTION_FLAG, 0, "json", NULL, "one JSON document", offsetof(struct add_values, json)},
	{OPTION_HEAD, 0, NULL, NULL, "What is read:", 0},
	{OPTION_LIST, 0, "pattern", "REGEX",
	 "metrics by named groups, such as 'loss=(?<loss>[0-9.]+)' (may be repeated)",
	 offsetof(struct add_values, patterns)},
	{OPTION_STRING, 0, "reader", "NAME|CMD",
	 "read by this reader, or by a program that prints rows {\"name\":...,\"value\":...}",
	 offsetof(struct add_values, reader)},
	{OPTION_LIST, 0, "extract", "NAME=WHAT",
	 "a variable from logs, for all runs: NAME=TEMPLATE:PARAM or 'NAME=/regex/'",
	 offsetof(struct add_values, extracts)},
	{OPTION_FLAG, 0, "system", NULL,
	 "this machine's journal, kernel messages, syslog, containers, cores, environment",
	 offsetof(struct add_values, system)},
	{OPTION_STRING, 0, "around", "RUN",
	 "with --system: of the time of this run (default: the last 30 minutes)",
	 offsetof(struct add_values, around)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "file or postgresql://... (default: .inquest/store.db)",
	 offsetof(struct add_values, store)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct add_values, help)},
	{.kind = OPTION_END},
};

struct str add_safe(struct add *a, struct str s)
{
	CLEANUP_BUF struct buf b = {0};

	return secret_redact(&b, s) ? arena_str(&a->arena, buf_str(&b)) : arena_str(&a->arena, s);
}

void add_note(struct add_file *f, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(&f->notes, "%s\n", text);
}

struct variable *add_variable(struct add *a, struct str name, struct value v)
{
	struct variable *var = &array_push(a->variables, a->nvariables, a->cap_variables);

	*var = (struct variable){.name = name, .value = v, .n = 1, .spread = NAN};
	return var;
}

void add_release(struct add *a)
{
	for (size_t i = 0; i < a->nfiles; i++) {
		import_release(&a->files[i].im);
		buf_release(&a->files[i].notes);
		buf_release(&a->files[i].error);
		free(a->files[i].path);
	}
	for (size_t i = 0; i < a->nmaps; i++)
		file_map_release(&a->maps[i]);
	for (size_t i = 0; i < a->ntexts; i++)
		buf_release(&a->texts[i]);
	free(a->files);
	free(a->maps);
	free(a->texts);
	free(a->variables);
	free(a->symptoms);
	map_release(&a->by_key);
	free(a->more_runs);
	free(a->case_path);
	buf_release(&a->notes);
	buf_release(&a->templates);
	extract_free(a->extracts);
	loginputs_release(&a->inputs);
	logformat_set_free(a->formats);
	workspace_release(&a->workspace);
	arena_release(&a->arena);
}

/* ---- what is to be added ---- */

static int around(const struct add *a, int64_t *from, int64_t *to, struct err *err)
{
	struct run_record r;
	struct arena arena;
	struct timespec now;
	struct store *s;
	int rc;

	clock_gettime(CLOCK_REALTIME, &now);
	*to = now.tv_sec * INT64_C(1000000000);
	*from = *to - 2 * AROUND_NS;
	if (!a->v->around)
		return 0;
	rc = workspace_open(&a->workspace, STORE_READ, &s, err);
	if (rc)
		return rc;
	arena_init(&arena);
	rc = store_get(s, str_of(a->v->around), &arena, &r, err);
	if (!rc && !r.started_ns)
		rc = err_set(err, ERR_UNDECIDED, "%s: it is not known when this run was",
			     a->v->around);
	if (!rc) {
		int64_t wall = 0;

		for (size_t i = 0; i < r.nvariables; i++)
			if (str_eq(r.variables[i].name, STR("wall")) ||
			    str_eq(r.variables[i].name, STR("time.wall")))
				wall = (int64_t)(value_number(r.variables[i].value) * 1e9);
		*from = r.started_ns - AROUND_NS;
		*to = r.started_ns + (wall > 0 ? wall : 0) + AROUND_NS;
	}
	arena_release(&arena);
	store_close(s);
	return rc;
}

static int open_all(struct add *a, const struct option_list *paths, struct err *err)
{
	bool stdin_taken = false;
	int64_t from, to;
	int rc = 0;

	for (size_t i = 0; !rc && i < paths->n; i++) {
		bool is_stdin = strcmp(paths->items[i], "-") == 0;

		if (is_stdin && stdin_taken)
			return err_set(err, ERR_USAGE, "standard input (-) can be read only once");
		stdin_taken |= is_stdin;
		rc = add_open(a, paths->items[i], err);
	}
	if (!rc && a->v->system)
		rc = around(a, &from, &to, err);
	if (!rc && a->v->system)
		rc = add_system(a, from, to, err);
	return rc;
}

static int analyse(struct add *a, struct err *err)
{
	int rc = add_logs(a, err);

	if (!rc)
		add_failed_tests(a);
	return rc;
}

/* ---- recording ---- */

/* One call at a time reads a run and writes it back. */
static int lock(const struct add *a, int *fd, struct err *err)
{
	*fd = open(a->workspace.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || flock(*fd, LOCK_EX) != 0)
		return err_errno(err, "%s: cannot lock", a->workspace.dir);
	return 0;
}

/* The case, locked; none is no error. */
static int open_case(struct add *a, struct casefile *c, bool *has, struct err *err)
{
	int rc = casefile_open(c, a->v->case_name, true, err);

	*has = !rc;
	if (!rc)
		return 0;
	if (!a->v->case_name && !getenv("INQUEST_CASE") && rc == -ERR_NOTFOUND)
		return 0;
	if (!a->v->case_name && rc == -ERR_USAGE) { /* several are open */
		buf_printf(&a->notes, "the run goes to no case: %s\n", err->msg);
		return 0;
	}
	return rc;
}

static int define(struct add *a, struct store *s, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < a->v->extracts.n; i++)
		rc = extract_define(a->extracts, &a->workspace, a->v->extracts.items[i], err);
	if (!rc && a->v->extracts.n)
		rc = extract_save(a->extracts, &a->workspace, err);
	if (!rc && a->v->extracts.n)
		rc = extract_fill(a->extracts, &a->workspace, s, &a->runs, &a->filled, err);
	return rc;
}

static int record(struct add *a, struct store *s, struct err *err)
{
	struct casefile c;
	bool has = false;
	int rc = 0;

	if (a->nfiles || a->nvariables) {
		rc = add_read(a, err);
		if (!rc)
			rc = add_evidence(a, err);
		if (!rc)
			rc = add_find_run(a, s, err);
		if (!rc)
			rc = analyse(a, err);
		if (!rc)
			rc = open_case(a, &c, &has, err);
		if (!rc)
			rc = add_record(a, s, err);
		if (!rc)
			rc = add_keep_templates(a, err);
		if (!rc)
			rc = add_against_good(a, s, err);
		if (!rc && has)
			rc = add_to_case(a, &c, err);
		if (!rc && has)
			a->case_path = mem_strdup(c.path);
		if (has)
			casefile_release(&c);
	}
	return rc ? rc : define(a, s, err);
}

static int store_and_record(struct add *a, struct err *err)
{
	CLEANUP_FD int fd = -1;
	struct store *s;
	int rc = workspace_make(&a->workspace, err);

	if (!rc)
		rc = workspace_open(&a->workspace, STORE_CREATE, &s, err);
	if (rc)
		return rc;
	rc = lock(a, &fd, err);
	if (!rc)
		rc = record(a, s, err);
	store_close(s);
	return rc;
}

static int dry_run(struct add *a, struct err *err)
{
	struct store *s;
	int rc = add_read(a, err);

	if (!rc)
		rc = analyse(a, err);
	if (rc || access(a->workspace.store, F_OK) != 0)
		return rc;
	rc = store_open(&s, a->workspace.store, STORE_READ, err);
	if (!rc) {
		rc = add_against_good(a, s, err);
		store_close(s);
	}
	return rc;
}

/* ---- the command ---- */

static int check(const struct add_values *v, const struct option_list *paths, struct err *err)
{
	if (!paths->n && !v->system && !v->extracts.n)
		return err_set(err, ERR_USAGE, "name what to add: files, folders, archives, or -");
	if (v->around && !v->system)
		return err_set(err, ERR_USAGE, "--around belongs to --system");
	if (v->reader && !*v->reader)
		return err_set(err, ERR_USAGE, "--reader names no program");
	if (v->dry_run && v->extracts.n)
		return err_set(err, ERR_USAGE, "--extract and --dry-run exclude each other");
	return 0;
}

static int add(struct add *a, const struct option_list *paths, struct err *err)
{
	int rc = workspace_find(&a->workspace, a->v->store, err);

	if (!rc)
		rc = settings_read_default(&a->formats, err);
	if (!rc)
		rc = extract_load(&a->extracts, &a->workspace, err);
	if (!rc)
		rc = open_all(a, paths, err);
	if (!rc)
		rc = a->v->dry_run ? dry_run(a, err) : store_and_record(a, err);
	return rc;
}

/* What the user named and could not be read as what it claims to be. */
static bool any_error(const struct add *a)
{
	for (size_t i = 0; i < a->nfiles; i++)
		if (a->files[i].error.n && a->files[i].named)
			return true;
	return false;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct add_values v = {0};
	struct option_list paths = {0};
	struct add a = {.cli = cli, .v = &v};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &paths, &err), status;

	arena_init(&a.arena);
	loginputs_init(&a.inputs);
	if (!rc)
		rc = check(&v, &paths, &err);
	if (!rc)
		rc = add(&a, &paths, &err);
	if (!rc && v.json)
		add_print_json(&a);
	else if (!rc)
		add_print(&a);
	status = command_status(&cmd_add, rc, &err);
	if (!rc && any_error(&a))
		status = EXIT_INPUT;
	add_release(&a);
	options_list_release(&paths);
	options_list_release(&v.patterns);
	options_list_release(&v.extracts);
	return status;
}

const struct command cmd_add = {
	.name = "add",
	.stage = "open",
	.front = false,
	.summary = "add anything to an investigation: logs, reports, stacks, cores, metrics",
	.usage = "[OPTIONS] FILE|DIR|ARCHIVE|-...",
	.details =
		"What each file is, its content tells: a log, results of tests, benchmarks, "
		"curves,\n"
		"the report of a crash, a core dump, a file of settings; archives are opened. The\n"
		"bytes are kept under .inquest/evidence without their secrets. All files of one "
		"call\n"
		"are one run, a row of `inquest runs`, with what they tell as variables; the same\n"
		"files again are the same run. Symptoms (exceptions, statements of failure, "
		"failed\n"
		"tests, values out of the range of the good runs) go to the table of the case, "
		"the\n"
		"same symptom of another run to the same row. Exit status 3: a file is not what "
		"it\n"
		"seems to be; the others are added.",
	.examples =
		"what worked and what did not\tinquest add green.log --as good; "
		"inquest add red.log --as bad\n"
		"all that a CI job left\tinquest add artifacts.zip --as bad\n"
		"only look\tinquest add --dry-run report.xml\n"
		"a number of a log for every run\tinquest add --extract 'pool=/pool size (\\d+)/'\n"
		"what the machine said meanwhile\tinquest add --system --around r-4f1c --run "
		"r-4f1c",
	.options = options,
	.run = run,
};
