// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Variables of series, at recording: derived_record() and derived_fill() of derived.h. The defaults
 * are few: what tells most of any curve, and of the samples of a run's processes.
 */
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "cli/derived.h"
#include "cli/fill.h"
#include "stats/series.h"

#define MAX_NAME 4000 /* of a series that gets variables */

/* Of any series but those below. */
static const enum series_reduction of_curves[] = {SERIES_LAST,    SERIES_BEST, SERIES_BEST_AT,
						  SERIES_MIN,     SERIES_MAX,  SERIES_FIRST_NAN,
						  SERIES_DIVERGED};

/* Of the samples of a run, over seconds; sums of them are run.user, rss.peak and the like. */
static const struct {
	struct str name;
	enum series_reduction reduction;
	size_t least, most; /* points: for it to say something, and not to take long */
} of_samples[] = {
	{STR("rss"), SERIES_SLOPE, 20, 20000},
	{STR("fds"), SERIES_MAX, 1, SIZE_MAX},
	{STR("threads"), SERIES_MAX, 1, SIZE_MAX},
	{STR("processes"), SERIES_MAX, 1, SIZE_MAX},
	{STR("read"), SERIES_LAST, 1, SIZE_MAX},
	{STR("write"), SERIES_LAST, 1, SIZE_MAX},
	{STR("pss"), SERIES_MAX, 1, SIZE_MAX},
	{STR("psi.cpu.some"), SERIES_MEAN, 5, SIZE_MAX},
	{STR("psi.memory.full"), SERIES_MEAN, 5, SIZE_MAX},
	{STR("psi.io.full"), SERIES_MEAN, 5, SIZE_MAX},
	/* Never: run.user, run.faults.major and the like say it, or the others do. */
	{STR("cpu"), SERIES_LAST, 1, 0},
	{STR("faults.minor"), SERIES_LAST, 1, 0},
	{STR("faults.major"), SERIES_LAST, 1, 0},
	{STR("group.memory"), SERIES_MAX, 1, 0},
	{STR("group.swap"), SERIES_MAX, 1, 0},
	{STR("psi.cpu.full"), SERIES_MEAN, 1, 0},
	{STR("psi.memory.some"), SERIES_MEAN, 1, 0},
	{STR("psi.io.some"), SERIES_MEAN, 1, 0},
};

struct recording {
	struct arena *a;
	struct intern known; /* names of variables */
	struct variable **v;
	size_t *n, *cap;
};

static struct str unit_of(struct arena *a, const struct series *s, enum series_unit unit)
{
	switch (unit) {
	case SERIES_UNIT_Y: return s->unit;
	case SERIES_UNIT_X: return s->axis;
	case SERIES_UNIT_YX:
	case SERIES_UNIT_Y_X: break;
	default: return STR("");
	}
	if (!s->axis.n)
		return STR("");
	return str_of(arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(s->unit.n ? s->unit : STR("1")),
				   unit == SERIES_UNIT_YX ? " " : "/", STR_ARG(s->axis)));
}

static void put(struct recording *rec, const struct series *s, enum series_reduction what,
		double parameter, struct str name)
{
	const struct series_function *f = &series_functions[what];
	bool whole = what == SERIES_MEAN || what == SERIES_AREA || what == SERIES_SLOPE;
	struct value v;
	uint32_t id;

	if (s->name.n > MAX_NAME || intern_find(&rec->known, name, &id))
		return;
	v = series_reduce(s, what, parameter);
	if (!v.kind)
		return;
	intern_add(&rec->known, name);
	array_push(*rec->v, *rec->n, *rec->cap) =
		(struct variable){.name = arena_str(rec->a, name),
				  .value = v,
				  .unit = unit_of(rec->a, s, f->unit),
				  .better = f->directed ? s->better : BETTER_UNKNOWN,
				  .n = whole ? s->n : 1,
				  .spread = NAN};
}

static void put_default(struct recording *rec, const struct series *s, enum series_reduction what)
{
	CLEANUP_BUF struct buf name = {0};

	buf_printf(&name, STR_FMT ".%s", STR_ARG(s->name), series_functions[what].name);
	put(rec, s, what, 0, buf_str(&name));
}

static void put_defaults(struct recording *rec, const struct series *s)
{
	bool sample = false;

	for (size_t i = 0; i < ARRAY_SIZE(of_samples) && str_eq(s->axis, STR("s")); i++) {
		if (!str_eq(of_samples[i].name, s->name))
			continue;
		sample = true;
		if (s->n >= of_samples[i].least && s->n <= of_samples[i].most)
			put_default(rec, s, of_samples[i].reduction);
	}
	/* Repetitions of a measurement are no curve. */
	for (size_t i = 0;
	     i < ARRAY_SIZE(of_curves) && !sample && !str_eq(s->axis, STR("repetition")); i++) {
		bool extreme = of_curves[i] == SERIES_MIN || of_curves[i] == SERIES_MAX;

		if (!extreme || s->better == BETTER_UNKNOWN)
			put_default(rec, s, of_curves[i]);
	}
}

static void put_calls(struct recording *rec, const struct definition *def, const struct series *s)
{
	const struct expr_call *calls;
	size_t n = expr_calls(def->expr, &calls);

	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf name = {0};

		if (!str_eq(calls[i].series, s->name))
			continue;
		derived_call_name(&calls[i], &name);
		put(rec, s, (enum series_reduction)calls[i].reduction, calls[i].parameter,
		    buf_str(&name));
	}
}

void derived_record(const struct derived *d, struct arena *a, struct run_record *r,
		    struct variable **v, size_t *n, size_t *cap)
{
	struct recording rec = {.a = a, .v = v, .n = n, .cap = cap};

	if (!r->nseries)
		return;
	intern_init(&rec.known);
	for (size_t i = 0; i < r->nvariables; i++)
		intern_add(&rec.known, r->variables[i].name);
	for (size_t i = 0; i < *n && *v != r->variables; i++)
		intern_add(&rec.known, (*v)[i].name);
	for (size_t i = 0; i < r->nseries; i++) {
		put_defaults(&rec, &r->series[i]);
		for (size_t k = 0; k < d->n; k++)
			put_calls(&rec, &d->d[k], &r->series[i]);
	}
	intern_release(&rec.known);
}

/* ---- runs that are stored ---- */

static int compute(const void *arg, struct arena *a, struct run_record *r, struct variable **v,
		   size_t *n, size_t *cap, struct err *err)
{
	derived_record(arg, a, r, v, n, cap);
	return 0;
}

int derived_fill(const struct derived *d, struct store *s, uint64_t *runs, uint64_t *filled,
		 struct err *err)
{
	const struct fill f = {compute, d,
			       "SELECT r.id FROM run r WHERE EXISTS (SELECT 1 FROM series s WHERE "
			       "s.run = r.no) ORDER BY r.no"};

	return fill_runs(&f, s, runs, filled, err);
}
