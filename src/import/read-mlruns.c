// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * MLflow's folder of runs: mlruns/EXPERIMENT/RUN/{meta.yaml, params/NAME, metrics/NAME, tags/NAME},
 * or a part of it. Every RUN is a run; a file of metrics has lines "timestamp value step" and is a
 * series over the step if it has more than one, else a variable. Parameters are "params.NAME".
 * Format: MLflow's FileStore.
 */
#include <stdlib.h>

#include "import/metric.h"

enum kind { NOTHING, PARAM, METRIC, TAG, META };

struct place {
	enum kind kind;
	struct str run;  /* the folder: "mlruns/0/4f1c" */
	struct str name; /* of the parameter, metric or tag */
};

struct run {
	struct str name;
	bool deleted;
	uint32_t number;
};

struct mlruns {
	struct import *im;
	struct metric_curves curves;
	struct intern folders; /* of runs */
	struct run *runs;
	size_t n, cap;
	uint64_t empty;
};

/* The first folder called params, metrics or tags parts run and name; names may have slashes. */
static struct place place_of(struct str path)
{
	static const struct {
		struct str folder;
		enum kind kind;
	} kinds[] = {{STR("params"), PARAM}, {STR("metrics"), METRIC}, {STR("tags"), TAG}};
	struct str rest = path, part;
	struct place p = {0};
	size_t at = 0;

	while (str_next(&rest, '/', &part)) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (str_eq(part, kinds[i].folder) && rest.n) {
				p = (struct place){kinds[i].kind, str_head(path, at ? at - 1 : 0),
						   rest};
				return p;
			}
		if (str_eq(part, STR("artifacts")))
			return p;
		if (str_eq(part, STR("meta.yaml")) && !rest.p)
			p = (struct place){META, str_head(path, at ? at - 1 : 0), STR("")};
		at += part.n + 1;
	}
	return p;
}

/* The value of a key of meta.yaml, which is flat; without quotes. */
static struct str yaml_value(struct str data, struct str key)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;

	while (import_next_line(&l, &line)) {
		const char *at = l.at;

		if (!import_skip(&line, key) || !import_skip(&line, STR(":")))
			continue;
		/* The line may stand in the scratch buffer: the value itself is in data. */
		line = str_from(data, (size_t)(at - data.p) + key.n + 1);
		line = str_trim(str_head(line, str_find_char(line, '\n')));
		if (line.n > 1 && (line.p[0] == '\'' || line.p[0] == '"') &&
		    line.p[line.n - 1] == line.p[0])
			line = (struct str){line.p + 1, line.n - 2};
		return str_eq(line, STR("null")) ? STR("") : line;
	}
	return STR("");
}

static bool is_run_meta(struct str data)
{
	return yaml_value(data, STR("run_id")).n || yaml_value(data, STR("run_uuid")).n;
}

static struct run *run_of(struct mlruns *m, struct str folder)
{
	uint32_t id = intern_add(&m->folders, folder);

	if (id == m->n)
		array_push(m->runs, m->n, m->cap) = (struct run){0};
	return &m->runs[id];
}

static struct run *known_run(struct mlruns *m, struct str folder)
{
	uint32_t id;

	return intern_find(&m->folders, folder, &id) ? &m->runs[id] : NULL;
}

/* Which folders are runs, and their names: tags of experiments are none. */
static void find_runs(struct mlruns *m, const struct import_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct place p = place_of(files[i].path);

		if (p.kind == META && is_run_meta(files[i].data)) {
			struct run *r = run_of(m, p.run);
			struct str stage = yaml_value(files[i].data, STR("lifecycle_stage"));

			r->deleted = str_eq(stage, STR("deleted"));
			if (!r->name.n)
				r->name = yaml_value(files[i].data, STR("run_name"));
		} else if (p.kind == PARAM || p.kind == METRIC) {
			run_of(m, p.run);
		}
	}
	for (size_t i = 0; i < n; i++) {
		struct place p = place_of(files[i].path);
		struct run *r = p.kind == TAG ? known_run(m, p.run) : NULL;

		if (r && str_eq(p.name, STR("mlflow.runName")))
			r->name = str_trim(files[i].data);
	}
}

static void add_runs(struct mlruns *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct str folder = m->folders.strs[i];
		const char *slash = folder.n ? memrchr(folder.p, '/', folder.n) : NULL;
		struct str id = slash ? str_from(folder, (size_t)(slash - folder.p) + 1) : folder;
		struct run *r = &m->runs[i];

		if (r->deleted)
			import_note(m->im, 0, "the run " STR_FMT " was deleted: left out",
				    STR_ARG(str_head(id, 100)));
		else
			r->number = import_add_run(m->im, r->name.n ? r->name : id);
	}
}

static struct variable *add(struct mlruns *m, uint32_t run, struct str prefix, struct str name,
			    struct value v, struct str unit)
{
	CLEANUP_BUF struct buf full = {0};
	struct variable *var;

