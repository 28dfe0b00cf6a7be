/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The benchmarks of a report, gathered: variables "bench.NAME.WHAT" and the number of the report's
 * rows, bench.rows. A measurement that is repeated under one name becomes one variable, the median
 * of the repetitions with their number and standard deviation, and a series of them (axis
 * "repetition", from 1). A summary without its repetitions that comes twice under one name gets
 * "#2" after the name, with a note.
 */
#pragma once

#include "base/hash.h"
#include "import/import.h"
#include "import/metric.h"

struct bench {
	struct import *im;
	struct buf name;    /* "bench.NAME." */
	size_t prefix;      /* its length without what is appended for a variable */
	bool params;        /* it ends in parameters */
	struct intern once; /* names of summaries, how often each came */
	uint32_t *uses;
	size_t nuses, cap_uses;
	struct intern reps; /* names of repeated measurements: indices of groups */
	struct bench_group *groups;
	size_t ngroups, cap_groups;
	size_t total; /* repetitions of all groups */
	uint64_t rows;

	/* state of the readers of lines, see below */
	struct buf pending; /* a name that waits for its figures */
	uint64_t pending_line;
	unsigned stage;
	uint64_t samples;
	double value[2];
	struct str unit[2];
};

void bench_init(struct bench *b, struct import *im);
void bench_release(struct bench *b);
#define CLEANUP_BENCH __attribute__((cleanup(bench_release)))

/* A row of the report begins, about this benchmark. */
void bench_row(struct bench *b, struct str name);
/* The same, of a benchmark with a parameter: "NAME(key=value,key=value)". */
void bench_param(struct bench *b, struct str key, struct str value);
/* One more repetition, or the only one. Past the caps it is left out. */
void bench_rep(struct bench *b, const char *what, double v, struct str unit, uint64_t line);
/* What was summed up by the report already: n 0 or spread NAN if unknown (in that unit too). */
void bench_sum(struct bench *b, const char *what, double v, struct str unit, uint64_t n,
	       double spread, uint64_t line);
/* The standard deviation of what bench_sum() added to this row's benchmark just before. */
void bench_spread(struct bench *b, const char *what, double spread, struct str unit);
/* Anything else about the benchmark: a count, a text. */
struct variable *bench_add(struct bench *b, const char *what, struct value v, struct str unit,
			   uint64_t line);
/* Repetitions become variables and series; bench.rows is added. */
void bench_end(struct bench *b);

/* All of a text by a reader of its lines, from beginning to end. */
void bench_text(struct import *im, struct str data, void (*read)(struct bench *b, struct str data));

/*
 * Benchmarks in the text that runners of tests print. Each takes one line and tells whether it is
 * about a benchmark; call bench_end() after the last. Nothing of the line is kept.
 */
/* "BenchmarkFib-8  30000  40537 ns/op  16 B/op"; package may be empty. seconds: what it took in
 * all, if the line tells (else NAN); name: the benchmark's, in the line. */
bool bench_go_line(struct bench *b, struct str package, struct str line, uint64_t no,
		   struct str *name, double *seconds);
/* cargo bench: "test x ... bench: 135 ns/iter (+/- 24)", and criterion's "x  time: [1 ns ...]" */
bool bench_rust_line(struct bench *b, struct str line, uint64_t no);
/* Catch2's tables of benchmarks */
bool bench_catch2_line(struct bench *b, struct str line, uint64_t no);
