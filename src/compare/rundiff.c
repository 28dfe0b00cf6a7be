// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Runs against runs: see rundiff.h. The variables of all runs are sorted by name, so that those of
 * one name lie side by side; each such stretch becomes a row. Numbers that are all above 0 are
 * compared as ratios. A value that is text, or a setting, is compared as "the good side's most
 * frequent value, or another", which makes the rank test Fisher's exact one.
 */
#include "compare/rundiff.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "stats/twosample.h"

/* A value of one variable, or result of one test, in one run. */
struct cell {
	struct str name;
	uint32_t side, run;
	const struct variable *v;
	const struct test_result *t;
};

/* Variables, then tests. */
static int by_name_only(const struct cell *x, const struct cell *y)
{
	int c = (x->t != NULL) - (y->t != NULL);

	return c ? c : str_cmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int c = by_name_only(x, y);

	return c ? c : x->side != y->side ? (int)x->side - (int)y->side : (int)x->run - (int)y->run;
}

static const struct {
	struct str prefix;
	enum rundiff_section section;
} sections[] = {
	{STR("git."), RUNDIFF_CODE},           {STR("program."), RUNDIFF_CODE},
	{STR("arg."), RUNDIFF_SETTING},        {STR("config."), RUNDIFF_SETTING},
	{STR("file."), RUNDIFF_SETTING},       {STR("lib."), RUNDIFF_VERSION},
	{STR("tool."), RUNDIFF_VERSION},       {STR("packages."), RUNDIFF_VERSION},
	{STR("env."), RUNDIFF_ENVIRONMENT},    {STR("os."), RUNDIFF_ENVIRONMENT},
	{STR("host."), RUNDIFF_ENVIRONMENT},   {STR("cpu."), RUNDIFF_ENVIRONMENT},
	{STR("memory."), RUNDIFF_ENVIRONMENT}, {STR("kernel."), RUNDIFF_ENVIRONMENT},
	{STR("cgroup."), RUNDIFF_ENVIRONMENT}, {STR("ulimit."), RUNDIFF_ENVIRONMENT},
	{STR("load."), RUNDIFF_ENVIRONMENT},   {STR("log."), RUNDIFF_LOG},
	{STR("symptom."), RUNDIFF_LOG},        {STR("run."), RUNDIFF_NUMBER},
	{STR("rss."), RUNDIFF_NUMBER},         {STR("tests."), RUNDIFF_NUMBER},
};

/* A number without direction and unit that is whole is a setting, such as `--set threads=4`. */
static enum rundiff_section section_of(const struct cell *c, size_t n)
{
	enum rundiff_section section = RUNDIFF_SECTIONS; /* unknown */

	if (c->t)
		return RUNDIFF_TEST;
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (str_starts(c->name, sections[i].prefix))
			section = sections[i].section;
	for (size_t i = 0; i < n && (section == RUNDIFF_NUMBER || section == RUNDIFF_SECTIONS); i++)
		if (c[i].v->better)
			return RUNDIFF_METRIC;
	if (section != RUNDIFF_SECTIONS)
		return section;
	for (size_t i = 0; i < n; i++)
		if (c[i].v->unit.n || c[i].v->value.kind == VALUE_REAL)
			return RUNDIFF_NUMBER;
	return RUNDIFF_SETTING;
}

enum rundiff_section rundiff_section_of(const struct variable *v)
{
	return section_of(&(struct cell){.name = v->name, .v = v}, 1);
}

/* ---- the values of a side ---- */

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str value_text_of(struct arena *a, const struct value *v)
{
	if (v->kind == VALUE_INT)
		return str_of(arena_printf(a, "%lld", (long long)v->integer));
	if (v->kind == VALUE_REAL)
		return str_of(arena_printf(a, "%.9g", v->real));
	return v->text;
}

/* The most frequent text of s[n], which is sorted. */
static void count_texts(struct str *s, size_t n, struct rundiff_values *out)
{
	qsort(s, n, sizeof(*s), by_text);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && str_eq(s[j], s[i]); j++)
			;
		out->distinct++;
		if (j - i > out->ncommon) {
			out->ncommon = j - i;
			out->common = s[i];
		}
	}
}

struct work {
	struct rundiff *d;
	const struct rundiff_side *side;
	const struct rundiff_opts *o;
	double *number[2]; /* of the row at hand */
	struct str *text[2];
};

