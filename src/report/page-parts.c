// SPDX-License-Identifier: GPL-3.0-or-later
/* See page-parts.h. */
#include "report/page-parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "report/quantity.h"
#include "report/style.h"
#include "report/thin.h"
#include "text/record.h"

void page_counted(struct page *p, struct page_line *l, uint64_t n, const char *name)
{
	CLEANUP_BUF struct buf b = {0};

	style_count(&b, n);
	buf_printf(&b, " %s%s", name, n == 1 ? "" : "s");
	page_add(p, l, PAGE_PLAIN, buf_str(&b));
}

/* ---- values ---- */

/* Three digits, without an exponent as long as that is shorter. */
static void add_short(struct buf *b, double v)
{
	buf_printf(b, fabs(v) >= 1000 && fabs(v) < 1e6 ? "%.0f" : "%.4g", v);
}

void page_quantity(struct page *p, struct page_line *l, enum page_mark mark, double v,
		   struct str unit)
{
	CLEANUP_BUF struct buf b = {0};

	v /= quantity_scale(v, &unit);
	if (isfinite(v))
		add_short(&b, v);
	else
		run_value(value_real(v), &b);
	if (unit.n) {
		buf_add_char(&b, ' ');
		buf_add_str(&b, unit);
	}
	page_add(p, l, mark, buf_str(&b));
}

void page_value(struct page *p, struct page_line *l, enum page_mark mark, const struct variable *v)
{
	CLEANUP_BUF struct buf b = {0};

	if (v->unit.n && (v->value.kind == VALUE_INT || v->value.kind == VALUE_REAL)) {
		page_quantity(p, l, mark, value_number(v->value), v->unit);
		return;
	}
	run_value(v->value, &b);
	page_add(p, l, mark, buf_str(&b));
}

void page_more(struct page *p, size_t more, struct str command)
{
	struct page_line *l;

	if (!more)
		return;
	l = page_text(p);
	page_counted(p, l, more, "more row");
	page_addf(p, l, PAGE_PLAIN, " %s left out here; all of them:", more == 1 ? "is" : "are");
	page_command(p, command);
}

void page_cell_text(struct page *p, enum page_mark mark, struct str text)
{
	struct page_line *l = page_cell(p);

	if (text.n)
		page_add(p, l, mark, text);
}

void page_cellf(struct page *p, enum page_mark mark, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	page_cell_text(p, mark, (struct str){text, (size_t)n});
}

const struct str *page_lines(struct arena *a, struct str text, size_t max, size_t *n, size_t *more)
{
	struct str *lines = arena_alloc(a, (max + 1) * sizeof(*lines)), line;

	*n = *more = 0;
	while (str_next(&text, '\n', &line)) {
		if (*n < max)
			lines[(*n)++] = line;
		else
			(*more)++;
	}
	return lines;
}

/* ---- charts ---- */

static bool is_point(const struct plot_line *l, size_t i)
{
	return isfinite(l->x[i]) && isfinite(l->y[i]) && (!l->y_high || isfinite(l->y_high[i]));
}

/* Logarithms, where values span so much that else only the greatest would be seen. */
static bool wants_log(const struct plot_line *lines, size_t n)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < lines[i].n; k++) {
			if (!is_point(&lines[i], k))
				continue;
			low = fmin(low, lines[i].y[k]);
			high = fmax(high, lines[i].y_high ? lines[i].y_high[k] : lines[i].y[k]);
		}
	return low > 0 && high / low >= 100;
}

void page_thin_chart(struct page *p, const struct page_chart *c)
{
	struct page_chart copy = *c;
	struct plot_line *lines = mem_alloc((c->nlines + 1) * sizeof(*lines));
	struct thin *thin = mem_alloc((c->nlines + 1) * sizeof(*thin));
	struct page_line *l;
	size_t longest = 0;

	for (size_t i = 0; i < c->nlines; i++) {
		longest = c->lines[i].n > longest ? c->lines[i].n : longest;
		thin_init(&thin[i], &c->lines[i], PAGE_POINTS / 2);
		lines[i] = c->lines[i];
		lines[i].n = thin[i].n;
		lines[i].x = thin[i].x;
		lines[i].y = thin[i].y;
		lines[i].y_high = thin[i].high;
	}
	copy.lines = lines;
	copy.log = wants_log(lines, c->nlines);
	page_chart(p, &copy);
	for (size_t i = 0; i < c->nlines; i++)
		thin_release(&thin[i]);
	free(lines);
	free(thin);
	if (longest <= PAGE_POINTS)
		return;
	l = page_text(p);
	page_add(p, l, PAGE_FAINT, STR("Thinned: of "));
	page_counted(p, l, longest, "point");
	page_addf(p, l, PAGE_FAINT,
		  " the least and the greatest of each of %d stretches are drawn.",
		  PAGE_POINTS / 2);
}

/* Its finite values, in a handy unit; their range. */
static size_t scaled(const struct series *s, struct str *unit, double *y, double *low, double *high)
{
	double by;
	size_t n = 0;

	*low = INFINITY;
	*high = -INFINITY;
	for (size_t i = 0; i < s->n; i++) {
		if (!isfinite(s->x[i]) || !isfinite(s->y[i]))
			continue;
		n++;
		*low = fmin(*low, s->y[i]);
		*high = fmax(*high, s->y[i]);
	}
	by = quantity_scale(fmax(fabs(*low), fabs(*high)), unit);
	for (size_t i = 0; i < s->n; i++)
		y[i] = s->y[i] / by;
	return n;
}

