/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every unit test starts with: cmocka and its prerequisites. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"

#define assert_str(s, lit)                                              \
	do {                                                            \
		struct str assert_s_ = (s);                             \
		assert_int_equal(assert_s_.n, sizeof(lit) - 1);         \
		assert_memory_equal(assert_s_.p, lit, sizeof(lit) - 1); \
	} while (0)
