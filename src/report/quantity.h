/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units in a handy size: 0.0136 s is 13.6 ms. */
#pragma once

#include "base/str.h"

/* What a value like v is to be divided by; *unit becomes the unit that it is in then. */
double quantity_scale(double v, struct str *unit);