static void take_tests(struct work *w, const struct cell *c, size_t n, struct rundiff_row *row)
{
	for (size_t i = 0; i < n; i++) {
		struct rundiff_values *v = &row->side[c[i].side];
		bool good = c[i].t->status == TEST_PASSED, skipped = c[i].t->status == TEST_SKIPPED;

		v->passed += good;
		v->skipped += skipped;
		v->failed += !good && !skipped;
		if (!skipped)
			w->number[c[i].side][v->n++] = good;
	}
	row->number = true;
}

static void take_variables(struct work *w, const struct cell *c, size_t n, struct rundiff_row *row)
{
	row->number = true;
	for (size_t i = 0; i < n; i++) {
		struct rundiff_values *v = &row->side[c[i].side];
		double number = value_number(c[i].v->value);

		/* Of several results in one run the last counts, as in the store. */
		if (i && c[i].side == c[i - 1].side && c[i].run == c[i - 1].run)
			v->n--;
		row->number = row->number && isfinite(number);
		w->number[c[i].side][v->n] = number;
		w->text[c[i].side][v->n++] = value_text_of(&w->d->arena, &c[i].v->value);
		row->unit = c[i].v->unit.n ? c[i].v->unit : row->unit;
		row->better = c[i].v->better ? c[i].v->better : row->better;
		v->least = v->n == 1 || c[i].v->n < v->least ? c[i].v->n : v->least;
		v->most = c[i].v->n > v->most ? c[i].v->n : v->most;
	}
	row->samples =
		row->side[0].least > 1 && row->side[1].least > 1 &&
		(row->side[0].most < row->side[1].least || row->side[1].most < row->side[0].least);
	for (int s = 0; s < 2; s++)
		count_texts(w->text[s], row->side[s].n, &row->side[s]);
}

/* ---- what is said of a row ---- */

/* Numbers stand for "the good side's most frequent value": 1, or another: 0. */
static void as_indicators(struct work *w, const struct cell *c, size_t n,
			  const struct rundiff_row *row)
{
	size_t at[2] = {0};

	for (size_t i = 0; i < n; i++) {
		bool again = i && c[i].side == c[i - 1].side && c[i].run == c[i - 1].run;
		struct str s = value_text_of(&w->d->arena, &c[i].v->value);

		at[c[i].side] -= again;
		w->number[c[i].side][at[c[i].side]++] = str_eq(s, row->side[0].common);
	}
}

static void measure(struct work *w, struct rundiff_row *row)
{
	for (int s = 0; s < 2; s++) {
		struct rundiff_values *v = &row->side[s];
		double *x = w->number[s];

		v->median = twosample_median(x, v->n); /* sorts */
		v->low = v->n ? x[0] : NAN;
		v->high = v->n ? x[v->n - 1] : NAN;
	}
	row->clean = row->side[0].n && row->side[1].n &&
		     (row->side[0].high < row->side[1].low || row->side[1].high < row->side[0].low);
}

static void estimate(struct work *w, struct rundiff_row *row)
{
	size_t na = row->side[0].n, nb = row->side[1].n;
	double *a = w->number[0], *b = w->number[1];
	struct twosample_shift s;

	row->log = row->side[0].low > 0 && row->side[1].low > 0;
	for (size_t i = 0; row->log && i < na; i++)
		a[i] = log(a[i]);
	for (size_t i = 0; row->log && i < nb; i++)
		b[i] = log(b[i]);
	s = twosample_shift(a, na, b, nb, 1 - w->o->alpha);
	row->detectable = twosample_detectable(a, na, b, nb, w->o->alpha);
	row->effect = row->log ? exp(s.shift) : s.shift;
	row->low = row->log ? exp(s.low) : s.low;
	row->high = row->log ? exp(s.high) : s.high;
	row->detectable = row->log ? exp(row->detectable) : row->detectable;
	/* Two one-sided tests at alpha: an interval at 1 - 2 alpha. */
	s = twosample_shift(a, na, b, nb, 1 - 2 * w->o->alpha);
	if (row->log && s.low >= -log1p(w->o->equivalence) && s.high <= log1p(w->o->equivalence))
		row->verdict = RUNDIFF_EQUIVALENT;
}

