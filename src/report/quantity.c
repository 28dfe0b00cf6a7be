// SPDX-License-Identifier: GPL-3.0-or-later
/* See quantity.h. */
#include "report/quantity.h"

#include <math.h>

#include "base/mem.h"

double quantity_scale(double v, struct str *unit)
{
	static const struct {
		struct str unit;
		double times;
		const char *scaled;
	} units[] = {{STR("s"), 1, "s"},       {STR("s"), 1e-3, "ms"},    {STR("s"), 1e-6, "us"},
		     {STR("s"), 1e-9, "ns"},   {STR("bytes"), 1e9, "GB"}, {STR("bytes"), 1e6, "MB"},
		     {STR("bytes"), 1e3, "kB"}};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (isfinite(v) && str_eq(units[i].unit, *unit) && fabs(v) >= units[i].times) {
			*unit = str_of(units[i].scaled);
			return units[i].times;
		}
	return 1;
}
