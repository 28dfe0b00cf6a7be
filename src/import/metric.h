/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What readers of benchmarks and metrics share: numbers as programs write them, units as people
 * write them, and which way a metric should go, by its name.
 */
#pragma once

#include "base/hash.h"
#include "import/import.h"

/* A unit in base units: v of it is v * factor of base. */
struct metric_unit {
	double factor;
	struct str base; /* "s", "bytes", "1/s", "bytes/s"; an unknown unit itself */
};

/* "ns", "µs/op", "ops/ms", "MiB/s", "Melem/s", "kbytes"; false if unknown (factor 1). The base
 * points to a literal or to s. */
bool metric_unit(struct str s, struct metric_unit *u);

/* By the words of the name ("train_loss", "evalAccuracy", "hits@10"), else by the base unit. */
enum better metric_better(struct str name, struct str base);

/*
 * Does a column or key of that name count along a run? 0: no; 1, 2 ...: steps, the surest first;
 * from METRIC_AXIS_TIME on: times, which may as well be a result.
 */
#define METRIC_AXIS_TIME 100
unsigned metric_axis(struct str name);
/* Does it name the run that a row belongs to? */
bool metric_is_run(struct str name);

/* A number in C's notation, infinities and NaN included; no hexadecimal ones. */
bool metric_number(struct str s, double *v);
/* A cell of a table: an integer, a real, a text, or nothing if it is blank. */
struct value metric_value(struct str cell);

/* A count that was read as a real: an integer, if it is one (and a double can tell). */
struct value metric_count(double v);

/*
 * As programs write them for people: commas, points or apostrophes may part thousands, a comma may
 * be the decimal point. A single comma parts thousands if three digits follow it and not just a
 * zero stands before.
 */
bool metric_grouped(struct str s, double *v);

/* Cut the number at the beginning of *s off, as metric_grouped(); blanks in front are skipped. */
bool metric_cut_number(struct str *s, double *v);
/* Cut the text up to the next blank off *s; blanks in front are skipped; empty at the end. */
struct str metric_cut_word(struct str *s);
/* A value and its unit: "3.2 ms", "81.61", "1.5GB"; false if the number is none. */
bool metric_quantity(struct str s, double *v, struct str *unit);

/*
 * A variable in base units with its direction; an integer stays one where the factor allows it.
 * NULL past the cap, as import_add_variable().
 */
struct variable *metric_add(struct import *im, struct str name, struct value v, struct str unit,
			    uint64_t line);

/* sorted in place; of n = 0: NAN */
double metric_median(double *v, size_t n);
/* of a sample; NAN if n < 2 */
double metric_stddev(const double *v, size_t n);

/* Curves that grow point by point, several at a time. */
struct metric_curves {
	struct import *im;
	struct intern names;
	size_t *at; /* index in im->series of each name */
	size_t n, cap;
};

void metric_curves_init(struct metric_curves *c, struct import *im);
void metric_curves_release(struct metric_curves *c);
#define CLEANUP_CURVES  __attribute__((cleanup(metric_curves_release)))
/*
 * One more point of the curve of that name in that run (METRIC_LAST_RUN: the one added last), in
 * raw unit, converted; the first one makes the series. Past the caps it is left out.
 */
#define METRIC_LAST_RUN UINT32_MAX
void metric_point(struct metric_curves *c, uint32_t run, struct str name, struct str unit,
		  struct str axis, double x, double y, uint64_t line);
