// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What this machine says of a time: journal, kernel messages, files of syslog, logs of containers,
 * core dumps, environment. Each part is a program with an output, or a file; one that cannot be had
 * is named with the reason. Every text is redacted as all evidence is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/add.h"
#include "cli/window.h"
#include "exec/environment.h"
#include "exec/exec.h"

#define MAX_OUTPUT     ((size_t)64 << 20)
#define PART_SECONDS   INT64_C(20)
#define MAX_CONTAINERS 50
#define MAX_ARGS       12

struct span {
	char since[32], until[32]; /* as programs take them: "2026-11-26 13:00:00" */
	struct window w;
};

/* A part that a program prints. SINCE and UNTIL are put in place. */
static const struct part {
	const char *name;
	const char *argv[MAX_ARGS];
} parts[] = {
	{"system/journal",
	 {"journalctl", "--no-pager", "-q", "-o", "short-iso", "--since", "SINCE", "--until",
	  "UNTIL"}},
	{"system/dmesg", {"dmesg", "--time-format", "iso"}},
	{"system/coredumps",
	 {"coredumpctl", "--no-pager", "list", "--since", "SINCE", "--until", "UNTIL"}},
};

static int output_of(const char *const *args, const struct span *w, struct buf *out,
		     struct err *err)
{
	struct exec_result r = {0};
	char *argv[MAX_ARGS + 1];
	size_t n = 0;
	int rc;

	for (; args[n]; n++)
		argv[n] = mem_strdup(strcmp(args[n], "SINCE") == 0   ? w->since
				     : strcmp(args[n], "UNTIL") == 0 ? w->until
								     : args[n]);
	argv[n] = NULL;
	rc = exec_output(argv, environ, NULL, PART_SECONDS * 1000000000, MAX_OUTPUT, out, &r, err);
	if (!rc && r.end != EXEC_EXITED)
		rc = err_set(err, ERR_SYSTEM, "%s did not end by itself", args[0]);
	else if (!rc && r.code)
		rc = err_set(err, ERR_SYSTEM, "%s ended with status %d", args[0], r.code);
	while (n)
		free(argv[--n]);
	return rc;
}

static void absent(struct add *a, const char *name, const char *why)
{
	buf_printf(&a->notes, "%s: absent: %s\n", name, why);
}

/* Lines whose times are within the window; those without one stay with the line before. */
static void within(struct add *a, struct str text, const struct span *w, struct buf *out)
{
	struct logreader *r = logreader_new(text, a->formats);
	bool keep = false;
	struct logcursor c;
	struct logline line;

	logcursor_init(&c, r, 0, 0, text.n);
	while (logcursor_next(&c, &line)) {
		struct event_time t;

		logreader_time(r, &line, &t);
		if (t.known)
			keep = window_has(&w->w, &t);
		if (!keep)
			continue;
		buf_add_str(out, line.raw);
		buf_add_char(out, '\n');
	}
	logcursor_release(&c);
	logreader_free(r);
}

static void add_program(struct add *a, const struct part *p, const struct span *w)
{
	CLEANUP_BUF struct buf out = {0};
	struct err err;

	if (output_of(p->argv, w, &out, &err)) {
		absent(a, p->name, err.msg);
		return;
	}
	if (strcmp(p->name, "system/dmesg") == 0 && out.n) {
		CLEANUP_BUF struct buf cut = {0};

		within(a, buf_str(&out), w, &cut);
		buf_clear(&out);
		buf_add_str(&out, buf_str(&cut));
	}
	if (!out.n) {
		absent(a, p->name, "it says nothing of this time");
		return;
	}
	add_text(a, p->name, &out);
}

static void add_syslog(struct add *a, const char *path, const struct span *w)
{
	CLEANUP_BUF struct buf out = {0};
	struct file_map map;
	struct err err;
	char *name;

	if (file_map_path(&map, path, &err)) {
		absent(a, path, err.msg);
		return;
	}
	within(a, (struct str){map.data, map.size}, w, &out);
	file_map_release(&map);
	if (!out.n) {
		absent(a, path, "it says nothing of this time");
		return;
	}
	name = arena_printf(&a->arena, "system%s", path);
	add_text(a, name, &out);
}

static void add_containers(struct add *a, const char *program, const struct span *w)
{
	const char *list[] = {program, "ps", "-a", "--format", "{{.Names}}", NULL};
	CLEANUP_BUF struct buf names = {0};
	char since[32], until[32];
	struct str rest, one;
	struct err err;
	size_t n = 0;

	if (output_of(list, w, &names, &err)) {
		absent(a, arena_printf(&a->arena, "system/%s", program), err.msg);
		return;
	}
	snprintf(since, sizeof(since), "%lld", (long long)(w->w.from_ns / 1000000000));
	snprintf(until, sizeof(until), "%lld", (long long)(w->w.to_ns / 1000000000));
	rest = buf_str(&names);
	while (rest.n && n < MAX_CONTAINERS && str_next(&rest, '\n', &one)) {
		const char *name = arena_str(&a->arena, str_trim(one)).p;
		const char *logs[] = {program,   "logs", "--timestamps", "--since", since,
				      "--until", until,  "--",           name,      NULL};
		CLEANUP_BUF struct buf out = {0};

		if (!*name)
			continue;
		n++;
		if (output_of(logs, w, &out, &err))
			absent(a, arena_printf(&a->arena, "system/%s/%s", program, name), err.msg);
		else if (out.n)
			add_text(a, arena_printf(&a->arena, "system/%s/%s", program, name), &out);
	}
	if (!n)
		absent(a, arena_printf(&a->arena, "system/%s", program), "no containers");
}

static void stamp(int64_t ns, char out[32])
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm);
}

int add_system(struct add *a, int64_t from_ns, int64_t to_ns, struct err *err)
{
	static const char *const syslogs[] = {"/var/log/syslog", "/var/log/messages",
					      "/var/log/kern.log"};
	struct environment_opts opts = {.envp = environ};
	size_t before = a->nfiles;
	struct span w;

	window_init(&w.w, from_ns, to_ns);
	stamp(from_ns, w.since);
	stamp(to_ns, w.until);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		add_program(a, &parts[i], &w);
	for (size_t i = 0; i < ARRAY_SIZE(syslogs); i++)
		add_syslog(a, syslogs[i], &w);
	add_containers(a, "docker", &w);
	add_containers(a, "podman", &w);
	environment_capture(&a->arena, &opts, &a->variables, &a->nvariables, &a->cap_variables);
	if (a->nfiles == before && !a->nvariables)
		return err_set(err, ERR_SYSTEM, "this machine tells nothing of that time");
	return 0;
}
