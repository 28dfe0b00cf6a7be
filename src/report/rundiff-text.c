// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A comparison of runs on one screen: see rundiff.h. One table a section, of only what differs;
 * what could not be decided is counted, and said why.
 */
#include <math.h>

#include "report/quantity.h"
#include "report/rundiff-priv.h"
#include "report/style.h"

#define SCREEN_ROWS      30 /* of all sections, without -v */
#define LEAST_ROWS       3  /* of each, even if that is more */
#define MOST_ROWS        8  /* of one of several */
#define SCREEN_LINES     12 /* of curves, and as many rows less if logs are shown */
#define MAX_DENOMINATORS 3  /* that are named, without -v */
#define NAME_COLUMNS     34
#define SIDE_COLUMNS     25
#define SIDE_IDS         3

static const char *const section_names[] = {
	[RUNDIFF_TEST] = "Tests",
	[RUNDIFF_METRIC] = "Metrics",
	[RUNDIFF_NUMBER] = "Other numbers",
	[RUNDIFF_SETTING] = "Settings",
	[RUNDIFF_CODE] = "Code",
	[RUNDIFF_VERSION] = "Versions",
	[RUNDIFF_ENVIRONMENT] = "Environment",
	[RUNDIFF_LOG] = "Logs and symptoms",
};

static const struct {
	const char *name;
	enum style style;
} verdicts[] = {
	[RUNDIFF_WORSE] = {"worse", STYLE_BAD},
	[RUNDIFF_BETTER] = {"better", STYLE_GOOD},
	[RUNDIFF_DIFFERS] = {"differs", STYLE_WARN},
	[RUNDIFF_UNDECIDED] = {"not enough runs", STYLE_PLAIN},
	[RUNDIFF_EQUIVALENT] = {"equivalent", STYLE_PLAIN},
	[RUNDIFF_SAME] = {"same", STYLE_PLAIN},
};

/* s in so many columns. */
static void add_cell(struct buf *b, struct str s, size_t columns)
{
	size_t n = style_add_foreign(b, s, columns);

	style_pad(b, columns > n ? columns - n : 0);
}

/* Three digits, without an exponent as long as that is shorter. */
static void add_short(struct buf *b, double v)
{
	buf_printf(b, fabs(v) >= 1000 && fabs(v) < 1e6 ? "%.0f" : "%.3g", v);
}

/* "13.6 (13.1 - 14.9) ms" */
static void add_range(struct buf *b, const struct rundiff_row *r, const struct rundiff_values *v)
{
	struct str unit = r->unit;
	double scale = quantity_scale(v->median, &unit);

	add_short(b, v->median / scale);
	if (v->low < v->high) {
		BUF_LIT(b, " (");
		add_short(b, v->low / scale);
		BUF_LIT(b, " - ");
		add_short(b, v->high / scale);
		BUF_LIT(b, ")");
	}
	if (unit.n)
		buf_printf(b, " " STR_FMT, STR_ARG(unit));
}

static void add_side(struct buf *cell, const struct rundiff_row *r, int side)
{
	const struct rundiff_values *v = &r->side[side];

	if (!v->n && !v->skipped)
		BUF_LIT(cell, "-");
	else if (r->section == RUNDIFF_TEST)
		buf_printf(cell, "%zu of %zu passed", v->passed, v->n);
	else if (r->number && (v->distinct > 1 || r->unit.n))
		add_range(cell, r, v);
	else if (v->ncommon < v->n)
		buf_printf(cell, "%zu of %zu: " STR_FMT, v->ncommon, v->n, STR_ARG(v->common));
	else
		buf_add_str(cell, v->common);
}

/* In columns, two texts that begin alike would look the same; settings are worth being read. */
static bool are_long(const struct rundiff_report *rep, struct str good, struct str bad)
{
	size_t n = SIDE_COLUMNS - 3;

	return (rep->opts->settings && (good.n > SIDE_COLUMNS || bad.n > SIDE_COLUMNS)) ||
	       (good.n > n && bad.n > n && str_eq(str_head(good, n), str_head(bad, n)));
}

