// SPDX-License-Identifier: GPL-3.0-or-later
/* What is left of a program: see remains.h. */
#include "cli/remains.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/corefile.h"
#include "exec/environment.h"
#include "exec/exec.h"
#include "log/input.h"
#include "log/reader.h"
#include "state/container.h"
#include "state/lastwords.h"
#include "store/evidence.h"

#define TAIL       ((size_t)16 << 20)
#define MAX_SYSTEM ((size_t)64 << 20)
#define SYSTEM_NS  (INT64_C(20) * 1000000000)

void remains_init(struct remains *r)
{
	*r = (struct remains){.facts = {.cpu_seconds = -1, .command = STR("")}};
	arena_init(&r->arena);
	death_clues_init(&r->clues, &r->arena);
	r->facts.clues = &r->clues;
}

void remains_release(struct remains *r)
{
	death_clues_release(&r->clues);
	buf_release(&r->stacks);
	buf_release(&r->notes);
	free(r->pids);
	arena_release(&r->arena);
}

void remains_pid(struct remains *r, int pid)
{
	array_push(r->pids, r->npids, r->cappids) = pid;
	r->facts.pids = r->pids;
	r->facts.npids = r->npids;
}

/* Lines of a log: the header is cut off, where the log has one. */
static void read_log(struct remains *r, struct str name, struct str text)
{
	struct logreader *reader;
	struct lastwords w;
	struct logcursor c;
	struct logline line;
	uint64_t before = 0;
	bool keep = true;

	if (text.n > TAIL) {
		size_t cut = text.n - TAIL;

		cut += str_find_char(str_from(text, cut), '\n') + 1;
		if (cut > text.n)
			cut = text.n;
		before = str_count_char(str_head(text, cut), '\n');
		text = str_from(text, cut);
		buf_printf(&r->notes, STR_FMT ": only its last 16 MB were looked at\n",
			   STR_ARG(name));
	}
	reader = logreader_new(text, NULL);
	lastwords_init(&w, &r->clues, name);
	logcursor_init(&c, reader, 0, before, text.n);
	while (logcursor_next(&c, &line)) {
		struct event_time t;

		if (r->window) {
			logcursor_time(&c, &line, &t);
			if (t.known)
				keep = window_has(r->window, &t);
		}
		if (keep)
			lastwords_line(&w, line.message, line.raw, line.no);
	}
	logcursor_release(&c);
	lastwords_release(&w);
	logreader_free(reader);
	r->read++;
}

static void read_text(struct remains *r, struct str name, struct str text)
{
	size_t found;
	struct err err;

	name = arena_str(&r->arena, name);
	if (!container_is(text)) {
		read_log(r, name, text);
		return;
	}
	if (container_read(&r->clues, name, text, &found, &err)) {
		buf_printf(&r->notes, STR_FMT ": %s; read as a log\n", STR_ARG(name), err.msg);
		read_log(r, name, text);
		return;
	}
	r->read++;
}

int remains_file(struct remains *r, const char *path, struct err *err)
{
	struct loginput_opts o = {.tmpdir = r->tmpdir};
	struct loginputs in;
	int fd, rc;

	if (strcmp(path, "-") != 0 && corefile_is(path)) {
		rc = corefile_open(path, r->tmpdir, &fd, err);
		return rc ? rc : remains_core(r, fd, path, err);
	}
	loginputs_init(&in);
	rc = loginputs_add(&in, path, &o, err);
	for (size_t i = 0; !rc && i < in.n; i++) {
		if (in.in[i].note.n)
			buf_printf(&r->notes, STR_FMT ": " STR_FMT "\n", STR_ARG(in.in[i].name),
				   STR_ARG(in.in[i].note));
		read_text(r, in.in[i].name, (struct str){in.in[i].map.data, in.in[i].map.size});
	}
	loginputs_release(&in);
	return rc;
}

/* ---- the machine ---- */