static bool is_same(const struct rundiff_row *r)
{
	const struct rundiff_values *g = &r->side[0], *b = &r->side[1];

	if (r->section == RUNDIFF_TEST)
		return (!g->failed && !b->failed) || (!g->passed && !b->passed);
	return g->distinct == 1 && b->distinct == 1 && str_eq(g->common, b->common);
}

static void compare(struct work *w, const struct cell *c, size_t n, struct rundiff_row *row)
{
	struct rundiff_values *g = &row->side[0], *b = &row->side[1];
	struct twosample_test t;

	row->verdict = RUNDIFF_UNDECIDED;
	row->effect = row->low = row->high = row->detectable = NAN;
	if (!row->number && row->section != RUNDIFF_TEST)
		as_indicators(w, c, n, row);
	measure(w, row);
	t = twosample_mann_whitney(w->number[0], g->n, w->number[1], b->n);
	row->p = row->p_adjusted = t.p;
	row->p_min = t.p_min;
	if (g->n && b->n && is_same(row))
		row->verdict = RUNDIFF_SAME;
	else if (row->number && row->section != RUNDIFF_TEST)
		estimate(w, row);
}

static bool is_metric(const struct rundiff_row *r)
{
	return r->section == RUNDIFF_METRIC;
}

static enum rundiff_verdict directed(const struct rundiff_row *r)
{
	double by = r->side[1].median - r->side[0].median;

	if (by == 0)
		by = r->log ? log(r->effect) : r->effect;
	if (!r->better || by == 0 || isnan(by))
		return RUNDIFF_DIFFERS;
	return (by > 0) == (r->better == BETTER_HIGHER) ? RUNDIFF_BETTER : RUNDIFF_WORSE;
}

/* What broke is told by what it did: a test that passed always and now fails is no noise. */
static void judge_test(struct rundiff_row *r, double alpha)
{
	const struct rundiff_values *g = &r->side[0], *b = &r->side[1];

	if (r->verdict == RUNDIFF_SAME)
		return;
	if (!g->n || !b->n)
		r->verdict = b->failed ? RUNDIFF_WORSE : RUNDIFF_DIFFERS;
	else if (r->clean || r->p <= alpha)
		r->verdict = g->passed * b->n > b->passed * g->n ? RUNDIFF_WORSE : RUNDIFF_BETTER;
	else
		r->verdict = RUNDIFF_UNDECIDED;
}

/* Of what nobody has judged by a test: less than anybody cares about. */
static bool is_small(const struct rundiff_row *r, const struct rundiff_opts *o)
{
	return r->number && r->log && r->section != RUNDIFF_SETTING &&
	       fabs(log(r->effect)) <= log1p(o->equivalence);
}

static void judge(struct rundiff *d, const struct rundiff_opts *o)
{
	double *p = mem_realloc(NULL, d->n ? d->n : 1, sizeof(*p));

	for (size_t i = 0; i < d->n; i++)
		p[i] = is_metric(&d->rows[i]) && d->rows[i].verdict != RUNDIFF_SAME ? d->rows[i].p
										    : NAN;
	twosample_holm(p, d->n);
	for (size_t i = 0; i < d->n; i++) {
		struct rundiff_row *r = &d->rows[i];
		bool lacks = !r->side[0].n || !r->side[1].n;

		if (!isnan(p[i]))
			r->p_adjusted = p[i];
		if (r->section == RUNDIFF_TEST)
			judge_test(r, o->alpha);
		else if (r->verdict != RUNDIFF_SAME && !lacks && r->p_adjusted <= o->alpha)
			/* Surely another, but by less than anybody cares. */
			r->verdict =
				r->verdict == RUNDIFF_EQUIVALENT ? RUNDIFF_EQUIVALENT : directed(r);
		else if (!is_metric(r) && r->verdict == RUNDIFF_UNDECIDED && (lacks || r->clean))
			r->verdict = is_small(r, o) ? RUNDIFF_EQUIVALENT : RUNDIFF_DIFFERS;
		d->count[r->section][r->verdict]++;
		d->common += !lacks;
		for (int side = 0; side < 2; side++)
			d->tests[side] += r->section == RUNDIFF_TEST && r->side[side].n;
		d->denominators = d->denominators || (r->samples && r->verdict != RUNDIFF_SAME);
	}
	d->denominators =
		d->denominators || (d->tests[0] && d->tests[1] && d->tests[0] != d->tests[1]);
	free(p);
}

/* ---- rows ---- */

