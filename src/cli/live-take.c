// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Making the record of a run from its journal: see live.h. A journal may end anywhere, in the
 * middle of a line too: what cannot be read there is left out. Only a journal without its first
 * line, or of a newer version, is no journal.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/add-extract.h"
#include "cli/derived.h"
#include "cli/live.h"
#include "cli/metrics.h"
#include "store/evidence.h"

#define MAX_FACTS    ((size_t)64 << 20)
#define MAX_PATTERNS 64
#define UNBORN_AGE   60 /* seconds */

/* The columns of samples.jsonl as series; the first is in every line. */
static const struct column {
	const char *key, *name, *unit;
	double scale;
} columns[] = {
	{"rss", "rss", "bytes", 1},
	{"cpu_ns", "cpu", "s", 1e-9},
	{"read", "read", "bytes", 1},
	{"write", "write", "bytes", 1},
	{"processes", "processes", "", 1},
	{"threads", "threads", "", 1},
	{"fds", "fds", "", 1},
	{"minor", "faults.minor", "", 1},
	{"major", "faults.major", "", 1},
	{"pss", "pss", "bytes", 1},
	{"group_memory", "group.memory", "bytes", 1},
	{"group_swap", "group.swap", "bytes", 1},
	{"psi0", "psi.cpu.some", "", 1}, /* enum exec_psi */
	{"psi1", "psi.cpu.full", "", 1},
	{"psi2", "psi.memory.some", "", 1},
	{"psi3", "psi.memory.full", "", 1},
	{"psi4", "psi.io.some", "", 1},
	{"psi5", "psi.io.full", "", 1},
};

/* A record in the making. */
struct taking {
	struct arena *a;
	struct run_record r;
	size_t cap_variables;
	struct series series[ARRAY_SIZE(columns)];
	struct series with_points[ARRAY_SIZE(columns)]; /* the same memory */
	struct run_evidence evidence[5];
	const char *patterns[MAX_PATTERNS];
	size_t npatterns;
	struct buf output; /* both streams, for the patterns */
	bool begun;
};

static struct str text_of(struct arena *a, const json_t *v)
{
	if (!json_is_string(v))
		return STR("");
	return arena_str(a, (struct str){json_string_value(v), json_string_length(v)});
}

static struct value value_of(struct arena *a, const json_t *line)
{
	const json_t *v = json_object_get(line, "int");

	if (json_is_integer(v))
		return value_int(json_integer_value(v));
	v = json_object_get(line, "real");
	if (v)
		return value_real(json_is_number(v) ? json_number_value(v) : NAN);
	return value_text(text_of(a, json_object_get(line, "text")));
}

static void add_variable(struct taking *t, struct str name, struct value v, struct str unit,
			 enum better better)
{
	array_push(t->r.variables, t->r.nvariables, t->cap_variables) = (struct variable){
		.name = name, .value = v, .unit = unit, .better = better, .n = 1, .spread = NAN};
}

static void take_run(struct taking *t, const json_t *run)
{
	json_int_t verdict = json_integer_value(json_object_get(run, "verdict"));

	t->begun = json_integer_value(json_object_get(run, "version")) == 1;
	t->r.name = text_of(t->a, json_object_get(run, "name"));
	t->r.command = text_of(t->a, json_object_get(run, "command"));
	t->r.verdict = verdict >= 0 && verdict <= RUN_BAD ? (enum run_verdict)verdict : RUN_UNKNOWN;
	t->r.started_ns = json_integer_value(json_object_get(run, "started_ns"));
}

static void take_fact(struct taking *t, const json_t *line)
{
	const json_t *v;

	if ((v = json_object_get(line, "run"))) {
		take_run(t, v);
	} else if ((v = json_object_get(line, "variable"))) {
		json_int_t better = json_integer_value(json_object_get(line, "better"));

		add_variable(t, text_of(t->a, v), value_of(t->a, line),
			     text_of(t->a, json_object_get(line, "unit")),
			     better == BETTER_LOWER || better == BETTER_HIGHER ? (enum better)better
									       : BETTER_UNKNOWN);
	} else if ((v = json_object_get(line, "pattern")) && t->npatterns < MAX_PATTERNS) {
		t->patterns[t->npatterns++] = text_of(t->a, v).p;
	} else if (json_is_true(json_object_get(line, "complete"))) {
		t->r.state = RUN_COMPLETE;
		t->r.started_ns = json_integer_value(json_object_get(line, "started_ns"));
	}
}

static bool has_variable(const struct taking *t, struct str name)
{
	for (size_t i = 0; i < t->r.nvariables; i++)
		if (str_eq(t->r.variables[i].name, name))
			return true;
	return false;
}

