// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The report on a metric's history: see page-history.h. Values are drawn as they are compared:
 * divided by the reference, where there is one, and multiplied by what that usually is.
 */
#include "report/page-history.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "report/style.h"
#include "stats/order.h"
#include "text/shell.h"

#define SHORT_ID   12
#define COVARIATES 12 /* of a change, that are shown */
#define EVENTS     50 /* in a chart */

/* ---- values ---- */

static double usual_reference(const struct history *h)
{
	double *v = mem_alloc((h->n + 1) * sizeof(*v)), usual;
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		if (isfinite(h->reference[i]))
			v[n++] = h->reference[i];
	usual = n ? order_median(v, n) : 1;
	free(v);
	return usual;
}

static double *values_of(const struct history *h)
{
	double *y = mem_alloc((h->n + 1) * sizeof(*y)),
	       usual = h->reference ? usual_reference(h) : 1;

	for (size_t i = 0; i < h->n; i++)
		y[i] = h->reference ? h->value[i] / h->reference[i] * usual : h->value[i];
	return y;
}

static double step_at(const struct history *h, size_t i)
{
	return h->step ? h->step[i] : (double)i;
}

static double level_of(const double *y, size_t from, size_t to, double *room)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (isfinite(y[i]))
			room[n++] = y[i];
	return n ? order_median(room, n) : NAN;
}

/* The medians of the levels, each as long as it lasts; a gap between two. */
static size_t levels(const struct page_history *in, const double *y, double *lx, double *ly)
{
	const struct history *h = in->history;
	double *room = mem_alloc((h->n + 1) * sizeof(*room));
	size_t n = 0, from = 0;

	for (size_t i = 0; i <= in->found->n; i++) {
		size_t to = i < in->found->n ? in->found->changes[i].index : h->n;
		double level = level_of(y, from, to, room);

		if (to == from)
			continue;
		lx[n] = step_at(h, from);
		ly[n++] = level;
		lx[n] = step_at(h, to - 1);
		ly[n++] = level;
		if (to < h->n) {
			lx[n] = (step_at(h, to - 1) + step_at(h, to)) / 2;
			ly[n++] = NAN;
		}
		from = to;
	}
	free(room);
	return n;
}

/* ---- the chart ---- */

static void draw(struct page *p, const struct page_history *in, const double *x, const double *y,
		 const struct page_event *events, size_t nevents)
{
	const struct history *h = in->history;
	size_t room = 3 * (in->found->n + 1);
	double *lx = mem_alloc(room * sizeof(*lx)), *ly = mem_alloc(room * sizeof(*ly));
	CLEANUP_BUF struct buf title = {0};
	struct plot_line lines[2] = {
		{.n = h->n, .x = x, .y = y, .style = STYLE_PLAIN, .name = "value"},
		{.x = lx, .y = ly, .style = STYLE_BAD, .name = "median of a level"}};
	struct page_chart c = {.lines = lines, .nlines = 1, .events = events, .nevents = nevents};

	buf_add_str(&title, h->metric);
	if (h->reference) {
		BUF_LIT(&title, ", divided by ");
		buf_add_str(&title, h->reference_name);
	}
	c.title = buf_cstr(&title);
	c.x_name = h->step ? "step" : h->by_commit ? "runs in the order of commits" : "runs";
	c.y_name = "";
	if (in->found->model == CHANGEPOINT_LEVEL && in->found->n) {
		lines[1].n = levels(in, y, lx, ly);
		c.nlines = 2;
	} else {
		c.points = true;
	}
	page_thin_chart(p, &c);
	free(lx);
	free(ly);
}

static void chart(struct page *p, const struct page_history *in)
{
	const struct history *h = in->history;
	const struct changepoints *f = in->found;
	double *x = mem_alloc((h->n + 1) * sizeof(*x)), *y = values_of(h);
	struct page_event events[EVENTS];
	size_t n = f->n < EVENTS ? f->n : EVENTS;
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < h->n; i++)
		x[i] = step_at(h, i);
	for (size_t i = 0; i < n; i++) {
		const struct change *c = &f->changes[i];
		const char *text = isfinite(c->ratio)
					   ? arena_printf(&a, "%+.1f %%", 100 * (c->ratio - 1))
					   : arena_printf(&a, "%.4g -> %.4g", c->before, c->after);

		events[i] = (struct page_event){step_at(h, c->index), step_at(h, c->from),
						step_at(h, c->to), text};
	}
	if (h->n)
		draw(p, in, x, y, events, n);
	arena_release(&a);
	free(x);
	free(y);
}

/* ---- words ---- */

