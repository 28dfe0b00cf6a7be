// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What charts have in common: the element, its style sheet, text, numbers. A file's style sheet is
 * that of the page with the colours put in, because not all who show SVG know variables.
 */
#include <math.h>

#include "base/mem.h"
#include "report/assets.h"
#include "report/markup.h"
#include "report/svg-priv.h"
#include "text/utf8.h"

/* The value of a variable in "--name:value;--name:value}". */
static struct str colour(struct str colours, struct str name)
{
	for (size_t at = 0; at < colours.n; at++) {
		struct str s = str_from(colours, at);
		size_t end = 0;

		if (!str_starts(s, STR("--")) || !str_starts(str_from(s, 2), name) ||
		    s.p[2 + name.n] != ':')
			continue;
		s = str_from(s, name.n + 3);
		while (end < s.n && s.p[end] != ';' && s.p[end] != '}')
			end++;
		return str_head(s, end);
	}
	return STR("currentColor");
}

static void add_style(struct buf *out, struct str colours)
{
	struct str s = asset_chart_css();

	for (;;) {
		size_t at = str_find(s, STR("var(--")), end;

		buf_add_str(out, str_head(s, at));
		if (at == s.n)
			return;
		s = str_from(s, at + 6);
		end = str_find_char(s, ')');
		buf_add_str(out, colour(colours, str_head(s, end)));
		s = str_from(s, end + 1);
	}
}

void svg_open(struct buf *out, enum svg_form form, size_t number, double w, double h,
	      const char *title, struct str about)
{
	const char *side = form == SVG_NARROW ? "n" : "w";

	buf_printf(out, "<svg class=\"chart %s\" role=\"img\" aria-labelledby=\"f%zu%st f%zu%sd\"",
		   form == SVG_NARROW ? "narrow" : "wide", number, side, number, side);
	if (form == SVG_FILE)
		buf_printf(out,
			   " xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\"",
			   w, h);
	buf_printf(out, " viewBox=\"0 0 %.0f %.0f\">\n<title id=\"f%zu%st\">", w, h, number, side);
	markup_add_z(out, title);
	buf_printf(out, "</title>\n<desc id=\"f%zu%sd\">", number, side);
	markup_add(out, about);
	BUF_LIT(out, "</desc>\n");
	if (form != SVG_FILE)
		return;
	BUF_LIT(out, "<style>\n");
	add_style(out, asset_colors_css());
	BUF_LIT(out, "@media (prefers-color-scheme:dark){\n");
	add_style(out, asset_dark_css());
	buf_printf(
		out,
		"}\n</style>\n<rect class=\"ground\" width=\"%.0f\" height=\"%.0f\" rx=\"6\"/>\n",
		w, h);
	svg_text(out, "head", 16, 26, "start", str_of(title), (size_t)(w / SVG_CHARACTER) - 4);
}

void svg_close(struct buf *out)
{
	BUF_LIT(out, "</svg>\n");
}

static size_t columns_of(struct str text)
{
	size_t columns = 0;

	for (size_t i = 0; i < text.n;) {
		uint32_t c;

		i += utf8_decode(str_from(text, i), &c);
		columns += utf8_width(c);
	}
	return columns;
}

double svg_text_width(struct str text)
{
	return SVG_CHARACTER * (double)columns_of(text);
}

void svg_text(struct buf *out, const char *class, double x, double y, const char *anchor,
	      struct str text, size_t columns)
{
	bool cut = columns_of(text) > columns;
	size_t room = cut && columns > 2 ? columns - 1 : columns, i = 0;

	while (cut && i < text.n) {
		uint32_t c;
		size_t n = utf8_decode(str_from(text, i), &c), w = utf8_width(c);

		if (w > room)
			break;
		room -= w;
		i += n;
	}
	buf_printf(out, "<text%s%s%s x=\"%.1f\" y=\"%.1f\"", class ? " class=\"" : "",
		   class ? class : "", class ? "\"" : "", x, y);
	if (strcmp(anchor, "start") != 0)
		buf_printf(out, " text-anchor=\"%s\"", anchor);
	buf_add_char(out, '>');
	markup_add(out, cut ? str_head(text, i) : text);
	if (cut)
		BUF_LIT(out, "…");
	BUF_LIT(out, "</text>\n");
}

void svg_number(struct buf *out, double v, double step, double most)
{
	static const char names[] = {0, 'k', 'M', 'G', 'T'};
	size_t i = 0;
	double digits, size = fmax(most, step);

	if (size >= 1e15 || step < 1e-6) {
		buf_printf(out, "%.4g", v);
		return;
	}
	while (size >= 1e4 && fmod(step, 100) < 1 && i + 1 < sizeof(names)) {
		v /= 1000;
		step /= 1000;
		size /= 1000;
		i++;
	}
	digits = ceil(-log10(step) - 1e-9);
	buf_printf(out, "%.*f", digits > 0 ? (int)digits : 0, v == 0 ? 0 : v);
	if (names[i] && v != 0)
		buf_add_char(out, names[i]);
}

double svg_step(double range, double many)
{
	double rough = range / many, ten = pow(10, floor(log10(rough))), f = rough / ten;

	return (f > 5 ? 10 : f > 2 ? 5 : f > 1 ? 2 : 1) * ten;
}
