// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What each file is, told by its content: a report that a reader of import/ is sure of, a core
 * dump, a file of settings (by its name), or a log. External programs are readers too.
 */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/add.h"
#include "exec/environment.h"
#include "exec/exec.h"
#include "import/stacks.h"

#define MAX_WORDS      64
#define MAX_OUTPUT     ((size_t)64 << 20)
#define READER_SECONDS INT64_C(300)

/* ---- external readers ---- */

static int take_row(struct import *im, struct str line, uint64_t no, struct err *err)
{
	json_t *row = json_loadb(line.p, line.n, JSON_DECODE_ANY, NULL);
	json_t *v = json_object_get(row, "value");
	const char *name = json_string_value(json_object_get(row, "name"));
	const char *unit = json_string_value(json_object_get(row, "unit"));
	const char *better = json_string_value(json_object_get(row, "better"));
	struct variable *var = NULL;
	int rc = 0;

	if (!name || !*name || !v)
		rc = err_set(err, ERR_INPUT,
			     "line %llu of its output is not {\"name\":...,\"value\":...}",
			     (unsigned long long)no);
	else if (json_is_integer(v))
		var = import_add_variable(im, str_of(name), value_int(json_integer_value(v)));
	else if (json_is_real(v))
		var = import_add_variable(im, str_of(name), value_real(json_real_value(v)));
	else if (json_is_string(v))
		var = import_add_variable(im, str_of(name),
					  value_text(str_of(json_string_value(v))));
	else
		rc = err_set(err, ERR_INPUT, "line %llu of its output: a value of another kind",
			     (unsigned long long)no);
	if (var) {
		var->unit = import_name(im, str_of(unit ? unit : ""));
		if (json_is_integer(json_object_get(row, "n")) &&
		    json_integer_value(json_object_get(row, "n")) >= 0)
			var->n = (uint64_t)json_integer_value(json_object_get(row, "n"));
		if (json_is_number(json_object_get(row, "spread")))
			var->spread = json_number_value(json_object_get(row, "spread"));
		if (better)
			var->better = strcmp(better, "lower") == 0    ? BETTER_LOWER
				      : strcmp(better, "higher") == 0 ? BETTER_HIGHER
								      : BETTER_UNKNOWN;
		var->line = no;
	}
	json_decref(row);
	return rc;
}

static int take_rows(struct import *im, struct str out, struct err *err)
{
	struct str line;
	uint64_t no = 0;
	int rc = 0;

	while (!rc && out.n && str_next(&out, '\n', &line)) {
		no++;
		if (str_trim(line).n)
			rc = take_row(im, line, no, err);
	}
	return rc;
}

/* A path for what has none: a member of an archive. *temp is to be removed. */
static int path_of(struct add *a, const struct add_file *f, char **path, bool *temp,
		   struct err *err)
{
	const char *dir = a->cli->tmpdir && *a->cli->tmpdir ? a->cli->tmpdir : "/tmp";
	int fd, rc;

	*temp = !f->path;
	if (f->path) {
		*path = mem_strdup(f->path);
		return 0;
	}
	if (asprintf(path, "%s/inquest-add-XXXXXX", dir) < 0)
		abort();
	fd = mkostemp(*path, O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "cannot make a temporary file in %s (set TMPDIR)", dir);
	rc = file_write_all(fd, f->data.p, f->data.n, err);
	close(fd);
	return rc;
}

/* CMD as words if it has nothing for a shell; the path stands in place of {} or at the end. */
static void command_of(const char *cmd, char *path, char **copy_at, char *argv[MAX_WORDS + 3])
{
	char *copy;
	static char sh[] = "/bin/sh", c[] = "-c";
	size_t n = 0;
	bool placed = false;

	if (strpbrk(cmd, "|&;<>()$`\\\"'*?[#~%!\n")) {
		if (asprintf(copy_at, "%s%s", cmd, strstr(cmd, "$1") ? "" : " \"$1\"") < 0)
			abort();
		argv[n++] = sh;
		argv[n++] = c;
		argv[n++] = *copy_at; /* "$1" is the path */
		argv[n++] = sh;
		argv[n++] = path;
		argv[n] = NULL;
		return;
	}
	*copy_at = copy = mem_strdup(cmd);
	for (char *word = strtok_r(copy, " \t", &copy); word && n < MAX_WORDS;
	     word = strtok_r(NULL, " \t", &copy)) {
		bool here = strcmp(word, "{}") == 0;

		placed = placed || here;
		argv[n++] = here ? path : word;
	}
	if (!placed)
		argv[n++] = path;
	argv[n] = NULL;
}

