/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values that stand in the masked places of a message. */
#pragma once

#include "base/str.h"

/*
 * Line a message up with its canonical form (mine-priv.h): values[i] is the text that the i-th
 * masked byte stands for, a slice of the message. How many, at most max; 0 too if the two do not
 * fit, as for a message that was cut.
 */
size_t slots_of(struct str canonical, struct str message, struct str *values, size_t max);

/* Masked places of a canonical message. */
size_t slots_count(struct str canonical);