static void add_point(struct series *s, double x, double y)
{
	size_t n = s->n++;

	if ((n & (n - 1)) == 0) { /* full: 1, 2, 4, ... */
		s->x = mem_realloc(s->x, n ? n * 2 : 1, sizeof(*s->x));
		s->y = mem_realloc(s->y, n ? n * 2 : 1, sizeof(*s->y));
	}
	s->x[n] = x;
	s->y[n] = y;
}

static void take_sample(struct taking *t, const json_t *line)
{
	double at = json_number_value(json_object_get(line, "at_ns")) * 1e-9;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		const json_t *v = json_object_get(line, columns[i].key);

		if (v)
			add_point(&t->series[i], at, json_number_value(v) * columns[i].scale);
	}
}

/* Those that have points come first; of a run that was killed also its highest memory and last
 * time. */
static void finish_series(struct taking *t)
{
	const struct series *rss = &t->series[0];
	double peak = 0;
	size_t n = rss->n;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		struct series *s = &t->series[i];

		s->name = str_of(columns[i].name);
		s->unit = str_of(columns[i].unit);
		s->axis = STR("s");
		if (s->n)
			t->with_points[t->r.nseries++] = *s;
	}
	t->r.series = t->with_points;
	for (size_t i = 0; i < n; i++)
		if (rss->y[i] > peak)
			peak = rss->y[i];
	if (n && !has_variable(t, STR("rss.peak")))
		add_variable(t, STR("rss.peak"), value_int((int64_t)peak), STR("bytes"),
			     BETTER_LOWER);
	if (n && t->r.state == RUN_INTERRUPTED)
		add_variable(t, STR("run.seen"), value_real(rss->x[n - 1]), STR("s"),
			     BETTER_UNKNOWN);
}

static char *path_in(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return path;
}

/* Call fn for every line of a file of JSON lines that is whole. */
static int read_lines(struct taking *t, const char *dir, const char *name,
		      void (*fn)(struct taking *t, const json_t *line), struct err *err)
{
	CLEANUP_FREE char *path = path_in(dir, name), *data = NULL;
	struct str rest, line;
	size_t n;
	int rc = file_read_small(path, MAX_FACTS, &data, &n, err);

	if (rc)
		return rc;
	rest = (struct str){data, n};
	while (rest.p && str_next(&rest, '\n', &line)) {
		json_t *v = json_loadb(line.p, line.n, 0, NULL);

		if (v)
			fn(t, v);
		json_decref(v);
	}
	return 0;
}

/* An output as evidence, and what it holds of metrics. */
static int take_output(struct taking *t, const char *dir, const char *name, const char *kind,
		       struct metrics *m, const struct live_target *target, struct err *err)
{
	CLEANUP_FREE char *path = path_in(dir, name);
	char hash[EVIDENCE_HASH + 1];
	struct file_map map;
	int rc = file_map_path(&map, path, err);

	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	if (map.size) {
		rc = evidence_put(target->evidence_dir, (struct str){map.data, map.size}, true,
				  hash, err);
		if (!rc) {
			t->evidence[t->r.nevidence++] = (struct run_evidence){
				arena_str(t->a, str_of(hash)), str_of(name), str_of(kind)};
			if (m)
				metrics_read(m, str_of(name), (struct str){map.data, map.size});
			if (m && t->npatterns)
				buf_add(&t->output, map.data, map.size);
		}
	}
	file_map_release(&map);
	return rc;
}

/* What is not there of every run. */
static int take_text(struct taking *t, const char *dir, const char *name,
		     const struct live_target *target, struct err *err)
{
	CLEANUP_FREE char *path = path_in(dir, name);

	return access(path, F_OK) == 0 ? take_output(t, dir, name, name, NULL, target, err) : 0;
}

static int take_all(struct taking *t, const char *dir, const struct live_target *target,
		    struct metrics *m, struct err *err)
{
	int rc = read_lines(t, dir, "facts.jsonl", take_fact, err);

	if (!rc && !t->begun)
		return err_set(err, ERR_INPUT, "%s: no journal of a run, or of a newer version",
			       dir);
	if (!rc)
		rc = read_lines(t, dir, "samples.jsonl", take_sample, err);
	finish_series(t);
	t->r.evidence = t->evidence;
	if (!rc)
		rc = take_output(t, dir, "stdout", "log", m, target, err);
	if (!rc)
		rc = take_output(t, dir, "stderr", "log", m, target, err);
	if (!rc)
		rc = take_output(t, dir, "times.jsonl", "times", NULL, target, err);
	if (!rc)
		rc = take_text(t, dir, "kernel", target, err);
	if (!rc)
		rc = take_text(t, dir, "stacks", target, err);
	return rc;
}