static int read_external(struct add *a, struct add_file *f, struct err *err)
{
	CLEANUP_FREE char *copy = NULL, *path = NULL;
	CLEANUP_BUF struct buf out = {0};
	struct exec_result r = {0};
	char *argv[MAX_WORDS + 3];
	bool temp;
	int rc = path_of(a, f, &path, &temp, err);

	if (!rc) {
		command_of(a->v->reader, path, &copy, argv);
		rc = argv[0] ? exec_output(argv, environ, NULL, READER_SECONDS * 1000000000,
					   MAX_OUTPUT, &out, &r, err)
			     : err_set(err, ERR_USAGE, "--reader names no program");
	}
	if (!rc && (r.end != EXEC_EXITED || r.code))
		rc = err_set(err, ERR_INPUT, "it ended with status %d",
			     r.end == EXEC_EXITED ? r.code : 128 + r.sig);
	if (!rc)
		rc = take_rows(&f->im, buf_str(&out), err);
	if (temp && path)
		unlink(path);
	f->kind = "metrics";
	return rc ? err_prepend(err, rc, STR_FMT ": --reader '%s': ", STR_ARG(f->name),
				a->v->reader)
		  : 0;
}

/* ---- readers of import/ ---- */

static bool any_failed(const struct import *im)
{
	for (size_t i = 0; i < im->ntests; i++)
		if (im->tests[i].status == TEST_FAILED || im->tests[i].status == TEST_ERROR)
			return true;
	return false;
}

static void read_report(struct add_file *f)
{
	struct import_file one = {f->rel, f->data};
	struct str head = str_trim(str_head(f->data, 4096));
	struct err err;

	f->kind = f->reader->tests ? "tests" : "metrics";
	if (import_read(&f->im, f->reader, f->parts ? f->parts : &one, f->parts ? f->nparts : 1,
			&err)) {
		buf_printf(&f->error, "%s", err.msg);
		return;
	}
	for (size_t i = 0; i < f->im.nnotes; i++) {
		const struct import_note *n = &f->im.notes[i];

		if (n->line)
			add_note(f, "line %llu: " STR_FMT, (unsigned long long)n->line,
				 STR_ARG(n->text));
		else
			add_note(f, STR_FMT, STR_ARG(n->text));
	}
	f->also_log = f->text && f->im.skipped_lines && head.n && !strchr("<{[", head.p[0]) &&
		      !any_failed(&f->im);
}

/* ---- settings ---- */

/* Variables of a file of settings; false if it is none. */
static bool read_config(struct add *a, struct add_file *f)
{
	size_t before = a->nvariables;
	struct err err;
	int rc;

	if (!f->text || !environment_is_config(f->rel))
		return false;
	rc = environment_config(&a->arena, f->rel, f->data, true, &a->variables, &a->nvariables,
				&a->cap_variables, &err);
	if (rc == -ERR_INPUT || (!rc && a->nvariables < before + 2)) {
		a->nvariables = before; /* not what its name says: a log */
		return false;
	}
	if (rc)
		add_note(f, "%s", err.msg);
	f->kind = "config";
	f->first_variable = before;
	f->nvariables = a->nvariables - before;
	return true;
}

static int read_one(struct add *a, uint32_t i, struct err *err)
{
	struct add_file *f = &a->files[i];
	const struct import_reader *named = a->v->reader ? import_reader_named(a->v->reader) : NULL;

	if (a->v->reader && !named)
		return read_external(a, f, err);
	if (add_is_core(f->data)) {
		add_core(a, i);
		return 0;
	}
	if (!named && stacks_recognise(f->data)) {
		add_stacks(a, i);
		return 0;
	}
	if (named)
		f->reader = named;
	if (!f->reader)
		f->reader = import_recognise(f->rel, f->data);
	if (f->reader && f->reader->folder && !f->parts && !named)
		f->reader = NULL;
	if (f->reader) {
		read_report(f);
		if (str_eq(str_of(f->reader->name), STR("valgrind")))
			add_valgrind(a, i);
	} else if (!read_config(a, f) && f->text) {
		f->kind = "log";
	}
	return 0;
}

int add_read(struct add *a, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < a->nfiles; i++) {
		rc = read_one(a, i, err);
		for (size_t k = 0; !rc && a->files[i].text && k < a->v->patterns.n; k++)
			rc = import_pattern(&a->files[i].im, str_of(a->v->patterns.items[k]),
					    a->files[i].data, err);
		if (rc && a->v->patterns.n && !a->v->reader)
			rc = err_prepend(err, rc, "--pattern: ");
	}
	return rc;
}