static void add_row(struct work *w, const struct cell *c, size_t n)
{
	struct rundiff_row row = {.name = c->name,
				  .section = w->o->settings ? RUNDIFF_SETTING : section_of(c, n)};

	if (c->t)
		take_tests(w, c, n, &row);
	else
		take_variables(w, c, n, &row);
	compare(w, c, n, &row);
	array_push(w->d->rows, w->d->n, w->d->cap) = row;
}

static struct str test_name(struct arena *a, const struct test_result *t)
{
	if (!t->suite.n)
		return t->name;
	return str_of(arena_printf(a, STR_FMT "." STR_FMT, STR_ARG(t->suite), STR_ARG(t->name)));
}

static struct cell *all_cells(struct work *w, size_t *n)
{
	struct cell *cells = NULL;
	size_t cap = 0;

	*n = 0;
	for (uint32_t s = 0; s < 2; s++)
		for (uint32_t r = 0; r < w->side[s].n; r++) {
			const struct rundiff_run *run = &w->side[s].runs[r];

			for (size_t i = 0; i < run->nvariables; i++) {
				/* What a test said, once more. */
				if (run->ntests && str_starts(run->variables[i].name, STR("test.")))
					continue;
				array_push(cells, *n, cap) = (struct cell){
					run->variables[i].name, s, r, &run->variables[i], NULL};
			}
			for (size_t i = 0; i < run->ntests; i++)
				array_push(cells, *n, cap) =
					(struct cell){test_name(&w->d->arena, &run->tests[i]), s, r,
						      NULL, &run->tests[i]};
		}
	if (*n)
		qsort(cells, *n, sizeof(*cells), by_name);
	return cells;
}

/* What is worth seeing first: how cleanly the sides part, then how far. */
static void score(struct rundiff *d, const struct rundiff_opts *o)
{
	for (size_t i = 0; i < d->n; i++) {
		struct rundiff_row *r = &d->rows[i];
		double far = r->log ? fabs(log(r->effect)) : 0;

		r->score = (r->verdict == RUNDIFF_WORSE     ? 8
			    : r->verdict <= RUNDIFF_DIFFERS ? 4
							    : 0) +
			   (r->clean ? 1 : 0) + (isfinite(far) ? far / (1 + far) : 0) +
			   (1 - r->p_adjusted) / 2;
		if (o->settings) /* changed, removed, added */
			r->score = r->side[0].n && r->side[1].n ? 2 : r->side[0].n ? 1 : 0;
	}
}

static int by_score(const void *a, const void *b)
{
	const struct rundiff_row *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return str_cmp(x->name, y->name);
}

static void find_order(struct rundiff *d, const struct rundiff_side side[2])
{
	int64_t first[2] = {INT64_MAX, INT64_MAX}, last[2] = {INT64_MIN, INT64_MIN};

	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < side[s].n; i++) {
			int64_t t = side[s].runs[i].started_ns;

			if (!t)
				return;
			first[s] = t < first[s] ? t : first[s];
			last[s] = t > last[s] ? t : last[s];
		}
	d->order_confounded = side[0].n + side[1].n > 2 && side[0].n && side[1].n &&
			      (last[0] < first[1] || last[1] < first[0]);
}

static void work_release(struct work *w)
{
	for (int s = 0; s < 2; s++) {
		free(w->number[s]);
		free(w->text[s]);
	}
}

void rundiff_run(struct rundiff *d, const struct rundiff_side side[2], const struct rundiff_opts *o)
{
	struct work w = {.d = d, .side = side, .o = o};
	struct cell *cells;
	size_t n;

	*d = (struct rundiff){0};
	arena_init(&d->arena);
	cells = all_cells(&w, &n);
	for (int s = 0; s < 2; s++) {
		/* A run may have a name several times. */
		w.number[s] = mem_realloc(NULL, n + 1, sizeof(double));
		w.text[s] = mem_realloc(NULL, n + 1, sizeof(struct str));
	}
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && !by_name_only(&cells[i], &cells[j]); j++)
			;
		add_row(&w, &cells[i], j - i);
	}
	judge(d, o);
	score(d, o);
	if (d->n)
		qsort(d->rows, d->n, sizeof(*d->rows), by_score);
	find_order(d, side);
	free(cells);
	work_release(&w);
}

void rundiff_release(struct rundiff *d)
{
	free(d->rows);
	arena_release(&d->arena);
}
