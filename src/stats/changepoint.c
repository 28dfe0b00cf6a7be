// SPDX-License-Identifier: GPL-3.0-or-later
/* Change points: what is usable of a series, which model it gets, and the caller's indices. */
#include "stats/changepoint.h"

#include <math.h>
#include <stdlib.h>

#include "stats/changepoint-priv.h"

/* Autocorrelation that levels may leave: beyond it the series has none. */
#define WANDERS .8

/* The usable values of a series, as they are analysed. */
struct usable {
	double *y;
	size_t *index; /* the caller's */
	size_t n;
	double unit;   /* the reference's usual value; 1 */
	bool positive; /* all values are above 0 */
	bool logs;     /* y are logarithms */
};

static bool is_usable(const double *value, const double *reference, size_t i)
{
	return isfinite(value[i]) && (!reference || isfinite(reference[i]));
}

static int take(struct usable *u, const double *value, const double *reference, size_t n,
		struct err *err)
{
	size_t k = 0;

	*u = (struct usable){.unit = 1, .positive = true};
	for (size_t i = 0; i < n; i++) {
		if (!is_usable(value, reference, i))
			continue;
		if (reference && !(reference[i] > 0))
			return err_set(err, ERR_INPUT,
				       "value %zu of the reference is %g: it must be above 0", i,
				       reference[i]);
		u->n++;
		u->positive &= value[i] > 0;
	}
	u->logs = u->positive;
	u->y = mem_alloc((u->n + 1) * sizeof(*u->y));
	u->index = mem_alloc((u->n + 1) * sizeof(*u->index));
	for (size_t i = 0; i < n && reference; i++)
		if (is_usable(value, reference, i))
			u->y[k++] = reference[i];
	if (k)
		u->unit = order_median(u->y, k);
	k = 0;
	for (size_t i = 0; i < n; i++) {
		if (!is_usable(value, reference, i))
			continue;
		u->index[k] = i;
		u->y[k++] = u->logs ? log(value[i]) - (reference ? log(reference[i] / u->unit) : 0)
				    : value[i] / (reference ? reference[i] / u->unit : 1);
	}
	return 0;
}

static void usable_release(struct usable *u)
{
	free(u->y);
	free(u->index);
}

static void room_init(struct changepoint_room *r, size_t n)
{
	n++;
	r->items = mem_alloc(2 * n * sizeof(*r->items));
	r->rank = mem_alloc(5 * n * sizeof(*r->rank));
	r->values = r->rank + n;
	r->sum = r->values + n;
	r->square = r->sum + n;
	r->product = r->square + n;
}

static void room_release(struct changepoint_room *r)
{
	free(r->items);
	free(r->rank);
}

/* From the indices and logarithms of the analysis to those of the caller. */
static void translate(const struct usable *u, size_t n, struct change *c)
{
	c->index = u->index[c->index];
	c->from = u->index[c->from];
	c->to = u->index[c->to];
	c->begin = c->begin ? u->index[c->begin] : 0;
	c->end = c->end < u->n ? u->index[c->end] : n;
	if (u->logs) {
		c->ratio = exp(c->after - c->before);
		c->before = exp(c->before);
		c->after = exp(c->after);
		c->low = exp(c->low);
		c->high = exp(c->high);
		c->slope_before = expm1(c->slope_before);
		c->slope_after = expm1(c->slope_after);
	} else {
		c->low = c->high = NAN;
		c->ratio =
			u->positive && c->before > 0 && c->after > 0 ? c->after / c->before : NAN;
	}
}

/*
 * Lines through the logarithms, unless the values themselves are closer to lines: to one line than
 * the logarithms are to theirs with all their breaks, or if the logarithms show no break, to
 * theirs. (What grows steadily is curved in logarithms.)
 */
static void find_trend(struct usable *u, struct arena *a, struct changepoints *out)
{
	struct changepoints plain = *out;
	double left = changepoint_trend(u->y, u->n, a, out), plain_left;

	if (!u->logs)
		return;
	for (size_t i = 0; i < u->n; i++)
		u->y[i] = exp(u->y[i]);
	plain_left = changepoint_trend(u->y, u->n, a, &plain);
	if (out->n)
		plain_left = changepoint_one_line(u->y, u->n);
	if (plain_left > left)
		return;
	u->logs = plain.logs = false;
	*out = plain;
}