	buf_add_str(&full, prefix);
	buf_add_str(&full, str_head(name, IMPORT_MAX_NAME));
	var = metric_add(m->im, buf_str(&full), v, unit, 1);
	if (var)
		var->run = run;
	return var;
}

/* "1700000000000 0.5 10"; the step is missing in old files. */
static bool metric_line(struct str line, double *v, double *step)
{
	struct str time = metric_cut_word(&line), value = metric_cut_word(&line);
	struct str at = metric_cut_word(&line);
	double t;

	*step = 0;
	return metric_number(time, &t) && metric_number(value, v) &&
	       (!at.n || metric_number(at, step));
}

static void metric_file(struct mlruns *m, uint32_t run, struct str name, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	uint64_t lines = str_count_char(str_trim(data), '\n') + 1;
	struct str line;
	double v, step;

	while (import_next_line(&l, &line)) {
		line = str_trim(line);
		if (!line.n)
			continue;
		if (!metric_line(line, &v, &step))
			import_note(m->im, l.no, STR_FMT ": no line \"timestamp value step\"",
				    STR_ARG(str_head(name, 100)));
		else if (lines > 1)
			metric_point(&m->curves, run, name, STR(""), STR("step"), step, v, l.no);
		else
			add(m, run, STR(""), name, value_real(v), STR(""));
	}
}

static void meta_file(struct mlruns *m, uint32_t run, struct str data)
{
	static const char *const status[] = {"",         "RUNNING", "SCHEDULED",
					     "FINISHED", "FAILED",  "KILLED"};
	struct str s = yaml_value(data, STR("status"));
	double start, end;
	uint64_t no;

	if (str_u64(s, &no) && no < ARRAY_SIZE(status))
		s = str_of(status[no]);
	if (s.n)
		add(m, run, STR("mlflow."), STR("status"), value_text(s), STR(""));
	if (metric_number(yaml_value(data, STR("start_time")), &start) &&
	    metric_number(yaml_value(data, STR("end_time")), &end))
		add(m, run, STR("mlflow."), STR("duration"), value_real(end - start), STR("ms"));
}

static void read_one(struct mlruns *m, const struct import_file *f)
{
	struct place p = place_of(f->path);
	const struct run *r = p.kind ? known_run(m, p.run) : NULL;
	struct str data = str_trim(f->data);
	struct value v;

	if (!r || r->deleted || (p.kind == META && !is_run_meta(f->data)))
		return;
	v = metric_value(data);
	if (!data.n) {
		m->empty++;
	} else if (p.kind == PARAM) {
		add(m, r->number, STR("params."), p.name, v, STR(""));
	} else if (p.kind == METRIC) {
		metric_file(m, r->number, p.name, f->data);
	} else if (p.kind == META) {
		meta_file(m, r->number, f->data);
	} else if (!str_starts(p.name, STR("mlflow.")) ||
		   str_eq(p.name, STR("mlflow.source.git.commit"))) {
		add(m, r->number, STR("tags."), p.name, value_text(data), STR(""));
	}
}

/* The run in whose folder a file is, whatever it is. */
static uint32_t run_around(struct mlruns *m, struct str path)
{
	for (size_t i = 0; i < path.n; i++) {
		const struct run *r = path.p[i] == '/' ? known_run(m, str_head(path, i)) : NULL;

		if (r)
			return r->deleted ? IMPORT_NO_RUN : r->number;
	}
	return IMPORT_NO_RUN;
}

static int recognise(struct str path, struct str head)
{
	struct place p = place_of(path);
	struct str line = str_head(head, str_find_char(head, '\n'));
	double v, step;

	if (p.kind == META)
		return yaml_value(head, STR("artifact_uri")).n ||
				       yaml_value(head, STR("artifact_location")).n
			       ? 90
			       : 0;
	return p.kind == METRIC && metric_line(line, &v, &step) ? 80 : 0;
}

static int read_files(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct mlruns m = {.im = im};
	int rc = 0;

	metric_curves_init(&m.curves, im);
	intern_init(&m.folders);
	find_runs(&m, files, n);
	add_runs(&m);
	im->file_runs = arena_alloc(&im->arena, (n + 1) * sizeof(*im->file_runs));
	for (size_t i = 0; i < n; i++) {
		read_one(&m, &files[i]);
		im->file_runs[i] = run_around(&m, files[i].path);
	}
	if (!m.n)
		rc = err_set(err, ERR_INPUT, "no run of MLflow is in it");
	if (m.empty)
		import_note(im, 0, "%llu files are empty", (unsigned long long)m.empty);
	metric_curves_release(&m.curves);
	intern_release(&m.folders);
	free(m.runs);
	return rc;
}

const struct import_reader read_mlruns = {
	.name = "mlruns",
	.what = "MLflow's folder of runs",
	.recognise = recognise,
	.read = read_files,
	.folder = true,
};