static void remove_journal(const char *dir)
{
	struct live l = {.dir = mem_strdup(dir),
			 .facts = -1,
			 .samples = -1,
			 .out = -1,
			 .err = -1,
			 .times = -1};

	live_end(&l, true);
}

/* A definition that cannot be read is no reason to lose a run. */
static void take_extracted(struct taking *t, const struct live_target *target, struct buf *notes)
{
	struct extract_set *set;
	struct err err;
	int rc = extract_load(&set, target->workspace, &err);

	if (!rc) {
		rc = extract_run(set, target->evidence_dir, t->a, &t->r, &t->r.variables,
				 &t->r.nvariables, &t->cap_variables, &err);
		extract_free(set);
	}
	if (rc)
		buf_printf(notes, "%s\n", err.msg);
}

/* What is told of its series, by definitions too, if they can be read. */
static void take_derived(struct taking *t, const struct live_target *target, struct buf *notes)
{
	struct derived d = {0};
	struct err err;

	if (target->workspace && derived_load(&d, target->workspace, NULL, &err))
		buf_printf(notes, "%s\n", err.msg);
	derived_record(&d, t->a, &t->r, &t->r.variables, &t->r.nvariables, &t->cap_variables);
	derived_release(&d);
}

int live_take(const char *dir, const struct live_target *target, struct arena *a, struct str *id,
	      struct buf *notes, struct err *err)
{
	struct taking t = {.a = a, .r.state = RUN_INTERRUPTED};
	struct metrics *m = metrics_new();
	int rc = take_all(&t, dir, target, m, err);

	if (!rc) {
		for (size_t i = 0; i < t.npatterns; i++)
			metrics_pattern(m, t.patterns[i], buf_str(&t.output));
		metrics_add(m, &t.r, &t.cap_variables, a);
		if (target->workspace)
			take_extracted(&t, target, notes);
		take_derived(&t, target, notes);
		rc = store_put(target->store, &t.r, NULL, err);
	}
	if (!rc) {
		*id = arena_str(a, t.r.id);
		metrics_notes(m, notes);
		remove_journal(dir);
	}
	free(t.r.variables);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		free(t.series[i].x);
		free(t.series[i].y);
	}
	metrics_free(m);
	buf_release(&t.output);
	return rc;
}

/* Whether nobody holds the lock, or has just taken it in; *fd keeps it while the journal is taken.
 */
static bool is_left(const char *dir, int *fd)
{
	CLEANUP_FREE char *path = path_in(dir, "facts.jsonl");

	*fd = open(path, O_RDONLY | O_CLOEXEC);
	return *fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) == 0 && access(path, F_OK) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int no_dots(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int is_hidden(const struct dirent *d)
{
	return d->d_name[0] == '.' && strspn(d->d_name, ".") < strlen(d->d_name);
}

bool live_left(const char *parent)
{
	struct dirent **names = NULL;
	int count = scandir(parent, &names, no_dots, by_name);
	bool any = false;

	for (int i = 0; i < count; i++) {
		CLEANUP_FREE char *dir = path_in(parent, names[i]->d_name);
		CLEANUP_FD int fd = -1;

		any = any || is_left(dir, &fd);
		free(names[i]);
	}
	free(names);
	return any;
}

/* What was never published, killed in its first moments: nothing is in it. */
static void remove_unborn(const char *parent)
{
	struct dirent **names = NULL;
	int count = scandir(parent, &names, is_hidden, by_name);

	for (int i = 0; i < count; i++) {
		CLEANUP_FREE char *dir = path_in(parent, names[i]->d_name);
		struct stat st;

		if (stat(dir, &st) == 0 && time(NULL) - st.st_mtim.tv_sec > UNBORN_AGE)
			remove_journal(dir);
		free(names[i]);
	}
	free(names);
}

int live_take_left(const char *parent, const struct live_target *t, size_t *n, struct err *err)
{
	struct dirent **names = NULL;
	int count = scandir(parent, &names, no_dots, by_name), rc = 0;
	CLEANUP_BUF struct buf notes = {0};

	*n = 0;
	remove_unborn(parent);
	for (int i = 0; i < count; i++) {
		CLEANUP_FREE char *dir = path_in(parent, names[i]->d_name);
		CLEANUP_FD int fd = -1;
		struct arena a;
		struct str id;
		int one;

		free(names[i]);
		arena_init(&a);
		if (is_left(dir, &fd)) {
			one = live_take(dir, t, &a, &id, &notes, err);
			*n += !one;
			if (one && !rc)
				rc = one;
		}
		arena_release(&a);
	}
	free(names);
	return rc;
}
