// SPDX-License-Identifier: GPL-3.0-or-later
/* See assets.h. The build makes a string literal of each file: assets/meson.build. */
#include "report/assets.h"

#include "config.h"

static const char colors_css[] =
#include "report/assets/colors.css.h"
	;
static const char dark_css[] =
#include "report/assets/dark.css.h"
	;
static const char chart_css[] =
#include "report/assets/chart.css.h"
	;
static const char page_css[] =
#include "report/assets/page.css.h"
	;
static const char page_js[] =
#include "report/assets/page.js.h"
	;
static const char uplot_css[] =
#if HAVE_UPLOT
#include "report/assets/uplot.css.h"
#else
	""
#endif
	;
static const char uplot_js[] =
#if HAVE_UPLOT
#include "report/assets/uplot.js.h"
#else
	""
#endif
	;

struct str asset_colors_css(void)
{
	return STR(colors_css);
}

struct str asset_dark_css(void)
{
	return STR(dark_css);
}

struct str asset_chart_css(void)
{
	return STR(chart_css);
}

struct str asset_page_css(void)
{
	return STR(page_css);
}

struct str asset_page_js(void)
{
	return STR(page_js);
}

struct str asset_uplot_css(void)
{
	return STR(uplot_css);
}

struct str asset_uplot_js(void)
{
	return STR(uplot_js);
}
