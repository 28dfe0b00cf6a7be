// SPDX-License-Identifier: GPL-3.0-or-later
/* Curves and code of a comparison of runs: see page-runs.h. */
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "report/curve-plot.h"
#include "report/page-runs.h"
#include "text/record.h"

#define POINTS  400 /* of a comparison's line: each stands for a stretch of steps */
#define OTHERS  3   /* curves that tell nothing, but are drawn if none does */
#define COMMITS 20
#define FILES   30

/* ---- curves ---- */

static bool tells(const struct curve_metric *m)
{
	return m->diff.verdict == CURVE_DEPARTS || m->diff.verdict == CURVE_PARTS;
}

/* Where they part; false: they do not. */
static bool parting(const struct curve_metric *m, struct page_event *e)
{
	const struct curve_departure *d = &m->diff.departure;
	const struct curve_unequal *u = &m->diff.unequal;

	if (d->found)
		*e = (struct page_event){d->step, d->low, d->high, "leaves the band"};
	else if (u->found)
		*e = (struct page_event){u->step, NAN, NAN, "not the same from here on"};
	return d->found || u->found;
}

/* The curves of that name from metric i on in one chart, as far as there is room. */
static void draw(struct page *p, const struct rundiff_report *rep, size_t i, size_t *charts)
{
	const struct curve_metric *m = &rep->curves[i];
	CLEANUP_BUF struct buf title = {0}, axis = {0};
	struct page_chart c = {.y_name = ""};
	struct page_event event;
	struct curve_plots plots;

	if (curve_plots_init(&plots, m, POINTS)) {
		for (size_t k = i + 1; k < rep->ncurves; k++)
			if (str_eq(rep->curves[k].name, m->name))
				(void)curve_plots_add(&plots, &rep->curves[k], POINTS);
		buf_add_str(&title, m->name);
		buf_add_str(&axis, m->axis);
		c.title = buf_cstr(&title);
		c.x_name = buf_cstr(&axis);
		c.lines = plots.lines;
		c.nlines = plots.n;
		c.events = &event;
		c.nevents = parting(m, &event);
		page_thin_chart(p, &c);
		++*charts;
		if (plots.has_distance) {
			buf_printf(&title, " of " STR_FMT ": distance from the good ones",
				   STR_ARG(m->bad->name));
			c.title = buf_cstr(&title);
			c.y_name = "deviations between the good ones";
			c.lines = plots.distance;
			c.nlines = ARRAY_SIZE(plots.distance);
			page_thin_chart(p, &c);
			++*charts;
		}
	}
	curve_plots_release(&plots);
}

static void say(struct page *p, const struct curve_metric *m)
{
	CLEANUP_BUF struct buf sentence = {0};
	struct page_line *l = page_item(p);

	curve_report_sentence(m, &sentence);
	page_add(p, l, PAGE_CODE, m->name);
	page_add(p, l, PAGE_PLAIN, STR(" of "));
	page_add(p, l, PAGE_CODE, m->bad->name);
	page_addf(p, l, PAGE_PLAIN, " " STR_FMT, STR_ARG(buf_str(&sentence)));
	page_addf(p, l, PAGE_FAINT, " (%zu good, 1 bad; ", m->ngood);
	page_counted(p, l, m->diff.n, "common step");
	page_add(p, l, PAGE_FAINT, STR(")."));
	if (m->diff.interpolated)
		page_add(p, l, PAGE_WARN,
			 STR(" The good runs have other steps: values in between were taken."));
	if (m->diff.bad.nrestarts)
		page_addf(p, l, PAGE_WARN,
			  " It was started again at step %.10g; the later values count.",
			  m->diff.bad.restarts[0].to);
}

/* Is it the first of its name, of those that tell something if any does? */
static bool begins_chart(const struct rundiff_report *rep, size_t i, bool told)
{
	if (told && !tells(&rep->curves[i]))
		return false;
	for (size_t k = 0; k < i; k++)
		if (str_eq(rep->curves[k].name, rep->curves[i].name) &&
		    (!told || tells(&rep->curves[k])))
			return false;
	return true;
}

/* Those that tell something; if none does, the first ones. */
void page_runs_curves(struct page *p, const struct page_runs *in)
{
	const struct rundiff_report *rep = in->report;
	size_t told = 0, n = 0, charts = 0;

	for (size_t i = 0; i < rep->ncurves; i++)
		told += tells(&rep->curves[i]);
	for (size_t i = 0; i < rep->ncurves && n < PAGE_ROWS; i++) {
		if (told ? !tells(&rep->curves[i]) : n >= OTHERS)
			continue;
		if (!n++)
			page_heading(p, 2, STR("Curves"));
		say(p, &rep->curves[i]);
	}
	page_more(p, n && n < rep->ncurves ? rep->ncurves - n : 0, str_of(in->verbose));
	for (size_t i = 0; i < rep->ncurves && charts < PAGE_CHARTS; i++)
		if (begins_chart(rep, i, told > 0))
			draw(p, rep, i, &charts);
}

