// SPDX-License-Identifier: GPL-3.0-or-later
/* Lines along steps as SVG: see svg.h. What the points of a chart need is thinned first. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "report/svg-priv.h"
#include "report/thin.h"

#define STRETCHES  ((size_t)360) /* two points each */
#define FLAGS      4             /* events with a text; of more the number is shown */
#define FLAG_ROWS  3
#define LEGEND_ROW 22
#define KEY        34 /* what stands before a name in the legend, and behind it */
#define NAME       40 /* columns */
#define PAD        .04

struct drawing {
	const struct page_chart *c;
	struct thin *lines;
	struct buf *out;
	enum svg_form form;
	double w, h, left, right, top, bottom; /* of the frame, from the element's left and top */
	double x0, x1, y0, y1;                 /* of y: logarithms if the scale is */
};

static const char *const classes[] = {
	[STYLE_PLAIN] = "plain", [STYLE_BOLD] = "plain", [STYLE_DIM] = "dim",
	[STYLE_GOOD] = "good",   [STYLE_BAD] = "bad",    [STYLE_WARN] = "warn",
	[STYLE_PLACE] = "plain",
};

/* Columns of text that fit into so many pixels. */
static size_t fit(double pixels)
{
	return pixels < SVG_CHARACTER * NAME ? (size_t)fmax(pixels / SVG_CHARACTER, 1) : NAME;
}

static double scale(const struct drawing *d, double y)
{
	return d->c->log ? log(y) : y;
}

static double at_x(const struct drawing *d, double x)
{
	return d->left + (x - d->x0) / (d->x1 - d->x0) * (d->right - d->left);
}

/* y as scaled */
static double at_y(const struct drawing *d, double y)
{
	return d->top + (d->y1 - y) / (d->y1 - d->y0) * (d->bottom - d->top);
}

static bool find_range(struct drawing *d)
{
	double pad;

	d->x0 = d->y0 = INFINITY;
	d->x1 = d->y1 = -INFINITY;
	for (size_t i = 0; i < d->c->nlines; i++)
		for (size_t k = 0; k < d->lines[i].n; k++) {
			const struct thin *t = &d->lines[i];
			double low = scale(d, t->y[k]), high = t->high ? scale(d, t->high[k]) : low;

			if (!isfinite(low) || !isfinite(high))
				continue;
			d->x0 = fmin(d->x0, t->x[k]);
			d->x1 = fmax(d->x1, t->x[k]);
			d->y0 = fmin(d->y0, fmin(low, high));
			d->y1 = fmax(d->y1, fmax(low, high));
		}
	if (!(d->x0 <= d->x1))
		return false;
	if (d->x0 == d->x1) {
		d->x0 -= .5;
		d->x1 += .5;
	}
	pad = d->y1 > d->y0 ? (d->y1 - d->y0) * PAD : fabs(d->y0) > 0 ? fabs(d->y0) * .05 : .5;
	d->y0 -= pad;
	d->y1 += pad;
	return isfinite(d->x1 - d->x0) && isfinite(d->y1 - d->y0) && d->x1 - d->x0 > 0;
}

static void add_y_tick(struct drawing *d, double y, double value, double step, double most)
{
	CLEANUP_BUF struct buf label = {0};

	buf_printf(d->out, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>", d->left, at_y(d, y),
		   d->right);
	svg_number(&label, value, step, most);
	svg_text(d->out, NULL, d->left - 8, at_y(d, y) + 5, "end", buf_str(&label), 12);
}

static void add_log_ticks(struct drawing *d)
{
	static const double parts[] = {1, 2, 5};
	double decades = (d->y1 - d->y0) / M_LN10, skip = fmax(1, ceil(decades / 8));

	double first = floor(d->y0 / M_LN10 / skip);

	for (int i = 0; (first + i) * skip * M_LN10 <= d->y1; i++)
		for (size_t k = 0; k < (decades < 3 ? ARRAY_SIZE(parts) : 1); k++) {
			double ten = (first + i) * skip, y = ten * M_LN10 + log(parts[k]);

			if (y >= d->y0 && y <= d->y1)
				add_y_tick(d, y, exp(y), pow(10, ten) * parts[k], exp(y));
		}
}

static void add_y_ticks(struct drawing *d)
{
	bool log_labels = d->c->log && d->y1 - d->y0 >= 1.4; /* a factor of 4 */
	double low = d->c->log ? exp(d->y0) : d->y0, high = d->c->log ? exp(d->y1) : d->y1;
	double step = svg_step(high - low, 5), first = ceil(low / step);

	if (log_labels) {
		add_log_ticks(d);
		return;
	}
	for (int i = 0; (first + i) * step <= high; i++) {
		double y = (first + i) * step;

		add_y_tick(d, scale(d, y), y, step, fmax(fabs(low), fabs(high)));
	}
}

