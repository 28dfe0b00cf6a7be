/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept in memory of each line of a log: 8 bytes. */
#pragma once

#include <stdint.h>

#define LOGREC_CONT UINT32_C(0x80000000) /* in tmpl: the line continues the event above */
#define LOGREC_NONE UINT32_C(0xffffffff) /* in entity: no thread or request named */

struct logrec {
	uint32_t tmpl;   /* template (index into struct templates), | LOGREC_CONT */
	uint32_t entity; /* thread or request that the line belongs to, interned; or LOGREC_NONE */
};
