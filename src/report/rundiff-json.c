// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison of runs as JSON (inquest.rundiff/1, docs/formats.md): see rundiff.h. */
#include "report/json-object.h"
#include "report/rundiff.h"

static const char *const section_names[] = {
	[RUNDIFF_TEST] = "test",
	[RUNDIFF_METRIC] = "metric",
	[RUNDIFF_NUMBER] = "number",
	[RUNDIFF_SETTING] = "setting",
	[RUNDIFF_CODE] = "code",
	[RUNDIFF_VERSION] = "version",
	[RUNDIFF_ENVIRONMENT] = "environment",
	[RUNDIFF_LOG] = "log",
};

static const char *const verdict_names[] = {
	[RUNDIFF_WORSE] = "worse",           [RUNDIFF_BETTER] = "better",
	[RUNDIFF_DIFFERS] = "differs",       [RUNDIFF_UNDECIDED] = "undecided",
	[RUNDIFF_EQUIVALENT] = "equivalent", [RUNDIFF_SAME] = "same",
};

static const struct str better_names[] = {STR("unknown"), STR("lower"), STR("higher")};

static void add_side(struct buf *b, const char *key, const struct rundiff_row *r, int side)
{
	const struct rundiff_values *v = &r->side[side];

	object_begin(b, key);
	object_count(b, "n", v->n);
	if (r->section == RUNDIFF_TEST) {
		object_count(b, "passed", v->passed);
		object_count(b, "failed", v->failed);
		object_count(b, "skipped", v->skipped);
	} else {
		object_text(b, "common", v->common);
		object_count(b, "common_n", v->ncommon);
		object_count(b, "distinct", v->distinct);
		object_real(b, "median", r->number ? v->median : NAN);
		object_real(b, "min", r->number ? v->low : NAN);
		object_real(b, "max", r->number ? v->high : NAN);
	}
	object_end(b);
}

/* What a row is from good to bad; null: the same. */
static struct str change_of(const struct rundiff_row *r)
{
	if (r->section == RUNDIFF_TEST || r->verdict == RUNDIFF_SAME)
		return STR("");
	return !r->side[0].n ? STR("added") : !r->side[1].n ? STR("removed") : STR("changed");
}

static void add_row(struct buf *b, const struct rundiff_row *r)
{
	object_begin(b, NULL);
	object_text(b, "section", str_of(section_names[r->section]));
	object_text(b, "name", r->name);
	object_text(b, "verdict", str_of(verdict_names[r->verdict]));
	object_text_or_null(b, "change", change_of(r));
	object_text(b, "unit", r->unit);
	object_text(b, "better", better_names[r->better]);
	object_bool(b, "separate", r->clean);
	object_bool(b, "other_denominator", r->samples);
	add_side(b, "good", r, 0);
	add_side(b, "bad", r, 1);
	object_text(b, "effect_is", r->log ? STR("ratio") : STR("difference"));
	object_real(b, "effect", r->effect);
	object_real(b, "low", r->low);
	object_real(b, "high", r->high);
	object_real(b, "p", r->p);
	object_real(b, "p_adjusted", r->p_adjusted);
	object_real(b, "p_min", r->p_min);
	object_real(b, "detectable", r->detectable);
	object_end(b);
}

static void add_runs(struct buf *b, const char *key, const struct rundiff_side *s)
{
	object_list(b, key);
	for (size_t i = 0; i < s->n; i++)
		object_text(b, NULL, s->runs[i].id);
	object_list_end(b);
}

static const struct str log_states[] = {
	[RUNDIFF_LOGS_READ] = STR("read"),
	[RUNDIFF_LOGS_NONE] = STR("none"),
	[RUNDIFF_LOGS_AWAY] = STR("away"),
	[RUNDIFF_LOGS_CAPPED] = STR("left out"),
};

static void add_logs(struct buf *b, const struct rundiff_logs *l)
{
	if (!l) {
		object_null(b, "logs");
		return;
	}
	object_begin(b, "logs");
	object_list(b, "runs");
	for (size_t i = 0; i < l->n; i++) {
		object_begin(b, NULL);
		object_text(b, "run", l->runs[i].id);
		object_text(b, "side", l->runs[i].side ? STR("bad") : STR("good"));
		object_text(b, "state", log_states[l->runs[i].state]);
		object_count(b, "logs", l->runs[i].logs);
		object_count(b, "away", l->runs[i].away);
		object_end(b);
	}
	object_list_end(b);
	object_count(b, "new_errors", l->errors);
	object_key(b, "diff");
	if (l->report)
		diff_report_object(l->report, b);
	else
		BUF_LIT(b, "null");
	object_end(b);
}