/* A line each; what both begin with is cut if the difference would not be seen otherwise. */
static void add_long(struct buf *b, const struct rundiff_report *rep, struct str good,
		     struct str bad)
{
	const struct str cell[2] = {good, bad};
	size_t width = rep->width > 40 ? rep->width - 6 : rep->width ? 34 : 0, same = 0, cut = 0;

	while (same < good.n && same < bad.n && good.p[same] == bad.p[same])
		same++;
	if (width && (good.n > width || bad.n > width) && same > width / 2)
		cut = same - width / 4;
	for (int s = 0; s < 2; s++) {
		BUF_LIT(b, "\n    ");
		style_add(b, rep->color, s ? STYLE_BAD : STYLE_GOOD, s ? STR("+ ") : STR("- "));
		if (cut)
			BUF_LIT(b, "...");
		style_add_foreign(b, str_from(cell[s], cut), width && cut ? width - 3 : width);
	}
}

static void add_number(struct buf *b, const struct rundiff_row *r, double v)
{
	if (!isfinite(v))
		buf_add_str(b, v < 0 ? STR("-inf") : STR("inf"));
	else if (r->log)
		buf_printf(b, "%.3gx", v);
	else
		buf_printf(b, "%+.4g", v);
}

static void add_effect(struct buf *b, const struct rundiff_row *r, const struct rundiff_report *rep)
{
	if (!r->number || r->section == RUNDIFF_TEST || rep->opts->settings || isnan(r->effect))
		return;
	add_number(b, r, r->effect);
	if (isfinite(r->low) && isfinite(r->high)) {
		BUF_LIT(b, " [");
		add_number(b, r, r->low);
		BUF_LIT(b, ", ");
		add_number(b, r, r->high);
		BUF_LIT(b, "]");
	}
	if (r->section != RUNDIFF_METRIC)
		return;
	BUF_LIT(b, "  ");
	if (r->verdict == RUNDIFF_UNDECIDED && r->p_min > rep->opts->alpha)
		buf_printf(b, "p is %.2g at best", r->p_min);
	else
		buf_printf(b, "p = %.2g", r->p_adjusted);
}

static void add_row(struct buf *b, const struct rundiff_row *r, const struct rundiff_report *rep)
{
	CLEANUP_BUF struct buf good = {0}, bad = {0};
	bool lines;

	add_side(&good, r, 0);
	add_side(&bad, r, 1);
	lines = are_long(rep, buf_str(&good), buf_str(&bad));
	BUF_LIT(b, "  ");
	add_cell(b, r->name, NAME_COLUMNS);
	BUF_LIT(b, "  ");
	for (int s = 0; s < 2 && !lines; s++) {
		add_cell(b, buf_str(s ? &bad : &good), SIDE_COLUMNS);
		BUF_LIT(b, "  ");
	}
	if (r->section == RUNDIFF_METRIC || r->section == RUNDIFF_TEST) {
		style_add(b, rep->color, verdicts[r->verdict].style,
			  str_of(verdicts[r->verdict].name));
		BUF_LIT(b, "  ");
	}
	if (rep->opts->settings && !(r->side[0].n && r->side[1].n))
		buf_add_str(b, r->side[0].n ? STR("removed") : STR("added"));
	add_effect(b, r, rep);
	while (b->n && b->p[b->n - 1] == ' ')
		b->n--;
	if (lines)
		add_long(b, rep, buf_str(&good), buf_str(&bad));
	buf_add_char(b, '\n');
}

/* Of what was not decided, what looks different is worth a look. */
static bool is_shown(const struct rundiff_row *r, bool verbose)
{
	switch (r->verdict) {
	case RUNDIFF_WORSE:
	case RUNDIFF_BETTER:
	case RUNDIFF_DIFFERS: return true;
	case RUNDIFF_UNDECIDED: return r->clean || verbose;
	case RUNDIFF_EQUIVALENT: return verbose;
	case RUNDIFF_SAME: break;
	}
	return false;
}

