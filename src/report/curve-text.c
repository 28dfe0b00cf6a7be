// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A comparison of curves on one screen: see curve.h. First what is to be said of the metric that
 * was asked about, a plot of it against the band, then one line for each of the others.
 */
#include "report/curve-plot.h"

#include <math.h>
#include <stdlib.h>

#define NAME_COLUMNS 40
#define MAX_OTHERS   8 /* without -v */
#define MAX_RUNS     12
#define PLOT_HEIGHT  14
#define PLOT_WIDTH   100

static const char *const verdict_names[] = {
	[CURVE_EQUAL] = "equal", [CURVE_WITHIN] = "within",   [CURVE_DEPARTS] = "departs",
	[CURVE_PARTS] = "parts", [CURVE_UNKNOWN] = "unknown",
};

const char *curve_verdict_name(enum curve_verdict v)
{
	return verdict_names[v];
}

static void add_name(struct buf *b, struct str s)
{
	style_add_foreign(b, s, NAME_COLUMNS);
}

static void add_goods(const struct curve_metric *m, struct buf *b)
{
	if (m->ngood == 1)
		add_name(b, m->good[0].name);
	else
		buf_printf(b, "%zu good runs", m->ngood);
}

static void add_effect(const struct curve_metric *m, struct buf *b)
{
	const struct curve_departure *d = &m->diff.departure;

	if (!isfinite(d->effect))
		BUF_LIT(b, "no number");
	else if (!m->diff.log)
		buf_printf(b, "%+.4g from their mean", d->effect);
	else if (d->effect >= 1.995)
		buf_printf(b, "%.1f times their mean", d->effect);
	else
		buf_printf(b, "%+.1f %% of their mean", (d->effect - 1) * 100);
}

static void add_departure(const struct curve_metric *m, struct buf *b)
{
	const struct curve_departure *d = &m->diff.departure;

	buf_printf(b, "leaves the band of the %zu good runs, %s, at ", m->ngood,
		   d->direction < 0 ? "downwards" : "upwards");
	add_name(b, m->axis);
	buf_printf(b, " %.10g", d->step);
	if (d->low < d->high)
		buf_printf(b, " (between %.10g and %.10g)", d->low, d->high);
	BUF_LIT(b, ": ");
	add_effect(m, b);
	if (d->lasts)
		BUF_LIT(b, " to the end");
	else
		buf_printf(b, " until %.10g", d->until);
}

void curve_report_sentence(const struct curve_metric *m, struct buf *b)
{
	const struct curve_unequal *u = &m->diff.unequal;

	switch (m->diff.verdict) {
	case CURVE_EQUAL:
		BUF_LIT(b, "the same as ");
		add_name(b, m->good[u->with].name);
		BUF_LIT(b, " at every step that both have");
		break;
	case CURVE_WITHIN:
		buf_printf(b, "stays within the band of the %zu good runs", m->ngood);
		break;
	case CURVE_DEPARTS: add_departure(m, b); break;
	case CURVE_PARTS:
		BUF_LIT(b, "the same as ");
		add_name(b, m->good[u->with].name);
		buf_printf(b, " up to %.10g, another from ", u->last);
		add_name(b, m->axis);
		buf_printf(b, " %.10g on (%.6g, there %.6g)", u->step, u->bad, u->good);
		break;
	case CURVE_UNKNOWN:
		if (m->ngood >= CURVE_BAND) {
			buf_printf(b,
				   "has %zu step%s in common with the good runs; %d are the fewest "
				   "that can tell",
				   m->diff.n, m->diff.n == 1 ? "" : "s", CURVE_STEPS);
			break;
		}
		BUF_LIT(b, "not the same as ");
		add_goods(m, b);
		buf_printf(b, "; whether that is more than runs vary, only %d good runs can tell",
			   CURVE_BAND);
		break;
	}
}

static void add_curve_notes(struct str name, const struct curve_points *p, struct buf *b)
{
	if (p->nrestarts) {
		BUF_LIT(b, "  ");
		add_name(b, name);
		buf_printf(b, ": started again at step %.10g (after %.10g)", p->restarts[0].to,
			   p->restarts[0].from);
		if (p->nrestarts > 1)
			buf_printf(b, " and %zu times more", p->nrestarts - 1);
		BUF_LIT(b, "; the later values count\n");
	}
	if (p->repeated && !p->nrestarts) {
		BUF_LIT(b, "  ");
		add_name(b, name);
		buf_printf(b, ": %zu steps have several values; the last ones count\n",
			   p->repeated);
	}
	if (p->has_nonfinite) {
		BUF_LIT(b, "  ");
		add_name(b, name);
		buf_printf(b, ": no finite number from step %.10g on\n", p->nonfinite);
	}
}

static void add_notes(const struct curve_metric *m, struct buf *b)
{
	const struct curvediff *d = &m->diff;
	const struct curve_unequal *u = &d->unequal;

	if (d->verdict == CURVE_DEPARTS && u->found && !isnan(u->last)) {
		buf_printf(b, "  the same as ");
		add_name(b, m->good[u->with].name);
		buf_printf(b, " up to step %.10g\n", u->last);
	}
	add_curve_notes(m->bad->name, &d->bad, b);
	for (size_t i = 0; i < m->ngood; i++)
		add_curve_notes(m->good[i].name, &d->good[i], b);
	if (d->interpolated)
		BUF_LIT(b, "  the good runs have other steps: values in between were taken\n");
	if (!d->n)
		BUF_LIT(b, "  there is no step that all runs have\n");
}