static void read_program(struct remains *r, char *const *argv, const char *name)
{
	CLEANUP_BUF struct buf out = {0};
	struct exec_result result = {0};
	struct err err;

	if (exec_output(argv, environ, NULL, SYSTEM_NS, MAX_SYSTEM, &out, &result, &err)) {
		buf_printf(&r->notes, "%s: %s\n", name, err.msg);
		return;
	}
	if (result.code || result.sig) {
		buf_printf(&r->notes, "%s: may not be read, or is not there (are you root?)\n",
			   name);
		return;
	}
	read_log(r, str_of(name), buf_str(&out));
	r->facts.kernel_read = true;
}

void remains_system(struct remains *r)
{
	static const char *const dmesg[] = {"dmesg", "--time-format", "iso", NULL};
	static const char *const journal[] = {"journalctl", "-k",        "--no-pager", "-q",
					      "-o",         "short-iso", NULL};

	read_program(r, (char *const *)(uintptr_t)dmesg, "dmesg");
	if (!r->facts.kernel_read)
		read_program(r, (char *const *)(uintptr_t)journal, "journalctl -k");
}

/* ---- a recorded run ---- */

struct latest {
	struct str id;
	struct arena *a;
};

static bool ended_badly(void *arg, const struct store_row *row)
{
	struct latest *l = arg;
	const struct value *code = &row->values[0], *end = &row->values[1];

	if (row->state == RUN_RUNNING ||
	    (code->kind == VALUE_INT && code->integer == 0 && str_eq(end->text, STR("exited"))))
		return true;
	if (code->kind != VALUE_INT && row->state != RUN_INTERRUPTED)
		return true;
	l->id = arena_str(l->a, row->id);
	return false;
}

static int find_latest(struct remains *r, struct store *s, struct str *id, struct err *err)
{
	static const struct str columns[] = {STR("run.exit"), STR("run.end")};
	struct store_query q = {.where = STR(""),
				.columns = columns,
				.ncolumns = ARRAY_SIZE(columns),
				.newest_first = true};
	struct latest l = {.id = STR(""), .a = &r->arena};
	int rc = store_runs(s, &q, ended_badly, &l, err);

	if (!rc && !l.id.n)
		return err_set(err, ERR_UNDECIDED,
			       "no recorded run ended badly; name a file, or record one: inquest "
			       "run -- COMMAND");
	*id = l.id;
	return rc;
}

static const struct value *value_of(const struct run_record *run, const char *name)
{
	for (size_t i = 0; i < run->nvariables; i++)
		if (str_eq(run->variables[i].name, str_of(name)))
			return &run->variables[i].value;
	return NULL;
}

static double number_of(const struct run_record *run, const char *name, double none)
{
	const struct value *v = value_of(run, name);

	if (!v || (v->kind != VALUE_INT && v->kind != VALUE_REAL))
		return none;
	return v->kind == VALUE_INT ? (double)v->integer : v->real;
}