/* So many rows of each section that they fit on a screen together. */
static size_t rows_of_section(const struct rundiff_report *rep)
{
	size_t n[RUNDIFF_SECTIONS] = {0}, max = LEAST_ROWS, sum;
	size_t most = rep->opts->settings ? SCREEN_ROWS : MOST_ROWS;
	size_t room = SCREEN_ROWS - (rep->logs && rep->logs->report ? SCREEN_LINES : 0);

	if (rep->verbose)
		return SIZE_MAX;
	for (size_t i = 0; i < rep->diff->n; i++)
		n[rep->diff->rows[i].section] += is_shown(&rep->diff->rows[i], false);
	for (;; max++) {
		sum = 0;
		for (int s = 0; s < RUNDIFF_SECTIONS; s++)
			sum += n[s] < max + 1 ? n[s] : max + 1;
		if (sum > room || max == most)
			return max;
	}
}

static void add_section_heading(struct buf *b, const struct rundiff_report *rep,
				enum rundiff_section section)
{
	CLEANUP_BUF struct buf text = {0};

	if (!rep->opts->settings) {
		rundiff_add_heading(b, rep, section_names[section]);
		return;
	}
	buf_add_str(&text, str_of(rep->holds));
	text.p[0] = (char)(text.p[0] - 'a' + 'A');
	if (rep->program)
		buf_printf(&text, ", as %s prints them", rep->program);
	rundiff_add_heading(b, rep, buf_cstr(&text));
}

static void add_section(struct buf *b, const struct rundiff_report *rep,
			enum rundiff_section section, size_t max)
{
	size_t shown = 0;

	for (size_t i = 0; i < rep->diff->n; i++) {
		const struct rundiff_row *r = &rep->diff->rows[i];

		if (r->section != section || !is_shown(r, rep->verbose))
			continue;
		if (!shown) {
			add_section_heading(b, rep, section);
		}
		if (shown++ < max)
			add_row(b, r, rep);
	}
	if (shown > max)
		buf_printf(b, "  %zu more: -v shows them\n", shown - max);
}

static bool tells(const struct curve_metric *m)
{
	return m->diff.verdict == CURVE_DEPARTS || m->diff.verdict == CURVE_PARTS;
}

static void add_curves(struct buf *b, const struct rundiff_report *rep)
{
	size_t shown = 0, max = rep->verbose ? SIZE_MAX : SCREEN_LINES;

	for (size_t i = 0; i < rep->ncurves; i++) {
		const struct curve_metric *m = &rep->curves[i];

		if (!tells(m) && !rep->verbose)
			continue;
		if (!shown) {
			rundiff_add_heading(b, rep, "Curves");
		}
		if (shown++ >= max)
			continue;
		BUF_LIT(b, "  ");
		style_add_foreign(b, m->name, NAME_COLUMNS);
		buf_printf(b, " of " STR_FMT ": ", STR_ARG(m->bad->name));
		curve_report_sentence(m, b);
		buf_add_char(b, '\n');
	}
	if (shown > max)
		buf_printf(b, "  %zu more: -v shows them\n", shown - max);
}

static void add_ids(struct buf *b, const char *what, const struct rundiff_side *s)
{
	if (s->n == 1) {
		buf_printf(b, "%s: ", what);
		style_add_foreign(b, s->runs[0].id, 0);
	} else {
		buf_printf(b, "%s: %zu runs", what, s->n);
		for (size_t i = 0; i < s->n && i < SIDE_IDS; i++)
			buf_printf(b, "%s" STR_FMT, i ? ", " : " (", STR_ARG(s->runs[i].id));
		buf_add_str(b, s->n > SIDE_IDS ? STR(", ...)") : s->n ? STR(")") : STR(""));
	}
	buf_add_char(b, '\n');
}

static void add_samples(struct buf *b, const struct rundiff_values *v)
{
	style_count(b, v->least);
	if (v->least < v->most) {
		BUF_LIT(b, " to ");
		style_count(b, v->most);
	}
}