/* Do all of several steps go one way? */
static bool is_staircase(const struct changepoints *levels)
{
	size_t up = 0;

	for (size_t i = 0; i < levels->n; i++)
		up += levels->changes[i].after > levels->changes[i].before;
	return levels->n > 1 && (!up || up == levels->n);
}

/*
 * Does the series have no levels? What they leave wanders; or several of them are but steps along
 * lines, which describe it better by BIC (a line has a slope more than a level). The noise is
 * compared by its robust standard deviation, for outliers would bend the lines.
 */
static bool is_trend(struct usable *u, const struct changepoints *levels, struct arena *a,
		     struct changepoints *trend)
{
	bool wanders = levels->autocorrelation > WANDERS;
	double n = (double)u->n, unit = 1, parameters;

	if (!wanders && !is_staircase(levels))
		return false;
	find_trend(u, a, trend);
	if (levels->logs && !trend->logs) /* a share of the usual value is as good as a logarithm */
		unit = order_median(u->y, u->n);
	parameters = (double)(3 * trend->n + 2) - (double)(2 * levels->n + 1);
	return wanders ||
	       2 * n * log(trend->noise / unit / levels->noise) + parameters * log(n) < 0;
}

static void find_levels(struct usable *u, enum changepoint_mode mode,
			const struct changepoint_options *o, struct arena *a,
			struct changepoints *out)
{
	struct changepoints trend = *out;
	struct changepoint_room room;
	struct splits s = {0};
	bool logs = u->logs;

	room_init(&room, u->n);
	out->changes = changepoint_level(u->y, u->n, o, u->logs, &room, &s, a);
	out->n = s.n;
	out->autocorrelation = changepoint_autocorrelation(u->y, u->n, &s, &room);
	out->noise = changepoint_noise(u->y, u->n, &s, &room);
	trend.model = CHANGEPOINT_TREND;
	if (mode == CHANGEPOINT_AUTO && is_trend(u, out, a, &trend))
		*out = trend;
	else
		u->logs = logs;
	free(s.at);
	room_release(&room);
}

static void find(struct usable *u, size_t n, enum changepoint_mode mode,
		 const struct changepoint_options *o, struct arena *a, struct changepoints *out)
{
	*out = (struct changepoints){.model = mode == CHANGEPOINT_TREND ? mode : CHANGEPOINT_LEVEL,
				     .logs = u->logs,
				     .used = u->n,
				     .left_out = n - u->n};
	if (u->n < CHANGEPOINT_MIN)
		return;
	if (mode == CHANGEPOINT_TREND)
		find_trend(u, a, out);
	else
		find_levels(u, mode, o, a, out);
	for (size_t i = 0; i < out->n; i++)
		translate(u, n, &out->changes[i]);
}

/* Those within whose interval the reference changed as well. */
static void mark_machine(struct changepoints *out)
{
	for (size_t i = 0, k = 0; i < out->n; i++) {
		struct change *c = &out->changes[i];

		while (k < out->nmachine && out->machine[k].to < c->from)
			k++;
		c->machine = k < out->nmachine && out->machine[k].from <= c->to;
	}
}

int changepoint_find(const double *value, const double *reference, size_t n,
		     const struct changepoint_options *o, struct arena *a, struct changepoints *out,
		     struct err *err)
{
	enum changepoint_mode mode = o->mode;
	struct changepoints machine;
	struct usable u;
	int rc;

	if (n > CHANGEPOINT_LIMIT)
		return err_set(err, ERR_LIMIT, "a series of %zu values: %zu are the most", n,
			       CHANGEPOINT_LIMIT);
	if (mode == CHANGEPOINT_AUTO && reference)
		mode = CHANGEPOINT_LEVEL;
	rc = take(&u, value, reference, n, err);
	if (rc)
		return rc;
	find(&u, n, mode, o, a, out);
	usable_release(&u);
	if (!reference)
		return 0;
	rc = take(&u, reference, NULL, n, err);
	if (rc)
		return rc;
	find(&u, n, CHANGEPOINT_LEVEL, o, a, &machine);
	usable_release(&u);
	out->machine = machine.changes;
	out->nmachine = machine.n;
	mark_machine(out);
	return 0;
}