/* ---- code ---- */

static void relation(struct page *p, const struct rundiff_code *c)
{
	const struct code_range *r = c->range;
	struct page_line *l = page_text(p);

	page_add(p, l, PAGE_PLAIN, STR("Good runs are of "));
	page_add(p, l, PAGE_CODE, str_head(c->good, 12));
	if (c->commits[0] > 1)
		page_addf(p, l, PAGE_FAINT, " (and %zu other commits)", c->commits[0] - 1);
	page_add(p, l, PAGE_PLAIN, STR(", bad ones of "));
	page_add(p, l, PAGE_CODE, str_head(c->bad, 12));
	if (c->commits[1] > 1)
		page_addf(p, l, PAGE_FAINT, " (and %zu other commits)", c->commits[1] - 1);
	switch (r->relation) {
	case CODE_SAME: page_add(p, l, PAGE_PLAIN, STR(": the same commit.")); return;
	case CODE_UNRELATED:
		page_add(p, l, PAGE_WARN, STR(": they have no common ancestor."));
		break;
	default:
		page_addf(p, l, PAGE_PLAIN, ": %llu %s only the bad side has, %llu only the good.",
			  (unsigned long long)r->only_bad, r->only_bad == 1 ? "commit" : "commits",
			  (unsigned long long)r->only_good);
	}
	if (r->has_files)
		page_addf(p, l, PAGE_PLAIN, " %llu files differ, %llu lines added, %llu removed.",
			  (unsigned long long)r->changed, (unsigned long long)r->added,
			  (unsigned long long)r->removed);
}

static void commits(struct page *p, const struct code_range *r, struct str all)
{
	static const struct page_column columns[] = {
		{"commit", false}, {"when", false}, {"what", false}};
	uint64_t total = r->only_bad ? r->only_bad : r->only_good;

	if (!r->ncommits)
		return;
	page_table(p, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < r->ncommits && i < COMMITS; i++) {
		CLEANUP_BUF struct buf when = {0};

		run_started(r->commits[i].time * INT64_C(1000000000), &when);
		page_cell_text(p, PAGE_CODE, str_head(r->commits[i].id, 12));
		page_cell_text(p, PAGE_PLAIN, str_head(buf_str(&when), 10));
		page_cell_text(p, PAGE_PLAIN, r->commits[i].title);
	}
	page_more(p, total > COMMITS ? total - COMMITS : 0, all);
}

static void files(struct page *p, const struct code_range *r, struct str all)
{
	static const struct page_column columns[] = {
		{"file", false}, {"lines added", true}, {"removed", true}};

	if (!r->nfiles)
		return;
	page_table(p, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < r->nfiles && i < FILES; i++) {
		const struct code_file *f = &r->files[i];

		page_cell_text(p, PAGE_CODE, f->path);
		if (f->binary)
			page_cell_text(p, PAGE_FAINT, STR("binary"));
		else
			page_cellf(p, PAGE_PLAIN, "%llu", (unsigned long long)f->added);
		page_cellf(p, PAGE_PLAIN, "%llu", (unsigned long long)f->removed);
	}
	page_more(p, r->changed > FILES ? r->changed - FILES : 0, all);
}

/* Ids of commits, and nothing else, go into a command. */
static bool is_commit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return s.n >= 7;
}

void page_runs_code(struct page *p, const struct page_runs *in)
{
	const struct rundiff_code *c = in->report->code;
	CLEANUP_BUF struct buf log = {0}, stat = {0};
	bool known;

	if (!c || (!c->good.n && !c->bad.n && !c->problem && !c->dirty[0] && !c->dirty[1]))
		return;
	page_heading(p, 2, STR("The code between them"));
	known = c->range && is_commit(c->good) && is_commit(c->bad);
	if (known) {
		relation(p, c);
		buf_printf(&log, "git log --oneline %.12s..%.12s", c->good.p, c->bad.p);
		buf_printf(&stat, "git diff --stat %.12s %.12s", c->good.p, c->bad.p);
		commits(p, c->range, buf_str(&log));
		files(p, c->range, buf_str(&stat));
	}
	if (c->problem)
		page_addf(p, page_text(p), PAGE_WARN, "Not compared: %s.", c->problem);
	if (c->both)
		page_addf(p, page_text(p), PAGE_WARN,
			  "%zu commit%s of good and of bad runs alike: the code alone does not "
			  "tell them apart.",
			  c->both, c->both == 1 ? " is one" : "s are ones");
	for (int side = 0; side < 2; side++)
		if (c->dirty[side])
			page_addf(p, page_text(p), PAGE_WARN,
				  "%zu of the %s runs had changes that are in no commit%s.",
				  c->dirty[side], side ? "bad" : "good",
				  c->same_changes ? ", in all runs the same ones" : "");
	if (known && c->range->relation != CODE_SAME) {
		buf_add_char(&log, '\n');
		buf_add_str(&log, buf_str(&stat));
		page_command(p, buf_str(&log));
	}
}
