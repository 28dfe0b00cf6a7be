// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison of curves as JSON (inquest.curve/1, docs/formats.md): see curve.h. */
#include "report/curve.h"

#include <math.h>

#include "text/json.h"

static void member(struct buf *b, const char *key)
{
	if (b->n && b->p[b->n - 1] != '{')
		buf_add_char(b, ',');
	json_add_string(b, str_of(key));
	buf_add_char(b, ':');
}

static void real(struct buf *b, const char *key, double v)
{
	member(b, key);
	json_add_real(b, v);
}

static void text(struct buf *b, const char *key, struct str s)
{
	member(b, key);
	json_add_string(b, s);
}

static void boolean(struct buf *b, const char *key, bool v)
{
	member(b, key);
	buf_add_str(b, v ? STR("true") : STR("false"));
}

static void count(struct buf *b, const char *key, size_t v)
{
	member(b, key);
	buf_u64(b, v);
}

static void add_unequal(const struct curve_metric *m, struct buf *b)
{
	const struct curve_unequal *u = &m->diff.unequal;

	member(b, "first_unequal");
	if (!u->found) {
		BUF_LIT(b, "null");
		return;
	}
	buf_add_char(b, '{');
	real(b, "step", u->step);
	real(b, "last_equal", u->last);
	text(b, "with", m->good[u->with].name);
	real(b, "good", u->good);
	real(b, "bad", u->bad);
	buf_add_char(b, '}');
}

static void add_departure(const struct curve_metric *m, struct buf *b)
{
	const struct curve_departure *d = &m->diff.departure;

	member(b, "first_departure");
	if (!d->found) {
		BUF_LIT(b, "null");
		return;
	}
	buf_add_char(b, '{');
	real(b, "step", d->step);
	member(b, "interval");
	buf_add_char(b, '[');
	json_add_real(b, d->low);
	buf_add_char(b, ',');
	json_add_real(b, d->high);
	buf_add_char(b, ']');
	real(b, "until", d->until);
	boolean(b, "lasts", d->lasts);
	text(b, "direction", d->direction < 0 ? STR("below") : STR("above"));
	real(b, "effect", d->effect);
	text(b, "effect_is", m->diff.log ? STR("ratio") : STR("difference"));
	real(b, "z", d->z);
	buf_add_char(b, '}');
}

static void add_points(const char *key, const double *v, size_t n, struct buf *b)
{
	member(b, key);
	buf_add_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_add_real(b, v[i]);
	}
	buf_add_char(b, ']');
}

static void add_curve(struct str name, const struct curve_points *p, struct buf *b)
{
	buf_add_char(b, '{');
	text(b, "name", name);
	count(b, "steps", p->n);
	real(b, "first", p->n ? p->x[0] : NAN);
	real(b, "last", p->n ? p->x[p->n - 1] : NAN);
	count(b, "repeated", p->repeated);
	real(b, "first_nonfinite", p->nonfinite);
	member(b, "restarts");
	buf_add_char(b, '[');
	for (size_t i = 0; i < p->nrestarts; i++) {
		if (i)
			buf_add_char(b, ',');
		buf_add_char(b, '{');
		real(b, "from", p->restarts[i].from);
		real(b, "to", p->restarts[i].to);
		buf_add_char(b, '}');
	}
	BUF_LIT(b, "]}");
}

static void add_findings(const struct curve_metric *m, struct buf *b)
{
	text(b, "metric", m->name);
	text(b, "axis", m->axis);
	text(b, "verdict", str_of(curve_verdict_name(m->diff.verdict)));
	add_unequal(m, b);
	add_departure(m, b);
	boolean(b, "band", m->ngood >= CURVE_BAND);
	count(b, "runs", m->ngood);
	count(b, "steps", m->diff.n);
	boolean(b, "log", m->diff.log);
	boolean(b, "interpolated", m->diff.interpolated);
}

static void add_curves(const struct curve_metric *m, struct buf *b)
{
	member(b, "bad");
	add_curve(m->bad->name, &m->diff.bad, b);
	member(b, "good");
	buf_add_char(b, '[');
	for (size_t i = 0; i < m->ngood; i++) {
		if (i)
			buf_add_char(b, ',');
		add_curve(m->good[i].name, &m->diff.good[i], b);
	}
	buf_add_char(b, ']');
}

void curve_report_json(const struct curve_report *r, struct buf *b)
{
	const struct curve_metric *main = &r->metrics[r->main];

	buf_add_char(b, '{');
	text(b, "schema", STR("inquest.curve/1"));
	text(b, "command", str_of(r->command));
	add_findings(main, b);
	add_curves(main, b);
	member(b, "metrics");
	buf_add_char(b, '[');
	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_add_char(b, ',');
		buf_add_char(b, '{');
		add_findings(&r->metrics[i], b);
		buf_add_char(b, '}');
	}
	buf_add_char(b, ']');
	if (r->verbose) {
		member(b, "points");
		buf_add_char(b, '{');
		add_points("step", main->diff.step, main->diff.n, b);
		add_points("bad", main->diff.value, main->diff.n, b);
		add_points("median", main->diff.median, main->diff.n, b);
		add_points("spread", main->diff.spread, main->diff.n, b);
		buf_add_char(b, '}');
	}
	BUF_LIT(b, "}\n");
}