static void draw_series(struct page *p, const struct series *s, const double *y, struct str unit)
{
	struct plot_line line = {.n = s->n, .x = s->x, .y = y, .style = STYLE_PLAIN};
	struct page_chart c = {.lines = &line, .nlines = 1};
	struct arena a;

	arena_init(&a);
	for (size_t i = 1; i < s->n && !c.points; i++)
		c.points = s->x[i] < s->x[i - 1]; /* it was started again */
	line.name = c.title = arena_str(&a, s->name).p;
	c.x_name = arena_str(&a, s->axis).p;
	c.y_name = arena_str(&a, unit).p;
	page_thin_chart(p, &c);
	arena_release(&a);
}

bool page_series(struct page *p, const struct series *s)
{
	struct str unit = s->unit;
	double low, high, *y = mem_alloc((s->n + 1) * sizeof(*y));
	size_t points = scaled(s, &unit, y, &low, &high);

	if (points > 1 && low < high) {
		draw_series(p, s, y, unit);
		if (points < s->n) {
			struct page_line *l = page_text(p);

			page_addf(p, l, PAGE_WARN, "%zu of %zu values are no finite number",
				  s->n - points, s->n);
			page_add(p, l, PAGE_PLAIN, STR(" and are not drawn."));
		}
	}
	free(y);
	return points > 1 && low < high;
}

/* ---- what went wrong ---- */

void page_symptoms(struct page *p, const struct page_symptom *s, size_t n, struct str command)
{
	static const struct page_column columns[] = {
		{"symptom", false}, {"kind", false}, {"first seen", false}, {"count", true}};

	page_table(p, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < n && i < PAGE_ROWS; i++) {
		struct page_line *what = page_cell(p), *count;

		page_add(p, what, PAGE_BAD, s[i].what);
		if (s[i].quote)
			page_cite(p, what, page_evidence(p, s[i].quote));
		page_cell_text(p, PAGE_PLAIN, s[i].kind);
		page_cell_text(p, PAGE_CODE, s[i].seen);
		count = page_cell(p);
		if (s[i].count)
			page_addf(p, count, PAGE_PLAIN, "%llu", (unsigned long long)s[i].count);
	}
	page_more(p, n > PAGE_ROWS ? n - PAGE_ROWS : 0, command);
}

#define DETAIL_LINES 40

bool page_went_wrong(const struct test_result *t)
{
	return t->status == TEST_FAILED || t->status == TEST_ERROR;
}

static void add_test_name(struct page *p, struct page_line *l, const struct test_result *t)
{
	page_addf(p, l, PAGE_CODE, STR_FMT "%s" STR_FMT, STR_ARG(t->suite), t->suite.n ? "." : "",
		  STR_ARG(t->name));
}

/* What a test said, as evidence; 0 if it said nothing. */
static size_t test_evidence(struct page *p, const struct test_result *t, struct str source,
			    struct str command)
{
	CLEANUP_BUF struct buf name = {0}, text = {0};
	struct page_evidence e = {.reproduce = command, .line = 0};
	size_t more, n;
	struct arena a;

	if (!t->message.n && !t->detail.n)
		return 0;
	arena_init(&a);
	buf_printf(&name, STR_FMT ", test " STR_FMT "%s" STR_FMT, STR_ARG(source),
		   STR_ARG(t->suite), t->suite.n ? "." : "", STR_ARG(t->name));
	buf_add_str(&text, t->message);
	if (t->message.n && t->detail.n)
		buf_add_char(&text, '\n');
	buf_add_str(&text, t->detail);
	e.source = buf_str(&name);
	e.lines = page_lines(&a, buf_str(&text), DETAIL_LINES, &e.nlines, &more);
	e.at = t->message.n ? 0 : e.nlines;
	n = page_evidence(p, &e);
	arena_release(&a);
	return n;
}

void page_failed_tests(struct page *p, const struct test_result *t, size_t n, struct str source,
		       struct str command)
{
	static const struct page_column columns[] = {
		{"test", false}, {"state", false}, {"seconds", true}, {"message", false}};
	size_t shown = 0, wrong = 0;

	page_table(p, columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < n; i++) {
		struct page_line *l;
		size_t evidence;

		if (!page_went_wrong(&t[i]) || wrong++ >= PAGE_ROWS)
			continue;
		shown++;
		l = page_cell(p);
		add_test_name(p, l, &t[i]);
		evidence = test_evidence(p, &t[i], source, command);
		if (evidence)
			page_cite(p, l, evidence);
		page_cell_text(p, PAGE_BAD,
			       t[i].status == TEST_FAILED ? STR("failed") : STR("error"));
		if (isnan(t[i].seconds))
			page_cell(p);
		else
			page_cellf(p, PAGE_PLAIN, "%.4g", t[i].seconds);
		page_cell_text(p, PAGE_PLAIN, str_head(t[i].message, 300));
	}
	page_more(p, wrong - shown, command);
}
