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
extern const struct import_reader read_jmh;
extern const struct import_reader read_hyperfine;
extern const struct import_reader read_gbench;
extern const struct import_reader read_pytest_benchmark;
extern const struct import_reader read_benchmarkdotnet;
extern const struct import_reader read_vitest_bench;
extern const struct import_reader read_bmf;
extern const struct import_reader read_action_benchmark;
extern const struct import_reader read_criterion;
extern const struct import_reader read_benchmarkjs;
extern const struct import_reader read_iai;
extern const struct import_reader read_asv;
extern const struct import_reader read_perf_stat;
extern const struct import_reader read_valgrind;
extern const struct import_reader read_time;
extern const struct import_reader read_tensorboard;
extern const struct import_reader read_mlruns;
extern const struct import_reader read_trainer_state;
extern const struct import_reader read_coverage;
extern const struct import_reader read_table;
extern const struct import_reader read_jsonl;