static void add_x_ticks(struct drawing *d)
{
	double step = svg_step(d->x1 - d->x0, d->form == SVG_NARROW ? 4 : 8);
	double first = ceil(d->x0 / step);

	for (int i = 0; (first + i) * step <= d->x1; i++) {
		CLEANUP_BUF struct buf label = {0};
		double value = (first + i) * step, x = at_x(d, value);

		buf_printf(d->out, "<path class=\"axis\" d=\"M%.1f %.1fv5\"/>", x, d->bottom);
		svg_number(&label, value, step, fmax(fabs(d->x0), fabs(d->x1)));
		svg_text(d->out, NULL, x, d->bottom + 20, "middle", buf_str(&label), 12);
	}
	buf_printf(d->out, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", d->left, d->bottom,
		   d->right);
	svg_text(d->out, NULL, d->right, d->bottom + 40, "end", str_of(d->c->x_name),
		 fit(d->right));
	svg_text(d->out, NULL, d->left, d->top - 10, "start", str_of(d->c->y_name),
		 fit(d->w - d->left));
}

/* How many lines before this one look like it. */
static unsigned same_before(const struct page_chart *c, size_t no)
{
	unsigned n = 0;

	for (size_t i = 0; i < no; i++)
		n += classes[c->lines[i].style] == classes[c->lines[no].style] &&
		     !c->lines[i].y_high == !c->lines[no].y_high;
	return n % 4;
}

static void open_path(struct drawing *d, size_t no)
{
	const struct plot_line *l = &d->c->lines[no];
	const char *kind = l->y_high ? "band" : d->c->points ? "dots" : "line";
	unsigned dash = l->y_high || d->c->points ? 0 : same_before(d->c, no);

	buf_printf(d->out, "<path class=\"%s %s", kind, classes[l->style]);
	if (dash)
		buf_printf(d->out, " dash%u", dash);
	BUF_LIT(d->out, "\" d=\"");
}

static void add_point(struct drawing *d, char command, double x, double y)
{
	buf_printf(d->out, "%c%.1f %.1f", command, at_x(d, x), at_y(d, y));
}

/* From finite to finite point; a point on its own is a dot. */
static void add_line(struct drawing *d, size_t no)
{
	const struct thin *t = &d->lines[no];
	size_t run = 0;

	open_path(d, no);
	for (size_t i = 0; i < t->n; i++) {
		double y = scale(d, t->y[i]);
		bool last = i + 1 == t->n || !isfinite(scale(d, t->y[i + 1]));

		if (!isfinite(y)) {
			run = 0;
			continue;
		}
		add_point(d, run && !d->c->points ? 'L' : 'M', t->x[i], y);
		if (d->c->points || (!run && last))
			BUF_LIT(d->out, "h0");
		run++;
	}
	BUF_LIT(d->out, "\"/>\n");
}

static bool band_at(const struct drawing *d, const struct thin *t, size_t i)
{
	return i < t->n && isfinite(scale(d, t->y[i])) && isfinite(scale(d, t->high[i]));
}

static void add_band(struct drawing *d, size_t no)
{
	const struct thin *t = &d->lines[no];

	open_path(d, no);
	for (size_t from = 0, to; from < t->n; from = to + 1) {
		for (to = from; band_at(d, t, to); to++)
			add_point(d, to == from ? 'M' : 'L', t->x[to], scale(d, t->high[to]));
		for (size_t i = to; i > from; i--)
			add_point(d, 'L', t->x[i - 1], scale(d, t->y[i - 1]));
		if (to > from)
			buf_add_char(d->out, 'z');
	}
	BUF_LIT(d->out, "\"/>\n");
}

static void add_span(struct drawing *d, const struct page_event *e)
{
	double low = fmax(e->low, d->x0), high = fmin(e->high, d->x1);

	if (isfinite(e->low) && isfinite(e->high) && low < high)
		buf_printf(d->out,
			   "<rect class=\"span\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			   "height=\"%.1f\"/>\n",
			   at_x(d, low), d->top, at_x(d, high) - at_x(d, low), d->bottom - d->top);
}

static void add_flag(struct drawing *d, size_t no)
{
	CLEANUP_BUF struct buf text = {0};
	const struct page_event *e = &d->c->events[no];
	double x = at_x(d, e->at), y = d->top + 16 + 18 * (double)(no % FLAG_ROWS);
	bool right = x > (d->left + d->right) / 2;

	if (!(e->at >= d->x0 && e->at <= d->x1))
		return;
	buf_printf(d->out, "<path class=\"event\" d=\"M%.1f %.1fV%.1f\"/>", x, d->top, d->bottom);
	if (d->c->nevents > FLAGS || d->form == SVG_NARROW)
		buf_printf(&text, "%zu", no + 1);
	else
		buf_add_str(&text, str_of(e->text));
	svg_text(d->out, "flag", right ? x - 5 : x + 5, y, right ? "end" : "start", buf_str(&text),
		 fit(right ? x - 5 : d->w - x - 5));
}