static const struct str relations[] = {
	[CODE_SAME] = STR("same"),           [CODE_FORWARD] = STR("forward"),
	[CODE_BACKWARD] = STR("backward"),   [CODE_APART] = STR("apart"),
	[CODE_UNRELATED] = STR("unrelated"),
};

static void add_commits(struct buf *b, const struct code_range *r)
{
	object_list(b, "commits");
	for (size_t i = 0; i < r->ncommits; i++) {
		object_begin(b, NULL);
		object_text(b, "id", r->commits[i].id);
		object_key(b, "time");
		buf_printf(b, "%lld", (long long)r->commits[i].time);
		object_text(b, "title", r->commits[i].title);
		object_end(b);
	}
	object_list_end(b);
}

static void add_files(struct buf *b, const struct code_range *r)
{
	if (!r->has_files) {
		object_null(b, "files");
		return;
	}
	object_begin(b, "files");
	object_count(b, "changed", r->changed);
	object_count(b, "added", r->added);
	object_count(b, "removed", r->removed);
	object_list(b, "most");
	for (size_t i = 0; i < r->nfiles; i++) {
		object_begin(b, NULL);
		object_text(b, "path", r->files[i].path);
		object_count(b, "added", r->files[i].added);
		object_count(b, "removed", r->files[i].removed);
		object_bool(b, "binary", r->files[i].binary);
		object_end(b);
	}
	object_list_end(b);
	object_end(b);
}

static void add_range(struct buf *b, const struct code_range *r)
{
	if (!r) {
		object_null(b, "range");
		return;
	}
	object_begin(b, "range");
	object_text(b, "relation", relations[r->relation]);
	object_text_or_null(b, "base", r->base);
	object_count(b, "only_good", r->only_good);
	object_count(b, "only_bad", r->only_bad);
	add_commits(b, r);
	add_files(b, r);
	object_end(b);
}

static void add_code(struct buf *b, const struct rundiff_code *c)
{
	if (!c) {
		object_null(b, "code");
		return;
	}
	object_begin(b, "code");
	object_text_or_null(b, "good", c->good);
	object_text_or_null(b, "bad", c->bad);
	object_count(b, "good_commits", c->commits[0]);
	object_count(b, "bad_commits", c->commits[1]);
	object_count(b, "both_commits", c->both);
	object_count(b, "good_uncommitted", c->dirty[0]);
	object_count(b, "bad_uncommitted", c->dirty[1]);
	object_bool(b, "same_uncommitted", c->same_changes);
	add_range(b, c->range);
	object_text_or_null(b, "problem", str_of(c->problem ? c->problem : ""));
	object_end(b);
}

void rundiff_report_json(const struct rundiff_report *rep, struct buf *b)
{
	object_begin(b, NULL);
	object_text(b, "schema", STR("inquest.rundiff/1"));
	object_text(b, "command", str_of(rep->command));
	add_runs(b, "good", &rep->side[0]);
	add_runs(b, "bad", &rep->side[1]);
	object_text_or_null(b, "capture", str_of(rep->program ? rep->program : ""));
	object_real(b, "alpha", rep->opts->alpha);
	object_real(b, "equivalence", rep->opts->equivalence);
	object_bool(b, "order_confounded", rep->diff->order_confounded);
	object_bool(b, "other_denominators", rep->diff->denominators);
	object_count(b, "good_tests", rep->diff->tests[0]);
	object_count(b, "bad_tests", rep->diff->tests[1]);
	object_count(b, "common", rep->diff->common);
	object_list(b, "rows");
	for (size_t i = 0; i < rep->diff->n; i++)
		if (rep->diff->rows[i].verdict != RUNDIFF_SAME || rep->verbose)
			add_row(b, &rep->diff->rows[i]);
	object_list_end(b);
	object_list(b, "curves");
	for (size_t i = 0; i < rep->ncurves; i++) {
		object_begin(b, NULL);
		object_text(b, "run", rep->curves[i].bad->name);
		curve_report_members(&rep->curves[i], b);
		object_end(b);
	}
	object_list_end(b);
	add_logs(b, rep->logs);
	add_code(b, rep->code);
	object_end(b);
	buf_add_char(b, '\n');
}