/* What is measured over something else is not the same quantity: said before all else. */
static void add_denominators(struct buf *b, const struct rundiff_report *rep)
{
	const size_t *tests = rep->diff->tests;
	size_t shown = 0;

	if (tests[0] && tests[1] && tests[0] != tests[1])
		buf_printf(b, "another denominator: %zu tests ran in good, %zu in bad\n", tests[0],
			   tests[1]);
	for (size_t i = 0; i < rep->diff->n; i++) {
		const struct rundiff_row *r = &rep->diff->rows[i];

		if (!r->samples || r->verdict == RUNDIFF_SAME ||
		    (shown++ >= MAX_DENOMINATORS && !rep->verbose))
			continue;
		BUF_LIT(b, "another denominator: ");
		style_add_foreign(b, r->name, NAME_COLUMNS);
		BUF_LIT(b, " stands for ");
		add_samples(b, &r->side[0]);
		BUF_LIT(b, " samples in good, ");
		add_samples(b, &r->side[1]);
		BUF_LIT(b, " in bad\n");
	}
	if (shown > MAX_DENOMINATORS && !rep->verbose)
		buf_printf(b, "another denominator: %zu variables more\n",
			   shown - MAX_DENOMINATORS);
}

static void add_warnings(struct buf *b, const struct rundiff_report *rep)
{
	if (rep->diff->order_confounded)
		BUF_LIT(b,
			"order confounded: all runs of one side came before those of the other, so "
			"that\nwhatever changed on the machine meanwhile looks like a difference; "
			"run them in turn\n");
	if (rep->diff->denominators)
		add_denominators(b, rep);
}

static void add_settings_rest(struct buf *b, const struct rundiff_report *rep, size_t same)
{
	size_t added = 0, removed = 0;

	for (size_t i = 0; i < rep->diff->n; i++) {
		added += !rep->diff->rows[i].side[0].n;
		removed += !rep->diff->rows[i].side[1].n;
	}
	buf_printf(b, "\n%zu changed, %zu removed, %zu added; %zu the same",
		   rep->diff->n - same - added - removed, removed, added, same);
	if (rep->left_out)
		buf_printf(b, "; left out, as they change by themselves: %llu",
			   (unsigned long long)rep->left_out);
	buf_add_char(b, '\n');
}

static void add_rest(struct buf *b, const struct rundiff_report *rep)
{
	const size_t *c = rep->diff->count[RUNDIFF_METRIC];
	size_t same = 0;

	for (int s = 0; s < RUNDIFF_SECTIONS; s++)
		same += rep->diff->count[s][RUNDIFF_SAME];
	if (rep->opts->settings) {
		add_settings_rest(b, rep, same);
		return;
	}
	if (rep->diff->n && !rep->diff->common)
		BUF_LIT(b, "\nThe two sides have no variable and no test in common: nothing can be "
			   "compared.\n");
	buf_printf(b,
		   "\nMetrics: %zu worse, %zu better, %zu equivalent within %.3g %%, %zu "
		   "undecided; %zu variables and tests are the same\n",
		   c[RUNDIFF_WORSE], c[RUNDIFF_BETTER], c[RUNDIFF_EQUIVALENT],
		   rep->opts->equivalence * 100, c[RUNDIFF_UNDECIDED], same);
}

void rundiff_report_text(const struct rundiff_report *rep, struct buf *b)
{
	size_t max = rows_of_section(rep);

	add_ids(b, "good", &rep->side[0]);
	add_ids(b, "bad ", &rep->side[1]);
	add_warnings(b, rep);
	for (int s = 0; s < RUNDIFF_SECTIONS; s++) {
		/* What the logs say is shown below. */
		bool said = s == RUNDIFF_LOG && !rep->verbose && rep->logs && rep->logs->report;

		add_section(b, rep, (enum rundiff_section)s, said ? LEAST_ROWS : max);
	}
	rundiff_add_logs(b, rep);
	rundiff_add_code(b, rep);
	add_curves(b, rep);
	add_rest(b, rep);
	if (rep->next)
		buf_printf(b, "\n%s", rep->next);
}
