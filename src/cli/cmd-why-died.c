// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest why-died: what ended a program, from what is left of it. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/remains.h"
#include "report/death.h"
#include "report/json-object.h"
#include "text/shell.h"

#define AROUND_NS (INT64_C(600) * 1000000000)

struct values {
	const char *around, *pid, *store, *color;
	bool system, json, help;
};

static const struct option options[] = {
	{OPTION_STRING, 0, "pid", "N", "it was this process: what others died of does not count",
	 offsetof(struct values, pid)},
	{OPTION_STRING, 0, "around", "TIME",
	 "only lines written within ten minutes of then (2026-11-26T13:00:00Z, 13:00:00)",
	 offsetof(struct values, around)},
	{OPTION_FLAG, 0, "system", NULL,
	 "this machine's kernel log too (without FILE, --pid and --around ask for it)",
	 offsetof(struct values, system)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "file or postgresql://... (default: .inquest/store.db)", offsetof(struct values, store)},
	{OPTION_FLAG, 0, "json", NULL, "one JSON document", offsetof(struct values, json)},
	{OPTION_CHOICE, 0, "color", "auto|always|never", "colour (default: auto)",
	 offsetof(struct values, color)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct values, help)},
	{.kind = OPTION_END},
};

static int set_pid(struct remains *r, const char *text, struct err *err)
{
	uint64_t pid;

	if (!text)
		return 0;
	if (!str_u64(str_of(text), &pid) || !pid || pid > INT32_MAX)
		return err_set(err, ERR_USAGE, "'%s' is no process id", text);
	r->facts.pid = (int)pid;
	return 0;
}

static int set_window(struct remains *r, struct window *w, const char *text, struct err *err)
{
	int64_t at;
	int rc;

	if (!text)
		return 0;
	rc = window_parse(text, &at, err);
	if (!rc) {
		window_init(w, at - AROUND_NS, at + AROUND_NS);
		r->window = w;
	}
	return rc ? err_prepend(err, rc, "--around: ") : 0;
}

/* What is no file is a run. */
static int read_one(struct remains *r, const struct values *v, const char *name, struct str *run,
		    struct err *err)
{
	struct workspace w;
	struct err unknown;
	int rc;

	if (*name && (strcmp(name, "-") == 0 || access(name, F_OK) == 0))
		return remains_file(r, name, err);
	rc = workspace_find(&w, v->store, err);
	if (!rc)
		rc = remains_run(r, &w, name, run, &unknown);
	workspace_release(&w);
	if (rc == -ERR_NOTFOUND && *name)
		return err_set(err, ERR_NOTFOUND, "there is no file and no recorded run '%s'",
			       name);
	if (rc == -ERR_NOTFOUND)
		return err_set(err, ERR_UNDECIDED,
			       "nothing to look at: name a file, or record a run first (inquest "
			       "run -- COMMAND)");
	if (rc)
		*err = unknown;
	return rc;
}

static int read_all(struct remains *r, const struct values *v, const struct option_list *rest,
		    struct str *run, struct err *err)
{
	bool system = v->system || (!rest->n && (v->pid || v->around));
	int rc = 0;

	for (size_t i = 0; !rc && i < rest->n; i++)
		rc = read_one(r, v, rest->items[i], run, err);
	if (!rc && !rest->n && !system)
		rc = read_one(r, v, "", run, err);
	if (!rc && system)
		remains_system(r);
	return rc;
}

static void add_command(struct buf *out, int argc, char **argv)
{
	BUF_LIT(out, "inquest");
	for (int i = 0; i < argc; i++) {
		buf_add_char(out, ' ');
		shell_add_word(out, str_of(argv[i]));
	}
}

static int print(struct cli *cli, const struct values *v, const struct remains *r,
		 const struct death *d, struct str run, int argc, char **argv, struct err *err)
{
	static const struct death_words words = {death_word, death_sure_word};
	CLEANUP_BUF struct buf out = {0}, command = {0};

	if (v->json) {
		add_command(&command, argc, argv);
		object_begin(&out, NULL);
		object_text(&out, "schema", STR("inquest.death/1"));
		object_text(&out, "command", buf_str(&command));
		object_text_or_null(&out, "run", run);
		death_json(d, &words, &out);
		object_end(&out);
		buf_add_char(&out, '\n');
		return command_output(&out, err);
	}
	if (run.n)
		buf_printf(&out, "run " STR_FMT ": ", STR_ARG(run));
	death_text(d, &words, cli->color_out, (size_t)cli->width, &out);
	if (r->stacks.n) {
		BUF_LIT(&out, "\nThe thread that died\n");
		buf_add_str(&out, buf_str(&r->stacks));
	}
	return command_output(&out, err);
}

static void print_notes(const struct remains *r)
{
	struct str rest = buf_str(&r->notes), line;

	while (rest.n && str_next(&rest, '\n', &line))
		fprintf(stderr, "inquest: " STR_FMT "\n", STR_ARG(line));
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct str name = STR("");
	struct err err = {""};
	struct remains r;
	struct window w;
	struct death d = {0};
	int rc = options_parse(options, argc, argv, &v, &rest, &err);

	remains_init(&r);
	r.tmpdir = cli->tmpdir;
	if (!rc)
		rc = set_pid(&r, v.pid, &err);
	if (!rc)
		rc = set_window(&r, &w, v.around, &err);
	command_color(cli, v.color);
	if (!rc)
		rc = read_all(&r, &v, &rest, &name, &err);
	if (!rc) {
		remains_judge(&r, &d);
		print_notes(&r);
		rc = print(cli, &v, &r, &d, name, argc, argv, &err);
	}
	remains_release(&r);
	options_list_release(&rest);
	if (rc)
		return command_status(&cmd_why_died, rc, &err);
	return d.cause == DEATH_UNKNOWN ? EXIT_UNDECIDED : EXIT_DONE;
}

const struct command cmd_why_died = {
	.name = "why-died",
	.stage = "observe",
	.front = true,
	.summary = "what ended a program, from what is left of it",
	.usage = "[FILE...] [OPTIONS]\nRUN [OPTIONS]\n--pid N [OPTIONS]",
	.details = "What a file is, its content tells: logs of programs, the kernel's log (dmesg, "
		   "journal),\n"
		   "`docker inspect`, `kubectl get pod -o json`, what Slurm and CI services print, "
		   "cores.\n"
		   "Several are looked at together. Without FILE: the latest recorded run that did "
		   "not\n"
		   "end well. The verdict comes first, with how sure it is (proven, likely, "
		   "possible),\n"
		   "then the lines that it rests on, and what was ruled out. Exit status 137 alone "
		   "proves\n"
		   "nothing; it is then said so, with exit status 5.",
	.examples = "the last run that failed\tinquest why-died\n"
		    "a job of a CI service\tinquest why-died build.log\n"
		    "did the kernel kill it\tsudo dmesg -T | inquest why-died - --pid 4711\n"
		    "a container\tdocker inspect web | inquest why-died -\n"
		    "a pod\tkubectl get pod web-0 -o json | inquest why-died -",
	.options = options,
	.run = run,
};
