// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison of curves as JSON (inquest.curve/1, docs/formats.md): see curve.h. */
#include "report/curve.h"
#include "report/json-object.h"

static void add_unequal(const struct curve_metric *m, struct buf *b)
{
	const struct curve_unequal *u = &m->diff.unequal;

	if (!u->found) {
		object_null(b, "first_unequal");
		return;
	}
	object_begin(b, "first_unequal");
	object_real(b, "step", u->step);
	object_real(b, "last_equal", u->last);
	object_text(b, "with", m->good[u->with].name);
	object_real(b, "good", u->good);
	object_real(b, "bad", u->bad);
	object_end(b);
}

static void add_points(const char *key, const double *v, size_t n, struct buf *b)
{
	object_list(b, key);
	for (size_t i = 0; i < n; i++)
		object_real(b, NULL, v[i]);
	object_list_end(b);
}

static void add_departure(const struct curve_metric *m, struct buf *b)
{
	const struct curve_departure *d = &m->diff.departure;

	if (!d->found) {
		object_null(b, "first_departure");
		return;
	}
	object_begin(b, "first_departure");
	object_real(b, "step", d->step);
	add_points("interval", (const double[]){d->low, d->high}, 2, b);
	object_real(b, "until", d->until);
	object_bool(b, "lasts", d->lasts);
	object_text(b, "direction", d->direction < 0 ? STR("below") : STR("above"));
	object_real(b, "effect", d->effect);
	object_text(b, "effect_is", m->diff.log ? STR("ratio") : STR("difference"));
	object_real(b, "z", d->z);
	object_end(b);
}

static void add_curve(const char *key, struct str name, const struct curve_points *p, struct buf *b)
{
	object_begin(b, key);
	object_text(b, "name", name);
	object_count(b, "steps", p->n);
	object_real(b, "first", p->n ? p->x[0] : NAN);
	object_real(b, "last", p->n ? p->x[p->n - 1] : NAN);
	object_count(b, "repeated", p->repeated);
	object_real(b, "first_nonfinite", p->nonfinite);
	object_list(b, "restarts");
	for (size_t i = 0; i < p->nrestarts; i++) {
		object_begin(b, NULL);
		object_real(b, "from", p->restarts[i].from);
		object_real(b, "to", p->restarts[i].to);
		object_end(b);
	}
	object_list_end(b);
	object_end(b);
}

void curve_report_members(const struct curve_metric *m, struct buf *b)
{
	object_text(b, "metric", m->name);
	object_text(b, "axis", m->axis);
	object_text(b, "verdict", str_of(curve_verdict_name(m->diff.verdict)));
	add_unequal(m, b);
	add_departure(m, b);
	object_bool(b, "band", m->ngood >= CURVE_BAND);
	object_count(b, "runs", m->ngood);
	object_count(b, "steps", m->diff.n);
	object_bool(b, "log", m->diff.log);
	object_bool(b, "interpolated", m->diff.interpolated);
}

static void add_curves(const struct curve_metric *m, struct buf *b)
{
	add_curve("bad", m->bad->name, &m->diff.bad, b);
	object_list(b, "good");
	for (size_t i = 0; i < m->ngood; i++)
		add_curve(NULL, m->good[i].name, &m->diff.good[i], b);
	object_list_end(b);
}

/* Every bad run, with what is said of the metric that was asked about. */
static void add_bad_runs(const struct curve_report *r, struct buf *b)
{
	struct curve_together t;

	curve_report_together(r, &t);
	object_list(b, "bad_runs");
	for (size_t i = 0; i < r->n; i++) {
		if (i != r->main && !curve_report_with(r, i))
			continue;
		object_begin(b, NULL);
		object_text(b, "run", r->metrics[i].bad->name);
		curve_report_members(&r->metrics[i], b);
		object_end(b);
	}
	object_list_end(b);
	object_begin(b, "together");
	object_count(b, "runs", t.runs);
	object_count(b, "depart", t.depart);
	object_real(b, "first", t.first);
	object_real(b, "last", t.last);
	if (t.one)
		add_points("interval", (const double[]){t.low, t.high}, 2, b);
	else
		object_null(b, "interval");
	object_end(b);
}

void curve_report_json(const struct curve_report *r, struct buf *b)
{
	const struct curve_metric *main = &r->metrics[r->main];

	object_begin(b, NULL);
	object_text(b, "schema", STR("inquest.curve/1"));
	object_text(b, "command", str_of(r->command));
	curve_report_members(main, b);
	add_curves(main, b);
	object_list(b, "metrics");
	for (size_t i = 0; i < r->n; i++) {
		object_begin(b, NULL);
		object_text(b, "run", r->metrics[i].bad->name);
		curve_report_members(&r->metrics[i], b);
		object_end(b);
	}
	object_list_end(b);
	add_bad_runs(r, b);
	if (r->verbose) {
		object_begin(b, "points");
		add_points("step", main->diff.step, main->diff.n, b);
		add_points("bad", main->diff.value, main->diff.n, b);
		add_points("median", main->diff.median, main->diff.n, b);
		add_points("spread", main->diff.spread, main->diff.n, b);
		object_end(b);
	}
	object_end(b);
	buf_add_char(b, '\n');
}