/* "between runs r-1 and r-2, commits a..b": the last of the old and the first of the new. */
static void add_place(struct page *p, struct page_line *l, const struct history *h,
		      const struct change *c)
{
	size_t last = c->from ? c->from - 1 : 0;

	if (h->label) {
		page_add(p, l, PAGE_PLAIN, STR("after "));
		page_add(p, l, PAGE_CODE, h->label[last]);
		page_add(p, l, PAGE_PLAIN, STR(", up to "));
		page_add(p, l, PAGE_CODE, h->label[c->to]);
	} else if (h->commit && h->commit[c->to].n && h->commit[last].n) {
		page_add(p, l, PAGE_PLAIN, STR("commits "));
		page_addf(p, l, PAGE_CODE, STR_FMT ".." STR_FMT,
			  STR_ARG(str_head(h->commit[last], SHORT_ID)),
			  STR_ARG(str_head(h->commit[c->to], SHORT_ID)));
	} else if (h->run) {
		page_add(p, l, PAGE_PLAIN, STR("between runs "));
		page_add(p, l, PAGE_CODE, h->run[last]);
		page_add(p, l, PAGE_PLAIN, STR(" and "));
		page_add(p, l, PAGE_CODE, h->run[c->to]);
	} else {
		page_addf(p, l, PAGE_PLAIN, "at value %zu (%zu to %zu)", c->index + 1, c->from + 1,
			  c->to + 1);
	}
}

static enum page_mark mark_of(const struct history *h, const struct change *c)
{
	if (h->better == BETTER_UNKNOWN)
		return PAGE_WARN;
	return (c->after > c->before) == (h->better == BETTER_LOWER) ? PAGE_BAD : PAGE_GOOD;
}

static void add_size(struct page *p, struct page_line *l, const struct history *h,
		     const struct change *c)
{
	if (!isfinite(c->ratio)) {
		page_addf(p, l, mark_of(h, c), "%.6g -> %.6g", c->before, c->after);
		return;
	}
	page_addf(p, l, mark_of(h, c), "%+.2f %%", 100 * (c->ratio - 1));
	if (isfinite(c->low) && isfinite(c->high))
		page_addf(p, l, PAGE_PLAIN, " (%+.2f to %+.2f %%)", 100 * (c->low - 1),
			  100 * (c->high - 1));
}

void page_history_lead(struct page *p, struct page_line *l, const struct page_history *in)
{
	const struct history *h = in->history;
	const struct changepoints *f = in->found;

	page_add(p, l, PAGE_CODE, h->metric);
	page_add(p, l, PAGE_PLAIN, STR(" along "));
	page_counted(p, l, f->used, h->run ? "run" : "value");
	if (f->used < CHANGEPOINT_MIN) {
		page_addf(p, l, PAGE_WARN,
			  ": not enough to tell whether it changed; %d are the fewest that can.",
			  CHANGEPOINT_MIN);
		return;
	}
	if (!f->n) {
		page_add(p, l, PAGE_PLAIN, STR(": no change that stands out of its noise."));
	} else {
		const struct change *c = in->worst ? in->worst : &f->changes[f->n - 1];

		page_addf(p, l, PAGE_PLAIN, " changed %zu time%s. %s", f->n, f->n == 1 ? "" : "s",
			  in->worst ? f->n == 1 ? "It changed by " : "The last for the worse: "
				    : "The last one: ");
		add_size(p, l, h, c);
		page_add(p, l, PAGE_PLAIN, STR(", "));
		add_place(p, l, h, c);
		page_add(p, l, PAGE_PLAIN, STR("."));
		if (c->machine)
			page_add(p, l, PAGE_WARN,
				 STR(" The reference moved there too: it may be the machine."));
	}
	if (f->nmachine)
		page_addf(p, l, PAGE_PLAIN,
			  " By the reference, the machine itself changed %zu time%s.", f->nmachine,
			  f->nmachine == 1 ? "" : "s");
	if (f->left_out)
		page_addf(p, l, PAGE_WARN, " %zu values are no finite number and are left out.",
			  f->left_out);
}

/* ---- tables ---- */

static void covariates(struct page *p, struct page_line *l, const struct history_covariates *v)
{
	for (size_t i = 0; i < v->n && i < COVARIATES; i++) {
		const struct history_covariate *c = &v->items[i];

		if (i)
			page_add(p, l, PAGE_PLAIN, STR("; "));
		page_add(p, l, PAGE_CODE, c->name);
		page_add(p, l, PAGE_PLAIN, STR(": "));
		page_add(p, l, PAGE_PLAIN, c->before.n ? str_head(c->before, 80) : STR("(none)"));
		page_add(p, l, PAGE_PLAIN, STR(" -> "));
		page_add(p, l, PAGE_PLAIN, c->after.n ? str_head(c->after, 80) : STR("(none)"));
	}
	if (v->n > COVARIATES)
		page_addf(p, l, PAGE_PLAIN, "; and %zu more", v->n - COVARIATES);
}