static void add_lines(const struct curve_report *r, const struct plot_line *lines, size_t n,
		      bool log_scale, double at, struct buf *b)
{
	buf_add_char(b, '\n');
	plot_add(b,
		 &(struct plot){.lines = lines,
				.nlines = n,
				.width = r->width && r->width < PLOT_WIDTH ? r->width : PLOT_WIDTH,
				.height = PLOT_HEIGHT,
				.log = log_scale,
				.color = r->color,
				.utf8 = r->utf8,
				.at = at});
}

bool curve_report_with(const struct curve_report *r, size_t i)
{
	return i != r->main && str_eq(r->metrics[i].name, r->metrics[r->main].name);
}

void curve_report_together(const struct curve_report *r, struct curve_together *t)
{
	*t = (struct curve_together){
		.first = INFINITY, .last = -INFINITY, .low = -INFINITY, .high = INFINITY};
	for (size_t i = 0; i < r->n; i++) {
		const struct curve_departure *d = &r->metrics[i].diff.departure;

		if (i != r->main && !curve_report_with(r, i))
			continue;
		t->runs++;
		if (!d->found)
			continue;
		t->depart++;
		t->first = fmin(t->first, d->step);
		t->last = fmax(t->last, d->step);
		t->low = fmax(t->low, d->low);
		t->high = fmin(t->high, d->high);
	}
	t->one = t->depart > 1 && t->low <= t->high;
}

/* The curve over the band, and with -v its distance from the good ones' mean in deviations. */
static void add_plots(const struct curve_report *r, const struct curve_metric *m, struct buf *b)
{
	struct curve_plots p;

	if (!curve_plots_init(&p, m, PLOT_WIDTH))
		return;
	for (size_t i = 0; i < r->n; i++)
		if (curve_report_with(r, i))
			(void)curve_plots_add(&p, &r->metrics[i], PLOT_WIDTH);
	add_lines(r, p.lines, p.n, m->diff.log, p.at, b);
	if (r->verbose && p.has_distance)
		add_lines(r, p.distance, ARRAY_SIZE(p.distance), false, p.at, b);
	curve_plots_release(&p);
}

static bool tells(const struct curve_metric *m)
{
	return m->diff.verdict == CURVE_DEPARTS || m->diff.verdict == CURVE_PARTS;
}

/* Those that tell something first, without -v not all of them. */
static void add_others(const struct curve_report *r, struct buf *b)
{
	size_t shown = 0, max = r->verbose ? SIZE_MAX : MAX_OTHERS;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < r->n; i++) {
			if (i == r->main || curve_report_with(r, i) ||
			    tells(&r->metrics[i]) != !pass || shown++ >= max)
				continue;
			if (shown == 1)
				BUF_LIT(b, "\nOther metrics\n");
			BUF_LIT(b, "  ");
			add_name(b, r->metrics[i].name);
			if (r->nbad > 1) {
				BUF_LIT(b, " of ");
				add_name(b, r->metrics[i].bad->name);
			}
			BUF_LIT(b, ": ");
			curve_report_sentence(&r->metrics[i], b);
			buf_add_char(b, '\n');
		}
	if (shown > max)
		buf_printf(b, "  %zu more: -v shows them\n", shown - max);
}

/* ---- several bad runs ---- */

static void add_together(const struct curve_report *r, struct buf *b)
{
	struct curve_together t;

	curve_report_together(r, &t);
	buf_printf(b, "%zu of %zu depart", t.depart, t.runs);
	if (r->metrics[r->main].ngood < CURVE_BAND)
		buf_printf(b, " (there is no band of good runs: %d would make one)", CURVE_BAND);
	if (t.one && t.low < t.high)
		buf_printf(b, ", together: each may have done so between %.10g and %.10g", t.low,
			   t.high);
	else if (t.one)
		buf_printf(b, ", together, at %.10g", t.low);
	else if (t.depart > 1)
		buf_printf(b, ", not together: the first at %.10g, the last at %.10g", t.first,
			   t.last);
	buf_add_char(b, '\n');
}

/* One line: a number by which the plot shows it, a name, what is said of it. */
static void add_run(const struct curve_report *r, size_t i, size_t no, struct buf *b)
{
	const struct curve_metric *m = &r->metrics[i];

	buf_printf(b, "  %2zu  ", no);
	add_name(b, m->bad->name);
	BUF_LIT(b, ": ");
	curve_report_sentence(m, b);
	buf_add_char(b, '\n');
}

/* The one that leaves first is the first, then those as they were named. */
static void add_runs(const struct curve_report *r, struct buf *b)
{
	size_t no = 1;

	add_run(r, r->main, no, b);
	for (size_t i = 0; i < r->n; i++)
		if (curve_report_with(r, i) && (++no <= MAX_RUNS || r->verbose))
			add_run(r, i, no, b);
	if (no > MAX_RUNS && !r->verbose)
		buf_printf(b, "  %zu more: -v shows them\n", no - MAX_RUNS);
}

void curve_report_text(const struct curve_report *r, struct buf *b)
{
	const struct curve_metric *m = &r->metrics[r->main];
	CLEANUP_BUF struct buf name = {0};

	add_name(&name, m->name);
	style_add(b, r->color, STYLE_BOLD, buf_str(&name));
	if (r->nbad > 1) {
		buf_printf(b, " of %zu bad runs: ", r->nbad);
		add_together(r, b);
		add_runs(r, b);
	} else {
		BUF_LIT(b, " of ");
		add_name(b, m->bad->name);
		BUF_LIT(b, ": ");
		curve_report_sentence(m, b);
		buf_add_char(b, '\n');
	}
	add_notes(m, b);
	for (size_t i = 0; i < r->n; i++)
		if (curve_report_with(r, i))
			add_curve_notes(r->metrics[i].bad->name, &r->metrics[i].diff.bad, b);
	add_plots(r, m, b);
	add_others(r, b);
	if (r->next)
		buf_printf(b, "\nNext: %s\n", r->next);
}
