/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All readers, for the table in import.c: one file a format, one line here. */
#pragma once

#include "import/import.h"

/* results of tests */
extern const struct import_reader read_junit;
extern const struct import_reader read_nunit;
extern const struct import_reader read_xunit;
extern const struct import_reader read_trx;
extern const struct import_reader read_ctest_xml;
extern const struct import_reader read_catch2_xml;
extern const struct import_reader read_tap;

/* benchmarks and metrics */
