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
extern const struct import_reader read_gotest_json;
extern const struct import_reader read_libtest_json;
extern const struct import_reader read_dart_json;
extern const struct import_reader read_gtest_json;
extern const struct import_reader read_jest_json;
extern const struct import_reader read_mocha_json;
extern const struct import_reader read_rspec_json;
extern const struct import_reader read_gotest;
extern const struct import_reader read_pytest;
extern const struct import_reader read_unittest;
extern const struct import_reader read_ctest;
extern const struct import_reader read_libtest;
extern const struct import_reader read_gtest;
extern const struct import_reader read_catch2;
extern const struct import_reader read_tap;

/* benchmarks and metrics */
