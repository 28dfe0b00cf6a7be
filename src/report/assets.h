/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of assets/ and, where the build has it, uPlot, as they are put into pages. */
#pragma once

#include "base/str.h"

struct str asset_colors_css(void);
struct str asset_dark_css(void);
struct str asset_chart_css(void);
struct str asset_page_css(void);
struct str asset_page_js(void);
/* Empty where the build is without it. The script begins with its licence. */
struct str asset_uplot_css(void);
struct str asset_uplot_js(void);