/* Where the next entry of the legend goes: false if in a new row. */
static bool next_key(const struct drawing *d, double x, struct str name, double *width)
{
	*width = KEY + fmin(svg_text_width(name), SVG_CHARACTER * NAME) + 14;
	return x + *width <= d->w - 8;
}

static double legend_height(const struct drawing *d)
{
	double x = d->left, width, rows = 1;

	for (size_t i = 0; i < d->c->nlines; i++) {
		if (!next_key(d, x, str_of(d->c->lines[i].name), &width) && x > d->left) {
			rows++;
			x = d->left;
		}
		x += width;
	}
	return rows * LEGEND_ROW;
}

static void add_legend(struct drawing *d)
{
	double x = d->left, y = d->bottom + 62, width;

	for (size_t i = 0; i < d->c->nlines; i++) {
		const struct plot_line *l = &d->c->lines[i];

		if (!next_key(d, x, str_of(l->name), &width) && x > d->left) {
			y += LEGEND_ROW;
			x = d->left;
		}
		open_path(d, i);
		if (l->y_high)
			buf_printf(d->out, "M%.1f %.1fh24v12h-24z\"/>", x, y - 10);
		else
			buf_printf(d->out, "M%.1f %.1fh%d\"/>", x + (d->c->points ? 12 : 0), y - 4,
				   d->c->points ? 0 : 24);
		svg_text(d->out, NULL, x + KEY - 2, y, "start", str_of(l->name),
			 fit(d->w - x - KEY));
		x += width;
	}
}

/* The frame: the widest number at its left, the legend below. */
static void lay_out(struct drawing *d, bool any)
{
	d->w = d->form == SVG_NARROW ? 328 : 760;
	d->left = d->form == SVG_NARROW ? 48 : 66;
	d->right = d->w - (d->form == SVG_NARROW ? 6 : 18);
	d->top = d->form == SVG_FILE ? 64 : 28;
	d->bottom = d->top + (d->form == SVG_NARROW ? 200 : 260);
	d->h = d->bottom + 52 + (any ? legend_height(d) : 0);
}

static void describe(const struct page_chart *c, const struct thin *lines, struct buf *out)
{
	for (size_t i = 0; i < c->nlines; i++) {
		const struct thin *t = &lines[i];
		double low = NAN, high = NAN;

		for (size_t k = 0; k < t->n; k++) {
			low = fmin(low, t->y[k]);
			high = fmax(high, t->high ? t->high[k] : t->y[k]);
		}
		buf_printf(out, "%s: %zu values", c->lines[i].name, c->lines[i].n);
		if (isfinite(low))
			buf_printf(out, " from %.4g to %.4g", low, high);
		BUF_LIT(out, ". ");
	}
	for (size_t i = 0; i < c->nevents && i < 20; i++)
		if (isfinite(c->events[i].at))
			buf_printf(out, "At %.6g: %s. ", c->events[i].at, c->events[i].text);
}

static void draw(struct drawing *d)
{
	add_y_ticks(d);
	add_x_ticks(d);
	for (size_t i = 0; i < d->c->nevents; i++)
		add_span(d, &d->c->events[i]);
	for (int bands = 1; bands >= 0; bands--)
		for (size_t i = 0; i < d->c->nlines; i++) {
			if (bands && d->c->lines[i].y_high)
				add_band(d, i);
			else if (!bands && !d->c->lines[i].y_high)
				add_line(d, i);
		}
	for (size_t i = 0; i < d->c->nevents; i++)
		add_flag(d, i);
	add_legend(d);
}

void svg_chart(struct buf *out, const struct page_chart *c, enum svg_form form, size_t number)
{
	CLEANUP_BUF struct buf about = {0};
	struct drawing d = {.c = c, .out = out, .form = form};
	bool any;

	d.lines = mem_alloc((c->nlines + 1) * sizeof(*d.lines));
	for (size_t i = 0; i < c->nlines; i++)
		thin_init(&d.lines[i], &c->lines[i], STRETCHES);
	any = find_range(&d);
	lay_out(&d, any);
	describe(c, d.lines, &about);
	svg_open(out, form, number, d.w, d.h, c->title, buf_str(&about));
	if (any)
		draw(&d);
	else
		svg_text(out, NULL, d.w / 2, d.h / 2, "middle", STR("no values"), NAME);
	svg_close(out);
	for (size_t i = 0; i < c->nlines; i++)
		thin_release(&d.lines[i]);
	free(d.lines);
}

void svg_plot(struct buf *out, const struct plot *p, const char *title)
{
	struct page_event event = {p->at, NAN, NAN, ""};
	struct page_chart c = {.title = title,
			       .x_name = "",
			       .y_name = "",
			       .lines = p->lines,
			       .nlines = p->nlines,
			       .events = &event,
			       .nevents = !isnan(p->at),
			       .log = p->log};

	svg_chart(out, &c, SVG_FILE, 1);
}
