// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest core --find: see core-find.h. */
#include "cli/core-find.h"

#include <jansson.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exec/environment.h"
#include "exec/exec.h"
#include "report/rows.h"
#include "state/corefind.h"

#define GONE_MOST   10
#define JOURNAL_NS  (INT64_C(20) * 1000000000)
#define JOURNAL_MAX ((size_t)16 << 20)

static const struct rows_column columns[] = {
	{"time", ROWS_FIXED, 0},   {"program", ROWS_STRING, 0}, {"pid", ROWS_NUMBER, 1},
	{"bytes", ROWS_NUMBER, 1}, {"path", ROWS_PROSE, 0},
};

static void add_time(struct rows_out *o, int64_t ns)
{
	time_t s = (time_t)(ns / INT64_C(1000000000));
	struct tm tm;
	char text[32];

	gmtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	rows_string(o, str_of(text));
}

static int print(struct cli *cli, const struct corefind *f, bool json, struct err *err)
{
	struct rows_file out;

	rows_file_init(&out, json ? ROWS_JSON : ROWS_TEXT, "cores", columns, ARRAY_SIZE(columns),
		       (size_t)cli->table_width, cli->color_out, STR(""), stdout);
	for (size_t i = 0; i < f->n; i++) {
		const struct found_core *c = &f->items[i];

		rows_begin(&out.out);
		add_time(&out.out, c->time_ns);
		rows_string(&out.out, c->program);
		if (c->pid)
			rows_int(&out.out, c->pid);
		else
			rows_none(&out.out);
		rows_count(&out.out, c->size);
		rows_string(&out.out, c->path);
		rows_end(&out.out);
		if (!rows_file_next(&out))
			break;
	}
	return rows_file_close(&out, err);
}

/* Where they go, and how to have them. */
static void explain(const struct corefind *f)
{
	fprintf(stderr, "inquest: looked in");
	for (size_t i = 0; i < f->nplaces; i++)
		fprintf(stderr, "%s " STR_FMT, i ? "," : "", STR_ARG(f->places[i]));
	fprintf(stderr, "\n");
	if (f->handler.n)
		fprintf(stderr,
			"inquest: the kernel hands cores to " STR_FMT
			" (/proc/sys/kernel/core_pattern)%s\n",
			STR_ARG(f->handler),
			str_contains(f->handler, STR("systemd-coredump"))
				? "; 'coredumpctl list' shows them, 'coredumpctl dump PID -o core' "
				  "takes one out"
				: "");
	else
		fprintf(stderr,
			"inquest: cores are named by '" STR_FMT "' in the directory in "
			"which a program dies\n",
			STR_ARG(f->pattern));
	if (f->off)
		fprintf(stderr, "inquest: cores are off here: 'ulimit -c unlimited' before the "
				"program is started turns them on\n");
}

/* Of cores that were deleted, or never kept, the journal may still know (coredumpctl(1)). */
static void tell_gone(const json_t *list, const char *program)
{
	size_t told = 0, i;
	const json_t *e;

	json_array_foreach (list, i, e) {
		const char *word = json_string_value(json_object_get(e, "corefile")),
			   *exe = json_string_value(json_object_get(e, "exe"));
		long long pid = json_integer_value(json_object_get(e, "pid"));

		if (!word || !exe || strcmp(word, "present") == 0 ||
		    (program && !strstr(exe, program)) || told++ >= GONE_MOST)
			continue;
		fprintf(stderr,
			"inquest: no core of process %lld, %s: %s ('coredumpctl info %lld' tells "
			"what was noted)\n",
			pid, exe, word, pid);
	}
}

static void journal(const struct corefind *f, const char *program)
{
	static const char *const list[] = {"coredumpctl",  "--no-pager", "--quiet", "--reverse",
					   "--json=short", "list",       NULL};
	struct exec_result result = {0};
	CLEANUP_BUF struct buf out = {0};
	json_t *root;
	struct err err;

	if (!str_contains(f->handler, STR("systemd-coredump")) ||
	    exec_output((char *const *)(uintptr_t)list, environ, NULL, JOURNAL_NS, JOURNAL_MAX,
			&out, &result, &err) ||
	    result.code || result.sig)
		return;
	root = json_loadb(out.p ? out.p : "", out.n, 0, NULL);
	tell_gone(root, program);
	json_decref(root);
}

int core_find(struct cli *cli, const char *program, bool json, int *status, struct err *err)
{
	struct corefind f;
	struct arena a;
	int rc = 0;

	arena_init(&a);
	corefind_look(&f, program, ".", &a);
	if (json || f.n)
		rc = print(cli, &f, json, err);
	if (!json && (!f.n || f.off))
		explain(&f);
	if (!json)
		journal(&f, program);
	*status = f.n ? EXIT_FOUND : EXIT_DONE;
	arena_release(&a);
	return rc;
}