static void facts_of(struct death_facts *f, const struct run_record *run)
{
	static const struct {
		const char *name;
		enum death_ours ours;
	} ends[] = {{"time limit", DEATH_OUR_TIME},
		    {"memory limit", DEATH_OUR_MEMORY},
		    {"interrupted", DEATH_OUR_STOP}};
	static const struct {
		const char *name;
		enum death_limit limit;
	} limits[] = {
		{"run.limit.as", DEATH_LIMIT_AS},       {"run.limit.data", DEATH_LIMIT_DATA},
		{"run.limit.cpu", DEATH_LIMIT_CPU},     {"run.limit.fsize", DEATH_LIMIT_FSIZE},
		{"run.limit.nproc", DEATH_LIMIT_NPROC}, {"run.limit.nofile", DEATH_LIMIT_NOFILE},
		{"run.limit.stack", DEATH_LIMIT_STACK}};
	const struct value *end = value_of(run, "run.end");
	double before = number_of(run, "run.oom_before", -1),
	       count = number_of(run, "run.oom_count", -1);

	f->ended = value_of(run, "run.exit") != NULL;
	f->code = (int)number_of(run, "run.exit", 0);
	f->sig = (int)number_of(run, "run.signal", 0);
	if (f->sig)
		f->code = 0;
	for (size_t i = 0; end && i < ARRAY_SIZE(ends); i++)
		if (str_eq(end->text, str_of(ends[i].name)))
			f->ours = ends[i].ours;
	f->cpu_seconds = number_of(run, "run.user", -1) + number_of(run, "run.system", 0);
	f->seconds = number_of(run, "run.wall", 0);
	f->command = run->command;
	f->peak_rss = (uint64_t)number_of(run, "rss.peak", 0);
	f->has_oom = before >= 0 && count >= before;
	if (f->has_oom) {
		f->oom_after = (uint64_t)count;
		f->oom_before = (uint64_t)before;
	}
	f->group_limit = (uint64_t)number_of(run, "run.group_limit", 0);
	f->group_peak = (uint64_t)number_of(run, "run.group_peak", 0);
	f->kernel_read = number_of(run, "run.kernel_read", 0) > 0;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		double v = number_of(run, limits[i].name, -1);

		f->limits[limits[i].limit] =
			(struct death_rlimit){true, v < 0 ? DEATH_UNLIMITED : (uint64_t)v,
					      v < 0 ? DEATH_UNLIMITED : (uint64_t)v};
	}
}

static void read_evidence(struct remains *r, const struct workspace *w,
			  const struct run_record *run, const struct run_evidence *e)
{
	CLEANUP_FREE char *path = NULL;
	struct file_map map;
	struct err err;
	int fd;

	if (evidence_path(w->evidence, e->hash, &path, &err)) {
		buf_printf(&r->notes, "%s\n", err.msg);
		return;
	}
	if (str_eq(e->kind, STR("core"))) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && remains_core(r, fd, path, &err))
			buf_printf(&r->notes, "%s\n", err.msg);
		return;
	}
	if (!str_eq(e->kind, STR("log")) && !str_eq(e->kind, STR("kernel")))
		return;
	if (file_map_path(&map, path, &err)) {
		buf_printf(&r->notes, "%s\n", err.msg);
		return;
	}
	read_text(r,
		  str_of(arena_printf(&r->arena, STR_FMT ":" STR_FMT, STR_ARG(run->id),
				      STR_ARG(e->name))),
		  (struct str){map.data, map.size});
	file_map_release(&map);
}

/* What the run itself said at its end, when it knew more. */
static void take_told(struct remains *r, const struct run_record *run)
{
	const struct value *cause = value_of(run, "run.death"),
			   *sure = value_of(run, "run.death.sure");

	for (int i = 0; cause && i < DEATH_CAUSES; i++)
		if (str_eq(cause->text, str_of(death_word((enum death_cause)i))))
			r->told = (enum death_cause)i;
	for (int i = 0; sure && i <= DEATH_PROVEN; i++)
		if (str_eq(sure->text, str_of(death_sure_word((enum death_sure)i))))
			r->told_sure = (enum death_sure)i;
}

void remains_judge(struct remains *r, struct death *d)
{
	death_judge(&r->facts, &r->arena, d);
	if (r->told && d->cause == r->told && r->told_sure > d->sure)
		d->sure = r->told_sure;
}

int remains_run(struct remains *r, const struct workspace *w, const char *id, struct str *name,
		struct err *err)
{
	struct run_record run;
	struct store *s;
	struct str found = str_of(id);
	int rc = workspace_open(w, STORE_READ, &s, err);

	if (rc)
		return rc;
	if (!*id)
		rc = find_latest(r, s, &found, err);
	if (!rc)
		rc = store_get(s, found, &r->arena, &run, err);
	if (!rc) {
		*name = run.id;
		facts_of(&r->facts, &run);
		take_told(r, &run);
		for (size_t i = 0; i < run.nevidence; i++)
			read_evidence(r, w, &run, &run.evidence[i]);
		r->read++;
	}
	store_close(s);
	return rc;
}