static void row(struct page *p, const struct page_history *in, size_t i)
{
	const struct change *c = &in->found->changes[i];
	struct page_line *l;

	page_cellf(p, PAGE_PLAIN, "%zu", i + 1);
	add_place(p, page_cell(p), in->history, c);
	page_cellf(p, PAGE_PLAIN, "%.6g", c->before);
	page_cellf(p, PAGE_PLAIN, "%.6g", c->after);
	l = page_cell(p);
	add_size(p, l, in->history, c);
	if (c->machine)
		page_add(p, l, PAGE_WARN, STR(" machine"));
	if (in->covariates)
		covariates(p, page_cell(p), &in->covariates[i]);
}

static void changes(struct page *p, const struct page_history *in)
{
	static const struct page_column columns[] = {
		{"no", true},    {"where", false},        {"before", true},
		{"after", true}, {"change (95 %)", true}, {"what else changed there", false}};
	const struct changepoints *f = in->found;

	if (!f->n)
		return;
	page_table(p, columns, in->covariates ? 6 : 5);
	for (size_t i = 0; i < f->n && i < PAGE_ROWS; i++)
		row(p, in, i);
	page_more(p, f->n > PAGE_ROWS ? f->n - PAGE_ROWS : 0, str_of(in->command_json));
	page_add(p, page_text(p), PAGE_FAINT,
		 STR("A change lies in its interval, not at one commit. Before and after are "
		     "medians "
		     "of the levels; what else changed there went with it, which is no proof that "
		     "it "
		     "is why."));
}

static void machine(struct page *p, const struct page_history *in)
{
	const struct changepoints *f = in->found;

	if (!f->nmachine)
		return;
	page_heading(p, 3, STR("The machine, by the reference"));
	for (size_t i = 0; i < f->nmachine && i < 20; i++) {
		struct page_line *l = page_item(p);

		page_addf(p, l, PAGE_PLAIN, "%+.1f %% ", 100 * (f->machine[i].ratio - 1));
		add_place(p, l, in->history, &f->machine[i]);
	}
}

static bool is_commit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isxdigit((unsigned char)s.p[i]))
			return false;
	return s.n == 40 || s.n == 64;
}

static void restore(struct page *p, const struct page_history *in)
{
	const struct history *h = in->history;
	CLEANUP_BUF struct buf b = {0};
	struct page_line *l;
	size_t last;

	if (!in->restore || !in->worst)
		return;
	last = in->worst->from - 1;
	page_heading(p, 3, STR("How to have the old performance again"));
	l = page_text(p);
	page_add(p, l, PAGE_PLAIN, STR("The last run before it: "));
	page_add(p, l, PAGE_CODE, in->restore->id);
	page_addf(p, l, PAGE_PLAIN, ", %.6g.", h->value[last]);
	if (is_commit(h->commit[last])) {
		BUF_LIT(&b, "git checkout ");
		buf_add_str(&b, h->commit[last]);
		buf_add_char(&b, '\n');
	}
	if (in->restore->command.n) {
		BUF_LIT(&b, "inquest run -- ");
		buf_add_str(&b, in->restore->command);
	} else {
		page_add(p, l, PAGE_PLAIN, STR(" Its command was not recorded."));
	}
	if (b.n)
		page_command(p, buf_str(&b));
}

void page_history_body(struct page *p, const struct page_history *in)
{
	chart(p, in);
	changes(p, in);
	machine(p, in);
	restore(p, in);
}

void page_history(struct page *p, const struct page_history *in)
{
	const struct history *h = in->history;
	struct page_line *l;

	page_history_lead(p, &p->lead, in);
	page_heading(p, 2, STR("Along the runs"));
	page_history_body(p, in);
	page_heading(p, 2, STR("What was looked at"));
	l = page_fact(p, STR("metric"));
	page_add(p, l, PAGE_CODE, h->metric);
	if (h->better != BETTER_UNKNOWN)
		page_addf(p, l, PAGE_PLAIN, ", %s is better",
			  h->better == BETTER_LOWER ? "lower" : "higher");
	if (h->reference)
		page_add(p, page_fact(p, STR("reference")), PAGE_CODE, h->reference_name);
	page_add(p, page_fact(p, STR("of")), PAGE_PLAIN, h->source);
	l = page_fact(p, STR("noise"));
	page_addf(p, l, PAGE_PLAIN,
		  in->found->logs ? "%.2g %% around a level" : "%.4g around a level",
		  in->found->logs ? 100 * in->found->noise : in->found->noise);
	page_addf(p, page_fact(p, STR("order")), PAGE_PLAIN, "%s",
		  h->step        ? "by step"
		  : h->by_commit ? "of the commits"
				 : "of time");
	page_heading(p, 2, STR("How to see it again"));
	page_command(p, str_of(in->command));
}
